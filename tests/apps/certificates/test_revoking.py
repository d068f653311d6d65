"""Revoking for good, asking for it, replacing, and expiring by the clock alone."""

from datetime import timedelta

import pytest
import time_machine

from apps.accounts.models import User
from apps.audit.models import ChangeSet
from apps.certificates.models import Certificate, CertificateTemplate
from apps.certificates.queries import standing_q
from apps.certificates.services import (
    archive_template,
    ask_to_revoke,
    issue_certificate,
    make_default,
    new_version,
    reissue_certificate,
    restore_template,
    revoke_certificate,
)
from apps.certificates.states import TRANSITIONS, CertificateState, transition_allowed
from apps.enrollments.models import Enrollment
from apps.notifications.models import Notification
from apps.records.rules import RuleBroken

State = CertificateState


def test_every_way_that_is_not_in_the_table_is_refused() -> None:
    ways = {(before, after) for before in State for after in State if transition_allowed(before, after)}

    assert ways == {
        (State.VALID, State.REPLACED),
        (State.VALID, State.REVOKED),
        (State.EXPIRED, State.REPLACED),
        (State.EXPIRED, State.REVOKED),
    }
    assert set(TRANSITIONS) == set(State)


def test_a_revoked_certificate_says_why_by_whom_and_when_and_stays_so(certificate: Certificate, manager: User) -> None:
    revoked = revoke_certificate(certificate, by=manager, reason="The account belongs to two people.")

    kept = Certificate.objects.get()
    assert (kept.state, kept.revoked_by, kept.revocation_reason) == (
        State.REVOKED,
        manager,
        "The account belongs to two people.",
    )
    assert kept.revoked_at == revoked.revoked_at is not None
    assert kept.is_genuine
    assert kept.history.first().change_set.reason == "The account belongs to two people."
    before = Certificate.objects.values().get(), ChangeSet.objects.count()
    for again in (revoke_certificate, reissue_certificate, ask_to_revoke):
        with pytest.raises(RuleBroken, match="This certificate is revoked already, and that is for good"):
            again(certificate, by=manager, reason="Once more.")
    assert (Certificate.objects.values().get(), ChangeSet.objects.count()) == before


@pytest.mark.parametrize("act", [revoke_certificate, reissue_certificate, ask_to_revoke])
def test_nothing_happens_without_a_reason(certificate: Certificate, manager: User, act: object) -> None:
    before = Certificate.objects.values().get()

    with pytest.raises(RuleBroken, match="Say why"):
        act(certificate, by=manager, reason=" ")  # type: ignore[operator]

    assert Certificate.objects.values().get() == before


def test_a_reissued_certificate_has_a_new_number_and_the_name_of_today(
    certificate: Certificate, administrator: User
) -> None:
    User.objects.filter(pk=certificate.user_id).update(last_name="Marlow-Reyes")

    replacement = reissue_certificate(certificate, by=administrator, reason="Married.")

    old = Certificate.objects.get(pk=certificate.pk)
    assert (old.state, old.learner_name, old.replacement) == (State.REPLACED, "Lou Marlow", replacement)
    assert (replacement.learner_name, replacement.completed_at) == ("Lou Marlow-Reyes", old.completed_at)
    assert replacement.number != old.number
    assert replacement.is_genuine
    assert old.is_genuine
    assert old.history.count() == 2
    for again in (revoke_certificate, reissue_certificate):
        with pytest.raises(RuleBroken, match="This certificate is replaced already"):
            again(old, by=administrator, reason="Once more.")


def test_a_certificate_expires_at_its_last_moment_and_can_be_renewed(
    completed: Enrollment, administrator: User
) -> None:
    CertificateTemplate.objects.filter(language="en").update(valid_months=12)
    certificate = issue_certificate(completed, by=administrator)
    assert certificate.valid_until is not None
    last, over = certificate.valid_until - timedelta(seconds=1), certificate.valid_until

    with time_machine.travel(last, tick=False):
        before = certificate.standing(), Certificate.objects.filter(standing_q(State.VALID)).count()
    with time_machine.travel(over, tick=False):
        after = certificate.standing(), Certificate.objects.filter(standing_q(State.EXPIRED)).count()
        valid = Certificate.objects.filter(standing_q(State.VALID)).count()
        renewed = reissue_certificate(certificate, by=administrator, reason="Another year.")

    assert (before, after, valid) == ((State.VALID, 1), (State.EXPIRED, 1), 0)
    assert renewed.valid_until is not None
    assert renewed.valid_until > over


def test_who_may_revoke_is_told_once_and_not_again_when_it_is_done(
    certificate: Certificate, instructor: User, manager: User, administrator: User, support: User
) -> None:
    told = ask_to_revoke(certificate, by=instructor, reason="Handed in for somebody else.")

    asked = Notification.objects.filter(kind="revocation_request")
    assert told == 2
    assert {one.recipient for one in asked} == {manager, administrator}
    assert {(one.title, one.text) for one in asked} == {
        ("Robin Instructor asks to revoke the certificate of Lou Marlow", "Handed in for somebody else.")
    }
    assert ChangeSet.objects.latest("pk").title == "Ask to revoke: Lou Marlow, Python from the first line"
    with pytest.raises(RuleBroken, match="Somebody has asked for this already"):
        ask_to_revoke(certificate, by=instructor, reason="Again.")
    revoke_certificate(certificate, by=manager, reason="So it is.")
    assert not asked.filter(read_at=None).exists()


def test_what_was_changed_behind_our_back_no_longer_agrees(certificate: Certificate) -> None:
    for fact in ({"learner_name": "Somebody Else"}, {"course_title": "Another"}, {"number": "X"}):
        Certificate.objects.filter(pk=certificate.pk).update(**fact)
        altered = Certificate.objects.get()
        Certificate.objects.filter(pk=certificate.pk).update(
            learner_name=certificate.learner_name, course_title=certificate.course_title, number=certificate.number
        )

        assert not altered.is_genuine
    assert Certificate.objects.get().is_genuine


# Templates


def test_a_used_template_changes_by_a_new_version_only(certificate: Certificate, manager: User) -> None:
    used = certificate.template

    with pytest.raises(RuleBroken, match="There is a version 1.0"):
        new_version(used, "1.0", by=manager)
    made = new_version(used, "2.0", by=manager)
    made.organization = "Elsewhere"
    made.full_clean()
    make_default(made, by=manager, reason="New name.")

    used.refresh_from_db()
    made.refresh_from_db()
    assert (made.name, made.language, made.is_default, used.is_default) == (used.name, "en", True, False)
    with pytest.raises(Exception, match="Certificates were made from this version"):
        used.full_clean()
    with pytest.raises(RuleBroken, match="used for new certificates already"):
        make_default(made, by=manager)
    with pytest.raises(RuleBroken, match="Choose another for its language first"):
        archive_template(made, by=manager)
    archive_template(used, by=manager, reason="Old name.")
    with pytest.raises(RuleBroken, match="is archived"):
        make_default(used, by=manager)
    assert not CertificateTemplate.objects.filter(pk=used.pk).exists()
    restore_template(used, by=manager)
    assert CertificateTemplate.objects.filter(pk=used.pk).exists()
