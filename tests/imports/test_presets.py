"""Files of other platforms: each preset fits our kinds, and its real files are read without being asked much."""

from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from apps.accounts.models import User
from apps.catalog.models import Category, Course, CourseInstructor, Lesson, Module
from apps.enrollments.models import Enrollment
from imports.mapping.placeholders import headers_in
from imports.models import ImportJob
from imports.presets import PRESETS, Preset, recognized_presets
from imports.readers.headers import fold_header
from imports.types import KINDS
from imports.types.columns import CellFault, Reference
from tests.imports.conftest import Upload, page
from tests.recipes import catalog
from tests.support.commands import run
from tests.support.people import grant, person

pytestmark = pytest.mark.django_db

CANVAS_USERS = (
    "user_id,integration_id,login_id,password,ssha_password,authentication_provider_id,first_name,last_name,full_name,"
    "sortable_name,short_name,email,pronouns,declared_user_type,canvas_password_notification,home_account,status"
)
CANVAS_COURSES = (
    "course_id,integration_id,short_name,long_name,account_id,term_id,status,start_date,end_date,course_format,"
    "blueprint_course_id,grade_passback_setting,homeroom_course,friendly_name"
)
CANVAS_ENROLLMENTS = (
    "course_id,root_account,start_date,end_date,user_id,user_integration_id,role,role_id,section_id,status,"
    "associated_user_id,limit_section_privileges,notify,temporary_enrollment_source_user_id"
)
ONEROSTER_USERS = (
    "sourcedId,status,dateLastModified,enabledUser,orgSourcedIds,role,username,userIds,givenName,familyName,middleName,"
    "identifier,email,sms,phone,agentSourcedIds,grades,password"
)
ONEROSTER_USERS_12 = (
    "sourcedId,status,dateLastModified,enabledUser,username,userIds,givenName,familyName,middleName,identifier,email,sms,"
    "phone,agentSourcedIds,grades,password,userMasterIdentifier,resourceSourcedIds,preferredGivenName,"
    "preferredMiddleName,preferredFamilyName,primaryOrgSourcedId,pronouns,metadata.jp.kanaGivenName"
)
ONEROSTER_COURSES = (
    "sourcedId,status,dateLastModified,schoolYearSourcedId,title,courseCode,grades,orgSourcedId,subjects,subjectCodes"
)
ONEROSTER_ENROLLMENTS = (
    "sourcedId,status,dateLastModified,classSourcedId,schoolSourcedId,userSourcedId,role,primary,beginDate,endDate"
)
MOODLE_USERS = (
    "username,password,firstname,lastname,email,auth,idnumber,institution,department,phone1,phone2,city,country,lang,"
    "timezone,mailformat,maildisplay,suspended,deleted,profile_field_shoe,cohort1,course1,type1,role1,group1,"
    "enrolperiod1,enrolstatus1,course2,role2,sysrole1"
)
MOODLE_COURSES = (
    "shortname,fullname,category,category_path,category_idnumber,idnumber,summary,visible,startdate,enddate,format,"
    "theme,lang,newsitems,showgrades,showreports,legacyfiles,maxbytes,groupmode,groupmodeforce,enablecompletion,"
    "downloadcontent,tags,enrolment_1,enrolment_1_role,role_teacher,customfield_shoe,delete,rename,templatecourse,reset"
)
CONTENT = (
    "Path *,Title *,Source ID,Description,Author,Language,License ID *,License Description,Copyright Holder,Thumbnail"
)
REAL = [
    (CANVAS_USERS, ["canvas-users"]),
    ("account_id,parent_account_id,name,integration_id,status", ["canvas-categories"]),
    (CANVAS_COURSES, ["canvas-courses"]),
    (CANVAS_ENROLLMENTS, ["canvas-enrollments", "canvas-instructors"]),
    (ONEROSTER_USERS, ["oneroster-users"]),
    (ONEROSTER_USERS_12, ["oneroster-users"]),
    (ONEROSTER_COURSES, ["oneroster-courses"]),
    (ONEROSTER_ENROLLMENTS, ["oneroster-enrollments", "oneroster-instructors"]),
    (MOODLE_USERS, ["moodle-users", "moodle-enrollments"]),
    (MOODLE_COURSES, ["moodle-courses"]),
    (CONTENT, ["ricecooker-lessons", "ricecooker-modules"]),
    ("GivenName,MiddleInitial,Surname,Username,Age", ["kolibri-users"]),
]


