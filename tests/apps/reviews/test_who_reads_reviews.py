"""The rows of the matrix for reviews: who reads them, who decides, and that nobody else learns they exist."""

from typing import Any

import pytest
from django.db import transaction
from django.test import Client

from apps.audit.models import ChangeSet
from apps.reviews.models import Review, ReviewReport
from apps.reviews.states import ReviewState
from tests.apps.access.conftest import World
from tests.recipes import reviews
from tests.support.overview import cards_on

pytestmark = pytest.mark.django_db

REVIEWS = "/admin/reviews/review/"
CANARY = "canary-b-review"
PEOPLE = ("AN", "ST", "IO", "IX", "CV", "CC", "CP", "CI", "CE", "MO", "MA", "SU", "AD")
LETTERS = {404: "N", 403: "F", 405: "M", 302: "ok"}

DOORS = """
door                 AN ST IO IX CV CC CP CI CE MO MA SU AD
get                  L  L  ok ok ok ok ok ok ok ok ok ok ok
get {a}/change/      L  L  R  N  R  R  R  R  R  R  R  R  R
get {a}/history/     L  L  ok N  ok ok ok ok ok ok ok ok ok
get {a}/delete/      L  L  F  N  F  F  F  F  F  F  F  F  F
get add/             L  L  F  F  F  F  F  F  F  F  F  F  F
post add/            L  L  F  F  F  F  F  F  F  F  F  F  F
post {a}/change/     L  L  F  N  F  F  F  F  F  F  F  F  F
post {a}/delete/     L  L  F  N  F  F  F  F  F  F  F  F  F
post {a}/history/    L  L  F  N  F  F  F  F  F  F  F  F  F
get {a}/approve/     L  L  M  N  M  M  M  M  M  M  M  M  M
post {a}/approve/    L  L  F  N  F  F  F  F  F  ok F  F  ok
post {a}/reject/     L  L  F  N  F  F  F  F  F  ok F  F  ok
post {a}/flag/       L  L  F  N  F  F  F  F  F  ok F  F  ok
post {a}/archive/    L  L  F  N  F  F  F  F  F  ok F  F  ok
post {own}/approve/  L  L  F  N  F  F  F  F  F  F  F  F  ok
post bulk            L  L  -  -  -  -  -  -  -  ok -  -  ok
"""
"""`own` was written by the moderator. In bulk an action not offered does nothing and says so."""

FORM = {
    "because": "spam",
    "note": "Forged or not.",
    "reason": "Asked for it.",
    "rating": "5",
    "title": "Forged",
    "text": "Forged words of a learner.",
    "state": "approved",
    "version": "1",
    "post": "yes",
}


@pytest.fixture
def clients(world: World) -> dict[str, Client]:
    """One review of each course, one of them with a note, a report and a decision, and everybody signed in."""
    for name, title in (("A", "About A"), ("B", CANARY)):
        author = world.rows[name]["user"]
        world.rows[name]["review"] = review = reviews.review.make(
            course=world.rows[name]["course"], user=author, title=title, moderator_note=f"note-on-{name}"
        )
        reviews.review_report.make(review=review, note=f"report-on-{name}")
    world.rows["A"]["own"] = reviews.review.make(course=world.a, user=world.people["MO"], title="By the moderator")
    found = {}
    for letters in PEOPLE:
        found[letters] = Client()
        if letters != "AN":
            found[letters].force_login(world.people[letters])
    return found


def facts() -> list[Any]:
    rows = [list(model._base_manager.order_by("pk").values_list()) for model in (Review, ReviewReport)]
    return [*rows, ChangeSet.objects.count()]


def tried(world: World, client: Client, door: str) -> tuple[str, bool]:
    """What is answered, and whether anything changed; it is taken back."""
    method, _, path = door.partition(" ")
    keys = {"a": world.rows["A"]["review"].pk, "own": world.rows["A"]["own"].pk}
    before = facts()
    with transaction.atomic():
        if path == "bulk":
            data = {"action": "approve", "_selected_action": [keys["a"]], "_confirmed": "yes"}
            answer = client.post(REVIEWS, data)
        else:
            answer = getattr(client, method)(f"{REVIEWS}{path.format(**keys)}", FORM if method == "post" else {})
        changed = facts() != before
        transaction.set_rollback(True)
    said = letter_of(answer)
    if said == "ok" and door == "get {a}/change/":
        said = "W" if b'name="_save"' in answer.content else "R"
    return ("-" if said == "ok" and method == "post" and not changed else said), changed


def letter_of(answer: Any) -> str:
    """The letter of the matrix; whoever is no staff is told so on a page that answers 403."""
    sent_away = answer.status_code == 302 and "login" in answer.url
    if sent_away or b"The console is for staff" in answer.content:
        return "L"
    return "ok" if answer.status_code == 200 else LETTERS.get(answer.status_code, str(answer.status_code))


def test_every_door_opens_for_whom_the_table_says_and_only_deeds_change_anything(
    world: World, clients: dict[str, Client]
) -> None:
    lines = [line.split("  ", 1) for line in DOORS.strip().splitlines()[1:]]
    wanted = {door: letters.split() for door, letters in lines}

    tries = {door: [tried(world, clients[letters], door) for letters in PEOPLE] for door in wanted}

    assert {door: [said for said, _ in line] for door, line in tries.items()} == wanted
    assert [
        f"{door}, {letters}"
        for door, line in tries.items()
        for letters, (said, changed) in zip(PEOPLE, line, strict=True)
        if changed != (door.startswith("post") and said == "ok")
    ] == []


