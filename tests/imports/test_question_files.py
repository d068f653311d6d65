"""GIFT and Aiken, and what holds for question files of every format."""

from pathlib import Path

import pytest
from django.test import override_settings

from imports.codes import FileCode, FileRefused
from imports.questions import ParsedAnswer, ParsedQuestion, QuestionFile, QuestionType, Unreadable, write_gift
from imports.questions.gift import read_gift
from tests.support import question_files
from tests.support.verdicts import Read, one, questions, said, told


def test_every_type_of_gift_is_read_or_named(read: Read) -> None:
    verdicts = read(question_files.GIFT)

    assert told(verdicts) == [
        (2, "single_choice"),
        (10, "multiple_choice"),
        (12, "true_false"),
        (14, "short_answer"),
        (16, "matching"),
        (21, "essay"),
        (23, "! It asks for a number, which no"),
        (25, "! “cat” earns 50 % of the points"),
    ]


def test_a_question_in_gift_is_read_with_all_that_is_said_of_it(read: Read) -> None:
    colors, both, *_ = questions(read(question_files.GIFT))

    assert colors == ParsedQuestion(
        QuestionType.SINGLE_CHOICE,
        "What is between orange and green?",
        (
            ParsedAnswer("yellow", is_correct=True, feedback="Yes."),
            ParsedAnswer("red", feedback="Too warm"),
            ParsedAnswer("blue"),
        ),
        title="Colors",
        explanation="It is the spectrum.",
    )
    assert (both.code, both.points, both.left_out) == ("two", 3, ("points taken off for a wrong answer",))
    assert [answer.line for answer in colors.answers] == [3, 4, 5]


@pytest.mark.parametrize(
    ("text", "asked", "answers"),
    [
        ("Two plus two equals {=four =4}.", "Two plus two equals _____.", [("four", True, ""), ("4", True, "")]),
        ("\\{x\\} \\= \\#1\\: \\~ \\\\ {T}", "{x} = #1: ~ \\", [("True", True, ""), ("False", False, "")]),
        ("One\\ntwo {F}", "One\ntwo", [("True", False, ""), ("False", True, "")]),
        ("::a\\:\\:b::x{T#no#yes}", "x", [("True", True, "yes"), ("False", False, "no")]),
        ("x{=\\*a\\* ~b}", "x", [("\\*a\\*", True, ""), ("b", False, "")]),
        ("x{=\\*a\\*}", "x", [("*a*", True, "")]),
        (
            "[html]<p>a<br>b</p><pre>c  d</pre>{=e &amp; f ~[plain]<g>}",
            "a\nb\nc  d",
            [("e & f", True, ""), ("<g>", False, "")],
        ),
        (
            "// note\n$CATEGORY: x/y\nx\n// in between\ny {=a\n// again\n~b}",
            "x\ny",
            [("a", True, ""), ("b", False, "")],
        ),
    ],
)
def test_the_signs_of_gift_mean_what_they_mean_in_moodle(
    read: Read, text: str, asked: str, answers: list[tuple[str, bool, str]]
) -> None:
    question = one(read(text))

    assert question.text == asked
    assert said(question) == answers


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("Only a text.\n\nReal?{T}", "nothing is asked"),
        ("Open {T\n\nReal?{T}", "do not form one pair"),
        ("a{T}\nb{F}", "do not form one pair"),
        ("a{no sign}", "do not begin with ="),
        ("a{=b =c ~d}", "Two answers are right"),
        ("a{~b ~c}", "None of its answers is right"),
        ("a{~%60%b ~%40%c}", "only equal shares"),
        ("a{=b ~%50%c}", "a part of the points"),
        ("a{=b -> c =d}", "are pairs with an arrow"),
        ("a{=b -> c}", "fewer than two pairs"),
        ("a{=b ~}", "is blank"),
        ("a{=b*}", "pattern with an asterisk"),
        ("<img src='x'>{T}", "a picture"),
        ("[markdown]![x](y){T}", "a picture"),
        ("a\u202e{T}", "control character U+202E"),
        ("a{=" + "b" * 501 + " ~c}", "longer than 500"),
        ("// [points:1.5]\na{T}", "only whole points"),
        ("a{=a" + "~b" * 200 + "}", "at most 200"),
        ("\ufdd0{T}", "no characters"),
    ],
)
def test_what_gift_says_and_we_cannot_hold_is_named(read: Read, text: str, why: str) -> None:
    verdict, *_ = read(text)

    assert isinstance(verdict, Unreadable)
    assert why in verdict.reason
    assert verdict.reason.endswith(".")


