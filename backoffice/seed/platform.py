"""Building the demo platform step by step, each step one change set."""

from apps.accounts.models import User
from apps.audit.recording import change_set, operation
from apps.catalog.models import Category, Course
from backoffice.seed.activity import make_activity
from backoffice.seed.assessments import make_assessments
from backoffice.seed.attempts import make_attempts
from backoffice.seed.catalog import give_rights, helped_course, make_categories, make_courses, make_instructors
from backoffice.seed.certificates import make_certificates
from backoffice.seed.curriculum import make_curricula
from backoffice.seed.instructors import make_instructor_profiles, suspend_one
from backoffice.seed.learning import make_learning
from backoffice.seed.people import People, make_people
from backoffice.seed.reading import subjects
from backoffice.seed.reports import make_reports
from backoffice.seed.requests import make_requests
from backoffice.seed.reviews import make_reviews
from backoffice.seed.statistics import make_statistics
from backoffice.seed.subscriptions import make_subscriptions
from backoffice.seed.telling import make_telling
from backoffice.seed.writing import World


def is_empty() -> bool:
    """Whether there is nobody and nothing here yet."""
    return not any(model._base_manager.exists() for model in (User, Category, Course))


def build_platform(world: World) -> People:
    """The whole platform; the same day and seed make the same rows, apart from passwords and the audit's own times."""
    with operation(channel="command"):
        with change_set(title="Demo platform: people"):
            people = make_people(world, subjects())
        with change_set(title="Demo platform: catalog"):
            categories = make_categories(world, subjects())
            courses = make_courses(world, subjects(), categories)
            lessons = make_curricula(world, subjects(), courses)
            assessments = make_assessments(world, subjects(), lessons)
        with change_set(title="Demo platform: instructors and rights"):
            make_instructors(world, subjects(), courses, people)
            give_rights(courses, categories, people)
        with change_set(title="Demo platform: applications of instructors"):
            make_instructor_profiles(world, people)
        with change_set(title="Demo platform: a year of learning"):
            make_learning(world, courses, lessons, people)
            make_attempts(world, assessments)
        with change_set(title="Demo platform: reviews"):
            make_reviews(world, people)
        with change_set(title="Demo platform: subscriptions"):
            make_subscriptions(world, people)
        with change_set(title="Demo platform: certificates"):
            make_certificates(world, people)
        with change_set(title="Demo platform: announcements"):
            make_telling(world, people, helped_course(courses))
        with change_set(title="Demo platform: reports"):
            make_reports(people)
        make_activity(world, courses, lessons, people)
        make_requests(people, helped_course(courses))
        suspend_one(people)
        make_statistics(world)
    return people
