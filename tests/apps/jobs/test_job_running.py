"""One run: it is taken once, ends once, and says in words how it ended."""

import time
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.utils import timezone

from apps.audit.models import ChangeSet
from apps.jobs import running
from apps.jobs.models import JobRun
from apps.jobs.running import JobCancelled, JobLost, Run
from tests.recipes import accounts, jobs
from tests.support import job_probes as probes
from tests.support.job_probes import temporary_job

pytestmark = pytest.mark.django_db


def test_a_job_run_now_leaves_its_outcome_its_counts_and_its_log(administrator: Any) -> None:
    def count_courses(run: Run, *, number: int) -> str:
        for _ in run.track(range(number)):
            run.count(seen=1)
        run.log("Looked at all of them.")
        run.warn("One had no title.")
        return "Three courses were seen."

    with temporary_job(count_courses) as job:
        record = job.now(by=administrator, subject="catalog.course:1", number=3)

    assert (record.state, record.outcome) == (JobRun.State.SUCCEEDED, "Three courses were seen.")
    assert (record.done, record.total, record.counts) == (3, 3, {"seen": 3})
    assert [(line.level, line.text) for line in record.log_lines.all()] == [
        ("info", "Looked at all of them."),
        ("warning", "One had no title."),
    ]
    assert (record.requester, record.attempts, record.lease_until) == (administrator, 1, None)


def test_what_a_job_changes_is_in_the_history_as_done_by_its_requester(administrator: Any) -> None:
    def rename_somebody(run: Run, *, key: int) -> str:
        user = get_user_model().objects.get(pk=key)
        user.first_name = "Alex"
        user.save()
        return "Renamed."

    somebody = accounts.person.make()
    with temporary_job(rename_somebody) as job:
        job.now(by=administrator, key=somebody.pk)

    change_set = ChangeSet.objects.latest("pk")
    assert (change_set.actor, change_set.channel) == (administrator, "job")


def test_an_unexpected_error_ends_the_run_with_a_sentence_and_no_traceback(administrator: Any) -> None:
    record = probes.divide_by_zero.now(by=administrator)

    assert record.state == JobRun.State.FAILED
    assert record.outcome == f"Something went wrong on our side. The log calls it job run {record.pk}."
    assert "Zero" not in "".join(line.text for line in record.log_lines.all())


def test_a_broken_rule_ends_the_run_with_the_words_of_the_rule(administrator: Any) -> None:
    record = probes.break_a_rule.now(by=administrator)

    assert (record.state, record.outcome) == (JobRun.State.FAILED, "The course has no instructor.")


def test_a_database_that_does_not_answer_is_tried_again_but_not_for_ever(administrator: Any) -> None:
    record = probes.find_it_locked.now(by=administrator)
    after_one = record.state

    for _ in range(5):
        probes.find_it_locked.execute(record.pk)
    record.refresh_from_db()

    assert after_one == JobRun.State.QUEUED
    assert (record.state, record.attempts) == (JobRun.State.FAILED, 3)


def test_nothing_is_done_for_a_requester_who_may_not_sign_in_any_more(manager: Any) -> None:
    told: list[int] = []
    done: list[int] = []

    def do_something(run: Run) -> str:
        done.append(1)
        return "Done."

    manager.status = "suspended"
    manager.save()
    with temporary_job(do_something, given_up=lambda record: told.append(record.pk)) as job:
        record = job.now(by=manager)

    assert (record.state, record.outcome) == (
        JobRun.State.FAILED,
        f"Not done: {manager} may not sign in any more.",
    )
    assert (done, told) == ([], [record.pk])


def test_a_run_another_worker_holds_is_left_alone() -> None:
    record = jobs.job_run.make(
        job="tests.steps",
        state=JobRun.State.RUNNING,
        attempts=1,
        worker="elsewhere",
        lease_until=timezone.now() + timedelta(minutes=1),
    )

    probes.do_steps.execute(record.pk)

    record.refresh_from_db()
    assert (record.worker, record.attempts, probes.steps_of(record)) == ("elsewhere", 1, [])


