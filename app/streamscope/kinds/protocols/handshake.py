"""The WebSocket handshake (RFC 6455, section 4): what is offered, and whether the answer keeps to it."""

import os
from dataclasses import replace

import httpx

# One message may come in any number of fragments; the library reads its limit when it is imported.
os.environ.setdefault("WEBSOCKETS_MAX_FRAGMENTS", str(1 << 30))

from websockets.client import ClientProtocol
from websockets.datastructures import Headers
from websockets.exceptions import InvalidHandshake
from websockets.extensions.permessage_deflate import ClientPerMessageDeflateFactory
from websockets.http11 import Response
from websockets.protocol import State
from websockets.typing import Subprotocol
from websockets.uri import parse_uri

from streamscope.model.errors import ProtocolViolation
from streamscope.model.phrase import phrase
from streamscope.model.request import Request

_HEADERS = ("Upgrade", "Connection", "Sec-WebSocket-Key", "Sec-WebSocket-Version", "Sec-WebSocket-Extensions")


def offered(request: Request) -> Request:
    """The request with the handshake's headers, each unless it was typed or is not wanted."""
    made = _protocol(request).connect().headers
    present = {name.lower() for name, _ in request.headers} | request.without
    wished = request.settings.get("subprotocols", "").strip()
    if wished and "sec-websocket-protocol" not in present:
        request = request.with_header("Sec-WebSocket-Protocol", wished)
    added = tuple((name, made[name]) for name in _HEADERS if name in made and name.lower() not in present)
    return replace(request, headers=(*request.headers, *added))


def rekeyed(request: Request) -> Request:
    """The request with another key at the same place, unless it was typed."""
    if "sec-websocket-key" in request.typed:
        return request
    made = _protocol(request).connect().headers["Sec-WebSocket-Key"]
    pairs = ((name, made if name.lower() == "sec-websocket-key" else value) for name, value in request.headers)
    return replace(request, headers=tuple(pairs))


def accepted(request: Request, response: httpx.Response) -> ClientProtocol:
    """The open protocol that both sides agreed on. Raises ProtocolViolation."""
    protocol = _protocol(request)
    protocol.key = request.header("Sec-WebSocket-Key") or ""
    headers = Headers((name.decode("latin-1"), value.decode("latin-1")) for name, value in response.headers.raw)
    try:
        protocol.process_response(Response(101, "Switching Protocols", headers))
    except InvalidHandshake as error:
        raise ProtocolViolation(
            phrase("The WebSocket handshake's answer breaks the rules: {reason}.", reason=str(error)),
            phrase("Check subprotocols and extensions; a proxy on the way may have changed the answer."),
            cause=type(error).__name__,
        ) from error
    opened = ClientProtocol(protocol.uri, state=State.OPEN, max_size=None)
    opened.extensions, opened.subprotocol = protocol.extensions, protocol.subprotocol
    return opened


def _protocol(request: Request) -> ClientProtocol:
    names = ",".join(value for name, value in request.headers if name.lower() == "sec-websocket-protocol")
    subprotocols = [Subprotocol(name.strip()) for name in names.split(",") if name.strip()]
    typed = request.header("Sec-WebSocket-Extensions")
    wanted = request.settings.get("compression") != "off" and "sec-websocket-extensions" not in request.without
    deflate = wanted if typed is None else "permessage-deflate" in typed
    return ClientProtocol(
        parse_uri(f"{request.url.scheme}://{request.url.authority}/"),
        subprotocols=subprotocols or None,
        extensions=[ClientPerMessageDeflateFactory(compress_settings={"memLevel": 5})] if deflate else None,
        max_size=None,
    )
