"""What a draft would send, byte for byte, without sending it."""

import re
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field

from streamscope.engine.attempts import authenticated, with_cookies
from streamscope.engine.core import Core
from streamscope.engine.credentials import variable
from streamscope.engine.explain import explained
from streamscope.engine.send import Leaving, leaving
from streamscope.kinds.auth.cache import Token, TokenCache
from streamscope.kinds.net.client import proxy_for, tunnelled
from streamscope.kinds.net.written import pseudo, written
from streamscope.model.draft import Draft
from streamscope.model.environment import EVERYWHERE, Scope
from streamscope.model.phrase import Phrase, phrase
from streamscope.model.redact import masked, masked_header
from streamscope.model.request import FileBody, Request, Step

_SHOWN = 1 << 16
"""Bytes at the beginning of a body that are shown."""
_TAIL = 1 << 12
"""Bytes at its end that are shown, where it is longer."""
_LATER = "token-that-will-be-fetched"


@dataclass(frozen=True, slots=True)
class Prepared:
    """A request as it would leave now.

    `head` and `body` are its bytes on HTTP/1.1 with secrets in them; `shown()` has none. `notes` say what else will
    happen on the way. `lacking`: a token would be fetched first, so a placeholder stands for it.
    """

    request: Request
    head: bytes = field(repr=False)
    body: bytes = field(repr=False)
    notes: tuple[Phrase, ...] = ()
    steps: tuple[Step, ...] = ()
    lacking: bool = False
    auth: str = "none"
    protocol: str = "https"
    names: Mapping[str, str] = field(default_factory=dict, repr=False)
    """The environment's variables by the secret values that they would hold."""

    @property
    def http2(self) -> bool:
        """Whether HTTP/2 is wanted."""
        return self.request.settings.get("http2") == "on" and self.protocol != "websocket"


async def prepared(core: Core, draft: Draft, *, fetch: bool = False, scope: Scope = EVERYWHERE) -> Prepared:
    """What sending would make of a draft, by the same steps; a token that is not kept is fetched only if asked for.

    Raises what sending raises before it connects: UsageError, CredentialError, StoreError, and what listing the
    services of a workspace raises.
    """
    cache = None if fetch else _Kept(core.cache)
    async with leaving(core, draft, cache, scope) as made:
        request = await authenticated(made.before, made.chosen.auth, made.found)
        request = with_cookies(request, made.chosen.draft, core)
        route = request.route
        if route is None:
            raise ValueError("a request is sent on a route")
        head, body = written(route, request.method, request.headers, request.body, request.without)
        return Prepared(
            request,
            head,
            body,
            _notes(request),
            explained(made.before, request, made.chosen.auth, made.found),
            cache is not None and cache.lacking,
            made.chosen.auth.key,
            made.chosen.protocol.key,
            _names(made),
        )


def _names(made: Leaving) -> dict[str, str]:
    auth = made.chosen.auth
    secret = [field.key for field in auth.fields if field.kind == "secret"]
    return {made.found[key].strip(): variable(auth.key, key) for key in secret if made.found[key].strip()}


class _Kept(TokenCache):
    """The tokens that another cache keeps, and a placeholder in place of one that would be fetched."""

    def __init__(self, behind: TokenCache) -> None:
        super().__init__()
        self._behind = behind
        self.lacking = False

    async def get(
        self,
        name: str,
        fetch: Callable[[], Awaitable[Token]],  # noqa: ARG002 - nothing is fetched
        *,
        proof: str = "",
        worn: str = "",  # noqa: ARG002 - nothing is renewed
        since: float = 0.0,  # noqa: ARG002 - nothing is renewed
    ) -> Token:
        """A kept token, or the placeholder."""
        token = await self._behind.living(name, proof=proof)
        self.lacking = token is None
        self._tokens[name] = token = token or Token(_LATER, 0.0, proof, "later")
        return token


