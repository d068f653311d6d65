"""For each kind of record one on course A and one on course B, or one of the person who leads each."""

from collections.abc import Callable, Iterator
from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib.auth.models import Permission
from django.db.models import Model
from django_celery_beat.models import CrontabSchedule, PeriodicTask

from apps.accounts.models import LoginEvent, User
from apps.catalog.models import Category, Course
from apps.instructors.models import InstructorProfile
from apps.jobs.models import JobRun
from apps.notifications.models import DigestTime, NotificationPreference
from apps.statistics.models import InstructorStats
from imports.models import ImportJob
from tests.apps.access.conftest import World
from tests.recipes import RECIPES

OWNERS = {"uploader", "requester", "owner", "actor", "recipient", "instructor"}
OF_A_USER = (LoginEvent, InstructorProfile, InstructorStats, NotificationPreference, DigestTime)
WITHOUT_RECIPE: dict[type[Model], Callable[[User], Model]] = {
    EmailAddress: lambda owner: EmailAddress.objects.create(user=owner, email=owner.email),
    Authenticator: lambda owner: Authenticator.objects.create(user=owner, type="totp", data={}),
    UserSession: lambda owner: UserSession.objects.create(user=owner, ip="127.0.0.1", session_key=owner.email),
    Permission: lambda owner: Permission.objects.filter(codename__startswith="view_").order_by("pk")[owner.pk % 2],
    PeriodicTask: lambda owner: PeriodicTask.objects.create(
        name=owner.email, task="none", crontab=CrontabSchedule.objects.create()
    ),
}


def records_of(world: World, model: type[Model]) -> Iterator[Model]:
    for name, owner in (("A", "IO"), ("B", "IX")):
        row = world.rows[name].get(model._meta.model_name or "")
        yield row if type(row) is model else make_for(model, world, name, world.people[owner])


def make_for(model: type[Model], world: World, name: str, owner: User) -> Model:
    if model in WITHOUT_RECIPE:
        return WITHOUT_RECIPE[model](owner)
    if model is LoginEvent:
        owner = world.people["ST" if name == "A" else "IX"]
    course = world.a if name == "A" else world.b
    facts: dict[str, Any] = {}
    for field in model._meta.fields:
        if field.related_model is Course:
            facts[field.name] = course
        elif field.related_model is Category and field.name == "content_object":
            facts[field.name] = course.category
        elif field.related_model in (JobRun, ImportJob) and not field.null:
            facts[field.name] = make_for(field.related_model, world, name, owner)
        elif field.name in OWNERS or (model in OF_A_USER and field.name == "user"):
            facts[field.name] = owner
    made: Model = RECIPES[model].make(**facts)
    return made
