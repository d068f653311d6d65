"""What of courses, rights on them and requests for these is about a person."""

from typing import Any

from apps.accounts.about import Personal, about_people, erasure_refusals, left_out
from apps.catalog.models import AccessRequest, CategoryUserGrant, CourseInstructor, CourseUserGrant
from apps.catalog.states import CourseStatus

about_people(
    Personal(model=CourseInstructor, title="courses they teach"),
    Personal(model=CourseUserGrant, title="rights on courses"),
    Personal(model=CategoryUserGrant, title="rights on categories"),
    Personal(model=AccessRequest, path="requester", title="requests for rights", blanks={"note": ""}),
)
left_out |= {
    f"catalog.{model}.archived_by": "It says who archived a record that is about nobody."
    for model in ("category", "course", "module", "lesson", "resource")
}
left_out |= {
    f"catalog.{model}.granted_by": "It says who gave a right: a fact about the one who has it."
    for model in ("courseusergrant", "coursegroupgrant", "categoryusergrant", "categorygroupgrant")
}
left_out["catalog.accessrequest.decided_by"] = "It says who answered: a fact about the one who asked."


def still_teaches(person: Any) -> str:
    """A published course would be left in the hands of nobody."""
    taught = CourseInstructor.objects.filter(user=person, is_active=True, course__archived_at=None)
    course = taught.filter(course__status=CourseStatus.PUBLISHED).select_related("course").first()
    if course is None:
        return ""
    return f"{person} still teaches {course.course}, which is published. Put somebody in their place first."


erasure_refusals.append(still_teaches)
