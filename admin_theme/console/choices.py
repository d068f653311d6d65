"""What a form or a filter offers: related records within the person's scope, and no field that is masked."""

from typing import TYPE_CHECKING, Any, ClassVar

from django.db.models import Field, ForeignKey, ManyToManyField, Model, QuerySet
from django.http import HttpRequest

from admin_theme.gate import current_only, gate, masked_here

if TYPE_CHECKING:
    from django.contrib.admin.options import BaseModelAdmin

    Base = BaseModelAdmin[Any]
else:
    Base = object


class ScopedChoicesMixin(Base):
    """Related records are chosen from the scope of a verb: `view`, or what `choice_verbs` says for the field."""

    choice_verbs: ClassVar[dict[str, str]] = {}

    def choices_for(self, db_field: "Field[Any, Any]", request: HttpRequest) -> QuerySet[Any]:
        """The records a relation may point at: current ones in scope, and the one it points at now."""
        related: type[Model] = db_field.related_model  # type: ignore[assignment]
        rows = gate.scope(request.user, self.choice_verbs.get(db_field.name, "view"), related)
        now = getattr(self.record_of(request), db_field.attname, None) if isinstance(db_field, ForeignKey) else None
        offered = current_only(rows)
        return offered | rows.filter(pk=now) if now is not None and offered is not rows else offered

    def record_of(self, request: HttpRequest) -> Model | None:
        """The record whose page this is, when there is one."""
        return request.__dict__.get("_console_record")

    def formfield_for_foreignkey(self, db_field: "ForeignKey[Any, Any]", request: HttpRequest, **kwargs: Any) -> Any:
        kwargs.setdefault("queryset", self.choices_for(db_field, request))
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def formfield_for_manytomany(
        self, db_field: "ManyToManyField[Any, Any]", request: HttpRequest, **kwargs: Any
    ) -> Any:
        kwargs.setdefault("queryset", self.choices_for(db_field, request))
        return super().formfield_for_manytomany(db_field, request, **kwargs)

    def get_exclude(self, request: HttpRequest, obj: Any = None) -> Any:
        excluded = super().get_exclude(request, obj)
        masked = masked_here(request, self.model)
        return [*(excluded or ()), *masked] if masked else excluded

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        return without_fields(super().get_fieldsets(request, obj), masked_here(request, self.model))


def without_fields(fieldsets: Any, names: frozenset[str]) -> list[tuple[Any, dict[str, Any]]]:
    """The same fieldsets without these fields, and without a fieldset or line that became empty."""
    left = []
    for title, options in fieldsets:
        lines: list[Any] = []
        for line in options["fields"]:
            kept = tuple(name for name in (line if isinstance(line, list | tuple) else (line,)) if name not in names)
            if kept:
                lines.append(kept[0] if len(kept) == 1 else kept)
        if lines:
            left.append((title, {**options, "fields": lines}))
    return left
