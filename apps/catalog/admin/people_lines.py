"""What the People tab shows: who has which right on a course or a category, whichever way it came."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.utils.safestring import SafeString
from django.utils.text import capfirst

from admin_theme.displays import badge
from apps.access.models import GrantFacts, Role, in_force
from apps.accounts.models import User
from apps.catalog.grants import grant_table
from apps.catalog.models import (
    Category,
    CategoryGroupGrant,
    CategoryUserGrant,
    Course,
    CourseGroupGrant,
    CourseUserGrant,
)
from apps.catalog.policy import CoursePolicy
from apps.catalog.rights import RIGHTS, VERBS_OF_ROLES, WORDS

MOST_ENDED = 25
MOST_NAMES = 3


@dataclass
class Portion:
    """Rights that came to somebody in one way: together, from one place, until one moment."""

    rights: list[str]
    place: Course | Category | None = None
    is_here: bool = False
    from_teaching: bool = False
    from_role: bool = False
    until: datetime | None = None
    given_at: datetime | None = None
    given_by: Any = None
    reason: str = ""
    address: str = ""

    def words(self) -> list[str]:
        return ["Every right"] if len(self.rights) == len(RIGHTS) else [words_of_right(one) for one in self.rights]


@dataclass
class Line:
    """One person or role with everything they hold here; `key` names them in the dialogs."""

    holder: Any
    detail: str = ""
    address: str = ""
    note: SafeString | str = ""
    key: str = ""
    may_end: bool = False
    may_change: bool = False
    portions: list[Portion] = field(default_factory=list)

    @property
    def by_hand(self) -> set[str]:
        """The rights that were given on this very place by hand, and can be taken back here."""
        return {right for one in self.portions if one.is_here and not one.from_teaching for right in one.rights}


@dataclass
class Ended:
    """A right that holds no longer, and how it ended."""

    holder: str
    right: str
    at: datetime
    by: Any = None
    reason: str = ""

    @property
    def words(self) -> str:
        return words_of_right(self.right)


def words_of_right(right: str) -> str:
    return capfirst(WORDS[right])


def categories_covering(place: Course | Category) -> list[int]:
    """The keys of the category itself or the course's, and of those above, from the top."""
    path = place.path if isinstance(place, Category) else place.category.path if place.category else ""
    return [int(part) for part in path.strip("/").split("/") if part]


def people_with_rights(place: Course | Category) -> QuerySet[User]:
    """Everybody with a right of their own that holds here now, by name."""
    above = CategoryUserGrant._base_manager.filter(in_force(), content_object__in=categories_covering(place))
    holds = Q(pk__in=above.values("user"))
    if isinstance(place, Course):
        here = CourseUserGrant._base_manager.filter(in_force(), content_object=place)
        holds |= Q(pk__in=here.values("user"))
    return User.with_archived.filter(holds).order_by("last_name", "first_name", "pk")


def lines_of_people(people: Iterable[User], place: Course | Category) -> list[Line]:
    """A line for each of these people with the rights they hold here."""
    found = list(people)
    held = grants_here((CourseUserGrant, CategoryUserGrant), place, user__in=found)
    by_person = defaultdict(list)
    for grant in held:
        by_person[grant.user_id].append(grant)
    return [
        Line(
            one,
            detail=one.email,
            note=why_away(one),
            key=f"person-{one.pk}",
            portions=portions(by_person[one.pk], place),
        )
        for one in found
    ]


def lines_of_roles(place: Course | Category) -> list[Line]:
    """Administrators, and a line for each role that opens something here by its permissions or by a grant."""
    by_role = defaultdict(list)
    for grant in grants_here((CourseGroupGrant, CategoryGroupGrant), place):
        by_role[grant.group_id].append(grant)
    everywhere = rights_everywhere()
    roles = Role.objects.filter(Q(pk__in=by_role) | Q(pk__in=everywhere)).annotate(
        number_of_people=Count("user", filter=Q(user__is_staff=True, user__is_active=True))
    )
    lines = [administrators()]
    for role in roles:
        own = [Portion(everywhere[role.pk], from_role=True)] if role.pk in everywhere and role.is_active else []
        line = Line(role, detail=counted_people(role.number_of_people), key=f"role-{role.pk}")
        line.note = "" if role.is_active else badge("Not active", "warn")
        line.portions = [*own, *portions(by_role[role.pk], place)]
        if line.portions:
            lines.append(line)
    return lines


def administrators() -> Line:
    people = list(User.objects.filter(is_superuser=True, is_active=True).order_by("last_name", "first_name", "pk"))
    names = ", ".join(str(one) for one in people[:MOST_NAMES])
    more = f" and {len(people) - MOST_NAMES:,} more" if len(people) > MOST_NAMES else ""
    return Line("Administrators", detail=f"{names}{more}", portions=[Portion(list(RIGHTS), from_role=True)])


