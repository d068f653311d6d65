"""Natural keys: how the codes and addresses people type are compared."""

import re
import unicodedata

CODE_PATTERN = re.compile(r"\A[A-Za-z0-9][A-Za-z0-9._-]*\Z")


def fold_key(text: str) -> str:
    """The form in which two keys are compared: NFC, trimmed, case folded."""
    return unicodedata.normalize("NFC", text).strip().casefold()
