"""Web addresses people may store: https with a public host name. Nothing ever fetches them."""

from ipaddress import ip_address
from urllib.parse import urlsplit

from django.core.exceptions import ValidationError

PRIVATE_ENDINGS = frozenset({"localhost", "local", "internal", "intranet", "lan", "home", "corp", "invalid", "test"})


def public_https_url(address: str) -> None:
    """Raises `ValidationError` unless this is an https address whose host is a public name, without a user in it."""
    try:
        parts = urlsplit(address)
        host, _port = (parts.hostname or "").rstrip("."), parts.port
    except ValueError:
        raise ValidationError("This is not a web address. Write it like https://example.org/page.") from None
    if not address.startswith("https://"):
        raise ValidationError("The address must begin with https://.")
    if "@" in parts.netloc:
        raise ValidationError("The address must not hold a user name or a password.")
    if not _is_public_name(host):
        raise ValidationError("The address must name a public host, for example https://example.org/page.")


def _is_public_name(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        labels = host.split(".")
        return len(labels) > 1 and all(labels) and labels[-1] not in PRIVATE_ENDINGS and not labels[-1].isdigit()
    return False
