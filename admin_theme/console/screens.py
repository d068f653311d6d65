"""`ConsoleAdmin`: what each screen inherits."""

from collections.abc import Callable
from typing import Any, ClassVar, Generic, TypeVar

from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.views.main import ChangeList
from django.db.models import BooleanField, Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponseBase
from django.urls import reverse
from unfold.admin import ModelAdmin
from unfold.contrib.filters.admin import BooleanRadioFilter, ChoicesDropdownFilter

from admin_theme.actions import is_console_action, verb_of
from admin_theme.console.checks import ConsoleChecks
from admin_theme.console.chips import chips_of
from admin_theme.console.choices import ScopedChoicesMixin
from admin_theme.console.plain_names import PlainNamesMixin
from admin_theme.console.rights import RightsMixin
from admin_theme.console.saving import SavingMixin
from admin_theme.console.searching import holding
from admin_theme.console.titles import TitlesMixin
from admin_theme.filters import ArchivedFilter, ScopedRelatedFilter
from admin_theme.gate import current_only, gate, hides, leave_alone
from admin_theme.offers import offers_below, offers_for_selection
from admin_theme.paging import LongListPaginator

M = TypeVar("M", bound=Model)


class ConsoleAdmin(TitlesMixin, PlainNamesMixin, SavingMixin, RightsMixin, ScopedChoicesMixin, ModelAdmin, Generic[M]):
    """A guarded screen. Say what it shows; who may do what is the gate's answer.

    `empty_title`, `empty_text` and `empty_action` (a label and an address name) speak on an empty list.
    `list_title` names the list where the plural of its records does not.
    `lookups_allowed` names query lookups beyond those of `list_filter`.
    """

    checks_class = ConsoleChecks
    paginator = LongListPaginator
    list_per_page = 25
    list_max_show_all = 100
    list_filter_submit = True
    list_before_template = "admin_theme/list_before.html"
    list_after_template = "admin_theme/list_after.html"
    show_full_result_count = False
    warn_unsaved_form = True
    save_as = False
    view_on_site = False
    empty_title: ClassVar[str] = ""
    empty_text: ClassVar[str] = ""
    empty_action: ClassVar[tuple[str, str] | None] = None
    lookups_allowed: ClassVar[tuple[str, ...]] = ()

    def history_view(
        self,
        request: HttpRequest,
        object_id: str,
        extra_context: dict[str, Any] | None = None,  # noqa: ARG002
    ) -> HttpResponseBase:
        self.require_record(request, object_id)
        return gate.history_view(self, request, object_id)

    def _get_obj_does_not_exist_redirect(self, *args: Any) -> HttpResponseBase:  # noqa: ARG002
        raise Http404

    # Lists

    def get_list_filter(self, request: HttpRequest) -> list[Any]:
        filters = [
            self._scoped_filter(item) for item in self.list_filter if not hides(request, self.model, path_of(item))
        ]
        names = {field.name for field in self.opts.get_fields()}
        return [ArchivedFilter, *filters] if "archived_at" in names else filters

    def _scoped_filter(self, item: Any) -> Any:
        if not isinstance(item, str) or "__" in item:
            return item
        field = self.opts.get_field(item)
        if field.is_relation:
            return (item, ScopedRelatedFilter)
        if getattr(field, "choices", None):
            return (item, ChoicesDropdownFilter)
        return (item, BooleanRadioFilter) if isinstance(field, BooleanField) else item

    def get_list_display(self, request: HttpRequest) -> list[Any]:
        columns = super().get_list_display(request)
        return [column for column in columns if not hides(request, self.model, self._path_of_column(column))]

    def get_list_select_related(self, request: HttpRequest) -> Any:
        """What the screen says, or every single relation it shows: a list never asks once for each row."""
        if self.list_select_related:
            return self.list_select_related
        fields = {field.name for field in self.opts.fields if field.is_relation}
        return [column for column in self.get_list_display(request) if column in fields]

    def _path_of_column(self, column: Any) -> str:
        function = getattr(self, column, None) if isinstance(column, str) else column
        ordering = getattr(function, "admin_order_field", None)
        return str(ordering or column).lstrip("-")

    def get_search_fields(self, request: HttpRequest) -> list[str]:
        return [name for name in self.search_fields if not hides(request, self.model, name.lstrip("^=@"))]

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        if request.resolver_match and request.resolver_match.url_name == "autocomplete":
            queryset = current_only(queryset)
        fields = self.get_search_fields(request)
        return (holding(queryset, fields, search_term) if fields and search_term else queryset), False

    def lookup_allowed(self, lookup: str, value: Any, request: HttpRequest) -> bool:  # noqa: ARG002
        """Only what the filters ask for, the date hierarchy and what the screen names."""
        parts = lookup.split("__")
        names = [self.date_hierarchy] if self.date_hierarchy else []
        for item in self.get_list_filter(request):
            if isinstance(item, type):
                parameter = getattr(item, "parameter_name", "") or ""
                if lookup in {parameter, *range_names(parameter)}:
                    return True
            else:
                names.append(item if isinstance(item, str) else item[0])
        if lookup in self.lookups_allowed:
            return not hides(request, self.model, lookup)
        return any(
            (parts[: len(path.split("__"))] == path.split("__") and harmless(parts, path))
            or lookup in range_names(path)
            for path in names
        )

    # Actions

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponseBase:
        """Django does nothing for an action it does not offer; that somebody asked for it is written down."""
        name = request.POST.get("action", "")
        if name and name not in self.get_actions(request):
            action = getattr(self, name, None)
            verb = verb_of(action) if is_console_action(action) else name[:40].replace("\0", "")
            leave_alone(request, verb, self.model, "An action that is not offered to them.")
        return super().changelist_view(request, extra_context)

    def get_actions(self, request: HttpRequest) -> dict[str, tuple[Callable[..., Any], str, str]]:
        """Only console actions, and only those the person may ever do; each record is asked for again."""
        own = {
            name: entry
            for name, entry in super().get_actions(request).items()
            if is_console_action(entry[0]) and self.may(request, verb_of(entry[0]))
        }
        return own | offers_for_selection(request, self.model)

    def _filter_unfold_actions_by_permissions(
        self, request: HttpRequest, actions: list[Any], object_id: int | str | None = None
    ) -> list[Any]:
        shown = [action for action in actions if is_console_action(action.method)]
        shown = [action for action in shown if self.may(request, verb_of(action.method), object_id)]
        if object_id is None:
            return shown
        record = self.require_record(request, str(object_id))
        return [action for action in shown if action.method.console.fits(record)]

    def get_changelist_instance(self, request: HttpRequest) -> ChangeList:
        """The list, with what narrows it as removable chips and the first step an empty one offers."""
        try:
            changelist: ChangeList = super().get_changelist_instance(request)
        except OverflowError as error:  # SQLite, about a key of more digits than any row has
            raise IncorrectLookupParameters from error
        changelist.opts = self.opts
        changelist.result_count = changelist.paginator.count  # a far page has counted further
        changelist.chips = chips_of(changelist, request)  # type: ignore[attr-defined]
        changelist.is_narrowed = bool(changelist.chips or changelist.query)  # type: ignore[attr-defined]
        changelist.empty_link = self.first_step(request)  # type: ignore[attr-defined]
        changelist.offers = offers_below(request, self.model)  # type: ignore[attr-defined]
        return changelist

    def first_step(self, request: HttpRequest) -> tuple[str, str] | None:  # noqa: ARG002
        """The label and address of what to do on an empty list; override it to ask for a right first."""
        if self.empty_action is None:
            return None
        label, name = self.empty_action
        return label, reverse(name)


class ReadOnlyAdmin(ConsoleAdmin[M]):
    """A screen on which nothing is added, changed or deleted, whoever looks."""

    def has_add_permission(self, request: HttpRequest) -> bool:  # noqa: ARG002
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002
        return False


SAFE_ENDINGS = frozenset({"exact", "in", "isnull", "gte", "gt", "lte", "lt", "year", "month", "day", "id", "pk"})


def harmless(parts: list[str], path: str) -> bool:
    """Whether a lookup only compares the field itself, or the key of what it points at."""
    return all(part in SAFE_ENDINGS for part in parts[len(path.split("__")) :])


def range_names(path: str) -> set[str]:
    """The parameters of unfold's range filters."""
    return {f"{path}_{end}{part}" for end in ("from", "to") for part in ("", "_0", "_1")}


def path_of(item: Any) -> str:
    """The field a filter asks for, as a path from this model."""
    path = item[0] if isinstance(item, tuple) else item
    return path if isinstance(path, str) else ""
