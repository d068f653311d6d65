"""What moderators are asked when they decide."""

from typing import Any

from django import forms

from admin_theme.actions import ActionForm
from apps.reviews.states import RejectionReason

NOTE: dict[str, Any] = {
    "label": "Note",
    "max_length": 2000,
    "help_text": "For moderators, managers and support; nobody else reads it.",
}


class RejectForm(ActionForm):
    """Asks for a reason of the catalogue; a note is needed where the catalogue has none."""

    because = forms.ChoiceField(label="Why", choices=[("", "Choose a reason"), *RejectionReason.choices])
    note = forms.CharField(required=False, widget=forms.Textarea(attrs={"rows": 3}), **NOTE)


class FlagForm(ActionForm):
    """Asks what a colleague should look at."""

    note = forms.CharField(widget=forms.Textarea(attrs={"rows": 3, "autofocus": True}), **NOTE)
