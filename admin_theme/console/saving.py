"""How a form is saved: one operation, in scope before and after, and a broken rule shown where it was broken."""

import logging
from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.contrib.admin.utils import NestedObjects
from django.core.exceptions import BadRequest, PermissionDenied, ValidationError
from django.db import IntegrityError, router
from django.db.models import Model
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect

from admin_theme.displays import counted
from admin_theme.gate import gate, leave_alone, note_refusal

if TYPE_CHECKING:
    from admin_theme.console.rights import RightsMixin as Base
else:
    Base = object

logger = logging.getLogger(__name__)
LEFT_THE_SCOPE = "Saved like this it would belong where you may not {verb}. Choose something you are in charge of."
LONGEST_REASON = 500


class SavingMixin(Base):
    """Services and `clean()` raise; nothing is saved and nothing logged; the form shows the sentence."""

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponseBase:
        if "_saveasnew" in request.POST and not self.save_as:
            raise BadRequest("This record cannot be saved as a new one.")
        record = self.require_record(request, object_id) if object_id else None
        request.__dict__["_console_record"] = record
        response: HttpResponseBase
        if request.method != "POST":
            response = super().changeform_view(request, object_id, form_url, extra_context)
            return response
        name = self.opts.verbose_name
        title = f"Change {name} {record}" if record else f"Add {name}"
        try:
            with gate.operation(by=request.user, reason=reason_given(request), title=title[:200]):
                response = super().changeform_view(request, object_id, form_url, extra_context)
        except (ValidationError, IntegrityError) as broken:
            self.forget_records(request)
            request.__dict__["_console_record"] = self.require_record(request, object_id) if object_id else None
            request.__dict__["_broken_rule"] = as_sentence(broken)
            response = super().changeform_view(request, object_id, form_url, extra_context)
        return response

    def get_form(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        form: type[ModelForm[Any]] = super().get_form(request, obj, **kwargs)
        broken = request.__dict__.get("_broken_rule")
        return form_showing(form, broken) if broken else form

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponseBase:
        response: HttpResponseBase
        if request.method != "POST" or "_save" not in request.POST:
            response = super().changelist_view(request, extra_context)
            return response
        title = f"Change {self.opts.verbose_name_plural} in the list"
        try:
            with gate.operation(by=request.user, reason=reason_given(request), title=title):
                response = super().changelist_view(request, extra_context)
        except ValidationError as broken:
            messages.error(request, f"{' '.join(broken.messages)} Nothing was saved.")
            response = HttpResponseRedirect(request.get_full_path())
        return response

    def _get_list_editable_queryset(self, request: HttpRequest, prefix: str) -> Any:
        rows = super()._get_list_editable_queryset(request, prefix)
        return rows.filter(pk__in=gate.scope(request.user, "change", self.model).values("pk"))

    def delete_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponseBase:
        record = self.require_record(request, object_id)
        response: HttpResponseBase
        if request.method != "POST":
            response = super().delete_view(request, object_id, extra_context)
            return response
        title = f"Delete {self.opts.verbose_name} {record}"[:200]
        try:
            with gate.operation(by=request.user, reason=reason_given(request), title=title):
                response = super().delete_view(request, object_id, extra_context)
        except ValidationError as broken:
            messages.error(request, f"{' '.join(broken.messages)} Nothing was deleted.")
            response = HttpResponseRedirect(request.get_full_path())
        return response

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """What would go with these records, what may not go, and what forbids it: as numbers, never as names."""
        collector = NestedObjects(using=router.db_for_write(self.model), origin=list(objs))
        collector.collect(objs)
        found: Any = collector.model_objs
        going = {model: list(rows) for model, rows in found.items() if not model._meta.auto_created}
        lacking = {
            str(model._meta.verbose_name_plural)
            for model, rows in going.items()
            if self.admin_site.is_registered(model) and not in_scope(request, "delete", rows)
        }
        with_it = [counted(model, len(rows)) for model, rows in going.items() if model is not self.model]
        numbers = {model._meta.verbose_name_plural: len(rows) for model, rows in going.items()}
        protecting = Counter(type(row) for row in collector.protected)
        return with_it, numbers, lacking, [counted(model, number) for model, number in protecting.items()]

    def save_related(self, request: HttpRequest, form: "ModelForm[Any]", formsets: Sequence[Any], change: bool) -> None:  # noqa: FBT001
        for formset in formsets:
            removed = [row.instance for row in formset.deleted_forms if row.instance.pk]
            kept = [row for row in formset.initial_forms if row not in formset.deleted_forms]
            changed = [row.instance for row in kept if row.has_changed()]
            if not (in_scope(request, "change", changed) and in_scope(request, "delete", removed)):
                raise PermissionDenied
        super().save_related(request, form, formsets, change)

    def construct_change_message(
        self,
        request: HttpRequest,
        form: "ModelForm[Any]",
        formsets: Sequence[Any] | None,
        add: bool = False,  # noqa: FBT001, FBT002
    ) -> str:
        """Django asks for this once everything is saved: the moment to see that it all stayed within the scope."""
        require_scope(request, "add" if add else "change", [form.instance])
        for formset in formsets or ():
            require_scope(request, "add", getattr(formset, "new_objects", []))
            require_scope(request, "change", [row for row, _ in getattr(formset, "changed_objects", [])])
        return ""

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> None:
        """The audit's change set is the record of what happened."""

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> None:
        """The audit's change set is the record of what happened."""

    def log_deletions(self, request: HttpRequest, queryset: Any) -> None:
        """The audit's change set is the record of what happened."""


def as_sentence(broken: ValidationError | IntegrityError) -> ValidationError:
    """A rule as it was said; a collision that only the database saw, which happens when two people save at once."""
    if isinstance(broken, ValidationError):
        return broken
    logger.warning("The database refused a form that was valid.", exc_info=broken)
    return ValidationError("This collides with something that was saved a moment ago. Look at it, then save again.")


def reason_given(request: HttpRequest) -> str:
    return request.POST.get("_reason", "").replace("\0", "").strip()[:LONGEST_REASON]


def in_scope(request: HttpRequest, verb: str, records: Sequence[Model]) -> bool:
    """Whether every one of these saved records, all of one model, is in the scope of the verb."""
    if not records:
        return True
    keys = {record.pk for record in records}
    model = type(records[0])
    is_inside = gate.scope(request.user, verb, model).filter(pk__in=keys).count() == len(keys)
    if not is_inside:
        note_refusal(request, verb, model, records[0].pk if len(keys) == 1 else None)
    return is_inside


def require_scope(request: HttpRequest, verb: str, records: Sequence[Model]) -> None:
    if not in_scope(request, verb, records):
        leave_alone(request, verb, type(records[0]), "It would have left what they are in charge of.")
        raise ValidationError(LEFT_THE_SCOPE.format(verb="add anything" if verb == "add" else "change anything"))


def form_showing(form_class: "type[ModelForm[Any]]", broken: ValidationError) -> "type[ModelForm[Any]]":
    """The same form, refused with this error at the fields it names and above the form otherwise."""

    class RefusedForm(form_class):  # type: ignore[valid-type, misc]
        def clean(self) -> Any:
            cleaned = super().clean()
            if not hasattr(broken, "error_dict"):
                self.add_error(None, broken)
                return cleaned
            for name, errors in broken.error_dict.items():
                self.add_error(name if name in self.fields else None, errors)
            return cleaned

    return RefusedForm
