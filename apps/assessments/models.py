"""Assessments of lessons with their questions and answers, and the attempts of learners at them."""

from typing import Any

from django.conf import settings
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.text import Truncator

from apps.assessments.states import AttemptState
from apps.audit.models import TrackedModel, tracked
from apps.catalog.models import Lesson
from apps.catalog.models.content import CodedModel, PlacedModel, two_characters
from apps.records.models import ArchivableModel, NaturalKeyModel, TimestampedModel

SHOWN_OF_TEXT = 80


class Assessment(NaturalKeyModel, ArchivableModel, TimestampedModel, TrackedModel):
    """What learners are asked in one lesson, and when they have passed."""

    class QuizType(models.TextChoices):
        PRACTICE = "practice", "Practice"
        GRADED = "graded", "Graded"
        FINAL = "final", "Final exam"

    lesson = models.OneToOneField(
        Lesson,
        models.CASCADE,
        related_name="assessment",
        error_messages={"unique": "This lesson has an assessment already. Open it, or restore it if it is archived."},
    )
    title = models.CharField(max_length=255, validators=[two_characters])
    description = models.TextField(blank=True, help_text="What learners read before they begin.")
    quiz_type = models.CharField("type", max_length=20, choices=QuizType, default=QuizType.PRACTICE)
    passing_score = models.PositiveSmallIntegerField(
        "passing score (%)",
        default=70,
        validators=[MaxValueValidator(100)],
        help_text="The share of all points it takes to pass.",
    )
    max_attempts = models.PositiveIntegerField("attempts", default=3, help_text="0 means no limit.")
    time_limit_minutes = models.PositiveIntegerField("time limit (minutes)", default=0, help_text="0 means no limit.")
    randomize_questions = models.BooleanField("questions in random order", default=False)
    show_correct_answers = models.BooleanField("shows the right answers afterwards", default=True)
    show_results = models.BooleanField("shows the result at once", default=True)

    history = tracked()

    natural_key_fields = ("lesson__course__code", "lesson__code")

    class Meta(ArchivableModel.Meta):
        abstract = False
        ordering = ["lesson_id"]
        constraints = [
            models.CheckConstraint(condition=Q(passing_score__lte=100), name="assessment_passing_score_0_to_100")
        ]
        permissions = [("import_assessment", "Can import assessments"), ("export_assessment", "Can export assessments")]

    def __str__(self) -> str:
        return self.title


class Question(CodedModel, NaturalKeyModel, ArchivableModel, TimestampedModel, TrackedModel):
    """One question of an assessment; what is right is said by its answers."""

    code_prefix, code_field, parent_field = "q", "assessment", "assessment"

    class Type(models.TextChoices):
        SINGLE_CHOICE = "single_choice", "Single choice"
        MULTIPLE_CHOICE = "multiple_choice", "Multiple choice"
        TRUE_FALSE = "true_false", "True or false"
        SHORT_ANSWER = "short_answer", "Short answer"
        MATCHING = "matching", "Matching"
        ESSAY = "essay", "Essay"

    assessment = models.ForeignKey(Assessment, models.CASCADE, related_name="questions")
    text = models.TextField("question")
    type = models.CharField(
        max_length=20,
        choices=Type,
        default=Type.MULTIPLE_CHOICE,
        help_text="A single choice has one right answer, a multiple choice may have several.",
    )
    points = models.PositiveIntegerField(default=1)
    explanation = models.TextField(blank=True, help_text="What learners read after they have answered.")

    history = tracked()

    natural_key_fields = ("assessment__lesson__course__code", "assessment__lesson__code", "code")

    class Meta(ArchivableModel.Meta):
        abstract = False
        ordering = ["assessment_id", "order", "pk"]
        constraints = [models.UniqueConstraint("assessment", Lower("code"), name="question_code_in_assessment")]
        indexes = [models.Index(fields=["assessment", "order"])]
        permissions = [("import_question", "Can import questions"), ("export_question", "Can export questions")]

    def __str__(self) -> str:
        return in_short(self.text)


