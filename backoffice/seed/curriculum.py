"""What the demo courses are made of: modules, lessons and resources, composed from the concepts of their subject."""

import random
from itertools import pairwise

from apps.catalog.models import Course, Lesson, Module, Resource
from backoffice.seed.reading import Subject, Topic
from backoffice.seed.writing import World, write_all

SITE = "https://media.lanternacademy.example"
# Kind of lesson, its titles, and how many minutes it takes.
VIDEO = (
    Lesson.Type.VIDEO,
    ("{C}", "{C} explained", "A closer look at {c}", "{C}, step by step", "{C} in practice"),
    (4, 19),
)
READING = (Lesson.Type.READING, ("Notes: {c}", "{C}: a worked example", "Cheat sheet: {c}"), (5, 15))
LAB = (Lesson.Type.LAB, ("Exercise: {c}", "Try it yourself: {c}", "Workshop: {c}"), (20, 45))
OPENINGS = ("What this module is about", "Before you start", "Where we are and where we are going")
CLOSINGS = {
    Lesson.Type.QUIZ: ("Check yourself: {t}", "Ten questions on {t}"),
    Lesson.Type.INTERACTIVE: ("Assignment: {t}", "Your turn: {t}"),
    Lesson.Type.LIVE: ("Office hours: {t}",),
}
ACTIVITIES = {
    Lesson.Type.VIDEO: Lesson.ActivityType.VIDEO,
    Lesson.Type.READING: Lesson.ActivityType.READING,
    Lesson.Type.LAB: Lesson.ActivityType.LAB,
    Lesson.Type.QUIZ: Lesson.ActivityType.QUIZ,
    Lesson.Type.INTERACTIVE: Lesson.ActivityType.ASSIGNMENT,
    Lesson.Type.LIVE: Lesson.ActivityType.DISCUSSION,
}
RESOURCES = {
    Resource.Type.DOCUMENT: ("Slides: {l}", "slides.pdf"),
    Resource.Type.ARCHIVE: ("Working files: {l}", "files.zip"),
    Resource.Type.LINK: ("Further reading: {l}", "reading"),
    Resource.Type.IMAGE: ("Diagram: {l}", "diagram.png"),
}


def make_curricula(world: World, subjects: list[Subject], courses: list[Course]) -> dict[int, list[Lesson]]:
    """Modules, lessons and resources of all courses. Returns the lessons of each course in their order."""
    dice = world.dice("curriculum")
    topics_of = {subject.name: subject.topics for subject in subjects}
    modules: list[Module] = []
    topics: list[Topic] = []
    for course in courses:
        chosen = choose_topics(dice, topics_of[str(course.category)])
        topics += chosen
        modules += [make_module(course, topic, place) for place, topic in enumerate(chosen, 1)]
    lessons = make_lessons(dice, modules, topics)
    add_up_minutes(modules, lessons)
    write_all(modules)
    for lesson in lessons:
        lesson.module_id = lesson.module.pk
    write_all(lessons)
    write_all(make_resources(dice, lessons))
    by_course: dict[int, list[Lesson]] = {course.pk: [] for course in courses}
    for lesson in lessons:
        by_course[lesson.course_id].append(lesson)
    return by_course


def choose_topics(dice: random.Random, topics: list[Topic]) -> list[Topic]:
    """Four to eight topics in the order in which they build on each other."""
    chosen = dice.sample(range(len(topics)), dice.choice((4, 4, 5, 5, 6, 7, 8)))
    return [topics[place] for place in sorted(chosen)]


def make_module(course: Course, topic: Topic, place: int) -> Module:
    return Module(
        course=course,
        code=f"m{place}",
        title=topic.title,
        description=f"{topic.concepts[0].capitalize()}, {', '.join(topic.concepts[1:4])} and {topic.concepts[4]}.",
        order=place,
        created_at=course.created_at,
        archived_at=course.archived_at,
    )


