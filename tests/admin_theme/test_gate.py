"""What screens are told by the gate: each question is asked once, the last no is kept, nothing is open without it."""

from typing import Any, ClassVar

import pytest
from django.contrib.auth.models import Permission
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest
from django.test import RequestFactory
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from admin_theme.console.choices import ScopedChoicesMixin, without_fields
from admin_theme.console.rights import NOBODYS_KEY, RightsMixin, as_key
from admin_theme.gate import (
    InstalledGate,
    Refusal,
    ask_at_once,
    current_only,
    gate,
    hides,
    masked_here,
    may_here,
    refusal_of,
)
from apps.accounts.models import User
from apps.catalog.models import Course, Lesson
from imports.models import ImportComment, ImportJob
from tests.recipes import catalog, imports

pytestmark = pytest.mark.django_db


class Recorded:
    """Answers as it is told, and keeps what it was asked."""

    def __init__(self) -> None:
        self.answer = True
        self.asked: list[Any] = []

    def may(self, user: Any, verb: str, model: Any, record: Any = None) -> bool:  # noqa: ARG002
        self.asked.append((verb, model, record))
        return self.answer

    def masked_fields(self, user: Any, model: Any) -> frozenset[str]:  # noqa: ARG002
        self.asked.append(model)
        return frozenset({"email"}) if model is User else frozenset()


@pytest.fixture
def asked_of(monkeypatch: pytest.MonkeyPatch) -> Recorded:
    recorded = Recorded()
    monkeypatch.setattr(gate, "_gate", recorded)
    return recorded


@pytest.fixture
def request_of(administrator: User) -> HttpRequest:
    request = RequestFactory().get("/")
    request.user = administrator
    return request


def test_without_a_gate_nothing_is_answered(administrator: User) -> None:
    closed = InstalledGate()

    with pytest.raises(ImproperlyConfigured):
        closed.may(administrator, "view", Course)


def test_a_question_is_asked_once_in_a_request(asked_of: Recorded, request_of: HttpRequest, course: Course) -> None:
    answers = [may_here(request_of, "view", Course, record) for record in (None, course, None, course)]

    assert answers == [True, True, True, True]
    assert asked_of.asked == [("view", Course, None), ("view", Course, course)]


def test_what_is_allowed_leaves_no_refusal(asked_of: Recorded, request_of: HttpRequest) -> None:
    may_here(request_of, "view", Course)

    assert asked_of.asked
    assert refusal_of(request_of) is None


def test_the_last_no_is_kept_with_the_record_it_was_about(
    asked_of: Recorded, request_of: HttpRequest, course: Course
) -> None:
    asked_of.answer = False

    answers = []
    for record, key in ((None, None), (course, course.pk)):
        answers.append(may_here(request_of, "change", Course, record))
        assert refusal_of(request_of) == Refusal("change", Course, key)

    assert answers == [False, False]


