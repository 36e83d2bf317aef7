"""A recorded request as it left, masked: its lines, its body, and the request that exporters write. Pure."""

from dataclasses import dataclass, replace
from email.message import Message as Mail
from email.parser import HeaderParser
from email.policy import HTTP

from streamscope.model.errors import UsageError
from streamscope.model.event import Detail, Head, RequestSent
from streamscope.model.redact import MASK
from streamscope.model.request import Request
from streamscope.model.service import Route, Tls
from streamscope.model.url import Url, parse_url

_PARTS = 200
"""Parts of a multipart body that are told."""
HEX_START = 512
"""Bytes of a binary body that are shown."""


@dataclass(frozen=True, slots=True)
class PartSeen:
    """One part of a multipart body: its name, its file's name, its kind, and its bytes."""

    name: str
    filename: str
    kind: str
    content: bytes


def version(head: Head | None, facts: Detail) -> str:
    """The version of HTTP that it was written in."""
    return head.http_version if head is not None and head.http_version else str(facts.get("http") or "HTTP/1.1")


def target(sent: RequestSent) -> str:
    """The request target as it was typed: path and query."""
    rest = sent.url.partition("://")[2]
    cut = min((at for at in (rest.find("/"), rest.find("?")) if at >= 0), default=len(rest))
    found = rest[cut:]
    return found if found.startswith("/") else f"/{found}"


def head_lines(sent: RequestSent, head: Head | None, facts: Detail) -> list[str]:
    """The request's head, a line each: on HTTP/2 the pseudo-headers first (RFC 9113, section 8.3.1)."""
    spoken = version(head, facts)
    if spoken.startswith("HTTP/2"):
        scheme, _, rest = sent.url.partition("://")
        authority = sent.header("Host") or rest.partition("/")[0]
        fields = [(":method", sent.method), (":authority", authority), (":scheme", scheme), (":path", target(sent))]
        others = [(name.lower(), value) for name, value in sent.headers]
        fields += [pair for pair in others if pair[0] not in ("host", "transfer-encoding")]
        return [f"{name}: {value}" for name, value in fields]
    given = bool(facts.get("proxy")) and not facts.get("target")  # a proxy is told the whole URL (RFC 9112, 3.2.2)
    lines = [f"{sent.method} {sent.url if given else target(sent)} {spoken}"]
    lines += [f"{name}: {value}" for name, value in sent.headers]
    if given and facts.get("proxy_signed_in"):
        lines.append(f"Proxy-Authorization: Basic {MASK}")
    return lines


def parts(sent: RequestSent) -> list[PartSeen]:
    """The parts of a multipart body (RFC 7578); none where it is none, or where it is not recorded."""
    kind = sent.header("Content-Type")
    if not kind.lower().startswith("multipart/") or not sent.content:
        return []
    mail = Mail(policy=HTTP)
    mail["Content-Type"] = "".join(char for char in kind if char.isprintable())
    boundary = mail.get_boundary()
    if not boundary:
        return []
    mark = b"--" + boundary.encode("latin-1", "replace")
    found: list[PartSeen] = []
    for piece in (b"\r\n" + sent.content).split(b"\r\n" + mark, _PARTS + 1)[1:]:
        if piece.startswith(b"--"):
            break
        header, _, content = piece.removeprefix(b"\r\n").partition(b"\r\n\r\n")
        read = HeaderParser(policy=HTTP).parsestr(header.decode("utf-8", "replace"))
        name = read.get_param("name", "", "content-disposition")
        found.append(PartSeen(str(name or ""), read.get_filename("") or "", read.get_content_type(), content))
    return found[:_PARTS]


def as_request(sent: RequestSent, head: Head | None, facts: Detail) -> Request | None:
    """The request for exporters, masked as it is recorded; None where its URL cannot be read.

    What is added to each request by itself (Host, Content-Length) is left out, where it says the usual.
    """
    url = _url(sent)
    if url is None:
        return None
    usual = {("host", url.authority.lower()), ("content-length", str(len(sent.content)))}
    headers = tuple((name, value) for name, value in sent.headers if (name.lower(), value.lower()) not in usual)
    connect = str(facts.get("addresses") or "").partition(",")[0] if facts.get("by") == "override" else ""
    proxy = f"http://{facts['proxy']}" if facts.get("proxy") else ""
    route = Route(url, connect, Tls(insecure=facts.get("trust") == "skipped"), proxy)
    settings = {"http2": "on"} if version(head, facts).startswith("HTTP/2") else {}
    typed = frozenset({"host"}) if any(name.lower() == "host" for name, _ in headers) else frozenset()
    return Request(sent.method, url, headers, sent.content, route, typed, settings=settings)


def _url(sent: RequestSent) -> Url | None:
    """Where it went; path and query keep their letters, the mask among them."""
    scheme, _, rest = sent.url.partition("://")
    place = rest[: len(rest) - len(target(sent))] if rest.endswith(target(sent)) else rest
    try:
        url = parse_url(f"{scheme}://{place}")
    except (UsageError, ValueError):
        return None
    path, mark, query = target(sent).partition("?")
    return replace(url, path=path, query=query if mark else None)
