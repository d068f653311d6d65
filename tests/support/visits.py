"""Seeing the console as somebody, in tests: how it starts, and a page without what every visit adds to it."""

import re
from typing import Any

from django.test import Client

from apps.accounts.models import User

END = "/admin/see-as/end/"
CHROME = (
    re.compile(r'<section class="c-visit".*?</section>', re.DOTALL),
    re.compile(r'<a href="/accounts/[^"]*">[^<]*</a>'),
    re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}"),
    re.compile(r'name="(?:csrfmiddlewaretoken|refusal)" value="[^"]+"'),
    re.compile(r">(?:now|a\ssecond\sago|\d+\sseconds\sago)<"),
    re.compile(r"\s+"),
)


def begin(
    client: Client,
    person: User,
    *,
    reason: str = "Somebody asked.",
    follow: bool = False,
    came_from: str = "127.0.0.1",
    **data: str,
) -> Any:
    address = f"/admin/accounts/user/{person.pk}/see-as/"
    return client.post(address, {"reason": reason, **data}, follow=follow, REMOTE_ADDR=came_from)


def without_chrome(answer: Any) -> str:
    """The page without the banner, the links to one's own account, request ids, tokens and what was seconds ago."""
    text: str = answer.content.decode()
    for pattern in CHROME:
        text = pattern.sub(" ", text)
    return text.strip()
