"""For those who decide on reviews: what waits, how long, and what was decided."""

from typing import Any

from django.urls import reverse

from apps.reviews.desk_facts import LATELY_DAYS, ages, decided_lately
from apps.reviews.queue import COUNTED_UP_TO
from backoffice.dashboard.addresses import rows_behind
from backoffice.dashboard.look import Look

OUTCOMES = ("approved", "rejected", "flagged")


def queue(look: Look) -> dict[str, Any]:
    found = look.queue
    return {
        "waiting": found.waiting_words,
        "oldest": found.oldest,
        "own_today": found.own_today,
        "link": rows_behind(look, "reviews.review", state="waiting"),
        "desk": reverse("admin:reviews_review_desk"),
        "ages": [
            {
                "title": f"More than {days} day{'s' * (days > 1)}",
                "words": f"{number:,}{'+' if number >= COUNTED_UP_TO else ''}",
                "link": rows_behind(look, "reviews.review", waits=days),
            }
            for days, number in ages(look.request.user).items()
        ],
    }


def outcomes(look: Look) -> dict[str, Any]:
    rows = decided_lately()
    return {
        "titles": [name.capitalize() for name in OUTCOMES],
        "rows": [
            {"person": row["person"], "numbers": [told(look, row, name) for name in OUTCOMES], "all": told(look, row)}
            for row in rows
        ],
        "days": LATELY_DAYS,
    }


def told(look: Look, row: dict[str, Any], outcome: str = "") -> dict[str, Any]:
    """A number of decisions and the reviews they are about."""
    number = row.get(outcome or "all", 0)
    asked = f"{row['key']}-{outcome}" if outcome else row["key"]
    return {"number": number, "link": rows_behind(look, "reviews.review", decided=asked) if number else ""}
