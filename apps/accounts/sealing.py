"""Secrets that must not be readable in a copy of the database: sealed with the key of the installation."""

from base64 import b32encode, urlsafe_b64encode
from secrets import token_bytes

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.utils.crypto import salted_hmac

SALT = "apps.accounts.sealing"


def seal(text: str) -> str:
    return _box().encrypt(text.encode()).decode()


def unseal(sealed: str) -> str:
    """What was sealed with the key of now or one of `SECRET_KEY_FALLBACKS`.

    Sealed with a key nobody knows any more, it reads as a secret nobody knows: it opens nothing, and nothing breaks.
    """
    try:
        return _box().decrypt(sealed.encode()).decode()
    except InvalidToken:
        return b32encode(token_bytes(20)).decode()


def _box() -> MultiFernet:
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    digests = [salted_hmac(SALT, "", secret=key, algorithm="sha256").digest() for key in keys]
    return MultiFernet([Fernet(urlsafe_b64encode(digest)) for digest in digests])
