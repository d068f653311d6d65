"""What a mail says: placeholders from a strict list put into plain text and a few tags of HTML, and nothing else."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from html.parser import HTMLParser

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.html import escape

from apps.notifications.kinds import LINKS

PLACEHOLDER = re.compile(r"\{([a-z_]+)\}")
TAGS = frozenset({"p", "br", "strong", "em", "a", "ul", "ol", "li", "h1", "h2", "h3", "hr", "blockquote"})
ALONE = frozenset({"br", "hr"})
PAGE = (
    '<!doctype html><html><body style="color:#1b1f27;font:15px/1.5 system-ui,sans-serif;margin:0 auto;'
    'max-width:560px;padding:24px">{}</body></html>'
)


@dataclass(frozen=True)
class Worded:
    """A mail in words. The HTML is what stands inside the page."""

    subject: str
    text: str
    html: str

    @property
    def page(self) -> str:
        return PAGE.format(self.html) if self.html else ""


def worded(
    subject: str, text: str, html: str, values: Mapping[str, str], html_values: Mapping[str, str] | None = None
) -> Worded:
    """The mail with these values; `html_values` are HTML of ours that takes the place of some of them there."""
    escaped = {name: escape(value).replace("\n", "<br>") for name, value in values.items()} | dict(html_values or {})
    one_line = " ".join(filled(subject, values).split())
    return Worded(
        f"{settings.ACCOUNT_EMAIL_SUBJECT_PREFIX}{one_line}"[:250], filled(text, values), filled(html, escaped)
    )


def filled(template: str, values: Mapping[str, str]) -> str:
    """A line whose placeholders all stand for nothing is left out; values are never read for placeholders."""
    kept = []
    for line in template.replace("\r\n", "\n").split("\n"):
        names = PLACEHOLDER.findall(line)
        if names and not any(values.get(name) for name in names):
            continue
        kept.append(PLACEHOLDER.sub(lambda found: values.get(found[1], ""), line))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(kept)).strip()


def check_placeholders(text: str, allowed: Collection[str]) -> None:
    """Raises `ValidationError` when the text names what is not on the list, or holds a brace that names nothing."""
    unknown = sorted(set(PLACEHOLDER.findall(text)) - set(allowed))
    listed = ", ".join(f"{{{name}}}" for name in sorted(allowed))
    if unknown:
        raise ValidationError(f"{{{unknown[0]}}} stands for nothing here. These do: {listed}.")
    if re.search(r"[{}]", PLACEHOLDER.sub("", text)):
        raise ValidationError(f"A brace is only for placeholders. These are: {listed}.")


def check_html(html: str) -> None:
    """Raises `ValidationError` for anything but the few tags mails need, well nested, with safe links."""
    reader = FewTags()
    reader.feed(html)
    reader.close()
    if reader.open:
        reader.refuse(f"<{reader.open[-1]}> is not closed.")


class FewTags(HTMLParser):
    """Reads HTML and refuses what is not on the list."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=False)
        self.open: list[str] = []

    def refuse(self, sentence: str) -> None:
        raise ValidationError(sentence)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in TAGS:
            self.refuse(f"<{tag}> is not allowed in mails. These are: {', '.join(sorted(TAGS))}.")
        for name, value in attrs:
            if tag != "a" or name != "href" or not is_safe_link(value or ""):
                self.refuse(f"<{tag} {name}> is not allowed. A link leads to a placeholder or begins with https://.")
        if tag not in ALONE:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in ALONE:
            return
        if not self.open or self.open.pop() != tag:
            self.refuse(f"</{tag}> closes nothing.")

    def handle_data(self, data: str) -> None:
        if "<" in data or ">" in data:
            self.refuse("Write &lt; and &gt; for angle brackets.")

    def handle_comment(self, data: str) -> None:  # noqa: ARG002
        self.refuse("Comments are not allowed in mails.")

    def handle_decl(self, decl: str) -> None:  # noqa: ARG002
        self.refuse("Only what stands inside the page belongs here.")

    def handle_pi(self, data: str) -> None:  # noqa: ARG002
        self.refuse("Only what stands inside the page belongs here.")

    def unknown_decl(self, data: str) -> None:  # noqa: ARG002
        self.refuse("Only what stands inside the page belongs here.")


def is_safe_link(address: str) -> bool:
    if found := PLACEHOLDER.fullmatch(address):
        return found[1] in LINKS
    return address.startswith("https://") and not PLACEHOLDER.search(address)
