"""All rules, by the key that findings carry: what each is about and how bad it can be. Pure data."""

from dataclasses import dataclass

from streamscope.model.event import Severity
from streamscope.model.phrase import Phrase, phrase


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule; `worst` is the highest severity of its findings."""

    key: str
    worst: Severity
    about: Phrase


def _table(*rows: Rule) -> dict[str, Rule]:
    return {row.key: row for row in rows}


RULES: dict[str, Rule] = _table(
    # what leaves
    Rule("unchecked_authentication", "info", phrase("a credential where nothing checks it")),
    Rule("readable_credential", "warning", phrase("a credential that is readable on the wire")),
    Rule("token_expires", "error", phrase("a token at its end")),
    Rule("retried", "info", phrase("a further attempt")),
    Rule("redirected", "warning", phrase("a redirect that was followed")),
    # the answer
    Rule("stale_connection", "info", phrase("a kept connection that the server had closed")),
    Rule("refused", "error", phrase("a status that refuses, explained by the layer that gave it")),
    Rule("rate_limited", "error", phrase("too many requests, and how long to wait")),
    Rule("no_upgrade", "error", phrase("a handshake that was not taken")),
    Rule("clock_skew", "error", phrase("clocks that differ")),
    Rule("compressed_stream", "info", phrase("compression on a stream")),
    Rule("content_type_mismatch", "warning", phrase("another type than was asked for, or than came")),
    Rule("sse_in_other_type", "warning", phrase("an event stream under another type")),
    Rule("error_instead_of_stream", "error", phrase("an error in JSON where a stream was asked for")),
    # the event stream's syntax
    Rule("undefined_field", "warning", phrase("lines that are no event stream")),
    Rule("bad_retry", "warning", phrase("a reconnection time that is no number")),
    Rule("nul_id", "warning", phrase("an id with a NUL character")),
    Rule("bom", "info", phrase("a byte order mark")),
    Rule("cr_only", "info", phrase("lines that end with a carriage return")),
    Rule("mixed_line_ends", "info", phrase("lines that end in different ways")),
    Rule("utf8_split", "info", phrase("a character split between two reads")),
    Rule("unfinished_event", "warning", phrase("an incomplete last event")),
    # what messages hold
    Rule("invalid_utf8", "error", phrase("text that is no UTF-8")),
    Rule("invalid_json", "error", phrase("JSON that is none")),
    Rule("error_in_stream", "error", phrase("an error under a good status")),
    # order
    Rule("sequence_missing", "warning", phrase("numbers that are missing")),
    Rule("sequence_duplicate", "warning", phrase("a number that came twice")),
    Rule("sequence_disorder", "warning", phrase("numbers out of order")),
    Rule("id_repeated", "warning", phrase("an id that came again")),
    Rule("text_shrunk", "warning", phrase("cumulative text that became shorter")),
    # who answers
    Rule("id_changed", "warning", phrase("an answer's id that changes")),
    Rule("model_changed", "warning", phrase("a model's name that changes")),
    Rule("model_differs", "warning", phrase("another model than was asked for")),
    Rule("fingerprint_changed", "warning", phrase("a system's fingerprint that changes")),
    # time
    Rule("stall", "warning", phrase("a stream that stood still")),
    Rule("buffering_proxy", "warning", phrase("a stream that was held back")),
    Rule("periodic_coalescing", "info", phrase("messages in steps of a fixed time")),
    Rule("bursts", "info", phrase("messages in bursts")),
    Rule("jitter", "info", phrase("uneven gaps")),
    Rule("slow_first_token", "info", phrase("a slow start")),
    Rule("tiny_reads", "info", phrase("reads of a few bytes")),
    Rule("client_too_slow", "warning", phrase("this program was late")),
    # WebSocket
    Rule("unanswered_ping", "warning", phrase("a ping without its pong")),
    Rule("server_ping_unanswered", "info", phrase("a ping of the server without a pong from here")),
    Rule("slow_pong", "warning", phrase("a pong that took long")),
    Rule("fragmented", "info", phrase("a message in fragments")),
    Rule("frame_split_64k", "info", phrase("a message in frames of 64 KB")),
    Rule("oversize_message", "info", phrase("a message over the usual limit")),
    Rule("compressed_frames", "info", phrase("compressed messages")),
    Rule("reconnected", "warning", phrase("a connection that was lost and opened again")),
    Rule("close_code", "warning", phrase("a close code that is not a normal end")),
    # the end
    Rule("gateway_time_limit", "warning", phrase("an end at a gateway's time limit")),
    Rule("cut_body", "error", phrase("a body that was cut")),
    Rule("missing_end", "warning", phrase("a stream without its end mark")),
    Rule("finish_without_end", "warning", phrase("a finish reason without an end mark")),
    Rule("end_without_finish", "warning", phrase("an end mark without a finish reason")),
    Rule("usage_missing", "warning", phrase("usage that was asked for and never came")),
)
