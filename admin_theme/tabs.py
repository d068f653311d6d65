"""Pages of one record: a head with its state and figures, tabs that each load only their own rows, a side strip."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, TypeVar
from urllib.parse import urlencode

from django.db.models import Model, QuerySet
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from admin_theme.console import ConsoleAdmin
from admin_theme.counting import counted_at_once
from admin_theme.gate import ask_at_once, may_here
from admin_theme.offers import offers_beside

M = TypeVar("M", bound=Model)
TAB = "tab"


@dataclass(frozen=True, kw_only=True)
class Tab:
    """One tab. With a `template` it shows rows that `context` reads; without one the form, below the template `before`.

    `place` orders the tabs, so that an app above can put its own between those of an app below. A tab whose `opens`
    says no is not there for this person. `count` is the figure beside the title, or the rows that are to be counted.
    """

    key: str
    title: str
    place: int
    template: str = ""
    before: str = ""
    context: Callable[[HttpRequest, Any], dict[str, Any]] | None = None
    count: Callable[[HttpRequest, Any], int | QuerySet[Any] | None] | None = None
    opens: Callable[[HttpRequest, Any], bool] | None = None
    inlines: tuple[type[Any], ...] = ()
    has_fields: bool = False


def counts_of(request: HttpRequest, record: Any, tabs: Sequence[Tab]) -> list[int | None]:
    """The figures beside the titles; what is still to be counted is asked for in one query."""
    figures = [tab.count(request, record) if tab.count else None for tab in tabs]
    counts = iter(counted_at_once([figure for figure in figures if isinstance(figure, QuerySet)]))
    return [next(counts) if isinstance(figure, QuerySet) else figure for figure in figures]


class TabbedAdmin(ConsoleAdmin[M]):
    """A screen whose record pages have tabs; the first one is shown when the address names none."""

    change_form_template = "admin_theme/tabbed_page.html"
    compressed_fields = False
    actions_detail_hide_default = True
    tabs: ClassVar[Iterable[Tab]] = ()
    verbs_asked: ClassVar[tuple[str, ...]] = ("change", "delete", "archive")

    class Media:
        css = {"all": ("admin_theme/pages.css",)}

    def headline(self, request: HttpRequest, record: M) -> dict[str, Any]:  # noqa: ARG002
        """What stands above the tabs: `badge`, `line` (quiet), `lead`, `figures` (label and value) and `warnings`."""
        return {}

    def side_facts(self, request: HttpRequest, record: M) -> list[tuple[str, SafeString | str]]:  # noqa: ARG002
        """What stands beside the tabs besides the last change: labels and values."""
        return []

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponseBase:
        if object_id:
            ask_at_once(request, self.verbs_asked, self.require_record(request, object_id))
        return super().changeform_view(request, object_id, form_url, extra_context)

    def offers_delete(self, record: M) -> bool:  # noqa: ARG002
        """Whether deleting makes sense; a service refuses it anyway where it does not."""
        return True

    def tabs_for(self, request: HttpRequest, record: Any) -> list[Tab]:
        found: dict[str, list[Tab]] = request.__dict__.setdefault("_console_tabs", {})
        key = f"{self.opts.label_lower}:{record.pk}"
        if key not in found:
            ordered = sorted(self.tabs, key=lambda tab: tab.place)
            found[key] = [tab for tab in ordered if tab.opens is None or tab.opens(request, record)]
        return found[key]

    def current_tab(self, request: HttpRequest, record: Any) -> Tab | None:
        """The tab this address shows; None while a record is being added.

        What is posted to an address that names none is for the first tab with fields.
        """
        if record is None or record.pk is None:
            return None
        tabs = self.tabs_for(request, record)
        with_fields = [tab for tab in tabs if tab.has_fields] if request.method == "POST" else []
        first = (with_fields or tabs)[0]
        return next((tab for tab in tabs if tab.key == request.GET.get(TAB)), first)

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        tab = self.current_tab(request, obj)
        return super().get_fieldsets(request, obj) if tab is None or tab.has_fields else []

    def get_inlines(self, request: HttpRequest, obj: Any) -> Any:
        tab = self.current_tab(request, obj)
        return tab.inlines if tab else ()

    def save_model(self, request: HttpRequest, obj: Any, form: "ModelForm[Any]", change: Any) -> None:
        if not change or form.has_changed():
            super().save_model(request, obj, form, change)

    def render_change_form(
        self,
        request: HttpRequest,
        context: dict[str, Any],
        add: bool = False,  # noqa: FBT001, FBT002
        change: bool = False,  # noqa: FBT001, FBT002
        form_url: str = "",
        obj: Any = None,
    ) -> HttpResponse:
        context |= {"show_save_and_continue": False, "show_save_and_add_another": False}
        if (tab := self.current_tab(request, obj)) is not None:
            context |= self.page_context(request, obj, tab)
            context["show_delete"] = tab.has_fields and self.offers_delete(obj)
        response: HttpResponse = super().render_change_form(request, context, add, change, form_url, obj)
        return response

    def page_context(self, request: HttpRequest, record: Any, tab: Tab) -> dict[str, Any]:
        """What the page shows around its form: only the rows of the tab at hand are read."""
        tabs = self.tabs_for(request, record)
        context = {
            "tab": tab,
            "tabs": [
                {
                    "title": one.title,
                    "address": f"?{urlencode({TAB: one.key})}",
                    "is_current": one is tab,
                    "count": count,
                }
                for one, count in zip(tabs, counts_of(request, record, tabs), strict=True)
            ],
            "headline": self.headline(request, record),
            "side_facts": self.side_facts(request, record),
            "offers": offers_beside(request, record),
            "last_change": last_change(record),
        }
        return context | (tab.context(request, record) if tab.context else {})

    def response_post_save_change(self, request: HttpRequest, obj: Any) -> HttpResponse:
        return HttpResponseRedirect(tab_address(obj, request.GET.get(TAB, "")))

    def response_post_save_add(self, request: HttpRequest, obj: Any) -> HttpResponse:  # noqa: ARG002
        return HttpResponseRedirect(tab_address(obj))


def last_change(record: Any) -> Any:
    """The newest history row of a record, with its change set and who made it."""
    if not hasattr(record, "history"):
        return None
    return record.history.select_related("change_set__actor").order_by("-history_id").first()


def tab_address(record: Model, key: str = "") -> str:
    """The address of a record's page, at one of its tabs."""
    name = f"admin:{record._meta.app_label}_{record._meta.model_name}_change"
    return f"{reverse(name, args=[record.pk])}{f'?{urlencode({TAB: key})}' if key else ''}"


def linked(request: HttpRequest, record: Model, name: object, tab: str = "") -> SafeString | str:
    """The name, with a link where the page behind it opens to this person."""
    if not may_here(request, "view", type(record), record):
        return str(name)
    return format_html('<a class="text-link" href="{}">{}</a>', tab_address(record, tab), name)
