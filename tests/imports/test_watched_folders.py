"""Watched folders: what lands there is taken in once, or refused with a report; no file is lost on the way."""

import fcntl
import os
import shutil
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from django.core import mail
from django.test import override_settings
from django.utils import timezone

from apps.accounts.models import User
from apps.catalog.models import Category, Course
from imports import services, tasks
from imports.models import Feed, FeedRow, ImportJob
from imports.watching import feed_for
from imports.watching.folder import LOCK, WatchedFolder
from tests.recipes import catalog
from tests.support.commands import Ran, run
from tests.support.importing import row

pytestmark = pytest.mark.django_db
HEADER = "course_code,title,category\n"
Watch = Callable[..., Ran]


@pytest.fixture
def folder(tmp_path: Path, category: Category) -> Path:
    made = tmp_path / "feeds"
    made.mkdir()
    return made


@pytest.fixture
def watch(folder: Path, administrator: User) -> Watch:
    def once(*more: object, email: str = administrator.email) -> Ran:
        kind = () if "--preset" in more or "--kind" in more else ("--kind", "courses")
        return run("imports", "watch", folder, *kind, "--as", email, "--once", "--settle", "0.05", *more)

    return once


def courses(*codes: str, title: str = "Course") -> str:
    return HEADER + "".join(f"{code},{title} {code},programming\n" for code in codes)


def names(folder: Path) -> list[str]:
    """What is there, without the moments the names begin with."""
    return sorted(path.name.split("-", 2)[-1] for path in folder.iterdir() if path.name != LOCK)


def test_a_file_is_applied_moved_and_reported(folder: Path, watch: Watch, administrator: User) -> None:
    (folder / "courses.csv").write_text(courses("A-1", "A-2"))

    ran = watch("--mail-to", "ops@example.org", "--mail-to", "hr@example.org")

    job = ImportJob.objects.get()
    assert (ran.code, ran.out.strip()) == (0, "courses.csv: 2 changes")
    assert names(folder) == ["done", "failed", "working"]
    assert names(folder / "done") == ["courses.csv", "courses.csv.report.txt"]
    assert names(folder / "working") == names(folder / "failed") == []
    assert (job.status, job.uploader, job.original_name) == ("applied", administrator, "courses.csv")
    assert job.change_set is not None
    assert job.change_set.actor == administrator
    assert [one.to for one in mail.outbox] == [["ops@example.org", "hr@example.org"]]
    assert mail.outbox[0].subject == "[Backoffice] courses.csv: 2 changes"
    assert "Rows: 2 created." in mail.outbox[0].body
    assert f"/admin/imports/importjob/{job.pk}/" in mail.outbox[0].body
    report = next(path for path in (folder / "done").iterdir() if path.suffix == ".txt")
    assert report.read_text().strip() == mail.outbox[0].body
    assert report.stat().st_mode & 0o077 == 0


def test_a_file_with_a_faulty_row_is_refused_with_its_faults_and_changes_nothing(folder: Path, watch: Watch) -> None:
    (folder / "courses.csv").write_text(courses("A-1") + "A-2,Next,nowhere\n")

    ran = watch()

    assert ran.code == 2
    assert not Course.objects.exists()
    assert names(folder / "failed") == ["courses.csv", "courses.csv.errors.csv", "courses.csv.report.txt"]
    errors = next(path for path in (folder / "failed").iterdir() if "errors" in path.name)
    assert "No category “nowhere” was found" in errors.read_text()
    assert "line 3, category: No category “nowhere” was found" in mail.outbox[0].body
    assert "1 row cannot be imported" in mail.outbox[0].body
    assert "Rows: 1 would have been created, 1 could not be read." in mail.outbox[0].body


def test_good_rows_are_taken_alone_where_that_is_asked_for(folder: Path, watch: Watch) -> None:
    (folder / "courses.csv").write_text(courses("A-1") + "A-2,Next,nowhere\n")

    ran = watch("--good-rows-only")

    assert ran.code == 1
    assert Course.objects.get().code == "A-1"
    assert names(folder / "done") == ["courses.csv", "courses.csv.errors.csv", "courses.csv.report.txt"]


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("notes.pdf", b"%PDF-1.4", "Files of this kind are not imported"),
        ("courses.csv", b"", "The file is empty."),
        ("courses.csv", b"\xff\xfe\x00", "UTF"),
        ("courses.xlsx", b"no workbook", "the content is a text file"),
        ("courses.csv", b"a,b\n1,2\n", "None of the columns is known."),
        ("two\nlines.csv", HEADER.encode(), "no data rows"),
        ("🦊" * 60 + ".csv", b"", "The file is empty."),
    ],
)
def test_what_cannot_be_read_is_put_aside_and_told(
    folder: Path, watch: Watch, name: str, content: bytes, said: str
) -> None:
    (folder / name).write_bytes(content)

    ran = watch()

    assert ran.code == 2
    assert len(list((folder / "failed").iterdir())) == 2
    assert said in mail.outbox[0].body
    assert not Course.objects.exists()


