"""The words of mails: changed by administrators, and set back to what they were at first."""

from typing import Any

from apps.audit.recording import change_set
from apps.notifications.models import MailTemplate
from apps.records.rules import RuleBroken


def change_template(template: MailTemplate, *, by: Any, reason: str = "") -> MailTemplate:
    """Keeps new words. Raises `ValidationError` for what is not on the list of its placeholders and tags."""
    template.full_clean()
    with change_set(by=by, reason=reason, title=f"Change mail template: {template}"[:200]):
        template.save()
    return template


def restore_template(template: MailTemplate, *, by: Any, reason: str = "") -> MailTemplate:
    """Gives it the words it had at first."""
    if not template.is_changed:
        raise RuleBroken("It says what it said at first already.")
    first = template.facts
    template.subject, template.text, template.html = first.subject, first.text, first.html
    with change_set(by=by, reason=reason, title=f"Restore mail template: {template}"[:200]):
        template.save()
    return template
