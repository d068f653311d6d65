"""Everything people are told, by kind: the list is filled by the `news.py` of each app."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from apps.notifications.states import Way

# What learners are told has a kind that begins like this: they have no bell.
FOR_LEARNERS = "learner."

COMMON: dict[str, str] = {
    "name": "Robin Marlow",
    "title": "Something happened",
    "text": "Here is what it was.",
    "link": "https://console.example.org/admin/",
    "console": "https://console.example.org",
}
"""What every template may name, with a sample of it."""
LINKS = frozenset({"link", "console", "action", "check"})
"""Placeholders that stand for addresses: only they may be what a link leads to."""

SUBJECT = "{title}"
TEXT = "Hello {name},\n\n{title}\n{text}\n{link}"
HTML = '<p>Hello {name},</p>\n<p><strong>{title}</strong></p>\n<p>{text}</p>\n<p><a href="{link}">Open it</a></p>'


@dataclass(frozen=True, kw_only=True)
class Kind:
    """One sort of news: what its mail says at first, and which ways people may choose for it.

    `samples` are its own placeholders. `cannot_be_off` says why it always reaches people; what `waits` for an answer
    stands in the bell at least. `is_chosen` is false for mails that gather others.
    """

    key: str
    title: str
    about: str = ""
    default: Way = Way.AT_ONCE
    cannot_be_off: str = ""
    waits: bool = False
    is_chosen: bool = True
    samples: Mapping[str, str] = field(default_factory=dict)
    subject: str = SUBJECT
    text: str = TEXT
    html: str = HTML

    @property
    def is_for_learners(self) -> bool:
        return self.key.startswith(FOR_LEARNERS)

    @property
    def placeholders(self) -> dict[str, str]:
        return COMMON | dict(self.samples)

    @property
    def ways(self) -> tuple[Way, ...]:
        """The ways people may choose between."""
        if self.cannot_be_off:
            return (Way.AT_ONCE,)
        return tuple(way for way in Way if way != Way.NOTHING or not self.waits)


_kinds: dict[str, Kind] = {}


def register_kinds(*kinds: Kind) -> None:
    """Called by the `news.py` of each app."""
    _kinds.update({kind.key: kind for kind in kinds})


def kind_of(key: str) -> Kind:
    """The kind with this key; one nobody registered has the words and ways of any other."""
    return _kinds.get(key) or Kind(key=key, title=key.removeprefix(FOR_LEARNERS).replace("_", " ").capitalize())


def all_kinds() -> list[Kind]:
    return sorted(_kinds.values(), key=lambda kind: (kind.is_for_learners, kind.title))


def chosen_kinds(*, is_staff: bool) -> list[Kind]:
    """Those this sort of people choose a way for, or are told that they cannot."""
    return [kind for kind in all_kinds() if kind.is_chosen and (is_staff or kind.is_for_learners or kind.cannot_be_off)]
