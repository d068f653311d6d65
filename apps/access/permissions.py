"""The permissions a role can hold: those some policy listens to, and no others."""

from functools import partial
from itertools import groupby

from django.contrib.auth.models import Permission
from django.utils.text import capfirst

from apps.access.roles import PERMISSIONS
from apps.records.policy import RolePolicy, all_policies
from apps.records.reasons import Holder, enough


def meaningful_codes() -> frozenset[str]:
    """Each permission that opens every row to a role, alone or with another, and those roles start with.

    As `app.codename`. Those that open some rows only (reviews one has no part in) are among what roles start with.
    """
    listened_to = (heard(one) for one in all_policies() if isinstance(one, RolePolicy))
    return frozenset().union(*listened_to, *PERMISSIONS.values())


def heard(the_policy: RolePolicy) -> set[str]:
    """The permissions this policy listens to."""
    asked = {the_policy.permission(verb) for verb in the_policy.verbs}
    return set().union(*(way for verb in the_policy.verbs for way in enough(partial(allows, the_policy, verb), asked)))


def allows(the_policy: RolePolicy, verb: str, holder: Holder) -> bool:
    return the_policy.holds_everywhere(holder, verb)


def offered_permissions() -> list[Permission]:
    """The permissions a role can be given; where courses and categories share a code, that of courses."""
    permissions = Permission.objects.select_related("content_type").order_by("content_type__model", "pk")
    by_code = {f"{one.content_type.app_label}.{one.codename}": one for one in permissions}
    return [by_code[code] for code in sorted(meaningful_codes() & by_code.keys())]


def by_subject(permissions: list[Permission]) -> list[tuple[str, list[Permission]]]:
    """Grouped under the name of what they are about: "Courses", "People"."""

    def subject(permission: Permission) -> str:
        model = permission.content_type.model_class()
        return capfirst(str(model._meta.verbose_name_plural)) if model else permission.content_type.name

    ordered = sorted(permissions, key=lambda one: (subject(one), one.pk))
    return [(name, list(group)) for name, group in groupby(ordered, key=subject)]


def words_of(permission: Permission) -> str:
    """ "Can view course" without the first word: the heading says the rest."""
    return capfirst(permission.name.removeprefix("Can "))
