"""The two exchanges that are compared: how each is called and told from the other, in every part of the view."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QPen

from streamscope.gui.theme import colour
from streamscope.model.errors import StoreError

if TYPE_CHECKING:
    from streamscope.engine.compare import Comparison
    from streamscope.engine.derived import Derived
    from streamscope.engine.runs import Curve

NAMES = ("A", "B")
_TOKENS = ("accent", "code_word")
_LINES = (Qt.PenStyle.SolidLine, Qt.PenStyle.DashLine)


@dataclass(frozen=True, slots=True)
class Compared:
    """All that was computed; `cut` where time was up before the texts were aligned to their ends."""

    found: "Comparison"
    curves: "tuple[Curve, Curve]"
    cut: bool


def side_colour(side: int) -> QColor:
    """A's or B's colour."""
    return colour(_TOKENS[side])


def side_pen(side: int) -> QPen:
    """A's line is solid, B's dashed: colour is never alone."""
    pen = QPen(side_colour(side), 1.6, _LINES[side])
    pen.setCapStyle(Qt.PenCapStyle.FlatCap)
    return pen


def moment(derived: "Derived", event: int) -> float | None:
    """When an event happened, in ms since Send; None where there is none, or its recording is gone."""
    try:
        words = derived.exchange.rows(event, event + 1) if event >= 0 else None
    except (OSError, StoreError):
        return None
    return words[0] / 1e6 if words else None
