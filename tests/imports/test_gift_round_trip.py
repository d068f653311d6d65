"""What is written as GIFT is read again as it was, whatever signs stand in it."""

import io

from hypothesis import given, settings
from hypothesis import strategies as st

from imports.codes import CONTROL
from imports.questions import ParsedAnswer, ParsedQuestion, QuestionType, Unreadable, write_gift
from imports.questions.complete import NO_CHARACTER, tidy
from imports.questions.gift import read_gift

SIGNS = "~=#{}:\\->*%[]<&;/$T1a \n\t\u00a0é漢😀'\""
characters = st.sampled_from(SIGNS) | st.characters(codec="utf-8")
# No reader keeps blanks around a text, control characters, or a carriage return.
texts = st.text(characters, max_size=30).map(lambda text: tidy(NO_CHARACTER.sub("", CONTROL.sub("", text))))
PIECES = "-> %50% [html] <b> &lt; \\n \\ TRUE #### :: // $CATEGORY: * x ="
pieces = st.sampled_from([*PIECES.split(), "\n\n", " "])
awkward = st.lists(pieces, max_size=6).map("".join).map(str.strip)
anything = texts | awkward
filled = anything.filter(bool)
titles = anything.map(lambda text: " ".join(text.split()))
codes = st.just("") | st.from_regex(r"[A-Za-z0-9][A-Za-z0-9._-]{0,10}", fullmatch=True)


def answers_of(*, is_correct: bool) -> st.SearchStrategy[ParsedAnswer]:
    return st.builds(ParsedAnswer, text=filled, is_correct=st.just(is_correct), feedback=anything)


right, wrong = answers_of(is_correct=True), answers_of(is_correct=False)


@st.composite
def answered(draw: st.DrawFn, question_type: QuestionType) -> tuple[ParsedAnswer, ...]:
    if question_type == QuestionType.SINGLE_CHOICE:
        answers = draw(st.lists(wrong, min_size=1, max_size=4))
        answers.insert(draw(st.integers(0, len(answers))), draw(right))
        return tuple(answers)
    if question_type == QuestionType.MULTIPLE_CHOICE:
        return (draw(right), *draw(st.lists(right | wrong, min_size=1, max_size=8)))
    if question_type == QuestionType.SHORT_ANSWER:
        return (draw(right), *draw(st.lists(right | wrong, max_size=3)))
    if question_type == QuestionType.TRUE_FALSE:
        is_true = draw(st.booleans())
        return (
            ParsedAnswer("True", is_true, draw(anything)),
            ParsedAnswer("False", not is_true, draw(anything)),
        )
    if question_type == QuestionType.MATCHING:
        pairs = draw(st.lists(st.tuples(filled, filled), min_size=2, max_size=4))
        extra = draw(st.lists(filled, max_size=2))
        return (
            *(ParsedAnswer(left, is_correct=True, match=right_side) for left, right_side in pairs),
            *(ParsedAnswer("", match=right_side) for right_side in extra),
        )
    return ()


questions = st.sampled_from(QuestionType).flatmap(
    lambda question_type: st.builds(
        ParsedQuestion,
        type=st.just(question_type),
        text=filled,
        answers=answered(question_type),
        title=titles,
        code=codes,
        points=st.none() | st.integers(0, 10_000),
        explanation=anything,
    )
)


@settings(deadline=None, max_examples=100)
@given(asked=st.lists(questions, max_size=3))
def test_questions_written_as_gift_are_read_as_they_were(asked: list[ParsedQuestion]) -> None:
    text = "".join(write_gift(asked))

    found = list(read_gift(io.StringIO(text)))

    assert [verdict for verdict in found if isinstance(verdict, Unreadable)] == []
    assert found == asked
