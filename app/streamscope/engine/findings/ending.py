"""Rules about how it ended: cut, too early, at a time limit, without what a complete answer has. Pure."""

from streamscope.engine.findings.case import Case, Family
from streamscope.model.event import Carried, Closed, Failed, Message
from streamscope.model.phrase import NOTHING, Phrase, phrase

_SECOND = 1_000_000_000
_MARGIN = 1.5 * _SECOND
_CLOSE_CODES: dict[int, tuple[Phrase, Phrase]] = {
    1002: (phrase("protocol error"), phrase("One side wrote wrong frames.")),
    1003: (phrase("unsupported data"), phrase("The server may take text only, or binary only.")),
    1004: (phrase("reserved"), phrase("No server should send this code.")),
    1005: (phrase("no code given"), phrase("The server closed without saying why.")),
    1006: (phrase("connection lost"), phrase("It ended without a close frame: a crash, a proxy or a time limit.")),
    1007: (phrase("invalid payload"), phrase("Text messages must be UTF-8.")),
    1008: (phrase("policy violation"), phrase("Often an authentication or quota that the model itself checks.")),
    1009: (phrase("message too big"), phrase("Send smaller messages.")),
    1010: (phrase("missing extension"), phrase("The server wants an extension that was not agreed on.")),
    1011: (phrase("internal error"), phrase("Look at the model's logs; it may also be a ping that went unanswered.")),
    1012: (phrase("service restart"), phrase("Connect again in a moment.")),
    1013: (phrase("try again later"), phrase("The server is overloaded.")),
    1014: (phrase("bad gateway"), phrase("Something between the gateway and the model failed.")),
    1015: (phrase("TLS failure"), phrase("The encrypted connection broke.")),
    3000: (phrase("unauthorized"), phrase("Check the credential of the handshake, or of the first message.")),
    3003: (phrase("forbidden"), phrase("Check the permission of who signed in.")),
    3008: (phrase("timeout"), phrase("The server waited too long for a message.")),
}
_REGISTERED = phrase("a registered code that the service gives")
_PRIVATE = phrase("a code of the service's own")
# Seconds, whether silence of that length counts, too, whose limit it is, what to do.
_LIMITS: tuple[tuple[int, bool, Phrase, Phrase], ...] = (
    (
        40,
        False,
        phrase("that is the gateway's limit for one prediction"),
        phrase("Ask for fewer tokens, use WebSocket, or a service of the new generation with its own limit."),
    ),
    (
        60,
        True,
        phrase("that is the usual limit of proxies and load balancers for silence"),
        phrase("Send keep-alives from the model, or raise the proxy's read timeout (nginx, load balancer)."),
    ),
    (
        100,
        True,
        phrase("that is the usual limit of a content delivery network"),
        phrase("Stream, send keep-alives, or go around the content delivery network."),
    ),
)
_REASONS = (b"finish_reason", b"stop_reason", b"stop_type")
"""Names whose presence, empty as they may be, promises that a reason will be given."""
_FINISHES = ("openai.chat", "openai.completions", "anthropic.messages", "tgi.", "cohere.", "llamacpp.")
"""Dialects in which a complete answer always gives a reason for its end."""


