"""What can be done about instructors."""

from apps.instructors.services.applying import apply_again, approve_application, enter_application, reject_application
from apps.instructors.services.standing import change_tier, verify_instructor, withdraw_verification
from apps.instructors.services.suspending import reinstate_instructor, suspend_instructor

__all__ = [
    "apply_again",
    "approve_application",
    "change_tier",
    "enter_application",
    "reinstate_instructor",
    "reject_application",
    "suspend_instructor",
    "verify_instructor",
    "withdraw_verification",
]
