"""What somebody is asked who writes or sends an announcement."""

from typing import Any

from django import forms
from django.conf import settings

from admin_theme.actions import ActionForm
from apps.announcements.models import Announcement, active_learners
from apps.announcements.queries import audience_of
from apps.enrollments.states import EnrollmentStatus


class AnnouncementForm(forms.ModelForm):  # type: ignore[type-arg]
    """The states of its learners as boxes to tick."""

    audience = forms.MultipleChoiceField(
        label="Learners who are",
        choices=EnrollmentStatus.choices,
        widget=forms.CheckboxSelectMultiple,
        initial=active_learners,
        error_messages={"required": "Choose at least one state."},
    )

    class Meta:
        model = Announcement
        fields = (
            "course",
            "title",
            "text",
            "priority",
            "action_link",
            "audience",
            "progress_from",
            "progress_to",
            "send_at",
            "expires_at",
        )


class SendForm(ActionForm):
    """Says whom it goes to; for very many their number has to be typed."""

    typed = forms.IntegerField(label="Type the number of learners", required=False, min_value=0)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.record is None:
            return
        number = audience_of(self.record).count()
        if number > settings.ANNOUNCEMENT_CONFIRM_ABOVE:
            self.fields["typed"].help_text = f"It goes to {number:,} learners."
        else:
            del self.fields["typed"]
