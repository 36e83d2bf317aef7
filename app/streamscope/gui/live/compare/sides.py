"""The two exchanges that are compared: how each is called and told from the other, in every part of the view."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtGui import QColor, QPen

from streamscope.gui.texts import told
from streamscope.gui.theme import colour
from streamscope.model.errors import StoreError
from streamscope.model.event import RequestSent

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


def title_of(derived: "Derived") -> str:
    """What an exchange can be called where it stands beside others: method, path, channel, when it began."""
    from urllib.parse import urlsplit

    from streamscope.kinds.catalog import CHANNELS

    request = next((head for head in derived.heads if isinstance(head, RequestSent)), None)
    if request is None:
        return QCoreApplication.translate("compare", "An exchange without a request")
    parts = urlsplit(request.url)
    channel = CHANNELS.get(request.channel)
    way = told(channel.label) if channel is not None else request.channel
    try:
        began = f"{datetime.fromisoformat(request.started).astimezone():%H:%M:%S}"
    except ValueError:
        began = request.started
    return " · ".join(part for part in (f"{request.method} {parts.path or '/'}", way, parts.netloc, began) if part)


def moment(derived: "Derived", event: int) -> float | None:
    """When an event happened, in ms since Send; None where there is none, or its recording is gone."""
    try:
        words = derived.exchange.rows(event, event + 1) if event >= 0 else None
    except (OSError, StoreError):
        return None
    return words[0] / 1e6 if words else None
