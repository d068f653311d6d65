"""What other people's headers and values mean, and which mappings may not stand."""

import csv
from pathlib import Path

import pytest

from imports.codes import FileRefused
from imports.mapping import check_mapping, exact_mapping, suggest_kind, suggest_mapping, suggest_value
from imports.types import KINDS

COURSES = KINDS["courses"]
UDEMY_HEADERS = [
    "course_id",
    "course_title",
    "url",
    "is_paid",
    "price",
    "num_subscribers",
    "num_lectures",
    "level",
    "content_duration",
    "published_timestamp",
    "subject",
]
UDEMY_ROWS = [
    ["1070968", "Investment Banking", "https://x.example/1/", "True", "200", "2147", "51", "All Levels", "1.5"],
    ["1113822", "Complete Tax Course", "https://x.example/2/", "True", "75", "2792", "274", "Beginner Level", "39.0"],
]
UDEMY_ROWS[0] += ["2017-01-18T20:58:58Z", "Business Finance"]
UDEMY_ROWS[1] += ["2017-03-09T16:34:20Z", "Web Development"]
GOOD_HEADERS = ["course_code", "title", "category", "price"]


def codes(refusal: pytest.ExceptionInfo[FileRefused]) -> list[str]:
    return [str(message.code) for message in refusal.value.messages]


def first_rows(path: Path, number: int = 6) -> list[list[str]]:
    with path.open(encoding="utf-8-sig", newline="") as stream:
        return [row for _, row in zip(range(number), csv.reader(stream), strict=False)]


def test_names_are_compared_without_case_spaces_and_hyphens() -> None:
    headers = [" Course_Code ", "TITLE", "Category ", "discount price", "Start-Date", "Is Published"]

    mapping = exact_mapping(COURSES, headers)

    assert list(mapping.values()) == ["course_code", "title", "category", "discount_price", "starts_on", "status"]


def test_an_exact_mapping_guesses_nothing() -> None:
    mapping = exact_mapping(COURSES, UDEMY_HEADERS)

    assert "course_id" not in mapping
    assert "subject" not in mapping


def test_a_name_goes_before_an_alias_of_the_same_column() -> None:
    mapping = exact_mapping(COURSES, ["code", "course_code", "title"])

    assert mapping == {"course_code": "course_code", "title": "title"}


def test_the_columns_of_a_foreign_catalogue_are_suggested_and_its_counters_are_ignored() -> None:
    mapping = suggest_mapping(COURSES, UDEMY_HEADERS, UDEMY_ROWS)

    assert {header: column for header, column in mapping.items() if column} == {
        "course_id": "course_code",
        "course_title": "title",
        "price": "price",
        "level": "level",
        "subject": "category",
    }
    assert mapping["num_lectures"] == ""
    assert mapping["published_timestamp"] == ""


def test_every_header_is_answered_and_no_column_is_given_twice() -> None:
    headers = ["Title", "Course name", "course_title", "Topic", "Subject", "Department"]

    mapping = suggest_mapping(COURSES, headers)

    assert list(mapping) == headers
    given = [column for column in mapping.values() if column]
    assert len(given) == len(set(given))


def test_a_column_whose_values_cannot_be_read_is_not_suggested() -> None:
    by_name_alone = suggest_mapping(COURSES, ["course", "cost"])
    with_values = suggest_mapping(COURSES, ["course", "cost"], [["PY-1", "cheap"], ["PY-2", "expensive"]])

    assert by_name_alone["cost"] == "price"
    assert with_values["cost"] == ""


def test_numbers_in_a_foreign_spelling_still_look_like_numbers() -> None:
    mapping = suggest_mapping(COURSES, ["cost"], [["1.234,50"], ["99,00"]])

    assert mapping["cost"] == "price"


def test_names_of_people_are_no_e_mail_addresses() -> None:
    mapping = suggest_mapping(COURSES, ["Teacher email", "x"], [["Ada Lovelace", "1"]])

    assert mapping["Teacher email"] == ""


