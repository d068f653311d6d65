"""What staff are asked when they enter an application, change a tier or suspend somebody."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib.auth import get_user_model
from unfold.widgets import UnfoldAdminTextInputWidget

from admin_theme.actions import ActionForm
from admin_theme.gate import masked_here
from admin_theme.widgets import dress
from apps.accounts.models import User
from apps.instructors.models import InstructorProfile
from apps.instructors.plan import SUCCESSOR, UNPUBLISH, Part, fingerprint
from apps.instructors.queries import possible_successors
from apps.instructors.states import Tier

FACTS = (
    "display_name",
    "title",
    "organization",
    "years_experience",
    "bio",
    "website",
    "linkedin_profile",
    "twitter_handle",
    "is_public",
)
EACH = "each"
FOR_ALL = (
    (EACH, "As chosen for each below"),
    (SUCCESSOR, "Hand over everything they lead to the instructor named here"),
    (UNPUBLISH, "Unpublish everything they lead"),
)


class ApplicationForm(forms.ModelForm):  # type: ignore[type-arg]
    """An application of somebody with an account, named by their address."""

    applicant_email = forms.EmailField(label="Applicant's e-mail address", widget=UnfoldAdminTextInputWidget)

    class Meta:
        model = InstructorProfile
        fields = FACTS

    def clean_applicant_email(self) -> str:
        email: str = self.cleaned_data["applicant_email"].strip().lower()
        found = get_user_model()._base_manager.filter(email=email, archived_at=None).first()
        if found is None:
            raise forms.ValidationError("Nobody has this address. Check the spelling, or add the person first.")
        self.instance.user = found
        return email


class TierForm(ActionForm):
    """The tier an instructor gets."""

    field_order = ("tier", "reason")
    tier = forms.ChoiceField(label="Tier from now on", choices=Tier.choices)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.record is not None:
            self.initial["tier"] = self.record.tier


class SuspensionForm(forms.Form):
    """One choice for each course of the plan, or one for all that the person leads; what was shown is applied."""

    shown = forms.CharField(widget=forms.HiddenInput)
    for_all = forms.ChoiceField(label="For all courses", choices=FOR_ALL, initial=EACH)
    successor = forms.EmailField(
        label="Instructor who takes over",
        required=False,
        help_text="Their e-mail address; needed where you choose to hand a course over to the instructor named here.",
    )
    reason = forms.CharField(
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="The person is told, and the history keeps it, where colleagues read it.",
    )

    def __init__(self, data: Any, *, plan: Sequence[Part], person: Any) -> None:
        super().__init__(data, initial={"shown": fingerprint(plan)})
        self.plan, self.person = plan, person
        for part in plan:
            label = f"What becomes of {part.course}"
            self.fields[self.name_of(part)] = forms.ChoiceField(label=label, choices=part.choices, required=False)
        if not plan:
            del self.fields["for_all"], self.fields["successor"]
        for field in self.fields.values():
            dress(field)

    def name_of(self, part: Part) -> str:
        return f"course_{part.course.pk}"

    @property
    def parts(self) -> list[tuple[Part, forms.BoundField]]:
        return [(part, self[self.name_of(part)]) for part in self.plan]

    def clean_successor(self) -> str:
        email: str = self.cleaned_data["successor"].strip().lower()
        self.heir = possible_successors(self.person).filter(email=email).first() if email else None
        if email and self.heir is None:
            raise forms.ValidationError("No other instructor who may teach now has this address.")
        return email

    @property
    def named(self) -> Any:
        return getattr(self, "heir", None)

    def fates(self) -> dict[int, str]:
        """What was chosen for each course; a choice for all stands where it is one of the course's own."""
        for_all = self.cleaned_data.get("for_all", EACH)
        found = {}
        for part in self.plan:
            chosen = self.cleaned_data.get(self.name_of(part)) or part.choices[0][0]
            fits = for_all in dict(part.choices) and part.needs_somebody
            found[part.course.pk] = for_all if fits else chosen
        return found


def successors_to_suggest(request: Any, person: Any, most: int) -> list[tuple[str, str]]:
    """Addresses with names, for those who may see addresses."""
    if "email" in masked_here(request, User):
        return []
    return [(one.email, one.get_full_name()) for one in possible_successors(person).exclude(pk=request.user.pk)[:most]]
