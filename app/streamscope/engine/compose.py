"""From a draft to a request: variables filled, body made, everything checked. Pure."""

import json
import secrets
from collections.abc import Iterable, Iterator
from dataclasses import replace
from urllib.parse import urlencode

from streamscope import __version__
from streamscope.engine.filling import changed, filled, masks
from streamscope.model.draft import Body, Draft, Part
from streamscope.model.environment import NO_VARIABLES, Variables
from streamscope.model.errors import UsageError
from streamscope.model.phrase import phrase
from streamscope.model.redact import SECRET_HEADERS
from streamscope.model.request import FileBody, FileRun, Request
from streamscope.model.text import writable
from streamscope.model.url import Url

NOWHERE = Url("https", "nowhere.invalid")
"""Stands for the address until a channel gives one."""

USER_AGENT = f"streamscope/{__version__}"

_TOKEN = frozenset("!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")


def compose(draft: Draft, variables: Variables = NO_VARIABLES) -> Request:
    """The draft's request, without an address and a credential yet; files of its body are read already.

    Raises UsageError.
    """
    draft = changed(filled(draft, variables), writable)
    content, content_type = _content(draft.body)
    headers = tuple((name.strip(), value.strip()) for name, value in draft.headers)
    check_headers(headers)
    method = (draft.method or ("GET" if draft.body.kind == "none" else "POST")).upper()
    if not method or set(method) - _TOKEN:
        raise UsageError(phrase("'{method}' is not a method.", method=method))
    request = Request(
        method,
        NOWHERE,
        headers,
        content,
        typed=frozenset(name.lower() for name, _ in headers),
        messages=tuple(outgoing.payload for outgoing in draft.messages if not outgoing.by_hand),
        limits=draft.limits,
        allow_large_body=draft.allow_large_body,
        settings=dict(draft.protocol.values),
        without=frozenset(name.lower() for name in draft.without),
    )
    request = request.with_secrets(*_typed_secrets(headers), *masks(variables))
    if content_type:
        request = request.with_default("Content-Type", content_type)
    return request.with_default("User-Agent", USER_AGENT)


def _typed_secrets(headers: Iterable[tuple[str, str]]) -> Iterator[str]:
    """The values of typed headers that are credentials, with and without a scheme in front."""
    for name, value in headers:
        if name.lower() in SECRET_HEADERS:
            yield value
            yield value.partition(" ")[2].strip()


def check_headers(headers: Iterable[tuple[str, str]]) -> None:
    """Refuse headers that HTTP cannot carry, without telling their values. Raises UsageError."""
    for name, value in headers:
        _check_header(name, value)


def _check_header(name: str, value: str) -> None:
    if not name or set(name) - _TOKEN:
        raise UsageError(
            phrase("'{name}' is not a header's name.", name=name),
            phrase("A header is written 'Name: value'."),
        )
    if any(ord(char) < 0x20 and char != "\t" for char in value) or "\x7f" in value:
        raise UsageError(
            phrase("The value of the header '{name}' holds a line break or another control.", name=name),
            phrase("Tokens are often copied with a line break: paste it again on one line."),
        )


def _content(body: Body) -> tuple[bytes | FileBody, str]:
    """A body's bytes, and the content type that is meant where none is written. Files not read yet are left to the
    sending; their sizes are still to be looked up."""
    match body.kind:
        case "none":
            return b"", ""
        case "json":
            return body.text.encode(), "application/json"
        case "form":
            pairs = [(entry.name, entry.value) for entry in body.entries if entry.on]
            return urlencode(pairs).encode(), "application/x-www-form-urlencoded"
        case "text":
            content = body.text.encode()
            return content, "application/json" if is_json(content) else ""
        case "file":
            return FileBody((FileRun(body.file),)), "application/json" if body.file.endswith(".json") else ""
        case "multipart":
            boundary = secrets.token_hex(16)
            return _multipart(body.parts, boundary), f"multipart/form-data; boundary={boundary}"
    return body.content, "application/json" if is_json(body.content) else ""


def is_json(content: bytes) -> bool:
    """Whether a body is JSON (RFC 8259: any value, but no NaN or Infinity)."""
    try:
        json.loads(content, parse_constant=_no_constant)
    except (ValueError, RecursionError):
        return False
    return True


def _no_constant(name: str) -> None:
    raise ValueError(name)


def _multipart(parts: tuple[Part, ...], boundary: str) -> bytes | FileBody:
    """The parts as multipart/form-data (RFC 7578)."""
    pieces: list[bytes | FileRun] = []
    for part in parts:
        if not part.on:
            continue
        disposition = f'form-data; name="{_quoted(part.name)}"'
        if filename := part.filename or part.file.rpartition("/")[2]:
            disposition += f'; filename="{_quoted(filename)}"'
        head = f"--{boundary}\r\nContent-Disposition: {disposition}\r\n"
        if part.content_type or part.file:
            head += f"Content-Type: {part.content_type or 'application/octet-stream'}\r\n"
        pieces += [head.encode(), b"\r\n", _value(part), b"\r\n"]
    pieces.append(f"--{boundary}--\r\n".encode())
    held = [piece for piece in pieces if isinstance(piece, bytes)]
    return b"".join(held) if len(held) == len(pieces) else FileBody(tuple(pieces))


def _value(part: Part) -> bytes | FileRun:
    if part.content is not None:
        return part.content
    return FileRun(part.file) if part.file else part.value.encode()


def _quoted(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', "%22").replace("\r", "%0D").replace("\n", "%0A")


def placed(request: Request, url: Url, path: str, scheme: str) -> Request:
    """The request at an address with the draft's own path behind it, under a protocol's scheme."""
    return replace(request, url=replace(url.with_path(path), scheme=scheme))
