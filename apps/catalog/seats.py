"""Who is told when the seats of a course were changed on its page. Apps above put themselves here."""

from collections.abc import Callable
from typing import Any

from apps.catalog.models import Course

seats_changed: list[Callable[[Course, Any], object]] = []
