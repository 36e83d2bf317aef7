"""An exchange that is there already, read once by every reader: its text, figures, findings and outcome. Pure."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import msgspec

from streamscope.engine.findings import Watch
from streamscope.engine.timing import Meter
from streamscope.engine.transcript import Transcript
from streamscope.kinds.catalog import DIALECTS
from streamscope.model.event import Event, Finding, Head, RequestSent
from streamscope.model.exchange import Outcome, Timing
from streamscope.model.phrase import NOTHING, Phrase, phrase
from streamscope.store.recordings import Exchange

_PAGE = 512


@dataclass(frozen=True, slots=True)
class Figure:
    """One number: what it is called, its value (None where it is unknown), its unit, and how it is computed."""

    key: str
    label: Phrase
    value: float | str | None
    unit: str
    formula: Phrase


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

    @property
    def text(self) -> str:
        """All visible text."""
        return self.outcome.text


def walk(exchange: Exchange) -> Iterator[Event]:
    """The events of an exchange, a page at a time; findings that it holds are left out."""
    start = 0
    while page := exchange.events(start, start + _PAGE):
        start += len(page)
        for event in page:
            if not isinstance(event, Finding):
                yield event


def report(events: Iterable[Event], dialect: str = "", *, timed: bool = True) -> Report:
    """Read events in order. `dialect` is the key of the one to read payloads with ('' finds it out); where they are
    not `timed`, no time is told."""
    transcript = Transcript([DIALECTS[dialect]] if dialect else DIALECTS.values())
    meter, watch = Meter(transcript), Watch(transcript)
    pieces: list[Piece] = []
    findings: list[Finding] = []
    counts: dict[str, int] = {}
    request: RequestSent | None = None
    head: Head | None = None
    for number, event in enumerate(events):
        text = transcript.feed(event)
        meter.feed(event, text)
        findings += watch.feed(event)
        if text:
            pieces.append(Piece(text, number))
        if isinstance(event, RequestSent):
            request, head = event, None
        elif isinstance(event, Head):
            head = event
        kind = _KINDS.get(type(event).__name__, type(event).__name__.lower())
        counts[kind] = counts.get(kind, 0) + 1
    outcome = meter.outcome(transcript.text)
    figures = _figures(meter, outcome)
    if not timed:
        outcome = msgspec.structs.replace(outcome, timing=Timing())
        figures = tuple(figure for figure in figures if figure.unit not in _TIMES)
    found = transcript.dialect
    return Report(
        request,
        head,
        outcome,
        meter.exit_code(),
        str(found.label) if found is not None else "",
        tuple(pieces),
        figures,
        tuple(findings),
        counts,
    )


_KINDS = {"RequestSent": "request"}
_TIMES = frozenset({"ms", "s", "tokens/s", "1/s"})


def _figures(meter: Meter, outcome: Outcome) -> tuple[Figure, ...]:
    """The meter's own figures, else those that an outcome has."""
    told: Any = getattr(meter, "figures", None)
    if told is not None:
        return tuple(
            Figure(row.key, _phrase(row.label), row.value, str(row.unit), _phrase(row.formula)) for row in told()
        )
    timing = outcome.timing
    return (
        Figure("ttfb_ms", phrase("Time to first byte"), timing.ttfb_ms, "ms", phrase("head − Send")),
        Figure("ttft_ms", phrase("Time to first token"), timing.ttft_ms, "ms", phrase("first token − Send")),
        Figure("total_ms", phrase("Total"), timing.total_ms, "ms", phrase("end − Send")),
        Figure("messages_in", phrase("Messages received"), outcome.messages_in, "", NOTHING),
        Figure("messages_out", phrase("Messages sent"), outcome.messages_out, "", NOTHING),
        Figure("bytes_in", phrase("Bytes received"), outcome.bytes_in, "bytes", phrase("sum of all reads")),
        Figure("bytes_out", phrase("Bytes sent in messages"), outcome.bytes_out, "bytes", NOTHING),
    )


def _phrase(value: Any) -> Phrase:
    return value if isinstance(value, Phrase) else Phrase(str(value))
