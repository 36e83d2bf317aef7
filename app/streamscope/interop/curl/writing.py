"""A request as a curl command that can be pasted into a shell and sends the same (curl 7.75 and later)."""

import base64
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from streamscope.interop.curl.quoting import Piece, Shell, Variable, comment, lined, quoted
from streamscope.model.draft import Limits
from streamscope.model.redact import MASK, SECRET_HEADERS, masked, masked_header
from streamscope.model.request import FileBody, Request
from streamscope.model.service import NO_PROXY

Secrets = Literal["variables", "values", "masked"]
_LONGEST = {"bash": 100_000, "cmd": 6_000, "powershell": 24_000}
"""Bytes of a body that a shell takes as an argument; Linux takes 128 KiB, cmd a line of 8,191 characters."""
_EXPECTS = 1_000_000
"""Bytes of a body from which curl waits for a '100 Continue' first."""
_HANDSHAKE = frozenset(
    {"upgrade", "connection", "sec-websocket-key", "sec-websocket-version", "sec-websocket-extensions"}
)
_SHORT = 4
_FILE = "body.bin"


@dataclass(slots=True)
class _Written:
    """What is gathered: arguments, lines before the command, variables with what they are for."""

    request: Request
    shell: Shell
    secrets: Secrets
    names: Mapping[str, str]
    arguments: list[str] = field(default_factory=list)
    before: list[str] = field(default_factory=list)
    piped: str = ""
    variables: dict[str, str] = field(default_factory=dict)

    def add(self, option: str, *pieces: Piece) -> None:
        """An option with its value."""
        self.arguments.append(f"{option} {quoted(pieces, self.shell)}".strip())


def command(
    request: Request,
    *,
    secrets: Secrets = "variables",
    shell: Shell = "bash",
    names: Mapping[str, str] | None = None,
) -> str:
    """The command. A signed request is signed as it is now: its signature holds for some minutes.

    `secrets`: as variables of the environment, as they are, or masked (then nothing can be sent with it). `names` are
    the variables of known secret values; others are named after their header.
    """
    made = _Written(request, shell, secrets, names or {})
    _method(made)
    _headers(made)
    _way(made)
    _body(made)
    made.arguments.append(quoted(_spelled(made, str(request.url), "the URL"), shell))
    lines = [comment(line, shell) for line in _comments(made)]
    name = "curl" if shell == "bash" else "curl.exe" if shell == "cmd" else "curl.exe --%"
    return "\n".join([*lines, *made.before, made.piped + lined([name, *made.arguments], shell)])


def _duplex(request: Request) -> bool:
    return request.url.scheme in ("ws", "wss")


def _method(made: _Written) -> None:
    request = made.request
    if request.method == "HEAD" and not request.body:
        made.arguments.append("--head")
    elif request.method != ("POST" if request.body else "GET"):
        made.add("-X", request.method)


def _headers(made: _Written) -> None:
    request = made.request
    names = {name.lower() for name, _ in request.headers}
    for name, value in request.headers:
        if pair := _user(made, name, value):
            made.add("-u", *pair)
        elif not _itself(request, name, value):
            pieces = _value(made, name, value)
            made.add("-H", *((f"{name}: ", *pieces) if value else (f"{name};",)))
    for name in ("Accept", "User-Agent"):
        if name.lower() not in names and not (_duplex(request) and name == "Accept"):
            made.add("-H", f"{name}:")
    if request.body and "content-type" not in names:
        made.add("-H", "Content-Type:")
    if len(request.body) > _EXPECTS and "expect" not in names:
        made.add("-H", "Expect:")
    if not request.body and request.method in ("POST", "PUT", "PATCH") and "content-length" not in request.without:
        made.add("-H", "Content-Length: 0")
    if request.body and "content-length" in request.without:
        made.add("-H", "Transfer-Encoding: chunked")
    if "content-encoding" not in names and any(_compressed(*pair) for pair in request.headers):
        made.arguments.append("--compressed")
    if request.header("Accept") == "text/event-stream" or _duplex(request):
        made.arguments.append("-N")


