"""What is shipped beside the code: finding it, and icons drawn in the colours of the moment."""

from functools import cache, lru_cache
from pathlib import Path

from PySide6.QtCore import QByteArray, QRectF, QSize, Qt
from PySide6.QtGui import QIcon, QPainter, QPixmap


@cache
def _root() -> Path:
    here = Path(__file__).resolve()
    installed = here.parents[1] / "resources"
    return installed if installed.is_dir() else here.parents[3] / "resources"


def resource(name: str) -> Path:
    """A file or folder of the resources."""
    return _root() / name


@lru_cache(maxsize=512)
def pixmap(name: str, colour: str, size: int, ratio: float = 1.0) -> QPixmap:
    """An icon in a colour, `size` logical pixels wide, sharp at that device pixel ratio."""
    from PySide6.QtSvg import QSvgRenderer  # a library of its own, needed at the first icon only

    text = resource("icons").joinpath(f"{name}.svg").read_text(encoding="utf-8")
    drawn = QPixmap(QSize(round(size * ratio), round(size * ratio)))
    drawn.fill(Qt.GlobalColor.transparent)
    painter = QPainter(drawn)
    renderer = QSvgRenderer(QByteArray(text.replace("currentColor", colour).encode()))
    renderer.render(painter, QRectF(drawn.rect()))
    painter.end()
    drawn.setDevicePixelRatio(ratio)
    return drawn


@lru_cache(maxsize=256)
def icon(name: str, colour: str) -> QIcon:
    """An icon in a colour, at the sizes that buttons, tabs and large screens ask for."""
    made = QIcon()
    for size in (16, 24, 32, 48):
        made.addPixmap(pixmap(name, colour, size))
    return made
