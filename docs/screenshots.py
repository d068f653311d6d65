"""`make screenshots`: a demo platform of its own is started, walked through, and photographed into docs/tour/."""

import csv
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import openpyxl
from playwright.sync_api import Browser, Page, sync_playwright

from docs.pictures import OVERVIEWS, TOUR

HERE = Path(__file__).parent
PORT = int(os.environ.get("PORT", "8123"))
SITE = f"http://127.0.0.1:{PORT}"
TODAY = "2026-03-02"

SUBJECTS = ("Python", "Cybersecurity", "Graphic Design", "Machine Learning", "Marketing")
WORDS = ("Practical", "Everyday", "Modern", "Applied")
LEVELS = ("Beginner", "Intermediate", "Expert")


@contextmanager
def demo_platform(today: str = TODAY) -> Iterator[list[dict[str, str]]]:
    """A running platform in a folder that is gone afterwards; yields its accounts, the administrator first."""
    with tempfile.TemporaryDirectory() as folder:
        surroundings = {**os.environ, "VAR_DIR": folder, "DEBUG": "1"}
        for command in ("migrate --verbosity 0", f"seed_demo --today {today} --verbosity 0"):
            subprocess.run([sys.executable, "manage.py", *command.split()], check=True, env=surroundings)
        serve = [sys.executable, "-m", "backoffice.serve", "--port", str(PORT)]
        with subprocess.Popen(serve, env=surroundings) as server:
            try:
                wait_until_it_answers()
                with (Path(folder) / "demo-accounts.csv").open(newline="") as file:
                    yield list(csv.DictReader(file))
            finally:
                server.terminate()


def wait_until_it_answers() -> None:
    for _ in range(120):
        try:
            urllib.request.urlopen(f"{SITE}/healthz", timeout=2).close()  # noqa: S310 - our own address
        except (urllib.error.URLError, OSError):
            time.sleep(0.5)
        else:
            return
    raise TimeoutError(f"Nothing answers at {SITE}.")


def sign_in(page: Page, account: dict[str, str]) -> None:
    page.goto(f"{SITE}/admin/")
    page.fill("input[name=login]", account["email"])
    page.fill("input[name=password]", account["password"])
    page.keyboard.press("Enter")
    page.wait_for_url(f"{SITE}/admin/")


def write_catalog(path: Path) -> Path:
    """A partner's catalog under its own headers, with three faults in it."""
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["course_id", "course_title", "subject", "price", "level", "num_lectures"])
        for number in range(1, 61):
            subject, word = SUBJECTS[number % len(SUBJECTS)], WORDS[number % len(WORDS)]
            price = {17: "12,5", 30: "1.999,00", 44: "free?"}.get(number, f"{19 + number % 7 * 10}.99")
            level = f"{LEVELS[number % len(LEVELS)]} Level"
            writer.writerow(
                [f"PRT-{number:03}", f"{word} {subject}, Part {number}", subject, price, level, 8 + number % 9]
            )
    return path


def photograph_an_import(page: Page, folder: Path, file: Path) -> None:
    """Uploads a file and takes a picture of each step up to the result."""
    page.goto(f"{SITE}/admin/imports/importjob/add/")
    page.set_input_files("input[type=file]", file)
    page.get_by_role("button", name="Upload and look at it").click()
    page.wait_for_url("**/map/")
    page.screenshot(path=folder / "import-map.png")
    page.get_by_role("button", name="Make the plan").click()
    page.wait_for_url("**/values/")
    page.screenshot(path=folder / "import-values.png")
    page.get_by_role("button", name="Make the plan").click()
    page.wait_for_url("**/plan/", timeout=60_000)
    page.screenshot(path=folder / "import-plan.png")
    page.locator("summary", has_text="Apply").click()
    page.get_by_role("button", name=re.compile("good rows")).click()
    page.wait_for_url("**/result/", timeout=60_000)
    page.screenshot(path=folder / "import-result.png")


def edit_workbook(path: Path) -> None:
    """A title, a move, a lesson with a question, and a number that is none."""
    book = openpyxl.load_workbook(path)

    def write(sheet: str, line: int, **cells: Any) -> None:
        places: dict[Any, Any] = {cell.value: cell.column for cell in book[sheet][1]}
        for name, value in cells.items():
            book[sheet].cell(line, places[name]).value = value

    lesson = {"course_code": "PY-101", "lesson_code": "check"}
    question = {**lesson, "question_code": "q1"}
    write("Lessons", 3, title="Names, values and where they live")
    write("Lessons", 4, module_code="m3")
    write("Lessons", 6, duration_minutes="ten")
    write("Lessons", book["Lessons"].max_row + 1, **lesson, module_code="m2", title="Check yourself", type="quiz")
    write("Assessments", book["Assessments"].max_row + 1, **lesson, title="What have you learned?")
    asked = {"text": "What does a name stand for?", "type": "single_choice"}
    write("Questions", book["Questions"].max_row + 1, **question, **asked)
    for text, is_correct in (("A value", True), ("A place", False)):
        write("Answers", book["Answers"].max_row + 1, **question, text=text, is_correct=is_correct)
    book.save(path)


