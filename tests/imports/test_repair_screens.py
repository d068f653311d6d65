"""Repairing on the page: the cell beside its fault, what may have been meant, and where one comes back to."""

from collections.abc import Callable

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pytest_django.fixtures import DjangoAssertNumQueries

from apps.accounts.models import User
from apps.catalog.models import Category, Course
from imports.models import ImportJob
from tests.imports.conftest import page
from tests.imports.test_wizard_steps import content_of, text_of
from tests.recipes import catalog, enrollments
from tests.support.importing import outcomes, planned, row
from tests.support.people import person

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("category")]

FILE = (
    "course_code,title,category,price\n"
    "A-1,First steps,programming-x,cheap\n"
    "A-2,Next steps,programming,20\n"
    'A-3,"Two\nlines",programming-x,5\n'
)


@pytest.fixture
def faulty(administrator: User) -> ImportJob:
    return planned("courses", FILE, administrator)


def test_each_faulty_cell_stands_beside_its_fault_and_can_be_written_anew(
    as_administrator: Client, faulty: ImportJob
) -> None:
    text = as_administrator.get(page(faulty, "plan")).content.decode()
    posted = {"row": row(faulty, 2).pk, "cell-3": "10", "cell-2": "programming", "back": "tab=invalid&page=1"}

    answer = as_administrator.post(page(faulty, "correct"), posted, follow=True)

    assert ">\ncheap</textarea>" in text
    assert "Price must be a plain number" in text
    assert "Line 2 can be imported now, as a new one." in text_of(answer)
    assert answer.redirect_chain == [(f"{page(faulty, 'plan')}?tab=invalid&page=1", 303)]
    assert outcomes(faulty) == ["create", "create", "invalid"]


def test_a_corrected_row_is_marked_with_what_was_in_the_file_and_by_whom(
    as_administrator: Client, administrator: User, faulty: ImportJob
) -> None:
    as_administrator.post(page(faulty, "correct"), {"row": row(faulty, 2).pk, "cell-2": "programming", "cell-3": "1"})

    text = text_of(as_administrator.get(page(faulty, "plan"), {"tab": "corrected"}))
    back = as_administrator.post(page(faulty, "as-in-file"), {"row": row(faulty, 2).pk}, follow=True)

    assert "Corrected <span" in text
    assert "was “cheap” in the file;" in text
    assert f"corrected by {administrator}" in text
    assert "Line 2 is as in the file again." in text_of(back)
    assert faulty.corrections.count() == 0


def test_a_row_that_is_still_wrong_says_why(as_administrator: Client, faulty: ImportJob) -> None:
    posted = {"row": row(faulty, 2).pk, "cell-3": "10"}

    answer = as_administrator.post(page(faulty, "correct"), posted, follow=True)

    assert "Line 2 still cannot be imported. No category “programming-x” was found." in text_of(answer)


def test_all_cells_of_any_row_can_be_opened_and_come_back_as_they_were(
    as_administrator: Client, faulty: ImportJob
) -> None:
    found = row(faulty, 4)
    text = as_administrator.get(page(faulty, "plan"), {"tab": "all", "edit": str(found.pk)}).content.decode()
    untouched = {f"cell-{at}": cell.replace("\n", "\r\n") for at, cell in enumerate(found.cells)}

    answer = as_administrator.post(page(faulty, "correct"), {"row": found.pk, **untouched}, follow=True)

    assert text.count('name="cell-') == 4 + 2
    assert "Nothing was changed." in text_of(answer)
    assert faulty.corrections.count() == 0


def test_a_column_that_takes_a_handful_of_values_offers_them(
    as_administrator: Client, administrator: User, category: Category
) -> None:
    job = planned("courses", "course_code,title,category,level\nA-1,One,programming,expert\n", administrator)

    text = text_of(as_administrator.get(page(job, "plan")))
    posted = {"row": row(job, 2).pk, "cell-3": "expert", "meant": "level=advanced"}
    as_administrator.post(page(job, "fix"), posted)
    job.refresh_from_db()

    assert [f'value="level={value}"' in text for value in ("all_levels", "beginner", "intermediate", "advanced")] == [
        True
    ] * 4
    assert job.value_mapping == {"level": {"expert": "advanced"}}
    assert job.counts["create"] == 1


def test_references_that_lead_nowhere_offer_the_nearest_and_one_click_fixes_them_all(
    as_administrator: Client, faulty: ImportJob
) -> None:
    catalog.category.make(slug="music", name="Music")
    text = text_of(as_administrator.get(page(faulty, "plan")))

    posted = {"row": row(faulty, 2).pk, "cell-2": "programming-x", "meant": "category=programming"}
    answer = as_administrator.post(page(faulty, "fix"), posted, follow=True)

    assert text.count('value="category=programming"') == 2
    assert "category=music" not in text
    assert "Replaced in every row that has it: 1 row can be imported now." in text_of(answer)
    faulty.refresh_from_db()
    assert faulty.value_mapping == {"category": {"programming-x": "programming"}}


