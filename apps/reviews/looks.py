"""How reviews look wherever they are shown: stars, states and first lines."""

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import Truncator

from admin_theme.displays import Tone, badge, state_badge, two_lines
from apps.reviews.models import BEST, Review

STATE_TONES: dict[str, Tone] = {"pending": "info", "approved": "good", "rejected": "bad", "flagged": "warn"}
SHOWN_OF_TEXT = 90


def stars(rating: int) -> SafeString:
    """Stars to see at a glance, and the number for those who hear the page."""
    return format_html(
        '<span class="r-stars" role="img" aria-label="{} of {} stars">{}<span class="r-none">{}</span></span>',
        rating,
        BEST,
        "★" * rating,
        "★" * (BEST - rating),
    )


def state_of(review: Review) -> SafeString:
    return badge("Archived") if review.is_archived else state_badge(review, "state", STATE_TONES)


def first_line(review: Review) -> str:
    """The beginning of what was said."""
    return Truncator(" ".join(review.text.split())).chars(SHOWN_OF_TEXT)


def in_short(review: Review) -> SafeString:
    """Stars with the title, and the beginning of the text below it."""
    title = format_html("{} {}", stars(review.rating), review.title or "No title")
    return two_lines(title, first_line(review))
