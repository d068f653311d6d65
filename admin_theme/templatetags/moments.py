"""Moments in templates, as lists show them."""

from datetime import datetime

from django.template import Library
from django.utils.safestring import SafeString

from admin_theme.displays import EMPTY, relative_time

register = Library()


@register.filter
def moment(value: datetime | None, empty: str = EMPTY) -> SafeString:
    """Relative when near, absolute when far, exact on hover; a template hands over "" for what is not there."""
    return relative_time(value or None, empty=empty)
