"""The columns of the table of events, and how a person arranged them; all views of events share one arrangement."""

import json
from dataclasses import dataclass, field

from PySide6.QtCore import QCoreApplication, QObject, Signal

NUMBER, TIME, DIRECTION, KIND, TEXT, SIZE, PREVIEW, GAP, READS, NAME, COMMENT = range(11)
KEYS = ("number", "time", "direction", "kind", "text", "size", "preview", "gap", "reads", "name", "comment")
USUAL = (NUMBER, TIME, GAP, DIRECTION, KIND, NAME, TEXT, SIZE, READS, COMMENT, PREVIEW)
"""From left to right, unless a person moved them."""
HIDDEN = frozenset({GAP, READS, NAME, COMMENT})
"""Not shown unless a person chose them."""
RIGHT = frozenset({NUMBER, TIME, GAP, SIZE, READS})
SORTED = frozenset({NUMBER, TIME, GAP, DIRECTION, KIND, NAME, SIZE, READS, COMMENT})
"""Can be sorted by: what the index or a mark tells. Text would have to be read first."""
SAMPLES = {
    NUMBER: "000,000",
    TIME: "000,000.0",
    GAP: "0,000.0",
    KIND: "message___",
    NAME: "message_start",
    TEXT: "some token",
    SIZE: "000.0 kB",
    READS: "0000–0000",
    COMMENT: "a few words here",
    PREVIEW: "begins",
}
"""What has room in a column at first."""
NARROWEST = 24
CLOCKS = ("start", "previous", "clock")
"""What the time of an event is told as: since Send, since the event shown before it, the time of day."""


def title(column: int, clock: str = "start") -> str:
    """What stands at the head of a column."""
    translate = QCoreApplication.translate
    times = {
        "start": translate("events", "Time, ms"),
        "previous": translate("events", "Since previous, ms"),
        "clock": translate("events", "Time of day"),
    }
    return {
        NUMBER: translate("events", "#"),
        TIME: times[clock],
        GAP: translate("events", "Gap, ms"),
        DIRECTION: "",
        KIND: translate("events", "Kind"),
        NAME: translate("events", "Name"),
        TEXT: translate("events", "Text"),
        SIZE: translate("events", "Size"),
        READS: translate("events", "Reads"),
        COMMENT: translate("events", "Comment"),
        PREVIEW: translate("events", "Payload"),
    }[column]


def word(column: int, clock: str = "start") -> str:
    """What a column is called in a menu and to a screen reader."""
    translate = QCoreApplication.translate
    named = {NUMBER: translate("events", "Number"), DIRECTION: translate("events", "Direction")}
    return named.get(column) or title(column, clock)


@dataclass(slots=True)
class Arrangement:
    """Which columns are shown, in which order, how wide (pixels, by key), and how times are told."""

    order: list[int] = field(default_factory=lambda: list(USUAL))
    hidden: set[int] = field(default_factory=lambda: set(HIDDEN))
    widths: dict[str, int] = field(default_factory=dict)
    clock: str = "start"
    chosen: bool = False
    """Whether a person chose the columns: until then those that do not fit a narrow view are left out."""


class Kept(QObject):
    """The arrangement, which is remembered (`state` at the end, `restore` at a start), and the session's filters.

    Filters are not: somebody may have looked for a secret.
    """

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.arrangement = Arrangement()
        self.filters: list[str] = []
        """Filters that were used, the last first."""

    def note_filter(self, text: str, most: int = 50) -> None:
        """A filter was used."""
        self.filters = [text, *(known for known in self.filters if known != text)][:most]

    def state(self) -> str:
        """The arrangement as JSON."""
        now = self.arrangement
        return json.dumps(
            {
                "order": [KEYS[column] for column in now.order],
                "hidden": [KEYS[column] for column in sorted(now.hidden)],
                "widths": now.widths,
                "clock": now.clock,
                "chosen": now.chosen,
            }
        )

    def restore(self, text: str) -> None:
        """Take over what `state` gave; what is not understood is left as it is."""
        try:
            told = json.loads(text)
            order = [KEYS.index(key) for key in told["order"] if key in KEYS]
            hidden = {KEYS.index(key) for key in told["hidden"] if key in KEYS}
            widths = {key: int(wide) for key, wide in told["widths"].items() if key in KEYS and 0 < int(wide) < 4000}
            clock, chosen = str(told["clock"]), bool(told["chosen"])
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            return
        order = list(dict.fromkeys([*order, *USUAL]))
        if len(hidden) == len(KEYS):
            hidden = set(HIDDEN)
        self.arrangement = Arrangement(order, hidden, widths, clock if clock in CLOCKS else "start", chosen)
        self.changed.emit()


kept = Kept()
"""Of this program; the window restores and keeps it."""
