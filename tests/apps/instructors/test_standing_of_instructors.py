"""Verification and tiers: who, when and why, and taken back with a reason."""

from collections.abc import Callable
from typing import Any

import pytest

from apps.accounts.models import User
from apps.instructors import services
from apps.instructors.models import InstructorProfile
from apps.instructors.states import InstructorStatus, Tier
from apps.notifications.models import Notification
from apps.records.rules import RuleBroken

Deed = Callable[..., Any]
DEEDS: dict[str, Deed] = {
    "verify": services.verify_instructor,
    "withdraw": services.withdraw_verification,
    "tier": lambda profile, **by: services.change_tier(profile, Tier.GOLD, **by),
}


def standing(profile: InstructorProfile) -> tuple[Any, ...]:
    fresh = InstructorProfile.objects.get(pk=profile.pk)
    return fresh.is_verified, fresh.verified_at, fresh.verified_by, fresh.tier


def test_a_verification_says_who_and_when_and_is_withdrawn_with_a_reason(
    profile: InstructorProfile, manager: User
) -> None:
    services.verify_instructor(profile, by=manager, reason="Passport and diploma seen.")

    is_verified, at, by, _tier = standing(profile)
    assert (is_verified, by) == (True, manager)
    assert at is not None
    services.withdraw_verification(profile, by=manager, reason="The diploma is not genuine.")
    assert standing(profile) == (False, None, None, Tier.BRONZE)
    assert "not genuine" in Notification.objects.get(recipient=profile.user).text
    assert [row.history_change_reason for row in profile.history.all()[:2]] == [
        "The diploma is not genuine.",
        "Passport and diploma seen.",
    ]


def test_a_tier_changes_with_a_reason_and_the_instructor_is_told(profile: InstructorProfile, manager: User) -> None:
    services.change_tier(profile, Tier.GOLD, by=manager, reason="Three years of good courses.")

    assert standing(profile)[-1] == Tier.GOLD
    assert Notification.objects.get(recipient=profile.user).title == "Your tier is gold now"


@pytest.mark.parametrize("name", DEEDS)
def test_without_a_reason_or_the_right_or_about_oneself_nothing_is_done(
    name: str, profile: InstructorProfile, manager: User, support: User, instructor: User
) -> None:
    before = standing(profile)

    for by, reason, words in (
        (manager, "", "Say why"),
        (support, "Asked.", "You may not verify"),
        (instructor, "Asked.", "Nobody decides about themselves"),
    ):
        with pytest.raises(RuleBroken, match=words):
            DEEDS[name](profile, by=by, reason=reason)

    assert standing(profile) == before


def test_what_makes_no_sense_is_refused_in_words(
    profile: InstructorProfile, application: InstructorProfile, manager: User
) -> None:
    with pytest.raises(RuleBroken, match="is not verified"):
        services.withdraw_verification(profile, by=manager, reason="Asked.")
    with pytest.raises(RuleBroken, match="is bronze already"):
        services.change_tier(profile, Tier.BRONZE, by=manager, reason="Asked.")
    with pytest.raises(RuleBroken, match="waits for a decision; only approved instructors have a tier"):
        services.change_tier(application, Tier.GOLD, by=manager, reason="Asked.")
    services.verify_instructor(profile, by=manager, reason="Seen.")
    with pytest.raises(RuleBroken, match="is verified already"):
        services.verify_instructor(profile, by=manager, reason="Seen.")
    services.reject_application(application, by=manager, reason="No.")
    with pytest.raises(RuleBroken, match="was rejected, so there is nobody to verify"):
        services.verify_instructor(application, by=manager, reason="Seen.")

    assert (standing(profile)[-1], standing(application)[0]) == (Tier.BRONZE, False)
    assert application.status == InstructorStatus.REJECTED
