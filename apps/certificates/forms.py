"""What staff are asked when they issue a certificate, note an exception or make a new version of a template."""

from typing import Any

from django import forms
from django.contrib.auth import get_user_model
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from admin_theme.actions import ActionForm
from apps.catalog.models import Course
from apps.certificates.models import Certificate, CertificateNote
from apps.enrollments.models import Enrollment


def learner_with(email: str) -> Any:
    """The person with this address. Raises `ValidationError`."""
    people = get_user_model()._base_manager.filter(email=email.strip().lower(), archived_at=None)
    if (learner := people.first()) is None:
        raise forms.ValidationError("Nobody has this address. Check the spelling.")
    return learner


class IssueForm(forms.ModelForm):  # type: ignore[type-arg]
    """Asks whose certificate of which course; the rule decides whether there is one."""

    taken_course = forms.ModelChoiceField(Course.objects.none(), label="Course", widget=UnfoldAdminSelectWidget)
    learner_email = forms.EmailField(label="Learner's e-mail address", widget=UnfoldAdminTextInputWidget)

    class Meta:
        model = Certificate
        fields: tuple[str, ...] = ()

    def clean(self) -> dict[str, Any]:
        """Somebody else's learner and somebody who does not exist are answered alike."""
        cleaned: dict[str, Any] = super().clean() or {}
        course, email = cleaned.get("taken_course"), cleaned.get("learner_email", "")
        if course is None or not email:
            return cleaned
        taken = Enrollment.objects.filter(course=course, user__email=email.strip().lower())
        if (enrollment := taken.select_related("user", "course").first()) is None:
            raise forms.ValidationError({"learner_email": "Nobody with this address is enrolled in this course."})
        self.enrollment = enrollment
        return cleaned


class NoteForm(forms.ModelForm):  # type: ignore[type-arg]
    """Asks for the learner by their address while a note is new."""

    learner_email = forms.EmailField(label="Learner's e-mail address", widget=UnfoldAdminTextInputWidget)

    class Meta:
        model = CertificateNote
        fields = ("course", "ruling", "reason")

    def clean_learner_email(self) -> str:
        email: str = self.cleaned_data["learner_email"]
        self.instance.user = learner_with(email)
        return email


class VersionForm(ActionForm):
    """Asks for the number of a new version."""

    version = forms.CharField(max_length=10, help_text="Numbers and dots, for example 2.0.")