def a_file(tmp_path: Path, header: str, *rows: dict[str, str]) -> Path:
    names = header.split(",")
    lines = [header, *(",".join(row.get(name, "") for name in names) for row in rows)]
    path = tmp_path / "theirs.csv"
    path.write_text("\n".join(lines) + "\n")
    return path


def plan(path: Path, preset: str, by: User, *more: object) -> Any:
    return run("imports", "plan", path, "--preset", preset, "--as", by.email, "--json", *more)


@pytest.mark.parametrize("preset", PRESETS.values(), ids=lambda preset: preset.name)
def test_a_preset_fits_our_kinds(preset: Preset) -> None:
    kind = KINDS[preset.kind]
    ours = {column.name: column for column in kind.columns}
    filled = {*preset.columns.values(), *preset.constants}
    theirs = {fold_header(header) for header in (*preset.columns, *preset.dropped)}

    assert preset.title
    assert {*filled, *preset.asks, *preset.formats} <= ours.keys()
    assert {*preset.values, *preset.only_for_new} <= ours.keys()
    assert {name for name, column in ours.items() if column.required_on_create} <= {*filled, *preset.asks}
    assert not {fold_header(header) for header in preset.columns} & {fold_header(header) for header in preset.dropped}
    assert {fold_header(header) for header in preset.recognized_by} <= theirs
    assert {fold_header(rule.header) for rule in preset.left_out} <= theirs
    assert all(name in ours[column].formats for column, name in preset.formats.items())
    assert all(reason.endswith(".") for reason in (*preset.dropped.values(), *preset.asks.values()))
    assert not any(rule.because.endswith(".") for rule in preset.left_out)
    for column, meanings in preset.values.items():
        for value in meanings.values():
            assert can_be_read(ours[column], value)
    for join in preset.joins:
        assert fold_header(join.column) in {fold_header(name) for name in (*preset.columns, *ours)}
        assert join.file.endswith(".csv")
        assert all(can_be_read(ours[join.column], value) for value in join.values.values())
    assert not any(headers_in(value) for value in preset.constants.values())


def can_be_read(column: Any, value: str) -> bool:
    try:
        column.read(value)
    except CellFault:
        return False
    return not isinstance(column, Reference)


@pytest.mark.parametrize(("header", "names"), REAL)
def test_real_headers_are_recognized_and_each_has_its_answer(header: str, names: list[str]) -> None:
    headers = header.split(",")

    found = recognized_presets(headers)

    assert {preset.name for preset in found} == set(names)
    for preset in found:
        answered = preset.mapping(headers)
        unanswered = [name for name in headers if name not in answered]
        assert unanswered == [] or preset.name == "moodle-enrollments"  # the half about the people is the other one's


def test_headers_of_ours_are_nobody_elses() -> None:
    for kind in KINDS.values():
        assert recognized_presets([column.name for column in kind.columns]) == []


def test_people_of_canvas_come_with_their_names_and_without_those_deleted(administrator: User, tmp_path: Path) -> None:
    sam = {"user_id": "1", "login_id": "sam", "email": "sam@example.org", "first_name": "Sam", "last_name": "Okafor"}
    gone = {**sam, "user_id": "2", "email": "gone@example.org", "status": "deleted"}
    path = a_file(tmp_path, CANVAS_USERS, {**sam, "status": "active"}, gone)

    ran = plan(path, "canvas-users", administrator)
    run("imports", "apply", ran.json["job"], "--as", administrator.email)

    made = User.objects.get(email="sam@example.org")
    assert ran.code == 0
    assert ran.json["errors"] == []
    assert [(told["code"], told["line"], told["column"]) for told in ran.json["warnings"]] == [("W_RULE", 3, "status")]
    assert ran.json["warnings"][0]["message"].startswith("1 row is left out because nobody is archived")
    assert (made.first_name, made.last_name, made.role) == ("Sam", "Okafor", "student")
    assert not User.objects.filter(email="gone@example.org").exists()


def test_courses_of_canvas_begin_on_the_day_of_their_moment(administrator: User, tmp_path: Path) -> None:
    catalog.category.make(slug="humanities")
    row = {"course_id": "E411208", "short_name": "ENG115", "long_name": "Intro to English", "account_id": "A002"}
    path = a_file(tmp_path, CANVAS_COURSES, {**row, "status": "active", "start_date": "2026-03-01T08:00:00Z"})

    ran = plan(path, "canvas-courses", administrator, "--map-value", "category:A002=humanities")
    run("imports", "apply", ran.json["job"], "--as", administrator.email)

    made = Course.objects.get(code="E411208")
    assert ran.code == 0
    assert (made.title, made.category.slug, str(made.starts_on)) == ("Intro to English", "humanities", "2026-03-01")
    assert made.status == Course.Status.DRAFT


