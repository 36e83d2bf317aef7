"""Contact sheets: many pictures small on one, their names beneath."""

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QColor, QFont, QImage, QPainter

COLUMNS = 3
WIDTH = 512
GAP = 12
CAPTION = 22
MOST = 12
"""Pictures on one sheet: more would be too small to be looked at as a whole."""


Named = tuple[str, QImage]


def write(pictures: Sequence[Named], folder: Path) -> list[Path]:
    """Write the sheets of a folder's pictures beside it: `NAME-1.png`, `NAME-2.png` and so on."""
    made = []
    for number, start in enumerate(range(0, len(pictures), MOST), 1):
        path = folder.parent / f"{folder.name}-{number}.png"
        _sheet(pictures[start : start + MOST]).save(str(path), quality=60)
        made.append(path)
    return made


def _sheet(pictures: Sequence[Named]) -> QImage:
    high = max(image.height() for _, image in pictures)
    rows = -(-len(pictures) // COLUMNS)
    sheet = QImage(
        GAP + COLUMNS * (WIDTH + GAP), GAP + rows * (high + CAPTION + GAP), QImage.Format.Format_RGB32
    )  # fmt: skip
    sheet.fill(QColor("#8a8f98"))
    painter = QPainter(sheet)
    font = QFont()
    font.setPixelSize(13)
    painter.setFont(font)
    painter.setPen(QColor("#ffffff"))
    for number, (name, image) in enumerate(pictures):
        x = GAP + number % COLUMNS * (WIDTH + GAP)
        y = GAP + number // COLUMNS * (high + CAPTION + GAP)
        painter.drawImage(x, y, image)
        painter.drawText(QRect(x, y + high, WIDTH, CAPTION), Qt.AlignmentFlag.AlignCenter, name)
    painter.end()
    return sheet


def small(picture: QImage) -> QImage:
    """A picture as wide as a sheet shows it."""
    image = picture.convertToFormat(QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(1)
    return image.scaledToWidth(WIDTH, Qt.TransformationMode.SmoothTransformation)
