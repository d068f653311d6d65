"""What can be done to an enrollment from its page and from the list; each with a reason."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest
from unfold.enums import ActionVariant

from admin_theme.actions import console_action
from apps.enrollments import services
from apps.enrollments.forms import ExtendForm, TransferForm
from apps.enrollments.models import Enrollment
from apps.enrollments.states import MOVABLE, EnrollmentStatus

Status = EnrollmentStatus
REASONED: dict[str, Any] = {"verb": "manage_students", "ask_reason": True}


def is_in(*statuses: str) -> Callable[[Enrollment], bool]:
    return lambda enrollment: not enrollment.is_archived and enrollment.status in statuses


class EnrollmentActions:
    """The actions of `EnrollmentAdmin`; each is one service."""

    @console_action(
        "Activate",
        **REASONED,
        icon="play_arrow",
        variant=ActionVariant.PRIMARY,
        confirm="The learner gets a seat and access.",
        done="activated",
        fits=is_in(Status.WAITLISTED, Status.DROPPED, Status.COMPLETED),
    )
    def activate(self, request: HttpRequest, enrollment: Enrollment, reason: str) -> str:
        services.activate_enrollment(enrollment, by=request.user, reason=reason)
        return f"{enrollment} is active."

    @console_action(
        "Resume",
        **REASONED,
        icon="play_arrow",
        variant=ActionVariant.PRIMARY,
        confirm="The learner gets access back.",
        done="resumed",
        fits=is_in(Status.SUSPENDED),
    )
    def resume(self, request: HttpRequest, enrollment: Enrollment, reason: str) -> str:
        services.resume_enrollment(enrollment, by=request.user, reason=reason)
        return f"{enrollment} is active again."

    @console_action(
        "Extend access",
        **REASONED,
        icon="event",
        form=ExtendForm,
        done="extended",
        fits=is_in(Status.WAITLISTED, Status.ACTIVE, Status.SUSPENDED, Status.EXPIRED),
    )
    def extend(self, request: HttpRequest, enrollment: Enrollment, reason: str, data: dict[str, Any]) -> str:
        services.extend_access(enrollment, data["until"], by=request.user, reason=reason)
        return f"Access of {enrollment} now has {'a new' if data['until'] else 'no'} end."

    @console_action(
        "Complete",
        **REASONED,
        icon="check",
        confirm="Progress becomes 100 %. Activate takes it back.",
        done="completed",
        fits=is_in(Status.ACTIVE),
    )
    def complete(self, request: HttpRequest, enrollment: Enrollment, reason: str) -> str:
        services.complete_enrollment(enrollment, by=request.user, reason=reason)
        return f"{enrollment} is completed."

    @console_action(
        "Suspend",
        **REASONED,
        icon="pause",
        confirm="The learner loses access for now and keeps the seat. Resume gives it back.",
        done="suspended",
        fits=is_in(Status.ACTIVE),
    )
    def suspend(self, request: HttpRequest, enrollment: Enrollment, reason: str) -> str:
        services.suspend_enrollment(enrollment, by=request.user, reason=reason)
        return f"{enrollment} is suspended."

    @console_action(
        "Transfer",
        **REASONED,
        icon="move_up",
        form=TransferForm,
        confirm="The learner leaves this course and takes the other; where no seat is free there, they wait for one.",
        done="transferred",
        fits=is_in(*MOVABLE),
    )
    def transfer(self, request: HttpRequest, enrollment: Enrollment, reason: str, data: dict[str, Any]) -> str:
        made = services.transfer_enrollment(enrollment, data["to"], by=request.user, reason=reason)
        waits = " and waits for a seat" if made.status == Status.WAITLISTED else ""
        return f"{made.learner_name} takes {made.course} now{waits}."

    @console_action(
        "Drop",
        **REASONED,
        icon="logout",
        confirm="The learner leaves the course; what they did is kept. A seat goes to the next on the waiting list.",
        done="dropped",
        fits=is_in(Status.WAITLISTED, Status.ACTIVE, Status.SUSPENDED),
    )
    def drop(self, request: HttpRequest, enrollment: Enrollment, reason: str) -> str:
        services.drop_enrollment(enrollment, by=request.user, reason=reason)
        return f"{enrollment} is dropped."

    @console_action(
        "Expire",
        **REASONED,
        icon="timer_off",
        confirm="Access ends; a seat goes to the next on the waiting list. Extend access lets the learner in again.",
        done="expired",
        fits=is_in(Status.ACTIVE, Status.SUSPENDED),
    )
    def expire(self, request: HttpRequest, enrollment: Enrollment, reason: str) -> str:
        services.expire_enrollment(enrollment, by=request.user, reason=reason)
        return f"{enrollment} is expired."

    @console_action(
        "Archive",
        verb="archive",
        ask_reason=True,
        icon="archive",
        confirm="It disappears from lists and counts. Restore brings it back.",
        done="archived",
        fits=lambda enrollment: not enrollment.is_archived,
    )
    def archive(self, request: HttpRequest, enrollment: Enrollment, reason: str) -> str:
        services.archive_enrollment(enrollment, by=request.user, reason=reason)
        return f"{enrollment} is archived."

    @console_action(
        "Restore",
        verb="archive",
        icon="unarchive",
        variant=ActionVariant.PRIMARY,
        confirm="It comes back in the state it had.",
        done="restored",
        fits=lambda enrollment: enrollment.is_archived,
    )
    def restore(self, request: HttpRequest, enrollment: Enrollment, reason: str) -> str:
        services.restore_enrollment(enrollment, by=request.user, reason=reason)
        return f"{enrollment} is back."
