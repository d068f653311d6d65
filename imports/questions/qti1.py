"""QTI 1.2 as Canvas, D2L, Blackboard and Common Cartridges write it: items with a presentation and a scoring."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import IO

from imports.questions.complete import (
    Answered,
    Weighted,
    code_or_nothing,
    complete,
    essay,
    matching,
    multiple_choice,
    one_of,
    points_of,
    short_answer,
)
from imports.questions.elements import Element, trees
from imports.questions.parsed import CannotRead, ParsedAnswer, ParsedQuestion, QuestionType, Unreadable, Verdict
from imports.questions.qti1_material import Asked, material_text, presented
from imports.questions.qti1_scoring import NUMBER, Scoring, weighted

UNHELD = {
    "fill_in_multiple_blanks_question": "several gaps in one text",
    "multiple_dropdowns_question": "several gaps in one text",
    "fill in the blank plus": "several gaps in one text",
    "jumbled sentence": "several gaps in one text",
    "numerical_question": "a number",
    "numeric": "a number",
    "calculated_question": "a calculated number",
    "calculated": "a calculated number",
    "file_upload_question": "a file",
    "file upload": "a file",
    "ordering": "things to put in order",
    "hot spot": "a place on a picture",
    "quiz bowl": "a question to an answer",
    "opinion scale": "an opinion without a right answer",
    "either/or": "one of two words that the file does not hold",
    "cc.pattern_match.v0p1": "a text that fits a pattern",
}
ESSAYS = frozenset({"essay_question", "essay", "short answer", "short response", "cc.essay.v0p1"})
WHOLE = "what is said to the whole answer"


@dataclass
class Item:
    """One item with what its parts say."""

    element: Element
    facts: dict[str, str]
    asked: Asked
    scoring: Scoring
    feedback: dict[str, str]
    used: set[str] = field(default_factory=set)

    @property
    def kind(self) -> str:
        return _kind(self.facts)

    def said(self, response: Element) -> dict[str, str]:
        """What is said to each answer of a response, by the answer."""
        found = {}
        for (respondent, answer), name in self.scoring.feedback_of(self.feedback).items():
            if respondent == response.get("ident"):
                found[answer] = self.feedback[name]
                self.used.add(name)
        return found


def read_qti1(stream: IO[bytes]) -> Iterator[Verdict]:
    for element in trees(stream, "item", "sourcebank_ref", "itemref"):
        yield _verdict(element)


def _verdict(element: Element) -> Verdict:
    title = element.get("title")
    try:
        if element.name != "item":
            raise CannotRead("It is only named here and stands in another file.")
        if element.is_cut:
            raise CannotRead("It is larger than a question can be.")
        return complete(_question(element, title))
    except CannotRead as cannot:
        return Unreadable(element.line, cannot.reason, (title or element.get("ident"))[:120], cannot.code)


def _question(element: Element, title: str) -> ParsedQuestion:
    facts = _facts(element)
    kind = _kind(facts)
    if kind in UNHELD:
        raise CannotRead(f"It asks for {UNHELD[kind]}, which no type of question here does.")
    presentation = element.first("presentation")
    if presentation is None or kind == "text_only_question":
        raise CannotRead("It is a text without a question.")
    feedback, explanation, left_out = _feedback(element)
    item = Item(element, facts, presented(presentation), Scoring(element), feedback)
    question_type, answers, more_left_out = _answered(item)
    if any(text for name, text in feedback.items() if name not in item.used):
        left_out.append(WHOLE)
    return ParsedQuestion(
        question_type,
        item.asked.text(with_gaps=question_type == QuestionType.SHORT_ANSWER),
        answers,
        title=title,
        code=code_or_nothing(element.get("ident")),
        points=_points(item, question_type),
        explanation=explanation,
        left_out=tuple(dict.fromkeys((*left_out, *more_left_out))),
        line=element.line,
    )


def _facts(element: Element) -> dict[str, str]:
    """The metadata of an item: fields with a label, and elements of Blackboard and old tools."""
    facts = {}
    for metadata in element.each("itemmetadata"):
        for entry in metadata.below("qtimetadatafield"):
            label, value = entry.first("fieldlabel"), entry.first("fieldentry")
            if label is not None and value is not None:
                facts[label.text.lower()] = value.text
        facts.update({entry.name.lower(): entry.text for entry in metadata.elements if not entry.elements})
    return facts


def _kind(facts: dict[str, str]) -> str:
    """What Canvas, Blackboard or Common Cartridge calls this type of question."""
    return (facts.get("question_type") or facts.get("bbmd_questiontype") or facts.get("cc_profile") or "").lower()


def _feedback(element: Element) -> tuple[dict[str, str], str, list[str]]:
    """The texts by their name, the general one, and what cannot be kept."""
    texts: dict[str, str] = {}
    explanations, left_out = [], []
    for shown in element.each("itemfeedback"):
        if next(shown.below("hint"), None) is not None:
            left_out.append("hints")
            continue
        text = material_text(shown)
        if shown.get("ident") == "general_fb" or next(shown.below("solution"), None) is not None:
            explanations.append(text)
        else:
            texts[shown.get("ident")] = text
    return texts, "\n".join(filter(None, explanations)), left_out


def _answered(item: Item) -> Answered:
    responses = item.asked.responses
    if not responses:
        raise CannotRead("It has nothing to answer with.")
    if strange := [response.name for response in responses if response.name not in {"response_lid", "response_str"}]:
        what = "a number" if strange[0] == "response_num" else "a kind of answer"
        raise CannotRead(f"It asks for {what} that no type of question here does.")
    if all(response.name == "response_lid" for response in responses):
        if len(responses) > 1 or item.kind in {"matching_question", "matching"}:
            return _matching(item)
        return _choice(item, responses[0])
    if len(responses) > 1:
        raise CannotRead("It has several gaps to fill, which no type of question here has.")
    return _text(item, responses[0])


def _labels(response: Element) -> list[tuple[str, str, int]]:
    """Ident, text and line of each label. Raises `CannotRead` unless they are plain choices."""
    if any(child.name.startswith("render_") and child.name != "render_choice" for child in response.elements):
        raise CannotRead("Its answers are not chosen from a list, which no type of question here does.")
    labels = [(label.get("ident"), material_text(label), label.line) for label in response.below("response_label")]
    if len({ident for ident, _, _ in labels}) < len(labels):
        raise CannotRead("Two of its answers have the same name in the file.")
    return labels


def _choice(item: Item, response: Element) -> Answered:
    labels = _labels(response)
    names = [ident for ident, _, _ in labels]
    cardinality = response.get("rcardinality").lower() or "single"
    if cardinality == "ordered":
        raise CannotRead("It asks for things to put in order, which no type of question here does.")
    is_multiple = cardinality == "multiple"
    earned = item.scoring.multiple(names) if is_multiple else item.scoring.single(names)
    answers = weighted(labels, earned, item.said(response), is_multiple=is_multiple)
    return multiple_choice(answers) if is_multiple else one_of(answers)


def _text(item: Item, response: Element) -> Answered:
    if any(
        field.get("fibtype").lower() in {"integer", "decimal", "scientific"} for field in response.below("render_fib")
    ):
        raise CannotRead("It asks for a number, which no type of question here does.")
    earning = list(item.scoring.earning())
    if item.kind in ESSAYS or not earning:
        return essay()
    if any(condition.not_given or "and" in condition.names for condition in earning):
        raise CannotRead("It is scored by a rule that cannot be read.")
    said = item.said(response)
    best = max(condition.earns for condition in earning)
    accepted = {
        text: Weighted(text.replace("*", "\\*"), condition.earns * 100 / best, said.get(text, ""), item.element.line)
        for condition in earning
        for _, text in condition.given
    }
    known = [
        Weighted(text.replace("*", "\\*"), Decimal(0), fb, item.element.line)
        for text, fb in said.items()
        if text not in accepted
    ]
    return short_answer([*accepted.values(), *known])


def _matching(item: Item) -> Answered:
    """Pairs whose left sides are responses and whose right sides are labels; Blackboard lists the latter apart."""
    apart = item.asked.right_sides
    right_of: dict[str, str] = {}
    for condition in item.scoring.conditions:
        if condition.is_about_one and (condition.earns > 0 or apart):
            right_of.setdefault(*condition.given[0])
    pairs, rights = [], {}
    for response in item.asked.responses:
        labels = _labels(response)
        texts = {ident: apart[at] if at < len(apart) else text for at, (ident, text, _) in enumerate(labels)}
        rights.update(dict.fromkeys(texts.values()))
        left = material_text(response) or item.asked.label_before(response)
        if not left:
            raise CannotRead("It has several gaps to fill, which no type of question here has.")
        if (right := right_of.get(response.get("ident"), "")) not in texts:
            raise CannotRead("One of its pairs has no right answer.")
        pairs.append(ParsedAnswer(left, match=texts[right], line=response.line))
    paired = {pair.match for pair in pairs}
    more = [ParsedAnswer("", match=text, line=item.element.line) for text in rights if text not in paired and text]
    return matching([*pairs, *more])


def _points(item: Item, question_type: QuestionType) -> int | None:
    """What the item says; a scale up to 100 is one of percents."""
    for label in ("points_possible", "qmd_absolutescore_max", "cc_weighting", "qmd_weighting"):
        if NUMBER.fullmatch(value := item.facts.get(label, "").strip()) and Decimal(value):
            return points_of(value)
    best = item.scoring.maximum
    if best is None:
        earned = [condition.earns for condition in item.scoring.conditions if condition.earns > 0]
        adds_up = question_type in {QuestionType.MATCHING, QuestionType.MULTIPLE_CHOICE}
        best = sum(earned, Decimal(0)) if adds_up else max(earned, default=Decimal(0))
    return points_of(f"{best:f}") if best > 0 and abs(best - 100) > 1 else None
