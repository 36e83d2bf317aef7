"""How an exchange came out: a frozen outcome, whatever face asks."""

from typing import Any, Literal

import msgspec

Result = Literal["complete", "error", "early", "stopped", "no connection"]

EXIT_CODES: dict[Result, int] = {"complete": 0, "error": 1, "early": 1, "stopped": 130, "no connection": 3}


EndMark = Literal["seen", "missing", "none needed"]


class ToolCall(msgspec.Struct, frozen=True):
    """A call of a function that the model asks for; `arguments` is JSON text, joined from its pieces."""

    name: str
    arguments: str


class ChoiceOutcome(msgspec.Struct, frozen=True):
    """What one of several choices came to."""

    text: str = ""
    reasoning: str = ""
    tool_calls: list[ToolCall] = []
    refusal: str = ""
    finish_reason: str = ""


class Timing(msgspec.Struct, frozen=True):
    """Milliseconds since Send: first byte of the answer, first token, the end."""

    ttfb_ms: float | None = None
    ttft_ms: float | None = None
    total_ms: float | None = None


class Outcome(msgspec.Struct, frozen=True):
    """One object that says it all; the `summary` of a call."""

    outcome: Result
    status: int | None
    messages_in: int
    messages_out: int
    bytes_in: int
    bytes_out: int
    text: str
    timing: Timing
    closed: dict[str, Any] | None = None
    error: dict[str, Any] | None = None
