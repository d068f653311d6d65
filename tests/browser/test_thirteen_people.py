"""Each of the thirteen people of the matrix in a real browser: what is theirs is there, the rest is not offered."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from apps.accounts.models import User
from apps.catalog.models import Course, Lesson
from apps.catalog.states import CourseStatus
from apps.reviews.models import Review
from tests.recipes import reviews
from tests.support.browser import type_in_palette
from tests.support.people import teach

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PASSWORD = "a walk through the console"
OWN = "Sign-ins Sessions Requests Notifications Timeline Refusals+and+visits Jobs Overview"
BESIDE_REVIEWS = "Bulk+decisions Review+rules Testimonials"
CONTENT = f"Courses Categories Modules Lessons Resources Assessments Attempts Enrollments Progress Reviews {OWN}"
PAID = "Subscriptions Scheduled+changes Payments Plans"
MONEY = f"{PAID} Refunds+to+decide+on Revenue+by+month"
GIVEN = "Certificates Always+and+never Certificate+files"


@dataclass
class Walk:
    """Somebody in the browser, and the platform they walk through."""

    page: Page
    course: Course
    lesson: Lesson
    folder: Path

    @property
    def address(self) -> str:
        return f"/admin/catalog/course/{self.course.pk}/change/"

    def opens(self, address: str, status: int = 200) -> None:
        answer = self.page.goto(address)
        assert answer is not None
        assert answer.status == status, address

    def is_refused(self, *addresses: str, status: int = 403) -> None:
        """Refused in words, with a way on."""
        for address in addresses:
            self.opens(address, status)
            expect(self.page.get_by_role("heading", level=1)).to_be_visible()
            expect(self.page.get_by_role("link", name="Go to the overview")).to_be_visible()

    def button(self, name: str) -> Locator:
        """What is pressed to do this, wherever it stands; its icon is a word before its own."""
        return self.page.locator("a:visible, button:visible").filter(has_text=re.compile(rf"(^|\s){name}\s*$"))

    def is_not_offered(self, *names: str) -> None:
        for name in names:
            expect(self.button(name)).to_have_count(0)

    def saves(self) -> None:
        self.button("Save").first.click()
        expect(self.page.get_by_text("was changed successfully")).to_be_visible()


def instructor_edits_the_title(walk: Walk) -> None:
    walk.opens(walk.address)
    walk.page.locator("#id_title").fill("Python, gently")
    walk.saves()
    walk.course.refresh_from_db()
    assert walk.course.title == "Python, gently"
    walk.is_refused("/admin/access/role/", "/admin/accounts/user/add/")


def sees_nothing_of_the_course(walk: Walk) -> None:
    walk.opens("/admin/catalog/course/")
    expect(walk.page.get_by_role("link", name="Watercolor in the open air")).to_be_visible()
    expect(walk.page.get_by_text(walk.course.title)).to_have_count(0)
    walk.is_refused(walk.address, status=404)


def reads_the_course(walk: Walk) -> None:
    walk.opens(walk.address)
    expect(walk.page.get_by_role("heading", name=walk.course.title).first).to_be_visible()
    walk.is_not_offered("Save", "Publish", "Archive")
    walk.is_refused("/admin/catalog/course/add/", f"{walk.address}../delete/")
    expect(walk.page.get_by_role("button", name=re.compile("Ask"))).to_be_visible()


def co_instructor_edits_a_lesson(walk: Walk) -> None:
    walk.opens(f"/admin/catalog/lesson/{walk.lesson.pk}/change/")
    walk.page.locator("#id_title").fill("What a name is")
    walk.saves()
    walk.lesson.refresh_from_db()
    assert walk.lesson.title == "What a name is"
    walk.opens(walk.address)
    walk.is_not_offered("Publish", "Archive", "Delete")


def co_instructor_publishes(walk: Walk) -> None:
    walk.opens(walk.address)
    walk.is_not_offered("Save", "Archive")
    walk.button("Publish").first.click()
    dialog = walk.page.locator("#dialog")
    dialog.get_by_role("checkbox").check()
    dialog.get_by_role("button", name="Publish").click()
    walk.is_not_offered("Publish")
    walk.course.refresh_from_db()
    assert walk.course.status == CourseStatus.PUBLISHED


def co_instructor_uploads(walk: Walk) -> None:
    path = walk.folder / "lessons.csv"
    path.write_text("course_code,module_code,code,title\nPY-101,m1,l9,A lesson from a file\n")
    walk.opens("/admin/imports/importjob/add/")
    walk.page.locator("input[type=file]").set_input_files(path)
    walk.page.get_by_role("button", name=re.compile("Upload|Next|Continue")).first.click()
    expect(walk.page.get_by_text("lessons.csv").first).to_be_visible()
    walk.is_refused("/admin/imports/exportrecord/")


def co_instructor_exports(walk: Walk) -> None:
    walk.opens("/admin/catalog/course/")
    with walk.page.expect_download() as download:
        walk.page.get_by_role("button", name="Export as CSV").click()
    assert "PY-101" in Path(download.value.path()).read_text()
    walk.is_refused("/admin/imports/importjob/add/")


def moderator_decides_a_review(walk: Walk) -> None:
    review = Review.objects.get()
    walk.opens(f"/admin/reviews/review/{review.pk}/change/")
    walk.button("Approve").first.click()
    walk.page.locator("#dialog").get_by_role("button", name="Approve").click()
    expect(walk.page.get_by_text("Approved", exact=True).first).to_be_visible()
    review.refresh_from_db()
    assert review.state == Review.State.APPROVED
    walk.is_refused("/admin/catalog/course/", walk.address, "/admin/enrollments/enrollment/")


def manager_reads_and_exports(walk: Walk) -> None:
    walk.opens(walk.address)
    walk.is_not_offered("Save", "Publish", "Archive")
    walk.opens("/admin/catalog/course/")
    expect(walk.page.get_by_role("button", name=re.compile("Export")).first).to_be_visible()
    walk.is_refused("/admin/catalog/course/add/", "/admin/access/role/")


def support_finds_a_learner(walk: Walk) -> None:
    walk.opens("/admin/")
    type_in_palette(walk.page, "robin student")
    hit = walk.page.locator("#command-results-list").get_by_role("link", name=re.compile("Robin Student")).first
    expect(hit).to_be_visible()
    walk.opens(str(hit.get_attribute("href")))
    expect(walk.page.get_by_text("student@example.org").first).to_be_visible()
    walk.is_not_offered("Suspend", "Give a role", "Save")
    walk.is_refused("/admin/catalog/lesson/", "/admin/accounts/user/add/")


def administrator_opens_everything(walk: Walk) -> None:
    for address in (walk.address, "/admin/access/role/", "/admin/accounts/user/", "/admin/audit/accessevent/"):
        walk.opens(address)
    walk.opens("/admin/no/such/page/", 404)


@dataclass(frozen=True)
class Part:
    """What one of the thirteen finds in the sidebar, and what they do."""

    lines: str
    does: Callable[[Walk], None]


REPORTS = "Reports Report+schedules Report+files"
TAUGHT = f"Announcements {REPORTS} Instructors Courses+in+figures Instructors+in+figures Payouts"
RUN = f"{TAUGHT} Applications Platform Learners+in+figures Outbox"
PARTS = {
    "IO": Part(f"{CONTENT} {GIVEN} {TAUGHT} Imports Exports People", instructor_edits_the_title),
    "IX": Part(f"{CONTENT} {GIVEN} {TAUGHT} Imports Exports", sees_nothing_of_the_course),
    "CV": Part(f"{CONTENT} Instructors Certificates", reads_the_course),
    "CC": Part(f"{CONTENT} Instructors", co_instructor_edits_a_lesson),
    "CP": Part(f"{CONTENT} Instructors", co_instructor_publishes),
    "CI": Part(f"{CONTENT} Instructors {REPORTS} Imports", co_instructor_uploads),
    "CE": Part(f"{CONTENT} Instructors {REPORTS} Exports", co_instructor_exports),
    "MO": Part(
        f"Categories Review+desk Reviews {BESIDE_REVIEWS} {REPORTS} Exports People {OWN}", moderator_decides_a_review
    ),
    "MA": Part(
        f"{CONTENT} {GIVEN} {RUN} Templates {MONEY} {BESIDE_REVIEWS} Exports People Schedules",
        manager_reads_and_exports,
    ),
    "SU": Part(
        f"Courses Attempts Enrollments Progress Reviews Certificates {PAID} Instructors Learners+in+figures People "
        f"{OWN}",
        support_finds_a_learner,
    ),
    "AD": Part(
        f"{CONTENT} {GIVEN} {RUN} Mail+templates Templates {MONEY} Review+desk {BESIDE_REVIEWS} Imports Exports People "
        "Schedules Roles May+they+…?",
        administrator_opens_everything,
    ),
}
RIGHT_OF = {
    "CV": "view_course",
    "CC": "edit_content",
    "CP": "publish_course",
    "CI": "import_content",
    "CE": "export_data",
}
FIXTURE_OF = {
    "IO": "instructor",
    "IX": "other_instructor",
    "MO": "moderator",
    "MA": "manager",
    "SU": "support",
    "AD": "administrator",
}


@pytest.fixture
def complaints() -> list[str]:
    return []


@pytest.fixture
def walk(
    open_browser: Callable[..., Page],
    course: Course,
    other_course: Course,
    other_instructor: User,
    lesson: Lesson,
    enrollment: Any,
    complaints: list[str],
    tmp_path: Path,
) -> Walk:
    teach(other_instructor, other_course)
    reviews.review.make(course=course, user=enrollment.user)
    page = open_browser()
    page.on("pageerror", lambda error: complaints.append(str(error)))
    return Walk(page, course, lesson, tmp_path)


def sign_in(page: Page, person: User, next_page: str = "/admin/") -> None:
    person.set_password(PASSWORD)
    person.save(update_fields=["password"])
    page.goto(next_page)
    page.get_by_label("Email").fill(person.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()


def person_called(letters: str, request: pytest.FixtureRequest) -> User:
    if letters in RIGHT_OF:
        make: Callable[[str], User] = request.getfixturevalue("co_instructor_with")
        return make(RIGHT_OF[letters])
    person: User = request.getfixturevalue(FIXTURE_OF[letters])
    return person


@pytest.mark.parametrize("letters", PARTS)
def test_each_of_them_finds_what_is_theirs_and_nothing_else(
    letters: str, walk: Walk, complaints: list[str], request: pytest.FixtureRequest
) -> None:
    part = PARTS[letters]
    sign_in(walk.page, person_called(letters, request))
    expect(walk.page.get_by_role("heading", name="Overview").first).to_be_visible()

    shown = {words.strip() for words in walk.page.locator("#nav-sidebar-apps a").all_inner_texts()}
    part.does(walk)

    assert {line.split("\n")[-1] for line in shown if line} == {line.replace("+", " ") for line in part.lines.split()}
    assert complaints == []


def test_a_visitor_is_sent_to_sign_in_and_comes_back_to_where_they_wanted_to_go(walk: Walk, manager: User) -> None:
    walk.page.goto(walk.address)

    expect(walk.page).to_have_url(re.compile(r"/accounts/login/\?next=/admin/catalog/course/"))
    sign_in(walk.page, manager, walk.address)
    expect(walk.page).to_have_url(re.compile(re.escape(walk.address)))


def test_a_learner_is_told_that_the_console_is_for_staff(walk: Walk, student: User) -> None:
    sign_in(walk.page, student)

    expect(walk.page.get_by_role("heading", level=1)).to_be_visible()
    expect(walk.page.locator("#nav-sidebar-apps")).to_have_count(0)
    walk.opens(walk.address, 403)
    expect(walk.page.get_by_text(walk.course.title)).to_have_count(0)
