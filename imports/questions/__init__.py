"""Questions of other platforms: GIFT, Aiken, Moodle XML, QTI 1.2 and 2.1, read completely or not at all."""

from imports.questions.gift_writer import write_gift
from imports.questions.parsed import ParsedAnswer, ParsedQuestion, QuestionType, Unreadable, Verdict
from imports.questions.recognizing import FORMATS, GIFT, QuestionFile

__all__ = [
    "FORMATS",
    "GIFT",
    "ParsedAnswer",
    "ParsedQuestion",
    "QuestionFile",
    "QuestionType",
    "Unreadable",
    "Verdict",
    "write_gift",
]
