"""Child records inside the page of their parent."""

from typing import Any, ClassVar

from django.db.models import Field, Model, QuerySet
from django.http import HttpRequest
from django.utils.text import capfirst
from unfold.admin import TabularInline

from admin_theme.console.choices import ScopedChoicesMixin
from admin_theme.gate import gate, may_here


class ConsoleInline(ScopedChoicesMixin, TabularInline):
    """A table of children in scope; rows are added by whoever may do `parent_verb` to the parent."""

    extra = 0
    tab = True
    per_page = 25
    show_count = False
    parent_verb: ClassVar[str] = "change"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows = gate.scope(request.user, "view", self.model)
        ordering = self.get_ordering(request)
        return rows.order_by(*ordering) if ordering else rows

    def choices_for(self, db_field: "Field[Any, Any]", request: HttpRequest) -> QuerySet[Any]:
        """Archived records too: one form serves all rows, and a row may point at one."""
        related: Any = db_field.related_model
        return gate.scope(request.user, self.choice_verbs.get(db_field.name, "view"), related)

    def formfield_for_dbfield(self, db_field: "Field[Any, Any]", request: HttpRequest, **kwargs: Any) -> Any:
        """Each cell carries its name: in a table only the column's head shows it."""
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field is not None:
            widget: Any = getattr(field.widget, "widget", field.widget)
            widget.attrs.setdefault("aria-label", str(capfirst(field.label or db_field.verbose_name)))
        return field

    def may(self, request: HttpRequest, verb: str, parent: Model | None) -> bool:
        if not may_here(request, verb, self.model):
            return False
        return parent is None or parent.pk is None or may_here(request, self.parent_verb, type(parent), parent)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002
        return may_here(request, "view", self.model)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.may(request, "add", obj)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.may(request, "change", obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.may(request, "delete", obj)
