"""Every kind of file that can be imported and exported: one line each."""

from imports.types.answers import Answers
from imports.types.assessments import Assessments
from imports.types.base import ImportKind
from imports.types.categories import Categories
from imports.types.certificates import Certificates
from imports.types.course_instructors import CourseInstructors
from imports.types.courses import Courses
from imports.types.enrollments import Enrollments
from imports.types.lessons import Lessons
from imports.types.modules import Modules
from imports.types.payments import Payments
from imports.types.progress import Progress
from imports.types.questions import Questions
from imports.types.resources import Resources
from imports.types.reviews import Reviews
from imports.types.subscriptions import Subscriptions
from imports.types.users import Users

KINDS: dict[str, ImportKind] = {
    kind.key: kind
    for kind in (
        Users(),
        Categories(),
        Courses(),
        CourseInstructors(),
        Modules(),
        Lessons(),
        Resources(),
        Assessments(),
        Questions(),
        Answers(),
        Enrollments(),
        Progress(),
        Certificates(),
        Reviews(),
        Subscriptions(),
        Payments(),
    )
}


def kind_for(key: str) -> ImportKind:
    """Raises `LookupError` for a key no kind has."""
    if key not in KINDS:
        raise LookupError(f"There is no kind called {key}. Choose one of {', '.join(KINDS)}.")
    return KINDS[key]
