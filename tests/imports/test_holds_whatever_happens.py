"""What must hold whatever happens, in any order: imports, edits, rights that go, kills, retries, everything twice."""

from collections.abc import Callable
from functools import partial
from itertools import count, pairwise
from typing import Any

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, multiple, rule, run_state_machine_as_test

from apps.accounts.models import User
from apps.audit.models import ChangeSet
from apps.catalog.models import Category, Course, Lesson
from apps.jobs.models import JobRun
from apps.jobs.registry import JOBS
from apps.records.rules import RuleBroken
from imports import services
from imports.models import ImportJob
from imports.types.courses import Courses
from imports.types.lessons import Lessons
from tests.support.course_workbooks import planned as planned_workbook
from tests.support.importing import planned, row
from tests.support.killing import LONG_AGO, killed_at, work_until_done
from tests.support.people import person
from tests.support.properties import every_table, tried

pytestmark = pytest.mark.django_db(transaction=True)
Status = ImportJob.Status
NUMBERS = count(1)
CODES = ("A", "B", "C", "D", "E")
TITLES = st.sampled_from(("One", "Two", "Three"))
FILES = st.dictionaries(st.sampled_from(CODES), st.tuples(TITLES, st.integers(1, 3)), min_size=1)
KILLS = st.lists(st.integers(1, 120), max_size=2).map(tuple)
PEOPLE = st.sampled_from(("one", "other"))
APPLIED = (Status.APPLIED, Status.PARTLY_APPLIED)
Values = tuple[str, int]


@pytest.fixture(autouse=True)
def _small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Courses, "chunk_rows", 2)
    monkeypatch.setattr(Lessons, "chunk_rows", 2)


class Plan:
    """What the model knows of an import: its rows, the versions its plan has seen, and what it has written."""

    def __init__(self, job: ImportJob, by: str, rows: dict[str, Values]) -> None:
        self.job, self.by, self.rows = job, by, rows
        self.seen: dict[str, int | None] = {}
        self.writes: set[str] = set()
        self.written: dict[str, tuple[Values | None, int | None]] = {}


