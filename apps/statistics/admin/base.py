"""What the screens of figures have in common: they are looked at, and counted anew when somebody asks."""

from typing import Any, ClassVar, TypeVar

from django.contrib.admin.views.main import ChangeList
from django.db.models import Model
from django.http import HttpRequest

from admin_theme.displays import relative_time
from admin_theme.tabs import TabbedAdmin
from apps.statistics.figures import KINDS
from apps.statistics.panels import figures_tab, kind_of
from apps.statistics.queries import as_of, counted_as_of

M = TypeVar("M", bound=Model)


class FiguresAdmin(TabbedAdmin[M]):
    """Nothing is typed here, whoever looks."""

    list_before_template = "statistics/list_before.html"
    tabs = (figures_tab,)
    fields = ()
    verbs_asked: ClassVar[tuple[str, ...]] = ("view",)
    empty_title = "Nothing is counted yet"
    empty_text = "Figures are counted every five minutes; the first ones stand here soon."

    class Media:
        css = {"all": ("statistics/statistics.css",)}

    def has_add_permission(self, request: HttpRequest) -> bool:  # noqa: ARG002
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002
        return False

    def get_changelist_instance(self, request: HttpRequest) -> ChangeList:
        """The list with the moment as of which all its figures are."""
        changelist = super().get_changelist_instance(request)
        kind = next(kind for kind in KINDS.values() if kind.model is self.model)
        changelist.as_of = counted_as_of(kind)  # type: ignore[attr-defined]
        return changelist

    def freshness(self, record: Any) -> Any:
        return relative_time(as_of(kind_of(record), record))
