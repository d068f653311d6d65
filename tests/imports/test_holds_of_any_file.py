"""What must hold of any file of any kind: what is edited is what is shown, what is shown is written, an undo undoes."""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import DjangoDbBlocker

from apps.accounts.models import User
from apps.catalog.models import Category, CourseInstructor, Lesson
from apps.enrollments.services import refresh_counters
from apps.records.writing.formulas import unescape
from apps.subscriptions.models import Subscription
from apps.subscriptions.services import correct_payment
from imports import services
from imports.exporter import export_dataset
from imports.models import ImportJob, ImportRow
from imports.types import KINDS
from imports.types.base import Column, ImportKind
from imports.types.columns import Choice, Day, LongText, Names, Number, Reference, Text, WebAddress, WholeNumber, YesNo
from tests.recipes import catalog, certificates, enrollments, reviews, subscriptions
from tests.support.course_workbooks import furnish
from tests.support.importing import planned
from tests.support.kept import kept_for_the_file
from tests.support.people import give_role, person, teach
from tests.support.properties import Tables, every_table, taken_back, tried

pytestmark = pytest.mark.django_db
Row = dict[str, str]
WORDS = st.text("ab =+-@'\"\n;,|é日", max_size=9)
WHAT_FOLLOWS = {
    "progress": {"completed_at"},
    "enrollments": {"completed_at", "progress_percent"},
    "subscriptions": {"ended_at", "monthly_revenue"},
}
LEDGERS = {"subscriptions.Payment", "subscriptions.Movement"}
NEW_KEYS = {
    "student_email": "newcomer@example.org",
    "instructor_email": "helper@example.org",
    "email": "new@example.org",
    "certificate_number": "CERT-2031-0001",
    "subscriber_email": "newcomer@example.org",
}


def make_world() -> User:
    """Some rows of every kind, and an administrator to import them."""
    administrator = person("administrator", User.Role.ADMINISTRATOR)
    programming = Category.objects.create(name="Programming", slug="programming")
    Category.objects.create(name="Below", slug="below", parent=programming)
    course = catalog.course.make(code="PY-101", category=programming)
    catalog.course.make(code="ART-1", category=programming)
    teach(give_role(person("teacher", User.Role.INSTRUCTOR), "instructor"), course)
    helper = give_role(person("helper"), "support")
    catalog.course_instructor.make(course=course, user=helper, role=CourseInstructor.Role.CO_INSTRUCTOR)
    furnish(course)
    person("newcomer", User.Role.STUDENT)
    taken = enrollments.enrollment.make(course=course, user=person("learner", User.Role.STUDENT))
    for lesson in Lesson.objects.order_by("code")[:2]:
        enrollments.lesson_progress.make(enrollment=taken, lesson=lesson)
    certificates.certificate.make(enrollment=taken, number="CERT-2021-0042")
    for learner in (taken.user, helper):
        reviews.review.make(course=course, user=learner)
    subscribed = subscriptions.subscription.make(user=taken.user)
    subscriptions.movement.make(subscription=subscribed)
    subscriptions.payment.make(subscription=subscribed, reference="ch-0")
    refresh_counters([course.pk])
    return administrator


@pytest.fixture(scope="module")
def world_of_the_file(
    request: pytest.FixtureRequest, django_db_setup: None, django_db_blocker: DjangoDbBlocker
) -> Iterator[User]:
    yield from kept_for_the_file("world", request, django_db_blocker, make_world)


@pytest.fixture
def world(world_of_the_file: User, db: None) -> User:
    return world_of_the_file


def cells_for(column: Column) -> st.SearchStrategy[str]:
    """What may stand in a cell, right or wrong, blank or `(clear)`."""
    found: st.SearchStrategy[str] = WORDS
    if isinstance(column, YesNo):
        found = st.sampled_from(("yes", "no"))
    elif isinstance(column, Choice):
        found = st.sampled_from([value for value, _ in column.choices])
    elif isinstance(column, WholeNumber):
        found = st.integers(0, 120).map(str)
    elif isinstance(column, Number):
        found = st.integers(0, 20_000).map(lambda cents: f"{cents / 100:.2f}")
    elif isinstance(column, Day):
        found = st.dates().map(str)
    elif isinstance(column, Names):
        found = st.sampled_from(("support", "moderator", "support;manager"))
    elif isinstance(column, WebAddress):
        found = st.just("https://example.org/other")
    return found | st.sampled_from(("", "(clear)", "?"))


def edits_of(kind: ImportKind) -> st.SearchStrategy[list[tuple[int, str, str]]]:
    """Cells that somebody writes anew: the row, the column, the text. A written key is that of a new row."""
    last = kind.key_columns[-1]
    free = [
        column for column in kind.columns if column.name not in kind.key_columns and not isinstance(column, Reference)
    ]
    cell = st.sampled_from(free).flatmap(lambda column: st.tuples(st.just(column.name), cells_for(column)))
    key = st.just((last, NEW_KEYS.get(last, "new-1")))
    return st.lists(st.tuples(st.integers(0, 5), cell | key).map(lambda found: (found[0], *found[1])), max_size=6)


def exported(kind: ImportKind, by: User) -> list[Row]:
    """The rows of the kind, with their texts as they were before they were defused."""
    file = io.BytesIO()
    export_dataset(kind, by=by, fmt="csv", to=file, filters={"archived": ["all"]})
    rows = csv.DictReader(io.StringIO(file.getvalue().decode(), newline=""))
    return [{name: unescape(text) for name, text in row.items()} for row in rows]


