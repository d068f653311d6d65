"""Each format says the same questions: read completely, or named with the line and the reason."""

from collections.abc import Callable
from pathlib import Path

import pytest
from django.test import override_settings

from imports.codes import FileCode, FileRefused
from imports.questions import ParsedAnswer, ParsedQuestion, QuestionFile, Unreadable, Verdict, write_gift
from imports.questions.gift import read_gift
from tests.support import question_files
from tests.support.question_files import (
    choices,
    given,
    interaction,
    mattext,
    moodle_answer,
    moodle_question,
    moodle_xml,
    qti1,
    qti1_item,
    qti2_item,
    scored,
)
from tests.support.workbooks import write_archive

Read = Callable[..., list[Verdict]]


@pytest.fixture
def read(tmp_path: Path) -> Read:
    """The verdicts on a file with this content: `read(text)`, `read(content, "quiz.xml")`."""

    def verdicts(content: str | bytes, name: str = "quiz.txt", encoding: str = "") -> list[Verdict]:
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return list(QuestionFile(path, encoding=encoding).verdicts())

    return verdicts


def one(verdicts: list[Verdict]) -> ParsedQuestion:
    (verdict,) = verdicts
    assert isinstance(verdict, ParsedQuestion), verdict
    return verdict


def reason(verdicts: list[Verdict]) -> str:
    (verdict,) = verdicts
    assert isinstance(verdict, Unreadable), verdict
    return verdict.reason


def told(verdicts: list[Verdict]) -> list[tuple[int, str]]:
    """Line and type of each question, or line and the beginning of the reason."""
    return [
        (verdict.line, verdict.type.value if isinstance(verdict, ParsedQuestion) else f"! {verdict.reason[:30]}")
        for verdict in verdicts
    ]


def said(question: ParsedQuestion) -> list[tuple[str, bool, str]]:
    return [(answer.text, answer.is_correct, answer.feedback) for answer in question.answers]


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
    colors, both, *_ = read(question_files.GIFT)

    assert colors == ParsedQuestion(
        colors.type,  # type: ignore[union-attr]
        "What is between orange and green?",
        (
            ParsedAnswer("yellow", is_correct=True, feedback="Yes."),
            ParsedAnswer("red", feedback="Too warm"),
            ParsedAnswer("blue"),
        ),
        title="Colors",
        explanation="It is the spectrum.",
    )
    assert isinstance(both, ParsedQuestion)
    assert (both.code, both.points, both.left_out) == ("two", 3, ("points taken off for a wrong answer",))
    assert [answer.line for answer in colors.answers] == [3, 4, 5]  # type: ignore[union-attr]


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
    assert said(verdicts[0])[1] == ("Apple", True, "")  # type: ignore[arg-type]
    assert verdicts[1].text == "Which <b> is bold?"  # type: ignore[union-attr]


def test_a_choice_or_an_answer_without_a_question_is_named(read: Read) -> None:
    verdicts = read("A) early\nANSWER: A\n\nWhich?\na) this\nb) that\nanswer: b\n")

    assert told(verdicts) == [
        (1, "! A choice stands before any que"),
        (2, "! An answer is named, but no que"),
        (4, "single_choice"),
    ]


def test_every_type_of_moodle_xml_is_read_or_named(read: Read) -> None:
    verdicts = read(question_files.MOODLE_XML, "quiz.xml")

    assert [kind for _, kind in told(verdicts)] == [
        "single_choice",
        "multiple_choice",
        "true_false",
        "short_answer",
        "matching",
        "essay",
        "! It asks for a number, which no",
        "! It asks for several gaps in on",
    ]
    capital = verdicts[0]
    assert isinstance(capital, ParsedQuestion)
    assert capital.text == "What is the capital of France?\n- H₂O"
    assert capital.explanation == "It is Paris & nothing else."
    assert (capital.title, capital.code, capital.points) == ("Capital", "FR-1", 2)
    assert capital.left_out == ("tags", "what is said to the whole answer")
    assert said(capital) == [("Paris", True, "Yes."), ("Lyon", False, "")]


