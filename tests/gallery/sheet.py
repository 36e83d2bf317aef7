"""Contact sheets: many pictures small on one, their names beneath."""

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QImage, QImageReader, QPainter

COLUMNS = 3
WIDTH = 512
GAP = 12
CAPTION = 22
MOST = 12
"""Pictures on one sheet: more would be too small to be looked at as a whole."""


def write(pictures: Sequence[Path], folder: Path) -> list[Path]:
    """Write the sheets of a folder's pictures beside it: `NAME-1.png`, `NAME-2.png` and so on."""
    made = []
    for number, start in enumerate(range(0, len(pictures), MOST), 1):
        path = folder.parent / f"{folder.name}-{number}.png"
        _sheet(pictures[start : start + MOST]).save(str(path), quality=60)
        made.append(path)
    return made


def _sheet(pictures: Sequence[Path]) -> QImage:
    small = [_small(path) for path in pictures]
    high = max(image.height() for image in small)
    rows = -(-len(small) // COLUMNS)
    sheet = QImage(
        GAP + COLUMNS * (WIDTH + GAP), GAP + rows * (high + CAPTION + GAP), QImage.Format.Format_RGB32
    )  # fmt: skip
    sheet.fill(QColor("#8a8f98"))
    painter = QPainter(sheet)
    font = QFont()
    font.setPixelSize(13)
    painter.setFont(font)
    painter.setPen(QColor("#ffffff"))
    for number, (path, image) in enumerate(zip(pictures, small, strict=True)):
        x = GAP + number % COLUMNS * (WIDTH + GAP)
        y = GAP + number // COLUMNS * (high + CAPTION + GAP)
        painter.drawImage(x, y, image)
        painter.drawText(QRect(x, y + high, WIDTH, CAPTION), Qt.AlignmentFlag.AlignCenter, path.stem)
    painter.end()
    return sheet


def _small(path: Path) -> QImage:
    reader = QImageReader(str(path))
    size: QSize = reader.size()
    image = reader.read().convertToFormat(QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(1)
    if size.width() <= WIDTH:
        return image
    return image.scaled(
        QRectF(0, 0, WIDTH, WIDTH * size.height() / size.width()).size().toSize(),
        Qt.AspectRatioMode.KeepAspectRatio,
        Qt.TransformationMode.SmoothTransformation,
    )
