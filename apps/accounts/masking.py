"""What of a person's account somebody sees on the pages of other things."""

from django.http import HttpRequest

from admin_theme.gate import masked_here
from apps.accounts.models import User


def shows_email(request: HttpRequest) -> bool:
    """Whether the person of this request sees the addresses of others."""
    return "email" not in masked_here(request, User)