@pytest.mark.parametrize("moment", ["tomorrow", "2026-13-40T00:00:00Z"])
def test_a_moment_that_is_none_is_a_fault_of_its_row(administrator: User, tmp_path: Path, moment: str) -> None:
    catalog.category.make(slug="humanities")
    row = {"course_id": "E1", "short_name": "E", "long_name": "English", "account_id": "humanities"}

    ran = plan(a_file(tmp_path, CANVAS_COURSES, {**row, "start_date": moment}), "canvas-courses", administrator)

    assert [error["code"] for error in ran.json["errors"]] == ["R_DATE"]


def test_what_is_asked_for_by_hand_comes_before_the_preset(administrator: User, tmp_path: Path) -> None:
    catalog.category.make(slug="humanities")
    row = {"course_id": "E1", "short_name": "ENG115", "long_name": "English", "account_id": "A1", "status": "active"}
    path = a_file(tmp_path, CANVAS_COURSES, row)

    ran = plan(
        path,
        "canvas-courses",
        administrator,
        *("--constant", "category=humanities", "--map", "short_name=course_code", "--map", "term_id="),
    )

    assert ran.code == 0
    assert ran.json["mapping"]["account_id"] == ran.json["mapping"]["course_id"] == ""
    assert ran.json["mapping"]["short_name"] == "course_code"
    assert ImportJob.objects.get().rows.get().key == "ENG115"


def test_an_enrollment_of_canvas_needs_an_address_and_says_how(administrator: User, tmp_path: Path) -> None:
    path = a_file(tmp_path, CANVAS_ENROLLMENTS, {"course_id": "E1", "user_id": "7", "role": "student"})

    ran = plan(path, "canvas-enrollments", administrator)

    assert ran.code == 2
    assert [error["code"] for error in ran.json["errors"]] == ["E_HEADER_MISSING"]
    assert "{user_id}@example.org" in ran.json["errors"][0]["message"]


def test_learners_and_instructors_of_one_file_are_told_apart(
    administrator: User, course: Course, instructor: User, tmp_path: Path
) -> None:
    person("7", User.Role.STUDENT)
    person("8", User.Role.INSTRUCTOR)
    path = a_file(
        tmp_path,
        CANVAS_ENROLLMENTS,
        {"course_id": course.code, "user_id": "7", "role": "student", "status": "inactive"},
        {"course_id": course.code, "user_id": "8", "role": "ta", "status": "active"},
        {"course_id": course.code, "user_id": "9", "role": "observer", "status": "active"},
    )

    for preset, column in (("canvas-enrollments", "student_email"), ("canvas-instructors", "instructor_email")):
        ran = plan(path, preset, administrator, "--constant", column + "={user_id}@example.org")
        assert run("imports", "apply", ran.json["job"], "--as", administrator.email).code == 0

    assert Enrollment.objects.get().status == "suspended"
    added = CourseInstructor.objects.exclude(user=instructor).get()
    assert (added.user.email, added.role) == ("8@example.org", "assistant")


def test_a_role_of_theirs_makes_instructors_and_never_changes_who_is_there(administrator: User, tmp_path: Path) -> None:
    base = {"enabledUser": "true", "givenName": "A", "familyName": "B", "status": "active"}
    path = a_file(
        tmp_path,
        ONEROSTER_USERS,
        {**base, "sourcedId": "1", "role": "teacher", "email": "new@example.org"},
        {**base, "sourcedId": "2", "role": "student", "email": administrator.email},
        {**base, "sourcedId": "3", "role": "administrator", "email": "boss@example.org"},
        {**base, "sourcedId": "4", "role": "student", "email": "off@example.org", "enabledUser": "false"},
    )

    ran = plan(path, "oneroster-users", administrator)
    run("imports", "apply", ran.json["job"], "--as", administrator.email, "--confirm-large")

    administrator.refresh_from_db()
    assert ran.code == 0
    assert len(ran.json["warnings"]) == 2
    assert User.objects.get(email="new@example.org").role == User.Role.INSTRUCTOR
    assert (administrator.role, administrator.is_superuser, administrator.first_name) == ("administrator", True, "A")
    assert not User.objects.filter(email__in=["boss@example.org", "off@example.org"]).exists()


