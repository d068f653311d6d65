"""Sessions: who is signed in where, and how that ends."""

from typing import Any

from allauth.usersessions.models import UserSession
from django.db.models import QuerySet

from apps.accounts.models import User
from apps.audit.recording import change_set, count
from apps.records.policy import policy_for
from apps.records.rules import RuleBroken


def end_session(session: UserSession, *, by: Any, reason: str = "") -> None:
    """Signs somebody out in one place: oneself, or anybody for administrators."""
    if not policy_for(UserSession).may(by, "end", session):
        raise RuleBroken("You may end your own sessions only.")
    with change_set(by=by, reason=reason, title=f"End a session of {session.user}"):
        end_all(UserSession.objects.filter(pk=session.pk))


def end_sessions(person: User, *, by: Any, reason: str = "") -> int:
    """Signs somebody out everywhere and says in how many places they were signed in."""
    if not policy_for(User).may(by, "end_sessions", person):
        raise RuleBroken(f"You may not end the sessions of {person}.")
    with change_set(by=by, reason=reason, title=f"End all sessions of {person}"):
        return end_all(UserSession.objects.filter(user=person))


def end_other_sessions(person: Any, kept_key: str | None, *, title: str = "") -> int:
    """Signs somebody out everywhere but here and says in how many places they were signed in."""
    with change_set(by=person, title=title or f"End the other sessions of {person}"):
        return end_all(UserSession.objects.filter(user=person).exclude(session_key=kept_key))


def end_all(sessions: QuerySet[Any]) -> int:
    ended = list(sessions)
    for session in ended:
        session.end()
    if ended:
        count("usersessions.usersession", "-", len(ended))
    return len(ended)