class Imports(RuleBasedStateMachine):
    """The model is the courses there should be, by code; beside it, what each import has seen and done."""

    plans: Any = Bundle("plans")

    def __init__(self) -> None:
        super().__init__()
        self.prefix = f"X{next(NUMBERS)}"
        self.category = Category.objects.create(name=self.prefix, slug=self.prefix.lower())
        self.people = {
            name: person(f"{name}-{self.prefix.lower()}", User.Role.ADMINISTRATOR) for name in ("one", "other")
        }
        self.stranger = person(f"stranger-{self.prefix.lower()}")
        self.courses: dict[str, Values] = {}

    def code(self, name: str) -> str:
        return f"{self.prefix}-{name}"

    def may(self, name: str) -> bool:
        return bool(User.objects.get(pk=self.people[name].pk).role == User.Role.ADMINISTRATOR)

    def user(self, name: str) -> User:
        return User.objects.get(pk=self.people[name].pk)

    def version(self, name: str) -> int | None:
        found = Course.history.filter(code=self.code(name)).order_by("-history_id").first()
        return None if found is None or found.history_type == "-" else found.history_id

    def look(self, plan: Plan) -> None:
        """What the plan of these rows must say of the courses as they are."""
        plan.job.refresh_from_db()
        plan.seen = {name: self.version(name) for name in plan.rows}
        new = [name for name in plan.rows if name not in self.courses]
        same = [name for name in plan.rows if self.courses.get(name) == plan.rows[name]]
        plan.writes = {*plan.rows} - {*same}
        counts = {name: plan.job.counts[name] for name in ("create", "update", "unchanged", "invalid")}
        assert counts == {
            "create": len(new),
            "update": len(plan.rows) - len(new) - len(same),
            "unchanged": len(same),
            "invalid": 0,
        }

    @rule(target=plans, rows=FILES, by=PEOPLE)
    def plan(self, rows: dict[str, Values], by: str) -> Any:
        lines = [f"{self.code(name)},{title},{price},{self.category.slug}" for name, (title, price) in rows.items()]
        job = planned("courses", "\n".join(["course_code,title,price,category", *lines]), self.user(by))
        if not self.may(by):
            assert job.status == Status.REFUSED
            return multiple()
        plan = Plan(job, by, dict(rows))
        self.look(plan)
        return plan

    @rule(plan=plans)
    def plan_again(self, plan: Plan) -> None:
        plan.job.refresh_from_db()
        is_open = plan.job.status in (Status.PLANNED, Status.FAILED)
        if self.refused(
            lambda: services.plan_now(plan.job, by=self.user(plan.by)), unless=is_open and self.may(plan.by)
        ):
            return
        self.look(plan)

    @rule(plan=plans, name=st.sampled_from(CODES), price=st.integers(4, 6))
    def correct(self, plan: Plan, name: str, price: int) -> None:
        plan.job.refresh_from_db()
        if plan.job.status != Status.PLANNED or name not in plan.rows or not self.may(plan.by):
            return
        if plan.rows[name][1] == price:
            return
        line = row(plan.job, 2 + list(plan.rows).index(name))
        services.correct_row(plan.job, line, by=self.user(plan.by), cells={"price": str(price)})
        plan.rows[name] = (plan.rows[name][0], price)
        self.look(plan)

    @rule(name=st.sampled_from(CODES), title=TITLES)
    def edit_by_hand(self, name: str, title: str) -> None:
        if name in self.courses and self.courses[name][0] != title:
            course = Course.objects.get(code=self.code(name))
            course.title = title
            course.save()
            self.courses[name] = (title, self.courses[name][1])

    @rule(name=PEOPLE, may=st.booleans())
    def give_or_revoke(self, name: str, may: bool) -> None:
        person = self.user(name)
        person.role = User.Role.ADMINISTRATOR if may else User.Role.STAFF
        person.save()

    @rule(plan=plans, good_rows_only=st.booleans(), kills=KILLS, at_once=st.booleans())
    def apply(self, plan: Plan, good_rows_only: bool, kills: tuple[int, ...], at_once: bool) -> None:
        plan.job.refresh_from_db()
        facts: dict[str, Any] = {"by": self.user(plan.by), "good_rows_only": good_rows_only, "confirmed": True}
        if plan.job.status != Status.PLANNED:
            self.refused(lambda: services.apply_now(plan.job, **facts), unless=plan.job.status in APPLIED)
            return
        moved = {name for name in plan.writes if self.version(name) != plan.seen[name]}
        if at_once:
            self.do_and_die(lambda: services.apply_now(plan.job, **facts), kills)
        elif not self.refused(lambda: services.start_apply(plan.job, **facts)):
            assert services.start_apply(plan.job, **facts) == services.start_apply(plan.job, **facts)
        work_until_done(plan.job.origin, kills=kills)
        plan.job.refresh_from_db()
        if not self.may(plan.by) or (moved and not good_rows_only):
            assert plan.job.status in (Status.PLANNED, Status.FAILED)
            return
        assert plan.job.status == (Status.PARTLY_APPLIED if moved else Status.APPLIED)
        for name in plan.writes - moved:
            plan.written[name] = (self.courses.get(name), self.version(name))
            self.courses[name] = plan.rows[name]

    @rule(plan=plans, after=st.integers(1, 60))
    def cancel(self, plan: Plan, after: int) -> None:
        """All or nothing was asked for, and then it was called off: before it began, or when it was killed in it."""
        plan.job.refresh_from_db()
        if plan.job.status != Status.PLANNED:
            return
        if self.refused(lambda: services.start_apply(plan.job, by=self.user(plan.by), confirmed=True)):
            return
        run = JobRun.objects.get(subject=plan.job.origin, state__in=JobRun.OPEN_STATES)
        with killed_at(after):
            JOBS[run.job].execute(run.pk)
        JobRun.objects.filter(pk=run.pk).update(cancel_requested_at=timezone.now())
        work_until_done(plan.job.origin)
        plan.job.refresh_from_db()
        assert plan.job.status in (Status.CANCELLED, Status.FAILED, *APPLIED)
        if plan.job.status in APPLIED:
            for name in plan.writes:
                plan.written[name] = (self.courses.get(name), self.version(name))
                self.courses[name] = plan.rows[name]

    @rule(plan=plans, kills=KILLS, at_once=st.booleans())
    def undo(self, plan: Plan, kills: tuple[int, ...], at_once: bool) -> None:
        plan.job.refresh_from_db()
        by = self.user(plan.by)
        if plan.job.status not in (*APPLIED, Status.PARTLY_UNDONE):
            self.refused(lambda: services.undo_now(plan.job, by=by), unless=plan.job.status == Status.UNDONE)
            return
        free = {name for name, (_, version) in plan.written.items() if self.version(name) == version}
        if at_once:
            self.do_and_die(lambda: services.undo_now(plan.job, by=by), kills)
        elif not self.refused(lambda: services.start_undo(plan.job, by=by)):
            assert services.start_undo(plan.job, by=by) == services.start_undo(plan.job, by=by)
        work_until_done(plan.job.origin, kills=kills)
        plan.job.refresh_from_db()
        if not self.may(plan.by):
            return
        for name in free:
            if (before := plan.written.pop(name)[0]) is None:
                del self.courses[name]
            else:
                self.courses[name] = before
        assert plan.job.status == (Status.PARTLY_UNDONE if plan.written else Status.UNDONE)

    @rule(plan=plans)
    def a_stranger_tries(self, plan: Plan) -> None:
        for deed in (
            services.plan_now,
            services.apply_now,
            services.undo_now,
            services.start_apply,
            services.start_undo,
        ):
            assert self.refused(partial(deed, plan.job, by=self.stranger)), deed

    def refused(self, deed: Callable[[], object], *, unless: bool = False) -> bool:
        try:
            deed()
        except RuleBroken:
            assert not unless
            return True
        return False

    def do_and_die(self, deed: Callable[[], object], kills: tuple[int, ...]) -> None:
        """Done again and again by somebody whose process dies, until it does not."""
        for kill in (*kills, 0):
            with killed_at(kill):
                self.refused(deed)
            JobRun.objects.filter(state=JobRun.State.RUNNING).update(lease_until=LONG_AGO)

    @invariant()
    def the_courses_are_those_of_the_model(self) -> None:
        rows = Course.with_archived.filter(code__startswith=f"{self.prefix}-").values_list("code", "title", "price")
        assert {code.removeprefix(f"{self.prefix}-"): (title, price) for code, title, price in rows} == self.courses

    @invariant()
    def each_entry_of_the_history_is_a_change_and_the_last_is_what_stands(self) -> None:
        for name in CODES:
            entries = list(
                Course.history.filter(code=self.code(name))
                .order_by("history_id")
                .values_list("id", "history_type", "title", "price")
            )
            assert all(before[1:] != after[1:] or after[1] != "~" for before, after in pairwise(entries))
            last = entries[-1] if entries and entries[-1][1] != "-" else None
            assert (last[2:] if last else None) == self.courses.get(name)

    @invariant()
    def nothing_is_left_half_done(self) -> None:
        assert not JobRun.objects.filter(state=JobRun.State.RUNNING).exists()
        jobs = ImportJob.objects.filter(original_name="courses.csv", uploader__in=self.people.values())
        assert not jobs.filter(status__in=(Status.PLANNING, Status.APPLYING, Status.UNDOING)).exists()
        assert not ChangeSet.objects.filter(origin__in=[job.origin for job in jobs], finished_at=None).exists()


