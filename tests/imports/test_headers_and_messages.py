"""Headers as they are compared, and messages as the doors send them."""

from imports.codes import Message, RowCode
from imports.readers import code_points, confusable_with, fold_header

KNOWN = ("course_code", "title", "price")


def test_headers_are_compared_folded() -> None:
    assert {fold_header(text) for text in (" Start-Date", "START DATE ", "start_date")} == {"start_date"}
    assert fold_header("e\u0301") == fold_header("\u00e9")


def test_a_header_in_look_alike_letters_is_recognized_and_spelled_out() -> None:
    assert confusable_with("\u0440rice", KNOWN) == "price"
    assert confusable_with("title\u200b", KNOWN) == "title"
    assert confusable_with("\uff50rice", KNOWN) == "price"
    assert confusable_with("Price", KNOWN) is None
    assert confusable_with("colour", KNOWN) is None
    assert code_points("\u0440rice") == "U+0440 CYRILLIC SMALL LETTER ER"


def test_a_message_as_json_cuts_the_value_at_eighty_characters() -> None:
    shown = Message(RowCode.R_NUMBER, "No number.", 7, "price", "9" * 100).as_json()

    assert shown == {
        "line": 7,
        "column": "price",
        "code": "R_NUMBER",
        "message": "No number.",
        "value": "9" * 79 + "…",
    }
