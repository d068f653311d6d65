"""The screens of reports: from a list to a saved report, its first rows, its file, and who may have it."""

import csv
import io
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.contrib.auth.models import Group
from django.core.files.storage import default_storage
from django.test import Client
from django.utils import timezone

from apps.access.models import Role
from apps.accounts.models import User
from apps.audit.models import ChangeSet
from apps.catalog.models import Course, CourseUserGrant
from apps.enrollments.models import Enrollment
from apps.jobs.models import JobRun
from apps.reports.admin import handing
from apps.reports.models import Report, ReportRun
from apps.reports.ready_made import READY
from apps.reports.tasks import make_report, tidy_reports
from tests.apps.catalog.screens import MOST_QUERIES, said, text
from tests.recipes import accounts, reports
from tests.support.people import grant, person

REPORTS, RUNS = "/admin/reports/report/", "/admin/reports/reportrun/"
BUILT = {
    "name": "By course",
    "listing": "status__exact=active",
    "columns": ["course_title", "user_email"],
    "group_1": "course_title",
    "figures": ["rows"],
    "order": "-rows",
}


def body_of(answer: Any) -> str:
    return b"".join(answer.streaming_content).decode("utf-8-sig")


def page(report: Report, tab: str = "") -> str:
    return f"{REPORTS}{report.pk}/change/{tab and f'?tab={tab}'}"


def test_a_list_is_saved_as_a_report_with_its_filters_and_taken_out(
    as_manager: Client, manager: User, enrolled: list[Enrollment]
) -> None:
    listed = as_manager.get("/admin/enrollments/enrollment/?status__exact=active&o=1")
    begun: Any = as_manager.post(f"{REPORTS}begin/enrollments/?status__exact=active&o=1&p=2")
    builder = as_manager.get(begun.url)
    saved = as_manager.post(begun.url, BUILT, follow=True)
    report = Report.objects.get()
    answer = as_manager.post(f"{REPORTS}{report.pk}/make/", {"format": "csv"})

    assert "Save as report" in text(listed)
    assert begun.url == f"{REPORTS}add/?source=enrollments&listing=status__exact%3Dactive"
    assert "Rows of" in text(builder)
    assert "Active" in text(builder)
    assert saved.status_code == 200
    assert (report.owner, report.groups, report.listing) == (manager, ["course_title"], "status__exact=active")
    assert list(csv.reader(io.StringIO(body_of(answer))))[:2] == [
        ["Course", "Rows"],
        ["Python from the first line", "2"],
    ]
    assert ReportRun.objects.get().report_number == report.pk
    assert report.history.get().change_set.actor == manager


def test_the_builder_shows_the_first_rows_without_saving_anything(
    as_manager: Client, enrolled: list[Enrollment]
) -> None:
    preview = f"{REPORTS}preview/?source=enrollments"

    shown = as_manager.post(preview, {"columns": ["user_last_name", "course_title"], "period": "", "name": ""})
    unfinished = as_manager.post(preview, {"columns": ["course_title"], "group_1": "course_title"})

    assert "Watercolor in the open air" in text(shown)
    assert "3 rows" in text(shown)
    assert "Choose what to tell of each group" in text(unfinished)
    assert not Report.objects.exists()


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"name": "Who learns"}, "You have a report of this name already"),
        ({"name": ""}, "required"),
        ({"columns": ["no_such"]}, "no_such"),
        ({"group_1": "user__password"}, "Select a valid choice"),
        ({"figures": []}, "Choose what to tell of each group"),
        ({"period": "last-month"}, "Choose both what lies in a period"),
        ({"listing": "user__password__startswith=a"}, "cannot be narrowed down"),
    ],
    ids=str,
)
def test_what_cannot_be_made_is_not_saved(
    as_manager: Client, report: Report, change: dict[str, Any], sentence: str
) -> None:
    answer = as_manager.post(f"{REPORTS}add/?source=enrollments", BUILT | change)

    assert answer.status_code == 200
    assert sentence in text(answer)
    assert Report.objects.get() == report