def test_a_file_that_would_change_too_much_is_refused_and_can_be_applied_by_hand(
    folder: Path, watch: Watch, administrator: User
) -> None:
    (folder / "courses.csv").write_text(courses("A-1", "A-2", "A-3", "A-4"))
    watch()
    (folder / "again.csv").write_text(courses("A-1", "A-2", title="Changed"))

    ran = watch("--max-change-percent", "49")
    before = set(Course.objects.values_list("title", flat=True))
    job = services.apply_now(ImportJob.objects.get(status="planned"), by=administrator, confirmed=True)

    assert ran.code == 2
    assert before == {"Course A-1", "Course A-2", "Course A-3", "Course A-4"}
    assert names(folder / "failed") == ["again.csv", "again.csv.report.txt"]
    assert "It would change 2 of 4 courses, more than 49 %." in mail.outbox[-1].body
    assert job.status == "applied"


def test_a_change_within_the_limit_is_applied_without_asking(folder: Path, watch: Watch) -> None:
    (folder / "courses.csv").write_text(courses("A-1", "A-2", "A-3", "A-4"))
    watch()
    (folder / "again.csv").write_text(courses("A-1", "A-2", title="Changed"))

    assert watch("--max-change-percent", "50").code == 0
    assert Course.objects.filter(title__startswith="Changed").count() == 2


def test_unfinished_hidden_and_linked_files_and_folders_are_left_alone(folder: Path, watch: Watch) -> None:
    for name in ("courses.csv.part", ".courses.csv", "~$courses.csv", "courses.csv.TMP"):
        (folder / name).write_text(courses("A-1"))
    (folder / "sub").mkdir()
    (folder / "sub" / "courses.csv").write_text(courses("A-2"))
    elsewhere = folder.parent / "secret.csv"
    elsewhere.write_text(courses("A-3"))
    (folder / "link.csv").symlink_to(elsewhere)
    before = names(folder)

    ran = watch()

    assert ran.code == 0
    assert set(names(folder)) == {*before, "done", "failed", "working"}
    assert not ImportJob.objects.exists()


def test_a_file_that_is_still_growing_waits(folder: Path) -> None:
    watched = WatchedFolder(folder, settle_seconds=0.3)
    growing, still = folder / "growing.csv", folder / "still.csv"
    still.write_text(courses("A-1"))
    growing.write_text(HEADER)
    pid = os.fork()
    if not pid:
        time.sleep(0.1)
        with growing.open("a") as stream:
            stream.write("A-2,Two,programming\n")
        os._exit(0)

    found = watched.complete()

    os.waitpid(pid, 0)
    assert found == [still]
    assert set(watched.complete()) == {growing, still}


def test_two_watchers_never_have_one_folder_at_once(folder: Path, watch: Watch) -> None:
    (folder / "courses.csv").write_text(courses("A-1"))
    with (folder / LOCK).open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        busy = watch()
        waiting = names(folder)

    after = watch()

    assert (busy.code, busy.err.strip()) == (0, "Another watcher is at work in this folder.")
    assert "courses.csv" in waiting
    assert after.code == 0
    assert Course.objects.count() == 1


def test_a_file_of_the_same_name_never_replaces_another(folder: Path, watch: Watch) -> None:
    for code in ("A-1", "A-2", "A-3"):
        (folder / "courses.csv").write_text(courses(code))
        watch()

    assert names(folder / "done") == ["courses.csv"] * 3 + ["courses.csv.report.txt"] * 3


def test_files_come_in_the_order_in_which_they_were_written(folder: Path, watch: Watch) -> None:
    for at, (name, title) in enumerate((("b.csv", "Old"), ("a.csv", "New"))):
        (folder / name).write_text(courses("A-1", title=title))
        os.utime(folder / name, (1_000_000 + at, 1_000_000 + at))

    watch("--max-change-percent", "100")

    assert Course.objects.get().title == "New A-1"


