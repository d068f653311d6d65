"""Who is always, or never, given a certificate of a course, and why."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.forms import ModelForm
from django.http import HttpRequest
from django.utils.safestring import SafeString

from admin_theme.console import ConsoleAdmin
from admin_theme.displays import Tone, relative_time, state_badge, two_lines
from apps.certificates import services
from apps.certificates.forms import NoteForm
from apps.certificates.models import CertificateNote

TONES: dict[str, Tone] = {"always": "good", "never": "bad"}


@admin.register(CertificateNote)
class CertificateNoteAdmin(ConsoleAdmin[CertificateNote]):
    list_display = ("learner", "course_name", "decision", "why", "noted")
    list_filter = ("ruling", "course")
    list_select_related = ("user", "course")
    search_fields = ("user__last_name", "user__first_name", "user__email", "course__code", "course__title", "reason")
    search_help_text = "Learner, course or reason"
    autocomplete_fields = ("course",)
    empty_title = "No exceptions"
    empty_text = "Whoever completes a course is given its certificate. Note here who is always, or never, given one."
    empty_action = ("Add a note", "admin:certificates_certificatenote_add")

    def get_queryset(self, request: HttpRequest) -> QuerySet[CertificateNote]:
        rows: QuerySet[CertificateNote] = super().get_queryset(request)
        return rows.select_related("user", "course")

    def first_step(self, request: HttpRequest) -> tuple[str, str] | None:
        return super().first_step(request) if self.may(request, "add") else None

    @admin.display(description="learner", ordering="user__last_name")
    def learner(self, note: CertificateNote) -> SafeString:
        return two_lines(note.learner_name)

    @admin.display(description="course", ordering="course__title")
    def course_name(self, note: CertificateNote) -> SafeString:
        return two_lines(note.course.title, note.course.code)

    @admin.display(description="decision", ordering="ruling")
    def decision(self, note: CertificateNote) -> SafeString:
        return state_badge(note, "ruling", TONES)

    @admin.display(description="why")
    def why(self, note: CertificateNote) -> str:
        return note.reason

    @admin.display(description="noted", ordering="created_at")
    def noted(self, note: CertificateNote) -> SafeString:
        return relative_time(note.created_at)

    def get_form(
        self,
        request: HttpRequest,
        obj: Any = None,
        change: bool = False,  # noqa: FBT001, FBT002
        **kwargs: Any,
    ) -> "type[ModelForm[Any]]":
        if obj is None:
            kwargs["form"] = NoteForm
        form: type[ModelForm[Any]] = super().get_form(request, obj, change=change, **kwargs)
        return form

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:  # noqa: ARG002
        names = ("course", "learner_email") if obj is None else ("course", "learner_name")
        return [(None, {"fields": (*names, "ruling", "reason")})]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:  # noqa: ARG002
        return () if obj is None else ("course", "learner_name")

    @admin.display(description="learner")
    def learner_name(self, note: CertificateNote) -> str:
        return note.learner_name

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: Any) -> None:  # noqa: ARG002
        services.save_note(obj, by=request.user)

    def delete_model(self, request: HttpRequest, obj: CertificateNote) -> None:
        services.delete_note(obj, by=request.user)
