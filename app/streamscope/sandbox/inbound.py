"""A request as a listener received it: the raw target and headers, before anything decodes them."""

from dataclasses import dataclass

from starlette.types import Message, Receive, Scope

from streamscope.kinds.auth.signature import header
from streamscope.sandbox.refusals import RefusalError

Headers = list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Inbound:
    """Method, raw path and query, headers in their order; header bytes are UTF-8 with surrogate escapes."""

    method: str
    path: str
    query: str
    headers: Headers
    websocket: bool

    def header(self, name: str) -> str | None:
        """The first value of a header, whatever its letters' case."""
        return header(self.headers, name)


def read(scope: Scope) -> Inbound:
    """Take a request out of its scope."""
    return Inbound(
        method=scope.get("method", "GET"),
        path=scope["raw_path"].decode("ascii"),
        query=scope["query_string"].decode("ascii"),
        headers=[(name.decode("latin-1"), _text(value)) for name, value in scope["headers"]],
        websocket=scope["type"] == "websocket",
    )


def _text(value: bytes) -> str:
    return value.decode("utf-8", "surrogateescape")


async def read_body(receive: Receive, most: int) -> bytes | None:
    """The whole body, or None as soon as it is longer than `most`."""
    body = bytearray()
    while True:
        message: Message = await receive()
        if message["type"] == "http.disconnect":
            raise RefusalError(400, b"", [])  # nobody is there to read it
        body += message.get("body", b"")
        if len(body) > most:
            return None
        if not message.get("more_body", False):
            return bytes(body)


def declared_length(inbound: Inbound) -> int:
    """What Content-Length says, or nothing."""
    text = inbound.header("content-length") or "0"
    return int(text) if text.isdigit() else 0