def test_a_reference_within_another_offers_what_lies_in_the_same_place_for_this_row_only(
    as_administrator: Client, administrator: User, course: Course, other_course: Course
) -> None:
    catalog.module.make(course=course, code="basics", title="The basics")
    catalog.module.make(course=other_course, code="basics-2", title="Elsewhere")
    text = "course_code,module_code,lesson_code,title\nPY-101,basiks,l1,One\n"
    job = planned("lessons", text, administrator)

    shown = text_of(as_administrator.get(page(job, "plan")))
    as_administrator.post(page(job, "correct"), {"row": row(job, 2).pk, "cell-1": ["basiks", "basics"]})

    assert "Did you mean, in this row:" in shown
    assert 'name="cell-1" value="basics"' in shown
    assert "basics-2" not in shown
    assert outcomes(job) == ["create"]


def test_nothing_is_offered_that_the_person_may_not_see(
    co_instructor_with: Callable[[str], User],
    signed_in: Callable[[User], Client],
    course: Course,
    other_course: Course,
) -> None:
    importer = co_instructor_with("import_content")
    text = f"course_code,title\n{course.code}X,One\n{other_course.code}X,Two\n"
    job = planned("modules", text, importer)

    shown = text_of(signed_in(importer).get(page(job, "plan")))

    assert f'value="course_code={course.code}"' in shown
    assert f"course_code={other_course.code}" not in shown
    assert other_course.title not in shown


def test_addresses_are_offered_to_those_alone_who_may_read_them(
    as_administrator: Client,
    administrator: User,
    instructor: User,
    signed_in: Callable[[User], Client],
    course: Course,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    enrollments.enrollment.make(user=person("willow", "student"), course=course)
    text = "student_email,course_code\nwilloww@example.org,PY-101\nwilloww@example.org,PY-102\n"
    own, all_of_it = planned("enrollments", text, instructor), planned("enrollments", text, administrator)
    client = signed_in(instructor)

    with django_assert_max_num_queries(25):
        shown = text_of(client.get(page(own, "plan")))
    to_administrator = text_of(as_administrator.get(page(all_of_it, "plan")))

    assert own.counts["invalid"] == 2
    assert 'value="course_code=PY-101"' in shown
    assert "willow@example.org" not in shown
    assert 'value="student_email=willow@example.org"' in to_administrator


def test_the_errors_file_is_taken_over_on_the_page(as_administrator: Client, faulty: ImportJob) -> None:
    errors = content_of(as_administrator.get(page(faulty, "errors")))
    corrected = errors.replace(b"cheap", b"10").replace(b"programming-x,", b"programming,")
    missing = as_administrator.post(page(faulty, "continue"), {}, follow=True)
    broken = as_administrator.post(
        page(faulty, "continue"), {"file": SimpleUploadedFile("e.csv", errors[:40])}, follow=True
    )

    file = SimpleUploadedFile("courses-errors.csv", corrected)
    answer = as_administrator.post(page(faulty, "continue"), {"file": file}, follow=True)

    assert "Choose the corrected file first." in text_of(missing)
    assert faulty.status == "planned"
    assert broken.status_code == 200
    assert "no row is in the way any more, after 2 before." in text_of(answer)
    assert outcomes(faulty) == ["create"] * 3


@pytest.mark.parametrize(
    "posted",
    [{"row": "0"}, {"row": "x"}, {"cell-99": "1"}, {"cell-x": "1"}, {"cell-99999999999999999999": "1"}],
)
def test_a_row_or_a_cell_that_is_not_there_is_not_found(
    as_administrator: Client, faulty: ImportJob, posted: dict[str, str]
) -> None:
    answer = as_administrator.post(page(faulty, "correct"), {"row": row(faulty, 2).pk, "cell-3": "1"} | posted)

    assert answer.status_code == 404
    assert faulty.corrections.count() == 0


def test_reading_the_file_in_another_way_says_that_the_corrections_are_gone(
    as_administrator: Client, faulty: ImportJob
) -> None:
    as_administrator.post(page(faulty, "correct"), {"row": row(faulty, 2).pk, "cell-3": "1"})

    answer = as_administrator.post(page(faulty, "reread"), {"delimiter": ";"}, follow=True)

    assert "1 corrected row is as in the file again, because the file is read in another way." in text_of(answer)
    assert faulty.corrections.count() == 0


@pytest.mark.parametrize("number", [10, 10_000])
def test_a_plan_full_of_faults_costs_the_same_at_any_size(
    as_administrator: Client,
    administrator: User,
    django_assert_max_num_queries: DjangoAssertNumQueries,
    number: int,
    category: Category,
) -> None:
    rows = "".join(f"C-{at},Course {at},programming-x,cheap\n" for at in range(number))
    job = planned("courses", f"course_code,title,category,price\n{rows}", administrator)
    first = job.rows.order_by("number").first()
    assert first is not None

    queries: list[dict[str, str]] = [{}, {"tab": "corrected"}, {"tab": "invalid", "edit": str(first.pk)}]
    for query in queries:
        with django_assert_max_num_queries(25):
            answer = as_administrator.get(page(job, "plan"), query)

        assert answer.status_code == 200
    with django_assert_max_num_queries(25):
        as_administrator.get(page(job, "discuss"))
