"""The instructors of both courses, an application, a rejected one, and somebody suspended."""

from typing import Any

from apps.instructors.plan import fingerprint, suspension_plan
from tests.apps.access.conftest import World
from tests.apps.access.matrix.canaries import plant
from tests.recipes import instructors
from tests.support.people import give_role, person
from tests.support.teaching import approved_profile, suspended_profile


def taught(world: World) -> dict[str, Any]:
    keys: dict[str, Any] = {}
    for side, letters, prefix in (("A", "IO", ""), ("B", "IX", "other_")):
        profile = approved_profile(world.people[letters])
        plant(profile, side)
        keys[f"{prefix}instructor"] = profile.pk
    application = instructors.instructor_profile.make(user=person("applicant", "student"))
    rejected = instructors.instructor_profile.make(user=person("rejected", "student"), status="rejected")
    spare = approved_profile(give_role(person("spare", "instructor"), "instructor"))
    suspended = suspended_profile(person("suspended", "instructor"))
    keys |= {"application": application.pk, "rejected": rejected.pk, "suspended_instructor": suspended.pk}
    return keys | {
        "spare_instructor": spare.pk,
        "what_was_shown": fingerprint(suspension_plan(world.people["IO"])),
        "instructor_person": world.people["IO"].pk,
    }
