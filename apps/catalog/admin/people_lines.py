"""What the People tab shows: who has which right on a course or a category, whichever way it came."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import CharField, Count, Exists, OuterRef, Q, QuerySet, Value
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
from apps.catalog.rights import RIGHTS, VERBS_OF_ROLES, WORDS, categories_covering
from apps.records.policy import scope

MOST_ENDED = 25
MOST_NAMES = 3


class Held(NamedTuple):
    """One right of one holder, as the tables say it."""

    kind: str
    table: str
    holder: int
    place: int
    right: str
    source: str
    until: datetime | None
    given_at: datetime
    given_by: int | None
    reason: str


@dataclass
class Portion:
    """Rights that came to somebody in one way: together, from one place, until one moment."""

    rights: list[str]
    is_here: bool = False
    from_teaching: bool = False
    from_role: bool = False
    place: Any = None
    until: datetime | None = None
    given_at: datetime | None = None
    given_by: Any = None
    reason: str = ""

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


def rights_held(place: Course | Category) -> list[Held]:
    """Every grant in force on this place and on the categories above it, in one query."""
    on_category = [held_in(table, categories_covering(place)) for table in (CategoryUserGrant, CategoryGroupGrant)]
    on_course = [held_in(table, [place.pk]) for table in (CourseUserGrant, CourseGroupGrant)]
    first, *others = [*on_category, *(on_course if isinstance(place, Course) else [])]
    return [Held(*row) for row in first.union(*others, all=True)]


def held_in(table: Any, places: list[int]) -> QuerySet[Any, Any]:
    kind = "user" if hasattr(table, "user") else "group"
    names = (Value(kind, CharField()), Value(table._meta.model_name, CharField()), f"{kind}_id", "content_object_id")
    facts = ("permission__codename", "source", "expires_at", "granted_at", "granted_by_id", "reason")
    rows: QuerySet[Any, Any] = table._base_manager.filter(in_force(), content_object__in=places)
    return rows.order_by().values_list(*names, *facts)


def lines_here(place: Course | Category, viewer: Any) -> tuple[list[Line], list[Line]]:
    """The people with rights of their own here by name; and the administrators with the roles that open something."""
    by_holder: dict[tuple[str, int], list[Held]] = defaultdict(list)
    held = rights_held(place)
    for one in held:
        by_holder[one.kind, one.holder].append(one)
    named = {one.holder for one in held if one.kind == "user"} | {one.given_by for one in held if one.given_by}
    found = User.with_archived.filter(Q(pk__in=named) | Q(is_superuser=True, is_active=True))
    people = {one.pk: one for one in found.order_by("last_name", "first_name", "pk")}
    above = places_above(held, place, viewer)

    def portions(kind: str, key: int) -> list[Portion]:
        return portions_of(by_holder[kind, key], place, people, above)

    lines = [
        Line(one, detail=one.email, note=why_away(one), key=f"person-{one.pk}", portions=portions("user", one.pk))
        for one in people.values()
        if ("user", one.pk) in by_holder
    ]
    everywhere = rights_everywhere()
    roles = Role.objects.filter(Q(pk__in=[key for kind, key in by_holder if kind == "group"]) | Q(pk__in=everywhere))
    at_work = Count("user", filter=Q(user__is_staff=True, user__is_active=True))
    roles = roles.annotate(at_work=at_work).order_by("-priority", "display_name")  # grouping loses it
    role_lines = [line_of_role(role, everywhere.get(role.pk, []), portions("group", role.pk)) for role in roles]
    administrators = [one for one in people.values() if one.is_superuser and one.is_active]
    return lines, [line_of_administrators(administrators), *(line for line in role_lines if line.portions)]


def line_of_role(role: Any, everywhere: list[str], given: list[Portion]) -> Line:
    own = [Portion(everywhere, from_role=True)] if everywhere and role.is_active else []
    words = "1 person" if role.at_work == 1 else f"{role.at_work:,} people"
    note = "" if role.is_active else badge("Not active", "warn")
    return Line(role, detail=words, note=note, key=f"role-{role.pk}", portions=[*own, *given])


def line_of_administrators(people: list[User]) -> Line:
    names = ", ".join(str(one) for one in people[:MOST_NAMES])
    more = f" and {len(people) - MOST_NAMES:,} more" if len(people) > MOST_NAMES else ""
    return Line("Administrators", detail=f"{names}{more}", portions=[Portion(list(RIGHTS), from_role=True)])


def rights_everywhere() -> dict[int, list[str]]:
    """The rights each role's permissions are as good as, on every course there is."""
    policy = CoursePolicy()
    codes = {policy.permission(verb).partition(".")[2]: right for right, verb in VERBS_OF_ROLES.items()}
    permitted = Role.permissions.through.objects.filter(
        permission__content_type__app_label="catalog", permission__codename__in=codes
    ).values_list("group_id", "permission__codename")
    found: dict[int, set[str]] = defaultdict(set)
    for role, codename in permitted:
        found[role].add(codes[codename])
    return {role: [right for right in RIGHTS if right in rights] for role, rights in found.items()}


def places_above(held: list[Held], place: Course | Category, viewer: Any) -> dict[int, Category]:
    """The categories from which rights come down here, each with whether the viewer may grant there."""
    keys = {one.place for one in held if not is_here(one, place)}
    if not keys:
        return {}
    may = scope(viewer, "grant", Category).filter(pk=OuterRef("pk")).order_by()
    found = Category.with_archived.filter(pk__in=keys).annotate(may_grant=Exists(may))
    return {category.pk: category for category in found}


def is_here(one: Held, place: Course | Category) -> bool:
    return one.place == place.pk and one.table.startswith(str(place._meta.model_name))


def portions_of(
    held: list[Held], place: Course | Category, people: dict[int, User], above: dict[int, Category]
) -> list[Portion]:
    """The rights of one holder, those that came together as one."""
    together: dict[Any, list[Held]] = defaultdict(list)
    for one in held:
        together[one.table, one.place, one.source, one.until, one.given_by, one.reason].append(one)
    return [
        Portion(
            rights=[right for right in RIGHTS if right in {one.right for one in same}],
            is_here=is_here(first, place),
            from_teaching=first.source == GrantFacts.Source.INSTRUCTOR,
            place=place if is_here(first, place) else above.get(first.place),
            until=first.until,
            given_at=max(one.given_at for one in same),
            given_by=people.get(first.given_by or 0),
            reason=first.reason,
        )
        for (first, *_), same in ((same, same) for same in together.values())
    ]


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
