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


class Percentiles(msgspec.Struct, frozen=True):
    """How a set of times is spread, in ms; between two ranks by linear interpolation, as numpy does."""

    count: int
    p50: float
    p90: float
    p95: float
    p99: float
    max: float


TokenSource = Literal["ids", "usage in each payload", "final usage", "chunks"]
"""Where the number of tokens comes from, the best first; `chunks` are messages with content, not tokens."""


class Timing(msgspec.Struct, frozen=True):
    """Milliseconds since Send, and what follows from them; the formulas are those of `Meter.figures()`.

    First byte of the answer, first token of any kind, the end; first event, first visible text, last token; the time
    from the last token to the end; the time for one token after the first. `tokens_per_s` is what one user sees,
    `tokens_per_s_e2e` counts the wait, too. `itl_ms` are gaps between messages with content, `itl_token_ms` the same
    for one token where payloads tell how many they carry, `reads_gap_ms` gaps between socket reads.
    `coalescing` is messages with content for each read that brought any, `wire_per_text` bytes received for each byte
    of text. `phases` are those of the connection; `warm` tells whether it was kept from an earlier call.
    """

    ttfb_ms: float | None = None
    ttft_ms: float | None = None
    total_ms: float | None = None
    ttfe_ms: float | None = None
    ttfo_ms: float | None = None
    e2e_ms: float | None = None
    tail_ms: float | None = None
    tpot_ms: float | None = None
    tokens: int | None = None
    token_source: TokenSource | None = None
    tokens_per_s: float | None = None
    tokens_per_s_e2e: float | None = None
    itl_ms: Percentiles | None = None
    itl_token_ms: Percentiles | None = None
    reads_gap_ms: Percentiles | None = None
    stalls: int = 0
    bursts: int = 0
    coalescing: float | None = None
    wire_per_text: float | None = None
    reads: int = 0
    content_messages: int = 0
    keep_alives: int = 0
    phases: dict[str, float] = {}
    warm: bool | None = None
    send_lag_ms: float | None = None
    ping_ms: Percentiles | None = None
    server: dict[str, float] = {}


class Outcome(msgspec.Struct, frozen=True):
    """One object that says it all; the `summary` of a call.

    `dialect` is the key of the one that was read, '' where there was none; `errors` are the messages of errors that
    came in payloads, whatever the status.
    """

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
    dialect: str = ""
    choices: list[ChoiceOutcome] = []
    usage: dict[str, Any] | None = None
    errors: list[str] = []
    end: EndMark = "none needed"
