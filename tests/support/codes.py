"""What an authenticator app shows, computed as RFC 6238 says and not by the code under test."""

import base64
import hmac
import struct
import time


def app_code(secret: str, *, later: float = 0) -> str:
    """The six digits for this secret now, or so many seconds later."""
    step = struct.pack(">Q", int((time.time() + later) // 30))
    digest = hmac.new(base64.b32decode(secret), step, "sha1").digest()
    start = digest[-1] & 15
    number = struct.unpack(">I", digest[start : start + 4])[0] & 0x7FFFFFFF
    return f"{number % 1_000_000:06d}"