def written(kind: ImportKind, rows: Sequence[Row]) -> str:
    file = io.StringIO(newline="")
    writer = csv.DictWriter(file, [column.name for column in kind.columns], restval="")
    writer.writeheader()
    writer.writerows(rows)
    return file.getvalue()


def put(rows: Sequence[Row], edits: Sequence[tuple[int, str, str]]) -> list[set[str]]:
    """Writes the cells, and answers with the columns written anew in each row."""
    touched: list[set[str]] = [set() for _ in rows]
    for at, name, text in edits:
        rows[at % len(rows)][name] = text
        touched[at % len(rows)].add(name)
    return touched


def by_key(kind: ImportKind, rows: Sequence[Mapping[str, str]]) -> dict[str, dict[str, str]]:
    return {" / ".join(row[name] for name in kind.key_columns): dict(row) for row in rows}


def as_shown(before: Mapping[str, dict[str, str]], shown: Sequence[ImportRow]) -> dict[str, dict[str, str]]:
    """What the rows of the kind are once everything the plan shows is done; of new ones, what it shows."""
    wanted = {key: dict(row) for key, row in before.items()}
    for row in shown:
        if row.outcome in ImportRow.OPEN_OUTCOMES:
            target = wanted.setdefault(row.key, {}) if row.outcome == "create" else wanted[row.key]
            target.update({name: unescape(after) for name, (_, after) in row.changes.items()})
    return wanted


def changed_by_hand(job: ImportJob, kind: ImportKind) -> int:
    """Somebody edits the first record the import has written; answers with its id."""
    record: Any = kind.model._base_manager.get(pk=job.rows.filter(state=ImportRow.State.APPLIED)[0].object_id)
    if kind.key == "payments":
        correct_payment(record, by=job.uploader, reason="By hand.")
        return int(record.pk)
    if kind.key == "subscriptions":
        record.is_auto_renew = not record.is_auto_renew
        record.save()
        return int(record.pk)
    values = {Text: "By hand", LongText: "By hand", WholeNumber: 3, Day: date(2035, 1, 1)}
    column = next(column for column in kind.columns if type(column) in values and column.name not in kind.key_columns)
    setattr(record, column.attname, values[type(column)])
    record.save()
    return int(record.pk)


def refuse_other_effects(kind: ImportKind, shown: Sequence[ImportRow], touched: Sequence[set[str]]) -> None:
    """A row nobody wrote in changes nothing, and one somebody wrote in changes nothing else."""
    for row, columns in zip(shown, touched, strict=True):
        if not columns:
            assert row.outcome in ("unchanged", "invalid", "repeated"), row.messages
        elif row.outcome == "update":
            assert set(row.changes) <= columns | WHAT_FOLLOWS.get(kind.key, set())


def refuse_other_writes(kind: ImportKind, job: ImportJob, wanted: Mapping[str, dict[str, str]], by: User) -> None:
    """What stands there now is what was shown, and each record has one entry in the history."""
    after = by_key(kind, exported(kind, by))
    assert after.keys() == wanted.keys()
    going_out = next(iter(after.values())).keys()
    assert {key: {name: after[key][name] for name in cells if name in going_out} for key, cells in wanted.items()} == {
        key: {name: text for name, text in cells.items() if name in going_out} for key, cells in wanted.items()
    }
    history = kind.model.history.filter(change_set=job.change_set)  # type: ignore[attr-defined]
    applied = job.rows.filter(state=ImportRow.State.APPLIED).values_list("object_id", flat=True)
    assert sorted(history.values_list("id", flat=True)) == sorted(pk for pk in applied if pk)


def refuse_traces(kind: ImportKind, before: Tables, edited: Tables, by_hand: int | None) -> None:
    """Every table is as it was, but for the record somebody has edited since, ledgers, and what counted in them."""
    now = every_table()
    for tables in (now, before, edited):
        for label in LEDGERS:
            tables.pop(label)
    ended = set(Subscription.objects.filter(status="expired").values_list("pk", flat=True))
    there = {row[0] for row in before["subscriptions.Subscription"]}
    now["subscriptions.Subscription"] = [
        row for row in now["subscriptions.Subscription"] if row[0] in there or row[0] not in ended
    ]
    if by_hand is None or kind.model._meta.label in LEDGERS:
        assert now == before
        return
    label = kind.model._meta.label
    kept = [row for row in edited[label] if row[0] == by_hand]
    assert sorted(now[label]) == sorted([*(row for row in before[label] if row[0] != by_hand), *kept])


@pytest.mark.parametrize("kind", [pytest.param(kind, id=key) for key, kind in KINDS.items()])
def test_what_is_edited_is_shown_what_is_shown_is_written_and_an_undo_takes_it_back(
    kind: ImportKind, world: User
) -> None:
    @tried(2)
    @given(edits=edits_of(kind), is_touched=st.booleans())
    def holds(edits: list[tuple[int, str, str]], is_touched: bool) -> None:
        with taken_back():
            rows, tables = exported(kind, world), every_table()
            assert rows, f"`make_world` makes no row of {kind.key}."
            before = by_key(kind, rows)
            touched = put(rows, edits)

            job = planned(kind.key, written(kind, rows), world)
            shown = list(job.rows.order_by("number"))
            services.apply_now(job, by=world, good_rows_only=True, confirmed=True)

            refuse_other_effects(kind, shown, touched)
            if job.change_set is None:
                assert every_table() == tables
                return
            refuse_other_writes(kind, job, as_shown(before, shown), world)
            by_hand = changed_by_hand(job, kind) if is_touched else None
            edited = every_table()
            services.undo_now(job, by=world)
            assert job.status == ("partly_undone" if by_hand else "undone")
            refuse_traces(kind, tables, edited, by_hand)

    holds()
