"""Who may see people, their sign-ins and sessions, and what of them."""

from collections.abc import Callable
from typing import Any, ClassVar

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.db.models import Model, Q, QuerySet

from apps.accounts.models import LoginEvent, Profile, User
from apps.records.policy import VERBS, AdministratorPolicy, OwnRowsPolicy, RolePolicy, policy
from apps.records.reasons import ByRole, Kind, Reason, Stop

SEES_MORE_THAN_NAMES = "accounts.view_profile"

people_seen_beside_roles: list[Callable[[User], QuerySet[Any, Any]]] = []
"""Filled by upper apps: the keys of those a person sees because of what they do together, and by name only."""

why_people_are_seen: list[Callable[[Any, Any], list[Reason]]] = []
"""Filled together with it: why this person sees that one."""


@policy(User)
class UserPolicy(RolePolicy):
    """Roles show people; what changes an account is for administrators, but lifting a lock and sending a reset mail."""

    verbs = (
        *VERBS,
        "suspend",
        "unlock",
        "reset_password",
        "end_sessions",
        "set_role",
        "see_as",
        "remove_factors",
        "explain",
        "hand_over",
        "erase",
    )
    door_verbs: ClassVar[tuple[str, ...]] = ("unlock", "reset_password")
    field_verbs = {"role": "set_role", "status": "suspend"}

    def holds_everywhere(self, user: Any, verb: str) -> bool:
        return bool(user.is_superuser) or (verb in ("view", "export") and super().holds_everywhere(user, verb))

    def helps_learners(self, user: Any, verb: str) -> bool:
        return verb in self.door_verbs and bool(user.has_perm(self.permission(verb)))

    def beside_roles(self, user: Any, verb: str) -> QuerySet[Any]:
        if self.helps_learners(user, verb):
            return self.everything().filter(role=User.Role.STUDENT)
        seen: list[Any] = (
            [Q(pk__in=people_of(user)) for people_of in people_seen_beside_roles] if verb == "view" else []
        )
        return self.everything().filter(Q.create(seen, Q.OR)) if seen else self.everything().none()

    def opens(self, user: Any, verb: str) -> bool:
        if super().opens(user, verb) or self.helps_learners(user, verb):
            return True
        return verb == "view" and any(people_of(user).exists() for people_of in people_seen_beside_roles)

    def masked_fields(self, user: Any) -> frozenset[str]:
        if user.has_perm(SEES_MORE_THAN_NAMES):
            return frozenset()
        return frozenset(
            field.name for field in User._meta.get_fields() if field.name not in {"id", "first_name", "last_name"}
        )

    def because(self, user: Any, verb: str, record: Model) -> list[Reason | ByRole]:
        found = super().because(user, verb, record)
        if self.helps_learners(user, verb):
            return [*found, self.by_helping(verb)]
        together = [way for why in why_people_are_seen for way in why(user, record)] if verb == "view" else []
        return [*found, *together]

    def missing(self, user: Any, verb: str, record: Model) -> list[Reason | ByRole]:
        if verb in self.door_verbs and record.role == User.Role.STUDENT:  # type: ignore[attr-defined]
            return [self.by_helping(verb)]
        if verb != "view":
            return []
        words = f"{record} learns in no course whose learners {user} manages."
        return [Reason(Kind.MISSING, words, (Stop(str(record), record),))]

    def by_helping(self, verb: str) -> ByRole:
        return ByRole(frozenset({self.permission(verb)}), "learners")


@policy(Profile)
class ProfilePolicy(RolePolicy):
    """What people say of themselves; support does not see where they live and when they were born."""

    key_paths = ("user__email",)

    def holds_everywhere(self, user: Any, verb: str) -> bool:
        return super().holds_everywhere(user, verb) if verb == "view" else bool(user.is_superuser)

    def masked_fields(self, user: Any) -> frozenset[str]:
        if user.has_perm("accounts.export_user"):
            return frozenset()
        return frozenset({"date_of_birth", "phone_number", "address", "city", "state", "postal_code"})


@policy(LoginEvent)
class LoginEventPolicy(OwnRowsPolicy):
    """People see their own sign-ins, support those of learners, managers all; nobody changes any."""

    owner_path = "user"

    def holds_everywhere(self, user: Any, verb: str) -> bool:
        return verb == "view" and bool(user.has_perm("accounts.export_user"))

    def beside_roles(self, user: Any, verb: str) -> QuerySet[Any]:
        own = super().beside_roles(user, verb)
        if verb != "view" or not user.has_perm(self.permission(verb)):
            return own
        return own | self.everything().filter(user__role=User.Role.STUDENT)

    def because(self, user: Any, verb: str, record: Any) -> list[Reason | ByRole]:
        found = super().because(user, verb, record)
        helps = user.has_perm(self.permission("view")) and self.is_of_learner(record)
        return [*found, self.by_helping()] if helps else found

    def missing(self, user: Any, verb: str, record: Any) -> list[Reason | ByRole]:
        found = super().missing(user, verb, record)
        return [*found, self.by_helping()] if verb == "view" and self.is_of_learner(record) else found

    def is_of_learner(self, record: Any) -> bool:
        return record.user is not None and record.user.role == User.Role.STUDENT

    def by_helping(self) -> ByRole:
        return ByRole(frozenset({self.permission("view")}), "sign-ins of learners")


@policy(UserSession)
class UserSessionPolicy(OwnRowsPolicy):
    """Own sessions, to see and to end; administrators see and end anybody's."""

    owner_path = "user"
    verbs = (*VERBS, "end")
    own_verbs = ("view", "end")

    def holds_everywhere(self, user: Any, verb: str) -> bool:
        return verb in self.own_verbs and bool(user.is_superuser)


@policy(EmailAddress)
class EmailAddressPolicy(AdministratorPolicy):
    key_paths = ("email",)


@policy(Authenticator)
class AuthenticatorPolicy(AdministratorPolicy):
    pass
