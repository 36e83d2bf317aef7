"""Rules about the answer as such: refused, of another kind or clock than expected, on a dead connection. Pure."""

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from streamscope.engine.answers import coded, explain, explain_code
from streamscope.engine.findings.case import STREAMED, Case, Family
from streamscope.model.event import Closed, Failed, Head, Message, RequestSent, Trace
from streamscope.model.phrase import NOTHING, Phrase, phrase

_SKEW = 300.0
"""Seconds by which clocks may differ before it is worth a word; signatures allow 15 minutes."""
_BODY = 1 << 16
"""Bytes of a refusal's body that are looked at."""
_TOO_MANY = 429
_STREAM_TYPES = frozenset(
    {
        "text/event-stream",
        "application/x-ndjson",
        "application/jsonl",
        "application/x-jsonlines",
        "application/json-lines",
        "application/json-seq",
        "application/vnd.amazon.eventstream",
    }
)
_EVENT_STREAM = "text/event-stream"
_AWS = "application/vnd.amazon.eventstream"
_STALE = phrase("Nothing is lost. A server whose idle time is longer than its gateway's avoids it.")


class Answering(Family):
    """refused, rate_limited, no_upgrade, clock_skew, content_type_mismatch and its kin, stale_connection."""

    def __init__(self, case: Case) -> None:
        super().__init__(case)
        self._body = b""
        self._mismatch_told = False

    def request(self, event: RequestSent) -> None:  # noqa: ARG002 - the outline
        """An attempt begins with nothing known of its answer."""
        self._body, self._mismatch_told = b"", False

    def trace(self, event: Trace) -> None:
        """A second sending on a fresh connection, after one on a kept connection."""
        if event.name == "send" and event.phase == "begin" and self.case.phases.resent:
            text = phrase("The server had closed the kept connection: the request was sent again on a fresh one.")
            self.case.tell(event.t, "stale_connection", "info", text, _STALE)

    def head(self, event: Head) -> None:
        """What status and headers say."""
        if self.case.duplex and event.status != 101 and event.status < 400:
            self.case.tell(
                event.t,
                "no_upgrade",
                "error",
                phrase("The server answered {status} and did not switch to WebSocket.", status=event.status),
                phrase("Check the path, and whether a proxy on the way lets WebSocket through."),
            )
        coding = event.header("Content-Encoding").strip().lower()
        if coding not in ("", "identity") and event.essence in _STREAM_TYPES:
            self.case.tell(
                event.t,
                "compressed_stream",
                "info",
                phrase("The stream is compressed ({coding}): whatever compresses may hold events back.", coding=coding),
                phrase("Ask without compression where times matter: send the header 'Accept-Encoding: identity'."),
            )
        self._skew(event)

    def _skew(self, head: Head) -> None:
        try:
            theirs = parsedate_to_datetime(head.header("Date")).astimezone(UTC)
        except (ValueError, OverflowError, IndexError):
            return
        ours, what = _our_time(self.case.request, head.t)
        if ours is None:
            return
        off = (ours - theirs).total_seconds()
        if abs(off) > _SKEW:
            self.case.tell(
                head.t,
                "clock_skew",
                "error" if head.status in (401, 403) else "warning",
                phrase("{what} is {span} the server's clock.", what=what, span=_span(off)),
                phrase("Set the clock: signatures are refused beyond 15 minutes, and tokens seem expired."),
                counted=False,
            )

    def opening(self, event: Message) -> None:
        """What the body turns out to be, beside what its type says."""
        head = self.case.head
        if head is None or self.case.conversation:
            return
        if head.status >= 400:
            self._body = event.payload[:_BODY]
            return
        self._typed(head, event)

    def _typed(self, head: Head, event: Message) -> None:
        essence, form, asked = head.essence, event.form, self._asked()
        self._mismatch_told = True
        if event.form == "body" and (asked or essence != _EVENT_STREAM) and self._reports_error(event):
            return
        shown = essence or phrase("no type")
        if form == "event" and essence != _EVENT_STREAM:
            self._tell(
                event.t,
                "sse_in_other_type",
                phrase("The body is an event stream, but its type says {type}.", type=shown),
                phrase("Browsers and many clients refuse it: the server must say 'Content-Type: text/event-stream'."),
            )
        elif form != "event" and essence == _EVENT_STREAM:
            self._tell(
                event.t,
                "content_type_mismatch",
                phrase("The type says event stream, but the body is none ({form}).", form=form),
                phrase("Look at the body: something else may have answered, or the server sets the type for all."),
            )
        elif (form == "frame") != (essence == _AWS):
            self._tell(
                event.t,
                "content_type_mismatch",
                phrase("The type says {type}, but the body holds other frames ({form}).", type=shown, form=form),
                phrase("A proxy on the way may have changed the type or the body."),
            )
        elif asked and form not in STREAMED and essence not in _STREAM_TYPES:
            self._not_streamed(event.t, essence)

    def _tell(self, t: int, rule: str, text: Phrase, remedy: Phrase) -> None:
        self.case.tell(t, rule, "warning", text, remedy, [self.case.head_at, self.case.index])

    def _not_streamed(self, t: int, essence: str) -> None:
        self.case.tell(
            t,
            "content_type_mismatch",
            "warning",
            phrase("An event stream was asked for, but {type} came.", type=essence or "an answer without a type"),
            phrase('Many APIs stream only where the body says so: "stream": true.'),
            [self.case.head_at],
        )

    def _asked(self) -> bool:
        return self.case.streams or self.case.asked.get("stream") is True

    def _reports_error(self, event: Message) -> bool:
        """An error under a good status: instead of a stream, or with a code that the platform explains."""
        code, message = coded(event.payload[:_BODY])
        errors = self.case.transcript.errors
        if not errors and not code:
            return False
        said = explain_code(code, message)
        told: Phrase | str = errors[-1] if errors else f"{code} {message}".strip()
        if said is not None:
            told = phrase("{meaning} ({code})", meaning=said.meaning, code=code)
        remedy = said.remedy if said is not None else phrase("The status says nothing of it: read it here.")
        if self._asked():
            text = phrase("Instead of a stream an error came under status {n}: {error}", n=self.case.status, error=told)
            self.case.tell(event.t, "error_instead_of_stream", "error", text, remedy)
            return True
        if not errors:  # else the payloads' own rule tells it
            text = phrase("The answer reports an error under status {n}: {error}", n=self.case.status, error=told)
            self.case.tell(event.t, "error_in_stream", "error", text, remedy)
        return bool(not errors)

    def end(self, event: Closed | Failed) -> None:
        """What a refusal means, once its body is here; an answer without any body."""
        head = self.case.head
        if head is None:
            return
        said = explain(head, self._body)
        if said is not None:
            text = phrase(
                "{status} from {layer}: {meaning}", status=head.status, layer=said.layer, meaning=said.meaning
            )
            rule = "rate_limited" if head.status == _TOO_MANY else "refused"
            remedy = _patience(head) or said.remedy
            self.case.tell(event.t, rule, "error", text, remedy, [self.case.head_at])
        elif not self._mismatch_told and not self.case.conversation and isinstance(event, Closed):
            over = event.by == "server" and self.case.streams
            if over and head.status < 300 and head.essence not in _STREAM_TYPES:
                self._not_streamed(event.t, head.essence)


