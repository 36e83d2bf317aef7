"""What a model's function gave, as bodies, events and messages."""

import re
from collections.abc import AsyncIterator, Sequence
from typing import Any, Protocol

import msgspec
from starlette.types import Send

HEADERS = ((b"cache-control", b"no-cache"), (b"x-accel-buffering", b"no"))
_LINE_ENDS = re.compile("\r\n|\r|\n")


class Failure(Exception):
    """What the model raised, or gave that cannot be sent; `body` is how it is told."""

    def __init__(self, error: BaseException) -> None:
        super().__init__(str(error))
        self.error = error
        self.body = failure(type(error).__name__, str(error))


class Pieces(Protocol):
    """A row of pieces."""

    @property
    def streams(self) -> bool:
        """Whether they were yielded; else it is one, which was returned."""
        ...

    def all(self, first: Any) -> AsyncIterator[Any]:
        """The first piece and those after it."""
        ...


def as_json(value: Any) -> bytes:
    """JSON; also of dataclasses, times and what has a `tolist` or a `model_dump` (arrays, tensors, pydantic's models).

    Raises Failure where there is none.
    """
    try:
        return msgspec.json.encode(value, enc_hook=_plain)
    except (TypeError, ValueError, OverflowError, RecursionError) as error:
        raise Failure(error) from error


def event(piece: Any) -> bytes:
    """One server-sent event: a text as it is, anything else as JSON."""
    return data(piece if isinstance(piece, str) else as_json(piece).decode())


def data(text: str) -> bytes:
    """Lines of data and the empty line that ends an event (WHATWG, "Interpreting an event stream")."""
    lines = "".join(f"data: {line}\n" for line in _LINE_ENDS.split(text))
    return f"{lines}\n".encode(errors="replace")


def message(piece: Any) -> str | bytes:
    """One WebSocket message."""
    if isinstance(piece, bytes | bytearray | memoryview):
        return bytes(piece)
    if isinstance(piece, str):
        return piece.encode(errors="replace").decode()  # a lone surrogate has no bytes
    return as_json(piece).decode()


async def whole(pieces: Pieces, first: Any) -> tuple[str, bytes]:
    """The media type and body of an answer that is not streamed. Raises Failure."""
    found = [piece async for piece in pieces.all(first)]
    if not pieces.streams:
        return _body(found[0])
    if found and all(isinstance(piece, str) for piece in found):
        return _body("".join(found))
    if found and all(isinstance(piece, bytes) for piece in found):
        return _body(b"".join(found))
    return _body(found)


def _body(value: Any) -> tuple[str, bytes]:
    if isinstance(value, str):
        return "text/plain; charset=utf-8", value.encode(errors="replace")
    if isinstance(value, bytes | bytearray | memoryview):
        return "application/octet-stream", bytes(value)
    return "application/json", as_json(value)


async def respond(send: Send, status: int, media_type: str, body: bytes) -> None:
    """A whole answer."""
    await begin(send, status, media_type, ((b"content-length", str(len(body)).encode()),))
    await send({"type": "http.response.body", "body": body})


async def begin(send: Send, status: int, media_type: str, more: Sequence[tuple[bytes, bytes]] = HEADERS) -> None:
    """The head of an answer; without `more` that of a stream, which nothing on the way should hold back."""
    headers = [(b"content-type", media_type.encode()), *more]
    await send({"type": "http.response.start", "status": status, "headers": headers})


def failure(kind: str, text: str) -> bytes:
    """How an error is told."""
    return as_json({"error": {"type": kind, "message": text.encode(errors="replace").decode()}})


def _plain(value: Any) -> Any:
    for name in ("tolist", "model_dump", "item"):
        method = getattr(value, name, None)
        if callable(method):
            return method()
    raise TypeError(f"A {type(value).__name__} cannot be sent as JSON")
