"""QTI 2.1 and 2.2: items with one interaction, and the right answer in the declaration of its response."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import IO

from imports.questions.complete import (
    FULL,
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
from imports.questions.parsed import CannotRead, ParsedAnswer, ParsedQuestion, Unreadable, Verdict
from imports.questions.qti1_scoring import NUMBER
from imports.questions.rich_text import PlainText
from imports.questions.walking import walk

ITEM = "assessmentItem"
UNHELD = {
    "orderInteraction": "things to put in order",
    "graphicOrderInteraction": "things to put in order",
    "associateInteraction": "pairs without sides",
    "graphicAssociateInteraction": "pairs on a picture",
    "gapMatchInteraction": "words to drag into a text",
    "graphicGapMatchInteraction": "things to drag onto a picture",
    "inlineChoiceInteraction": "gaps to fill from lists",
    "hottextInteraction": "words to mark in a text",
    "hotspotInteraction": "a place on a picture",
    "selectPointInteraction": "a place on a picture",
    "positionObjectInteraction": "things to place on a picture",
    "sliderInteraction": "a number on a slider",
    "mediaInteraction": "a media file to play",
    "drawingInteraction": "a drawing",
    "uploadInteraction": "a file",
    "customInteraction": "something only another program knows",
    "endAttemptInteraction": "a button",
}
BLANK = "_____"
MAP_RESPONSE = "map_response"
ANY_OTHER = ""
RULE_NAMES = """
responseCondition responseIf responseElseIf responseElse match variable correct isNull not and setOutcomeValue baseValue
mapResponse sum
"""
SIMPLE_RULES = frozenset(RULE_NAMES.split())


@dataclass
class Body:
    """What an item asks: its text with the gap in it, and its interactions."""

    interactions: list[Element] = field(default_factory=list)
    feedback: dict[str, str] = field(default_factory=dict)
    has_hidden: bool = False

    def skip(self, element: Element, page: PlainText) -> bool:
        """Takes interactions out of the text, and notes for graders and blocks that are shown later."""
        if element.name.endswith("Interaction"):
            self.interactions.append(element)
            if element.name == "textEntryInteraction":
                page.text(BLANK)
            elif (prompt := element.first("prompt")) is not None:
                page.start("div", {})
                walk(prompt, page, self.skip)
                page.end("div")
            return True
        if element.name in {"rubricBlock", "feedbackBlock", "feedbackInline", "templateBlock", "templateInline"}:
            self.has_hidden |= element.name != "rubricBlock" or "candidate" not in element.get("view")
            return element.name != "rubricBlock" or "candidate" not in element.get("view")
        if element.name == "printedVariable":
            raise CannotRead("Its text holds numbers that change, which cannot be held.")
        return element.name == "stylesheet"


def read_qti2(stream: IO[bytes]) -> Iterator[Verdict]:
    for element in trees(stream, ITEM, "assessmentItemRef"):
        yield _verdict(element)


def _verdict(element: Element) -> Verdict:
    title = element.get("title") or element.get("identifier")
    try:
        if element.name != ITEM:
            raise CannotRead("It is only named here and stands in another file. Upload the whole package.")
        if element.is_cut:
            raise CannotRead("It is larger than a question can be.")
        return complete(_question(element))
    except CannotRead as cannot:
        return Unreadable(element.line, cannot.reason, title[:120], cannot.code)


def _question(element: Element) -> ParsedQuestion:
    if element.get("adaptive") == "true" or element.first("templateDeclaration") is not None:
        raise CannotRead("It changes from one attempt to the next, which no type of question here does.")
    item_body = element.first("itemBody")
    if item_body is None:
        raise CannotRead("It asks nothing: it has no body.")
    body = Body()
    text = walk(item_body, PlainText(), body.skip).result()
    if not body.interactions:
        raise CannotRead("It is a text without a question.")
    interaction = body.interactions[0]
    if interaction.name in UNHELD:
        raise CannotRead(f"It asks for {UNHELD[interaction.name]}, which no type of question here does.")
    if len(body.interactions) > 1:
        raise CannotRead("It asks for several things at once, which no type of question here does.")
    if interaction.name not in READERS:
        raise CannotRead(f"It asks in a way that is not known here ({interaction.name[:40]}).")
    declaration = next(
        (
            one
            for one in element.each("responseDeclaration")
            if one.get("identifier") == interaction.get("responseIdentifier")
        ),
        None,
    )
    question_type, answers, left_out = READERS[interaction.name](element, interaction, declaration)
    if interaction.name == "textEntryInteraction" and text.rstrip().endswith(BLANK):
        text = text.rstrip().removesuffix(BLANK)
    if any(feedback.elements or feedback.text for feedback in element.each("modalFeedback")):
        left_out += ("what is said to the whole answer",)
    if body.has_hidden:
        left_out += ("parts that are not shown at once",)
    return ParsedQuestion(
        question_type,
        text,
        answers,
        title=element.get("title"),
        code=code_or_nothing(element.get("identifier")),
        points=_points(element),
        left_out=left_out,
        line=element.line,
    )


def _points(element: Element) -> int | None:
    for declaration in element.each("outcomeDeclaration"):
        value = declaration.first("defaultValue", "value")
        if declaration.get("identifier") == "MAXSCORE" and value is not None and NUMBER.fullmatch(value.text):
            return points_of(value.text)
    for declaration in element.each("outcomeDeclaration"):
        if declaration.get("identifier") == "SCORE" and NUMBER.fullmatch(most := declaration.get("normalMaximum")):
            return points_of(most)
    return None


def _plain(element: Element, said: dict[str, str] | None = None) -> str:
    """The text of a choice; what is said to who chooses it goes to `said`."""

    def skip(part: Element, _page: PlainText) -> bool:
        if part.name in {"feedbackInline", "feedbackBlock"}:
            if said is not None and part.get("identifier") == element.get("identifier"):
                said[part.get("identifier")] = walk(part, PlainText()).result()
            return True
        return False

    return walk(element, PlainText(), skip).result()


def _correct(declaration: Element | None) -> list[str]:
    values = declaration.first("correctResponse") if declaration is not None else None
    return [value.text for value in values.each("value")] if values is not None else []


def _mapped(declaration: Element | None) -> dict[str, Decimal]:
    mapping = declaration.first("mapping") if declaration is not None else None
    found: dict[str, Decimal] = {}
    if mapping is not None and mapping.get("defaultValue").startswith("-"):
        found[ANY_OTHER] = Decimal(-1)
    for entry in mapping.each("mapEntry") if mapping is not None else ():
        if not NUMBER.fullmatch(entry.get("mappedValue")):
            raise CannotRead("It is scored by a rule that cannot be read.")
        found[entry.get("mapKey")] = Decimal(entry.get("mappedValue"))
    return found


def _earned(element: Element, declaration: Element | None, *, is_multiple: bool) -> dict[str, Decimal]:
    """What each answer earns in percent: by the mapping where it counts, else by the list of right ones.

    What any other answer loses stands under `ANY_OTHER`.
    """
    processing = element.first("responseProcessing")
    template = processing.get("template") if processing is not None else ""
    if processing is not None and not template and _names(processing) - SIMPLE_RULES:
        raise CannotRead("It is scored by a rule that cannot be read.")
    correct, mapped = _correct(declaration), _mapped(declaration)
    uses_mapping = MAP_RESPONSE in template or (processing is not None and any(processing.below("mapResponse")))
    if mapped and (uses_mapping or not correct):
        positive = [value for value in mapped.values() if value > 0]
        best = sum(positive, Decimal(0)) if is_multiple else max(positive, default=Decimal(0))
        return {key: value * FULL / best if best else value for key, value in mapped.items()}
    share = FULL / len(correct) if is_multiple and correct else FULL
    return dict.fromkeys(correct, share)


def _names(processing: Element) -> set[str]:
    waiting, names = [processing], set()
    while waiting:
        for child in waiting.pop().elements:
            names.add(child.name)
            waiting.append(child)
    return names


def _choice(element: Element, interaction: Element, declaration: Element | None) -> Answered:
    is_multiple = declaration is not None and declaration.get("cardinality") == "multiple"
    if declaration is not None and declaration.get("cardinality") == "ordered":
        raise CannotRead("It asks for things to put in order, which no type of question here does.")
    if interaction.get("maxChoices") == "1":
        is_multiple = False
    earned = _earned(element, declaration, is_multiple=is_multiple)
    said: dict[str, str] = {}
    choices = [
        (choice.get("identifier"), _plain(choice, said), choice.line) for choice in interaction.below("simpleChoice")
    ]
    otherwise = earned.pop(ANY_OTHER, Decimal(0))
    if set(earned) - {identifier for identifier, _, _ in choices}:
        raise CannotRead("Its scoring names an answer that it does not have.")
    answers = [
        Weighted(text, earned.get(identifier, otherwise), said.get(identifier, ""), line)
        for identifier, text, line in choices
    ]
    return multiple_choice(answers) if is_multiple else one_of(answers)


def _text_entry(element: Element, interaction: Element, declaration: Element | None) -> Answered:
    if declaration is not None and declaration.get("baseType") in {"integer", "float"}:
        raise CannotRead("It asks for a number, which no type of question here does.")
    if interaction.get("patternMask"):
        raise CannotRead("It asks for a text that fits a pattern, which no type of question here does.")
    earned = _earned(element, declaration, is_multiple=False)
    answers = [
        Weighted(text.replace("*", "\\*"), percent, line=interaction.line) for text, percent in earned.items() if text
    ]
    return short_answer(answers)


def _extended_text(_element: Element, _interaction: Element, _declaration: Element | None) -> Answered:
    return essay()


def _match(element: Element, interaction: Element, declaration: Element | None) -> Answered:
    sides = [
        {choice.get("identifier"): choice for choice in side.each("simpleAssociableChoice")}
        for side in interaction.each("simpleMatchSet")
    ]
    if len(sides) != 2:
        raise CannotRead("It has not two sides to match.")
    partner: dict[str, str] = {}
    for key in [key for key, value in _earned(element, declaration, is_multiple=True).items() if value > 0]:
        left, _, right = key.partition(" ")
        if left not in sides[0] or right.strip() not in sides[1] or left in partner:
            raise CannotRead("Its left sides do not have one right side each, which cannot be held.")
        partner[left] = right.strip()
    if set(partner) != set(sides[0]):
        raise CannotRead("One of its pairs has no right answer.")
    pairs = [
        ParsedAnswer(_plain(choice), match=_plain(sides[1][partner[left]]), line=choice.line)
        for left, choice in sides[0].items()
    ]
    used = set(partner.values())
    unused = [choice for right, choice in sides[1].items() if right not in used]
    return matching([*pairs, *(ParsedAnswer("", match=_plain(choice), line=choice.line) for choice in unused)])


READERS: dict[str, Callable[[Element, Element, Element | None], Answered]] = {
    "choiceInteraction": _choice,
    "textEntryInteraction": _text_entry,
    "extendedTextInteraction": _extended_text,
    "matchInteraction": _match,
}