class Answer(PlacedModel, NaturalKeyModel, TimestampedModel, TrackedModel):
    """One answer to choose, to accept or, beside what it is matched with, to match."""

    parent_field = "question"

    question = models.ForeignKey(Question, models.CASCADE, related_name="answers")
    text = models.CharField("answer", max_length=500)
    is_correct = models.BooleanField("right", default=False)
    match = models.CharField(
        "matched with", max_length=500, blank=True, help_text="Of a matching question: what belongs to it."
    )
    feedback = models.TextField(blank=True, help_text="What learners read who choose it.")

    history = tracked()

    natural_key_fields = (
        "question__assessment__lesson__course__code",
        "question__assessment__lesson__code",
        "question__code",
        "order",
    )

    class Meta:
        ordering = ["question_id", "order"]
        constraints = [
            models.UniqueConstraint(fields=["question", "order"], name="one_answer_at_each_place"),
            models.CheckConstraint(condition=Q(order__gte=1), name="answer_has_a_place"),
        ]
        permissions = [("import_answer", "Can import answers"), ("export_answer", "Can export answers")]

    def __str__(self) -> str:
        return in_short(self.text)


class Attempt(TimestampedModel, TrackedModel):
    """One attempt of a learner at an assessment; its result follows from its answers."""

    State = AttemptState

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="attempts", verbose_name="learner")
    assessment = models.ForeignKey(Assessment, models.PROTECT, related_name="attempts")
    number = models.PositiveIntegerField("attempt", default=1)
    state = models.CharField(max_length=20, choices=AttemptState, default=AttemptState.STARTED)
    started_at = models.DateTimeField("started", default=timezone.now)
    completed_at = models.DateTimeField("handed in", null=True, blank=True)
    seconds_spent = models.PositiveIntegerField("time spent (seconds)", default=0)
    score = models.PositiveIntegerField("points", default=0)
    max_score = models.PositiveIntegerField("of points", default=0)
    is_passed = models.BooleanField("passed", null=True, blank=True, help_text="Empty until everything is graded.")
    ip_address = models.GenericIPAddressField("IP address", null=True, blank=True)
    user_agent = models.TextField("browser", blank=True)

    history = tracked()

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(fields=["user", "assessment", "number"], name="attempts_are_numbered"),
            models.CheckConstraint(condition=Q(number__gte=1), name="attempts_are_numbered_from_1"),
            models.CheckConstraint(condition=Q(score__lte=F("max_score")), name="attempt_score_not_above_its_most"),
            models.CheckConstraint(
                condition=Q(state="started", completed_at=None) | (~Q(state="started") & Q(completed_at__isnull=False)),
                name="attempt_handed_in_or_under_way",
            ),
        ]
        indexes = [models.Index(fields=["state", "completed_at"])]
        permissions = [("grade_attempt", "Can grade essays")]

    def __str__(self) -> str:
        return f"{self.learner_name}: {self.assessment}, attempt {self.number}"

    @property
    def learner_name(self) -> str:
        """The learner's name without the address, which not everybody may see."""
        return self.user.get_full_name() or f"Learner {self.user_id}"

    @property
    def percent(self) -> int | None:
        """The share of all points that was reached; None while there is nothing to reach or something to grade."""
        is_known = self.state == AttemptState.GRADED and self.max_score
        return self.score * 100 // self.max_score if is_known else None


class AttemptAnswer(TimestampedModel, TrackedModel):
    """What a learner answered to one question, in the words it had then: later edits change nothing here."""

    attempt = models.ForeignKey(Attempt, models.CASCADE, related_name="answers")
    question = models.ForeignKey(Question, models.PROTECT, related_name="given_answers")
    chosen = models.JSONField(default=list, blank=True, help_text="The answers chosen, or the pairs made, as texts.")
    text_answer = models.TextField("own words", blank=True)
    is_correct = models.BooleanField("right", null=True, blank=True, help_text="Empty where a person decides.")
    points_earned = models.PositiveIntegerField("points", null=True, blank=True, help_text="Empty until graded.")
    max_points = models.PositiveIntegerField("of points", default=1)
    feedback = models.TextField(blank=True)
    answered_at = models.DateTimeField("answered", default=timezone.now)

    history = tracked()

    class Meta:
        ordering = ["attempt_id", "question__order", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["attempt", "question"], name="one_answer_per_attempt_and_question"),
            models.CheckConstraint(
                condition=Q(points_earned=None) | Q(points_earned__lte=F("max_points")),
                name="points_earned_not_above_their_most",
            ),
        ]

    def __str__(self) -> str:
        return f"Answer to “{self.question}”"

    @property
    def is_essay(self) -> bool:
        return bool(self.question.type == Question.Type.ESSAY)


def in_short(text: Any) -> str:
    """The beginning of a text, on one line."""
    return Truncator(" ".join(str(text).split())).chars(SHOWN_OF_TEXT)