def counted_people(number: int) -> str:
    return "1 person" if number == 1 else f"{number:,} people"


def rights_everywhere() -> dict[int, list[str]]:
    """The rights each role's permissions are as good as, on every course there is."""
    policy = CoursePolicy()
    codes = {policy.permission(verb).partition(".")[2]: right for right, verb in VERBS_OF_ROLES.items()}
    held = Role.permissions.through.objects.filter(
        permission__content_type__app_label="catalog", permission__codename__in=codes
    ).values_list("group_id", "permission__codename")
    found: dict[int, set[str]] = defaultdict(set)
    for role, codename in held:
        found[role].add(codes[codename])
    return {role: [right for right in RIGHTS if right in rights] for role, rights in found.items()}


def grants_here(tables: tuple[Any, Any], place: Course | Category, **narrowed: Any) -> list[Any]:
    """The grants in force on this place and on the categories above it."""
    on_course, on_category = tables
    above = on_category._base_manager.filter(in_force(), content_object__in=categories_covering(place), **narrowed)
    found = list(above.select_related("permission", "granted_by", "content_object"))
    if isinstance(place, Course):
        here = on_course._base_manager.filter(in_force(), content_object=place, **narrowed)
        found += here.select_related("permission", "granted_by")
    return found


def portions(grants: list[Any], place: Course | Category) -> list[Portion]:
    """The grants of one holder, those that came together as one."""
    together: dict[Any, list[Any]] = defaultdict(list)
    for one in grants:
        where = (type(one), one.content_object_id)
        together[one.source, where, one.expires_at, one.granted_by_id, one.reason].append(one)
    return [portion(same, place) for same in together.values()]


def portion(same: list[Any], place: Course | Category) -> Portion:
    one = same[0]
    held = {grant.permission.codename for grant in same}
    is_here = isinstance(place, Course) == isinstance(one, CourseUserGrant | CourseGroupGrant)
    is_here = is_here and one.content_object_id == place.pk
    return Portion(
        rights=[right for right in RIGHTS if right in held],
        place=place if is_here else one.content_object,
        is_here=is_here,
        from_teaching=one.source == GrantFacts.Source.INSTRUCTOR,
        until=one.expires_at,
        given_at=max(grant.granted_at for grant in same),
        given_by=one.granted_by,
        reason=one.reason,
    )


def why_away(person: User) -> SafeString | str:
    """A word beside somebody whose rights mean nothing at the moment."""
    if person.is_archived:
        return badge("Archived", "warn")
    if not person.is_active:
        return badge(person.get_status_display(), "warn")
    return "" if person.is_staff else badge("Student", "warn")


def grants_by_hand(place: Course | Category, key: str) -> list[Any]:
    """What the holder with this key ("person-12", "role-3") was given on this very place, and holds now."""
    kind, _dash, number = key.partition("-")
    if kind not in ("person", "role") or not (number.isdecimal() and len(number) < 19):
        return []
    holder = Role(pk=int(number)) if kind == "role" else User(pk=int(number))
    table, named = grant_table(holder, place)
    found = table._base_manager.filter(in_force(), content_object=place, source=GrantFacts.Source.HAND, **named)
    return list(found.select_related("permission", "group__role" if kind == "role" else "user"))


def ended_rights(place: Course | Category) -> list[Ended]:
    """The rights that ran out or were taken back here, the newest first."""
    tables: tuple[Any, ...] = (
        (CourseUserGrant, CourseGroupGrant) if isinstance(place, Course) else (CategoryUserGrant, CategoryGroupGrant)
    )
    found: list[Ended] = []
    for table in tables:
        holder = "user" if hasattr(table, "user") else "group__role"
        expired = table._base_manager.filter(content_object=place).exclude(in_force())
        found += [
            Ended(name_of(one), one.permission.codename, one.expires_at, reason="It ran out.")
            for one in expired.select_related("permission", holder).order_by("-expires_at")[:MOST_ENDED]
        ]
        taken = table.history.filter(content_object_id=place.pk, history_type="-")
        found += [
            Ended(
                name_of(row),
                row.permission.codename,
                row.history_date,
                row.change_set.actor,
                row.history_change_reason or "",
            )
            for row in taken.select_related("permission", holder, "change_set__actor").order_by("-history_id")[
                :MOST_ENDED
            ]
        ]
    return sorted(found, key=lambda one: one.at, reverse=True)[:MOST_ENDED]


def name_of(row: Any) -> str:
    """The holder of a grant or of its history, who may be gone by now."""
    group = getattr(row, "group", None)
    return str(getattr(row, "user", None) or getattr(group, "role", None) or "Somebody who is gone")
