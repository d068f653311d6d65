"""What roles say: which of a person's roles allow something, which would, and which are not active."""

from collections.abc import Iterable
from functools import cache

from django.contrib.auth.models import Permission

from apps.access.explain.words import every, words_for
from apps.access.memory import remembered
from apps.access.models import Role, RoleAssignment
from apps.access.permissions import meaningful_codes, offered_permissions
from apps.accounts.models import User
from apps.records.policy import AdministratorPolicy, Policy
from apps.records.reasons import ByRole, Cure, Kind, Reason, Stop, day_of, enough, listed


def roles_with_codes() -> list[tuple[Role, frozenset[str]]]:
    """Every role with the permissions it holds, in two queries."""
    return remembered(("roles with their permissions",), read_roles)


def read_roles() -> list[tuple[Role, frozenset[str]]]:
    held: dict[int, set[str]] = {}
    rows = Permission.objects.exclude(group=None).order_by()
    for key, app_label, codename in rows.values_list("group", "content_type__app_label", "codename"):
        held.setdefault(key, set()).add(f"{app_label}.{codename}")
    return [(role, frozenset(held.get(role.pk, ()))) for role in Role.objects.all()]


def roles_of(person: User) -> dict[int, RoleAssignment | None]:
    """The keys of the person's roles, each with when and by whom it was given where that was written down."""

    def ask() -> dict[int, RoleAssignment | None]:
        held: dict[int, RoleAssignment | None] = dict.fromkeys(person.groups.values_list("pk", flat=True))
        for given in RoleAssignment.objects.filter(user=person.pk).select_related("assigned_by"):
            if given.role_id in held:
                held[given.role_id] = given
        return held

    return remembered(("roles of", person.pk), ask)


def in_words(person: User, verb: str, reasons: Iterable[Reason | ByRole]) -> list[Reason]:
    """The reasons of a policy, with a sentence for each role that allows what a role may allow."""
    found: list[Reason] = []
    for reason in reasons:
        found += [reason] if isinstance(reason, Reason) else by_roles(person, verb, reason)
    return found


def lacking_in_words(person: User, verb: str, reasons: Iterable[Reason | ByRole]) -> list[Reason]:
    """What a policy says is missing, with the role that would be enough where a role would."""
    found: list[Reason] = []
    for reason in reasons:
        found += [reason] if isinstance(reason, Reason) else role_lacking(person, verb, reason)
    return found


def by_roles(person: User, verb: str, way: ByRole) -> list[Reason]:
    held = roles_of(person)
    active = [
        (role, codes & way.permissions) for role, codes in roles_with_codes() if role.pk in held and role.is_active
    ]
    alone = [[role] for role, codes in active if codes == way.permissions]
    together = [[role for role, codes in active if codes]]
    return [by_role(person, verb, way, roles) for roles in alone or together if roles]


def by_role(person: User, verb: str, way: ByRole, roles: list[Role]) -> Reason:
    held = roles_of(person)
    name = f"the role {roles[0]}" if len(roles) == 1 else f"the roles {listed(roles)}"
    since = given(held[roles[0].pk]) if len(roles) == 1 else ""
    text = f"{person} has {name}{since}, which may {words_for(way.verb or verb)} {way.reach}."
    trail = (
        Stop(str(person), person),
        *(Stop(f"Role {role}", role) for role in roles),
        Stop(f"{way.reach}".capitalize()),
    )
    return Reason(Kind.ROLE, text, trail, facts=tuple(roles), permissions=tuple(sorted(way.permissions)))


def given(assignment: RoleAssignment | None) -> str:
    if assignment is None:
        return ""
    by = f" by {assignment.assigned_by}" if assignment.assigned_by else ""
    return f", given{by} on {day_of(assignment.assigned_at)}"


@cache
def ways_by_role(the_policy: Policy, verb: str) -> tuple[frozenset[str], ...]:
    """The sets of permissions that each open every record of the verb, whoever holds them."""
    if not isinstance(the_policy, AdministratorPolicy):
        return ()
    return tuple(enough(lambda holder: the_policy.holds_everywhere(holder, verb), meaningful_codes()))


def roles_lacking(person: User, verb: str, the_policy: Policy) -> list[Reason]:
    """What a role would have to hold to open every record."""
    return [
        one
        for way in ways_by_role(the_policy, verb)
        for one in role_lacking(person, verb, ByRole(way, f"all {every(the_policy)}"))
    ]


def role_lacking(person: User, verb: str, way: ByRole) -> list[Reason]:
    held = roles_of(person)
    what = f"{words_for(way.verb or verb)} {way.reach}"
    able = [role for role, codes in roles_with_codes() if way.permissions <= codes]
    asleep = [role for role in able if role.pk in held and not role.is_active]
    if asleep:
        return [
            Reason(
                Kind.INACTIVE,
                f"{person} has the role {role}, which may {what}, but the role is not active.",
                (Stop(str(person), person), Stop(f"Role {role}, not active", role)),
                Cure(f"An administrator can make the role {role} active again.", role),
                permissions=tuple(sorted(way.permissions)),
            )
            for role in asleep
        ]
    active = [role for role in able if role.is_active]
    cure = (
        Cure(f"An administrator can give {person} the role {listed(active[:3], 'or')}.", person)
        if active
        else Cure(f"No active role may {what} yet. An administrator can let one ({names_of(way.permissions)}).")
    )
    text = f"No role of {person} may {what}."
    return [Reason(Kind.MISSING, text, (Stop(str(person), person),), cure, permissions=tuple(sorted(way.permissions)))]


def names_of(codes: frozenset[str]) -> str:
    """What the boxes on the page of a role are called: "Can change course"."""
    names = remembered(("names of permissions",), read_names)
    return listed([f"“{names[code]}”" if code in names else code for code in sorted(codes)])


def read_names() -> dict[str, str]:
    return {f"{one.content_type.app_label}.{one.codename}": one.name for one in offered_permissions()}
