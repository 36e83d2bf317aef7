"""The visible text of an exchange, read out of its events by the dialect that they speak. Pure."""

from collections.abc import Iterable, Sequence
from urllib.parse import urlsplit

from streamscope.kinds.dialects.base import Dialect, Reader
from streamscope.model.delta import Deltas
from streamscope.model.event import End, Event, Head, Message, RequestSent

_SURE = 0.5
_WAIT = 2
"""Payloads that may pass before an unknown format is shown as it is."""
_CONTENT = ("text", "reasoning", "tool_call", "refusal")


class Transcript:
    """Feed it events in order; it gives the new visible text of the first choice, and keeps what else was said."""

    def __init__(self, dialects: Iterable[Dialect]) -> None:
        self._dialects = tuple(dialects)
        self._pieces: list[str] = []
        self._dialect: Dialect | None = None
        self._likely: Dialect | None = None
        self._reader: Reader | None = None
        self._waiting: list[Message] = []
        self._path = ""
        self._status = 0
        self.first_token: int | None = None
        """When the first token of any kind came, ns since Send."""
        self.errors: list[str] = []
        self.finish = ""
        self.ended = False
        """Whether the dialect's own end mark was seen."""

    @property
    def text(self) -> str:
        """All visible text so far."""
        return "".join(self._pieces)

    @property
    def dialect(self) -> Dialect | None:
        """The dialect that was recognised, None before."""
        return self._dialect

    def feed(self, event: Event) -> str:
        """The visible text that this event adds."""
        match event:
            case RequestSent(url=url):
                self._path = urlsplit(url).path
                self._waiting = []
            case Head(status=status):
                self._status = status
            case Message(direction="in"):
                return self._message(event)
        if isinstance(event, End) and self._waiting:
            return self._decide(event.t)
        return ""

    def _message(self, message: Message) -> str:
        if self._status >= 400 or message.unfinished is True:
            return ""  # an error's body is no text, and an unfinished event was never dispatched
        if self._reader is not None:
            return self._read(message)
        self._waiting.append(message)
        self._likely, score = guess(self._dialects, self._waiting, self._path)
        unlike_json = message.payload.lstrip()[:1] not in (b"{", b"[")
        if score >= _SURE or unlike_json or len(self._waiting) >= _WAIT:
            return self._decide(message.t)
        return ""

    def _decide(self, at: int) -> str:
        self._dialect = self._likely or self._dialects[-1]
        self._reader = self._dialect.reader()
        waiting, self._waiting = self._waiting, []
        return "".join(self._read(message, at) for message in waiting)

    def _read(self, message: Message, at: int | None = None) -> str:
        deltas = self._reader.feed(message) if self._reader is not None else ()
        if self.first_token is None and any(delta.kind in _CONTENT and delta.text for delta in deltas):
            self.first_token = message.t if at is None else min(at, message.t)
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