def test_a_run_whose_lease_ran_out_is_taken_over() -> None:
    record = jobs.job_run.make(
        job="tests.steps",
        arguments={"steps": 2, "seconds": 0},
        state=JobRun.State.RUNNING,
        attempts=1,
        worker="dead",
        lease_until=timezone.now() - timedelta(seconds=1),
    )

    probes.do_steps.execute(record.pk)

    record.refresh_from_db()
    assert (record.state, record.attempts) == (JobRun.State.SUCCEEDED, 2)


def test_a_run_that_has_ended_is_not_run_again_by_a_late_message(administrator: Any) -> None:
    record = probes.do_steps.now(by=administrator, steps=1, seconds=0)
    finished_at = record.finished_at

    probes.do_steps.execute(record.pk)

    record.refresh_from_db()
    assert (record.attempts, record.finished_at) == (1, finished_at)


def test_a_run_asked_to_stop_stops_at_its_next_report_and_tells_its_subject() -> None:
    told: list[tuple[str, str]] = []

    def be_cancelled(run: Run) -> str:
        JobRun.objects.filter(pk=run.record.pk).update(cancel_requested_at=timezone.now())
        for number in range(200):
            time.sleep(0.02)
            run.report(number)
        return "Not reached."

    with temporary_job(be_cancelled, given_up=lambda record: told.append((record.job, record.state))) as job:
        record = job.now(by=None)

    assert (record.state, record.outcome) == (JobRun.State.CANCELLED, "Cancelled.")
    assert told == [("tests.be_cancelled", JobRun.State.CANCELLED)]


@pytest.mark.django_db(transaction=True)
def test_a_run_taken_by_another_worker_stops_and_writes_nothing_more() -> None:
    caught: list[type] = []

    def be_robbed(run: Run) -> str:
        JobRun.objects.filter(pk=run.record.pk).update(worker="another")
        try:
            for number in range(200):
                time.sleep(0.02)
                run.report(number)
        except (JobLost, JobCancelled) as stopped:
            caught.append(type(stopped))
            raise
        return "Not reached."

    with temporary_job(be_robbed) as job:
        record = job.now(by=None)

    assert (record.state, record.worker, record.outcome) == (JobRun.State.RUNNING, "another", "")
    assert caught == [JobLost]


def test_a_worker_that_is_being_stopped_hands_its_run_back_without_costing_an_attempt() -> None:
    def be_interrupted(run: Run) -> str:
        running.stop_at_next_report()
        run.report(1)
        return "Not reached."

    with temporary_job(be_interrupted) as job:
        try:
            record = job.now(by=None)
        finally:
            running._stopping[0] = 0

    assert (record.state, record.attempts, record.sent_at) == (JobRun.State.QUEUED, 0, None)


def test_a_job_run_inside_a_transaction_that_is_rolled_back_leaves_nothing(administrator: Any) -> None:
    with probes.taken_back():
        probes.do_steps.now(by=administrator, steps=1, seconds=0)

    assert not JobRun.objects.filter(job="tests.steps").exists()


def test_a_failing_job_inside_a_transaction_takes_back_only_its_own_writes(administrator: Any) -> None:
    def write_and_fail(run: Run) -> str:
        accounts.person.make(email="half@example.org")
        raise RuntimeError

    with temporary_job(write_and_fail) as job:
        record = job.now(by=administrator)

    assert record.state == JobRun.State.FAILED
    assert not get_user_model().objects.filter(email="half@example.org").exists()


def test_a_thousand_log_lines_are_enough() -> None:
    def talk(run: Run) -> str:
        for number in range(1_200):
            run.log(f"Line {number}")
        return "Said."

    with temporary_job(talk) as job:
        record = job.now(by=None)

    assert record.log_lines.count() == 1_000
    assert record.log_lines.latest("pk").text == "Further lines are left out."