def photograph_a_workbook(page: Page, folder: Path, file: Path) -> None:
    """A course as its instructor takes it out, brings it back changed, puts it right, applies it and takes it back."""
    page.goto(f"{SITE}/admin/catalog/course/1/change/")
    with page.expect_download() as download:
        page.get_by_role("button", name="Download as workbook").click()
    download.value.save_as(file)
    edit_workbook(file)
    page.goto(f"{SITE}/admin/imports/importjob/add/")
    page.set_input_files("input[type=file]", file)
    page.get_by_role("button", name="Upload and look at it").click()
    page.wait_for_url("**/plan/", timeout=60_000)
    page.screenshot(path=folder / "workbook-tree.png")
    page.get_by_role("link", name="A closer look at conditions").click()
    page.get_by_label("Duration minutes").wait_for()
    page.wait_for_load_state("networkidle")
    page.screenshot(path=folder / "workbook-repair.png")
    page.get_by_label("Duration minutes").fill("10")
    page.get_by_role("button", name="Correct this row").click()
    page.get_by_role("link", name="Discuss").click()
    page.get_by_label("Your comment").fill("The error messages move to Collections, as we said on Monday.")
    page.get_by_role("button", name="Add the comment").click()
    page.wait_for_selector(".i-words")
    page.screenshot(path=folder / "workbook-discussion.png")
    page.get_by_role("link", name="Back to the plan").click()
    page.get_by_role("button", name=re.compile("Apply")).click()
    page.wait_for_url("**/result/", timeout=60_000)
    page.screenshot(path=folder / "workbook-result.png")
    page.get_by_role("link", name="take it all back").click()
    page.get_by_role("button", name=re.compile("Take back")).wait_for()
    page.wait_for_load_state("networkidle")
    page.screenshot(path=folder / "workbook-undo.png")
    page.get_by_role("button", name=re.compile("Take back")).click()
    page.wait_for_url("**/result/", timeout=60_000)


def photograph_a_refusal(page: Page, folder: Path) -> None:
    """Publishes as a co-instructor who may not: the console offers no button for it, so the form is bent."""
    page.goto(f"{SITE}/admin/catalog/course/1/change/")
    with page.expect_navigation():
        page.evaluate(
            "const form = document.getElementById('course_form');"
            "form.action = '/admin/catalog/course/1/publish/'; "
            "HTMLFormElement.prototype.submit.call(form);"
        )
    page.screenshot(path=folder / "refusal.png")


def photograph_the_desk(page: Page, folder: Path) -> None:
    page.goto(f"{SITE}/admin/reviews/review/desk/")
    page.locator(".d-body, .p-nothing").first.wait_for()
    page.wait_for_load_state("networkidle")
    page.screenshot(path=folder / "review-desk.png")


def photograph_many_decisions(page: Page, folder: Path) -> None:
    """Approves all reviews on the first page of those that wait."""
    page.goto(f"{SITE}/admin/reviews/review/?state=waiting")
    page.locator("#action-toggle").check()
    page.locator("select[name=action]").select_option(label="Approve")
    page.get_by_role("button", name="Run").click()
    page.get_by_role("button", name=re.compile("Approve")).click()
    page.wait_for_url("**/bulkdecision/**")
    page.wait_for_load_state("networkidle")
    page.screenshot(path=folder / "bulk-decision.png")


def photograph_a_suspension(page: Page, folder: Path) -> None:
    """What stands before it: the page is left without suspending anybody."""
    page.goto(f"{SITE}/admin/instructors/instructorprofile/?status__exact=approved")
    page.locator("#result_list tbody th a").first.click()
    page.locator("li[x-ref^=actionDropdown] > a").click()
    page.get_by_title("Suspend").click()
    page.wait_for_load_state("networkidle")
    page.screenshot(path=folder / "suspension.png")


def photograph_the_palette(page: Page, folder: Path) -> None:
    """Somebody looked for with a slip of the finger."""
    page.goto(f"{SITE}/admin/")
    page.keyboard.press("Control+k")
    page.get_by_role("dialog", name="Search").wait_for()
    page.keyboard.type("vera rosi")
    page.locator("#command-results-list").get_by_role("link").first.wait_for()
    page.screenshot(path=folder / "palette.png")


def photograph_a_learner(page: Page, folder: Path) -> None:
    """Somebody who subscribed, as support finds them."""
    page.goto(f"{SITE}/admin/subscriptions/subscription/1/change/")
    page.get_by_role("link", name="Vera Rossi", exact=True).click()
    page.wait_for_url("**/accounts/user/**")
    page.wait_for_load_state("networkidle")
    page.screenshot(path=folder / "learner.png")


