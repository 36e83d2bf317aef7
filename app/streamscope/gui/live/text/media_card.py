"""A picture or a sound as a card: its type and size; shown or saved when a person asks for it."""

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QSaveFile, QSize, Qt
from PySide6.QtGui import QImage, QImageReader, QPixmap
from PySide6.QtWidgets import QFileDialog, QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from streamscope.gui.live.text.media import Media
from streamscope.gui.marks import ElidedLabel, IconView, retone
from streamscope.gui.texts import size_text

if TYPE_CHECKING:
    from streamscope.gui.live.feed import Feed

PIXELS = 16_000_000
"""A picture that claims to have more is not decoded: a small file can unfold to gigabytes."""
_SIDE = 320
_LARGEST_IMAGE = 64 << 20
_RASTER = frozenset(("image/png", "image/jpeg", "image/gif", "image/webp", "image/bmp"))


class MediaCard(QFrame):
    """One file that came as base64."""

    def __init__(self, feed: "Feed", media: Media, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._feed, self.media = feed, media
        self.setObjectName("card")
        self.words = ElidedLabel()
        self._picture = QLabel()
        self._picture.setAlignment(Qt.AlignmentFlag.AlignLeft)
        self._picture.hide()
        self.show_button = QPushButton(self.tr("Show"))
        self.show_button.setAccessibleName(self.tr("Show the picture"))
        self.show_button.clicked.connect(self.show_picture)
        self.show_button.setVisible(media.mime in _RASTER)
        self.save_button = QPushButton(self.tr("Save as…"))
        self.save_button.clicked.connect(self._ask_where)
        row = QHBoxLayout()
        row.setSpacing(6)
        row.addWidget(IconView("file", "muted", 16))
        row.addWidget(self.words, 1)
        row.addWidget(self.show_button)
        row.addWidget(self.save_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(10, 6, 6, 6)
        column.addLayout(row)
        column.addWidget(self._picture)
        self.follow()

    def follow(self) -> None:
        """Say how much came."""
        kind = {"image": self.tr("Picture"), "audio": self.tr("Sound")}.get(self.media.kind, self.tr("File"))
        words = f"{kind} · {size_text(self.media.size)} · {self.media.mime}"
        if len(self.media.events) > 1:
            words += " · " + self.tr("{count} pieces").format(count=f"{len(self.media.events):,}")
        if words != self.words.accessibleName():
            self.words.set_text(words)

    def show_picture(self) -> None:
        """Decode it from memory, within bounds, and show it; or say why not. Again: hide it."""
        if not self._picture.isHidden():
            self._picture.hide()
            self.show_button.setText(self.tr("Show"))
            return
        image, trouble = self._decoded()
        if image is None:
            self._picture.setText(trouble)
            retone(self._picture, "warn")
        else:
            ratio = self.devicePixelRatioF()
            pixmap = QPixmap.fromImage(image)
            pixmap.setDevicePixelRatio(ratio)
            self._picture.setPixmap(pixmap)
        self._picture.show()
        self.show_button.setText(self.tr("Hide"))

    def save(self, path: Path) -> str:
        """Write the file, all of it or nothing; what went wrong, '' for nothing."""
        file = QSaveFile(str(path))
        try:
            data = self.media.bytes(self._letters)
        except ValueError as error:
            return str(error)
        whole = file.open(QIODevice.OpenModeFlag.WriteOnly) and file.write(data) == len(data) and file.commit()
        return "" if whole else file.errorString()

    def _decoded(self) -> tuple[QImage | None, str]:
        try:
            data = self.media.bytes(self._letters, _LARGEST_IMAGE)
        except ValueError as error:
            return None, self.tr("This is no picture: {error}").format(error=error)
        buffer = QBuffer()
        buffer.setData(QByteArray(data))
        buffer.open(QIODevice.OpenModeFlag.ReadOnly)
        reader = QImageReader(buffer)
        size = reader.size()
        if size.width() * size.height() > PIXELS:
            told = f"{size.width():,} × {size.height():,}"
            return None, self.tr("It claims to have {size} pixels and is not shown.").format(size=told)
        side = round(_SIDE * self.devicePixelRatioF())
        if size.isValid() and (size.width() > side or size.height() > side):
            reader.setScaledSize(size.scaled(QSize(side, side), Qt.AspectRatioMode.KeepAspectRatio))
        image = reader.read()
        if image.isNull():
            return None, self.tr("This is no picture: {error}").format(error=reader.errorString())
        return image, ""

    def _letters(self, media: Media, event: int, start: int, end: int) -> bytes:
        if media.lane is not None:
            return bytes(media.lane.text[start:end])
        return self._feed.exchange.payload(event, start, end - start)

    def _ask_where(self) -> None:
        dialog = QFileDialog(self, self.tr("Save as"))
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.selectFile(f"answer{self.media.ending}")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(self._save_there)
        dialog.open()

    def _save_there(self, path: str) -> None:
        trouble = self.save(Path(path))
        if trouble:
            self._picture.setText(trouble)
            retone(self._picture, "error")
            self._picture.show()