def test_a_shared_report_gives_each_their_own_rows_and_columns_and_is_changed_by_its_owner_only(
    report: Report, enrolled: list[Enrollment], instructor: User, as_instructor: Client
) -> None:
    hidden = as_instructor.get(page(report)).status_code
    report.shared_with.add(Role.objects.get(name="instructor"))

    shown = as_instructor.get(page(report))
    answer = as_instructor.post(f"{REPORTS}{report.pk}/make/", {"format": "csv"})
    changed = as_instructor.post(page(report, "build"), BUILT)

    assert (hidden, shown.status_code, changed.status_code) == (404, 200, 403)
    assert "Watercolor" not in text(shown)
    assert "Columns and filters" not in text(shown)
    assert sorted(csv.reader(io.StringIO(body_of(answer)))) == [
        ["Course code", "Progress (%)"],
        ["PY-101", "20"],
        ["PY-101", "70"],
    ]
    report.refresh_from_db()
    assert report.name == "Who learns"


def test_a_role_that_may_not_take_the_list_out_does_not_see_what_is_shared_with_it(
    report: Report, moderator: User, as_moderator: Client
) -> None:
    report.shared_with.add(Role.objects.get(name="moderator"))

    answers = [as_moderator.get(page(report)).status_code, as_moderator.get(REPORTS)]

    assert answers[0] == 404
    assert "Who learns" not in text(answers[1])


def test_only_roles_one_has_are_offered_to_share_with(
    as_manager: Client, report: Report, enrolled: list[Enrollment]
) -> None:
    facts = {**BUILT, "name": "Who learns"}
    moderators, managers = Role.objects.get(name="moderator"), Role.objects.get(name="manager")

    refused = as_manager.post(page(report, "build"), {**facts, "shared_with": [moderators.pk]})
    shared = as_manager.post(page(report, "build"), {**facts, "shared_with": [managers.pk]})

    assert "Select a valid choice" in text(refused)
    assert shared.status_code == 302
    assert [role.name for role in report.shared_with.all()] == ["manager"]


