"""What the mail of each kind says, as administrators word it."""

from django.core.exceptions import ValidationError
from django.db import models

from apps.audit.models import TrackedModel, tracked
from apps.notifications.kinds import Kind, kind_of
from apps.notifications.wording import check_html, check_placeholders
from apps.records.models import NaturalKeyModel, TimestampedModel


class MailTemplate(NaturalKeyModel, TimestampedModel, TrackedModel):
    """The words of one kind of mail. Only the placeholders of its kind are put in; there is no language behind them."""

    kind = models.CharField(max_length=40, unique=True, editable=False)
    subject = models.CharField(max_length=150)
    text = models.TextField("plain text", max_length=5000)
    html = models.TextField(
        "HTML",
        max_length=10_000,
        blank=True,
        help_text="Paragraphs, lists, links and emphasis only. Empty means that the mail is plain text.",
    )

    history = tracked()

    natural_key_fields = ("kind",)

    class Meta:
        verbose_name = "mail template"
        verbose_name_plural = "mail templates"
        ordering = ["kind"]
        default_permissions = ("view", "change")

    def __str__(self) -> str:
        return self.facts.title

    @property
    def facts(self) -> Kind:
        """The kind with its placeholders and its first words."""
        return kind_of(self.kind)

    @property
    def is_changed(self) -> bool:
        """Whether it says something else than at first."""
        return any(getattr(self, name).strip() != getattr(self.facts, name) for name in ("subject", "text", "html"))

    def clean(self) -> None:
        super().clean()
        # A browser posts lines with CR LF; kept like that, every line would have changed.
        self.text, self.html = (value.replace("\r\n", "\n") for value in (self.text, self.html))
        errors: dict[str, ValidationError] = {}
        for name in ("subject", "text", "html"):
            try:
                check_placeholders(getattr(self, name), self.facts.placeholders)
                if name == "html":
                    check_html(self.html)
            except ValidationError as wrong:
                errors[name] = wrong
        if errors:
            raise ValidationError(errors)
