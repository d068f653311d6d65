"""What a suspension means below: nobody suspended teaches or holds a right on a course."""

from typing import Any

from django.db.models import QuerySet

from apps.catalog.standing import KeptAway
from apps.instructors.models import InstructorProfile
from apps.instructors.states import InstructorStatus
from apps.records.reasons import Cure, Kind, Reason, Stop


def suspended_profiles() -> QuerySet[InstructorProfile]:
    return InstructorProfile.objects.filter(status=InstructorStatus.SUSPENDED)


def why_suspended(person: Any) -> Reason:
    profile = suspended_profiles().get(user=person.pk)
    text = f"{person} is suspended as an instructor: for now they teach nothing and hold no right on a course."
    cure = Cure(f"Whoever suspends instructors can reinstate {person}.", profile)
    return Reason(Kind.INACTIVE, text, (Stop(str(person), person), Stop("Suspended instructor", profile)), cure)


suspension = KeptAway(suspended_profiles, why_suspended)
