"""The screens of background work: who sees which run, what may be done to it, and what is refused."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from apps.jobs.models import JobRun
from tests.recipes import jobs

pytestmark = pytest.mark.django_db

LIST = reverse("admin:jobs_jobrun_changelist")


def client_of(user: Any) -> Client:
    client = Client()
    client.force_login(user)
    return client


def page(name: str, key: Any) -> str:
    return reverse(f"admin:jobs_jobrun_{name}", args=[key])


def running(requester: Any, **facts: Any) -> JobRun:
    made: JobRun = jobs.job_run.make(
        requester=requester,
        title="Apply lessons.csv",
        state=JobRun.State.RUNNING,
        attempts=1,
        done=50,
        total=200,
        started_at=timezone.now() - timedelta(seconds=10),
        lease_until=timezone.now() + timedelta(minutes=1),
        **facts,
    )
    return made


def test_people_see_their_own_runs_and_administrators_all(manager: Any, administrator: Any) -> None:
    running(manager)
    jobs.job_run.make(requester=administrator, title="Apply secret.csv")

    own = client_of(manager).get(LIST).content.decode()
    everything = client_of(administrator).get(LIST).content.decode()

    assert ("Apply lessons.csv" in own, "Apply secret.csv" in own) == (True, False)
    assert ("Apply lessons.csv" in everything, "Apply secret.csv" in everything) == (True, True)


@pytest.mark.parametrize("name", ["change", "progress"])
def test_somebody_elses_run_is_not_found_just_like_one_that_never_was(
    manager: Any, administrator: Any, name: str
) -> None:
    hidden = running(administrator)
    client = client_of(manager)

    assert client.get(page(name, hidden.pk)).status_code == 404
    assert client.get(page(name, 999_999)).status_code == 404


def test_the_page_of_a_run_shows_its_figures_its_log_and_the_way_out(manager: Any) -> None:
    run = running(manager, stage="Writing lessons")
    jobs.job_log_line.make(run=run, text="Six rows are repeated.", level="warning")

    content = client_of(manager).get(page("change", run.pk)).content.decode()

    for words in ("Writing lessons", "50 of 200", "Six rows are repeated.", "Cancel it", page("progress", run.pk)):
        assert words in content


def test_the_progress_of_a_run_is_told_as_figures_and_words(manager: Any) -> None:
    run = running(manager, stage="Writing lessons", counts={"created": 50})
    first = jobs.job_log_line.make(run=run, text="One.")
    second = jobs.job_log_line.make(run=run, text="Two.")

    facts = client_of(manager).get(page("progress", run.pk), {"after": first.pk}).json()

    assert (facts["percent"], facts["amount"], facts["rate"]) == (25, "50 of 200", "5 a second")
    assert facts["left"] in ("about 30 s left", "about 31 s left")
    assert (facts["state"], facts["is_open"], facts["counts"]) == ("running", True, [["created", "50"]])
    assert [(line["number"], line["text"]) for line in facts["lines"]] == [(second.pk, "Two.")]


def test_a_queued_run_says_that_no_worker_is_there(manager: Any) -> None:
    run = jobs.job_run.make(requester=manager)

    facts = client_of(manager).get(page("progress", run.pk)).json()

    assert facts["stage"] == "No worker is running at the moment; it begins as soon as one does"


def test_a_log_line_number_that_is_none_is_refused(manager: Any) -> None:
    run = running(manager)

    assert client_of(manager).get(page("progress", run.pk), {"after": "x"}).status_code == 400


def test_a_waiting_run_is_cancelled_at_once_and_a_running_one_is_asked_to_stop(manager: Any) -> None:
    waiting, active = jobs.job_run.make(requester=manager), running(manager)
    client = client_of(manager)

    client.post(page("cancel", waiting.pk))
    client.post(page("cancel", active.pk))

    waiting.refresh_from_db()
    active.refresh_from_db()
    assert (waiting.state, waiting.outcome) == (JobRun.State.CANCELLED, f"Cancelled by {manager} before it began.")
    assert (active.state, active.cancel_requested_at is not None) == (JobRun.State.RUNNING, True)


def test_nothing_is_cancelled_or_repeated_by_opening_an_address(manager: Any) -> None:
    active, failed = running(manager), jobs.job_run.make(requester=manager, state=JobRun.State.FAILED)
    client = client_of(manager)

    answers = [client.get(page("cancel", active.pk)), client.get(page("retry", failed.pk))]
    answers.append(client.post(page("change", active.pk), {"state": "succeeded"}))

    active.refresh_from_db()
    failed.refresh_from_db()
    assert [answer.status_code for answer in answers] == [405, 405, 405]
    assert (active.cancel_requested_at, active.state, failed.state) == (None, "running", "failed")


def test_nobody_cancels_somebody_elses_run(manager: Any, administrator: Any) -> None:
    hidden = running(administrator)

    answer = client_of(manager).post(page("cancel", hidden.pk))

    hidden.refresh_from_db()
    assert (answer.status_code, hidden.cancel_requested_at) == (404, None)


def test_a_failed_run_is_queued_again_with_all_its_attempts(manager: Any) -> None:
    failed = jobs.job_run.make(
        requester=manager, state=JobRun.State.FAILED, attempts=3, finished_at=timezone.now(), outcome="No."
    )

    client_of(manager).post(page("retry", failed.pk))

    failed.refresh_from_db()
    assert (failed.state, failed.attempts, failed.finished_at, failed.outcome) == ("queued", 0, None, "")
    assert failed.log_lines.get().text == f"{manager} asked to do it again."


def test_a_run_that_succeeded_is_not_repeated(manager: Any) -> None:
    done = jobs.job_run.make(requester=manager, state=JobRun.State.SUCCEEDED, attempts=1)

    client_of(manager).post(page("retry", done.pk))

    done.refresh_from_db()
    assert (done.state, done.attempts, done.log_lines.count()) == ("succeeded", 1, 0)


def test_a_run_is_not_repeated_while_another_does_the_same_work(manager: Any) -> None:
    failed = jobs.job_run.make(requester=manager, state=JobRun.State.FAILED, only_one="import 7")
    jobs.job_run.make(requester=manager, only_one="import 7")

    client_of(manager).post(page("retry", failed.pk))

    failed.refresh_from_db()
    assert (failed.state, failed.log_lines.count()) == ("failed", 0)


def test_a_list_of_many_runs_costs_as_many_queries_as_one_of_few(administrator: Any, manager: Any) -> None:
    client = client_of(administrator)
    costs = []
    for number in (2, 20):
        for _ in range(number):
            running(manager)
        client.get(LIST)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            client.get(LIST)
        costs.append(len(queries))

    assert costs[0] == costs[1] <= 25


def test_following_a_run_costs_few_queries(manager: Any) -> None:
    run = running(manager)
    client = client_of(manager)
    client.get(page("progress", run.pk))

    with CaptureQueriesContext(connection) as queries:
        client.get(page("progress", run.pk))

    assert len(queries) <= 10
