"""The bases of every policy and the registry that holds one for each model."""

from collections.abc import Callable, Mapping
from typing import Any, ClassVar

from django.core.exceptions import FieldDoesNotExist
from django.db.models import Model, Q, QuerySet

from apps.records.reasons import ByRole, Kind, Reason, Stop, enough

_policies: dict[type[Model] | None, "Policy"] = {}

VERBS = ("view", "add", "change", "archive", "delete", "import", "export")


class Policy:
    """Who may do what to the rows of one model; this base lets nobody do anything.

    `scope` is the whole truth: a person may do a verb to a row exactly when the row is in the scope of that verb.
    `may_ever` says whether the verb's door exists at all for the person (an empty list, or a refusal).
    A policy overrides `rows` and `opens`; both are asked only about staff at work.
    """

    model: ClassVar[type[Model]]
    verbs: ClassVar[tuple[str, ...]] = VERBS
    key_paths: ClassVar[tuple[str, ...]] = ()
    """What people type to name a record that has no natural key; without either its number does."""
    field_verbs: ClassVar[dict[str, str]] = {}
    """Fields that need a verb of their own besides `change`."""

    def rows(self, user: Any, verb: str) -> QuerySet[Any]:  # noqa: ARG002
        return self.everything().none()

    def opens(self, user: Any, verb: str) -> bool:  # noqa: ARG002
        return False

    def everything(self) -> QuerySet[Any]:
        return self.model._base_manager.all()

    def scope(self, user: Any, verb: str) -> QuerySet[Any]:
        """The rows, archived ones included, to which this person may do this verb."""
        self.check_verb(verb)
        return self.rows(user, verb) if self.is_staff_at_work(user) else self.everything().none()

    def may_ever(self, user: Any, verb: str) -> bool:
        self.check_verb(verb)
        return self.is_staff_at_work(user) and self.opens(user, verb)

    def may(self, user: Any, verb: str, record: Model | None = None) -> bool:
        """Whether the person may do the verb to this record, or to any at all when none is given."""
        if record is None or record.pk is None:
            return self.may_ever(user, verb)
        return self.scope(user, verb).filter(pk=record.pk).exists()

    def masked_fields(self, user: Any) -> frozenset[str]:  # noqa: ARG002
        """Fields this person sees as dots and never writes."""
        return frozenset()

    def because(self, user: Any, verb: str, record: Model) -> list[Reason | ByRole]:  # noqa: ARG002
        """Every fact that alone lets the person do this verb to this record, but that they are an administrator."""
        return []

    def missing(self, user: Any, verb: str, record: Model) -> list[Reason | ByRole]:  # noqa: ARG002
        """What the person lacks who may not do it, but the permission of a role that opens every record."""
        return []

    def place_for(self, key: Mapping[str, str]) -> Model | None:  # noqa: ARG002
        """What a record with this key (its parts by path) would belong to, for policies to which that matters."""
        return None

    def may_new(self, user: Any, verb: str, place: Model | None) -> bool:  # noqa: ARG002
        """Whether the person may do the verb to a record that is not there yet, and would belong to this place."""
        return self.may_ever(user, verb)

    def because_new(self, user: Any, verb: str, place: Model | None) -> list[Reason | ByRole]:  # noqa: ARG002
        return []

    def missing_new(self, user: Any, verb: str, place: Model | None) -> list[Reason | ByRole]:  # noqa: ARG002
        return []

    def refuse_gain(self, user: Any, record: Model) -> None:
        """Raises `RuleBroken` when saving the record as it is now would give the person rights they do not hold."""

    def check_verb(self, verb: str) -> None:
        if verb not in self.verbs:
            raise LookupError(f"The policy of {self.model._meta.label} knows no verb {verb!r}.")

    @staticmethod
    def is_staff_at_work(user: Any) -> bool:
        return bool(user and user.is_active and user.is_staff)


class AdministratorPolicy(Policy):
    """Administrators may do everything here; nobody else anything, whatever their roles say.

    `holds_everywhere` means every row: whoever holds a verb only on some rows has them from `beside_roles`.
    """

    def may(self, user: Any, verb: str, record: Model | None = None) -> bool:
        self.check_verb(verb)
        if self.is_staff_at_work(user) and self.holds_everywhere(user, verb):
            return True
        return super().may(user, verb, record)

    def rows(self, user: Any, verb: str) -> QuerySet[Any]:
        return self.everything() if self.holds_everywhere(user, verb) else self.beside_roles(user, verb)

    def opens(self, user: Any, verb: str) -> bool:
        return self.holds_everywhere(user, verb)

    def holds_everywhere(self, user: Any, verb: str) -> bool:  # noqa: ARG002
        return bool(user.is_superuser)

    def beside_roles(self, user: Any, verb: str) -> QuerySet[Any]:  # noqa: ARG002
        """The rows of those who may not do the verb everywhere."""
        return self.everything().none()


