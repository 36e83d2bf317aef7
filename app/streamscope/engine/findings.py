"""What a person should know about an exchange, with the events that show it and a remedy. Derived, never stored."""

from collections.abc import Iterator
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from streamscope.engine.answers import explain
from streamscope.engine.transcript import Transcript
from streamscope.kinds.catalog import AUTH, CHANNELS, DIALECTS, PROTOCOLS
from streamscope.model.event import Closed, Control, Event, Failed, Finding, Head, Message, RequestSent, Severity
from streamscope.model.phrase import NOTHING, Phrase, phrase

_SKEW = 300.0
"""Seconds by which clocks may differ before it is worth a word; signatures allow 15 minutes."""
_GATEWAY_LIMIT = 40.0
_CLOSE_CODES: dict[int, tuple[Phrase, Phrase]] = {
    1002: (phrase("protocol error"), phrase("One side wrote wrong frames.")),
    1003: (phrase("unsupported data"), phrase("The server may take text only, or binary only.")),
    1005: (phrase("no code given"), phrase("The server closed without saying why.")),
    1006: (phrase("connection lost"), phrase("It ended without a close frame: a crash, a proxy or a time limit.")),
    1007: (phrase("invalid payload"), phrase("Text messages must be UTF-8.")),
    1008: (phrase("policy violation"), phrase("Often an authentication or quota that the model itself checks.")),
    1009: (phrase("message too big"), phrase("Send smaller messages.")),
    1011: (phrase("internal error"), phrase("Look at the model's logs.")),
    1012: (phrase("service restart"), phrase("Connect again in a moment.")),
    1013: (phrase("try again later"), phrase("The server is overloaded.")),
    1014: (phrase("bad gateway"), phrase("Something between the gateway and the model failed.")),
}


