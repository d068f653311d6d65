"""Rules that mark what a moderator should look at twice, as data; and the marks they leave."""

from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models

from apps.audit.models import TrackedModel, tracked
from apps.records.models import NaturalKeyModel, TimestampedModel
from apps.reviews.models.review import Review
from apps.reviews.words import normalized

MOST_PHRASES = 500
LONGEST_PHRASE = 60


class RuleKind(models.TextChoices):
    LINK = "link", "A link"
    EMAIL = "email", "An e-mail address"
    PHONE = "phone", "A phone number"
    WORDS = "words", "Words of a list"
    CAPITALS = "capitals", "Capital letters"
    DUPLICATE = "duplicate", "The same words elsewhere"
    OUTSIDER = "outsider", "A rating without enrollment"
    MANY_BY_PERSON = "many_by_person", "Many by one person"
    MANY_ON_COURSE = "many_on_course", "Many on one course"


COUNTED = frozenset({RuleKind.MANY_BY_PERSON, RuleKind.MANY_ON_COURSE})
NEEDS: dict[str, tuple[str, ...]] = {
    RuleKind.WORDS: ("words",),
    RuleKind.CAPITALS: ("limit",),
    RuleKind.MANY_BY_PERSON: ("limit", "within_hours"),
    RuleKind.MANY_ON_COURSE: ("limit", "within_hours"),
}
MISSING = {
    "words": "Write the words to look for, one in each line.",
    "limit": "Say from how many on (of capitals: from which percentage).",
    "within_hours": "Say within how many hours.",
}


class ReviewRule(NaturalKeyModel, TimestampedModel, TrackedModel):
    """One thing to look for. It decides nothing: the desk shows its sentence beside the review."""

    Kind = RuleKind

    code = models.SlugField("code", max_length=40, unique=True)
    kind = models.CharField("looks for", max_length=20, choices=RuleKind)
    sentence = models.CharField(max_length=120, help_text="What the desk says, for example: Holds a link.")
    words = models.TextField(blank=True, max_length=20_000, help_text="One word or phrase in each line.")
    limit = models.PositiveIntegerField(
        "from",
        null=True,
        blank=True,
        validators=[MinValueValidator(1)],
        help_text="A number of reviews; for capitals a percentage.",
    )
    within_hours = models.PositiveIntegerField(
        "within hours", null=True, blank=True, validators=[MinValueValidator(1)], help_text="For numbers of reviews."
    )
    is_active = models.BooleanField("active", default=True)

    history = tracked()
    natural_key_fields: ClassVar[tuple[str, ...]] = ("code",)

    class Meta:
        verbose_name = "review rule"
        verbose_name_plural = "review rules"
        ordering = ["code"]
        default_permissions = ("view", "add", "change")

    def __str__(self) -> str:
        return self.sentence

    def phrases(self) -> list[str]:
        """Its words, in the form in which texts are compared."""
        return [words for line in self.words.splitlines() if (words := normalized(line))]

    def clean(self) -> None:
        super().clean()
        missing: dict[str, Any] = {name: MISSING[name] for name in NEEDS.get(self.kind, ()) if not getattr(self, name)}
        if self.kind == RuleKind.CAPITALS and self.limit and self.limit > 100:
            missing["limit"] = "A percentage is at most 100."
        if self.kind == RuleKind.WORDS and not missing:
            phrases = self.phrases()
            if not phrases or len(phrases) > MOST_PHRASES or max(map(len, phrases)) > LONGEST_PHRASE:
                missing["words"] = (
                    f"Write up to {MOST_PHRASES:,} words or phrases, each of at most {LONGEST_PHRASE} letters."
                )
        if missing:
            raise ValidationError(missing)


class ReviewMark(models.Model):
    """What a rule found in one review; written anew whenever the review or the rule changes."""

    review = models.ForeignKey(Review, models.CASCADE, related_name="marks", db_index=False)
    rule = models.ForeignKey(ReviewRule, models.CASCADE, related_name="marks", db_index=False)
    found = models.CharField(max_length=200, blank=True)

    class Meta:
        verbose_name = "mark"
        verbose_name_plural = "marks"
        ordering = ["pk"]
        default_permissions = ()
        indexes = [models.Index(fields=["rule", "review"], name="marks_of_a_rule")]
        constraints = [models.UniqueConstraint(fields=["review", "rule"], name="one_mark_per_review_and_rule")]

    def __str__(self) -> str:
        return str(self.rule)
