"""The words every installation begins with; a template that is there already is never touched."""

from typing import Any

from apps.audit.recording import change_set, operation
from apps.notifications.kinds import all_kinds
from apps.notifications.models import MailTemplate


def seed_templates(**kwargs: Any) -> None:  # noqa: ARG001
    present = set(MailTemplate.objects.values_list("kind", flat=True))
    missing = [kind for kind in all_kinds() if kind.key not in present]
    if not missing:
        return
    with operation(channel="system"), change_set(title="Mail templates of a new installation"):
        for kind in missing:
            MailTemplate(kind=kind.key, subject=kind.subject, text=kind.text, html=kind.html).save()
