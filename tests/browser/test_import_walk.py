"""The main job in a real browser: a foreign catalogue is uploaded, mapped, planned, applied, looked at and undone."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from apps.accounts.models import User
from apps.catalog.models import Category, Course
from tests.recipes import catalog
from tests.support.people import grant

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("running_worker")]

LONG_TITLE = "A title that never ends " * 10
CATALOGUE = f"""course_id,course_title,is_paid,price,num_lectures,level,subject
101,Banking from the ground up,True,200,51,All Levels,Business Finance
102,Drums for beginners,True,25,20,Beginner Level,Musical Instruments
103,Watercolor on the screen,False,0,12,Expert Level,Graphic Design
103,Watercolor on the screen,False,0,12,Expert Level,Graphic Design
104,{LONG_TITLE},True,10,9,Beginner Level,Graphic Design
105,Websites by hand,True,40,9,Intermediate Level,Web Development
"""
SUBJECTS = {
    "business-finance": "Business and finance",
    "music": "Music",
    "graphic-design": "Graphic design",
    "web-development": "Web development",
}
LONG_WORK = 120_000


@pytest.fixture
def categories(transactional_db: None) -> list[Category]:
    return [catalog.category.make(name=name, slug=slug) for slug, name in SUBJECTS.items()]


@pytest.fixture
def small_catalogue(tmp_path: Path) -> Path:
    path = tmp_path / "catalogue.csv"
    path.write_text(CATALOGUE, encoding="utf-8")
    return path


@pytest.fixture
def manager_of_the_categories(manager: User, categories: list[Category]) -> User:
    for category in categories:
        grant(manager, "import_content", category)
    return manager


def upload(page: Page, path: Path) -> None:
    page.goto("/admin/imports/importjob/add/")
    page.set_input_files("input[type=file]", path)
    expect(page.get_by_text(path.name).first).to_be_visible()
    page.get_by_role("button", name="Upload and look at it").click()
    page.wait_for_url("**/map/")


def make_the_plan(page: Page, *, until: str) -> None:
    page.get_by_role("button", name="Make the plan").click()
    page.wait_for_url(f"**/{until}/", timeout=LONG_WORK)


def map_columns_and_values(page: Page, *, remember: str, currency: str = "") -> None:
    """The suggestions are looked at and taken, a constant is added, and the whole is remembered."""
    expect(page.get_by_label("Ours for course_title")).to_have_value("title")
    expect(page.get_by_label("Ours for subject")).to_have_value("category")
    expect(page.get_by_label("Ours for course_id")).to_have_value("course_code")
    expect(page.get_by_label("Ours for num_lectures")).to_have_value("")
    if currency:
        page.get_by_text("The same value in every row").click()
        page.get_by_label("Currency", exact=True).fill(currency)
    page.get_by_label("Remember this mapping as").fill(remember)
    make_the_plan(page, until="values")
    expect(page.get_by_label("Ours for Expert Level")).to_have_value("advanced")
    expect(page.get_by_label("Ours for Musical Instruments")).to_have_value("music")
    make_the_plan(page, until="plan")


def apply_good_rows(page: Page) -> None:
    page.locator("summary", has_text="Apply").click()
    page.get_by_role("button", name=re.compile(r"Apply [\d,]+ good rows")).click()
    page.wait_for_url("**/result/", timeout=LONG_WORK)


def test_an_administrator_walks_a_catalogue_in_and_out_again(
    open_browser: Callable[..., Page], administrator: User, categories: list[Category], small_catalogue: Path
) -> None:
    page = open_browser(administrator)
    upload(page, small_catalogue)
    map_columns_and_values(page, remember="Partner catalogue", currency="EUR")

    expect(page.get_by_text("Cannot be read (1)")).to_be_visible()
    expect(page.get_by_text("at most 200. Shorten it.").first).to_be_visible()
    page.get_by_role("link", name="New (4)").click()
    page.locator("details.i-row", has_text="Drums for beginners").locator("summary").click()
    expect(page.locator("details.i-row[open]")).to_contain_text("25.00")
    page.get_by_role("link", name="Cannot be read (1)").click()
    with page.expect_download() as download:
        page.get_by_text("Download these rows with the faults beside the cells").click()
    assert download.value.suggested_filename == "catalogue-errors.csv"
    assert "Shorten it." in download.value.path().read_text(encoding="utf-8-sig")

    apply_good_rows(page)

    expect(page.get_by_text("4 courses created by this import")).to_be_visible()
    result = page.url
    assert set(Course.objects.values_list("code", "currency")) == {
        (code, "EUR") for code in ("101", "102", "103", "105")
    }

    page.get_by_role("link", name="see them").click()
    page.get_by_role("link", name="History of Drums for beginners").click()
    expect(page.get_by_text("catalogue.csv").first).to_be_visible()

    sound = small_catalogue.with_name("again.csv")
    sound.write_text("".join(line for line in CATALOGUE.splitlines(keepends=True) if LONG_TITLE not in line))
    upload(page, sound)
    page.get_by_role("button", name="Use “Partner catalogue”").click()
    make_the_plan(page, until="plan")
    expect(page.get_by_text("0 changes: everything in this file is already so.")).to_be_visible()

    edited = Course.objects.get(code="102")
    edited.subtitle = "Changed by hand"
    edited.save()
    page.goto(result)
    page.get_by_role("link", name="take it all back").click()
    expect(page.get_by_role("row", name=re.compile("Drums for beginners"))).to_be_visible()
    page.get_by_role("button", name="Take back 3 courses").click()
    page.wait_for_url("**/result/", timeout=LONG_WORK)
    expect(page.get_by_text("This import was taken back.")).to_be_visible()
    expect(page.get_by_role("row", name=re.compile("Drums for beginners"))).to_be_visible()
    assert list(Course.objects.values_list("code", flat=True)) == ["102"]


def test_a_faulty_cell_is_corrected_on_the_phone(
    open_browser: Callable[..., Page], manager_of_the_categories: User, small_catalogue: Path
) -> None:
    page = open_browser(manager_of_the_categories, width=390, height=844)
    upload(page, small_catalogue)
    map_columns_and_values(page, remember="")

    page.locator("details.i-row summary").first.click()
    page.get_by_label("Title").fill("A title that ends")
    page.get_by_role("button", name="Use this in all rows that have it").click()
    page.wait_for_url("**/plan/", timeout=LONG_WORK)
    page.get_by_role("button", name="Apply 5 changes").click()
    page.wait_for_url("**/result/", timeout=LONG_WORK)

    expect(page.get_by_text("5 courses created by this import")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert Course.objects.filter(title="A title that ends").exists()


@pytest.mark.shared
@pytest.mark.parametrize("who", ["administrator", "manager_of_the_categories"])
def test_the_real_catalogue_goes_in_and_out_again(
    open_browser: Callable[..., Page],
    request: pytest.FixtureRequest,
    categories: list[Category],
    shared_data: Path,
    who: str,
) -> None:
    page = open_browser(request.getfixturevalue(who))
    upload(page, shared_data / "data" / "udemy_courses.csv")
    map_columns_and_values(page, remember="The real catalogue")

    for words in ("3,678 rows", "3,667 new", "6 repeated", "5 cannot be read"):
        expect(page.get_by_role("list", name="What the plan holds")).to_contain_text(words)
    apply_good_rows(page)
    expect(page.get_by_text("3,667 courses created by this import")).to_be_visible()
    assert Course.objects.count() == 3_667

    page.get_by_role("link", name="take it all back").click()
    page.get_by_role("button", name="Take back 3,667 courses").click()
    page.wait_for_url("**/result/", timeout=LONG_WORK)
    expect(page.get_by_text("Everything is as it was before.")).to_be_visible()
    assert Course.objects.count() == 0
