"""Who is there."""

from apps.accounts.models import User
from apps.reports.sources.base import Col, Source

PEOPLE_SOURCES = (
    Source(
        "people",
        "People",
        User,
        (
            Col("email"),
            Col("first_name"),
            Col("last_name"),
            Col("role"),
            Col("status"),
            Col("created_at", "Joined"),
            Col("last_login", "Last signed in"),
            Col("profile__country", "Country"),
        ),
        first=("email", "first_name", "last_name", "role", "status", "created_at"),
    ),
)
