"""What can be decided about an instructor from their page; each is one service."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from unfold.enums import ActionVariant

from admin_theme.action_pages import page_action
from admin_theme.actions import console_action
from apps.instructors import services
from apps.instructors.admin.suspension import suspension_page
from apps.instructors.forms import TierForm
from apps.instructors.models import InstructorProfile
from apps.instructors.states import InstructorStatus

Status = InstructorStatus


def is_in(*statuses: str) -> Callable[[InstructorProfile], bool]:
    return lambda profile: profile.status in statuses


class InstructorActions:
    """The actions of `InstructorProfileAdmin`."""

    @console_action(
        "Approve",
        verb="decide",
        icon="check",
        variant=ActionVariant.PRIMARY,
        confirm="They may open the console and start courses of their own, and are told so. Suspend takes it back.",
        done="approved",
        fits=is_in(Status.PENDING),
    )
    def approve(self, request: HttpRequest, profile: InstructorProfile, reason: str) -> str:
        services.approve_application(profile, by=request.user, reason=reason)
        return f"{profile} is an instructor now."

    @console_action(
        "Reject",
        verb="decide",
        ask_reason=True,
        icon="close",
        confirm="They are told why, and can apply again.",
        done="rejected",
        fits=is_in(Status.PENDING),
    )
    def reject(self, request: HttpRequest, profile: InstructorProfile, reason: str) -> str:
        services.reject_application(profile, by=request.user, reason=reason)
        return f"{profile} is told that the application was rejected."

    @console_action(
        "Apply again",
        verb="apply",
        icon="replay",
        variant=ActionVariant.PRIMARY,
        confirm="The application goes back to those who decide, as the profile says it now.",
        fits=is_in(Status.REJECTED),
    )
    def apply_again(self, request: HttpRequest, profile: InstructorProfile, reason: str) -> str:
        services.apply_again(profile, by=request.user, reason=reason)
        return "The application waits for a decision again."

    @page_action("Suspend", verb="suspend", icon="block", fits=is_in(Status.APPROVED))
    def suspend(self, request: HttpRequest, profile: InstructorProfile) -> HttpResponse:
        return suspension_page(self, request, profile)

    @console_action(
        "Reinstate",
        verb="suspend",
        ask_reason=True,
        icon="restart_alt",
        variant=ActionVariant.PRIMARY,
        confirm="They teach again, with the rights they had. Courses that were unpublished or handed over stay so.",
        fits=is_in(Status.SUSPENDED),
    )
    def reinstate(self, request: HttpRequest, profile: InstructorProfile, reason: str) -> str:
        services.reinstate_instructor(profile, by=request.user, reason=reason)
        return f"{profile} teaches again."

    @console_action(
        "Verify",
        verb="verify",
        ask_reason=True,
        icon="verified",
        confirm="You vouch for identity and credentials. Say in the reason what you have seen.",
        done="verified",
        fits=lambda profile: not profile.is_verified and profile.status != Status.REJECTED,
    )
    def verify(self, request: HttpRequest, profile: InstructorProfile, reason: str) -> str:
        services.verify_instructor(profile, by=request.user, reason=reason)
        return f"{profile} is verified."

    @console_action(
        "Withdraw the verification",
        verb="verify",
        ask_reason=True,
        icon="gpp_bad",
        confirm="They are told why. Verify gives it back.",
        fits=lambda profile: profile.is_verified,
    )
    def withdraw_verification(self, request: HttpRequest, profile: InstructorProfile, reason: str) -> str:
        services.withdraw_verification(profile, by=request.user, reason=reason)
        return f"{profile} is no longer verified."

    @console_action(
        "Change the tier",
        verb="verify",
        ask_reason=True,
        icon="military_tech",
        form=TierForm,
        confirm="They are told the new tier and why.",
        done="given the tier",
        fits=is_in(Status.APPROVED),
    )
    def change_tier(self, request: HttpRequest, profile: InstructorProfile, reason: str, data: dict[str, Any]) -> str:
        services.change_tier(profile, data["tier"], by=request.user, reason=reason)
        return f"{profile} is {profile.get_tier_display().lower()} now."