@pytest.mark.parametrize("status", ["planned", "applying", "applied"])
def test_a_watcher_that_died_with_a_file_in_its_hands_finishes_it_the_next_time(
    folder: Path, watch: Watch, administrator: User, status: str
) -> None:
    (folder / "courses.csv").write_text(courses("A-1", "A-2"))
    watched = WatchedFolder(folder, settle_seconds=0)
    with watched.held():
        claimed = watched.claim(folder / "courses.csv")
    assert claimed is not None
    with claimed.path.open("rb") as file:
        feed = feed_for(watched, "courses")
        job = services.upload_file(
            file, name="courses.csv", kind="courses", by=administrator, feed=feed, feed_file=claimed.path.name
        )
    services.plan_now(job, by=administrator)
    if status == "applied":
        services.apply_now(job, by=administrator)
    ImportJob.objects.filter(pk=job.pk).update(status=status)

    ran = watch()

    assert ran.code == 0
    assert Course.history.count() == 2
    assert ImportJob.objects.filter(status="applied").count() == 1
    assert names(folder / "working") == []
    assert names(folder / "done") == ["courses.csv", "courses.csv.report.txt"]
    assert len(mail.outbox) == 1


def test_a_mail_that_cannot_be_sent_loses_neither_the_file_nor_its_report(folder: Path, watch: Watch) -> None:
    (folder / "courses.csv").write_text(courses("A-1"))

    with override_settings(EMAIL_BACKEND="django.core.mail.backends.smtp.EmailBackend", EMAIL_HOST="", EMAIL_PORT=1):
        ran = watch()

    assert ran.code == 0
    assert ran.err.count("The report was not sent:") == 1
    assert names(folder / "done") == ["courses.csv", "courses.csv.report.txt"]


@pytest.mark.parametrize("who", ["nobody@example.org", "learner", "gone"])
def test_who_may_not_import_takes_nothing_out_of_the_folder(
    folder: Path, watch: Watch, student: User, instructor: User, who: str
) -> None:
    (folder / "courses.csv").write_text(courses("A-1"))
    User.objects.filter(pk=instructor.pk).update(is_active=False)
    emails = {"learner": student.email, "gone": instructor.email}

    ran = watch(email=emails.get(who, who))

    assert ran.code == 2
    assert ran.err.strip().endswith(".")
    assert "courses.csv" in names(folder)
    assert not ImportJob.objects.exists()


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("--kind", "planets"), "There is no kind called planets."),
        (("--preset", "nobodys"), "There is no preset called nobodys."),
        (("--kind", "courses", "--map", "title"), "--map takes HEADER=COLUMN"),
        (("--max-change-percent", "101"), "--max-change-percent takes a number from 0 to 100."),
        (("--every", "0"), "--every and --settle take seconds"),
        (("--mail-to", "ops"), "--mail-to takes an e-mail address, not “ops”."),
    ],
)
def test_an_argument_that_cannot_work_is_refused_before_a_file_is_touched(
    folder: Path, watch: Watch, arguments: tuple[str, ...], sentence: str
) -> None:
    (folder / "courses.csv").write_text(courses("A-1"))

    ran = watch(*arguments)

    assert ran.code == 2
    assert sentence in ran.err
    assert names(folder) == ["courses.csv"]


def test_a_folder_that_is_none_is_refused(tmp_path: Path, administrator: User) -> None:
    ran = run("imports", "watch", tmp_path / "gone", "--kind", "courses", "--as", administrator.email, "--once")

    assert (ran.code, "is no folder." in ran.err) == (2, True)


def test_a_preset_and_its_options_hold_for_every_file(folder: Path, watch: Watch) -> None:
    catalog.category.make(slug="humanities")
    header = "course_id,short_name,long_name,account_id,status\n"
    (folder / "a.csv").write_text(f"{header}E1,E,English,A1,active\n")
    (folder / "b.csv").write_text(f"{header}F1,F,French,A2,active\n")

    ran = watch("--preset", "canvas-courses", "--constant", "category=humanities")

    assert ran.code == 0
    assert set(Course.objects.values_list("code", "category__slug")) == {("E1", "humanities"), ("F1", "humanities")}


def put_again(folder: Path, name: str = "courses.csv") -> None:
    done = max((path for path in (folder / "done").iterdir() if path.name.endswith(".csv")), key=lambda path: path.name)
    shutil.copyfile(done, folder / name)


