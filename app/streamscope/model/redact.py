"""Masking of secrets wherever a request is shown, recorded or exported."""

import re
from collections.abc import Iterable

MASK = "••••••"

# Headers whose value is a credential whoever wrote it (RFC 9110 and the platform's own).
SECRET_HEADERS = frozenset(
    {
        "api-key",
        "apikey",
        "authorization",
        "cookie",
        "proxy-authorization",
        "x-api-key",
        "x-apig-appcode",
        "x-auth-token",
        "x-goog-api-key",
        "x-security-token",
        "x-subject-token",
    }
)

_SIGNATURE = re.compile(r"(Signature=)[0-9a-f]+", re.IGNORECASE)
_SCHEME = re.compile(r"^(Bearer|Basic|Token)\s+\S.*$", re.IGNORECASE | re.DOTALL)


def masked_header(name: str, value: str, secrets: Iterable[str] = ()) -> str:
    """A header's value as it may be shown: the scheme and a signature's frame stay, the secret goes."""
    if name.lower() in SECRET_HEADERS and value:
        if "Signature=" in value:
            return masked(_SIGNATURE.sub(rf"\g<1>{MASK}", value), secrets)
        scheme = _SCHEME.match(value)
        return f"{scheme.group(1)} {MASK}" if scheme else MASK
    return masked(value, secrets)


def masked(text: str, secrets: Iterable[str]) -> str:
    """The text with every known secret value masked, the longest first."""
    for secret in sorted(secrets, key=len, reverse=True):
        if len(secret) >= 4:  # a shorter one would mask innocent text everywhere
            text = text.replace(secret, MASK)
    return text


def masked_bytes(data: bytes, secrets: Iterable[str]) -> bytes:
    """The same for bytes, of a text or not."""
    for secret in sorted(secrets, key=len, reverse=True):
        if len(secret) >= 4:
            data = data.replace(secret.encode(), MASK.encode())
    return data
