"""What of job runs is about a person, and where their titles and outcomes name somebody."""

from typing import Any

from apps.accounts.about import Identity, Personal, about_people, erase_elsewhere
from apps.accounts.erasing import replace_words
from apps.jobs.models import JobLogLine, JobRun

about_people(
    Personal(
        model=JobRun,
        path="requester",
        title="jobs they asked for",
        secret=frozenset({"title", "arguments", "stage", "outcome"}),  # they may name others
        blanks={"ip_address": None},
    )
)


def forget_in_runs(person: Any, was: Identity) -> int:  # noqa: ARG001
    return replace_words(JobRun.objects.all(), ("title", "stage", "outcome"), was) + replace_words(
        JobLogLine.objects.all(), ("text",), was
    )


erase_elsewhere.append(forget_in_runs)
