"""Every fault that a call can ask for: its name, its parameter, and what it does to the answer.

A call asks with the header `X-Sandbox-Fault` or the query parameter `sandbox_fault` (the header wins); a sandbox
started with `--fault` does it to all calls. The syntax is `name`, `name:value`, or several joined by commas, for
example `stall:2.5` or `model,cut:1000`. `none` asks for a clean answer where `--fault` says otherwise.

What a fault does to a token, it does to the fourth, unless its line says otherwise; times are in seconds, and
positions are bytes of the body as it travels (after compression, without the framing of chunks).
"""

from dataclasses import dataclass

HTTP, SOCKET, BOTH = "http", "websocket", "both"


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault: `parameter` describes its value (empty: it has none), `default` is taken where none is given."""

    name: str
    parameter: str
    default: str
    over: str
    help: str


FAULTS = (
    Fault("none", "", "", BOTH, "No fault, even where the sandbox was started with --fault."),
    # When things come.
    Fault("slow_first", "seconds", "2", BOTH, "The first token comes later, and all others with it."),
    Fault("stall", "seconds", "2", BOTH, "No token for a time after the fourth; the later ones keep their pace."),
    Fault("stall_alive", "seconds", "2", BOTH, "The same with a keep-alive (comment or ping) each 0.25 s meanwhile."),
    Fault("jitter", "seconds", "0.1", BOTH, "Each token is late by a changing time of up to this, in order."),
    Fault("burst", "tokens", "8", BOTH, "Tokens are held back and released so many at once, in one write."),
    Fault("coalesce", "seconds", "0.1", BOTH, "What came is written at fixed intervals, several events a write."),
    Fault("buffer", "", "", HTTP, "A proxy holds the body back and writes it at once: with Via, no X-Accel-Buffering."),
    Fault("drip", "seconds", "0", HTTP, "Each byte of the body is a chunk and a write of its own, so far apart."),
    Fault("keep_alive", "seconds", "0.25", BOTH, "A comment (`: keep-alive`) or a ping before the first token and on."),
    Fault("time_limit", "seconds", "", BOTH, "Tokens end after the fourth; the gateway cuts at its --time-limit."),
    # What the head says.
    Fault("informational", "status", "103", HTTP, "An informational answer (1xx) comes before the answer."),
    Fault("content_type", "type", "application/json", HTTP, "The body stays, its Content-Type is another."),
    Fault("json_as_stream", "", "", HTTP, "A whole JSON answer is called text/event-stream."),
    Fault("busy", "seconds or date", "1", HTTP, "429 with Retry-After in seconds; `busy:date` gives a date 5 s ahead."),
    Fault("status", "status", "503", HTTP, "An answer of this status in the words of the gateway."),
    Fault("platform", "code/status", "APIG.0203", BOTH, "The platform's error of this code, e.g. ModelArts.4302/503."),
    Fault("clock", "seconds", "-600", HTTP, "The Date of the answer is this much off."),
    Fault("trailers", "", "", HTTP, "Trailers follow the body and are announced by Trailer."),
    # How the body is coded.
    Fault("gzip", "", "", HTTP, "Content-Encoding: gzip over the stream, flushed for each event."),
    Fault("deflate", "", "", HTTP, "The same with deflate (zlib)."),
    Fault("br", "", "", HTTP, "The same with br."),
    Fault("zstd", "", "", HTTP, "The same with zstd."),
    # What events look like.
    Fault("bom", "", "", HTTP, "The stream begins with a byte order mark."),
    Fault("cr", "", "", HTTP, "Lines end with CR only."),
    Fault("mixed_ends", "", "", HTTP, "Lines end with LF, CRLF and CR by turns."),
    Fault("glued", "", "", HTTP, "The blank line after the fourth token is missing: two events become one."),
    Fault("two_json", "", "", BOTH, "The fourth token's event holds its JSON and the next one's, one after the other."),
    Fault("raw_line", "", "", HTTP, "After the fourth token comes a JSON error as a line without `data:`."),
    Fault("bad_json", "", "", BOTH, "The fourth token's JSON ends too early."),
    Fault("bad_utf8", "", "", HTTP, "The fourth token's text ends with the bytes FF FE."),
    Fault("split_utf8", "", "", HTTP, "Each character of several bytes is split over two writes; a token gets one."),
    Fault("nul_id", "", "", HTTP, "The fourth token's event has an id with NUL."),
    Fault("bad_retry", "", "", HTTP, "A `retry: soon` comes before the fourth token."),
    Fault("unfinished", "", "", HTTP, "The last event has no blank line after it."),
    # What events say.
    Fault("no_end", "", "", BOTH, "The end mark is missing."),
    Fault("no_finish", "", "", BOTH, "No finish reason comes."),
    Fault("no_usage", "", "", BOTH, "The usage that was asked for does not come."),
    Fault("error", "message", "The model ran out of memory.", BOTH, "An error as data under 200 ends the answer."),
    Fault("model", "name", "another-model", BOTH, "From the fourth token on the model's name is another."),
    Fault("duplicate", "", "", BOTH, "Events are numbered (id, or sequence_number); the fourth token comes twice."),
    Fault("gap", "", "", BOTH, "Events are numbered (id, or sequence_number); the fourth token is missing."),
    # How connections end.
    Fault("cut", "byte", "1000", HTTP, "The connection ends in good order after so many bytes, no last chunk."),
    Fault("reset", "byte", "1000", HTTP, "The connection is reset (RST) after so many bytes."),
    Fault("lost_connection", "seconds", "0", HTTP, "The kept connection is closed so long after the answer, untold."),
    # WebSocket.
    Fault("ws_refused", "status", "403", SOCKET, "The handshake is refused, with a body."),
    Fault("ws_bad_accept", "", "", SOCKET, "The handshake's Sec-WebSocket-Accept is wrong."),
    Fault("ws_deflate", "", "", SOCKET, "permessage-deflate is negotiated where it is offered."),
    Fault("ws_close", "code/reason", "1011", SOCKET, "After the fourth token: close with a code and perhaps a reason."),
    Fault("ws_lost", "", "", SOCKET, "After the fourth token the connection ends without a close frame."),
    Fault("ws_fragments", "fragments", "3", SOCKET, "Each message in so many fragments with pings in between."),
    Fault("ws_split", "bytes", "65536", SOCKET, "Messages leave in frames of at most so many bytes."),
    Fault("ws_tiny", "bytes", "1", SOCKET, "The same with tiny frames: thousands of them."),
    Fault("ws_oversize", "megabytes", "2", SOCKET, "After the fourth token comes a text message of this size."),
    Fault("ws_ping", "seconds", "1", SOCKET, "A ping at the first message; without its pong in time: close 1011."),
    Fault("ws_no_pong", "", "", SOCKET, "Pings of the client are never answered."),
    Fault("ws_masked", "", "", SOCKET, "The fourth token's frame is masked, which a server must not do."),
    Fault("ws_bad_utf8", "", "", SOCKET, "The fourth token's text frame is followed by one of invalid UTF-8."),
    Fault("ws_reserved", "", "", SOCKET, "The fourth token's frame has the reserved bit RSV2 set."),
)  # fmt: skip

BY_NAME = {fault.name: fault for fault in FAULTS}


def listing() -> list[dict[str, str]]:
    """The table for programs: a mapping for each fault."""
    names = ("name", "parameter", "default", "over", "help")
    return [{name: getattr(fault, name) for name in names} for fault in FAULTS]


def lines() -> list[str]:
    """The table for people, one line a fault: what to write, over what, and what it does."""
    shown = [(fault, f"{fault.name}[:{fault.parameter}]" if fault.parameter else fault.name) for fault in FAULTS]
    width = max(len(text) for _, text in shown)
    return [f"{text:<{width}}  {fault.over:<9}  {fault.help}" for fault, text in shown]
