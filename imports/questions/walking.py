"""Elements of a question file that are themselves HTML, as plain text."""

from collections.abc import Callable

from imports.questions.elements import Element
from imports.questions.rich_text import PlainText

Skip = Callable[[Element, PlainText], bool]


def walk(element: Element, page: PlainText, skip: Skip = lambda _element, _page: False) -> PlainText:
    """Writes what stands in an element, but for the parts that `skip` takes on itself."""
    waiting: list[str | Element | tuple[str]] = list(reversed(element.content))
    while waiting:
        part = waiting.pop()
        if isinstance(part, str):
            page.text(part)
        elif isinstance(part, tuple):
            page.end(part[0])
        elif not skip(part, page):
            page.start(part.name.lower(), part.attributes)
            waiting.append((part.name.lower(),))
            waiting.extend(reversed(part.content))
    return page
