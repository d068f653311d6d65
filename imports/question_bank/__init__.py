"""A question file as an import: the assessment of one lesson, its questions, and their answers."""

from imports.question_bank.into import QUESTION_BANK, Target, lessons_for, target_of
from imports.question_bank.opening import QUESTION_ENDINGS, looks_like_questions, open_questions

__all__ = [
    "QUESTION_BANK",
    "QUESTION_ENDINGS",
    "Target",
    "lessons_for",
    "looks_like_questions",
    "open_questions",
    "target_of",
]
