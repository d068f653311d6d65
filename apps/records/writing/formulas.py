"""Text that a spreadsheet would execute: recognized, escaped when written to a file, and unescaped when read back."""

DANGEROUS = frozenset("=+-@\t\r\n＝＋－＠")
ESCAPE = "'"


def looks_like_formula(text: str) -> bool:
    return text[:1] in DANGEROUS or text.lstrip()[:1] in DANGEROUS


def escape(text: str) -> str:
    """The text with an apostrophe in front when a spreadsheet would take it for a formula, or for an escaped one."""
    return f"{ESCAPE}{text}" if text[:1] in DANGEROUS or _is_escaped(text) else text


def unescape(text: str) -> str:
    """What `escape` was given: an apostrophe in front of a formula is dropped, any other stays."""
    return text[1:] if _is_escaped(text) else text


def _is_escaped(text: str) -> bool:
    return text.startswith(ESCAPE) and text.lstrip(ESCAPE)[:1] in DANGEROUS and text.strip(ESCAPE) != ""