def test_aiken_is_read_and_its_faults_are_named_with_their_lines(read: Read) -> None:
    text = question_files.AIKEN + "\nC) early\n\nToo few\nA) one\nANSWER: A\n\nWrong letter\nA) a\nB) b\nANSWER: C\n"

    verdicts = read(text)

    assert told(verdicts) == [
        (1, "single_choice"),
        (6, "single_choice"),
        (11, "! No line “ANSWER: …” follows it"),
        (17, "! It has fewer than two answers "),
        (21, "! Its answer is C, but it has no"),
    ]
    fruit, bold = questions(verdicts)
    assert said(fruit)[1] == ("Apple", True, "")
    assert bold.text == "Which <b> is bold?"


def test_a_choice_or_an_answer_without_a_question_is_named(read: Read) -> None:
    verdicts = read("A) early\nANSWER: A\n\nWhich?\na) this\nb) that\nanswer: b\n")

    assert told(verdicts) == [
        (1, "! A choice stands before any que"),
        (2, "! An answer is named, but no que"),
        (4, "single_choice"),
    ]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", FileCode.E_EMPTY),
        (b"\x89PNG\r\n\x1a\n", FileCode.E_UNSUPPORTED),
        (b"%PDF-1.7", FileCode.E_UNSUPPORTED),
        (b"Just a letter.", FileCode.E_UNSUPPORTED),
        ("Käse{T}".encode("latin-1"), FileCode.E_ENCODING),
        (b"<html><body/></html>", FileCode.E_UNSUPPORTED),
        (b"<?xml version='1.0' encoding='big5'?><quiz/>", FileCode.E_ENCODING),
        (b"<quiz><question>&x;</question></quiz>", FileCode.E_UNSUPPORTED),
        (b"<qti-assessment-item/>", FileCode.E_UNSUPPORTED),
        (b"<quiz>" + b"<a>" * 200 + b"</a>" * 200 + b"</quiz>", FileCode.E_UNSUPPORTED),
    ],
)
def test_a_file_that_holds_no_questions_is_refused_as_a_whole(read: Read, content: bytes, code: FileCode) -> None:
    with pytest.raises(FileRefused) as refused:
        read(content)

    assert refused.value.messages[0].code == code


def test_there_is_a_limit_to_bytes_and_to_questions(read: Read) -> None:
    with override_settings(IMPORT_MAX_QUESTIONS=2), pytest.raises(FileRefused, match="more than 2 questions"):
        read("a{T}\n\n" * 3)
    with override_settings(IMPORT_MAX_QUESTION_BYTES=5), pytest.raises(FileRefused, match="6 bytes"):
        read("abc{T}")


@pytest.mark.parametrize(
    "content",
    [question_files.GIFT, question_files.AIKEN, question_files.MOODLE_XML, question_files.QTI1, question_files.QTI2],
)
def test_what_any_format_says_is_the_same_in_gift(read: Read, content: str) -> None:
    asked = questions(read(content))

    again = list(read_gift("".join(write_gift(asked)).split("\n")))

    assert again == asked


@pytest.mark.shared
def test_the_real_files_get_their_verdicts(shared_data: Path) -> None:
    def verdicts(name: str) -> list[tuple[int, str]]:
        return told(list(QuestionFile(shared_data / "lms_samples" / name).verdicts()))

    assert verdicts("questions.gift.txt") == [
        (2, "essay"),
        (5, "matching"),
        (14, "single_choice"),
        (22, "multiple_choice"),
        (31, "! It asks for a number, which no"),
        (34, "! “Cat” earns 50 % of the points"),
        (41, "true_false"),
        (46, "true_false"),
        (49, "true_false"),
    ]
    assert {kind for _, kind in verdicts("numerical1.gift")} == {"! It asks for a number, which no"}
    assert len(verdicts("numerical1.gift")) == 10
    assert verdicts("questions.aiken.txt") == [(1, "single_choice"), (8, "single_choice")]
    assert [(line, what[:20]) for line, what in verdicts("qti12_multiple_choice.xml")] == [(5, "! It holds a picture")]