def test_rows_that_came_before_are_not_looked_at_again(folder: Path, watch: Watch) -> None:
    (folder / "courses.csv").write_text(courses("A-1", "A-2"))
    watch()
    put_again(folder)

    ran = watch()

    job = ImportJob.objects.latest("pk")
    assert (ran.code, ran.out.strip()) == (0, "courses.csv: nothing changed")
    assert (job.counts["unchanged"], job.rows.count()) == (2, 0)
    assert [message["code"] for message in job.messages] == ["W_RULE"]
    assert "2 as they were" in mail.outbox[-1].body
    assert Course.history.count() == 2


def test_a_row_whose_record_was_changed_since_is_looked_at_and_written_again(
    folder: Path, watch: Watch, administrator: User
) -> None:
    (folder / "courses.csv").write_text(courses("A-1", "A-2"))
    watch()
    course = Course.objects.get(code="A-1")
    course.title = "By hand"
    course.save()
    put_again(folder)

    watch("--max-change-percent", "50")

    assert Course.objects.get(code="A-1").title == "Course A-1"
    assert (
        ImportJob.objects.latest("pk").counts | {"update": 1, "unchanged": 1} == ImportJob.objects.latest("pk").counts
    )


def test_a_row_that_was_taken_back_is_written_again(folder: Path, watch: Watch, administrator: User) -> None:
    (folder / "courses.csv").write_text(courses("A-1"))
    watch()
    services.undo_now(ImportJob.objects.get(), by=administrator)
    put_again(folder)

    watch()

    assert Course.objects.get().title == "Course A-1"


def test_a_row_read_in_another_way_is_looked_at_again(folder: Path, watch: Watch) -> None:
    (folder / "courses.csv").write_text(courses("A-1"))
    watch()
    put_again(folder)

    watch("--constant", "subtitle=New", "--max-change-percent", "100")

    assert Course.objects.get().subtitle == "New"


def test_a_row_that_was_never_applied_is_not_remembered(folder: Path, watch: Watch) -> None:
    (folder / "courses.csv").write_text(courses("A-1") + "A-2,Next,nowhere\n")
    watch()

    assert not FeedRow.objects.exists()


def test_what_one_folder_brought_is_news_in_another(folder: Path, watch: Watch, administrator: User) -> None:
    (folder / "courses.csv").write_text(courses("A-1"))
    watch()
    other = folder.parent / "other"
    other.mkdir()
    (other / "courses.csv").write_text(courses("A-1"))

    run("imports", "watch", other, "--kind", "courses", "--as", administrator.email, "--once", "--settle", "0.05")

    assert ImportJob.objects.latest("pk").rows.get().outcome == "unchanged"
    assert Feed.objects.count() == 2


@pytest.mark.parametrize("first", [True, False])
def test_a_row_that_came_before_and_contradicts_a_new_one_is_faulty_like_it(
    folder: Path, watch: Watch, first: bool
) -> None:
    known, new = "A-1,Course A-1,programming\n", "A-1,Other,programming\n"
    (folder / "courses.csv").write_text(HEADER + known)
    watch()
    many = "".join(f"B-{at},Filler,programming\n" for at in range(1_500))
    (folder / "courses.csv").write_text(HEADER + (known + many + new if first else new + many + known))

    ran = watch()

    job = ImportJob.objects.latest("pk")
    assert ran.code == 2
    assert job.counts["invalid"] == 2
    assert [row(job, line).outcome for line in (2, 1_503)] == ["invalid", "invalid"]
    assert Course.objects.get().title == "Course A-1"


def test_roles_beside_a_person_are_looked_at_every_time(folder: Path, watch: Watch, instructor: User) -> None:
    (folder / "users.csv").write_text(f"email,roles\n{instructor.email},instructor\n")
    watch("--kind", "users", "--max-change-percent", "100")
    instructor.refresh_from_db()
    instructor.role_assignments.all().delete()
    put_again(folder, "users.csv")

    watch("--kind", "users", "--max-change-percent", "100")

    assert [one.role.name for one in instructor.role_assignments.all()] == ["instructor"]


def test_a_feed_that_has_fallen_silent_is_forgotten(folder: Path, watch: Watch) -> None:
    (folder / "courses.csv").write_text(courses("A-1"))
    watch()
    Feed.objects.update(used_at=timezone.now() - timedelta(days=91))

    tasks.tidy_imports.now(by=None)

    assert not FeedRow.objects.exists()
    assert ImportJob.objects.get().feed is None
