"""Rules about the syntax of event streams (WHATWG HTML standard, section 9.2), and characters cut by reads. Pure."""

import json

from streamscope.engine.findings.case import Case, Family
from streamscope.model.event import Closed, Control, Failed, Read, RequestSent
from streamscope.model.phrase import phrase

_HELD = 1 << 16
"""Bytes of ignored lines that are held, to see whether together they are JSON."""
_TEXT = ("text/", "application/json", "application/x-ndjson", "application/jsonl")


class Syntax(Family):
    """undefined_field, bad_retry, nul_id, bom, cr_only, mixed_line_ends, utf8_split, unfinished_event."""

    def __init__(self, case: Case) -> None:
        super().__init__(case)
        self._lines: list[str] = []
        self._size = self._depth = 0
        self._readable: bool | None = None

    def request(self, event: RequestSent) -> None:  # noqa: ARG002 - the outline
        """An attempt begins."""
        self._lines, self._size, self._depth, self._readable = [], 0, 0, None

    def control(self, event: Control) -> None:
        """A line that the rules ignore, or what the decoder saw of the stream as a whole."""
        if event.name == "field":
            self._ignored(event, str(event.data))
        elif event.name == "stream":
            self._stream(event)

    def _ignored(self, event: Control, line: str) -> None:
        name, _, value = line.partition(":")
        if name == "retry":
            self.case.tell(
                event.t,
                "bad_retry",
                "warning",
                phrase("A reconnection time is ignored, since it is no number: {line}", line=line[:120]),
                phrase("'retry:' takes decimal digits and nothing else: milliseconds."),
            )
        elif name == "id" and "\0" in value:
            self.case.tell(
                event.t,
                "nul_id",
                "warning",
                phrase("An event's id is ignored, since it holds a NUL character."),
                phrase("The server writes bytes where text belongs; the stream cannot be resumed there."),
            )
        else:
            if not self.case.again("undefined_field"):
                self.case.tell(
                    event.t,
                    "undefined_field",
                    "warning",
                    phrase("A line of the event stream is ignored by the rules: {line}", line=line[:120]),
                    phrase("A proxy may have broken it, or an error came without 'data:' in front."),
                )
            errors = self.case.transcript.errors
            if len(errors) > self.case.errors:
                self.case.errors, self._lines = len(errors), []
                self._outside(event, errors[-1])
            else:
                self._try_json(event, line)

    def _try_json(self, event: Control, line: str) -> None:
        """Some servers write an error as bare JSON into the stream, on one line or on many, until its braces close."""
        if not self._lines and not line.lstrip().startswith("{"):
            return
        self._lines.append(line)
        self._size += len(line)
        self._depth += line.count("{") - line.count("}")
        if self._depth > 0 and self._size <= _HELD:
            return
        text, self._lines, self._size, self._depth = "\n".join(self._lines), [], 0, 0
        try:
            read = json.loads(text)
        except (ValueError, RecursionError):
            return
        if isinstance(read, dict) and "error" in read:
            error = read["error"]
            self._outside(event, str(error.get("message") if isinstance(error, dict) else error))

    def _outside(self, event: Control, error: str) -> None:
        text = phrase("The stream reported an error, outside of any event: {error}", error=error[:300])
        remedy = phrase("Other clients lose it: the server wrote it without 'data:' in front.")
        self.case.tell(event.t, "error_in_stream", "error", text, remedy)

    def _stream(self, event: Control) -> None:
        if event.detail.get("bom"):
            text = phrase("The stream begins with a byte order mark.")
            remedy = phrase("The rules skip it; many clients do not, and lose the first event.")
            self.case.tell(event.t, "bom", "info", text, remedy)
        ends = event.detail.get("line_ends")
        if ends == "cr":
            text = phrase("Lines of the stream end with a bare carriage return.")
            remedy = phrase("It is allowed, but many clients show each event only when the next one comes.")
            self.case.tell(event.t, "cr_only", "info", text, remedy)
        elif ends == "mixed":
            text = phrase("Lines of the stream end in different ways.")
            remedy = phrase("It is allowed; two programs write into this stream, such as a model and a proxy.")
            self.case.tell(event.t, "mixed_line_ends", "info", text, remedy)

    def read(self, event: Read) -> None:
        """A read that ends inside of a character: decoding each read by itself would break it."""
        data = event.data
        if not data or (data[-1] < 0x80 and data[-3:-2] < b"\x80"):
            return
        if self._readable is None and self.case.head is not None:
            self._readable = self._is_text()
        if self._readable and _cuts_a_character(data):
            text = phrase("A character was split between two reads.")
            remedy = phrase("Nothing is wrong here; clients that decode each piece by itself would show broken text.")
            self.case.tell(event.t, "utf8_split", "info", text, remedy)

    def _is_text(self) -> bool:
        head = self.case.head
        if head is None or self.case.conversation or head.header("Content-Encoding"):
            return False
        return head.essence.startswith(_TEXT)

    def end(self, event: Closed | Failed) -> None:
        """An event without its blank line, at a clean end."""
        if self.case.unfinished is None or not isinstance(event, Closed) or event.by != "server":
            return
        at, size = self.case.unfinished
        self.case.tell(
            event.t,
            "unfinished_event",
            "warning",
            phrase("The stream ended inside of an event ({size} bytes): it counts as never sent.", size=f"{size:,}"),
            phrase("Each event ends with a blank line, the last one, too."),
            [at],
        )


def _cuts_a_character(data: bytes) -> bool:
    """Whether UTF-8 text breaks off at the end of a read; the line end of an HTTP chunk is none of its text."""
    tail = data[-6:].removesuffix(b"\r\n")[-4:]
    for back in range(1, len(tail) + 1):
        byte = tail[-back]
        if byte & 0xC0 != 0x80:
            wanted = 2 if byte >> 5 == 6 else 3 if byte >> 4 == 14 else 4 if byte >> 3 == 30 else 1
            return wanted > back
    return False
