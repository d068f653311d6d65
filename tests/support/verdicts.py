"""What a test asks of the verdicts on a question file."""

from collections.abc import Callable

from imports.questions import ParsedQuestion, Unreadable, Verdict

Read = Callable[..., list[Verdict]]


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


def questions(verdicts: list[Verdict]) -> list[ParsedQuestion]:
    return [verdict for verdict in verdicts if isinstance(verdict, ParsedQuestion)]


def said(question: ParsedQuestion) -> list[tuple[str, bool, str]]:
    return [(answer.text, answer.is_correct, answer.feedback) for answer in question.answers]
