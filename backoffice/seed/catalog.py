"""The catalog of the demo platform: its tree of categories, its courses, and who teaches them."""

import random
from collections import Counter
from datetime import timedelta
from decimal import Decimal

from django.utils.text import slugify

from apps.accounts.models import User
from apps.catalog.grants import follow_instructors_in_bulk, grant_right
from apps.catalog.models import Category, Course, CourseInstructor
from apps.catalog.rights import ANALYTICS, EDIT, EXPORT, GRANT, IMPORT, PUBLISH, STUDENTS, VIEW
from backoffice.seed.people import People
from backoffice.seed.reading import CourseIdea, Subject
from backoffice.seed.writing import World, write_all

ROOTS = {
    "Technology": ("computer", "Building software and keeping it running and safe."),
    "Data": ("insights", "From raw numbers to decisions and models."),
    "Business": ("business_center", "Money, customers, projects and the people who carry them."),
    "Creative Arts": ("brush", "Design, pictures and music, for work and for joy."),
    "Languages": ("translate", "Opening next season; the first courses are being written."),
}
LEVEL_NUMBERS = {"beginner": 101, "all_levels": 101, "intermediate": 201, "advanced": 301}
AUDIENCES = {
    "beginner": "Everybody who is curious. You need no experience.",
    "all_levels": "Anybody who wants to get better at it, whether this is your first step or your tenth year.",
    "intermediate": "People who know the basics and want to use them at work.",
    "advanced": "Practitioners with some years of experience who want to go deeper.",
}
REQUIREMENTS = {
    "beginner": ["A computer or tablet", "About three hours a week"],
    "all_levels": ["About two hours a week"],
    "intermediate": ["The basics of {name}", "About four hours a week"],
    "advanced": ["Solid practice in {name}", "About five hours a week", "A project of your own to apply it to"],
}
TAGS = (
    "hands-on",
    "career",
    "self-paced",
    "project-based",
    "with certificate",
    "bestseller",
    "new edition",
    "for teams",
)
STATUSES = (Course.Status.PUBLISHED, Course.Status.DRAFT, Course.Status.UNPUBLISHED, Course.Status.ARCHIVED)
# How many days ago a course in this state was begun.
AGES = {
    Course.Status.DRAFT: (5, 200),
    Course.Status.PUBLISHED: (35, 1050),
    Course.Status.UNPUBLISHED: (300, 1050),
    Course.Status.ARCHIVED: (500, 1050),
}
IMPORTED_CATEGORIES = ("Business Finance", "Graphic Design", "Musical Instruments", "Web Development")


def make_categories(world: World, subjects: list[Subject]) -> dict[str, Category]:
    """The tree; `path` needs the id, so each category is saved by itself."""
    made: dict[str, Category] = {}
    long_ago = world.now - timedelta(days=1200)
    for number, (name, (icon, description)) in enumerate(ROOTS.items()):
        made[name] = Category(name=name, icon=icon, description=description, sort_order=number + 1)
    for number, subject in enumerate(subjects):
        below = Category(name=subject.name, icon=subject.icon, description=subject.description, sort_order=number + 1)
        below.parent = made[subject.root]
        made[subject.name] = below
    for category in made.values():
        category.slug, category.created_at = slugify(category.name), long_ago
        category.is_featured = category.parent is None and category.name != "Languages"
        category.is_active = category.name != "Languages"
        category.save()
    return made


def make_courses(world: World, subjects: list[Subject], categories: dict[str, Category]) -> list[Course]:
    """Every course of the catalog files (or as many of each subject as the scale allows), in all states."""
    dice = world.dice("courses")
    made = []
    for subject in subjects:
        numbers: Counter[str] = Counter()
        for idea in subject.courses[: world.many(len(subject.courses))]:
            first = LEVEL_NUMBERS[idea.level]
            code = f"{subject.prefix}-{first + numbers[str(first)]}"
            numbers[str(first)] += 1
            made.append(make_course(world, dice, subject, idea, code, categories[subject.name]))
    write_all(made)
    return made


