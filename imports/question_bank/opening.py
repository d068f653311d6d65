"""The source of parts behind question files: see `imports.sources`, where it is registered."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from imports.codes import Message, WarningCode
from imports.guard import open_archive, refuse_dangerous_archive
from imports.models import ImportJob
from imports.planner.reading import CLEAR_WORD
from imports.question_bank.codes import with_codes
from imports.question_bank.into import Target, target_of
from imports.question_bank.tables import (
    ANSWER,
    ASSESSMENT,
    QUESTION,
    answer_rows,
    assessment_rows,
    question_rows,
    rows_of,
)
from imports.questions import ParsedQuestion, QuestionFile, QuestionType, Unreadable, Verdict
from imports.questions.complete import texts_of
from imports.questions.package import MANIFEST
from imports.sources import Found, Opened
from imports.types.composites import SHEETS

QUESTION_ENDINGS = (".txt", ".gift", ".aiken", ".xml", ".qti", ".zip", ".imscc")
LINES_NAMED = 5


@contextmanager
def open_questions(job: ImportJob, path: Path) -> Iterator[Opened]:
    """The assessment, the questions and the answers of a file. Raises `FileRefused`."""
    file = QuestionFile(path, encoding=job.encoding)
    verdicts = list(_verdicts(file))
    into = target_of(job)
    tables = (
        ("assessments", ASSESSMENT, assessment_rows(into, _title_of_new(job, into))),
        ("questions", QUESTION, question_rows(verdicts, into)),
        ("answers", ANSWER, answer_rows(verdicts, into)),
    )
    found = [Found(kind, SHEETS[kind], rows_of(headers, rows, job.format)) for kind, headers, rows in tables]
    yield Opened(found, _left_out(verdicts))


def looks_like_questions(path: Path, ending: str) -> bool:
    """Whether a file that nobody said anything about is one of questions; an archive only by its manifest.

    Raises `FileRefused` for an archive that may not be opened.
    """
    if ending != "zip":
        return f".{ending}" in QUESTION_ENDINGS
    refuse_dangerous_archive(path, workbook=False)
    with open_archive(path) as archive:
        return any(name.rpartition("/")[2] == MANIFEST for name in archive.namelist())


def _verdicts(file: QuestionFile) -> Iterator[Verdict]:
    """The verdicts in the order of the file, the questions with their codes."""
    read = [_held(verdict) for verdict in file.verdicts()]
    coded = with_codes((verdict for verdict in read if isinstance(verdict, ParsedQuestion)), file.format)
    return (next(coded) if isinstance(verdict, ParsedQuestion) else verdict for verdict in read)


def _held(verdict: Verdict) -> Verdict:
    """A question that was read and has a part for which there is no place here cannot be imported either."""
    if isinstance(verdict, Unreadable):
        return verdict
    reason = ""
    if verdict.type == QuestionType.MATCHING:
        extra = next((answer.match for answer in verdict.answers if not answer.text), "")
        reason = extra and f"“{extra[:60]}” can be chosen but belongs to nothing; pairs here have two sides. Remove it."
    if any(text.lower() == CLEAR_WORD for text in texts_of(verdict)):
        reason = f"One of its texts is only “{CLEAR_WORD}”, which would empty a cell. Write it otherwise."
    if not reason:
        return verdict
    return Unreadable(verdict.line, reason, verdict.title or verdict.text[:120], source=verdict.source)


def _title_of_new(job: ImportJob, into: Target) -> str:
    """The title of the assessment that is made, after its lesson; none where the lesson has one already."""
    lesson = into.lesson_for(job.uploader) if into else None
    if lesson is None:
        return "Questions"
    return "" if hasattr(lesson, "assessment") else lesson.title


def _left_out(verdicts: Sequence[Verdict]) -> list[Message]:
    """What files say of questions and nothing here can hold: one warning for each such thing."""
    lines: dict[str, list[int]] = {}
    for verdict in verdicts:
        if isinstance(verdict, ParsedQuestion):
            for what in verdict.left_out:
                lines.setdefault(what, []).append(verdict.line)
    return [Message(WarningCode.W_RULE, _not_taken_over(what, found), found[0]) for what, found in lines.items()]


def _not_taken_over(what: str, lines: Sequence[int]) -> str:
    named = ", ".join(f"{line:,}" for line in lines[:LINES_NAMED])
    more = f" and {len(lines) - LINES_NAMED:,} more" if len(lines) > LINES_NAMED else ""
    return f"Not taken over: {what} (question{'s' * (len(lines) > 1)} on line {named}{more})."
