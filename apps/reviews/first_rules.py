"""The rules every installation begins with; one that is there already is never touched."""

from typing import Any

from apps.audit.recording import change_set, operation
from apps.reviews.models import ReviewRule, RuleKind

INSULTS = "idiot\nidiots\nmoron\nmorons\nscumbag\nscammer\nscammers\nshut up\ngo to hell\npiece of garbage"
FIRST: dict[str, dict[str, Any]] = {
    "link": {"kind": RuleKind.LINK, "sentence": "Holds a link."},
    "email": {"kind": RuleKind.EMAIL, "sentence": "Holds an e-mail address."},
    "phone": {"kind": RuleKind.PHONE, "sentence": "Holds a phone number."},
    "insults": {"kind": RuleKind.WORDS, "sentence": "Holds an insult.", "words": INSULTS},
    "capitals": {"kind": RuleKind.CAPITALS, "sentence": "Is written in capitals.", "limit": 70},
    "duplicate": {"kind": RuleKind.DUPLICATE, "sentence": "Says the same as another review."},
    "outsider": {"kind": RuleKind.OUTSIDER, "sentence": "Rates a course its author never took."},
    "many-by-person": {
        "kind": RuleKind.MANY_BY_PERSON,
        "sentence": "Is one of many by its author.",
        "limit": 5,
        "within_hours": 1,
    },
    "many-on-course": {
        "kind": RuleKind.MANY_ON_COURSE,
        "sentence": "Is one of many on its course.",
        "limit": 20,
        "within_hours": 24,
    },
}


def seed_rules() -> None:
    present = set(ReviewRule.objects.values_list("code", flat=True))
    missing = [ReviewRule(code=code, **facts) for code, facts in FIRST.items() if code not in present]
    if not missing:
        return
    with operation(channel="system"), change_set(title="Review rules of a new installation"):
        for rule in missing:
            rule.save()