def make_course(
    world: World, dice: random.Random, subject: Subject, idea: CourseIdea, code: str, category: Category
) -> Course:
    status = dice.choices(STATUSES, (74, 12, 7, 7))[0]
    created = world.moment(dice, days_ago=AGES[status])
    topics = dice.sample(subject.topics, 3)
    course = Course(
        code=code,
        slug=slugify(idea.title),
        title=idea.title,
        subtitle=idea.subtitle,
        description=describe(dice, subject, idea),
        category=category,
        status=status,
        created_at=created,
        level=idea.level,
        price=Decimal(idea.price) - Decimal("0.01") if idea.price else Decimal(0),
        currency=dice.choices(("USD", "EUR"), (9, 1))[0],
        has_certificate=idea.price >= 40,
        requirements=[line.format(name=subject.name.lower()) for line in REQUIREMENTS[idea.level]],
        skills=[concept.capitalize() for topic in topics for concept in topic.concepts[:2]],
        learning_objectives=[f"Work with {topic.concepts[0]} and {topic.concepts[1]}" for topic in topics],
        target_audience=AUDIENCES[idea.level],
        tags=sorted(dice.sample(TAGS, dice.randint(0, 3))),
        meta_description=idea.subtitle,
    )
    if status == Course.Status.DRAFT and dice.random() < 0.3:
        course.price, course.description = None, ""
    if status != Course.Status.DRAFT:
        course.published_at = created + timedelta(days=dice.randint(10, 30))
    if status == Course.Status.PUBLISHED:
        course.is_featured = dice.random() < 0.15
        if idea.price >= 50 and dice.random() < 0.25:
            course.discount_price = (course.price or Decimal(0)) * Decimal("0.8")
            course.discount_price = course.discount_price.quantize(Decimal("0.01"))
            course.discount_ends_at = world.now + timedelta(days=dice.randint(5, 40))
        if dice.random() < 0.07:
            course.seats = 60
            course.starts_on = world.today + timedelta(days=dice.randint(10, 45))
    if status == Course.Status.ARCHIVED:
        course.archived_at = world.moment(dice, days_ago=(10, 120))
    return course


def describe(dice: random.Random, subject: Subject, idea: CourseIdea) -> str:
    """Two short paragraphs that say what one does and what one can do afterwards."""
    first, second, third = dice.sample(subject.topics, 3)
    opening = dice.choice(
        (
            "You learn by doing: every module ends with something you have made yourself.",
            "Short lessons, real examples, and an exercise after each idea.",
            "We begin with a problem you know and take it apart until the solution is obvious.",
            "No slides are read aloud here; each lesson answers one question people really ask.",
        )
    )
    ending = dice.choice(
        (
            "At the end you put everything together in a project of your own and get feedback on it.",
            "You leave with notes, templates and the confidence to go on alone.",
            "Every module has a short test, so you always know where you stand.",
        )
    )
    middle = (
        f"The course looks closely at {first.concepts[0]}, {second.concepts[1]} and {third.concepts[2]}, "
        f"and shows how they work together."
    )
    return f"{idea.subtitle}. {opening}\n\n{middle} {ending}"


def make_instructors(world: World, subjects: list[Subject], courses: list[Course], people: People) -> None:
    """A lead for every course but two drafts, colleagues on a third of them, and the rights that follow."""
    dice = world.dice("instructors")
    drafts = [course for course in courses if course.status == Course.Status.DRAFT]
    rows = []
    for course in courses:
        place = next(number for number, subject in enumerate(subjects) if subject.name == str(course.category))
        experts = people.instructors[place % len(people.instructors) :: len(subjects)]
        lead, colleague = dice.choice(experts), dice.choice(people.instructors)
        if course in drafts[-2:]:
            continue
        rows.append(teacher(course, lead, is_lead=True))
        if dice.random() < 0.35 and colleague != lead:
            rows[-1].revenue_share_percent = Decimal(70)
            rows.append(teacher(course, colleague, CourseInstructor.Role.CO_INSTRUCTOR, share=Decimal(30)))
    rows += helpers_who_teach(courses, people)
    write_all(rows)
    follow_instructors_in_bulk(rows, by=people.administrator)


def teacher(
    course: Course,
    user: User,
    role: str = CourseInstructor.Role.PRIMARY,
    *,
    share: Decimal = Decimal(100),
    is_lead: bool = False,
) -> CourseInstructor:
    row = CourseInstructor(course=course, user=user, role=role, is_lead=is_lead, revenue_share_percent=share)
    row.created_at = row.joined_at = course.created_at
    return row


def helped_course(courses: list[Course]) -> Course:
    """The course on which each helper has their one right."""
    return next((course for course in courses if course.status == Course.Status.PUBLISHED), courses[0])


def helpers_who_teach(courses: list[Course], people: People) -> list[CourseInstructor]:
    """Those whose one right is a flag of the instructor's row (every instructor may look)."""
    rows = []
    for right in (VIEW, EDIT, STUDENTS, ANALYTICS):
        role = CourseInstructor.Role.ASSISTANT
        row = teacher(helped_course(courses), people.helpers[right], role, share=Decimal(0))
        row.can_edit_content, row.can_manage_students = right == EDIT, right == STUDENTS
        row.can_view_analytics = right == ANALYTICS
        rows.append(row)
    return rows


def give_rights(courses: list[Course], categories: dict[str, Category], people: People) -> None:
    """What is given by hand: the other helpers' one right each, and the manager's imports into four categories."""
    for right in (PUBLISH, IMPORT, EXPORT, GRANT):
        reason = "Helps with this course."
        grant_right(people.helpers[right], right, helped_course(courses), by=people.administrator, reason=reason)
    for name in IMPORTED_CATEGORIES:
        reason = "Takes over the partner's catalog."
        grant_right(people.manager, IMPORT, categories[name], by=people.administrator, reason=reason)
