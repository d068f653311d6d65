"""How instructors look wherever they are shown."""

from typing import Any

from django.utils.formats import date_format
from django.utils.safestring import SafeString
from django.utils.timezone import localtime

from admin_theme.displays import Tone, badge, quiet, state_badge
from apps.instructors.models import InstructorProfile

STATUS_TONES: dict[str, Tone] = {"pending": "info", "approved": "good", "rejected": "neutral", "suspended": "bad"}


def status_of(profile: InstructorProfile) -> SafeString:
    return state_badge(profile, "status", STATUS_TONES)


def verified(profile: InstructorProfile) -> SafeString:
    return badge("Verified", "good", icon="verified") if profile.is_verified else quiet("No")


def work_of(profile: InstructorProfile) -> str:
    """ "Data engineer, Lantern Academy"."""
    return ", ".join(filter(None, (profile.title, profile.organization)))


def day(moment: Any) -> str:
    return date_format(localtime(moment), "j M Y")