def make_lessons(dice: random.Random, modules: list[Module], topics: list[Topic]) -> list[Lesson]:
    """Three to eight lessons for each module: an opening, its concepts one after the other, a closing."""
    made: list[Lesson] = []
    number = 0
    for (before, module), topic in zip(pairwise([None, *modules]), topics, strict=True):
        assert module is not None  # noqa: S101
        number = number if before is not None and before.course_id == module.course_id else 0
        for place, (kind, title, minutes) in enumerate(plan_lessons(dice, topic), 1):
            number += 1
            made.append(make_lesson(module, topic, kind, title, minutes, place, number))
    return made


def plan_lessons(dice: random.Random, topic: Topic) -> list[tuple[str, str, int]]:
    """Kind, title and minutes of each lesson of a module."""
    planned: list[tuple[str, str, int]] = []
    if dice.random() < 0.4:
        planned.append((Lesson.Type.VIDEO, dice.choice(OPENINGS), dice.randint(2, 4)))
    taken = sorted(dice.sample(range(5), dice.choice((2, 3, 3, 4, 4, 5))))
    for concept in [topic.concepts[place] for place in taken]:
        kind, titles, (shortest, longest) = dice.choices((VIDEO, READING, LAB), (62, 22, 16))[0]
        title = dice.choice(titles).format(c=concept, C=concept[0].upper() + concept[1:])
        planned.append((kind, title, dice.randint(shortest, longest)))
    if len(planned) < 3 or dice.random() < 0.7:
        ending = dice.choices(list(CLOSINGS), (70, 20, 10))[0]
        planned.append((ending, dice.choice(CLOSINGS[ending]).format(t=topic.title.lower()), dice.randint(8, 30)))
    return planned


def make_lesson(module: Module, topic: Topic, kind: str, title: str, minutes: int, place: int, number: int) -> Lesson:
    access = Lesson.AccessLevel.GUEST if number == 1 else Lesson.AccessLevel.REGISTERED
    if module.course.price and number > 4:
        access = Lesson.AccessLevel.PREMIUM
    lesson = Lesson(
        course=module.course,
        module=module,
        code=f"l{number}",
        title=title,
        order=place,
        type=kind,
        activity_type=ACTIVITIES[Lesson.Type(kind)],
        access_level=access,
        content=f"{title}. We take one example from start to finish, look at what usually goes wrong, and end with "
        f"three questions you can answer on your own. Keep your notes on {topic.title.lower()} at hand.",
        guest_content=f"In this lesson of “{module.title}” you meet {topic.concepts[0]} for the first time.",
        registered_content=f"A summary of the lesson, with the example to download. It takes about {minutes} minutes.",
        duration_minutes=minutes,
        is_free_preview=number == 1,
        has_assessment=kind == Lesson.Type.QUIZ,
        has_lab=kind == Lesson.Type.LAB,
        created_at=module.created_at,
        archived_at=module.archived_at,
    )
    if kind == Lesson.Type.VIDEO:
        lesson.video_url = f"{SITE}/{module.course.code.lower()}/{lesson.code}.mp4"
    return lesson


def add_up_minutes(modules: list[Module], lessons: list[Lesson]) -> None:
    for module in modules:
        module.duration_minutes = 0
    for lesson in lessons:
        lesson.module.duration_minutes = (lesson.module.duration_minutes or 0) + (lesson.duration_minutes or 0)


def make_resources(dice: random.Random, lessons: list[Lesson]) -> list[Resource]:
    """Something to download or open beside every fifth lesson."""
    made = []
    for lesson in lessons:
        if dice.random() < 0.2:
            kind = dice.choices(list(RESOURCES), (5, 2, 3, 2))[0]
            title, file = RESOURCES[kind]
            made.append(
                Resource(
                    lesson=lesson,
                    code="r1",
                    title=title.format(l=lesson.title),
                    order=1,
                    type=kind,
                    url=f"{SITE}/{lesson.course.code.lower()}/{lesson.code}/{file}",
                    is_premium=lesson.access_level == Lesson.AccessLevel.PREMIUM,
                    download_count=dice.randint(0, 400),
                    created_at=lesson.created_at,
                    archived_at=lesson.archived_at,
                )
            )
    return made