def _notes(request: Request) -> tuple[Phrase, ...]:
    notes: list[Phrase] = []
    route = request.route
    if isinstance(request.body, FileBody):
        names = ", ".join(run.path for run in request.body.files)
        notes.append(
            phrase(
                "The body's {size} bytes are read from {files} while they are sent.",
                size=f"{len(request.body):,}",
                files=names,
            )
        )
    if route is not None and route.connect:
        notes.append(phrase("Connects to {address} instead of the URL's host.", address=route.connect))
    if route is not None and (proxy := proxy_for(route)):
        place = proxy.rpartition("@")[2]
        through = phrase("Asks the proxy {proxy} for a tunnel first.", proxy=place)
        notes.append(through if tunnelled(route.url) else phrase("Is given to the proxy {proxy}.", proxy=place))
    if request.settings.get("http2") == "on" and request.url.scheme in ("http", "https"):
        agreed = phrase("HTTP/2 is offered; where the server does not take it, the same leaves as HTTP/1.1.")
        notes.append(agreed if request.url.secure else phrase("HTTP/2 is spoken at once."))
    return tuple(notes)


def head_shown(prepared: Prepared) -> str:
    """The head with its secrets masked by a fixed mask, a header a line; pseudo-headers first on HTTP/2."""
    request = prepared.request
    if prepared.http2 and request.route is not None:
        pairs = pseudo(request.route, request.method, request.headers, request.body, request.without)
        lines = [f"{name}: {masked_header(name, value, request.secrets)}" for name, value in pairs]
        return "\n".join([*lines, "", ""])
    line, *rows = prepared.head.decode("utf-8", "backslashreplace").removesuffix("\r\n\r\n").split("\r\n")
    shown = [masked(line, request.secrets)]
    for row in rows:
        name, _, value = row.partition(": ")
        shown.append(f"{name}: {masked_header(name, value, request.secrets)}")
    return "\n".join([*shown, "", ""])


def body_shown(prepared: Prepared, shown: int = _SHOWN, tail: int = _TAIL) -> tuple[str, int, str]:
    """The body's beginning, how many bytes are left out, and its end; masked, what is no text written as \\xNN."""
    body, secrets = prepared.body, _bytes(prepared.request.secrets)
    if len(body) <= shown + tail:
        return _text(body, prepared.request.secrets), 0, ""
    first = _beside(body, shown, secrets, forward=True)
    last = max(first, _beside(body, len(body) - tail, secrets, forward=False))
    request = prepared.request
    return _text(body[:first], request.secrets), last - first, _text(body[last:], request.secrets)


def messages_shown(prepared: Prepared) -> list[tuple[str, str]]:
    """What a WebSocket sends once it is open: the kind of each message and its text, masked."""
    secrets = prepared.request.secrets
    return [
        ("binary", _text(message[:_SHOWN], secrets))
        if isinstance(message, bytes)
        else ("text", masked(message, secrets))
        for message in prepared.request.messages
    ]


def shown(prepared: Prepared, told: Callable[[Phrase], str] = str) -> str:
    """All of it as one text: the head, the body or the messages, what is left out named (`told` translates)."""
    begin, left, end = body_shown(prepared)
    text = head_shown(prepared) + begin
    if left:
        text += f"\n{told(phrase('… {size} bytes are not shown …', size=f'{left:,}'))}\n{end}"
    for kind, message in messages_shown(prepared):
        text += f"\n[{kind}] {message}"
    return text


def _bytes(secrets: Iterable[str]) -> list[bytes]:
    return [secret.encode() for secret in secrets if len(secret) >= 4]


def _beside(body: bytes, at: int, secrets: list[bytes], *, forward: bool) -> int:
    """A place near by that cuts neither a secret nor a character in two."""
    while at < len(body) and body[at] & 0xC0 == 0x80 and at > 0:
        at += 1 if forward else -1
    for secret in secrets:
        begin = body.find(secret, max(0, at - len(secret) + 1), at + len(secret) - 1)
        if 0 <= begin < at:
            at = begin + len(secret) if forward else begin
    return at


_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\x85\u2028\u2029]")


def _text(content: bytes, secrets: Iterable[str]) -> str:
    """Bytes as they can be read: UTF-8, and \\xNN for what is none."""
    text = masked(content.decode("utf-8", "backslashreplace"), secrets)
    return _CONTROL.sub(lambda found: f"\\x{ord(found.group()):02x}", text).replace("\r\n", "\n")
