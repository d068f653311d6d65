"""The table of who may open and do what, one line a door and one column a person, tried through the real screens."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from django.apps import apps
from django.db import transaction
from django.test import Client
from django_celery_beat.models import PeriodicTask

from apps.audit.models import ChangeSet
from apps.catalog.models import Course
from imports.models import ImportJob
from tests.apps.access.conftest import World
from tests.support.importing import applied

pytestmark = pytest.mark.django_db

PEOPLE = ("AN", "ST", "IO", "IX", "CV", "CC", "CP", "CI", "CE", "MO", "MA", "SU", "AD")
"""Anonymous, student, instructor of A, instructor of B, co-instructors of A with one right each, and the roles."""

DOWNLOADS = 4
"""The uploaded file and the rows with faults, by their owner and by the administrator: no other page leaves a trace."""

PAGES = """
address                                  AN ST IO IX CV CC CP CI CE MO MA SU AD
/admin/                                  L  L  ok ok ok ok ok ok ok ok ok ok ok
/admin/catalog/course/                   L  L  ok ok ok ok ok ok ok F  ok ok ok
/admin/catalog/course/?q=A               L  L  ok ok ok ok ok ok ok F  ok ok ok
/admin/catalog/course/{course}/change/   L  L  W  N  R  W  R  R  R  F  R  R  W
/admin/catalog/course/add/               L  L  W  W  F  F  F  F  F  F  F  F  W
/admin/catalog/course/{course}/delete/   L  L  ok N  F  F  F  F  F  F  F  F  ok
/admin/catalog/course/{course}/history/  L  L  ok N  ok ok ok ok ok F  ok ok ok
/admin/catalog/course/{course}/publish/  L  L  M  N  M  M  M  M  M  F  M  M  M
/admin/catalog/module/                   L  L  ok ok ok ok ok ok ok F  ok F  ok
/admin/catalog/module/{module}/change/   L  L  W  N  R  W  R  R  R  F  R  F  W
/admin/catalog/lesson/                   L  L  ok ok ok ok ok ok ok F  ok F  ok
/admin/catalog/lesson/{lesson}/change/   L  L  W  N  R  W  R  R  R  F  R  F  W
/admin/catalog/lesson/{lesson}/history/  L  L  ok N  ok ok ok ok ok F  ok F  ok
/admin/catalog/resource/                 L  L  ok ok ok ok ok ok ok F  ok F  ok
/admin/catalog/resource/{resource}/change/ L L W  N  R  W  R  R  R  F  R  F  W
/admin/catalog/category/                 L  L  ok ok ok ok ok ok ok ok ok F  ok
/admin/catalog/category/{category}/change/ L L R  R  R  R  R  R  R  R  W  F  W
/admin/catalog/category/add/             L  L  F  F  F  F  F  F  F  F  W  F  W
/admin/enrollments/enrollment/           L  L  ok ok ok ok ok ok ok F  ok ok ok
/admin/enrollments/enrollment/{enrollment}/change/ L L R N R R R R R F R R R
/admin/enrollments/lessonprogress/       L  L  ok ok ok ok ok ok ok F  ok ok ok
/admin/enrollments/lessonprogress/{lessonprogress}/change/ L L R N R R R R R F R R R
/admin/accounts/user/                    L  L  ok ok F  F  F  F  F  ok ok ok ok
/admin/accounts/user/{user}/change/      L  L  R  N  F  F  F  F  F  R  R  R  W
/admin/accounts/user/add/                L  L  F  F  F  F  F  F  F  F  F  F  W
/admin/access/role/                      L  L  F  F  F  F  F  F  F  F  F  F  ok
/admin/access/role/{role}/change/        L  L  F  F  F  F  F  F  F  F  F  F  W
/admin/audit/changeset/                  L  L  ok ok ok ok ok ok ok ok ok ok ok
/admin/audit/changeset/{change_set}/change/ L L N N  N  N  N  N  N  N  ok N  ok
/admin/imports/importjob/                L  L  ok ok F  F  F  ok F  F  F  F  ok
/admin/imports/importjob/add/            L  L  ok ok F  F  F  ok F  F  F  F  ok
/admin/imports/importjob/{job}/result/   L  L  N  N  F  F  F  ok F  F  F  F  ok
/admin/imports/importjob/{job}/errors/   L  L  N  N  F  F  F  ok F  F  F  F  ok
/admin/imports/importjob/{job}/undo/     L  L  N  N  F  F  F  ok F  F  F  F  ok
/admin/imports/importjob/{job}/file/     N  N  N  N  N  N  N  ok N  N  N  N  ok
/admin/django_celery_beat/periodictask/  L  L  F  F  F  F  F  F  F  F  ok F  ok
/admin/django_celery_beat/periodictask/{task}/change/ L L F F F F F F F F R F W
/admin/jobs/jobrun/                      L  L  ok ok ok ok ok ok ok ok ok ok ok
/admin/usersessions/usersession/         L  L  ok ok ok ok ok ok ok ok ok ok ok
"""

# "M" is a method that is not allowed, "W" a page with a form to save, "R" one without, "-" an answer that did nothing.
# Nobody moves a lesson into another course: what its learners did would stay behind.
DEEDS = """
deed               AN ST IO IX CV CC CP CI CE MO MA SU AD
change_course      L  L  ok N  F  ok F  F  F  F  F  F  ok
publish            L  L  ok N  F  F  ok F  F  F  F  F  ok
feature            L  L  ok N  F  ok F  F  F  F  F  F  ok
archive_course     L  L  ok N  F  F  F  F  F  F  F  F  ok
delete_course      L  L  ok N  F  F  F  F  F  F  F  F  ok
bulk_publish       L  L  ok -  -  -  ok -  -  F  -  -  ok
change_lesson      L  L  ok N  F  ok F  F  F  F  F  F  ok
move_lesson        L  L  -  N  F  -  F  F  F  F  F  F  -
change_category    L  L  F  F  F  F  F  F  F  F  ok F  ok
revert_course      L  L  ok N  F  ok F  F  F  F  F  F  ok
drop_enrollment    L  L  ok N  F  F  F  F  F  F  F  F  ok
change_user        L  L  F  N  F  F  F  F  F  F  F  F  ok
suspend_user       L  L  F  N  F  F  F  F  F  F  F  F  ok
change_role        L  L  F  F  F  F  F  F  F  F  F  F  ok
export_courses     L  L  ok ok F  F  F  F  ok F  ok F  ok
undo_import        L  L  N  N  F  F  F  ok F  F  F  F  ok
run_task           L  L  F  F  F  F  F  F  F  F  ok F  ok
disable_task       L  L  F  F  F  F  F  F  F  F  F  F  ok
"""


def lines_of(table: str) -> dict[str, list[str]]:
    """The letters of each line, in the order of the people."""
    _, *lines = table.strip().splitlines()
    return {words[0]: words[1:] for words in map(str.split, lines)}


def differing(found: dict[str, list[str]], wanted: dict[str, list[str]]) -> list[str]:
    """Each cell that is not as the table says."""
    return [
        f"{line}, {letters}: {is_now}, not {should}"
        for line in wanted
        for letters, is_now, should in zip(PEOPLE, found[line], wanted[line], strict=True)
        if is_now != should
    ]


@dataclass
class Doors:
    """The world, a signed-in client for each person, and what the addresses name."""

    world: World
    clients: dict[str, Client]
    keys: dict[str, Any]

    def row(self, kind: str) -> Any:
        return self.world.rows["A"][kind]


@pytest.fixture
def doors(world: World) -> Doors:
    clients = {}
    for letters in PEOPLE:
        clients[letters] = Client()
        if letters != "AN":
            clients[letters].force_login(world.people[letters])
    uploader = world.people["CI"]
    job = applied("lessons", "course_code,lesson_code,title\nA,new,A lesson from a file\n", uploader)
    assert job.status == ImportJob.Status.APPLIED
    Course.objects.filter(pk=world.a.pk).first().save()  # type: ignore[union-attr]
    keys = {kind: row.pk for kind, row in world.rows["A"].items()}
    keys |= {"job": job.pk, "change_set": job.change_set_id, "task": PeriodicTask.objects.order_by("pk")[0].pk}
    keys["role"] = world.people["MA"].groups.get().pk
    keys["change_set"] = (
        ChangeSet.objects.exclude(actor__in=[p for p in world.people.values() if p.pk]).order_by("pk")[0].pk
    )
    return Doors(world, clients, keys)


def answer_in_words(answer: Any, *, is_form: bool = False) -> str:
    """The letter of the matrix for an answer; of a page, whether it can be saved."""
    if answer.status_code == 302 and "login" in answer.url:
        return "L"
    if any(
        getattr(template, "name", "") == "admin_theme/not_staff.html" for template in getattr(answer, "templates", ())
    ):
        return "L"
    known = {404: "N", 403: "F", 405: "M", 302: "ok", 303: "ok"}
    if answer.status_code != 200:
        return known.get(answer.status_code, str(answer.status_code))
    if not is_form:
        return "ok"
    return "W" if b'name="_save"' in answer.content else "R"


def everything() -> dict[str, list[Any]]:
    """Every row of every table of ours; where people are signed in moves by itself."""
    ours = [
        model for model in apps.get_models() if model.__module__.startswith(("apps.", "imports.", "django_celery_beat"))
    ]
    return {model._meta.label: list(model._base_manager.order_by("pk").values_list()) for model in ours}


def opened(doors: Doors, address: str) -> list[str]:
    url = address.format(**doors.keys)
    is_form = url.endswith(("/add/", "/change/")) and "importjob" not in url and "changeset" not in url
    return [answer_in_words(doors.clients[letters].get(url), is_form=is_form) for letters in PEOPLE]


def test_every_page_opens_for_whom_the_table_says_and_looking_changes_nothing(doors: Doors) -> None:
    wanted = lines_of(PAGES)
    before = everything()

    found = {address: opened(doors, address) for address in wanted}

    assert differing(found, wanted) == []
    after = everything()
    assert [label for label in before if before[label] != after[label]] == [ChangeSet._meta.label]
    assert len(after[ChangeSet._meta.label]) == len(before[ChangeSet._meta.label]) + DOWNLOADS


def the_form(client: Client, url: str) -> dict[str, Any]:
    """What a browser would send back from this page, as the person sees it; nothing when it does not open."""
    answer = client.get(url)
    if answer.status_code != 200 or not getattr(answer, "context", None) or "adminform" not in answer.context:
        return {}
    form = answer.context["adminform"].form
    data = {name: form[name].value() for name in form.fields}
    for formset in answer.context.get("inline_admin_formsets") or ():
        management = formset.formset.management_form
        data |= {management[name].html_name: management[name].value() for name in management.fields}
        for row in formset.formset.forms:
            data |= {row[name].html_name: row[name].value() for name in row.fields}
    return {name: value for name, value in data.items() if str(value) not in {"None", "False", ""}}


def changed(doors: Doors, letters: str, kind: str, app: str, **facts: Any) -> Any:
    """Sends the form an administrator sees, with these facts, as this person."""
    url = f"/admin/{app}/{kind}/{doors.row(kind).pk}/change/"
    data = the_form(doors.clients[letters], url) or the_form(doors.clients["AD"], url)
    return doors.clients[letters].post(url, {**data, **facts})


Deed = Callable[[Doors, str], Any]


def post(doors: Doors, letters: str, url: str, **data: Any) -> Any:
    return doors.clients[letters].post(url, data)


def act(doors: Doors, letters: str, app: str, kind: str, name: str, **data: Any) -> Any:
    return post(doors, letters, f"/admin/{app}/{kind}/{doors.row(kind).pk}/{name}/", **data)


def without_learners(doors: Doors) -> None:
    for kind in ("lessonprogress", "enrollment"):
        type(doors.row(kind)).objects.get(pk=doors.keys[kind]).delete()
    Course._base_manager.filter(pk=doors.world.a.pk).update(last_enrolled_at=None, enrolled_count=0)


def bulk_publish(doors: Doors, letters: str) -> Any:
    facts = {"action": "publish", "_selected_action": [doors.world.a.pk], "_confirmed": "1", "confirmed": "on"}
    return post(doors, letters, "/admin/catalog/course/", **facts)


def change_role(doors: Doors, letters: str) -> Any:
    url = f"/admin/access/role/{doors.keys['role']}/change/"
    data = the_form(doors.clients["AD"], url)
    return post(doors, letters, url, **{**data, "display_name": "Renamed"})


def with_another_title(doors: Doors) -> None:
    course = Course.objects.get(pk=doors.world.a.pk)
    course.title = "Changed meanwhile"
    course.save()


def revert_course(doors: Doors, letters: str) -> Any:
    first = Course.history.filter(id=doors.world.a.pk).earliest("history_id")
    return act(doors, letters, "catalog", "course", "history", version=first.pk)


def disable_task(doors: Doors, letters: str) -> Any:
    url = f"/admin/django_celery_beat/periodictask/{doors.keys['task']}/change/"
    data = the_form(doors.clients["AD"], url)
    data.pop("enabled", None)
    return post(doors, letters, url, **data)


DEED_OF: dict[str, Deed] = {
    "change_course": lambda doors, who: changed(doors, who, "course", "catalog", title="A better title"),
    "publish": lambda doors, who: act(doors, who, "catalog", "course", "publish", confirmed="on"),
    "feature": lambda doors, who: act(doors, who, "catalog", "course", "feature"),
    "archive_course": lambda doors, who: act(doors, who, "catalog", "course", "archive", reason="Old."),
    "delete_course": lambda doors, who: act(doors, who, "catalog", "course", "delete", post="yes"),
    "bulk_publish": bulk_publish,
    "change_lesson": lambda doors, who: changed(doors, who, "lesson", "catalog", title="A better title"),
    "move_lesson": lambda doors, who: changed(
        doors, who, "lesson", "catalog", module=doors.world.rows["B"]["module"].pk
    ),
    "change_category": lambda doors, who: changed(doors, who, "category", "catalog", name="A better name"),
    "revert_course": revert_course,
    "drop_enrollment": lambda doors, who: act(doors, who, "enrollments", "enrollment", "drop", reason="Asked."),
    "change_user": lambda doors, who: changed(doors, who, "user", "accounts", first_name="Changed"),
    "suspend_user": lambda doors, who: act(doors, who, "accounts", "user", "suspend", reason="Asked."),
    "change_role": change_role,
    "export_courses": lambda doors, who: post(doors, who, "/admin/imports/exportrecord/make/courses/", format="csv"),
    "undo_import": lambda doors, who: post(doors, who, f"/admin/imports/importjob/{doors.keys['job']}/undo/"),
    "run_task": lambda doors, who: post(
        doors, who, f"/admin/django_celery_beat/periodictask/{doors.keys['task']}/run-now/"
    ),
    "disable_task": disable_task,
}
PREPARED: dict[str, Callable[[Doors], None]] = {"delete_course": without_learners, "revert_course": with_another_title}
"""What has to be so before a deed makes sense."""


ENTERED_ELSEWHERE = {"undo_import", "run_task", "export_courses"}
"""Deeds a job will do and enter, and exports, which have a register of their own."""


def tried(doors: Doors, deed: str, letters: str) -> tuple[str, list[str]]:
    """What the person is answered, and which tables were touched; everything is taken back."""
    with transaction.atomic():
        if deed in PREPARED:
            PREPARED[deed](doors)
        before = everything()
        answer = DEED_OF[deed](doors, letters)
        after = everything()
        transaction.set_rollback(True)
    touched = [label for label in before if before[label] != after[label]]
    said = answer_in_words(answer)
    return ("-" if said == "ok" and not touched else said), touched


def test_every_deed_is_done_for_whom_the_table_says_and_leaves_no_trace_for_others(doors: Doors) -> None:
    wanted = lines_of(DEEDS)

    tries = {deed: [tried(doors, deed, letters) for letters in PEOPLE] for deed in wanted}

    assert differing({deed: [said for said, _ in line] for deed, line in tries.items()}, wanted) == []
    assert [
        f"{deed}, {letters}: {', '.join(touched)}"
        for deed, line in tries.items()
        for letters, (said, touched) in zip(PEOPLE, line, strict=True)
        if said != "ok" and touched
    ] == []


@pytest.mark.parametrize("letters", ["IO", "AD"])
def test_every_deed_that_is_done_is_one_entry_of_the_audit_in_the_name_of_its_person(
    doors: Doors, letters: str
) -> None:
    place = PEOPLE.index(letters)
    done = [deed for deed, line in lines_of(DEEDS).items() if line[place] == "ok" and deed not in ENTERED_ELSEWHERE]
    entries = {}

    for deed in done:
        with transaction.atomic():
            if deed in PREPARED:
                PREPARED[deed](doors)
            newest = ChangeSet.objects.latest("pk").pk
            DEED_OF[deed](doors, letters)
            entries[deed] = list(ChangeSet.objects.filter(pk__gt=newest).values_list("actor", flat=True))
            transaction.set_rollback(True)

    assert entries == {deed: [doors.world.people[letters].pk] for deed in done}
