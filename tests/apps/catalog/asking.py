"""Being refused, asking for the right, and answering, through the real screens."""

import re
from html import unescape
from typing import Any

from django.test import Client
from django.urls import reverse

from apps.accounts.models import User
from apps.catalog.models import AccessRequest, Course, CourseUserGrant
from apps.notifications.models import Notification

LIST = reverse("admin:catalog_accessrequest_changelist")
ASK = reverse("admin:catalog_accessrequest_ask")


def publish(course: Course) -> str:
    return reverse("admin:catalog_course_publish", args=[course.pk])


def page_of(asked: AccessRequest) -> str:
    return reverse("admin:catalog_accessrequest_change", args=[asked.pk])


def words_of(answer: Any) -> str:
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", answer.content.decode())))


def token_in(answer: Any) -> str:
    found = re.search(r'name="refusal" value="([^"]+)"', answer.content.decode())
    assert found, "The page offers no way to ask."
    return unescape(found[1])


def ask(client: Client, address: str, note: str = "", **data: Any) -> AccessRequest:
    """Is refused there, and asks for what the page of the refusal offers."""
    refusal = client.post(address, data) if address.endswith("/publish/") else client.get(address, data)
    assert refusal.status_code == 403
    answer = client.post(ASK, {"refusal": token_in(refusal), "note": note})
    asked = AccessRequest.objects.latest("pk")
    assert (answer.status_code, answer["Location"]) == (302, page_of(asked))
    return asked


def press(client: Client, action: str, asked: AccessRequest, **data: Any) -> Any:
    """Presses a button of the request's page."""
    return client.post(reverse(f"admin:catalog_accessrequest_{action}", args=[asked.pk]), data, follow=True)


def told(user: User) -> list[str]:
    return list(Notification.objects.filter(recipient=user, read_at=None).values_list("title", flat=True))


def holds(user: User, right: str) -> bool:
    return CourseUserGrant.objects.filter(user=user, permission__codename=right).exists()
