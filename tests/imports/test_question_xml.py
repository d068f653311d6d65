"""Moodle XML and QTI 1.2 and 2.1: read completely, or named with the line and the reason."""

from pathlib import Path

import pytest

from imports.codes import FileCode, FileRefused
from imports.questions import QuestionFile
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
from tests.support.verdicts import Read, one, questions, reason, said, told
from tests.support.workbooks import write_archive


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
    capital = questions(verdicts)[0]
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
    first, second, third, _, fifth, _, seventh = questions(verdicts)
    assert (first.text, first.points, first.code) == ("Which one?", 3, "item-one")
    assert said(second) == [("a", True, ""), ("b", False, ""), ("c", True, "")]
    assert third.left_out == ("points taken off for a wrong answer",)
    assert fifth.text == "Now is the _____ of our discontent"
    assert [(pair.text, pair.match) for pair in seventh.answers] == [("rose", "red"), ("sky", "blue")]


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


def test_a_question_larger_than_any_is_named_and_the_others_are_read(read: Read) -> None:
    huge = moodle_question("essay", "", text="x" * 1_100_000)
    crowded = moodle_question("essay", "<hint/>" * 21_000)

    verdicts = read(moodle_xml(huge, moodle_question("essay", ""), crowded), "quiz.xml")

    assert [type(verdict).__name__ for verdict in verdicts] == ["Unreadable", "ParsedQuestion", "Unreadable"]
