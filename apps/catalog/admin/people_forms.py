"""What the dialogs of the People tab ask."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils import timezone
from unfold.widgets import UnfoldAdminCheckboxSelectMultipleWidget

from admin_theme.actions import ActionForm
from admin_theme.gate import masked_here
from apps.access.models import Role
from apps.accounts.models import User
from apps.catalog.admin.people_lines import grants_by_hand, words_of_right
from apps.catalog.grants import LONGEST_REASON, rights_to_give
from apps.records.policy import scope

MOST_SUGGESTIONS = 500


class SuggestingInput(forms.EmailInput):
    """A field to type in that offers addresses the person may see anyway."""

    template_name = "catalog/people_suggestions.html"
    suggestions: Sequence[tuple[str, str]] = ()

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        context["widget"]["attrs"]["list"] = f"{context['widget']['attrs'].get('id', name)}-suggestions"
        return {**context, "suggestions": self.suggestions}


def reason_field() -> forms.CharField:
    return forms.CharField(
        label="Reason",
        max_length=LONGEST_REASON,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="Kept in the history, where colleagues read it.",
    )


class EndField(forms.DateTimeField):
    """The moment at which rights end; the help says in which time zone it is read."""

    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")

    def get_bound_field(self, form: Any, field_name: str) -> forms.BoundField:
        bound = super().get_bound_field(form, field_name)
        bound.help_text = f"{self.help_text} Time zone: {timezone.get_current_timezone_name()}."
        return bound


def end_field(help_text: str) -> forms.DateTimeField:
    return EndField(label="Until", required=False, help_text=help_text)


def rights_field() -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(
        widget=UnfoldAdminCheckboxSelectMultipleWidget,
        error_messages={"invalid_choice": "You cannot give or take the right “%(value)s” here."},
    )


def colleagues(person: Any) -> QuerySet[User]:
    """The staff at work this person sees."""
    return scope(person, "view", User).filter(is_staff=True, is_active=True).exclude(pk=person.pk)


class GiveRightsForm(ActionForm):
    """To whom, which of the rights the person may give, until when and why."""

    email = forms.EmailField(
        label="Colleague",
        required=False,
        widget=SuggestingInput(attrs={"autocomplete": "off"}),
        help_text="The e-mail address with which they sign in.",
    )
    role = forms.ModelChoiceField(
        label="Or everybody in the role",
        required=False,
        queryset=Role.objects.filter(is_active=True),
        empty_label="No role",
    )
    rights = rights_field()
    expires_at = end_field("Left empty, there is no end.")
    reason = reason_field()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        own = rights_to_give(self.request.user, self.record)
        self.fields["rights"].choices = [(right, words_of_right(right)) for right in own]  # type: ignore[attr-defined]
        if not self.fields["role"].queryset.exists():  # type: ignore[attr-defined]
            del self.fields["role"]
        if "email" not in masked_here(self.request, User):
            seen = colleagues(self.request.user).order_by("last_name", "first_name", "email")[:MOST_SUGGESTIONS]
            suggestions = [(person.email, person.get_full_name()) for person in seen]
            self.fields["email"].widget.suggestions = suggestions

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        email, role = data.get("email", ""), data.get("role")
        if self.errors:
            return data
        if bool(email) == bool(role):
            asked = "Name a colleague or a role, one of the two." if "role" in self.fields else "Name a colleague."
            raise forms.ValidationError({"email": asked})
        data["holder"] = role or User.objects.filter(email=email.lower(), is_staff=True, is_active=True).first()
        if data["holder"] is None:
            raise forms.ValidationError({"email": "Nobody who works here signs in with this address."})
        return data


class HeldRightsForm(ActionForm):
    """Which of the rights somebody was given here by hand, and why."""

    holder = forms.CharField(widget=forms.HiddenInput, required=False)
    rights = rights_field()
    reason = reason_field()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        named = (self.data if self.is_bound else self.request.GET).get("holder", "")
        own = rights_to_give(self.request.user, self.record)
        self.grants = {
            grant.permission.codename: grant
            for grant in grants_by_hand(self.record, named)
            if grant.permission.codename in own
        }
        choices = [(right, words_of_right(right)) for right in own if right in self.grants]
        self.fields["rights"].choices = choices  # type: ignore[attr-defined]
        self.initial = {"holder": named, "rights": list(self.grants) if len(self.grants) == 1 else []}
        for grant in self.grants.values():
            self.fields["rights"].label = f"Rights of {grant.holder}"

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not self.grants:
            raise forms.ValidationError("They hold no such right here that you may change. Reload the page.")
        return {**data, "grants": [self.grants[right] for right in data.get("rights", ())]}


class RightsEndForm(HeldRightsForm):
    """Which rights, and when they shall end."""

    expires_at = end_field("Left empty, they have no end.")
    field_order = ("holder", "rights", "expires_at", "reason")