@pytest.mark.parametrize(
    ("question", "why"),
    [
        (moodle_question("description", ""), "a text without a question"),
        (moodle_question("coderunner", ""), "“coderunner” is not known"),
        (moodle_question("essay", "<responseformat>noinline</responseformat>"), "asks for a file"),
        (moodle_question("essay", "", text="<p><img src='x.png'></p>"), "a picture"),
        (moodle_question("essay", "", text="<math><mi>x</mi></math>"), "MathML"),
        (moodle_question("essay", "<defaultgrade>0.5</defaultgrade>"), "0.5 points"),
        (moodle_question("truefalse", moodle_answer("100", "true")), "true and false"),
        (moodle_question("shortanswer", moodle_answer("100", "fr*g")), "pattern"),
        (moodle_question("multichoice", moodle_answer("NaN", "a") + moodle_answer("0", "b")), "no percentage"),
        (
            moodle_question("essay", "<generalfeedback><text/><file name='a.png'>AAAA</file></generalfeedback>"),
            "the file “a.png”",
        ),
    ],
)
def test_what_moodle_xml_says_and_we_cannot_hold_is_named(read: Read, question: str, why: str) -> None:
    assert why in reason(read(moodle_xml(question), "quiz.xml"))


def test_every_type_of_qti_1_is_read_or_named(read: Read) -> None:
    verdicts = read(question_files.QTI1, "quiz.xml")

    assert [kind for _, kind in told(verdicts)] == [
        "single_choice",
        "multiple_choice",
        "multiple_choice",
        "true_false",
        "short_answer",
        "essay",
        "matching",
        "! It asks for a number that no t",
    ]
    first, second, third, _, fifth, _, seventh, _ = verdicts
    assert isinstance(first, ParsedQuestion)
    assert (first.text, first.points, first.code) == ("Which one?", 3, "item-one")
    assert said(second) == [("a", True, ""), ("b", False, ""), ("c", True, "")]  # type: ignore[arg-type]
    assert third.left_out == ("points taken off for a wrong answer",)  # type: ignore[union-attr]
    assert fifth.text == "Now is the _____ of our discontent"  # type: ignore[union-attr]
    assert [(pair.text, pair.match) for pair in seventh.answers] == [("rose", "red"), ("sky", "blue")]  # type: ignore[union-attr]


def test_feedback_of_canvas_goes_to_the_answers_and_to_the_explanation(read: Read) -> None:
    shown = "".join(
        f'<itemfeedback ident="{name}"><flow_mat>{mattext(text)}</flow_mat></itemfeedback>'
        for name, text in (("general_fb", "In general."), ("1_fb", "This one."), ("correct_fb", "All right."))
    )
    linked = '<respcondition><conditionvar>{}</conditionvar><displayfeedback linkrefid="{}"/></respcondition>'
    item = qti1_item(
        mattext("Which?") + choices("a", "b"),
        linked.format("<other/>", "general_fb")
        + linked.format(given("1"), "1_fb")
        + scored(given("1"), "100", feedback="correct_fb"),
    ).replace("</item>", f"{shown}</item>")

    question = one(read(qti1(item), "quiz.xml"))

    assert question.explanation == "In general."
    assert said(question) == [("a", True, "This one."), ("b", False, "")]
    assert question.left_out == ("what is said to the whole answer",)


def test_pairs_of_blackboard_stand_in_two_blocks(read: Read) -> None:
    def formatted(text: str) -> str:
        inner = f'<mat_formattedtext type="HTML">{text}</mat_formattedtext>'
        return f"<material><mat_extension>{inner}</mat_extension></material>"

    def left(text: str, response: str) -> str:
        labels = "".join(f'<response_label ident="{response}{at}"/>' for at in (1, 2))
        inner = f"<render_choice><flow_label>{labels}</flow_label></render_choice>"
        inner = f'<response_lid ident="{response}">{inner}</response_lid>'
        return f'<flow class="Block"><flow class="FORMATTED_TEXT_BLOCK">{formatted(text)}</flow>{inner}</flow>'

    rights = "".join(f'<flow class="Block">{formatted(text)}</flow>' for text in ("amphibian", "mammal"))
    item = qti1_item(
        f'<flow class="Block"><flow class="QUESTION_BLOCK">{formatted("Sort &lt;b&gt;them&lt;/b&gt;.")}</flow>'
        f'<flow class="RESPONSE_BLOCK">{left("cat", "A")}{left("frog", "B")}</flow>'
        f'<flow class="RIGHT_MATCH_BLOCK">{rights}</flow></flow>',
        "".join(
            f"<respcondition><conditionvar>{given(label, response)}</conditionvar></respcondition>"
            for response, label in (("A", "A2"), ("B", "B1"))
        ),
        facts={"question_type": "Matching"},
    )

    question = one(read(qti1(item), "quiz.dat"))

    assert question.text == "Sort them."
    assert [(pair.text, pair.match) for pair in question.answers] == [("cat", "mammal"), ("frog", "amphibian")]