class RolePolicy(AdministratorPolicy):
    """A permission of the person's roles holds on every row: `app.verb_model`, or what `permission_names` says."""

    permission_names: ClassVar[dict[str, str]] = {}

    def permission(self, verb: str) -> str:
        meta = self.model._meta
        return f"{meta.app_label}.{self.permission_names.get(verb, f'{verb}_{meta.model_name}')}"

    def holds_everywhere(self, user: Any, verb: str) -> bool:
        return bool(user.has_perm(self.permission(verb)))

    def because(self, user: Any, verb: str, record: Model) -> list[Reason | ByRole]:  # noqa: ARG002
        return [*self.by_roles(user, verb)]

    def because_new(self, user: Any, verb: str, place: Model | None) -> list[Reason | ByRole]:  # noqa: ARG002
        return [*self.by_roles(user, verb)]

    def by_roles(self, user: Any, verb: str) -> list[ByRole]:
        """The permissions among those of the person's roles that open every record of the verb."""
        reach = f"all {self.model._meta.verbose_name_plural}"
        ways = enough(lambda holder: self.holds_everywhere(holder, verb), user.get_all_permissions())
        return [ByRole(way, reach, verb) for way in ways]


class OwnRowsPolicy(RolePolicy):
    """People see their own rows; roles may open all of them. `owner_path` leads to the owner."""

    owner_path: ClassVar[str]
    own_verbs: ClassVar[tuple[str, ...]] = ("view",)

    def opens(self, user: Any, verb: str) -> bool:
        return verb in self.own_verbs or super().opens(user, verb)

    def beside_roles(self, user: Any, verb: str) -> QuerySet[Any]:
        if verb not in self.own_verbs:
            return self.everything().none()
        return self.everything().filter(Q((self.owner_path, user.pk)))

    def because(self, user: Any, verb: str, record: Model) -> list[Reason | ByRole]:
        found = super().because(user, verb, record)
        if verb not in self.own_verbs or self.owner_of(record) != user:
            return found
        name = self.model._meta.verbose_name
        trail = (Stop(str(user), user), Stop(f"Their own {name}: {record}", record))
        return [Reason(Kind.OWNER, f"This {name} is {user}'s own.", trail, facts=(record,)), *found]

    def missing(self, user: Any, verb: str, record: Model) -> list[Reason | ByRole]:
        found = super().missing(user, verb, record)
        if verb not in self.own_verbs:
            return found
        owner, name = self.owner_of(record), self.model._meta.verbose_name
        words = f"This {name} belongs to {owner}, not to {user}." if owner else f"This {name} belongs to nobody."
        return [Reason(Kind.MISSING, words, (Stop(str(owner), owner),) if owner else ()), *found]

    def owner_of(self, record: Any) -> Any:
        for name in self.owner_path.split("__"):
            record = getattr(record, name)
        return record


def policy(model: type[Model]) -> Callable[[type[Policy]], type[Policy]]:
    """Registers a policy class as the one for this model."""

    def register(policy_class: type[Policy]) -> type[Policy]:
        policy_class.model = model
        _policies[model] = policy_class()
        return policy_class

    return register


def policy_for(model: type[Model]) -> Policy:
    """The policy of a model. Raises `LookupError` for one without: nothing is open by default."""
    if not has_policy(model):
        raise LookupError(f"{model._meta.label} has no policy.")
    return _policies[model._meta.concrete_model]


def all_policies() -> list[Policy]:
    return list(_policies.values())


def has_policy(model: type[Model]) -> bool:
    return model._meta.concrete_model in _policies


def scope(user: Any, verb: str, model: type[Model]) -> QuerySet[Any]:
    """The rows of this model to which the person may do the verb; empty for anyone who is not staff at work."""
    return policy_for(model).scope(user, verb)


def path_is_masked(user: Any, model: type[Model], path: str) -> bool:
    """Whether a step of this path (`user__email`) is a field that is masked for the person."""
    at: Any = model
    for part in path.split("__"):
        if has_policy(at) and part in policy_for(at).masked_fields(user):
            return True
        try:
            at = at._meta.get_field(part).related_model
        except FieldDoesNotExist:
            return False
        if at is None:
            return False
    return False