def test_several_verbs_are_asked_about_one_record_at_once(
    instructor: User, request_of: HttpRequest, course: Course, other_course: Course,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:  # fmt: skip
    request_of.user = instructor
    ask_at_once(request_of, ("view", "change"), other_course)
    ask_at_once(request_of, ("view", "change", "manage_students"), course)

    with django_assert_num_queries(0):
        theirs = [may_here(request_of, verb, Course, course) for verb in ("view", "change", "manage_students")]
        others = [may_here(request_of, verb, Course, other_course) for verb in ("view", "change")]

    assert (theirs, others) == ([True, True, True], [False, False])


def test_what_is_gone_is_open_to_nobody(request_of: HttpRequest, course: Course) -> None:
    gone = Course(pk=course.pk + 1)

    ask_at_once(request_of, ("view",), gone)

    assert may_here(request_of, "view", Course, gone) is False


def test_masks_are_asked_for_once_for_each_kind(asked_of: Recorded, request_of: HttpRequest) -> None:
    found = [masked_here(request_of, model) for model in (User, Course, User)]

    assert found == [{"email"}, frozenset(), {"email"}]
    assert asked_of.asked == [User, Course]


@pytest.mark.parametrize(
    ("model", "path", "is_hidden"),
    [
        (User, "email", True),
        (User, "first_name", False),
        (User, "first_name__email", False),
        (User, "nothing_there__email", False),
        (Course, "archived_by__email", True),
        (Course, "archived_by__first_name", False),
        (Course, "archived_by", False),
        (Course, "email", False),
    ],
)
def test_a_path_is_hidden_when_a_step_of_it_is_masked(
    model: Any, path: str, is_hidden: bool, asked_of: Recorded, request_of: HttpRequest
) -> None:
    assert hides(request_of, model, path) is is_hidden
    assert asked_of.asked


def test_archived_records_are_left_out_where_archiving_is_known(course: Course) -> None:
    catalog.course.make(code="OLD", archived_at=timezone.now())

    assert list(current_only(Course.with_archived.all())) == [course]
    assert current_only(Permission.objects.all()).count() == Permission.objects.count()


@pytest.mark.parametrize(
    ("written", "key"), [("17", "17"), ("no-number", NOBODYS_KEY), ("9" * 18, "9" * 18), ("9" * 19, NOBODYS_KEY)]
)
def test_what_is_no_key_is_asked_for_as_one_nobody_has(written: str, key: str) -> None:
    assert as_key(written) == key


def test_fields_go_with_the_lines_and_parts_they_leave_empty() -> None:
    fieldsets = [
        ("Shown", {"fields": ("title", ("price", "currency"), ["code", "slug", "price"]), "classes": ("wide",)}),
        ("Half", {"fields": (("price", "level"), "price")}),
        ("Gone", {"fields": ("price", ("price",))}),
    ]

    left = without_fields(fieldsets, frozenset({"price"}))

    assert left == [
        ("Shown", {"fields": ["title", "currency", ("code", "slug")], "classes": ("wide",)}),
        ("Half", {"fields": ["level"]}),
    ]


class Plain:
    """As much of a screen as choices need."""

    model = Lesson
    record: Any = None

    def get_exclude(self, request: HttpRequest, obj: Any = None) -> Any:  # noqa: ARG002
        return self.excluded

    excluded: Any = None


class Screen(ScopedChoicesMixin, Plain):
    def record_of(self, request: HttpRequest) -> Any:  # noqa: ARG002
        return self.record


def test_a_relation_offers_what_is_in_scope_and_current_and_what_it_points_at_now(
    request_of: HttpRequest, course: Course
) -> None:
    archived, pointed_at = (catalog.course.make(code=code, archived_at=timezone.now()) for code in ("OLD", "NOW"))
    screen, field = Screen(), Lesson._meta.get_field("course")

    before = screen.choices_for(field, request_of)
    screen.record = catalog.lesson.make(course=pointed_at)
    after = screen.choices_for(field, request_of)

    assert set(before) == {course}
    assert " OR " not in str(before.query)
    assert set(after) == {course, pointed_at}
    assert archived not in after


def test_a_relation_to_what_is_never_archived_offers_its_scope_as_it_is(
    request_of: HttpRequest, instructor: User, course: Course
) -> None:
    request_of.user = instructor
    own, others = imports.import_job.make(uploader=instructor), imports.import_job.make()
    screen = Screen()
    screen.record = ImportComment(job=others)

    offered = screen.choices_for(ImportComment._meta.get_field("job"), request_of)

    assert str(offered.query) == str(gate.scope(instructor, "view", ImportJob).query)
    assert list(offered) == [own]


class Found:
    """As much of Django's screens as finding records needs."""

    asked: ClassVar[list[str]] = []

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:  # noqa: ARG002
        self.asked.append(object_id)
        return Course.objects.filter(pk=object_id).first()

    def get_ordering(self, request: HttpRequest) -> Any:  # noqa: ARG002
        return self.ordering

    ordering: Any = ()


class Finding(RightsMixin, Found):
    model = Course


def test_a_record_is_read_once_in_a_request_and_looked_up_by_the_key_unfold_passes(
    request_of: HttpRequest, course: Course
) -> None:
    screen = Finding()
    Found.asked.clear()

    answers = [screen.may(request_of, "view", key) for key in (str(course.pk), str(course.pk), "987654", "no-number")]

    assert answers == [True, True, False, False]
    assert Found.asked == [str(course.pk), "987654", NOBODYS_KEY]


def test_records_come_in_the_order_of_the_screen_or_of_their_kind(request_of: HttpRequest) -> None:
    screen = Finding()
    by_kind = screen.get_queryset(request_of)
    screen.ordering = ("-title",)

    assert by_kind.query.order_by == ()
    assert by_kind.query.default_ordering
    assert screen.get_queryset(request_of).query.order_by == ("-title",)


def test_masked_fields_are_left_out_of_forms(
    asked_of: Recorded, request_of: HttpRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    screen = Screen()

    assert screen.get_exclude(request_of) is None
    monkeypatch.setattr(asked_of, "masked_fields", lambda user, model: frozenset({"title"}))  # noqa: ARG005
    other = RequestFactory().get("/")
    other.user = request_of.user
    assert screen.get_exclude(other) == ["title"]
    screen.excluded = ("code",)
    assert screen.get_exclude(other) == ["code", "title"]