def test_who_may_not_set_roles_may_not_do_it_with_a_preset(manager: User, tmp_path: Path) -> None:
    row = {"sourcedId": "1", "enabledUser": "true", "givenName": "A", "familyName": "B", "role": "teacher"}

    ran = plan(a_file(tmp_path, ONEROSTER_USERS, {**row, "email": "x@example.org"}), "oneroster-users", manager)

    assert ran.code == 2 or {error["code"] for error in ran.json["errors"]} == {"R_DENIED"}
    assert not User.objects.filter(email="x@example.org").exists()


def test_a_file_of_moodle_makes_people_and_enrolls_them(administrator: User, course: Course, tmp_path: Path) -> None:
    row = {"username": "sam", "firstname": "Sam", "lastname": "Okafor", "email": "sam@example.org", "password": "x"}
    path = a_file(
        tmp_path,
        MOODLE_USERS,
        {**row, "course1": course.code, "role1": "student", "enrolstatus1": "1"},
        {**row, "username": "t", "email": "t@example.org", "course1": course.code, "role1": "editingteacher"},
        {**row, "username": "n", "email": "n@example.org"},
    )

    for preset in ("moodle-users", "moodle-enrollments"):
        ran = plan(path, preset, administrator)
        assert ran.code == 0
        run("imports", "apply", ran.json["job"], "--as", administrator.email)

    assert User.objects.filter(email__in=["sam@example.org", "t@example.org", "n@example.org"]).count() == 3
    assert [(one.user.email, one.status) for one in Enrollment.objects.all()] == [("sam@example.org", "suspended")]


def test_of_several_columns_for_one_the_first_of_the_preset_counts() -> None:
    mapping = PRESETS["moodle-courses"].mapping(["category", "category_idnumber", "shortname"])

    assert mapping == {"category": "", "category_idnumber": "category", "shortname": "course_code"}


@pytest.mark.parametrize(
    ("preset", "kind", "sentence"),
    [
        ("nobodys", "users", "There is no preset called nobodys."),
        ("canvas-users", "courses", "The preset canvas-users is for users, not for courses."),
        ("canvas-users", "planets", "There is no kind called planets."),
        ("", "", "Say what the rows are"),
    ],
)
def test_a_preset_that_does_not_fit_is_refused(
    administrator: User, tmp_path: Path, preset: str, kind: str, sentence: str
) -> None:
    path = a_file(tmp_path, CANVAS_USERS)

    ran = run("imports", "plan", path, "--preset", preset, "--kind", kind, "--as", administrator.email, "--json")

    assert ran.code == 2
    assert [error["code"] for error in ran.json["errors"]] == ["E_UNSUPPORTED"]
    assert ran.json["errors"][0]["message"].startswith(sentence)
    assert not ImportJob.objects.exists()


def test_the_presets_are_listed_for_people_and_machines() -> None:
    told, listed = run("imports", "presets"), run("imports", "presets", "--json").json

    assert listed.keys() == PRESETS.keys()
    assert listed["canvas-users"]["kind"] == "users"
    assert listed["canvas-users"]["dropped"]["password"] == "Passwords are never read. People choose one here."
    assert "oneroster-users: OneRoster: people" in told.out


@pytest.mark.shared
def test_the_real_files_have_the_right_verdicts(administrator: User, course: Course, shared_data: Path) -> None:
    samples = shared_data / "lms_samples"
    code = ("--constant", f"course_code={course.code}")
    email = ("--constant", "email={Username}@example.org")

    people = plan(samples / "doc_users.csv", "canvas-users", administrator)
    courses = plan(samples / "doc_courses.csv", "canvas-courses", administrator, "--constant", "category=programming")
    modules = plan(samples / "demo_Content.csv", "ricecooker-modules", administrator, *code)
    lessons = plan(samples / "demo_Content.csv", "ricecooker-lessons", administrator, *code)
    kolibri = plan(samples / "user_data.csv", "kolibri-users", administrator, *email)
    nobodys = plan(samples / "sample_import_file_semicolon.csv", "", administrator, "--kind", "lessons")
    for one in (modules, lessons):
        run("imports", "apply", one.json["job"], "--as", administrator.email)

    assert (people.code, people.json["counts"]["create"]) == (0, 3)
    assert (courses.code, courses.json["counts"]["create"]) == (0, 3)
    assert (modules.code, lessons.code) == (0, 0)
    assert (Module.objects.count(), Lesson.objects.count()) == (22, 61)
    assert modules.json["counts"]["repeated"] + lessons.json["counts"]["repeated"] == 2
    assert kolibri.json["counts"]["create"] == 492
    assert {error["code"] for error in kolibri.json["errors"]} == {"R_DUP_IN_FILE"}
    assert nobodys.json["errors"][0]["code"] == "E_HEADER_MISSING"


