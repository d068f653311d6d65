"""Moodle XML: the questions Moodle exports, each with its type, its texts and the share of the points of each answer.

Texts in HTML become plain text; answers to short-answer questions are plain text already. Questions with a file of
their own (a picture, a sound) cannot be imported.
"""

from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from typing import IO

from imports.questions.complete import (
    Answered,
    Weighted,
    code_or_nothing,
    complete,
    essay,
    matching,
    multiple_choice,
    points_of,
    short_answer,
    single_choice,
    true_or_false,
)
from imports.questions.elements import Element, trees
from imports.questions.parsed import CannotRead, ParsedAnswer, ParsedQuestion, Unreadable, Verdict
from imports.questions.rich_text import from_automatic, from_html, refuse_markdown_picture

UNHELD = {
    "numerical": "a number",
    "calculated": "a calculated number",
    "calculatedsimple": "a calculated number",
    "calculatedmulti": "a calculated number",
    "multianswer": "several gaps in one text (cloze)",
    "cloze": "several gaps in one text (cloze)",
    "gapselect": "gaps to fill from lists",
    "ddwtos": "words to drag into a text",
    "ddimageortext": "things to drag onto a picture",
    "ddmarker": "markers to drag onto a picture",
    "ordering": "things to put in order",
    "randomsamatch": "random questions to match",
    "random": "a question chosen by chance",
}
NO = frozenset({"", "0", "false"})
LEFT_OUT = {
    "hint": "hints",
    "tags": "tags",
    "correctfeedback": "what is said to the whole answer",
    "partiallycorrectfeedback": "what is said to the whole answer",
    "incorrectfeedback": "what is said to the whole answer",
    "graderinfo": "notes for who grades",
    "responsetemplate": "the text an answer begins with",
}


def read_moodle_xml(stream: IO[bytes]) -> Iterator[Verdict]:
    for element in trees(stream, "question"):
        if element.get("type") != "category":
            yield _verdict(element)


def _verdict(element: Element) -> Verdict:
    title = _title(element)
    try:
        if element.is_cut:
            raise CannotRead("It is larger than a question can be.")
        return complete(_question(element, title))
    except CannotRead as cannot:
        return Unreadable(element.line, cannot.reason, title[:120], cannot.code)


def _title(element: Element) -> str:
    name = element.first("name")
    return name.text if name is not None else ""


def _question(element: Element, title: str) -> ParsedQuestion:
    kind = element.get("type").lower()
    if kind in UNHELD:
        raise CannotRead(f"It asks for {UNHELD[kind]}, which no type of question here does.")
    if kind == "description":
        raise CannotRead("It is a text without a question.")
    if kind not in READERS:
        raise CannotRead(f"Its type “{kind[:40]}” is not known here.")
    if _value(element, "image") or element.first("image_base64") is not None:
        raise CannotRead("It holds a picture, which cannot be imported.")
    asked = _told(element.first("questiontext"), "html")
    kind_of_text = _format_of(element.first("questiontext"), "html")
    question_type, answers, left_out = READERS[kind](element, kind_of_text)
    left_out += tuple(
        words for name, words in LEFT_OUT.items() if (found := element.first(name)) is not None and found.text
    )
    return ParsedQuestion(
        question_type,
        asked,
        answers,
        title=title,
        code=code_or_nothing(_value(element, "idnumber")),
        points=points_of(_value(element, "defaultgrade")),
        explanation=_told(element.first("generalfeedback"), kind_of_text),
        left_out=tuple(dict.fromkeys(left_out)),
        line=element.line,
    )


def _value(element: Element, name: str) -> str:
    found = element.first(name)
    return found.text if found is not None else ""


def _format_of(element: Element | None, otherwise: str) -> str:
    return (element.get("format") if element is not None else "") or otherwise


