"""Under whose rights a command works."""

from apps.accounts.models import User
from imports.codes import FileCode, FileRefused


def person_at_work(email: str) -> User:
    """The active person with this address. Raises `FileRefused` with `E_DENIED`."""
    user = User.objects.filter(email=email.strip().lower()).first()
    if user is None:
        raise FileRefused.because(FileCode.E_DENIED, "There is nobody with this e-mail address.", value=email)
    if not user.is_active:
        raise FileRefused.because(FileCode.E_DENIED, "This person may not sign in, so nothing is done for them.")
    return user
