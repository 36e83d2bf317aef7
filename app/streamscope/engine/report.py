"""An exchange that is there already, read once by every reader: its text, figures, findings and outcome. Pure."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec

from streamscope.engine.figures import Figure
from streamscope.engine.findings import latest
from streamscope.engine.reading import Reading
from streamscope.engine.waterfall import Attempt, Waterfall
from streamscope.model.delta import Paths
from streamscope.model.event import Event, Finding, Head, Message, Read, RequestSent
from streamscope.model.exchange import Outcome, Timing
from streamscope.store.recordings import Exchange

if TYPE_CHECKING:
    from streamscope.engine.derived import Derived, Lane, LaneKey

_PAGE, _HELD = 512, 1 << 22
"""Events that are read at once, and bytes of them from which on fewer are."""


@dataclass(frozen=True, slots=True)
class Piece:
    """Visible text that one event (by its number) brought."""

    text: str
    event: int


@dataclass(frozen=True, slots=True)
class Report:
    """All that is derived from an exchange. `dialect` is the label, '' where none was recognised."""

    request: RequestSent | None
    head: Head | None
    outcome: Outcome
    exit_code: int
    dialect: str
    pieces: tuple[Piece, ...]
    figures: tuple[Figure, ...]
    findings: tuple[Finding, ...]
    events: dict[str, int]
    """How many of each kind."""
    attempts: tuple[Attempt, ...] = ()
    """What was sent and on which connection, in order."""

    @property
    def text(self) -> str:
        """All visible text."""
        return self.outcome.text


def walk(exchange: Exchange, *, whole: bool = False) -> Iterator[Event]:
    """The events of an exchange, a page at a time; findings that it holds are left out.

    Messages come without their place in its streams, since they may go elsewhere; `whole` ones with all their bytes,
    however large.
    """
    start, size = 0, 8
    while page := exchange.events(start, start + size):
        held = sum(event.size for event in page if isinstance(event, Message | Read))
        size = min(_PAGE, 2 * size) if held < _HELD else max(1, size // 8)
        for number, event in enumerate(page, start):
            if isinstance(event, Message):
                if whole and not event.whole:
                    payload = exchange.payload(number, 0, event.size)
                    event = msgspec.structs.replace(event, payload=payload, length=-1)
                yield msgspec.structs.replace(event, at=-1) if event.at >= 0 else event
            elif not isinstance(event, Finding):
                yield event
        start += len(page)


def report(
    events: Iterable[Event],
    dialect: str = "",
    *,
    timed: bool = True,
    saved: Iterable[Paths] = (),
    with_pieces: bool = False,
) -> Report:
    """Read events in order. `dialect` is the key of the one to read payloads with ('' finds it out), `saved` are the
    user's own; where they are not `timed`, no time is told; only `with_pieces` it is kept which event brought which
    text."""
    reading, waterfall = Reading(saved, dialect), Waterfall()
    meter, transcript = reading.meter, reading.transcript
    pieces: list[Piece] = []
    findings: list[Finding] = []
    counts: dict[str, int] = {}
    request: RequestSent | None = None
    head: Head | None = None
    for number, event in enumerate(events):
        text = reading.feed(event)
        findings += reading.findings
        if type(event) in _STREAMED:
            waterfall.last = event.t
        else:
            waterfall.feed(number, event)
        if text and with_pieces:
            pieces.append(Piece(text, number))
        if isinstance(event, RequestSent):
            request, head = event, None
        elif isinstance(event, Head):
            head = event
        kind = _KINDS.get(type(event).__name__, type(event).__name__.lower())
        counts[kind] = counts.get(kind, 0) + 1
    outcome = meter.outcome(transcript.text)
    figures = tuple(meter.figures())
    if not timed:
        outcome = msgspec.structs.replace(outcome, timing=Timing())
        figures = tuple(figure for figure in figures if figure.key in _WITHOUT_TIMES)
    found = transcript.dialect
    return Report(
        request,
        head,
        outcome,
        meter.exit_code(),
        str(found.label) if found is not None else "",
        tuple(pieces),
        figures,
        tuple(latest(findings)),
        counts,
        tuple(waterfall.attempts),
    )


def report_of(derived: "Derived", lane: "LaneKey" = (0, "text", "")) -> Report:
    """What is derived of an exchange by now, without reading it again; the pieces are those of one of its texts."""
    with derived.lock:
        reading, heads = derived.reading, list(derived.heads)
        outcome = reading.meter.outcome(reading.transcript.text)
        figures, findings = tuple(reading.meter.figures()), tuple(latest(derived.findings))
        found, code = reading.transcript.dialect, reading.meter.exit_code()
        pieces = pieces_of(derived.lanes[lane]) if lane in derived.lanes else ()
    request = next((head for head in reversed(heads) if isinstance(head, RequestSent)), None)
    answer = next((head for head in reversed(heads) if isinstance(head, Head)), None)
    label = str(found.label) if found is not None else ""
    return Report(request, answer, outcome, code, label, pieces, figures, findings, {})


def pieces_of(lane: "Lane", most: int = 100_000) -> tuple[Piece, ...]:
    """A text in the pieces in which it came; neighbours are joined where there would be more than so many."""
    text, ends, events = bytes(lane.text), lane.ends, lane.events
    step = -(-len(ends) // most) if len(ends) > most else 1
    made, begin = [], 0
    for first in range(0, len(ends), step):
        end = ends[min(first + step, len(ends)) - 1]
        made.append(Piece(text[begin:end].decode(errors="replace"), events[first]))
        begin = end
    return tuple(made)


_KINDS = {"RequestSent": "request"}
_STREAMED = frozenset({Message, Read})
_WITHOUT_TIMES = frozenset({"tokens", "messages", "content_messages", "keep_alives"})
"""Figures that can be told of a body without times and reads."""
