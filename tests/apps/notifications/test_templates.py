"""Mail templates: worded by administrators, from a strict list of placeholders and tags, and set back by one action."""

from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.core.exceptions import ValidationError
from django.test import Client
from django.utils import timezone

from apps.accounts.mails import tell
from apps.accounts.models import User
from apps.notifications.first_templates import seed_templates
from apps.notifications.kinds import all_kinds
from apps.notifications.models import MailTemplate
from apps.notifications.services import change_template, restore_template
from apps.notifications.tasks import mail_unread_notifications
from apps.notifications.wording import filled, worded
from apps.records.rules import RuleBroken
from tests.recipes import notifications as recipes

pytestmark = pytest.mark.django_db

LIST = "/admin/notifications/mailtemplate/"


@pytest.fixture
def template() -> MailTemplate:
    return MailTemplate.objects.get(kind="job")


def facts_of(template: MailTemplate, **facts: str) -> dict[str, str]:
    return {"subject": template.subject, "text": template.text, "html": template.html} | facts


def test_every_kind_has_a_template_whose_first_words_are_allowed() -> None:
    templates = {template.kind: template for template in MailTemplate.objects.all()}

    assert set(templates) == {kind.key for kind in all_kinds()}
    for template in templates.values():
        template.full_clean()
        assert not template.is_changed


def test_a_template_that_was_changed_is_left_alone_by_the_next_release(template: MailTemplate) -> None:
    MailTemplate.objects.filter(pk=template.pk).update(subject="Ours")
    MailTemplate.objects.filter(kind="seat").delete()

    seed_templates()

    assert MailTemplate.objects.get(kind="job").subject == "Ours"
    assert not MailTemplate.objects.get(kind="seat").is_changed


def test_an_administrator_words_it_and_mails_say_that_from_then_on(
    template: MailTemplate, as_administrator: Client, manager: User
) -> None:
    words = facts_of(
        template, subject="Note: {title}", text="Dear {name}\r\n{text}\r\n{link}", html="<p>Dear {name}</p>"
    )
    recipes.notification.make(
        recipient=manager, kind="job", title="<b>Done</b>", created_at=timezone.now() - timedelta(minutes=20)
    )

    as_administrator.post(f"{LIST}{template.pk}/change/?tab=words", words)
    mail_unread_notifications.now(by=None)

    template.refresh_from_db()
    assert template.is_changed
    sent: Any = mail.outbox[0]
    assert (sent.subject, sent.body) == ("[Backoffice] Note: <b>Done</b>", "Dear Robin Manager")
    assert "<p>Dear Robin Manager</p>" in str(sent.alternatives[0][0])


def test_the_preview_shows_made_up_facts_and_no_tag_of_a_value(
    as_administrator: Client, template: MailTemplate
) -> None:
    page = as_administrator.get(f"{LIST}{template.pk}/change/").content.decode()

    assert "Something happened" in page
    assert "<strong>Something happened</strong>" in page
    assert worded("{title}", "{title}", "<p>{title}</p>", {"title": "<i>x</i>"}).html == "<p>&lt;i&gt;x&lt;/i&gt;</p>"


@pytest.mark.parametrize(
    ("field", "words", "sentence"),
    [
        ("subject", "{password}", "{password} stands for nothing here"),
        ("subject", "{name.__class__}", "A brace is only for placeholders"),
        ("text", "{0}", "A brace is only for placeholders"),
        ("text", "{name!r}", "A brace is only for placeholders"),
        ("text", "{{ name }}", "A brace is only for placeholders"),
        ("text", "{course}", "stands for nothing here"),
        ("html", "<script>alert(1)</script>", "<script> is not allowed"),
        ("html", '<p onclick="x">', "<p onclick> is not allowed"),
        ("html", '<a href="javascript:alert(1)">x</a>', "<a href> is not allowed"),
        ("html", '<a href="{title}">x</a>', "<a href> is not allowed"),
        ("html", '<a href="https://example.org/{name}">x</a>', "<a href> is not allowed"),
        ("html", "<{title}>", "Write &lt;"),
        ("html", "<p>open", "<p> is not closed"),
        ("html", "<p></a>", "</a> closes nothing"),
        ("html", "<!-- x -->", "Comments are not allowed"),
        ("html", "<!doctype html>", "Only what stands inside"),
        ("html", "<img src='https://example.org/x.png'>", "<img> is not allowed"),
    ],
)
def test_what_is_not_on_the_list_is_refused_and_nothing_changes(
    template: MailTemplate, administrator: User, as_administrator: Client, field: str, words: str, sentence: str
) -> None:
    setattr(template, field, words)

    with pytest.raises(ValidationError) as refused:
        change_template(template, by=administrator)

    assert sentence in " ".join(refused.value.messages)
    assert not MailTemplate.objects.get(pk=template.pk).is_changed


def test_the_page_shows_the_refusal_at_its_field(template: MailTemplate, as_administrator: Client) -> None:
    answer = as_administrator.post(
        f"{LIST}{template.pk}/change/?tab=words", facts_of(template, text="{secret_key} for {name}")
    )

    assert "{secret_key} stands for nothing here." in answer.content.decode()
    assert not MailTemplate.objects.get(pk=template.pk).is_changed


def test_values_are_never_read_for_placeholders_and_empty_lines_go() -> None:
    values = {"title": "{name}", "name": "Robin", "link": ""}

    assert filled("{title}\n{link}\nEnd", values) == "{name}\nEnd"


def test_the_first_words_come_back_by_one_action(template: MailTemplate, as_administrator: Client) -> None:
    MailTemplate.objects.filter(pk=template.pk).update(subject="Ours")

    answer = as_administrator.post(f"{LIST}{template.pk}/restore/", follow=True)

    assert "says what it said at first." in answer.content.decode()
    template.refresh_from_db()
    assert (template.is_changed, template.history.first().history_type) == (False, "~")


def test_what_says_its_first_words_is_not_restored(template: MailTemplate, administrator: User) -> None:
    before = template.history.count()

    with pytest.raises(RuleBroken, match="already"):
        restore_template(template, by=administrator)

    assert template.history.count() == before


@pytest.mark.parametrize("reader", ["manager", "support", "instructor"])
def test_nobody_else_sees_or_words_templates(
    reader: str, template: MailTemplate, request: pytest.FixtureRequest, signed_in: Any
) -> None:
    client = signed_in(request.getfixturevalue(reader))

    answers = [
        client.get(LIST).status_code,
        client.post(f"{LIST}{template.pk}/change/?tab=words", facts_of(template, subject="Ours")).status_code,
        client.post(f"{LIST}{template.pk}/restore/").status_code,
    ]

    assert answers == [403, 403, 403]
    assert not MailTemplate.objects.get(pk=template.pk).is_changed


@pytest.mark.django_db(transaction=True)
def test_mails_about_the_account_have_a_template_too(manager: User) -> None:
    seed_templates()
    MailTemplate.objects.filter(kind="account").update(subject="Careful: {title}")

    tell(manager, "New password", "Your password was changed.")

    (sent,) = mail.outbox
    assert sent.subject == "[Backoffice] Careful: New password"
    assert sent.body.startswith("Hello Robin Manager,\n\nYour password was changed.\n\nIf you did not ask for this")