class Ending(Family):
    """gateway_time_limit, cut_body, missing_end, finish_without_end, end_without_finish, usage_missing, close_code."""

    def __init__(self, case: Case) -> None:
        super().__init__(case)
        self._promised = False

    def opening(self, event: Message) -> None:
        """Whether the first payload has a place for the reason of the end."""
        self._promised = any(name in event.payload for name in _REASONS)

    def end(self, event: Closed | Failed) -> None:
        """One cause is told: a limit explains a cut, and a cut explains what is missing."""
        case = self.case
        if case.head is None or case.head.status >= 400:
            if case.head is None and isinstance(event, Failed) and event.error == "NoAnswer":
                self._at_a_limit(event, phrase("nothing"))
            return
        body = event.body if isinstance(event.body, Carried) else None
        if self._is_cut(event, body):
            if not self._at_a_limit(event, _came(case, body)):
                self._cut(event, body)
        elif isinstance(event, Closed) and case.conversation:
            if event.by != "network" or not self._at_a_limit(event, _came(case, body)):
                self._close_code(event)
                self._turn(event)
        elif isinstance(event, Closed) and event.by == "server":
            self._clean(event)

    def _is_cut(self, event: Closed | Failed, body: Carried | None) -> bool:
        if isinstance(event, Failed):
            return event.error in ("Cut", "NoAnswer")
        if self.case.conversation or event.by in ("user", "client"):
            return False
        return event.by == "network" or (body is not None and body.whole is False)

    def _at_a_limit(self, event: Closed | Failed, came: Phrase) -> bool:
        """Whether it died at a time at which gateways let connections die."""
        alive, silent = event.t - self.case.sent, event.t - self.case.read_at
        for limit, by_silence, whose, remedy in _LIMITS:
            quiet = by_silence and abs(silent - limit * _SECOND) < _MARGIN
            if quiet or abs(alive - limit * _SECOND) < _MARGIN:
                after = phrase("after {n} s of silence", n=limit) if quiet else phrase("at {n} s", n=limit)
                text = phrase(
                    "The stream was cut {after}, {came} had come: {whose}.", after=after, came=came, whose=whose
                )
                self.case.tell(event.t, "gateway_time_limit", "warning", text, remedy)
                return True
        return False

    def _cut(self, event: Closed | Failed, body: Carried | None) -> None:
        ended = self.case.transcript.end == "seen"
        text = phrase("The connection ended in the middle of the body, after {came}.", came=_came(self.case, body))
        if ended:
            text = phrase("The connection ended before the body did, but after the stream's end mark.")
        remedy = phrase("The model's process, a proxy or a time limit may have cut it; compare with the server's log.")
        self.case.tell(event.t, "cut_body", "warning" if ended else "error", text, remedy)

    def _close_code(self, end: Closed) -> None:
        if end.code is None or end.code in (1000, 1001) or end.by == "client":
            return
        own = _PRIVATE if end.code >= 4000 else _REGISTERED
        name, remedy = _CLOSE_CODES.get(end.code, (own, NOTHING))
        text = phrase("Closed with {code} ({name}): {reason}", code=end.code, name=name, reason=end.reason or "-")
        self.case.tell(end.t, "close_code", "warning", text, remedy)

    def _turn(self, end: Closed) -> None:
        """A conversation that the server ended in order, in the middle of an answer."""
        transcript = self.case.transcript
        unsaid = transcript.end == "missing" and transcript.first_token is not None and not transcript.errors
        if unsaid and end.by == "server" and end.code in (1000, 1001):
            text = phrase("The server closed in the middle of an answer: its end mark never came.")
            remedy = phrase("The model or something on the way may have given up: the text may be incomplete.")
            self.case.tell(end.t, "missing_end", "warning", text, remedy)

    def _clean(self, end: Closed) -> None:
        """A stream that ended in order on the wire: did it end in its dialect, too?"""
        case, transcript = self.case, self.case.transcript
        if not case.streamed or transcript.errors or case.told("error_in_stream") or case.unfinished is not None:
            return
        dialect = transcript.dialect.label if transcript.dialect is not None else ""
        if transcript.end == "missing":
            if transcript.finish:
                text = phrase(
                    "The model finished ({reason}), but the end mark never came ({dialect}).",
                    reason=transcript.finish,
                    dialect=dialect,
                )
                remedy = phrase("The text is whole; clients that wait for the end mark may hang or report an error.")
                case.tell(end.t, "finish_without_end", "warning", text, remedy)
            elif not self._at_a_limit(end, _came(case, None)):
                text = phrase("The stream ended without its end mark ({dialect}).", dialect=dialect)
                remedy = phrase("The model or something on the way may have given up: the text may be incomplete.")
                case.tell(end.t, "missing_end", "warning", text, remedy)
            return
        if transcript.end != "seen":
            return
        reasoned = bool(transcript.finish) or not self._promised or transcript.first_token is None
        if not reasoned and case.dialect.startswith(_FINISHES):
            text = phrase("The end mark came, but no reason why the model finished ({dialect}).", dialect=dialect)
            remedy = phrase("Whether the text is whole or was cut at a limit cannot be told.")
            case.tell(end.t, "end_without_finish", "warning", text, remedy)
        options = case.asked.get("stream_options")
        if isinstance(options, dict) and options.get("include_usage") is True and transcript.usage is None:
            text = phrase("Usage was asked for (stream_options.include_usage), but none came.")
            remedy = phrase("The server does not know the option, or a proxy drops chunks without choices.")
            case.tell(end.t, "usage_missing", "warning", text, remedy, [case.request_at, case.index])


def _came(case: Case, body: Carried | None) -> Phrase:
    """How far it came, in words."""
    messages = case.messages - (1 if case.unfinished is not None else 0)
    if body is not None:
        return phrase("{bytes} bytes of the body in {n} messages", bytes=f"{body.wire:,}", n=messages)
    return phrase("{bytes} bytes in {n} messages", bytes=f"{case.bytes_in:,}", n=messages)
