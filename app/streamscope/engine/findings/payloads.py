"""Rules about what messages hold: text that is no UTF-8, JSON that is none, errors under a good status. Pure."""

import json

from streamscope.engine.findings.case import Family
from streamscope.model.event import Message
from streamscope.model.phrase import Phrase, phrase

_READ = 1 << 20
"""Bytes of a broken payload that are looked at."""
_LINE_SEPARATORS = ("\u2028", "\u2029", "\x85")
_MARKS = (b"[DONE]", b"null")


class Payloads(Family):
    """invalid_utf8, invalid_json, error_in_stream."""

    def message(self, event: Message) -> None:
        """What this payload is; one that is JSON is text, too."""
        case = self.case
        errors = case.transcript.errors
        if len(errors) != case.errors:
            self._reported(event, errors)
        if case.value is None:
            self._unread(event)

    def _reported(self, event: Message, errors: list[str]) -> None:
        self.case.errors = len(errors)
        if errors and not self.case.told("error_instead_of_stream"):
            text = phrase("The stream reported an error: {message}", message=errors[-1])
            remedy = phrase("The status was already sent: read it here.")
            self.case.tell(event.t, "error_in_stream", "error", text, remedy)

    def _unread(self, event: Message) -> None:
        """A payload that is no JSON, as far as its beginning shows."""
        if event.unfinished:
            self.case.unfinished = (self.case.index, event.size)
            return
        dialect = self.case.transcript.dialect
        plain = dialect is None or dialect.key == "raw"
        if plain and event.form != "body" and event.payload[:1] != b"{" and event.payload.isascii():
            return
        if event.opcode == "binary" or not self._is_text(event):
            return
        payload = event.payload
        try:
            text = payload.decode()
        except UnicodeDecodeError as error:
            if event.whole or error.start < len(payload) - 3:
                self._invalid_utf8(event, error.start)
            return
        if event.whole and payload.strip() and self._means_json(event, payload):
            self._invalid_json(event, text)

    def _is_text(self, event: Message) -> bool:
        head = self.case.head
        if event.form != "body":
            return event.form != "frame"
        return head is not None and (head.essence.startswith("text/") or head.essence.endswith(("json", "+json")))

    def _invalid_utf8(self, event: Message, at: int) -> None:
        place = phrase("byte {at} of it", at=at)
        if event.at >= 0:
            place = phrase("byte {at} of it, {whole} of the stream", at=at, whole=event.at + at)
        self.case.tell(
            event.t,
            "invalid_utf8",
            "error",
            phrase("The message is not UTF-8: {place} begins no character.", place=place),
            phrase("The server may cut characters, or write another encoding."),
        )

    def _means_json(self, event: Message, payload: bytes) -> bool:
        """Whether this should be JSON: the dialect is one of JSON, or the payload looks like an object."""
        if payload.strip().startswith(_MARKS):
            return payload.strip() not in _MARKS and b"data:" in payload
        if event.form == "body":
            head = self.case.head
            return head is not None and head.status < 400 and head.essence.endswith("json")
        if payload.lstrip()[:1] == b"{":
            return True
        return event.form in ("line", "element") or self.case.dialect not in ("", "raw")

    def _invalid_json(self, event: Message, text: str) -> None:
        if self.case.again("invalid_json"):
            return
        at, reason = _broken(text[:_READ])
        if at < 0:
            return
        cause, remedy = _cause(text[:_READ], at, reason)
        self.case.tell(
            event.t,
            "invalid_json",
            "error",
            phrase(
                "The payload is no JSON: {cause} (character {at}: …{around}…)",
                cause=cause,
                at=at,
                around=text[max(0, at - 20) : at + 20].replace("\n", "⏎"),
            ),
            remedy,
        )


def _broken(text: str) -> tuple[int, str]:
    """Where JSON breaks, and why; -1 where it does not."""
    try:
        json.loads(text)
    except json.JSONDecodeError as error:
        return error.pos, error.msg
    except (ValueError, RecursionError) as error:
        return 0, type(error).__name__
    return -1, ""


def _cause(text: str, at: int, reason: str) -> tuple[Phrase, Phrase]:
    """What went wrong, as far as the text shows it."""
    rest = text[at:].lstrip()
    if rest.startswith("data:"):
        return (
            phrase("two events are glued together"),
            phrase("The server left out the line end and the blank line between two events."),
        )
    if reason == "Extra data" and rest[:1] in ("{", "["):
        return (
            phrase("several JSON values follow each other"),
            phrase("The blank line between two events is missing, or the server writes several objects into one."),
        )
    if "\n" in text and _broken(text.replace("\n", ""))[0] < 0:
        return (
            phrase("a string is broken over several data lines"),
            phrase("The server cuts its JSON into lines: inside a string a line break must be written as \\n."),
        )
    if any(mark in text for mark in _LINE_SEPARATORS):
        return (
            phrase("it holds a Unicode line separator, where something on the way may have cut it"),
            phrase("Event streams end lines at CR and LF only; a program that cuts at U+2028 or U+0085 breaks them."),
        )
    if at >= len(text.rstrip()) or "Unterminated" in reason:
        return (
            phrase("it breaks off"),
            phrase("The rest may be in a line without 'data:', or the server cut it; the raw bytes are kept."),
        )
    return phrase("{reason}", reason=reason.lower()), phrase("The raw bytes are kept: compare with the server's own.")