def photograph_a_check(browser: Browser, page: Page, folder: Path) -> None:
    """Follows the link of a certificate to its public page, without being signed in."""
    page.goto(f"{SITE}/admin/certificates/certificate/1/change/")
    address = page.locator("a[href*='/verify/']").first.get_attribute("href") or ""
    phone = browser.new_page(viewport={"width": 390, "height": 780})
    phone.goto(f"{SITE}/verify/{address.rpartition('/verify/')[2]}")
    phone.screenshot(path=folder / "verified.png")
    phone.close()


def photograph_see_as(page: Page, folder: Path, colleague: str) -> None:
    """Looks at a course as a colleague, and ends the visit."""
    page.goto(f"{SITE}/admin/accounts/user/?q={colleague}")
    page.locator("#result_list tbody th a").first.click()
    page.locator("[hx-get$='/see-as/']").first.dispatch_event("click")
    page.locator("#dialog textarea").fill("They cannot find their course.")
    page.locator("#dialog").get_by_role("button", name="See as them").click()
    page.wait_for_selector(".c-visit")
    page.goto(f"{SITE}/admin/catalog/course/")
    page.screenshot(path=folder / "see-as.png")
    page.locator(".c-visit").get_by_role("button", name="End").click()
    page.wait_for_selector(".c-visit", state="detached")


def photograph_overviews(browser: Browser, accounts: list[dict[str, str]], folder: Path) -> None:
    """What each role sees first, light and dark."""
    for role in OVERVIEWS:
        page = browser.new_page(viewport={"width": 1280, "height": 1040})
        sign_in(page, next(account for account in accounts if account["role"] == role))
        for theme, ending in (("light", ""), ("dark", "-dark")):
            page.evaluate(f"localStorage.setItem('adminTheme', '\"{theme}\"')")
            page.goto(f"{SITE}/admin/")
            page.wait_for_load_state("networkidle")
            page.screenshot(path=folder / f"overview-{role}{ending}.png")
        page.close()


def photograph(browser: Browser, accounts: list[dict[str, str]], folder: Path) -> None:
    colleague = next(account for account in accounts if "edit_content" in account["role"])
    page = browser.new_page(viewport={"width": 1280, "height": 800})
    sign_in(page, colleague)
    photograph_a_refusal(page, folder)
    instructor = next(account for account in accounts if account["role"] == "instructor")
    page = browser.new_page(viewport={"width": 1280, "height": 800})
    sign_in(page, instructor)
    with tempfile.TemporaryDirectory() as upload:
        photograph_a_workbook(page, folder, Path(upload) / "PY-101-autumn.xlsx")
    page = browser.new_page(viewport={"width": 1280, "height": 800})
    sign_in(page, accounts[0])
    with tempfile.TemporaryDirectory() as upload:
        photograph_an_import(page, folder, write_catalog(Path(upload) / "partner-catalog.csv"))
    photograph_the_desk(page, folder)
    photograph_many_decisions(page, folder)
    photograph_a_suspension(page, folder)
    photograph_the_palette(page, folder)
    photograph_a_learner(page, folder)
    photograph_a_check(browser, page, folder)
    for name, _, address, _ in TOUR:
        if not address:
            continue
        page.goto(SITE + address.format(colleague=colleague["email"]))
        page.wait_for_load_state("networkidle")
        page.screenshot(path=folder / f"{name}.png")
    photograph_see_as(page, folder, colleague["email"])


def in_the_dark(name: str) -> str:
    dark = f"{name}-dark.png"
    return f" [The same in the dark.](docs/tour/{dark})" if (HERE / "tour" / dark).exists() else ""


def write_tour(readme: Path) -> None:
    """Puts the pictures that exist into the README, between its two marks."""
    before, _, rest = readme.read_text().partition("<!-- tour -->\n")
    after = rest.partition("<!-- end of the tour -->\n")[2]
    shown = [
        f"### {heading}\n{text}{in_the_dark(name)}\n\n![{heading}](docs/tour/{name}.png)\n"
        for name, heading, _, text in TOUR
        if (HERE / "tour" / f"{name}.png").exists()
    ]
    readme.write_text(f"{before}<!-- tour -->\n" + "\n".join(shown) + f"<!-- end of the tour -->\n{after}")


def main() -> None:
    """Every picture, or with the word `overviews` those alone. Overviews are of today: they show the last days."""
    folder = HERE / "tour"
    folder.mkdir(exist_ok=True)
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    jobs = [(photograph_overviews, str(datetime.now(UTC).date()))]
    if "overviews" not in sys.argv[1:]:
        jobs.append((photograph, TODAY))
    for job, today in jobs:
        with demo_platform(today) as accounts, sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
            job(browser, accounts, folder)
            browser.close()
    write_tour(HERE.parent / "README.md")


if __name__ == "__main__":
    main()
