"""An answer: yes or no, the facts it rests on, what it would take, and how machines read it."""

from dataclasses import dataclass, field
from typing import Any

from django.urls import NoReverseMatch

from admin_theme.tabs import tab_address
from apps.access.models import RoleAssignment
from apps.records.reasons import Cure, Reason, Stop


@dataclass
class Explanation:
    """The answer and what it rests on."""

    allowed: bool
    chain: list[Reason] = field(default_factory=list)
    field_state: str = ""

    @property
    def because(self) -> list[str]:
        return [reason.text for reason in self.chain]

    @property
    def needed(self) -> list[Cure]:
        """What would make a yes of a no, each thing once."""
        return (
            []
            if self.allowed
            else list({reason.cure.text: reason.cure for reason in self.chain if reason.cure}.values())
        )

    def as_json(self) -> dict[str, Any]:
        """`allowed` and `because` stay as they are; more may be added beside them."""
        answer = {
            "allowed": self.allowed,
            "because": self.because,
            "chain": [
                {
                    "kind": reason.kind.value,
                    "text": reason.text,
                    "permissions": list(reason.permissions),
                    "trail": [{"text": stop.text, "link": link_of(stop)} for stop in reason.trail],
                }
                for reason in self.chain
            ],
            "needed": [{"text": cure.text, "link": link_of(cure)} for cure in self.needed],
        }
        return answer | ({"field": self.field_state} if self.field_state else {})


def link_of(stop: Stop | Cure) -> str:
    """The address of what this is about, or nothing when it has no page."""
    about = stop.about.user if isinstance(stop.about, RoleAssignment) else stop.about
    if about is None or about.pk is None:
        return ""
    try:
        return tab_address(about, stop.tab)
    except NoReverseMatch:
        return ""
