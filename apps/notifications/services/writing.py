"""Writing mails about notifications: each notification goes into one mail, which the outbox then sends."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.utils import timezone
from django.utils.html import escape

from apps.notifications.kinds import kind_of
from apps.notifications.models import Mail, MailTemplate, Notification
from apps.notifications.queries import DIGESTS, notifications_to_mail
from apps.notifications.states import Way
from apps.notifications.wording import Worded, worded

PEOPLE_AT_ONCE = 250
MOST_LISTED = 100
KIND = "X-Kind"


def write_due_mails() -> int:
    """Writes everything that is due into the outbox, some people at a time; says how many mails that were."""
    templates = {template.kind: template for template in MailTemplate.objects.all()}
    written, last = 0, 0
    while chosen := next_people(last):
        written += write_for(chosen, templates)
        last = chosen[-1]
    return written


def next_people(last: int) -> list[int]:
    """The keys of the next people to whom something is due, in the order of their keys."""
    due = notifications_to_mail().filter(recipient_id__gt=last).order_by("recipient_id")
    return list(due.values_list("recipient_id", flat=True).distinct()[:PEOPLE_AT_ONCE])


@transaction.atomic
def write_for(chosen: Sequence[int], templates: Mapping[str, MailTemplate]) -> int:
    """The mails of these people. The notifications are locked, marked and in a mail, or nothing of it happened."""
    due: Any = notifications_to_mail().filter(recipient__in=chosen).select_related("recipient")
    rows = list(due.select_for_update(of=("self",)).order_by("recipient_id", "way", "created_at", "pk"))
    mails = []
    for (_, way), group in groupby(rows, key=lambda row: (row.recipient_id, row.way)):
        theirs = list(group)
        mail = mail_about(theirs, way, templates)
        mails.append(mail)
        for row in theirs:
            row.mail = mail
    Mail.objects.bulk_create(mails)
    for row in rows:
        row.mail_id = row.mail.pk if row.mail else None
    Notification.objects.bulk_update(rows, ["mail"], batch_size=250)
    Notification.objects.filter(mail__in=mails, emailed_at=None).update(emailed_at=timezone.now())
    return len(mails)


def mail_about(rows: Sequence[Notification], way: str, templates: Mapping[str, MailTemplate]) -> Mail:
    """One mail with all of these, which are of one person and one way; not saved yet."""
    person = rows[0].recipient
    kind, words = words_about(person, rows, way, templates)
    return Mail(recipient=person, to=person.email, kind=kind, subject=words.subject, text=words.text, html=words.page)


def words_about(
    person: Any, rows: Sequence[Notification], way: str, templates: Mapping[str, MailTemplate]
) -> tuple[str, Worded]:
    """The kind of the mail and what it says: a single one speaks for itself, others are listed."""
    if len(rows) == 1 and way == Way.AT_ONCE:
        return rows[0].kind, words_of(rows[0].kind, values_of(rows[0], person), templates)
    kind = "digest" if way in DIGESTS else "several"
    shown = rows[:MOST_LISTED]
    more = [f"And {len(rows) - MOST_LISTED:,} more."] if len(rows) > MOST_LISTED else []
    values = {
        **greeting(person),
        "number": f"{len(rows):,}",
        "period": DIGESTS.get(Way(way), ""),
        "link": f"{site()}/admin/notifications/notification/" if person.is_staff else "",
        "list": "\n\n".join([*(block_of(row) for row in shown), *more]),
    }
    html = {"list": "".join([*(html_block_of(row) for row in shown), *(f"<p>{line}</p>" for line in more)])}
    if len(rows) == 1:
        return kind, single(words_of(kind, values, templates, html))
    return kind, words_of(kind, values, templates, html)


def single(words: Worded) -> Worded:
    """A digest of one notification."""
    subject = words.subject.replace("1 notifications", "1 notification")
    return Worded(subject, words.text, words.html)


def words_of(
    key: str,
    values: Mapping[str, str],
    templates: Mapping[str, MailTemplate],
    html_values: Mapping[str, str] | None = None,
) -> Worded:
    """By the template of the kind, or in its first words where it has none yet."""
    said: Any = templates.get(key) or kind_of(key)
    return worded(said.subject, said.text, said.html, values, html_values)


def values_of(notification: Notification, person: Any) -> dict[str, str]:
    """What stands for each placeholder in a mail about this notification."""
    own = kind_of(notification.kind).samples
    facts = {name: str(value) for name, value in notification.facts.items() if name in own}
    return {
        **greeting(person),
        "title": notification.title,
        "text": notification.text,
        "link": link_of(notification),
        **facts,
    }


def greeting(person: Any) -> dict[str, str]:
    return {"name": str(person), "console": site()}


def block_of(notification: Notification) -> str:
    return "\n".join(filter(None, (notification.title, notification.text, link_of(notification))))


def html_block_of(notification: Notification) -> str:
    link = link_of(notification)
    title = escape(notification.title)
    head = f'<a href="{escape(link)}">{title}</a>' if link else title
    text = escape(notification.text).replace("\n", "<br>")
    return f"<p><strong>{head}</strong>{f'<br>{text}' if text else ''}</p>"


def link_of(notification: Notification) -> str:
    return f"{site()}{notification.link}" if notification.link else ""


def site() -> str:
    return str(settings.SITE_URL).rstrip("/")


def message_about(person: Any, kind: str, **values: str) -> EmailMultiAlternatives:
    """A mail that no notification stands behind, in the words of its template; its sender hands it over."""
    templates = {row.kind: row for row in MailTemplate.objects.filter(kind=kind)}
    words = words_of(kind, {**greeting(person), **values}, templates)
    message = EmailMultiAlternatives(words.subject, words.text, None, [person.email], headers={KIND: kind})
    if words.page:
        message.attach_alternative(words.page, "text/html")
    return message


def preview_of(kind: str, **values: str) -> Worded:
    """What a mail of this kind would say to somebody made up."""
    templates = {row.kind: row for row in MailTemplate.objects.filter(kind=kind)}
    return words_of(kind, {"name": kind_of(kind).placeholders["name"], "console": site(), **values}, templates)


def sample_of(template: MailTemplate) -> Worded:
    """What it says with the samples of its placeholders."""
    return words_of(template.kind, template.facts.placeholders, {template.kind: template}, listed(template))


def listed(template: MailTemplate) -> dict[str, str]:
    lines: Iterable[str] = template.facts.placeholders.get("list", "").split("\n")
    return {"list": "".join(f"<p>{escape(line)}</p>" for line in lines)}