def test_a_recognized_preset_is_offered_and_taken_on_the_page(
    as_administrator: Client, upload: Upload, work_off: Any
) -> None:
    text = f"{CANVAS_USERS}\n1,,sam,x,,,Sam,Okafor,,,,sam@example.org,,,,,active\n"
    job = upload(as_administrator, "users.csv", text)
    offered = as_administrator.get(page(job, "map")).content.decode()

    as_administrator.post(page(job, "use-mapping"), {"preset": "canvas-users"})
    taken = as_administrator.get(page(job, "map")).content.decode()
    columns = {
        f"column-{at}": PRESETS["canvas-users"].mapping(job.headers)[name] for at, name in enumerate(job.headers)
    }
    as_administrator.post(page(job, "map"), {**columns, "mode": "upsert"})
    work_off()

    job.refresh_from_db()
    assert "Read it as “Canvas: people”" in offered
    assert "Passwords are never read. People choose one here." in taken
    assert "nobody is archived or suspended by a file of Canvas" in taken
    assert (job.kind, job.preset, job.status, job.counts["create"]) == ("users", "canvas-users", "planned", 1)


def test_a_preset_is_put_aside_again_and_changes_the_kind_when_it_must(
    as_administrator: Client, upload: Upload
) -> None:
    job = upload(as_administrator, "e.csv", f"{CANVAS_ENROLLMENTS}\nE1,,,,7,,student\n")

    as_administrator.post(page(job, "use-mapping"), {"preset": "canvas-instructors"})
    taken = ImportJob.objects.get()
    as_administrator.post(page(job, "use-mapping"), {"preset": ""})
    aside = ImportJob.objects.get()
    as_administrator.post(page(job, "reread"), {"kind": "users"})
    other = ImportJob.objects.get()

    assert (taken.kind, taken.preset) == ("course-instructors", "canvas-instructors")
    assert (aside.kind, aside.preset, aside.mapping) == ("course-instructors", "", {})
    assert (other.kind, other.preset) == ("users", "")


@pytest.mark.parametrize("name", ["nobodys", "canvas-users/../x", "x" * 500])
def test_an_unknown_preset_is_not_found_and_changes_nothing(
    as_administrator: Client, upload: Upload, name: str
) -> None:
    job = upload(as_administrator, "users.csv", f"{CANVAS_USERS}\n1,,sam\n")

    answer = as_administrator.post(page(job, "use-mapping"), {"preset": name})

    job.refresh_from_db()
    assert (answer.status_code, job.preset, job.mapping) == (404, "", {})


def test_presets_of_what_somebody_may_not_import_are_neither_offered_nor_taken(
    instructor: User, course: Course, as_instructor: Client, upload: Upload
) -> None:
    grant(instructor, "import_content", course)
    job = upload(as_instructor, "users.csv", f"{CANVAS_USERS}\n1,,sam\n", kind="lessons")
    shown = as_instructor.get(page(job, "map")).content.decode()

    as_instructor.post(page(job, "use-mapping"), {"preset": "canvas-users"})

    job.refresh_from_db()
    assert "Canvas: people" not in shown
    assert (job.kind, job.preset) == ("lessons", "")


def test_a_mapping_that_was_saved_remembers_whose_file_it_was(
    as_administrator: Client, administrator: User, upload: Upload
) -> None:
    text = f"{CANVAS_USERS}\n1,,sam,x,,,Sam,Okafor,,,,sam@example.org,,,,,active\n"
    first = upload(as_administrator, "users.csv", text)
    as_administrator.post(page(first, "use-mapping"), {"preset": "canvas-users"})
    columns = {f"column-{at}": "email" if name == "email" else "" for at, name in enumerate(first.headers)}
    as_administrator.post(page(first, "map"), {**columns, "mode": "upsert", "remember": "Nightly"})

    second = upload(as_administrator, "users.csv", text)
    as_administrator.post(page(second, "use-mapping"), {"mapping": administrator.import_mappings.get().pk})

    second.refresh_from_db()
    assert second.preset == "canvas-users"
    assert second.mapping["email"] == "email"


def test_a_category_that_is_unknown_is_listed_once_to_be_mapped(
    administrator: User, category: Category, tmp_path: Path
) -> None:
    rows = [
        {"course_id": f"E{number}", "short_name": "x", "long_name": f"Course {number}", "account_id": "A9"}
        for number in (1, 2)
    ]

    ran = plan(a_file(tmp_path, CANVAS_COURSES, *rows), "canvas-courses", administrator)

    assert ran.code == 1
    assert ImportJob.objects.get().unknown_values == {"category": {"A9": 2}}
