"""Moments in templates, as lists show them."""

from datetime import datetime

from django.template import Library
from django.utils.safestring import SafeString

from admin_theme.displays import EMPTY, relative_time

register = Library()


@register.filter
def moment(value: datetime | None, empty: str = EMPTY) -> SafeString:
    """Relative when near, absolute when far, exact on hover."""
    return relative_time(value, empty=empty)
