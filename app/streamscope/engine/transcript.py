"""What an exchange says, read out of its events by the dialect that they speak: text, choices, usage, end. Pure.

Each payload is decoded once. Which dialect it is shows in the first payloads; until the first text another one may
prove likelier, then what came is read again. What none of them knows is shown as it is.
"""

from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Any
from urllib.parse import urlsplit

import msgspec

from streamscope.kinds.dialects.assembly import CallSoFar, Choice, Joined
from streamscope.kinds.dialects.base import SURE, Dialect, decoded, dug, error_text, is_end
from streamscope.kinds.dialects.jsonpath import bare
from streamscope.kinds.dialects.recognition import Recognition
from streamscope.model.delta import DeltaKind, Deltas
from streamscope.model.errors import UsageError
from streamscope.model.event import Control, Event, Head, Message, RequestSent
from streamscope.model.exchange import ChoiceOutcome, EndMark

_CONVERSATION = 101
"""The status of a WebSocket: there an unknown payload is somebody's message, whatever it holds."""
_FIRST_ERROR = 400
_CONTENT: frozenset[DeltaKind] = frozenset(("text", "reasoning", "tool_call", "refusal", "transcript"))
_CERTAIN = 0.9
"""A dialect that is as sure as this stays, even where a payload follows that it does not know."""
_LOOKED_AT = 5
"""So many payloads are looked at to find the dialect, if no text comes before."""
_LOOKED_AT_RAW = 64
"""So many while none was found: a greeting of another kind may come first."""
_decode = msgspec.json.decode
_UNREAD: Any = object()
_LONGEST_STRAY = 65536
_RAW = "raw"


def _path(url: str) -> str:
    """A URL's path, '' where it is none: a recording may hold anything."""
    try:
        return urlsplit(url).path
    except ValueError:
        return ""


def _nothing(value: Any, message: Message) -> Deltas:  # noqa: ARG001 - a reader's outline
    return ()