def _told(element: Element | None, otherwise: str) -> str:
    """The plain text of an element with a format of its own. Raises `CannotRead` for one with files."""
    if element is None:
        return ""
    if (file := element.first("file")) is not None:
        raise CannotRead(f"It holds the file “{file.get('name')[:60]}”, which cannot be imported.")
    inner = element.first("text")
    text = (inner if inner is not None else element).text
    kind = _format_of(element, otherwise)
    if kind == "html":
        return from_html(text)
    if kind == "moodle_auto_format":
        return from_automatic(text)
    if kind == "markdown":
        refuse_markdown_picture(text)
    return text


def _weighted(answer: Element, kind: str, *, is_plain: bool = False) -> Weighted:
    text = _value(answer, "text") if is_plain else _told(_without_feedback(answer), kind)
    return Weighted(text, _fraction(answer), _told(answer.first("feedback"), kind), answer.line)


def _without_feedback(answer: Element) -> Element:
    """In files of old the text of an answer stands in it without an element of its own."""
    bare = Element(answer.name, answer.attributes, answer.line)
    bare.content = [part for part in answer.content if isinstance(part, str) or part.name != "feedback"]
    return bare


def _fraction(answer: Element) -> Decimal:
    try:
        fraction = Decimal(answer.get("fraction") or "0")
    except InvalidOperation:
        fraction = Decimal("NaN")
    if not fraction.is_finite() or abs(fraction) > 1_000:
        raise CannotRead(f"The share of an answer is no percentage: “{answer.get('fraction')[:40]}”.")
    return fraction


def _multichoice(element: Element, kind: str) -> Answered:
    answers = [_weighted(answer, kind) for answer in element.each("answer")]
    is_single = element.first("single") is None or _value(element, "single").lower() not in NO
    return single_choice(answers) if is_single else multiple_choice(answers)


def _truefalse(element: Element, kind: str) -> Answered:
    answers = [_weighted(answer, kind, is_plain=True) for answer in element.each("answer")]
    words = [answer.text.lower() for answer in answers]
    if len(answers) != 2 or sum(answer.is_right for answer in answers) != 1:
        raise CannotRead("It must have the answers true and false, one of them right.")
    if set(words) == {"true", "false"}:
        if_true, if_false = answers if words[0] == "true" else reversed(answers)
    elif {"true", "false"} & set(words):
        raise CannotRead("Its answers are not true and false.")
    else:
        if_true, if_false = answers  # in another language, true comes first
    question_type, parsed, _ = true_or_false(
        is_true=if_true.is_right, if_true=if_true.feedback, if_false=if_false.feedback, line=answers[0].line
    )
    return question_type, parsed, ()


def _shortanswer(element: Element, kind: str) -> Answered:
    question_type, answers, left_out = short_answer(
        [_weighted(answer, kind, is_plain=True) for answer in element.each("answer")]
    )
    if _value(element, "usecase") not in NO:
        left_out += ("that capitals count",)
    return question_type, answers, left_out


def _matching(element: Element, kind: str) -> Answered:
    pairs = []
    for pair in element.each("subquestion"):
        right = pair.first("answer", "text") or pair.first("answer")
        left = Element(pair.name, pair.attributes, pair.line)
        left.content = [part for part in pair.content if isinstance(part, str) or part.name != "answer"]
        text = _told(left, kind)
        pairs.append(ParsedAnswer(text, match=right.text if right is not None else "", line=pair.line))
    return matching(pairs)


def _essay(element: Element, _kind: str) -> Answered:
    if _value(element, "responseformat") == "noinline":
        raise CannotRead("It asks for a file, which no type of question here does.")
    question_type, answers, _ = essay()
    return question_type, answers, ("files to attach",) if _value(element, "attachments") not in NO else ()


READERS = {
    "multichoice": _multichoice,
    "truefalse": _truefalse,
    "shortanswer": _shortanswer,
    "matching": _matching,
    "match": _matching,
    "essay": _essay,
}
