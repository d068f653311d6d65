"""A bad setting does not start: kinds that are to be approved have to exist, or nothing would be asked for."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error

from imports.types import KINDS
from imports.types.composites import COMPOSITES


def check_approval_kinds(**kwargs: Any) -> list[CheckMessage]:  # noqa: ARG001
    """Every kind named by the setting is one of ours."""
    return [
        Error(f"IMPORT_APPROVAL_KINDS names {kind!r}, which is no kind of import.", id="imports.E001")
        for kind in settings.IMPORT_APPROVAL_KINDS
        if kind not in KINDS and kind not in COMPOSITES
    ]
