"""On pages one only looks at, records that are not open to the person are named without a link."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from django.core.exceptions import FieldDoesNotExist
from django.db.models import Field, Model
from django.http import HttpRequest
from django.utils.text import capfirst

from admin_theme.gate import may_here

if TYPE_CHECKING:
    from unfold.admin import ModelAdmin as Base
else:
    Base = object


class PlainNamesMixin(Base):
    """A link is a promise: it is made only where the page behind it opens."""

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        fieldsets = super().get_fieldsets(request, obj)
        if obj is None or self.has_change_permission(request, obj):
            return fieldsets
        return [
            (title, {**options, "fields": [self._closed_named(request, obj, item) for item in options["fields"]]})
            for title, options in fieldsets
        ]

    def _closed_named(self, request: HttpRequest, record: Model, item: Any) -> Any:
        if isinstance(item, list | tuple):
            return [self._closed_named(request, record, one) for one in item]
        try:
            field = self.opts.get_field(item) if isinstance(item, str) else None
        except FieldDoesNotExist:
            return item
        if not isinstance(field, Field) or not (field.many_to_one or field.one_to_one):
            return item
        other = getattr(record, field.name)
        if other is None or may_here(request, "view", type(other), other):
            return item
        return name_only(field)


def name_only(field: "Field[Any, Any]") -> Callable[[Model], str]:
    """Shows the related record's name under the field's own label."""

    def shown(record: Model) -> str:
        return str(getattr(record, field.name))

    shown.__name__ = field.name
    shown.short_description = str(capfirst(field.verbose_name))  # type: ignore[attr-defined]
    return shown
