"""Why somebody may or may not: the chain of facts that decides, in sentences."""

from dataclasses import dataclass, field

from django.apps import apps
from django.core.exceptions import ObjectDoesNotExist
from django.db.models import Model, QuerySet

from apps.access.models import Role
from apps.accounts.models import User
from apps.records.models import NaturalKeyModel
from apps.records.policy import Policy, RolePolicy, policy_for


@dataclass
class Explanation:
    """The answer and what it rests on."""

    allowed: bool
    because: list[str] = field(default_factory=list)


def explain(email: str, verb: str, model_label: str, key: str) -> Explanation:
    """Whether the person may do the verb to the record with this natural key (its parts joined by `/`), and why.

    Raises `LookupError` for a model, a policy or a verb that does not exist.
    """
    model = apps.get_model(model_label)
    the_policy = policy_for(model)
    the_policy.check_verb(verb)
    person = User.with_archived.filter(email=email.strip().lower()).first()
    if person is None:
        return Explanation(False, [f"Nobody has the e-mail address {email}."])  # noqa: FBT003
    record = find(model, key)
    if record is None and verb == "add":
        return explain_adding(person, the_policy)
    if record is None:
        return Explanation(False, [f"There is no {model._meta.verbose_name} with the key {key}."])  # noqa: FBT003
    return explain_record(person, verb, record)


def explain_record(person: User, verb: str, record: Model) -> Explanation:
    the_policy = policy_for(type(record))
    if away := why_not_at_work(person):
        return Explanation(False, away)  # noqa: FBT003
    if not the_policy.may(person, verb, record):
        lacking = [*inactive_roles(person, verb, the_policy), *the_policy.missing(person, verb, record)]
        return Explanation(False, lacking)  # noqa: FBT003
    because = [*roles_that_allow(person, verb, the_policy), *the_policy.because(person, verb, record)]
    because = because or ["The rows this person works with include it."]
    return Explanation(True, [*because, *masked(person, the_policy)])  # noqa: FBT003


def explain_adding(person: User, the_policy: Policy) -> Explanation:
    """Adding something that is not there yet is decided by the door, not by a row."""
    away = why_not_at_work(person)
    allowed = not away and the_policy.may_ever(person, "add")
    names = the_policy.model._meta.verbose_name_plural
    reasons = roles_that_allow(person, "add", the_policy) if allowed else []
    fallback = f"They may{' ' if allowed else ' not '}add {names}."
    return Explanation(allowed, away or reasons or [fallback])


def find(model: type[Model], key: str) -> Model | None:
    try:
        if issubclass(model, NaturalKeyModel):
            return model.by_natural_key(*key.split("/"))
        lookup = {"name": key} if issubclass(model, Role) else {"pk": key}
        return model._base_manager.get(**lookup)
    except (ObjectDoesNotExist, ValueError):
        return None


def why_not_at_work(person: User) -> list[str]:
    """Why the console is closed to this person, or nothing."""
    if person.archived_at:
        return [f"The account of {person} is archived."]
    if not person.is_active:
        return [f"The account of {person} is {person.get_status_display().lower()}."]
    if not person.is_staff:
        return [f"{person} is a student, and the console is for people who work here."]
    return []


def roles_that_allow(person: User, verb: str, the_policy: Policy) -> list[str]:
    if person.is_superuser:
        return [f"{person} is an administrator, and administrators may do everything."]
    if not isinstance(the_policy, RolePolicy) or not the_policy.holds_everywhere(person, verb):
        return []
    permission, names = the_policy.permission(verb), the_policy.model._meta.verbose_name_plural
    return [
        f"The role {role} has the permission {permission}, which holds on all {names}."
        for role in roles_with(person, permission).filter(is_active=True)
    ]


def inactive_roles(person: User, verb: str, the_policy: Policy) -> list[str]:
    if not isinstance(the_policy, RolePolicy):
        return []
    permission = the_policy.permission(verb)
    return [
        f"Their role {role} has the permission {permission}, but the role is not active."
        for role in roles_with(person, permission).filter(is_active=False)
    ]


def roles_with(person: User, permission: str) -> QuerySet[Role]:
    app_label, codename = permission.split(".")
    roles = Role.objects.filter(
        user=person, permissions__content_type__app_label=app_label, permissions__codename=codename
    )
    return roles.distinct()


def masked(person: User, the_policy: Policy) -> list[str]:
    hidden = sorted(the_policy.masked_fields(person))
    return [f"They do not see these fields: {', '.join(hidden)}."] if hidden else []