def test_the_kind_is_recognized_by_its_columns() -> None:
    assert suggest_kind(UDEMY_HEADERS) == "courses"
    assert suggest_kind(["course_code", "module_code", "lesson_code", "title", "video_url"]) == "lessons"
    assert suggest_kind(["course_code", "price"]) == "courses"
    assert suggest_kind(["weight", "color"]) == ""


def test_a_resemblance_of_two_columns_is_no_kind() -> None:
    assert suggest_kind(["store_id", "short_name", "long_name", "account_id", "status"]) == ""


@pytest.mark.parametrize("key", sorted(set(KINDS) - {"users"}))
def test_every_kind_is_recognized_by_its_own_columns(key: str) -> None:
    assert suggest_kind([column.name for column in KINDS[key].columns]) == key


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [
        ("All Levels", "all_levels"),
        ("Beginner Level", "beginner"),
        ("Intermediate Level", "intermediate"),
        ("Expert Level", "advanced"),
        ("BEGINNER", "beginner"),
        ("Something else", None),
        ("", None),
    ],
)
def test_values_of_a_list_are_suggested(theirs: str, ours: str | None) -> None:
    assert suggest_value(COURSES.column("level"), theirs) == ours


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [
        ("Business Finance", "business-finance"),
        ("Graphic Design", "design"),
        ("Musical Instruments", "music"),
        ("Web Development", "web-development"),
        ("Cooking", None),
    ],
)
def test_subjects_become_categories_by_their_names(theirs: str, ours: str | None) -> None:
    allowed = [
        ("business-finance", "Business and finance"),
        ("business", "Business"),
        ("design", "Design"),
        ("music", "Music"),
        ("web-development", "Web development"),
    ]

    assert suggest_value(COURSES.column("category"), theirs, allowed=allowed) == ours


def test_a_sound_mapping_has_nothing_to_say() -> None:
    assert check_mapping(COURSES, GOOD_HEADERS, exact_mapping(COURSES, GOOD_HEADERS)) == []


def test_unknown_columns_are_a_warning() -> None:
    headers = [*GOOD_HEADERS, "average_rating"]

    warnings = check_mapping(COURSES, headers, exact_mapping(COURSES, headers))

    assert [(message.code, message.column) for message in warnings] == [("W_UNKNOWN_COLUMN", "average_rating")]


@pytest.mark.parametrize(
    "header", ["id", "PK", "owner_id", "course_id", "is_superuser", "is_staff", "created_at", "__class__"]
)
def test_a_protected_column_stops_the_file_unless_it_is_ignored_or_mapped(header: str) -> None:
    headers = [*GOOD_HEADERS, header]
    mapping = exact_mapping(COURSES, headers)

    with pytest.raises(FileRefused) as refusal:
        check_mapping(COURSES, headers, mapping)
    ignoring = check_mapping(COURSES, headers, {**mapping, header: ""})
    mapped = check_mapping(COURSES, headers, {**mapping, header: "subtitle"})

    assert codes(refusal) == ["E_HEADER_FORBIDDEN"]
    assert ignoring == mapped == []


def test_a_header_that_imitates_ours_is_shown_with_its_code_points() -> None:
    headers = ["course_code", "title", "category", "рrice"]

    with pytest.raises(FileRefused, match=r"U\+0440 CYRILLIC SMALL LETTER ER") as refusal:
        check_mapping(COURSES, headers, exact_mapping(COURSES, headers))

    assert codes(refusal) == ["E_HEADER_MISSING"]


def test_a_file_without_a_known_header_is_quoted_escaped_and_cut() -> None:
    headers = ['[{"a": 1', "\x1b[31m" + "ü" * 200]

    with pytest.raises(FileRefused) as refusal:
        check_mapping(COURSES, headers, {})

    assert codes(refusal) == ["E_HEADER_MISSING"]
    assert r"\x1b[31m\xfc" in str(refusal.value)
    assert len(refusal.value.messages[0].value) <= 80


