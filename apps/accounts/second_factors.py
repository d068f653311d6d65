"""Second factors: of whom one is demanded, who has one, how a code opens the door once, what a change leaves."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from allauth.core.internal.cryptokit import compare_user_code
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from allauth.mfa.utils import decrypt
from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest

from apps.accounts.models import LoginEvent, User
from apps.accounts.sessions import end_other_sessions
from apps.audit.recording import change_set, count, current_operation

Type = Authenticator.Type
FACTORS = (Type.TOTP, Type.WEBAUTHN)
"""What counts as a second factor. Recovery codes stand in for one, and go with the last."""


def is_demanded_of(person: Any) -> bool:
    """Whether this person may not work here with a password alone."""
    return bool(settings.MFA_REQUIRED and person.is_authenticated and person.is_staff)


def all_factors_of(person: Any) -> QuerySet[Authenticator]:
    """The second factors with the recovery codes, oldest first."""
    found: QuerySet[Authenticator] = Authenticator.objects.filter(user_id=person.pk).order_by("pk")
    return found


def factors_of(person: Any) -> QuerySet[Authenticator]:
    return all_factors_of(person).filter(type__in=FACTORS)


def is_last_demanded(factor: Authenticator) -> bool:
    """Whether the person would be left without the second factor the console demands."""
    person: Any = factor.user
    return is_demanded_of(person) and not factors_of(person).exclude(pk=factor.pk).exists()


def in_words(factor: Authenticator) -> str:
    if factor.type == Type.WEBAUTHN:
        return f"Passkey “{factor.data.get('name', '')}”"
    return "Recovery codes" if factor.type == Type.RECOVERY_CODES else "Authenticator app"


def codes_left(person: Any) -> int | None:
    """How many recovery codes were not used yet; None without any."""
    codes = all_factors_of(person).filter(type=Type.RECOVERY_CODES).first()
    return None if codes is None else len(codes.wrap().get_unused_codes())


@transaction.atomic
def factor_opened_by(person: Any, code: str) -> Authenticator | None:
    """The factor whose code this is. The code is used up by asking: it opens nothing a second time, in no process."""
    User.with_archived.select_for_update(no_key=True).get(pk=person.pk)
    for factor in all_factors_of(person).exclude(type=Type.WEBAUTHN):
        is_right = use_app_code(factor, code) if factor.type == Type.TOTP else factor.wrap().validate_code(code)
        if is_right:
            return factor
    return None


def use_app_code(factor: Authenticator, code: str) -> bool:
    """Accepts the code of a moment later than that of the last code accepted."""
    secret, last = decrypt(factor.data["secret"]), factor.data.get("last_counter", 0)
    for counter in yield_hotp_counters_from_time():
        expected = format_hotp_value(hotp_value(secret, counter))
        if counter > last and compare_user_code(actual=code, expected=expected):
            factor.data["last_counter"] = counter
            factor.save(update_fields=["data"])
            return True
    return False


@contextmanager
def noting_changes(request: HttpRequest) -> Iterator[None]:
    """Everything inside changes factors of the person of this request, and each change leaves one entry with it.

    The first factor ends the other sessions: they were opened with a password alone.
    """
    person: Any = request.user
    with change_set(by=person, title=f"Change how {person} signs in") as entry:
        before = {factor.pk: factor for factor in all_factors_of(person)}
        yield
        after = {factor.pk: factor for factor in all_factors_of(person)}
        added = [factor for pk, factor in after.items() if pk not in before]
        gone = [factor for pk, factor in before.items() if pk not in after]
        for pk in before.keys() & after.keys():
            if (old := in_words(before[pk])) != (new := in_words(after[pk])):
                entry.title = f"Rename of {person}: {old} to {new}"
                count("mfa.authenticator", "~")
        for outcome, factors in ((LoginEvent.Outcome.FACTOR_ON, added), (LoginEvent.Outcome.FACTOR_OFF, gone)):
            for factor in factors:
                if factor.type != Type.RECOVERY_CODES:
                    note_change(person, outcome, in_words(factor), by=person)
        if added and all(factor.type == Type.RECOVERY_CODES for factor in added):
            note_change(person, LoginEvent.Outcome.NEW_CODES, "The codes there were before open nothing.", by=person)
        for factor in added:
            if factor.type == Type.TOTP:
                use_app_code(factor, request.POST.get("code", ""))
        if added and not before:
            end_other_sessions(person, request.session.session_key)


def note_change(person: Any, outcome: str, words: str, *, by: Any) -> None:
    place = current_operation().ip_address
    LoginEvent.objects.create(
        user=person, email=person.email, outcome=outcome, by=by, reason=words[:500], ip_address=place
    )
    count("accounts.loginevent", "+")
