"""Everything that is derived from an exchange while its events come: text, figures, findings, outcome. Pure."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress

from streamscope.engine.findings import Watch
from streamscope.engine.timing import Meter
from streamscope.engine.transcript import Transcript
from streamscope.kinds.catalog import DIALECTS
from streamscope.kinds.dialects.base import Dialect
from streamscope.kinds.dialects.jsonpath import PathDialect
from streamscope.model.delta import Paths
from streamscope.model.errors import UsageError
from streamscope.model.event import Event, Finding
from streamscope.model.exchange import Outcome


def _usable(saved: Iterable[Paths]) -> Iterator[Dialect]:
    """The user's own dialects whose paths are paths; a file may have been edited by hand."""
    for paths in saved:
        with suppress(UsageError):
            yield PathDialect(paths)


class Reading:
    """Feed it events in order; each is read once, by all readers.

    `saved` are the user's own dialects; `pinned` is the key of the one to read payloads with, or a JSONPath for the
    text, '' to find it out. `watched=False` leaves findings out.
    """

    def __init__(self, saved: Iterable[Paths] = (), pinned: str = "", *, watched: bool = True) -> None:
        self.transcript = Transcript((*DIALECTS.values(), *_usable(saved)), pinned)
        self.meter = Meter(self.transcript)
        self._watch = Watch(self.transcript) if watched else None
        self.findings: list[Finding] = []
        """Those of the event that was fed last."""

    def feed(self, event: Event) -> str:
        """The visible text that this event adds."""
        text = self.transcript.feed(event)
        self.meter.feed(event, text)
        if self._watch is not None:
            self.findings = self._watch.feed(event)
        return text

    def take(self, events: Sequence[Event]) -> None:
        """Read a batch: what an exchange tells whoever listens."""
        for event in events:
            self.feed(event)

    def outcome(self) -> Outcome:
        """How it came out so far."""
        return self.meter.outcome(self.transcript.text)
