"""What of instructors is about a person; an erasure leaves how they stood, and takes names out of reasons."""

from typing import Any

from apps.accounts.about import Identity, Personal, about_people, erase_elsewhere, left_out
from apps.accounts.erasing import replace_words
from apps.instructors.models import InstructorProfile

SAID_BY_THEMSELVES = (
    "display_name",
    "title",
    "organization",
    "bio",
    "website",
    "linkedin_profile",
    "twitter_handle",
)

about_people(
    Personal(model=InstructorProfile, title="instructor profile", blanks=dict.fromkeys(SAID_BY_THEMSELVES, ""))
)
left_out |= {
    "instructors.instructorprofile.approved_by": "It says who approved somebody: a fact about the instructor.",
    "instructors.instructorprofile.verified_by": "It says who verified somebody: a fact about the instructor.",
}


def forget_in_reasons(person: Any, was: Identity) -> int:  # noqa: ARG001
    rows = InstructorProfile.objects.all(), InstructorProfile.history.all()
    return sum(replace_words(one, ("rejection_reason", "suspension_reason"), was) for one in rows)


erase_elsewhere.append(forget_in_reasons)