class Watch:
    """Feed it an exchange's events in order; it gives the findings that each makes plain.

    A transcript that is fed the same events already, each before this, is shared instead of reading everything twice.
    """

    def __init__(self, transcript: Transcript | None = None) -> None:
        self._shared = transcript is not None
        self._transcript = transcript or Transcript(DIALECTS.values())
        self._index = -1
        self._request: RequestSent | None = None
        self._head: Head | None = None
        self._head_at = 0
        self._body = b""
        self._stream = False
        self._invalid_told = False

    def feed(self, event: Event) -> list[Finding]:
        """The findings of this event."""
        self._index += 1
        if not self._shared:
            self._transcript.feed(event)
        return list(self._seen(event))

    def _seen(self, event: Event) -> Iterator[Finding]:
        match event:
            case RequestSent():
                self._request, self._head, self._body = event, None, b""
                yield from self._exposed(event)
            case Head():
                self._head, self._head_at = event, self._index
                yield from self._answered(event)
            case Message(direction="in"):
                if not self._body and self._head is not None and self._head.status >= 400:
                    self._body = event.payload[:65536]
                yield from self._message(event)
            case Control(name="field"):
                yield self._finding(
                    event.t,
                    "undefined_field",
                    "warning",
                    phrase("A line of the event stream is ignored by the rules: {line}", line=str(event.data)[:120]),
                    phrase("A proxy may have broken it, or an error came without 'data:' in front."),
                )
            case Closed() | Failed():
                yield from self._ended(event)

    def _exposed(self, request: RequestSent) -> Iterator[Finding]:
        auth, channel = AUTH[request.auth], CHANNELS[request.channel]
        if not channel.checked and auth.fields:
            text = phrase("On this channel nothing checks the authentication: it is sent all the same.")
            yield self._finding(request.t, "unchecked_authentication", "info", text)
        if auth.readable and request.url.startswith(("http://", "ws://")):
            host = request.url.partition("://")[2]
            local = host.startswith(("127.", "localhost", "[::1]"))
            yield self._finding(
                request.t,
                "readable_credential",
                "info" if local else "warning",
                phrase("{auth} travels readable on the wire: the connection is plain HTTP.", auth=auth.label),
                phrase("Use https:// or wss://, or no authentication where nothing checks it."),
            )

    def _answered(self, head: Head) -> Iterator[Finding]:
        request = self._request
        essence = head.header("Content-Type").partition(";")[0].strip().lower()
        self._stream = essence == "text/event-stream"
        if request is not None and PROTOCOLS[request.protocol].streams and not self._stream and head.status < 400:
            yield self._finding(
                head.t,
                "content_type_mismatch",
                "warning",
                phrase("An event stream was asked for, but {type} came.", type=essence or "an answer without a type"),
                phrase('Many APIs stream only where the body says so: "stream": true.'),
            )
        if request is not None and PROTOCOLS[request.protocol].duplex and head.status != 101 and head.status < 400:
            yield self._finding(
                head.t,
                "no_upgrade",
                "error",
                phrase("The server answered {status} and did not switch to WebSocket.", status=head.status),
                phrase("Check the path, and whether a proxy on the way lets WebSocket through."),
            )
        yield from self._skew(head)

    def _skew(self, head: Head) -> Iterator[Finding]:
        try:
            theirs = parsedate_to_datetime(head.header("Date"))
        except ValueError:
            return
        ours, what = _our_time(self._request, head.t)
        if ours is None:
            return
        off = (ours - theirs.astimezone(UTC)).total_seconds()
        if abs(off) > _SKEW:
            yield self._finding(
                head.t,
                "clock_skew",
                "error" if head.status in (401, 403) else "warning",
                phrase("{what} is {span} the server's clock.", what=what, span=_span(off)),
                phrase("Set the clock: signatures are refused beyond 15 minutes, and tokens seem expired."),
            )

    def _message(self, message: Message) -> Iterator[Finding]:
        binary = message.opcode == "binary"
        text_expected = self._stream or message.opcode == "text"
        if text_expected and not binary and not self._invalid_told and message.text is None:
            self._invalid_told = True
            at = _invalid_at(message.payload)
            yield self._finding(
                message.t,
                "invalid_utf8",
                "error",
                phrase("The message is not UTF-8: byte {at} of it begins no character.", at=at),
                phrase("The server may cut characters, or write another encoding."),
            )

    def _ended(self, end: Closed | Failed) -> Iterator[Finding]:
        head, transcript = self._head, self._transcript
        if head is not None and (said := explain(head, self._body)) is not None:
            text = phrase(
                "{status} from {layer}: {meaning}", status=head.status, layer=said.layer, meaning=said.meaning
            )
            yield self._finding(end.t, "refused", "error", text, said.remedy, self._head_at)
        elif transcript.errors:
            text = phrase("The stream reported an error: {message}", message=transcript.errors[0])
            yield self._finding(
                end.t, "error_in_stream", "error", text, phrase("The status was already sent: read it here.")
            )
        if isinstance(end, Closed):
            yield from self._closed(end)
        elif head is not None and abs(end.t / 1e9 - _GATEWAY_LIMIT) < 1.5:
            yield self._finding(
                end.t,
                "gateway_time_limit",
                "warning",
                phrase("The stream was cut at 40 s: that is the gateway's limit for one prediction."),
                phrase("Ask for fewer tokens, use WebSocket, or a service of the new generation with its own limit."),
            )

    def _closed(self, end: Closed) -> Iterator[Finding]:
        transcript, dialect = self._transcript, self._transcript.dialect
        cut_short = self._stream and dialect is not None and dialect.ends and not transcript.ended
        if cut_short and end.by == "server" and not transcript.errors:
            yield self._finding(
                end.t,
                "missing_end",
                "warning",
                phrase("The stream ended without its end mark ({dialect}).", dialect=dialect.label if dialect else ""),
                phrase("The model or something on the way may have given up: the text may be incomplete."),
            )
        if end.code is not None and end.code not in (1000, 1001) and end.by != "client":
            name, remedy = _CLOSE_CODES.get(end.code, (phrase("a code of the service's own"), NOTHING))
            told = phrase("Closed with {code} ({name}): {reason}", code=end.code, name=name, reason=end.reason or "-")
            yield self._finding(end.t, "close_code", "warning", told, remedy)

    def _finding(
        self, t: int, rule: str, severity: Severity, text: Phrase, remedy: Phrase = NOTHING, at: int | None = None
    ) -> Finding:
        return Finding(t, rule, severity, [self._index if at is None else at], str(text), str(remedy))


def _span(seconds: float) -> Phrase:
    """A difference of clocks in words: minutes, hours from two on, days from two on."""
    minutes = round(abs(seconds) / 60)
    behind = seconds < 0
    if minutes < 120:
        early, late = phrase("{n} minutes behind", n=minutes), phrase("{n} minutes ahead of", n=minutes)
    elif minutes < 48 * 60:
        early, late = phrase("{n} hours behind", n=minutes // 60), phrase("{n} hours ahead of", n=minutes // 60)
    else:
        early, late = phrase("{n} days behind", n=minutes // 1440), phrase("{n} days ahead of", n=minutes // 1440)
    return early if behind else late


def _our_time(request: RequestSent | None, elapsed: int) -> tuple[datetime | None, Phrase]:
    """The time that the request claims: a signature's date where it has one, else this machine's clock."""
    if request is None:
        return None, NOTHING
    for name, value in request.headers:
        if name.lower() == "x-sdk-date":
            try:
                return datetime.strptime(value, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC), phrase("The signature's date")
            except ValueError:
                break
    started = datetime.fromisoformat(request.started)
    return datetime.fromtimestamp(started.timestamp() + elapsed / 1e9, UTC), phrase("This machine's clock")


def _invalid_at(payload: bytes) -> int:
    try:
        payload.decode()
    except UnicodeDecodeError as error:
        return error.start
    return len(payload)
