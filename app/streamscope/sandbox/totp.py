"""The codes of an MFA device: time-based one-time passwords of six digits, anew every 30 seconds (RFC 6238)."""

import base64
import hashlib
import hmac
import time

STEP = 30
DIGITS = 6


def code(secret: str, at: float | None = None) -> str:
    """The code of a Base32 secret at a Unix time, now by default."""
    counter = int(time.time() if at is None else at) // STEP
    digest = hmac.digest(base64.b32decode(secret), counter.to_bytes(8, "big"), hashlib.sha1)
    offset = digest[-1] & 15  # RFC 4226, section 5.3: where the last nibble points
    number = int.from_bytes(digest[offset : offset + 4], "big") & 0x7FFFFFFF
    return f"{number % 10**DIGITS:0{DIGITS}}"


def right(secret: str, given: str) -> bool:
    """Whether a code is the one of now, or of one step before or after (RFC 6238, section 5.2)."""
    now = time.time()
    return any(hmac.compare_digest(code(secret, now + step * STEP), given) for step in (-1, 0, 1))