@pytest.mark.parametrize(
    ("item", "why"),
    [
        (qti1_item(mattext("x") + choices("a", "b"), ""), "None of its answers is right"),
        (qti1_item(mattext("x") + choices("a", "b"), scored(given("1"), "1") + scored(given("2"), "0.5")), "a part of"),
        (qti1_item(mattext("x") + choices("a", "b"), scored(given("7"), "1")), "an answer that it does not have"),
        (qti1_item(mattext("x") + choices("a", "b"), scored("<vargt>1</vargt>", "1")), "a rule that cannot be read"),
        (qti1_item(mattext("x") + choices("a", "b", cardinality="Ordered"), ""), "in order"),
        (qti1_item('<material><matimage uri="x.png"/></material>' + choices("a", "b"), ""), "a picture"),
        (qti1_item(mattext("&lt;img src='x'&gt;", "text/html") + choices("a", "b"), ""), "a picture"),
        (qti1_item(mattext("x"), "", facts={"question_type": "text_only_question"}), "a text without a question"),
        (qti1_item(mattext("x") + question_files.GAP * 2, scored(given("a"), "1")), "several gaps"),
        (
            qti1_item(mattext("x") + choices("a"), "", facts={"question_type": "fill_in_multiple_blanks_question"}),
            "several gaps",
        ),
        ("<itemref linkrefid='x'/>", "stands in another file"),
        (
            "<section><selection_ordering><sourcebank_ref>b</sourcebank_ref></selection_ordering></section>",
            "another file",
        ),
    ],
)
def test_what_qti_1_says_and_we_cannot_hold_is_named(read: Read, item: str, why: str) -> None:
    assert why in reason(read(qti1(item), "quiz.xml"))


def test_xml_follows_its_own_declaration(read: Read) -> None:
    text = qti1(qti1_item(mattext("Käse?") + question_files.GAP, ""), encoding="ISO-8859-1")

    assert one(read(text.encode("latin-1"), "quiz.xml")).text == "Käse?"
    assert one(read(text.replace("ISO-8859-1", "UTF-16").encode("utf-16"), "quiz.xml")).text == "Käse?"


@pytest.mark.parametrize(
    ("item", "kind", "answers"),
    [
        (question_files.QTI2, "single_choice", [("this", True, ""), ("that", False, "")]),
        (
            qti2_item(interaction("a", "b", "c", most=0), correct=("A", "C"), cardinality="multiple"),
            "multiple_choice",
            [("a", True, ""), ("b", False, ""), ("c", True, "")],
        ),
        (
            qti2_item(interaction("False", "True"), correct=("B",)),
            "true_false",
            [("True", True, ""), ("False", False, "")],
        ),
        (
            qti2_item(
                interaction(
                    'a<feedbackInline identifier="A" outcomeIdentifier="F" showHide="show">Yes</feedbackInline>', "b"
                ),
                correct=("A",),
            ),
            "single_choice",
            [("a", True, "Yes"), ("b", False, "")],
        ),
        (
            qti2_item(
                '<p>A <textEntryInteraction responseIdentifier="RESPONSE"/>.</p>', correct=("word",), kind="string"
            ),
            "short_answer",
            [("word", True, "")],
        ),
        (
            qti2_item(
                '<extendedTextInteraction responseIdentifier="RESPONSE"><prompt>x</prompt></extendedTextInteraction>'
            ),
            "essay",
            [],
        ),
    ],
)
def test_items_of_qti_2_are_read(read: Read, item: str, kind: str, answers: list[tuple[str, bool, str]]) -> None:
    question = one(read(item, "quiz.xml"))

    assert question.type == kind
    assert said(question) == answers
    assert (question.title, question.code) == ("A title", "an-item")