def test_any_order_of_imports_edits_lost_rights_kills_and_retries_ends_as_the_model_says() -> None:
    run_state_machine_as_test(Imports, settings=tried(5, steps=12))


LESSONS = st.lists(
    st.tuples(st.sampled_from(("m1", "m2", "m3")), st.sampled_from(("l1", "l2", "l3", "l4")), TITLES),
    min_size=1,
    max_size=6,
    unique_by=lambda made: made[1],
)


@tried(5)
@given(lessons=LESSONS, title=TITLES, kills=KILLS, later_kills=KILLS)
def test_a_workbook_killed_anywhere_is_applied_once_and_undone_once(
    lessons: list[tuple[str, str, str]], title: str, kills: tuple[int, ...], later_kills: tuple[int, ...]
) -> None:
    by = User.objects.filter(email="anybody@example.org").first() or person("anybody", User.Role.ADMINISTRATOR)
    Category.objects.get_or_create(slug="programming", defaults={"name": "Programming"})
    sheets: dict[str, Any] = {
        "Courses": [["course_code", "title", "category"], ["W-1", title, "programming"]],
        "Modules": [["course_code", "module_code", "title"], *(["W-1", code, code] for code in ("m1", "m2", "m3"))],
        "Lessons": [["course_code", "module_code", "lesson_code", "title"], *(["W-1", *made] for made in lessons)],
    }
    before = every_table()
    job = planned_workbook(sheets, by)

    services.start_apply(job, by=by, confirmed=True)
    work_until_done(job.origin, kills=kills)
    job.refresh_from_db()
    made = sorted(Lesson.objects.values_list("module__code", "code", "title"))
    entries = Lesson.history.filter(change_set=job.change_set).count()
    services.start_undo(job, by=by)
    work_until_done(job.origin, kills=later_kills)

    job.refresh_from_db()
    assert (made, entries) == (sorted(lessons), len(lessons))
    assert job.status == Status.UNDONE
    assert every_table() == before
