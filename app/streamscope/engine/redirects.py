"""Redirects (RFC 9110, section 15.4; the Fetch standard, section 4.4): where one leads and what is sent there. Pure.

POST becomes GET on 301 and 302 as in browsers, anything but HEAD on 303; 307 and 308 keep method and body. What proves
who asks stays with the origin that it was meant for.
"""

from contextlib import suppress
from dataclasses import dataclass, replace
from urllib.parse import urljoin

from streamscope.model.errors import Misdirected, UsageError
from streamscope.model.event import Head
from streamscope.model.phrase import Phrase, phrase
from streamscope.model.redact import SECRET_HEADERS, masked
from streamscope.model.request import FileBody, Note, Request
from streamscope.model.url import DEFAULT_PORTS, Url, parse_url

STATUSES = frozenset({301, 302, 303, 307, 308})
_OF_BODY = frozenset(
    {
        "content-encoding", "content-language", "content-length", "content-location", "content-type", "expect",
        "transfer-encoding",
    }
)  # fmt: skip
_OF_PLACE = frozenset({"host", "origin", "referer"})


@dataclass(frozen=True, slots=True)
class Hop:
    """The request that follows, before it is authenticated; `same`: it stays with its origin."""

    request: Request
    same: bool


def target(request: Request, head: Head) -> Url | None:
    """Where an answer points, None where it does not. Raises Misdirected for what cannot be called."""
    location = head.header("Location").strip()
    if head.status not in STATUSES or not location:
        return None
    with suppress(UnicodeError):  # bytes that are no UTF-8: each is percent-encoded as it came
        location = location.encode("latin-1").decode()
    try:
        joined = urljoin(str(request.url), location)
        if joined.partition("://")[0].lower() not in DEFAULT_PORTS:
            raise ValueError(joined)
        return parse_url(joined)
    except (ValueError, UsageError) as error:
        raise Misdirected(
            phrase(
                "{place} redirects to '{location}', which cannot be called.",
                place=request.url.authority,
                location=masked(location, request.secrets),
            ),
            phrase("Follow no redirects, and look at the answer's Location header."),
            cause=type(error).__name__,
        ) from error


def followed(request: Request, head: Head, url: Url, secrets: frozenset[str]) -> Hop:
    """What is sent to where a redirect leads. Raises Misdirected where a secret value would go to another origin."""
    method, body, headers = request.method, request.body, request.headers
    if (head.status == 303 and method not in ("GET", "HEAD")) or (head.status in (301, 302) and method == "POST"):
        method, body = "GET", b""
        headers = tuple(pair for pair in headers if pair[0].lower() not in _OF_BODY)
    told = f"{head.status} {request.url} → {method} {url}"
    notes = [Note(phrase("Redirected"), told)]
    same = origin(request.url) == origin(url)
    if not same:
        headers, left = _public(headers, secrets)
        if left:
            notes.append(Note(phrase("Left out, since it is another origin"), ", ".join(left)))
        _harmless(url, body, (*request.messages,), secrets)
    names = {name.lower() for name, _ in headers}
    route = replace(request.route, url=url) if request.route is not None else None
    made = replace(
        request,
        method=method,
        url=url,
        headers=headers,
        body=body,
        route=route,
        typed=request.typed & names,
        notes=tuple(notes),
    )
    return Hop(made, same)


def origin(url: Url) -> tuple[bool, str, int]:
    """Scheme, host and port; ws and wss count as http and https."""
    return url.secure, url.host.lower(), url.actual_port


def too_many(most: int) -> Misdirected:
    """The error for one redirect more than may be followed."""
    return Misdirected(
        phrase("The answer is a further redirect; {most} were followed, and no more may be.", most=most),
        phrase("Look at where each attempt was sent; more can be allowed in the draft's settings."),
    )


def circle(request: Request) -> Misdirected:
    """The error for a place where the same request was sent before."""
    shown = masked(str(request.url), request.secrets)
    return Misdirected(
        phrase("The redirects go round in a circle: they lead back to {url}.", url=shown),
        phrase("A cookie may be what the server waits for: let cookies be sent, or call the last address itself."),
    )


def _public(
    headers: tuple[tuple[str, str], ...], secrets: frozenset[str]
) -> tuple[tuple[tuple[str, str], ...], list[str]]:
    """The headers that may go to anybody, and the names of the others."""
    kept, left = [], []
    for name, value in headers:
        if name.lower() in SECRET_HEADERS or _holds(value, secrets):
            left.append(name)
        elif name.lower() not in _OF_PLACE:
            kept.append((name, value))
    return tuple(kept), left


def _harmless(url: Url, body: bytes | FileBody, messages: tuple[str | bytes, ...], secrets: frozenset[str]) -> None:
    where: Phrase | None = None
    if _holds(url.target, secrets):
        where = phrase("the address")
    elif any(_holds(piece, secrets) for piece in (body.pieces if isinstance(body, FileBody) else (body,))):
        where = phrase("the body")
    elif any(_holds(message, secrets) for message in messages):
        where = phrase("a message")
    if where is not None:
        raise Misdirected(
            phrase(
                "The redirect to {place} was not followed: {where} would carry a secret there.",
                place=url.authority,
                where=where,
            ),
            phrase("Call that address itself, if it is meant to have the secret."),
        )


def _holds(content: object, secrets: frozenset[str]) -> bool:
    """Whether a text or bytes hold a secret value; shorter ones than 4 characters are no secrets (as in masking)."""
    if isinstance(content, bytes):
        return any(len(secret) >= 4 and secret.encode() in content for secret in secrets)
    return isinstance(content, str) and any(len(secret) >= 4 and secret in content for secret in secrets)
