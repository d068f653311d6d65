"""People and the roles they have. Imported people have no password until they set one."""

from collections.abc import Sequence
from typing import Any

from allauth.usersessions.models import UserSession
from django.contrib.auth.hashers import make_password

from apps.access.models import Role, RoleAssignment
from apps.access.roles import ADMINISTRATOR
from apps.accounts.models import User
from apps.accounts.sessions import end_all
from apps.audit.recording import write_history
from apps.records.rules import RuleBroken
from imports.codes import RowCode
from imports.types.base import CLEAR, Chunk, Draft, ImportKind, Written
from imports.types.columns import Choice, Email, Names, Text

NOBODY_LEFT = "This would leave nobody who may do everything. Make somebody else an administrator first."


class Users(ImportKind):
    key = "users"
    heading = "People"
    key_columns = ("email",)
    label_column = "email"
    models_below = (RoleAssignment,)

    email = Email(required_on_create=True, aliases=("email_address", "e_mail", "mail"), example="sam@example.org")
    first_name = Text(aliases=("firstname", "given_name"), example="Sam")
    last_name = Text(aliases=("lastname", "surname", "family_name"), example="Okafor")
    role = Choice(right="set_role", help="What the person is on the platform.", example="student")
    roles = Names(
        right="set_role", virtual=True, help="Names of roles joined by a semicolon; they replace those there are."
    )

    class Meta:
        model = User

    def beside(self, ids: Sequence[int], columns: frozenset[str]) -> dict[int, dict[str, Any]]:
        if "roles" not in columns:
            return {}
        named: dict[int, set[str]] = {pk: set() for pk in ids}
        for user, role in RoleAssignment.objects.filter(user__in=ids).values_list("user", "role__name"):
            named[user].add(role)
        return {pk: {"roles": tuple(sorted(names))} for pk, names in named.items()}

    def facts(self, columns: frozenset[str]) -> tuple[str, ...]:  # noqa: ARG002
        return ("role", "status")

    def check(self, chunk: Chunk) -> None:
        known = dict(Role.objects.values_list("name", "pk")) if "roles" in chunk.columns else {}
        self._keep_administrators(chunk)
        for draft in chunk.sound:
            if chunk.user.pk == draft.pk and ("role" in draft.changes or "roles" in draft.changes):
                draft.fault(RowCode.R_RULE, "Nobody changes their own role. Ask a colleague.", self.column("role"))
            elif "roles" in draft.changes:
                self._choose_roles(draft, known)

    def _keep_administrators(self, chunk: Chunk) -> None:
        """Somebody who may do everything must be left."""
        leaving = [
            draft
            for draft in chunk.sound
            if "role" in draft.changes and draft.current.get("role") == User.Role.ADMINISTRATOR
        ]
        if not leaving:
            return
        gone: set[int] = chunk.memory.setdefault("administrators leaving", set())
        gone |= {draft.pk for draft in leaving if draft.pk}
        if not User.objects.filter(role=User.Role.ADMINISTRATOR, is_active=True).exclude(pk__in=gone).exists():
            for draft in leaving:
                draft.fault(RowCode.R_RULE, NOBODY_LEFT, self.column("role"), draft.given.get("role", ""))

    def _choose_roles(self, draft: Draft, known: dict[str, int]) -> None:
        column = self.column("roles")
        names = () if draft.given["roles"] is CLEAR else draft.given["roles"]
        role = draft.field("role") or User.Role.STUDENT
        for name in names:
            if name not in known:
                text = f"No role “{name}” was found. Choose from {', '.join(sorted(known))}."
                draft.fault(RowCode.R_FK_MISSING, text, column, name)
            elif name == ADMINISTRATOR and role != User.Role.ADMINISTRATOR:
                text = "The role administrator comes with the account. Write administrator into the column role."
                draft.fault(RowCode.R_RULE, text, column, name)
        if names and role == User.Role.STUDENT:
            text = "Roles are for people who work here; this person is a student."
            draft.fault(RowCode.R_RULE, text, column, column.show(names))
        draft.extra["roles"] = [known[name] for name in names if name in known]

    def promises(self, user: Any, draft: Draft) -> dict[str, Any]:  # noqa: ARG002
        person = User(email="", role=draft.values.get("role") or User.Role.STUDENT)
        person.apply_role()
        return {"is_staff": person.is_staff, "is_active": person.is_active}

    def before_writing(self, created: list[dict[str, Any]], updated: list[dict[str, Any]]) -> None:
        """What follows from the role, as `User.apply_role` says it, and a password nobody knows."""
        User.lock_administrators()
        for values in created:
            values["password"] = make_password(None)
        for values in (*created, *updated):
            role = values.get("role")
            if role is None and values["id"] is not None and "password" not in values:
                continue
            person = User(email="", role=role or User.Role.STUDENT)
            person.apply_role()
            values["is_staff"], values["is_superuser"] = person.is_staff, person.is_superuser

    def after_writing(self, written: Sequence[Written], user: Any) -> None:
        set_roles({row.pk: row.extra["roles"] for row in written if "roles" in row.extra}, by=user)
        keep_an_administrator()
        demoted = [row.pk for row in written if not row.created and "role" in row.values]
        if demoted:
            end_all(UserSession.objects.filter(user__in=demoted))

    def before_undo(self, ids: Sequence[int]) -> None:
        User.lock_administrators()
        groups: Any = User.groups.through.objects.filter(user_id__in=ids)
        groups.delete()

    def after_undo(self, ids: Sequence[int]) -> None:
        keep_an_administrator()
        follow_assignments(ids)


def keep_an_administrator() -> None:
    """Undoes what was just written when it leaves nobody who may do everything."""
    if not User.administrators().exists():
        raise RuleBroken(NOBODY_LEFT)


def set_roles(wanted: dict[int, list[int]], *, by: Any) -> None:
    """Gives exactly these roles to these people, and takes the others away."""
    if not wanted:
        return
    gone: list[RoleAssignment] = []
    there: set[tuple[int, int]] = set()
    for assignment in RoleAssignment.objects.filter(user__in=wanted.keys()):
        there.add((assignment.user_id, assignment.role_id))
        if assignment.role_id not in wanted[assignment.user_id]:
            gone.append(assignment)
    new = [
        RoleAssignment(user_id=user, role_id=role, assigned_by=by)
        for user, roles in wanted.items()
        for role in roles
        if (user, role) not in there
    ]
    write_history(RoleAssignment.objects.bulk_create(new), "+")
    write_history(gone, "-")
    RoleAssignment.objects.filter(pk__in=[assignment.pk for assignment in gone])._raw_delete("default")
    follow_assignments(list(wanted))


def follow_assignments(user_ids: Sequence[int]) -> None:
    """Membership in the groups behind the roles is what the assignments say."""
    through: Any = User.groups.through
    roles = set(Role.objects.values_list("pk", flat=True))
    wanted = set(RoleAssignment.objects.filter(user__in=user_ids).values_list("user", "role"))
    there = {
        (user, group): pk
        for pk, user, group in through.objects.filter(user_id__in=user_ids).values_list("pk", "user_id", "group_id")
        if group in roles
    }
    through.objects.filter(pk__in=[pk for place, pk in there.items() if place not in wanted]).delete()
    present = set(User.with_archived.filter(pk__in=user_ids).values_list("pk", flat=True))
    through.objects.bulk_create(
        through(user_id=user, group_id=group) for user, group in wanted - there.keys() if user in present
    )
