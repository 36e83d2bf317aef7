"""The small disc beside an event's kind, in the colour that it has in every view."""

from functools import lru_cache

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPixmap

_SIDE, _DISC = 8, 6.0


@lru_cache(maxsize=64)
def dot(colour: str, ratio: float) -> QPixmap:
    """A disc in a colour, sharp at that device pixel ratio."""
    drawn = QPixmap(round(_SIDE * ratio), round(_SIDE * ratio))
    drawn.setDevicePixelRatio(ratio)
    drawn.fill(Qt.GlobalColor.transparent)
    painter = QPainter(drawn)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(colour))
    painter.drawEllipse(QRectF(0.5, (_SIDE - _DISC) / 2, _DISC, _DISC))
    painter.end()
    return drawn