def test_the_key_must_be_there_and_the_rest_only_for_new_records() -> None:
    with pytest.raises(FileRefused, match="course_code") as refusal:
        check_mapping(COURSES, ["title", "category"], {"title": "title", "category": "category"})
    only_prices = check_mapping(COURSES, ["course_code", "price"], {"course_code": "course_code", "price": "price"})

    assert codes(refusal) == ["E_HEADER_MISSING"]
    assert only_prices == []


def test_a_file_that_only_creates_needs_every_required_column() -> None:
    mapping = {"course_code": "course_code", "price": "price"}

    with pytest.raises(FileRefused) as refusal:
        check_mapping(COURSES, list(mapping), mapping, mode="create")

    assert [message.column for message in refusal.value.messages] == ["title", "category"]


def test_a_constant_stands_for_a_missing_column_and_may_name_headers() -> None:
    headers = ["code_module", "code_presentation"]
    ignoring = dict.fromkeys(headers, "")
    constants = {
        "course_code": "{code_module}-{code_presentation}",
        "title": "Open course {code_module}",
        "category": "open",
    }

    assert check_mapping(COURSES, headers, ignoring, constants) == []
    with pytest.raises(FileRefused, match="no column “nobody”") as refusal:
        check_mapping(COURSES, headers, ignoring, {**constants, "title": "{nobody}"})
    assert codes(refusal) == ["E_HEADER_MISSING"]


def test_two_sources_for_one_column_are_refused() -> None:
    headers = ["course_code", "title", "name", "category"]

    with pytest.raises(FileRefused, match="both fill Title") as refusal:
        check_mapping(COURSES, headers, {**exact_mapping(COURSES, headers), "name": "title"})
    assert codes(refusal) == ["E_HEADER_DUP"]


@pytest.mark.parametrize("mapping", [{"title": "no_such_column"}, {"no such header": "title"}])
def test_a_mapping_names_only_what_exists(mapping: dict[str, str]) -> None:
    with pytest.raises(FileRefused) as refusal:
        check_mapping(COURSES, GOOD_HEADERS, {**exact_mapping(COURSES, GOOD_HEADERS), **mapping})

    assert "E_HEADER_MISSING" in codes(refusal)


@pytest.mark.shared
def test_the_real_catalogue_is_recognized_and_mapped(shared_data: Path) -> None:
    headers, *rows = first_rows(shared_data / "data" / "udemy_courses.csv")

    mapping = suggest_mapping(COURSES, headers, rows)

    assert suggest_kind(headers) == "courses"
    assert {column for column in mapping.values() if column} == {"course_code", "title", "category", "level", "price"}
    assert mapping["subject"] == "category"


@pytest.mark.shared
def test_numbers_of_students_are_no_e_mail_addresses_in_the_real_enrollments(shared_data: Path) -> None:
    headers, *rows = first_rows(shared_data / "data" / "oulad_studentInfo.csv")

    mapping = suggest_mapping(KINDS["enrollments"], headers, rows)

    assert mapping["id_student"] == ""
    assert mapping["final_result"] in ("", "status")


@pytest.mark.shared
@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("unknown_and_privileged_headers.csv", "E_HEADER_FORBIDDEN"),
        ("pk_other_owner.csv", "E_HEADER_FORBIDDEN"),
        ("header_confusable.csv", "E_HEADER_MISSING"),
        ("json_renamed.csv", "E_HEADER_MISSING"),
    ],
)
def test_bad_headers_get_the_code_their_manifest_names(shared_data: Path, name: str, code: str) -> None:
    headers = first_rows(shared_data / "bad_inputs" / name)[0]

    with pytest.raises(FileRefused) as refusal:
        check_mapping(COURSES, headers, exact_mapping(COURSES, headers))

    assert code in codes(refusal)
