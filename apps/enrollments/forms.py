"""What staff are asked when they enroll somebody or change an enrollment."""

from typing import Any

from django import forms
from django.contrib.auth import get_user_model
from django.utils import timezone
from unfold.widgets import UnfoldAdminSplitDateTimeWidget, UnfoldAdminTextInputWidget

from admin_theme.actions import ActionForm
from admin_theme.gate import current_only, gate
from admin_theme.widgets import dress
from apps.catalog.models import Course
from apps.enrollments.models import Enrollment


class EnrollForm(forms.ModelForm):  # type: ignore[type-arg]
    """Enrolls a learner by e-mail address; where no seat is free they wait for one."""

    learner_email = forms.EmailField(label="Learner's e-mail address", widget=UnfoldAdminTextInputWidget)

    class Meta:
        model = Enrollment
        fields = ("course", "access_ends_at")

    def clean_learner_email(self) -> str:
        email: str = self.cleaned_data["learner_email"].strip().lower()
        people = get_user_model()._base_manager.filter(email=email, archived_at=None)
        if (learner := people.first()) is None:
            raise forms.ValidationError("Nobody has this address. Check the spelling, or add the person first.")
        self.learner = learner
        return email


class ExtendForm(ActionForm):
    """Asks for the new end of access."""

    until = forms.SplitDateTimeField(
        label="Access until",
        required=False,
        widget=UnfoldAdminSplitDateTimeWidget,
        help_text="Leave it empty for access without an end.",
    )

    def clean_until(self) -> Any:
        until = self.cleaned_data["until"]
        if until is not None and until <= timezone.now():
            raise forms.ValidationError("This moment has passed. Choose a later one.")
        return until


class TransferForm(ActionForm):
    """Asks for the course to go to: one whose learners the person manages as well."""

    to = forms.CharField(
        label="Code of the other course",
        max_length=50,
        widget=UnfoldAdminTextInputWidget(attrs={"autocomplete": "off", "autofocus": True}),
        help_text="For example PY-101. Progress stays with this course; the end of access goes along.",
    )

    def clean_to(self) -> Course:
        code = self.cleaned_data["to"].strip()
        managed = current_only(gate.scope(self.request.user, "manage_students", Course))
        found: Course | None = managed.filter(code__iexact=code).first()
        if found is None:
            raise forms.ValidationError("You manage the learners of no course with this code. Check the spelling.")
        return found


class EnrollManyForm(forms.Form):
    """A pasted list of addresses and why they are enrolled."""

    addresses = forms.CharField(
        label="E-mail addresses",
        max_length=1_000_000,
        widget=forms.Textarea(attrs={"rows": 12, "autofocus": True, "spellcheck": "false"}),
        help_text="One to a line, or parted by commas. “Robin Example <robin@example.org>” is understood as well.",
    )
    reason = forms.CharField(
        label="Reason",
        max_length=500,
        widget=forms.TextInput,
        help_text="Kept in the history, where colleagues read it.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for asked in self.fields.values():
            dress(asked)
