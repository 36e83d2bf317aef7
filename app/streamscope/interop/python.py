"""A request as a Python program: httpx for HTTP, websockets for a WebSocket."""

from streamscope.model.redact import MASK
from streamscope.model.request import FileBody, Request
from streamscope.model.service import NO_PROXY

_LARGEST = 100_000
"""Bytes of a body that are written into the program; a longer one is read from a file."""
_HANDSHAKE = frozenset(
    {
        "upgrade",
        "connection",
        "host",
        "sec-websocket-key",
        "sec-websocket-version",
        "sec-websocket-extensions",
        "sec-websocket-protocol",
    }
)


def program(request: Request) -> str:
    """The program; masked values stay masked, and a comment says so."""
    lines = _websocket(request) if request.url.scheme in ("ws", "wss") else _http(request)
    if any(MASK in line for line in lines):
        lines.insert(0, "# Secrets are masked: put them in before it is run.")
    return "\n".join(lines) + "\n"


def _http(request: Request) -> list[str]:
    route, lines = request.route, ["import httpx", ""]
    if isinstance(request.body, FileBody) or len(request.body) > _LARGEST:
        lines[0:1] = ["from pathlib import Path", "", "import httpx"]
    lines += [f"url = {_text(str(request.url))}", *_headers(request, frozenset())]
    options: list[str] = []
    if request.settings.get("http2") == "on":
        options.append("http2=True")
    if route is not None and route.tls.insecure:
        options.append("verify=False")
    if route is not None and route.proxy and route.proxy != NO_PROXY:
        options.append(f"proxy={_text(route.proxy)}")
    if route is not None and route.connect:
        lines.append(f"# The host was reached at {_plain(route.connect)}: let its name lead there.")
    sent = ["url", "headers=headers"]
    if request.body:
        lines.append(f"body = {_body(request)}")
        sent.append("content=body")
    options.append("timeout=None")
    lines += [
        "",
        f"with httpx.Client({', '.join(options)}) as client:",
        f"    with client.stream({_text(request.method)}, {', '.join(sent)}) as response:",
        "        print(response.status_code, response.headers)",
        "        for text in response.iter_text():",
        '            print(text, end="", flush=True)',
    ]
    return lines


def _websocket(request: Request) -> list[str]:
    names = [name.strip() for name in (request.header("Sec-WebSocket-Protocol") or "").split(",") if name.strip()]
    more = f", subprotocols={names!r}" if names else ""
    return [
        "from websockets.sync.client import connect",
        "",
        f"url = {_text(str(request.url))}",
        *_headers(request, _HANDSHAKE),
        "",
        f"with connect(url, additional_headers=headers{more}) as socket:",
        "    for message in socket:",
        "        print(message)",
    ]


def _headers(request: Request, left: frozenset[str]) -> list[str]:
    pairs = [pair for pair in request.headers if pair[0].lower() not in left]
    return ["headers = [", *(f"    ({_text(name)}, {_text(value)})," for name, value in pairs), "]"]


def _body(request: Request) -> str:
    body = request.body
    if isinstance(body, FileBody) or len(body) > _LARGEST:
        return 'Path("body.bin").read_bytes()'
    try:
        text = body.decode()
    except UnicodeDecodeError:
        return repr(body)
    return f"{_text(text)}.encode()"


def _text(text: str) -> str:
    """A string literal; what could steer a terminal or turn the direction is escaped by Python itself."""
    return repr(text)


def _plain(text: str) -> str:
    return "".join(char for char in text if char.isprintable())
