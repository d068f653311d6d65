"""How an item of QTI 1.2 says what is right: its conditions, what each is worth, and what is said to whom."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from imports.questions.complete import FULL, Weighted
from imports.questions.elements import Element
from imports.questions.parsed import CannotRead

NUMBER = re.compile(r"[+-]?[0-9]{1,12}(\.[0-9]{0,12})?")
READABLE = frozenset({"and", "or", "not", "varequal", "other", "unanswered"})
NOT_READABLE = "It is scored by a rule that cannot be read."


@dataclass(slots=True)
class Condition:
    """One respcondition: the answers that must and must not be given, what that earns, and what is said then."""

    given: list[tuple[str, str]] = field(default_factory=list)
    not_given: list[tuple[str, str]] = field(default_factory=list)
    names: set[str] = field(default_factory=set)
    earns: Decimal = Decimal(0)
    feedback: list[str] = field(default_factory=list)

    @property
    def is_about_one(self) -> bool:
        return len(self.given) == 1 and not self.not_given


class Scoring:
    """All conditions of an item."""

    def __init__(self, item: Element) -> None:
        self.maximum = self._declared_maximum(item)
        self.conditions = [
            self._condition(element)
            for processing in item.each("resprocessing")
            for element in processing.below("respcondition")
        ]

    @staticmethod
    def _declared_maximum(item: Element) -> Decimal | None:
        for variable in item.below("decvar"):
            if NUMBER.fullmatch(most := variable.get("maxvalue")):
                return Decimal(most)
        return None

    def _condition(self, element: Element) -> Condition:
        condition = Condition()
        for variables in element.each("conditionvar"):
            for names, positive, part in _parts(variables):
                condition.names |= names
                if part.name == "varequal":
                    literal = (part.get("respident"), part.text)
                    (condition.given if positive else condition.not_given).append(literal)
        condition.earns = sum((self._earned(change) for change in element.each("setvar")), Decimal(0))
        condition.feedback = [shown.get("linkrefid") for shown in element.each("displayfeedback")]
        return condition

    def _earned(self, change: Element) -> Decimal:
        text, action = change.text, change.get("action").lower() or "set"
        if text.lower().endswith(".max"):
            value = self.maximum or FULL
        elif NUMBER.fullmatch(text):
            value = Decimal(text)
        else:
            raise CannotRead(NOT_READABLE)
        if action not in {"set", "add", "subtract"}:
            raise CannotRead(NOT_READABLE)
        return -value if action == "subtract" else value

    def earning(self) -> Iterator[Condition]:
        """The conditions that change the points. Raises `CannotRead` for those that say more than which answers."""
        for condition in self.conditions:
            if not condition.earns:
                continue
            if condition.names - READABLE or (condition.earns > 0 and not condition.given):
                raise CannotRead(NOT_READABLE)
            if condition.given:
                yield condition

    def single(self, labels: Sequence[str]) -> dict[str, Decimal]:
        """What each label earns where one is chosen, in points."""
        earned = dict.fromkeys(labels, Decimal(0))
        for condition in self.earning():
            for _, label in condition.given:
                _known(label, earned)
                earned[label] = max(earned[label], condition.earns) if condition.earns > 0 else condition.earns
        return earned

    def multiple(self, labels: Sequence[str]) -> dict[str, Decimal]:
        """What each label earns where several are chosen: each by itself, or one set of them all together."""
        earned = dict.fromkeys(labels, Decimal(0))
        together: list[Condition] = []
        for condition in self.earning():
            for _, label in condition.given:
                _known(label, earned)
            if condition.is_about_one:
                earned[condition.given[0][1]] += condition.earns
            elif condition.earns > 0:
                together.append(condition)
        if not together:
            return earned
        if len(together) > 1 or any(value > 0 for value in earned.values()) or "or" in together[0].names:
            raise CannotRead("Several sets of answers earn points, which cannot be held.")
        right = {label for _, label in together[0].given}
        share = together[0].earns / len(together[0].given)
        return {label: share if label in right else min(value, Decimal(0)) for label, value in earned.items()}

    def feedback_of(self, texts: dict[str, str]) -> dict[tuple[str, str], str]:
        """What is said to who gives one answer, by answer; the first text that is not blank counts."""
        said: dict[tuple[str, str], str] = {}
        for condition in self.conditions:
            for literal in condition.given if not condition.not_given and "and" not in condition.names else ():
                for name in condition.feedback:
                    if texts.get(name) and len(condition.given) == 1:
                        said.setdefault(literal, name)
        return said


def _known(label: str, labels: dict[str, Decimal]) -> None:
    if label not in labels:
        raise CannotRead("Its scoring names an answer that it does not have.")


def _parts(variables: Element) -> Iterator[tuple[set[str], bool, Element]]:
    """Each part of a condition, the names on the way to it, and whether it must hold."""
    waiting = [({part.name}, True, part) for part in reversed(variables.elements)]
    while waiting:
        names, positive, part = waiting.pop()
        yield names, positive, part
        within = positive != (part.name == "not")
        waiting.extend((names | {inner.name}, within, inner) for inner in reversed(part.elements))


def in_percent(earned: Decimal, best: Decimal) -> Decimal:
    return earned * FULL / best if best else earned


def weighted(
    labels: Sequence[tuple[str, str, int]], earned: dict[str, Decimal], said: dict[str, str], *, is_multiple: bool
) -> list[Weighted]:
    """The labels (ident, text, line) as answers, their points as shares of the most there is to earn."""
    positive = [value for value in earned.values() if value > 0]
    best = sum(positive, Decimal(0)) if is_multiple else max(positive, default=Decimal(0))
    return [Weighted(text, in_percent(earned[ident], best), said.get(ident, ""), line) for ident, text, line in labels]
