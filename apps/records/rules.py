"""A broken rule: what services raise and every door shows."""

from django.core.exceptions import ValidationError


class RuleBroken(ValidationError):
    """A rule of the business was broken; the message is one sentence for the person in front of the screen."""

    @property
    def sentence(self) -> str:
        return " ".join(self.messages)
