"""Constants that hold `{Their header}`: which headers they name, and what they become for one row."""

import re
from collections.abc import Mapping

PLACEHOLDER = re.compile(r"\{([^{}]+)\}")


def headers_in(template: str) -> list[str]:
    return [header.strip() for header in PLACEHOLDER.findall(template)]


def filled(template: str, cells: Mapping[str, str]) -> str:
    """The constant of one row; blank as a whole when every header it names is blank there."""
    named = headers_in(template)
    if named and not any(cells.get(header, "").strip() for header in named):
        return ""
    return PLACEHOLDER.sub(lambda found: cells.get(found.group(1).strip(), "").strip(), template)
