"""Faults of content: what an event says, whether it comes, and how often."""

import json
from dataclasses import replace
from typing import Any

from streamscope.sandbox.faults.pieces import FOURTH, LINES, MESSAGE, SSE, WHOLE, Piece, add_text
from streamscope.sandbox.faults.stage import Stage

FINISH = ("finish_reason", "stop_reason", "done_reason", "incomplete_details", "status_details")
USAGE = ("usage", "prompt_eval_count", "eval_count")


class NoEnd(Stage):
    """The end mark is missing."""

    def other(self, piece: Piece) -> list[Piece]:
        """All but the end mark."""
        return [] if piece.end else [piece]


class NoFinish(Stage):
    """No event says why the answer ended."""

    def other(self, piece: Piece) -> list[Piece]:
        """Without any reason."""
        return [piece.changed(lambda value: _without(value, FINISH)) if _has(piece, FINISH) else piece]


class NoUsage(Stage):
    """No event bears a usage; one that bears nothing else is missing."""

    def other(self, piece: Piece) -> list[Piece]:
        """Without any usage."""
        value = piece.value
        if isinstance(value, dict) and value.get("choices") == [] and "usage" in value:
            return []
        return [piece.changed(lambda value: _without(value, USAGE)) if _has(piece, USAGE) else piece]


class Error(Stage):
    """An error in the middle is the last thing that comes."""

    failed = False

    def fourth(self, piece: Piece) -> list[Piece]:
        """The error behind the fourth token, in the words of the stream's own dialect."""
        self.failed = True
        return [piece, error_like(piece, self.value)]

    def other(self, piece: Piece) -> list[Piece]:
        """Nothing after it."""
        return [] if self.failed else [piece]


class Model(Stage):
    """Another model's name from the fourth token on."""

    def other(self, piece: Piece) -> list[Piece]:
        """Renamed wherever a name is."""
        return [piece.changed(self._rename) if self.tokens >= FOURTH else piece]

    def fourth(self, piece: Piece) -> list[Piece]:
        """The first that is renamed; one without a name gets one."""
        return [piece.changed(lambda value: self._rename(value, sure=True))]

    def _rename(self, value: dict[str, Any], *, sure: bool = False) -> None:
        for owner in (value, value.get("response"), value.get("message")):
            if isinstance(owner, dict) and (sure or "model" in owner):
                owner["model"] = self.value
                sure = False


class Numbered(Stage):
    """Events get numbers where they have none."""

    def __init__(self, value: str, begun: float) -> None:
        super().__init__(value, begun)
        self._number = 0

    def feed(self, piece: Piece) -> list[Piece]:
        """Numbered first, so that a twin has the same number and a gap shows."""
        return super().feed(self._numbered(piece)) if piece.payload and not piece.action else [piece]

    def _numbered(self, piece: Piece) -> Piece:
        self._number += 1
        value = piece.value
        if piece.form == SSE:
            has = (isinstance(value, dict) and "sequence_number" in value) or b"\nid:" in b"\n" + piece.data
            return piece if has else replace(piece, data=b"id: %d\n" % self._number + piece.data)
        if isinstance(value, dict) and "sequence_number" not in value and piece.form in {LINES, MESSAGE}:
            return piece.changed(lambda value: value.update(sequence_number=self._number))
        return piece


class Duplicate(Numbered):
    """The fourth token comes twice."""

    def fourth(self, piece: Piece) -> list[Piece]:
        """Twice."""
        return [piece, piece]


class Gap(Numbered):
    """The fourth token never comes."""

    def fourth(self, piece: Piece) -> list[Piece]:  # noqa: ARG002  it is dropped
        """Dropped."""
        return []


class BadJson(Stage):
    """The fourth token's JSON lacks its last two characters."""

    def fourth(self, piece: Piece) -> list[Piece]:
        """Cut short."""
        return [piece.with_payload(piece.payload[:-2])]


class TwoJson(Stage):
    """The fourth and the fifth token's JSON in one event."""

    def __init__(self, value: str, begun: float) -> None:
        super().__init__(value, begun)
        self._held: Piece | None = None

    def fourth(self, piece: Piece) -> list[Piece]:
        """Held for the next event."""
        self._held = piece
        return []

    def other(self, piece: Piece) -> list[Piece]:
        """Joined with the one that is held."""
        held, self._held = self._held, None
        if held is None:
            return [piece]
        return (
            [piece.with_payload(held.payload + piece.payload)] if piece.payload and not piece.action else [held, piece]
        )

    def end(self, at: float) -> list[Piece]:  # noqa: ARG002  it is late already
        """Alone after all."""
        return [self._held] if self._held else []


class Addition(Stage):
    """The fourth token's text ends with a mark that a later stage turns into bytes."""

    def fourth(self, piece: Piece) -> list[Piece]:
        """With more text."""
        return [piece.changed(lambda value: add_text(value, self.value))]


def error_like(piece: Piece, message: str) -> Piece:
    """An error as the dialect of a piece would say it."""
    value = piece.value if isinstance(piece.value, dict) else {}
    inner = {"message": message, "type": "server_error", "param": None, "code": "500"}
    kind, error = str(value.get("type", "")), {"error": inner}  # type: tuple[str, dict[str, Any]]
    name = b""
    if kind.startswith("content_block"):
        name, error = b"event: error\n", {"type": "error", "error": {"type": "api_error", "message": message}}
    elif kind.startswith("response.") and piece.form == SSE:
        name, error = b"event: error\n", {"type": "error", "code": "server_error", "message": message, "param": None}
    elif piece.form == MESSAGE:
        error = {"type": "error", "error": inner}
    elif piece.form == LINES:
        error = {"error": message}
    if piece.form == WHOLE:
        return replace(piece, data=b"")
    text = json.dumps(error, ensure_ascii=False).encode()
    data = {SSE: name + b"data: " + text + b"\n\n", LINES: text + b"\n", MESSAGE: text}[piece.form]
    return replace(piece, data=data)


def _has(piece: Piece, names: tuple[str, ...]) -> bool:
    return any(f'"{name}"'.encode() in piece.data for name in names)


def _without(value: object, names: tuple[str, ...]) -> None:
    """Take members out, however deep; the finish reason of a chat event stays as null, as in its other events."""
    if isinstance(value, list):
        for one in value:
            _without(one, names)
    if isinstance(value, dict):
        for name in names:
            if value.get(name) is not None:
                value[name] = None
                if name != "finish_reason":
                    del value[name]
        for one in value.values():
            _without(one, names)