def test_many_rows_are_written_in_the_background_with_progress_and_fetched_by_their_owner(
    as_manager: Client,
    report: Report,
    enrolled: list[Enrollment],
    administrator: User,
    signed_in: Callable[[User], Client],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(handing, "AT_ONCE", 2)

    answer: Any = as_manager.post(f"{REPORTS}{report.pk}/make/", {"format": "csv"})
    run = JobRun.objects.get(job="reports.make")
    make_report.execute(run.pk)
    made = ReportRun.objects.get()
    newest = ChangeSet.objects.latest("pk").pk
    file = as_manager.get(f"{RUNS}{made.pk}/file/")
    stranger = signed_in(administrator).get(f"{RUNS}{made.pk}/file/")

    run.refresh_from_db()
    assert (answer.url, run.state, run.done, run.counts) == (RUNS, "succeeded", 3, {"rows": 3})
    assert "3 rows are being written." in said(answer)
    assert "ann@example.org" in body_of(file)
    assert stranger.status_code == 404
    assert [one.origin for one in ChangeSet.objects.filter(pk__gt=newest)] == [f"reports.reportrun:{made.pk}"]


def test_what_was_withdrawn_while_it_waited_is_not_written(report: Report, manager: User) -> None:
    Group.objects.get(name="manager").user_set.clear()

    run = make_report.now(by=User.objects.get(pk=manager.pk), report=report.pk, fmt="csv")

    assert run.state == "failed"
    assert run.outcome == "This report is not there any more."
    assert not ReportRun.objects.exists()


def test_a_file_is_gone_when_a_course_in_it_is_not_open_any_more(
    course: Course, enrolled: list[Enrollment], signed_in: Callable[[User], Client]
) -> None:
    helper = person("helper")
    grant(helper, "export_data", course)
    make_report.now(by=helper, ready="enrollments-by-month", fmt="csv")
    address = f"{RUNS}{ReportRun.objects.get().pk}/file/"
    client = signed_in(helper)

    before = client.get(address).status_code
    grant(helper, "export_data", Course.objects.get(code="ART-1"))
    with_more = client.get(address).status_code
    CourseUserGrant.objects.filter(user=helper, content_object=course).delete()
    after = client.get(address).status_code

    assert (before, with_more, after) == (200, 200, 404)


def test_files_are_kept_for_a_day(
    as_manager: Client, manager: User, report: Report, enrolled: list[Enrollment]
) -> None:
    make_report.now(by=manager, report=report.pk, fmt="xlsx")
    made = ReportRun.objects.get()

    with time_machine.travel(timezone.now() + timedelta(days=1, minutes=1)):
        answer = as_manager.get(f"{RUNS}{made.pk}/file/").status_code
        tidy_reports.now(by=None)

    assert answer == 404
    assert not default_storage.exists(made.file)


def test_a_format_there_is_none_of_leads_back_with_a_sentence(as_manager: Client, report: Report) -> None:
    answer: Any = as_manager.post(f"{REPORTS}{report.pk}/make/", {"format": "exe"})

    assert answer.url == page(report)
    assert said(answer) == "Reports are made as csv, xlsx, pdf."
    assert not ReportRun.objects.exists()


@pytest.mark.parametrize("key", sorted(READY))
def test_every_ready_made_report_is_shown_and_written(
    key: str, as_administrator: Client, enrolled: list[Enrollment], paid: None
) -> None:
    shown = as_administrator.get(f"{REPORTS}ready/{key}/")
    made = as_administrator.post(f"{REPORTS}ready/{key}/make/", {"format": "xlsx"})

    assert READY[key].title in text(shown)
    assert "cannot be made" not in text(shown)
    assert made.status_code == 200
    assert ReportRun.objects.get().title == READY[key].title


def test_a_ready_made_report_becomes_ones_own_twice_under_two_names(as_manager: Client, manager: User) -> None:
    for _ in range(2):
        as_manager.post(f"{REPORTS}ready/inactive-learners/copy/")

    assert list(Report.objects.values_list("name", flat=True)) == ["Inactive learners", "Inactive learners 2"]
    assert Report.objects.earliest("pk").definition == READY["inactive-learners"].definition


def test_ready_made_reports_are_offered_as_far_as_they_are_open(as_moderator: Client, moderator: User) -> None:
    shown = text(as_moderator.get(REPORTS))

    assert "Moderation by person" in shown
    assert "Revenue by month" not in shown


def test_a_long_list_of_reports_and_its_files_costs_as_many_queries_as_a_short_one(
    as_administrator: Client, administrator: User, django_assert_max_num_queries: Any
) -> None:
    role = Role.objects.get(name="manager")
    counts = []
    as_administrator.get(REPORTS)
    for _ in range(2):
        for made in reports.report.make(_quantity=5, owner=administrator):
            made.shared_with.add(role)
        reports.report_run.make(_quantity=5)
        with django_assert_max_num_queries(MOST_QUERIES) as listed:
            as_administrator.get(REPORTS)
        with django_assert_max_num_queries(MOST_QUERIES) as kept:
            as_administrator.get(RUNS)
        counts.append((len(listed), len(kept)))

    assert counts[0] == counts[1]


def test_the_first_rows_cost_as_many_queries_for_fifty_as_for_one(
    as_manager: Client, report: Report, course: Course, django_assert_max_num_queries: Any
) -> None:
    counts = []
    learners = accounts.person.prepare(_quantity=61)
    User.objects.bulk_create(learners)
    for some in (learners[:1], learners[1:]):
        Enrollment.objects.bulk_create(Enrollment(course=course, user=one) for one in some)
        with django_assert_max_num_queries(MOST_QUERIES + 10) as queries:
            shown = as_manager.get(page(report))
        counts.append(len(queries))

    assert "The first 50 of 61 rows" in text(shown)
    assert counts[1] - counts[0] <= 1  # more rows than are shown are counted