def _patience(head: Head) -> Phrase | None:
    """What Retry-After asks for, in words (RFC 9110, section 10.2.3: seconds or a date); None where it says nothing."""
    told = head.header("Retry-After").strip()
    if told.isascii() and told.isdigit():
        return phrase("Wait {span}, as Retry-After asks, then send again.", span=_length(int(told[:12])))
    try:
        until = parsedate_to_datetime(told).astimezone(UTC)
    except (ValueError, OverflowError, IndexError):
        return None
    try:
        now = parsedate_to_datetime(head.header("Date")).astimezone(UTC)
    except (ValueError, OverflowError, IndexError):
        return phrase("Wait until {time} UTC, as Retry-After asks, then send again.", time=f"{until:%H:%M:%S}")
    left = max(0, round((until - now).total_seconds()))
    return phrase(
        "Wait {span}, until {time} UTC, as Retry-After asks, then send again.",
        span=_length(left),
        time=f"{until:%H:%M:%S}",
    )


def _length(left: int) -> Phrase:
    if left == 1:
        return phrase("1 second")
    if left < 120:
        return phrase("{n} seconds", n=left)
    return phrase("{n} minutes", n=round(left / 60)) if left < 7200 else phrase("{n} hours", n=round(left / 3600))


def _span(off: float) -> Phrase:
    """A difference of clocks in words: minutes, hours from two on, days from two on."""
    minutes = round(abs(off) / 60)
    behind = off < 0
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
    signed = request.header("X-Sdk-Date")
    try:
        if signed:
            return datetime.strptime(signed, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC), phrase("The signature's date")
    except ValueError:
        pass
    try:
        started = datetime.fromisoformat(request.started).timestamp()
        return datetime.fromtimestamp(started + elapsed / 1e9, UTC), phrase("This machine's clock")
    except (ValueError, OverflowError, OSError):
        return None, NOTHING