def _user(made: _Written, name: str, value: str) -> list[Piece] | None:
    """User and password of Basic sign-in where the password is a variable: curl joins and encodes them."""
    scheme, _, encoded = value.partition(" ")
    if made.secrets != "variables" or name.lower() != "authorization" or scheme != "Basic":
        return None
    try:
        user, _, password = base64.b64decode(encoded, validate=True).decode().partition(":")
    except ValueError:
        return None
    if password not in made.names:
        return None
    made.variables.setdefault(made.names[password], name)
    return [f"{user}:", Variable(made.names[password])]


def _compressed(name: str, value: str) -> bool:
    return name.lower() == "accept-encoding" and value not in ("", "identity")


def _itself(request: Request, name: str, value: str) -> bool:
    """Whether curl adds the same by itself."""
    lower = name.lower()
    if lower in request.typed:
        return lower == "host" and value == request.url.authority
    if lower in _HANDSHAKE:
        return _duplex(request)
    return (lower, value) == ("accept", "*/*") or lower == "host"


def _value(made: _Written, name: str, value: str) -> list[Piece]:
    """A header's value, with its secrets as they were asked for."""
    secrets = made.request.secrets
    if made.secrets == "values":
        return [value]
    if made.secrets == "masked":
        return [masked_header(name, value, secrets)]
    pieces = _spelled(made, value, name)
    if any(isinstance(piece, Variable) for piece in pieces) or name.lower() not in SECRET_HEADERS or not value:
        return pieces
    if "Signature=" in value:
        return pieces
    scheme, blank, rest = value.partition(" ")
    variable = "STREAMSCOPE_" + re.sub(r"\W", "_", name).upper()
    made.variables.setdefault(variable, name)
    return [scheme + blank, Variable(variable)] if blank and rest and "=" not in scheme else [Variable(variable)]


def _spelled(made: _Written, text: str, where: str) -> list[Piece]:
    """A text with the secret values in it as they were asked for."""
    if made.secrets == "values":
        return [text]
    if made.secrets == "masked":
        return [masked(text, made.request.secrets)]
    known = {value: name for value, name in made.names.items() if len(value) >= _SHORT and value in text}
    if not known:
        return [text]
    pattern = "|".join(re.escape(value) for value in sorted(known, key=len, reverse=True))
    pieces: list[Piece] = []
    for piece in re.split(f"({pattern})", text):
        if piece in known:
            pieces.append(Variable(known[piece]))
            made.variables.setdefault(known[piece], where)
        else:
            pieces.append(piece)
    return pieces


def _way(made: _Written) -> None:
    """How the address is reached, and for how long."""
    request, route = made.request, made.request.route
    if route is not None:
        if route.connect:
            url = request.url
            host = f"[{url.host}]" if ":" in url.host else url.host
            to = f"[{route.connect}]" if ":" in route.connect else route.connect
            made.add("--connect-to", f"{host}:{url.actual_port}:{to}:{url.actual_port}")
        if route.tls.insecure:
            made.arguments.append("-k")
        if route.tls.ca:
            made.add("--cacert", route.tls.ca)
        if route.proxy == NO_PROXY:
            made.add("--noproxy", "*")
        elif route.proxy:
            made.add("--proxy", *_proxy(made, route.proxy))
    http2 = request.settings.get("http2") == "on" and not _duplex(request)
    if http2:
        made.arguments.append("--http2" if request.url.secure else "--http2-prior-knowledge")
    elif request.url.secure:
        made.arguments.append("--http1.1")
    limits = request.limits
    if limits.total:
        made.add("--max-time", f"{limits.total:g}")
    if limits.connect != Limits().connect:
        made.add("--connect-timeout", f"{limits.connect:g}")


