"""Questions as GIFT. What Moodle's format has no word for (code, points) stands in a comment, which Moodle skips."""

from collections.abc import Iterable, Iterator
from html import escape

from imports.questions.parsed import ParsedAnswer, ParsedQuestion, QuestionType

ESCAPES = str.maketrans({**{sign: f"\\{sign}" for sign in "\\~=#{}:"}, "\n": "\\n"})


def write_gift(questions: Iterable[ParsedQuestion]) -> Iterator[str]:
    """The text, question by question."""
    for question in questions:
        notes = [f"[id:{question.code}]"] if question.code else []
        notes += [f"[points:{question.points}]"] if question.points is not None else []
        if notes:
            yield f"// {' '.join(notes)}\n"
        if question.title:
            yield f"::{question.title.translate(ESCAPES)}::"
        yield f"{_marked(question.text)} {{"
        yield _answers(question)
        if question.explanation:
            yield f"####{_marked(question.explanation)}"
        yield "}\n\n"


def _answers(question: ParsedQuestion) -> str:
    if question.type == QuestionType.ESSAY:
        return ""
    if question.type == QuestionType.TRUE_FALSE:
        return _true_or_false(question.answers)
    right = sum(answer.is_correct for answer in question.answers)
    return "\n" + "".join(f"\t{_answer(answer, question.type, right)}\n" for answer in question.answers)


def _true_or_false(answers: tuple[ParsedAnswer, ...]) -> str:
    if_true, if_false = answers
    right, wrong = (if_true, if_false) if if_true.is_correct else (if_false, if_true)
    said = [_marked(wrong.feedback), _marked(right.feedback)]
    while said and not said[-1]:
        said.pop()
    return "#".join(["TRUE" if if_true.is_correct else "FALSE", *said])


def _answer(answer: ParsedAnswer, question_type: QuestionType, right: int) -> str:
    if question_type == QuestionType.MATCHING:
        return f"={_without_arrow(answer.text)} -> {answer.match.translate(ESCAPES)}"
    if question_type == QuestionType.SHORT_ANSWER:
        weight = 100 if answer.is_correct else 0
        text = _without_arrow(answer.text.replace("*", "\\*"))
        return f"=%{weight}%{text}{_said(_without_arrow(answer.feedback))}"
    text = f"{_marked(answer.text)}{_said(_marked(answer.feedback))}"
    if question_type == QuestionType.MULTIPLE_CHOICE and answer.is_correct:
        return f"~%{100 / right:.5f}%{text}"
    return f"{'=' if answer.is_correct else '~'}{text}"


def _said(feedback: str) -> str:
    return f"#{feedback}" if feedback else ""


def _marked(text: str) -> str:
    """The text with its signs escaped, and with its format where a reader would take it for something else."""
    is_plain = not text or (text[0].isalnum() and "<" not in text)
    return f"{'' if is_plain else '[plain]'}{text.translate(ESCAPES)}"


def _without_arrow(text: str) -> str:
    """An arrow makes a pair and cannot be escaped; as HTML it can be written otherwise."""
    if "->" not in text:
        return _marked(text)
    return f"[html]<pre>{escape(text, quote=False).translate(ESCAPES)}</pre>"
