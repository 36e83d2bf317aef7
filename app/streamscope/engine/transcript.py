"""The visible text of an exchange, read out of its events by the dialect that they speak. Pure."""

from collections.abc import Iterable, Sequence
from typing import Any
from urllib.parse import urlsplit

from streamscope.kinds.dialects.base import Dialect, Reader, dug, json_text, parsed, text_of
from streamscope.model.delta import Deltas
from streamscope.model.event import Event, Head, Message, RequestSent
from streamscope.model.exchange import ChoiceOutcome, EndMark

_SURE = 0.5
_CONVERSATION = 101
"""The status of a WebSocket: there an unknown payload is somebody's message, whatever it holds."""
_END_MARK = b"[DONE]"
_CONTENT = ("text", "reasoning", "tool_call", "refusal")


class Transcript:
    """Feed it events in order; it gives the new visible text of the first choice, and keeps what else was said."""

    def __init__(self, dialects: Iterable[Dialect]) -> None:
        self._dialects = tuple(dialects)
        self._pieces: list[str] = []
        self._dialect: Dialect | None = None
        self._raw = False
        self._reader: Reader | None = None
        self._path = ""
        self._status = 0
        self._last: Message | None = None
        self.first_token: int | None = None
        """When the first token of any kind came, ns since Send."""
        self.errors: list[str] = []
        self.finish = ""
        self.ended = False
        """Whether the dialect's own end mark was seen."""
        self.deltas: Deltas = ()
        """What was read out of the event that was fed last."""
        self.usage: dict[str, Any] | None = None
        """The usage that was reported last."""

    @property
    def text(self) -> str:
        """All visible text so far."""
        return "".join(self._pieces)

    @property
    def choices(self) -> list[ChoiceOutcome]:
        """What each choice came to so far."""
        return [ChoiceOutcome(self.text, finish_reason=self.finish)]

    @property
    def end(self) -> EndMark:
        """Whether the end mark was seen, is missing so far, or is not needed here."""
        if self.ended:
            return "seen"
        return "missing" if self._dialect is not None and self._dialect.ends else "none needed"

    @property
    def value(self) -> Any:
        """The JSON of the message that was fed last, None where it is none."""
        return parsed(self._last) if self._last is not None else None

    @property
    def dialect(self) -> Dialect | None:
        """The dialect that was recognised, None before."""
        return self._dialect

    def feed(self, event: Event) -> str:
        """The visible text that this event adds."""
        self.deltas, self._last = (), None
        match event:
            case RequestSent(url=url):
                self._path = urlsplit(url).path
            case Head(status=status):
                self._status = status
            case Message(direction="in"):
                return self._message(event)
        return ""

    def _message(self, message: Message) -> str:
        self._last = message
        if self._status >= 400 or message.unfinished:
            return ""  # an error's body is no text, and an unfinished event was never dispatched
        if self._reader is None or self._raw:
            dialect, score = guess(self._dialects, (message,), self._path)
            if score < _SURE and self._status != _CONVERSATION and self._reported(message):
                return ""
            if self._reader is None or score >= _SURE:
                self._dialect, self._reader, self._raw = dialect, dialect.reader(), score < _SURE
        return self._read(message)

    def _reported(self, message: Message) -> bool:
        """Whether a payload of no known format is an error or the usual end mark: neither of them is text."""
        if message.payload.strip() == _END_MARK:
            self.ended = True
            return True
        value = parsed(message)
        error = dug(value, "error") or ("error" in (dug(value, "type"), dug(value, "object")) and value)
        if error:
            self.errors.append(text_of(error) or text_of(dug(error, "message")) or json_text(error))
        return bool(error)

    def _read(self, message: Message) -> str:
        deltas = self.deltas = self._reader.feed(message) if self._reader is not None else ()
        if self.first_token is None and any(delta.kind in _CONTENT and delta.text for delta in deltas):
            self.first_token = message.t
        text = self._noted(deltas)
        if text:
            self._pieces.append(text)
        return text

    def _noted(self, deltas: Deltas) -> str:
        text = ""
        for delta in deltas:
            match delta.kind:
                case "text" if delta.choice == 0:
                    text += delta.text
                case "error":
                    self.errors.append(delta.text)
                case "finish":
                    self.finish = delta.text or self.finish
                case "end":
                    self.ended = True
        return text


def guess(dialects: Sequence[Dialect], messages: Sequence[Message], path: str) -> tuple[Dialect, float]:
    """The likeliest dialect of these first messages, and how sure that is."""
    scored = [(dialect.guess(messages, path), -at, dialect) for at, dialect in enumerate(dialects)]
    score, _, dialect = max(scored, key=lambda row: row[:2])
    return dialect, score
