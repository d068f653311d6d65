"""What the law asks for: everything held about a person as a file for them, and its erasure for good."""

from typing import Any

from django import forms
from django.http import HttpRequest

from admin_theme.actions import ActionForm, console_action
from apps.accounts.about import is_erased
from apps.accounts.erasing import counts_before, erase_person
from apps.accounts.models import User
from apps.accounts.services import hand_over_person
from apps.records.rules import RuleBroken


class ErasureForm(ActionForm):
    """What will be gone stands in numbers above the address that has to be typed."""

    field_order = ("typed", "reason")
    typed = forms.CharField(label="Type the e-mail address of the person", max_length=254, strip=True)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.record is not None:
            counts = ", ".join(f"{number:,} {heading}" for heading, number in counts_before(self.record))
            self.fields["typed"].help_text = f"Blanked or deleted, with every earlier version: {counts}."

    def clean_typed(self) -> str:
        typed: str = self.cleaned_data["typed"].lower()
        if self.record is not None and typed != self.record.email:
            raise forms.ValidationError("This is not the address of the person.")
        return typed


class PersonalDataActions:
    """Actions of the person's page, for administrators."""

    @console_action(
        "Hand over their data",
        verb="hand_over",
        icon="folder_zip",
        ask_reason=True,
        fits=lambda person: not is_erased(person),
        confirm="Everything held about them is written into a file, in the background. You alone can fetch it under "
        "Exports, for a day. Make sure that it is them who asks.",
    )
    def hand_over(self, request: HttpRequest, person: User, reason: str) -> str:
        hand_over_person(person, by=request.user, reason=reason)
        return "The file is being written. It will stand under Exports, for you alone and for a day."

    @console_action(
        "Erase",
        verb="erase",
        icon="delete_forever",
        variant="danger",
        form=ErasureForm,
        ask_reason=True,
        fits=lambda person: not is_erased(person) and not (person.is_staff and person.is_active),
        confirm="There is no way back. Name, addresses, profile, own words and where they signed in from are blanked, "
        "in the history too, and the account is closed. Enrollments, results and figures stay, of nobody any more.",
    )
    def erase(self, request: HttpRequest, person: User, reason: str, *, data: dict[str, Any]) -> str:
        if data["typed"] != person.email:
            raise RuleBroken("Type the e-mail address of the person.")
        erase_person(person, by=request.user, reason=reason)
        return f"This was the data of {person}: nothing is left that says who it was."
