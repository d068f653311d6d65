"""Which records a screen finds, and what may be done to them: the gate's answers in the words Django asks in."""

from typing import TYPE_CHECKING, Any

from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest

from admin_theme.gate import forget_answers, gate, may_here

if TYPE_CHECKING:
    from unfold.admin import ModelAdmin as Base
else:
    Base = object

NOBODYS_KEY, LONGEST_KEY = "0", 19


def as_key(object_id: str) -> str:
    """What is no key asks the database as well, so that it takes as long as one nobody has."""
    return object_id if object_id.isdecimal() and len(object_id) < LONGEST_KEY else NOBODYS_KEY


class RightsMixin(Base):
    """The scope decides: a record outside it does not exist, one inside it may be refused."""

    model: type[Model]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows = gate.scope(request.user, "view", self.model)
        ordering = self.get_ordering(request)
        return rows.order_by(*ordering) if ordering else rows

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        """The record in scope or None, read once in a request."""
        found: dict[Any, Any] = request.__dict__.setdefault("_console_objects", {})
        key = (self.model, str(object_id), from_field)
        if key not in found:
            found[key] = super().get_object(request, as_key(object_id), from_field)
        return found[key]

    def forget_records(self, request: HttpRequest) -> None:
        """After something was taken back, records and rights are read anew."""
        request.__dict__.pop("_console_objects", None)
        forget_answers(request)

    def require_record(self, request: HttpRequest, object_id: str) -> Any:
        """The record in scope. Refuses whoever may see none of its kind; otherwise hidden means not found."""
        if not may_here(request, "view", self.model):
            raise PermissionDenied
        record = self.get_object(request, unquote(str(object_id)))
        if record is None:
            raise Http404
        return record

    def may(self, request: HttpRequest, verb: str, record: Any = None) -> bool:
        """The gate's answer; unfold passes the key as text, which is looked up in scope first."""
        if record is not None and not isinstance(record, Model):
            record = self.get_object(request, unquote(str(record)))
            if record is None:
                return False
        return may_here(request, verb, self.model, record)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.may(request, "view", obj)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return self.may(request, "add")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.may(request, "change", obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.may(request, "delete", obj)

    def has_view_or_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.has_view_permission(request, obj)
