"""Asking the policies on somebody's behalf, and putting what they say in order. Nothing here decides anything."""

from collections.abc import Iterator
from functools import partial

from django.apps import apps
from django.db.models import Model

from apps.access.explain.answer import Explanation
from apps.access.explain.fields import about_field, masked
from apps.access.explain.keys import find, key_by_path
from apps.access.explain.people import ADMINISTRATOR, as_if_at_work, why_not_at_work, without_rank
from apps.access.explain.roles import in_words, lacking_in_words, roles_lacking
from apps.access.explain.words import every, words_for
from apps.access.memory import remembering
from apps.accounts.models import User
from apps.records.policy import AdministratorPolicy, Policy, policy_for
from apps.records.reasons import Cure, Kind, Reason, Stop

VERBS_FOR_NEW = ("add", "import")
NEARLY = (Kind.EXPIRED, Kind.INACTIVE)
"""What was enough once, or would be: it is said first."""


def explain(email: str, verb: str, model_label: str, key: str, field_name: str = "") -> Explanation:
    """Whether the person may do the verb to the record with this key (its parts joined by `/`), and why.

    Raises `LookupError` for a model, a policy, a verb or a field that does not exist.
    """
    model = model_named(model_label)
    the_policy = policy_for(model)
    the_policy.check_verb(verb)
    with remembering():
        person = person_with(email)
        if person is None:
            return no(f"Nobody has the e-mail address {email}.")
        record = find(model, key)
        if record is not None:
            return explain_found(person, verb, record, field_name)
        if verb in VERBS_FOR_NEW:
            return explain_new(person, verb, the_policy, key)
    return no(f"There is no {model._meta.verbose_name} with the key {key}.")


def explain_found(person: User, verb: str, record: Model, field_name: str = "") -> Explanation:
    if not field_name:
        return explain_record(person, verb, record)
    ask = partial(explain_record, person, record=record)
    return about_field(ask, as_if_at_work(person), verb, record, field_name)


def model_named(label: str) -> type[Model]:
    try:
        return apps.get_model(label)
    except ValueError:
        raise LookupError(f"{label} names no model. Write it like catalog.course.") from None


def person_with(email: str) -> User | None:
    found = find(User, email)
    return found if isinstance(found, User) else None


def no(sentence: str) -> Explanation:
    return Explanation(allowed=False, chain=[Reason(Kind.MISSING, sentence)])


def explain_record(person: User, verb: str, record: Model) -> Explanation:
    """Every way that allows it, or everything that is missing; and what is told beside that."""
    away, at_work = why_not_at_work(person), as_if_at_work(person)
    allowed = policy_for(type(record)).may(at_work, verb, record)
    if away or not allowed:
        return Explanation(allowed=False, chain=[*away, *(() if allowed else missing(at_work, verb, record))])
    return Explanation(allowed=True, chain=[*because(at_work, verb, record), *masked(at_work, verb, record)])


def explain_new(person: User, verb: str, the_policy: Policy, key: str) -> Explanation:
    """A record that is not there yet is decided by what it would belong to, or by the door alone."""
    away, at_work = why_not_at_work(person), as_if_at_work(person)
    place = the_policy.place_for(key_by_path(the_policy.model, key))
    if not the_policy.may_new(at_work, verb, place):
        lacking = lacking_in_words(at_work, verb, the_policy.missing_new(at_work, verb, place))
        by_others = (
            what_others_have(at_work, verb, the_policy) if the_policy.may_new(ADMINISTRATOR, verb, place) else []
        )
        return Explanation(allowed=False, chain=[*away, *(lacking + by_others or [nobody(verb, the_policy)])])
    plain = without_rank(at_work)
    reasons = [by_rank(person, verb, the_policy)] if person.is_superuser else []
    if the_policy.may_new(plain, verb, place):
        reasons += in_words(plain, verb, the_policy.because_new(plain, verb, place))
    return Explanation(allowed=not away, chain=away or reasons or [by_rule(person, the_policy)])


def explain_all(person: User, record: Model) -> Iterator[tuple[str, bool, str]]:
    """Each verb of the record's policy but adding it, with yes or no and the first thing that decides."""
    the_policy = policy_for(type(record))
    away, at_work = why_not_at_work(person), as_if_at_work(person)
    for verb in (one for one in the_policy.verbs if one != "add"):
        if away:
            yield verb, False, away[0].text
        elif the_policy.may(at_work, verb, record):
            yield verb, True, first_because(at_work, verb, record).text
        else:
            yield verb, False, missing(at_work, verb, record)[0].text


def because(person: User, verb: str, record: Model) -> list[Reason]:
    """Every fact that alone allows it: being an administrator, and what would remain without that."""
    the_policy, plain = policy_for(type(record)), without_rank(person)
    remains = plain is person or the_policy.may(plain, verb, record)
    reasons = in_words(plain, verb, the_policy.because(plain, verb, record)) if remains else []
    if person.is_superuser and (not remains or rank_decides(person, verb, the_policy)):
        reasons = [by_rank(person, verb, the_policy), *reasons]
    return reasons or [by_rule(person, the_policy)]


def by_rule(person: User, the_policy: Policy) -> Reason:
    return Reason(Kind.RULE, f"The rule for {every(the_policy)} lets {person} do it.")


def first_because(person: User, verb: str, record: Model) -> Reason:
    """The same without looking for what nobody reads in a table."""
    the_policy = policy_for(type(record))
    if person.is_superuser and rank_decides(person, verb, the_policy):
        return by_rank(person, verb, the_policy)
    return because(person, verb, record)[0]


def rank_decides(person: User, verb: str, the_policy: Policy) -> bool:
    return isinstance(the_policy, AdministratorPolicy) and the_policy.holds_everywhere(person, verb)


def by_rank(person: User, verb: str, the_policy: Policy) -> Reason:
    what = f"{words_for(verb)} {every(the_policy)}"
    text = f"{person} is an administrator, and administrators may {what}."
    return Reason(
        Kind.ADMINISTRATOR, text, (Stop(str(person), person), Stop("Administrator"), Stop(f"All {every(the_policy)}"))
    )


def missing(person: User, verb: str, record: Model) -> list[Reason]:
    """Everything that would each allow it, if it were there; or that nobody may."""
    the_policy = policy_for(type(record))
    lacking = lacking_in_words(person, verb, the_policy.missing(person, verb, record))
    if the_policy.may(ADMINISTRATOR, verb, record):
        lacking += what_others_have(person, verb, the_policy)
    return sorted(lacking, key=lambda reason: reason.kind not in NEARLY) or [nobody(verb, the_policy)]


def what_others_have(person: User, verb: str, the_policy: Policy) -> list[Reason]:
    """The roles that would open every record, and being an administrator."""
    roles = roles_lacking(person, verb, the_policy)
    if person.is_superuser:
        return roles
    words = f"{person} is no administrator; administrators may {words_for(verb)} {every(the_policy)}."
    return [*roles, Reason(Kind.MISSING, words, cure=Cure("An administrator can do it."))]


def nobody(verb: str, the_policy: Policy) -> Reason:
    return Reason(Kind.NOBODY, f"Nobody may {words_for(verb)} {every(the_policy)}, administrators included.")