@pytest.mark.parametrize("letters", ["IO", "CV", "CC", "CP", "CI", "CE"])
@pytest.mark.parametrize(
    "address",
    [
        "/admin/",
        REVIEWS,
        f"{REVIEWS}?q={CANARY}",
        f"{REVIEWS}?archived=all",
        f"{REVIEWS}?state=waiting",
        f"/admin/search/?s={CANARY}",
    ],
)
def test_reviews_of_another_course_are_in_no_list_count_or_search(
    world: World, clients: dict[str, Client], letters: str, address: str
) -> None:
    answer = clients[letters].get(address)

    shown = answer.content.decode().replace(f"q={CANARY}", "").replace(f'value="{CANARY}"', "")
    shown = shown.replace(f"“{CANARY}”", "")
    assert answer.status_code == 200
    assert CANARY not in shown
    assert "note-on-" not in shown
    if "cl" in (answer.context or {}):
        assert set(answer.context["cl"].queryset) <= set(Review.with_archived.filter(course=world.a))
        assert answer.context["cl"].result_count == (0 if CANARY in address else 2)
    if address == "/admin/":
        counted = [figure for figure in cards_on(answer).get("within", ()) if figure.label == "reviews"]
        assert [(figure.value, figure.note) for figure in counted] == ([] if letters == "IO" else [(2, "2 waiting")])
        assert not [item for item in answer.context["attention"] if "to decide on" in item.title]


@pytest.mark.parametrize("letters", ["IO", "CE", "MO"])
def test_who_sees_no_addresses_neither_reads_nor_finds_them(
    world: World, clients: dict[str, Client], letters: str
) -> None:
    review: Any = world.rows["A"]["review"]
    address, _, _ = review.user.email.partition("@")

    pages = [
        clients[letters].get(f"{REVIEWS}{path}")
        for path in ("", f"{review.pk}/change/", f"{review.pk}/change/?tab=reports", f"{review.pk}/history/")
    ]
    found = clients[letters].get(f"{REVIEWS}?q={address}@")

    assert [page.status_code for page in pages] == [200, 200, 200, 200]
    assert [page for page in pages if review.user.email in page.content.decode()] == []
    assert found.context["cl"].result_count == 0


@pytest.mark.parametrize("letters", ["MA", "SU", "AD"])
def test_who_sees_addresses_finds_reviews_by_them(world: World, clients: dict[str, Client], letters: str) -> None:
    review: Any = world.rows["A"]["review"]

    found = clients[letters].get(f"{REVIEWS}?q={review.user.email}")

    assert list(found.context["cl"].queryset) == [review]
    assert review.user.email in found.content.decode()


@pytest.mark.parametrize("letters", ["IO", "CV", "CC", "CP", "CI", "CE"])
def test_what_moderators_tell_each_other_and_who_reported_is_not_for_those_who_teach(
    world: World, clients: dict[str, Client], letters: str
) -> None:
    review: Any = world.rows["A"]["review"]
    with_history = Review.with_archived.get(pk=review.pk)
    with_history.moderator_note = "note-on-A, again"
    with_history.save()

    pages = [
        clients[letters].get(f"{REVIEWS}{review.pk}/{path}").content.decode()
        for path in ("change/", "change/?tab=reports", "change/?tab=history", "history/")
    ]

    assert [page for page in pages if "note-on-A" in page or "report-on-A" in page] == []


@pytest.mark.parametrize("letters", ["MO", "MA", "SU", "AD"])
def test_roles_read_the_notes_and_the_reports(world: World, clients: dict[str, Client], letters: str) -> None:
    review: Any = world.rows["A"]["review"]

    assert "note-on-A" in clients[letters].get(f"{REVIEWS}{review.pk}/change/").content.decode()
    assert "report-on-A" in clients[letters].get(f"{REVIEWS}{review.pk}/change/?tab=reports").content.decode()


@pytest.mark.parametrize("letters", ["IO", "MO", "AD"])
def test_what_a_learner_wrote_stays_whatever_is_sent(world: World, clients: dict[str, Client], letters: str) -> None:
    review: Any = world.rows["A"]["review"]
    words = Review.objects.filter(pk=review.pk).values("rating", "title", "text", "user", "course")
    before = words.get()

    for path in ("change/", "change/?tab=review", "history/", "approve/", "reject/"):
        clients[letters].post(f"{REVIEWS}{review.pk}/{path}", {**FORM, "user": "1", "course": world.b.pk})

    assert words.get() == before
    if letters == "IO":
        assert Review.objects.get(pk=review.pk).state == ReviewState.PENDING


@pytest.mark.parametrize("letters", ["MO", "MA"])
def test_a_role_taken_away_closes_the_next_request(world: World, clients: dict[str, Client], letters: str) -> None:
    review: Any = world.rows["A"]["review"]
    assert clients[letters].get(REVIEWS).status_code == 200

    world.people[letters].groups.clear()

    assert clients[letters].get(REVIEWS).status_code == 403
    assert clients[letters].post(f"{REVIEWS}{review.pk}/approve/").status_code == 403
    assert Review.objects.get(pk=review.pk).state == ReviewState.PENDING