def _proxy(made: _Written, proxy: str) -> list[Piece]:
    match = re.fullmatch(r"((?:\w+://)?[^/@:]*):([^/@]*)(@.*)", proxy)
    if match is None or made.secrets == "values":
        return [proxy]
    if made.secrets == "masked":
        return [f"{match[1]}:{MASK}{match[3]}"]
    made.variables.setdefault("STREAMSCOPE_PROXY_PASSWORD", "the proxy")
    return [f"{match[1]}:", Variable("STREAMSCOPE_PROXY_PASSWORD"), match[3]]


def _body(made: _Written) -> None:
    """The body, byte for byte: as an argument where the shell can hold it, else piped in or from a file."""
    body, shell = made.request.body, made.shell
    if not body:
        return
    if isinstance(body, FileBody):
        _from_disk(made, body)
        return
    text = _argument(body, shell)
    if text is not None:
        pieces = _spelled(made, text, "the body")
        raw = not isinstance(pieces[0], str) or text.startswith("@")
        made.add("--data-raw" if raw else "--data-binary", *pieces)
        return
    encoded = base64.b64encode(body).decode()
    if shell == "bash":
        made.piped = _piped(made, body, encoded)
        made.add("--data-binary", "@-")
        return
    if shell == "powershell":
        write = f'[IO.File]::WriteAllBytes("$PWD/{_FILE}", [Convert]::FromBase64String("{encoded}"))'
        made.before.append(write)
    else:
        made.before.append(comment(f"Keep the {len(body):,} bytes of the body in the file {_FILE} first.", shell))
    made.add("--data-binary", f"@{_FILE}")


def _from_disk(made: _Written, body: FileBody) -> None:
    """A body that is too large to be held: curl reads the file, too; one made of several has to be kept first."""
    path = body.files[0].path if len(body.pieces) == 1 and body.files else _FILE
    if path == _FILE:
        told = f"Keep the {len(body):,} bytes of the body in the file {_FILE} first: it has several pieces."
        made.before.append(comment(told, made.shell))
    made.add("--data-binary", f"@{path}")


def _piped(made: _Written, body: bytes, encoded: str) -> str:
    try:
        text = body.decode()
    except UnicodeDecodeError:
        text = "\x00"
    if "\x00" in text:
        return f"printf %s {encoded} | base64 -d | "
    return f"printf %s {quoted(_spelled(made, text, 'the body'), made.shell)} | "


def _argument(body: bytes, shell: Shell) -> str | None:
    """The body as text that is an argument of the shell, None where it cannot be one."""
    if len(body) > _LONGEST[shell]:
        return None
    try:
        text = body.decode()
    except UnicodeDecodeError:
        return None
    never = {"bash": "\x00", "cmd": "\x00\r", "powershell": "\x00\r\n"}[shell]
    return None if any(char in text for char in never) else text


def _comments(made: _Written) -> list[str]:
    """What a person has to know; without quotes and parentheses, which some shells mind even there."""
    lines: list[str] = []
    if made.variables:
        told = ", ".join(f"{name} for {where}" for name, where in made.variables.items())
        lines.append(f"Secrets come from the environment, set first: {told}.")
    if made.secrets == "masked":
        lines.append("Secrets are masked: this cannot be sent.")
    if any("Signature=" in value for _, value in made.request.headers):
        lines.append("The signature holds for this very request, for 15 minutes.")
    if _duplex(made.request):
        lines.append("curl 7.86 or later with WebSocket support opens the connection. To send messages, use websocat:")
        lines.append(_websocat(made))
    return lines


def _websocat(made: _Written) -> str:
    request = made.request
    arguments = ["websocat"]
    for name, value in request.headers:
        if name.lower() not in _HANDSHAKE and name.lower() != "host":
            arguments.append("-H " + quoted((f"{name}: ", *_value(made, name, value)), made.shell))
    if request.route is not None and request.route.tls.insecure:
        arguments.append("-k")
    url = quoted(_spelled(made, str(request.url), "the URL"), made.shell)
    return " ".join([*arguments, url]).replace("\n", " ")
