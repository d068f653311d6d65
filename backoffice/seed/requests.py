"""Requests for rights on the demo platform: two wait for the lead instructor, one was declined."""

from django.urls import reverse

from apps.accounts.models import User
from apps.audit.recording import operation
from apps.catalog.models import AccessRequest, Course
from apps.catalog.refusals import refused
from apps.catalog.rights import ANALYTICS, EDIT, VIEW
from apps.catalog.services.requests import ask_for_access, decline_request
from backoffice.seed.people import People


def make_requests(people: People, course: Course) -> None:
    """Each was refused on the page of the course, and asked there."""
    lead = course.instructors.get(is_lead=True).user
    declined = ask(people.helpers[ANALYTICS], "export", course, "A list for the meeting of the department.")
    with operation(by=lead, channel="screen"):
        reason = "I bring the figures along; the list holds names of learners."
        decline_request(declined, by=lead, reason=reason)
    ask(people.helpers[EDIT], "manage_students", course, "Two learners of my group wait to be enrolled.")
    ask(people.helpers[VIEW], "change", course, "")


def ask(person: User, verb: str, course: Course, note: str) -> AccessRequest:
    page = reverse("admin:catalog_course_change", args=[course.pk])
    with operation(by=person, channel="screen"):
        return ask_for_access(refused(page, verb, Course, course, None), by=person, reason=note)
