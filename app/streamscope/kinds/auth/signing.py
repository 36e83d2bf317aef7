"""Putting a signature on a request: what AK/SK and AppKey/AppSecret share."""

from dataclasses import replace
from datetime import UTC, datetime

from streamscope.kinds.auth import signature
from streamscope.kinds.net.upload import sha256
from streamscope.model.phrase import phrase
from streamscope.model.request import AUTOMATIC, Note, Request


async def hashed(request: Request) -> str:
    """The SHA-256 of a body that is read from disk; '' where it is not, or where the payload is not signed."""
    body = request.body
    if isinstance(body, bytes) or _unsigned(request) or request.header(signature.HASH_HEADER) is not None:
        return ""
    return await sha256(body)


def signed(request: Request, access: str, secret: str, digest: str = "") -> Request:
    """The request with date, Authorization and, for a body that is not JSON, the unsigned-payload mark.

    `digest` is the body's SHA-256 where it is not held in memory. What the user typed is signed as typed; headers that
    were filled in for the user and mean nothing to the platform stay out of the signature, so that nothing on the way
    can break it.
    """
    request = request.with_default("Host", request.url.authority)
    request = request.with_default(signature.DATE_HEADER, datetime.now(UTC).strftime(signature.DATE_FORMAT))
    if _unsigned(request):
        request = request.with_default(signature.HASH_HEADER, signature.UNSIGNED)
    covered = signable(request)
    body = request.body if isinstance(request.body, bytes) else digest or signature.UNSIGNED
    made = signature.sign(request.method, request.url.path, request.url.query or "", covered, body, access, secret)
    request = request.with_header("Authorization", made.authorization).with_secrets(secret)
    return replace(request, notes=(*request.notes, *_notes(made)))


def signable(request: Request) -> list[tuple[str, str]]:
    """The headers that a signature may cover: all but those that were filled in and mean nothing to the platform."""
    return [
        (name, value)
        for name, value in request.headers
        if name.lower() not in AUTOMATIC or name.lower() in request.typed
    ]


def names(request: Request) -> tuple[str, ...]:
    """The names of the headers that signing adds."""
    mark = (signature.HASH_HEADER,) if _unsigned(request) else ()
    return ("Host", signature.DATE_HEADER, *mark, "Authorization")


def _unsigned(request: Request) -> bool:
    """Whether the body is of a type whose payload the platform does not have signed."""
    content_type = (request.header("Content-Type") or "").lower()
    return bool(content_type) and not content_type.startswith(("application/json", "application/bson"))


def _notes(made: signature.Signed) -> tuple[Note, ...]:
    return (
        Note(phrase("Canonical request"), made.canonical_request),
        Note(phrase("String to sign"), made.string_to_sign),
    )
