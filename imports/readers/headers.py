"""Column headers: which of them mean the same, and which only look like one of ours."""

import re
import unicodedata
from collections.abc import Callable, Collection, Sequence

from imports.codes import FileCode, FileRefused, Message

SEPARATORS = re.compile(r"[\s\-_]+")
CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
# How columns of passwords are called, in words run together or apart: what stands below them is never read.
SECRET = re.compile(
    r"password|passwd|passphrase|passcode|passwort|kennwort|motdepasse|contraseña|contrasena|wachtwoord|пароль"
    r"|(^|[\W_])(pwd|pin|secret|senha)[0-9]*([\W_]|$)|^pass$"
)
UNSTORABLE = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f]")
# Letters of other scripts that look like Latin ones, folded to lower case.
LOOKALIKES = str.maketrans(
    {
        **dict(zip("аеорсухіјѕһԁԛԝкмтвнгԍ", "aeopcyxijshdqwkmtbhrg", strict=True)),
        **dict(zip("αεορινκτυχωγη", "aeopivktuxwyn", strict=True)),
        **dict(zip("\u0131\u2113\u0251\u0261", "ilag", strict=True)),
    }
)


def fold_header(header: str) -> str:
    """The form headers are compared in: composed, lower case, trimmed, spaces and hyphens as underscores."""
    return SEPARATORS.sub("_", unicodedata.normalize("NFC", header).strip()).casefold()


def is_secret(header: str) -> bool:
    """Whether passwords stand below this header."""
    folded = fold_header(CAMEL.sub("_", header))
    return bool(SECRET.search(folded) or SECRET.search(folded.replace("_", "")))


def confusable_with(header: str, known: Collection[str]) -> str | None:
    """The known header that this one imitates with other letters or invisible characters, if any."""
    folded = fold_header(header)
    for candidate in known:
        target = fold_header(candidate)
        if folded == target:
            return None
        if _skeleton(folded) == _skeleton(target):
            return candidate
    return None


def code_points(header: str) -> str:
    """The letters outside ASCII with their code points: U+0440 CYRILLIC SMALL LETTER ER."""
    strange = dict.fromkeys(char for char in header if not char.isascii())
    return ", ".join(f"U+{ord(char):04X} {unicodedata.name(char, 'without a name')}" for char in strange)


def _skeleton(folded: str) -> str:
    plain = unicodedata.normalize("NFKC", folded).casefold().translate(LOOKALIKES)
    return "".join(char for char in plain if unicodedata.category(char) not in {"Cf", "Cc", "Mn"})


def trim_headers(cells: Sequence[str]) -> tuple[str, ...]:
    """The headers up to the last filled one, with a mark for each control character."""
    headers = [UNSTORABLE.sub("\ufffd", cell).strip() for cell in cells]
    while headers and not headers[-1]:
        headers.pop()
    return tuple(headers)


def refuse_duplicates(
    headers: Sequence[str], ignored: Collection[str], *, line: int, column_name: Callable[[int], str] = str
) -> None:
    """`ignored` are headers the person chose not to import: those may stand twice."""
    places: dict[str, list[int]] = {}
    for at, header in enumerate(headers, start=1):
        if header:
            places.setdefault(fold_header(header), []).append(at)
    skipped = {fold_header(header) for header in ignored}
    repeated = [
        Message(
            FileCode.E_HEADER_DUP,
            f"The header “{headers[found[0] - 1]}” stands in columns "
            f"{' and '.join(column_name(at) for at in found)}; keep one of them.",
            line,
            headers[found[0] - 1],
        )
        for folded, found in places.items()
        if len(found) > 1 and folded not in skipped
    ]
    if repeated:
        raise FileRefused(repeated)