class Transcript:
    """Feed it events in order; it gives the new visible text of the first choice, and keeps what else was said.

    `pinned` is the key of the dialect to read it as, '' to find it out; a request that was sent may tell one, too. A
    key that is none of the dialects' is found out.
    """

    def __init__(self, dialects: Iterable[Dialect], pinned: str = "") -> None:
        self._dialects = tuple(dialects)
        self._recognition = Recognition(self._dialects)
        self._dialect: Dialect | None = None
        self._reads: Callable[[Any, Message], Deltas] = _nothing
        """Reads a payload as the dialect does, given its JSON."""
        self._pinned = False
        self._settled = False
        """Whether the dialect is sure to stay."""
        self._raw = False
        """Whether none was recognised."""
        self._swift = False
        """Whether nothing but what it says is left to ask of a payload."""
        self._read: list[Message] = []
        """What was read while another dialect may still prove likelier."""
        self._path = ""
        self._status = 0
        self._messages = 0
        self._streamed = False
        self._stray: list[str] = []
        self._stray_size = 0
        self._last: Message | None = None
        self._value: Any = None
        self.deltas: Deltas = ()
        """What was read out of the event that was fed last."""
        self.sure = 0.0
        """How sure the recognition is, 0 to 1; 1 where the dialect was chosen."""
        self._clear()
        self._pin(pinned)

    def _clear(self) -> None:
        """Nothing was said yet."""
        self._choices: dict[int, Choice] = {0: Choice()}
        self._text = self._choices[0].text
        self._pieces, self._thoughts = self._text.pieces, self._choices[0].reasoning.pieces
        self._spoken = Joined()
        self._turn = False
        self.errors: list[str] = []
        self._usage: dict[str, Any] | None = None
        self._used: list[str] = []
        self.finish = ""
        """Why it ended: the first choice's reason where it has one."""
        self.ended = False
        """Whether the dialect's own end mark was seen."""
        self.first_token: int | None = None
        """When the first token of any kind came, ns since Send."""
        self.first_text: int | None = None
        """When the first visible text of the first choice came, ns since Send."""

    def _pin(self, key: str) -> None:
        dialect = next((dialect for dialect in self._dialects if dialect.key == key), None)
        if dialect is None and key.startswith("$"):
            with suppress(UsageError):  # a recording may hold anything
                dialect = bare(key)
        if dialect is not None and not self._pinned:
            self._dialect, self._reads, self.sure = dialect, dialect.reader().read, 1.0
            self._pinned = self._settled = True
            self._raw = dialect.key == _RAW

    @property
    def text(self) -> str:
        """All visible text of the first choice so far."""
        return str(self._text)

    @property
    def transcript(self) -> str:
        """That part of the visible text that is the words of a spoken answer."""
        return str(self._spoken)

    @property
    def choices(self) -> list[ChoiceOutcome]:
        """What each choice came to so far, in their order."""
        return [self._choices[index].outcome() for index in sorted(self._choices)]

    @property
    def calls(self) -> list[CallSoFar]:
        """The tool calls so far, each with what its arguments are: whole JSON, the beginning of some, or neither."""
        return [
            CallSoFar(index, key, call.name, str(call.arguments), call.state())
            for index in sorted(self._choices)
            for key, call in self._choices[index].calls.items()
        ]

    @property
    def usage(self) -> dict[str, Any] | None:
        """The usage that was reported; of figures that were reported more than once, the last."""
        for text in self._used:
            value = decoded(text.encode(errors="replace"))
            self._usage = {**(self._usage or {}), **value} if isinstance(value, dict) else self._usage
        self._used = []
        return self._usage

    @property
    def end(self) -> EndMark:
        """Whether the end mark was seen, is missing so far, or is not needed here."""
        if self.ended:
            return "seen"
        needed = self._streamed and self._dialect is not None and self._dialect.ends
        return "missing" if needed or self._turn else "none needed"

    @property
    def value(self) -> Any:
        """The JSON of the message that was fed last, None where it is none."""
        if self._value is _UNREAD:
            self._value = decoded(self._last.payload) if self._last is not None else None
        return self._value

    @property
    def dialect(self) -> Dialect | None:
        """The dialect that was recognised or chosen, None before."""
        return self._dialect

    def feed(self, event: Event) -> str:
        """The visible text that this event adds."""
        if type(event) is Message and event.direction == "in":
            if not self._swift or event.unfinished:
                return self._message(event)
            try:
                value = self._value = _decode(event.payload)
            except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
                value = self._value = None
            deltas = self.deltas = self._reads(value, event)
            if len(deltas) == 1:
                delta = deltas[0]
                if not delta.choice and not delta.whole:
                    if delta.kind == "text" and self.first_text is not None:
                        self._pieces.append(delta.text)
                        return delta.text
                    if delta.kind == "reasoning" and self.first_token is not None:
                        self._thoughts.append(delta.text)
                        return ""
            return self._noted(deltas, event) if deltas else self._silent(event)
        self.deltas, self._last, self._value = (), None, None
        match event:
            case RequestSent(url=url, dialect=chosen):
                self._path = _path(url)
                self._pin(chosen)
            case Head(status=status):
                self._status, self._swift = status, False
            case Control(name="field", direction="in"):
                self._strayed(str(event.data))
            case Message():
                self._last, self._value = event, _UNREAD
        return ""

    def _message(self, message: Message) -> str:
        self._last, self._value, self.deltas = message, _UNREAD, ()
        if self._status >= _FIRST_ERROR or message.unfinished:
            return ""  # an error's body is no text, and an unfinished event was never dispatched
        before = ""
        if not self._settled:
            read, before = self._recognised(message)
            if not read:
                return ""
        elif self._raw and self._known_otherwise(message):
            return ""
        self.deltas = self._reads(None if self._raw else self.value, message)
        if not self.deltas and message.form == "body" and not self._messages and not self._pinned and self._dialect:
            self._read = []
            self._taken(self._unknown(self._dialect), raw=True)  # it only looked like one
            self.deltas = self._reads(None, message)
        if not self.deltas:
            self._silent(message)
        text = before + self._noted(self.deltas, message)
        if self._settled:
            self._swift, self._read = not self._raw, []
        return text

    def _silent(self, message: Message) -> str:
        """A payload that says nothing is an error where its event is called so, and it is words."""
        if message.event == "error" and message.payload and type(self.value) is not dict:
            self.errors.append(message.payload.decode(errors="replace"))
        return ""

    def _recognised(self, message: Message) -> tuple[bool, str]:
        """Whether this payload is to be read, and the text that a likelier dialect finds in the ones before it."""
        if self._dialect is None and message.form == "event" and not message.payload:
            return False, ""  # an event that only sets the id, as before a stream that can be resumed
        found, sure = self._recognition.add(self.value, message, self._path)
        text = ""
        if found is self._dialect and not self._raw and self._doubtful(sure):
            found, self.sure = self._recognition.anew(self._path)
            unsure = self.sure < SURE
            text = self._taken(self._unknown(found) if unsure else found, raw=unsure)
        elif sure >= SURE:
            self.sure = sure
            if found is not self._dialect:
                text = self._taken(found, raw=False)
        elif self._dialect is None or self._raw:
            if self._known_otherwise(message):
                return False, ""
            if self._dialect is None:
                self.sure = sure
                self._taken(self._unknown(found), raw=True)
        if not self._raw:
            self._read.append(message)
        enough = _LOOKED_AT_RAW if self._raw else _LOOKED_AT
        self._settled = self._settled or self._recognition.looked >= enough
        return True, text

    def _doubtful(self, sure: float) -> bool:
        """Whether a dialect that little spoke for does not know what follows; errors are of no dialect."""
        value = self.value
        strange = value is not None and not (isinstance(value, dict) and "error" in value)
        known = self._dialect is not None and self._recognition.knows(self._dialect)
        return sure < _CERTAIN and strange and not known and not self.errors

    def _unknown(self, found: Dialect) -> Dialect:
        """The dialect of what none knows."""
        return next((dialect for dialect in self._dialects if dialect.key == _RAW), found)

    def _taken(self, dialect: Dialect, *, raw: bool) -> str:
        """Read as this dialect from now on, and again what another one read before."""
        if self._dialect is not None and not self._raw:
            self._clear()
        self._dialect, self._reads, self._raw = dialect, dialect.reader().read, raw
        return "".join(self._noted(self._reads(decoded(message.payload), message), message) for message in self._read)

    def _known_otherwise(self, message: Message) -> bool:
        """Whether a payload of no known format is an error or the usual end mark: neither of them is text."""
        if self._pinned or self._status == _CONVERSATION:
            return False
        if is_end(message):
            self.ended = True
            return True
        if message.event == "error" and type(self.value) is not dict:
            self._silent(message)
            return True
        return b"error" in message.payload and self._error(self.value)

    def _error(self, value: Any) -> bool:
        error = dug(value, "error") or ("error" in (dug(value, "type"), dug(value, "object")) and value)
        if error:
            self.errors.append(error_text(error))
        return bool(error)

    def _strayed(self, line: str) -> None:
        """Lines that an event stream's rules ignore may be an error in plain JSON, over many lines."""
        if not self._stray and not line.startswith(("{", "[")):
            return
        self._stray.append(line)
        self._stray_size = (self._stray_size if len(self._stray) > 1 else 0) + len(line) + 1
        if self._stray_size > _LONGEST_STRAY:
            self._stray = []
        elif line.startswith(("}", "]")) or (len(self._stray) == 1 and line.rstrip().endswith(("}", "]"))):
            value = decoded("\n".join(self._stray).encode(errors="replace"))
            self._stray = []
            self._error(value[0] if isinstance(value, list) and value else value)

    def _noted(self, deltas: Deltas, message: Message) -> str:
        text = ""
        self._messages += 1
        self._streamed = self._streamed or message.form != "body" or self._messages > 1
        for delta in deltas:
            kind = delta.kind
            if kind == "text" and not delta.choice and not delta.whole and self.first_text is not None:
                self._pieces.append(delta.text)
                text += delta.text
            elif kind in _CONTENT:
                new = self._choice(delta.choice).add(delta)
                if self.first_token is None and (delta.text or delta.name):
                    self.first_token = message.t
                if new and not delta.choice:
                    text += new
                    if kind == "transcript":
                        self._spoken.pieces.append(new)
            elif kind == "finish":
                self._choice(delta.choice).add(delta)
                if delta.text and (not delta.choice or not self.finish):
                    self.finish = delta.text
            elif kind == "usage":
                if delta.whole:
                    self._used = [delta.text]
                else:
                    self._used.append(delta.text)
            elif kind == "error":
                self.errors.append(delta.text)
            elif kind == "end":
                self.ended, self._turn = True, False
            elif kind == "begin":
                self.ended, self._turn = False, True
        if text and self.first_text is None:
            self.first_text = message.t
            self._settled = self._settled or not self._raw
        return text

    def _choice(self, index: int) -> Choice:
        choice = self._choices.get(index)
        if choice is None:
            choice = self._choices[index] = Choice()
        return choice
