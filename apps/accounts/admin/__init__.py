"""The screens of sign-ins and sessions; the screen of people stands in `apps.access`, where roles are known."""

from apps.accounts.admin.sessions import SessionAdmin
from apps.accounts.admin.sign_ins import SignInAdmin

__all__ = ["SessionAdmin", "SignInAdmin"]
