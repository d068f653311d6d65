"""A pasted list of addresses: what is said of each line first, what is done with it then, and for whom."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from apps.accounts.models import User
from apps.audit.models import ChangeSet
from apps.catalog.models import Course
from apps.enrollments import services
from apps.enrollments.models import Enrollment
from apps.enrollments.services import Fate, many
from apps.enrollments.states import EnrollmentStatus
from apps.records.rules import RuleBroken
from tests.apps.catalog.screens import text
from tests.recipes import enrollments
from tests.support.people import person

Status = EnrollmentStatus


def address(course: Course) -> str:
    return f"/admin/enrollments/enrollment/enroll-many/{course.pk}/"


@pytest.fixture
def listed(course: Course) -> str:
    """A list with one line of every fate but the plain one, for a course that has two seats left of three."""
    course.seats = 3
    course.save()
    taken = enrollments.enrollment.make(course=course, user=person("taken", User.Role.STUDENT))
    gone = enrollments.enrollment.make(
        course=course, user=person("gone", User.Role.STUDENT), archived_at=timezone.now()
    )
    for name in ("first", "second", "third"):
        person(name, User.Role.STUDENT)
    person("closed", User.Role.STUDENT, status=User.Status.SUSPENDED)
    return (
        f"Robin First <FIRST@example.org>\r\n{taken.user.email}, {gone.user.email}\n\n  second@example.org ;"
        "first@example.org\nno address\nnobody@example.org\nclosed@example.org\nthird@example.org\n"
    )


FATES = [
    Fate.ENROLLED,
    Fate.ALREADY,
    Fate.ALREADY,
    Fate.ENROLLED,
    Fate.TWICE,
    Fate.MALFORMED,
    Fate.UNKNOWN,
    Fate.CLOSED,
    Fate.WAITS,
]


def test_what_was_said_of_each_line_is_what_is_done(course: Course, administrator: User, listed: str) -> None:
    before = (Enrollment.with_archived.count(), ChangeSet.objects.count())

    said = services.plan_of_many(course, listed)
    untouched = (Enrollment.with_archived.count(), ChangeSet.objects.count())
    done = services.enroll_many(course, listed, by=administrator, reason="The class of May.")

    made = Enrollment.objects.filter(user__email__in=("first@example.org", "second@example.org", "third@example.org"))
    assert untouched == before
    assert [line.fate for line in said] == FATES
    assert done == said
    assert [(line.number, line.because) for line in said if line.fate == Fate.ALREADY] == [
        (2, "Active."),
        (3, "That enrollment is archived. Restore it instead."),
    ]
    assert list(made.order_by("pk").values_list("status", "source")) == [
        (Status.ACTIVE, "staff"),
        (Status.ACTIVE, "staff"),
        (Status.WAITLISTED, "staff"),
    ]
    assert Enrollment.with_archived.count() == before[0] + 3
    kept = ChangeSet.objects.latest("pk")
    assert kept.counts == {"enrollments.enrollment": {"created": 3}}
    assert kept.title.endswith(
        "2 enrolled, 1 on the waiting list, 2 enrolled already, "
        "1 without sign-in, 1 unknown, 1 malformed, 1 named twice"
    )
    for row in made:
        assert [(one.history_type, one.history_change_reason) for one in row.history.all()] == [
            ("+", "The class of May.")
        ]
    course.refresh_from_db()
    assert course.enrolled_count == 3


@pytest.mark.parametrize(
    ("pasted", "sentence"),
    [
        (" \n,; \n", "There is no address in this list"),
        ("a@example.org\n" * 5_001, "These are 5,001 addresses, and 5,000 can be enrolled at once. Use a file."),
    ],
)
def test_a_list_that_cannot_be_taken_is_refused_as_a_whole(
    course: Course, administrator: User, pasted: str, sentence: str
) -> None:
    for deed in (services.plan_of_many, lambda *given: services.enroll_many(*given, by=administrator)):
        with pytest.raises(RuleBroken, match=sentence):
            deed(course, pasted)

    assert not Enrollment.objects.exists()


def test_an_archived_course_takes_no_list(course: Course, administrator: User, student: User) -> None:
    Course.objects.filter(pk=course.pk).update(archived_at=timezone.now())

    with pytest.raises(RuleBroken, match="is archived and takes no learners"):
        services.enroll_many(course, student.email, by=administrator)

    assert not Enrollment.objects.exists()


def test_who_waits_already_comes_first(course: Course, administrator: User, student: User) -> None:
    course.seats = 1
    course.save()
    waiting = enrollments.enrollment.make(course=course, status=Status.WAITLISTED)

    said = services.plan_of_many(course, student.email)
    done = services.enroll_many(course, student.email, by=administrator)

    waiting.refresh_from_db()
    assert [line.fate for line in (*said, *done)] == [Fate.WAITS, Fate.WAITS]
    assert waiting.status == Status.ACTIVE


def test_somebody_enrolled_in_this_very_moment_stops_the_whole_list(
    course: Course, administrator: User, student: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    person("other", User.Role.STUDENT)
    said = many.fates_of

    def said_too_early(*given: Any, **more: Any) -> Any:
        lines = said(*given, **more)
        enrollments.enrollment.make(course=course, user=student)
        return lines

    monkeypatch.setattr(many, "fates_of", said_too_early)

    with pytest.raises(RuleBroken, match="in this very moment. Nobody else was; try again"):
        services.enroll_many(course, f"other@example.org, {student.email}", by=administrator)

    assert not Enrollment.objects.filter(user__email="other@example.org").exists()
    assert not ChangeSet.objects.filter(title__startswith="Enroll a list").exists()


def test_a_long_list_costs_no_more_queries_than_a_short_one(course: Course, administrator: User) -> None:
    addresses = [f"p{number}@example.org" for number in range(400)]
    User.objects.bulk_create(User(email=one) for one in addresses)
    spent = []
    for few in (addresses[:40], addresses[40:]):
        with CaptureQueriesContext(
            connection,
        ) as asked:
            services.enroll_many(course, "\n".join(few), by=administrator)
        spent.append([one for one in asked if not one["sql"].startswith('INSERT INTO "enrollments_enrollment"')])

    assert len(spent[0]) == len(spent[1])
    assert Enrollment.objects.count() == Enrollment.history.count() == 400


class TestThePage:
    """Pasting, reading through, confirming; each of them for those who manage the learners of the course only."""

    def test_nothing_is_done_until_it_is_confirmed(self, as_instructor: Client, course: Course, listed: str) -> None:
        asked = {"addresses": listed, "reason": "The class of May."}

        empty = text(as_instructor.get(address(course)))
        preview = text(as_instructor.post(address(course), asked))
        before = Enrollment.objects.count()
        outcome = text(as_instructor.post(address(course), {**asked, "confirmed": "yes"}))

        assert "import a file of enrollments" in empty
        assert "Nothing is done yet." in preview
        assert "Will be put on the waiting list" in preview
        assert "Enroll 3 people" in preview
        assert "nobody@example.org" in preview
        assert before == 1
        assert "Done: 2 enrolled, 1 on the waiting list" in outcome
        assert Enrollment.objects.count() == 4

    def test_without_a_reason_or_an_address_it_asks_again(
        self, as_instructor: Client, course: Course, student: User
    ) -> None:
        answers = [
            text(as_instructor.post(address(course), {"addresses": addresses, "reason": reason, "confirmed": "yes"}))
            for addresses, reason in ((student.email, ""), (",,", "Why."), ("", "Why."))
        ]

        assert ["This field is required." in answer for answer in answers] == [True, False, True]
        assert "There is no address in this list." in answers[1]
        assert not Enrollment.objects.exists()

    @pytest.mark.parametrize("right", ["view_course", "edit_content", "import_content"])
    def test_other_rights_on_the_course_enroll_nobody(
        self,
        signed_in: Callable[[User], Client],
        co_instructor_with: Callable[[str], User],
        course: Course,
        other_course: Course,
        student: User,
        right: str,
    ) -> None:
        client = signed_in(co_instructor_with(right))
        asked: dict[str, Any] = {"addresses": student.email, "reason": "Why.", "confirmed": "yes"}

        codes = [client.get(address(course)).status_code, client.post(address(course), asked).status_code]
        elsewhere = client.post(address(other_course), asked).status_code

        assert (codes, elsewhere) == ([403, 403], 404)
        assert not Enrollment.objects.exists()


CHOOSE = "/admin/enrollments/enrollment/enroll-many/"


def test_the_list_of_enrollments_leads_to_the_page_of_a_chosen_course(
    as_instructor: Client, course: Course, other_course: Course
) -> None:
    listing = as_instructor.get("/admin/enrollments/enrollment/").content.decode()
    asked = text(as_instructor.get(CHOOSE))

    chosen: Any = as_instructor.get(CHOOSE, {"course": course.pk})
    foreign = as_instructor.get(CHOOSE, {"course": other_course.pk})

    assert f'href="{CHOOSE}"' in listing
    assert "Choose it; on the next page you paste the addresses." in asked
    assert (chosen.status_code, chosen.url) == (302, address(course))
    assert foreign.status_code == 200
    assert "Select a valid choice." in text(foreign)


def test_the_door_to_lists_is_for_those_who_may_enroll(as_manager: Client, course: Course) -> None:
    assert CHOOSE not in as_manager.get("/admin/enrollments/enrollment/").content.decode()
    assert as_manager.get(CHOOSE, {"course": course.pk}).status_code == 403
