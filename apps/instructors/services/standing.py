"""Verification and tiers: what is vouched for an instructor, and how they are ranked."""

from typing import Any

from django.utils import timezone

from apps.instructors.models import InstructorProfile
from apps.instructors.services.changing import IS, changing, require_reason, tell
from apps.instructors.states import InstructorStatus, Tier
from apps.records.rules import RuleBroken


def verify_instructor(profile: InstructorProfile, *, by: Any, reason: str) -> InstructorProfile:
    """Notes that identity and credentials were checked; the reason says how."""
    require_reason(reason)
    with changing(profile, "verify", "Verify", by=by, reason=reason):
        if profile.is_verified:
            raise RuleBroken(f"{profile} is verified already.")
        if profile.status == InstructorStatus.REJECTED:
            raise RuleBroken(f"{profile} was rejected, so there is nobody to verify.")
        profile.is_verified, profile.verified_at, profile.verified_by = True, timezone.now(), by
    return profile


def withdraw_verification(profile: InstructorProfile, *, by: Any, reason: str) -> InstructorProfile:
    """Takes it back; the reason says what turned out to be wrong."""
    why = require_reason(reason)
    with changing(profile, "verify", "Withdraw the verification", by=by, reason=reason):
        if not profile.is_verified:
            raise RuleBroken(f"{profile} is not verified.")
        profile.is_verified, profile.verified_at, profile.verified_by = False, None, None
        tell(profile, title="You are no longer a verified instructor", text=f"{by}: {why}")
    return profile


def change_tier(profile: InstructorProfile, tier: str, *, by: Any, reason: str) -> InstructorProfile:
    """Ranks an approved instructor higher or lower."""
    why = require_reason(reason)
    with changing(profile, "verify", f"Set the tier to {Tier(tier).label}", by=by, reason=reason):
        if profile.status != InstructorStatus.APPROVED:
            raise RuleBroken(
                f"{profile} {IS[InstructorStatus(profile.status)]}; only approved instructors have a tier."
            )
        if profile.tier == tier:
            raise RuleBroken(f"{profile} is {Tier(tier).label.lower()} already.")
        profile.tier = tier
        tell(profile, title=f"Your tier is {Tier(tier).label.lower()} now", text=f"{by}: {why}")
    return profile
