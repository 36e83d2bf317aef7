"""What the dialect reads out of one message, and where in the assembled texts it stands."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QVBoxLayout, QWidget

from streamscope.engine.derived import TONES, Lane
from streamscope.gui.live.detail.looked import Looked
from streamscope.gui.live.detail.marked_text import MarkedText, Part
from streamscope.gui.live.tones import tone_word
from streamscope.gui.texts import told
from streamscope.model.delta import Delta, Deltas
from streamscope.model.event import Message

_AROUND = 240
"""Bytes of the assembled text that are shown before and after a piece."""
_GOING_ON = bytes(range(0x80, 0xC0))
_TOKENS = {"error": "error", "refusal": "error", "reasoning": "code_word", "tool_call": "code_number", "usage": "muted"}


@dataclass(frozen=True, slots=True)
class Place:
    """Where a piece stands in a text: characters from, to before, of how many; the piece and what is around it."""

    kind: str
    choice: int
    call: str
    first: int
    last: int
    of: int
    before: str
    piece: str
    after: str


def readable(looked: Looked) -> bool:
    """Whether a dialect reads this event."""
    event = looked.event
    return isinstance(event, Message) and event.direction == "in" and looked.feed.transcript.dialect is not None


def deltas_of(looked: Looked) -> tuple[str, float, Deltas]:
    """The dialect's name, how sure it is (0 to 1), and what it reads out of the message alone."""
    dialect, sure = looked.feed.ask(lambda reading: (reading.transcript.dialect, reading.transcript.sure))
    if dialect is None or not isinstance(looked.event, Message):
        return "", 0.0, ()
    return told(dialect.label), sure, dialect.reader().feed(looked.event)


def places(looked: Looked) -> list[Place]:
    """Where in the assembled texts the message's pieces stand."""
    derived = looked.feed.derived
    with derived.lock:
        lanes = list(derived.lanes.values())
        found = [_place(lane, looked.number) for lane in lanes]
    return [place for place in found if place is not None]


def _place(lane: Lane, number: int) -> Place | None:
    first, last = bisect_left(lane.events, number), bisect_right(lane.events, number)
    if first == last:
        return None
    start, end = lane.ends[first - 1] if first else 0, lane.ends[last - 1]
    text = lane.text
    size = len(text)
    begun, piece = _letters(text[:start]), text[start:end].decode(errors="replace")
    return Place(
        lane.kind,
        lane.choice,
        lane.key[2],
        begun,
        begun + len(piece),
        begun + len(piece) + _letters(text[end:]),
        ("…" if start > _AROUND else "") + text[max(0, start - _AROUND) : start].decode(errors="ignore"),
        piece,
        text[end : end + _AROUND].decode(errors="ignore") + ("…" if end + _AROUND < size else ""),
    )


def _letters(text: bytearray) -> int:
    """How many characters UTF-8 has: bytes but those that go on with one."""
    return len(text.translate(None, _GOING_ON))


def _word(kind: str) -> str:
    """A kind of delta in a person's words."""
    translate = QCoreApplication.translate
    others = {
        "transcript": translate("detail", "spoken words"),
        "begin": translate("detail", "begin"),
        "tokens": translate("detail", "tokens"),
        "served": translate("detail", "the server's figures"),
    }
    return others.get(kind) or (tone_word(TONES.index(kind)) if kind in TONES else kind)


class DeltaView(QWidget):
    """What was read, and where it stands."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._text = MarkedText(self.tr("What the chosen event says"))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._text.view)
        self.setFocusProxy(self._text.view)

    def show_event(self, looked: Looked) -> None:
        """Show this event."""
        self._text.show_parts(self._parts(looked))

    def seen(self) -> str:
        """What is shown."""
        return self._text.text()

    def search(self) -> None:
        """It is short."""

    def widget(self) -> QWidget:
        """Itself."""
        return self

    def _parts(self, looked: Looked) -> Iterator[Part]:
        name, sure, deltas = deltas_of(looked)
        yield (
            self.tr("Read as {dialect}, {percent} % sure").format(dialect=name, percent=round(100 * sure)),
            "muted",
            "",
        )
        if not deltas:
            yield "\n\n" + self.tr("It says nothing that this dialect knows."), "text", ""
        for delta in deltas:
            yield from self._delta(delta)
        if looked.number >= looked.feed.read:
            yield "\n\n" + self.tr("Where it stands in the text is not known yet."), "muted", ""
        for place in places(looked):
            yield from self._place(place)

    def _delta(self, delta: Delta) -> Iterator[Part]:
        yield f"\n\n{_word(delta.kind)}", _TOKENS.get(delta.kind, "accent"), ""
        about = []
        if delta.choice:
            about.append(self.tr("choice {number}").format(number=delta.choice))
        if delta.call:
            about.append(self.tr("call {call}").format(call=delta.call))
        if delta.name:
            about.append(self.tr("function {name}").format(name=delta.name))
        if delta.whole:
            about.append(self.tr("replaces what came before"))
        if about:
            yield "  " + ", ".join(about), "muted", ""
        if delta.text:
            yield "\n" + delta.text, "text", ""

    def _place(self, place: Place) -> Iterator[Part]:
        where = self.tr("In all of the {kind}: characters {first} to {last} of {of}").format(
            kind=_word(place.kind), first=f"{place.first + 1:,}", last=f"{place.last:,}", of=f"{place.of:,}"
        )
        yield f"\n\n{where}\n", "muted", ""
        yield place.before, "muted", ""
        yield place.piece, "text", "selected"
        yield place.after, "muted", ""