def test_pairs_of_qti_2_have_two_sides_and_more_to_choose_from(read: Read) -> None:
    def side(*choices: tuple[str, str]) -> str:
        inside = "".join(
            f'<simpleAssociableChoice identifier="{key}">{text}</simpleAssociableChoice>' for key, text in choices
        )
        return f"<simpleMatchSet>{inside}</simpleMatchSet>"

    sides = side(("L1", "rose"), ("L2", "sky")) + side(("R1", "blue"), ("R2", "red"), ("R3", "green"))
    body = f'<matchInteraction responseIdentifier="RESPONSE"><prompt>Match.</prompt>{sides}</matchInteraction>'
    item = qti2_item(body, correct=("L1 R2", "L2 R1"), cardinality="multiple", kind="directedPair")

    question = one(read(item, "quiz.xml"))

    assert [(pair.text, pair.match) for pair in question.answers] == [("rose", "red"), ("sky", "blue"), ("", "green")]


@pytest.mark.parametrize(
    ("item", "why"),
    [
        (qti2_item('<orderInteraction responseIdentifier="RESPONSE"/>'), "in order"),
        (qti2_item('<newInteraction responseIdentifier="RESPONSE"/>'), "not known here"),
        (qti2_item("<p>x</p>"), "a text without a question"),
        (qti2_item(interaction("a", "b") * 2, correct=("A",)), "several things at once"),
        (qti2_item('<img src="x"/>' + interaction("a", "b"), correct=("A",)), "a picture"),
        (qti2_item(interaction("a", "b"), correct=("Z",)), "an answer that it does not have"),
        (qti2_item(interaction("a", "b")), "None of its answers is right"),
        (question_files.QTI2.replace('adaptive="false"', 'adaptive="true"'), "changes from one attempt"),
    ],
)
def test_what_qti_2_says_and_we_cannot_hold_is_named(read: Read, item: str, why: str) -> None:
    assert why in reason(read(item, "quiz.xml"))


def test_a_package_is_read_by_its_manifest_whatever_its_files_hold(tmp_path: Path) -> None:
    path = question_files.write_package(tmp_path / "quiz.zip", {**question_files.PACKAGE, "not-named.xml": "<quiz/>"})

    verdicts = list(QuestionFile(path).verdicts())

    assert len(verdicts) == 9
    assert [verdict.source for verdict in verdicts[:2]] == ["items/one.xml", "two.xml"]


@pytest.mark.parametrize(
    ("parts", "code"),
    [
        ({"readme.txt": "x"}, FileCode.E_UNSUPPORTED),
        ({"imsmanifest.xml": "<manifest/>"}, FileCode.E_UNSUPPORTED),
        ({"imsmanifest.xml": question_files.MANIFEST}, FileCode.E_ARCHIVE_CORRUPT),
        ({**question_files.PACKAGE, "../out.xml": "<a/>"}, FileCode.E_ARCHIVE_UNSAFE),
        ({**question_files.PACKAGE, "two.xml": "<!DOCTYPE a><a/>"}, FileCode.E_XML_ENTITY),
        ({**question_files.PACKAGE, "zeros.bin": b"\0" * 20_000_000}, FileCode.E_ARCHIVE_BOMB),
    ],
)
def test_a_package_that_is_none_or_is_dangerous_is_refused(
    tmp_path: Path, parts: dict[str, str | bytes], code: FileCode
) -> None:
    path = write_archive(tmp_path / "quiz.zip", parts)

    with pytest.raises(FileRefused) as refused:
        list(QuestionFile(path).verdicts())

    assert refused.value.messages[0].code == code


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


def test_a_question_larger_than_any_is_named_and_the_others_are_read(read: Read) -> None:
    huge = moodle_question("essay", "", text="x" * 1_100_000)
    crowded = moodle_question("essay", "<hint/>" * 21_000)

    verdicts = read(moodle_xml(huge, moodle_question("essay", ""), crowded), "quiz.xml")

    assert [type(verdict).__name__ for verdict in verdicts] == ["Unreadable", "ParsedQuestion", "Unreadable"]


@pytest.mark.parametrize(
    "content",
    [question_files.GIFT, question_files.AIKEN, question_files.MOODLE_XML, question_files.QTI1, question_files.QTI2],
)
def test_what_any_format_says_is_the_same_in_gift(read: Read, content: str) -> None:
    questions = [verdict for verdict in read(content) if isinstance(verdict, ParsedQuestion)]

    again = list(read_gift("".join(write_gift(questions)).split("\n")))

    assert again == questions


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
    assert verdicts("qti12_multiple_choice.xml") == [(5, "! It holds a picture, which cann")]
