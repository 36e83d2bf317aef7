"""The headers that will be added to a draft by themselves, and where each comes from. Nothing is read or sent."""

from dataclasses import dataclass, replace

from streamscope.engine.compose import NOWHERE, USER_AGENT, is_json
from streamscope.engine.offers import resolved
from streamscope.kinds.auth.base import Auth
from streamscope.kinds.catalog import AUTH, PROTOCOLS
from streamscope.kinds.net.client import framed
from streamscope.kinds.protocols.base import Protocol
from streamscope.model.draft import Body, Draft
from streamscope.model.errors import UsageError
from streamscope.model.phrase import Phrase, phrase
from streamscope.model.request import Request
from streamscope.model.service import Service
from streamscope.model.url import Url, parse_url

_LARGE = 1 << 13
"""Characters of a body beyond which it is not read to tell its type: this runs with every key that is pressed."""

_COUNTED = 1 << 18
"""Characters of a body that are still counted with every key that is pressed."""

_SOURCES: dict[str, Phrase] = {
    "host": phrase("The address; HTTP/1.1 asks for it (RFC 9112, section 3.2)."),
    "content-length": phrase("The size of the body. Without it, a body is sent in chunks."),
    "content-type": phrase("The kind of the body."),
    "user-agent": phrase("Tells that the call comes from Streamscope."),
    "accept": phrase("What the protocol wants to be answered with."),
    "accept-encoding": phrase("The compressions that can be undone here."),
    "cache-control": phrase("The protocol asks for events as they happen, from no cache."),
    "upgrade": phrase("The WebSocket handshake (RFC 6455, section 4.1)."),
    "connection": phrase("The WebSocket handshake (RFC 6455, section 4.1)."),
    "sec-websocket-key": phrase("The WebSocket handshake: random, made anew for each call."),
    "sec-websocket-version": phrase("The WebSocket handshake (RFC 6455, section 4.1)."),
    "sec-websocket-extensions": phrase("The protocol's setting 'Offer compression'."),
    "sec-websocket-protocol": phrase("The protocol's setting 'Subprotocols'."),
}


@dataclass(frozen=True, slots=True)
class Automatic:
    """One header that is added: its value as far as it is known, where it comes from, whether it can be left out.

    `off`: the draft leaves it out. A value that is a Phrase is told, since it is only made when the draft is sent.
    """

    name: str
    value: str | Phrase
    source: Phrase
    switchable: bool
    off: bool


def automatic(draft: Draft, service: Service | None) -> list[Automatic]:
    """The automatic headers of a draft in the order of the wire, those that it leaves out among them.

    A header that the draft has itself is none of them. Never raises: what cannot be told yet is said to be so.
    """
    auth, protocol = AUTH.get(draft.auth.kind), PROTOCOLS.get(draft.protocol.kind)
    if auth is None or protocol is None:
        return []
    url = _url(draft, service)
    kind = _content_type(draft.body)
    headers = tuple((name.strip(), value) for name, value in draft.headers)
    nowhere = replace(NOWHERE, scheme=protocol.secure)
    bare = Request("GET", nowhere, headers, settings=dict(draft.protocol.values))
    made = bare.with_default("Content-Type", str(kind)) if kind else bare
    made = protocol.prepare(made.with_default("User-Agent", USER_AGENT))
    signed = _signed(made, auth, draft)
    rows = [*_plain(draft, made, url, kind), *signed]
    size = _size(draft, protocol)
    if size and not {"content-length", "transfer-encoding"} & _names(draft):
        rows.append(_row(draft, "Content-Length", size))
    if draft.cookies and "cookie" not in _names(draft):
        rows.append(
            Automatic(
                "Cookie",
                phrase("(what the host has set)"),
                phrase("The setting 'Cookies'; none is sent where the host has set none."),
                switchable=False,
                off=False,
            )
        )
    return rows


def _plain(draft: Draft, made: Request, url: Url | None, kind: str | Phrase) -> list[Automatic]:
    """What every request has, and what body and protocol add."""
    typed = _names(draft)
    told: dict[str, str | Phrase] = {
        "content-type": kind,
        "host": phrase("(from the address)") if url is None else url.authority,
        "sec-websocket-key": phrase("(made when it is sent)"),
    }
    pairs = framed(made.headers, made.url, "GET", b"")
    rows = [(name, told.get(name.lower(), value)) for name, value in pairs if name.lower() not in typed]
    return [_row(draft, name, value) for name, value in rows]


def _row(draft: Draft, name: str, value: str | Phrase) -> Automatic:
    lower = name.lower()
    switchable = lower != "host"
    return Automatic(name, value, _SOURCES[lower], switchable, off=switchable and lower in draft.without)


def _signed(made: Request, auth: Auth, draft: Draft) -> list[Automatic]:
    """What the authentication adds; its values are secrets, or made when it is sent."""
    values = draft.auth.values
    if draft.auth.credential or draft.workspace:  # what is kept there fills what was not typed
        secret = {field.key for field in auth.fields if field.kind == "secret"}
        values = {key: value for key, value in values.items() if key in secret}
    present = {name.lower() for name, _ in made.headers} | {"host"}
    source = phrase("The authentication '{auth}'.", auth=auth.label)
    value = phrase("(the credential)") if auth.readable else phrase("(made when it is sent)")
    added = [name for name in auth.adds(made, values) if name.lower() not in present]
    return [Automatic(name, value, source, switchable=False, off=False) for name in added]


def _names(draft: Draft) -> set[str]:
    return {name.strip().lower() for name, _ in draft.headers}


def _url(draft: Draft, service: Service | None) -> Url | None:
    """The address where it can be told already."""
    try:
        url = parse_url(resolved(draft, service))
    except UsageError:
        return None
    return None if "{{" in url.authority else replace(url, query=None)


def _content_type(body: Body) -> str | Phrase:
    """The type that is meant where none is written; of a large body or a file it is found when it is sent."""
    match body.kind:
        case "none":
            return ""
        case "json":
            return "application/json"
        case "form":
            return "application/x-www-form-urlencoded"
        case "multipart":
            return phrase("multipart/form-data; boundary=(made when it is sent)")
        case "file":
            return phrase("application/json, if the file is JSON")
    content = body.content if body.kind == "bytes" else body.text
    if len(content) > _LARGE or "{{" in body.text:
        start = content[:64].lstrip()
        likely = start[:1] in (b"{", b"[", b'"', "{", "[", '"')
        return phrase("application/json, if the body is JSON") if likely else ""
    return "application/json" if is_json(content.encode() if isinstance(content, str) else content) else ""


def _size(draft: Draft, protocol: Protocol) -> str | Phrase:
    """What Content-Length will say; empty where there will be none."""
    body = draft.body
    method = (draft.method or ("GET" if body.kind == "none" else "POST")).upper()
    known = _known_size(body)
    if protocol.duplex or (known == 0 and method not in ("POST", "PUT", "PATCH")):
        return ""
    return phrase("(counted when it is sent)") if known is None else str(known)


def _known_size(body: Body) -> int | None:
    """The bytes of a body, None where only sending tells."""
    if body.kind == "none":
        return 0
    if body.kind == "bytes":
        return len(body.content)
    if body.kind not in ("json", "text") or len(body.text) > _COUNTED or "{{" in body.text:
        return None
    return len(body.text.encode(errors="surrogatepass"))
