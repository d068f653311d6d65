"""What moderators are asked when they decide."""

from typing import Any

from django import forms

from admin_theme.actions import ActionForm
from admin_theme.filters import MOST_CHOICES
from apps.reviews.queries import PERSON, colleagues_for, deciders
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
    """Asks what a colleague should look at, and whether one of them should get it first."""

    note = forms.CharField(widget=forms.Textarea(attrs={"rows": 3, "autofocus": True}), **NOTE)
    to = forms.ChoiceField(label="Who gets it first", required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        user = self.request.user
        found = colleagues_for(self.record, by=user) if self.record else deciders().exclude(pk=user.pk)
        self.people = found.only(*PERSON)
        choice: Any = self.fields["to"]
        choice.choices = self.colleagues

    def colleagues(self) -> list[tuple[str, str]]:
        """Asked for when they are shown or chosen from, not with every review."""
        return [("", "Any colleague"), *((str(person.pk), str(person)) for person in self.people[:MOST_CHOICES])]

    def clean_to(self) -> Any:
        chosen = self.cleaned_data["to"]
        return next((person for person in self.people if str(person.pk) == chosen), None)
