"""Pictures and sounds of an event: pictures are shown from memory alone, bounded; sounds are named and saved."""

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QRect, QSize, Qt
from PySide6.QtGui import QImage, QImageReader, QPainter, QPaintEvent
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from streamscope.gui.code.document import Slices
from streamscope.gui.live.detail.json_spans import Structure, json_path, structured
from streamscope.gui.live.detail.looked import Held, Looked
from streamscope.gui.live.detail.media import Found, found_in, way_to
from streamscope.gui.live.detail.saving import SavingView
from streamscope.gui.marks import ElidedLabel
from streamscope.gui.texts import size_text
from streamscope.gui.theme import colour

AT_ONCE = 6_000_000
"""Pixels of a picture that is shown without being asked for."""
MOST = 80_000_000
"""Pixels of a picture that is shown at all."""
_WIDEST = 1600
_ALLOCATED = 512  # MiB, Qt's own bound on what a picture may take


def size_of(data: bytes, form: str) -> QSize:
    """A picture's size in pixels as its head tells it; invalid where it tells none."""
    reader, buffer = _reader(data, form)
    size = reader.size()
    buffer.close()  # the reader reads from it until here
    return size


def picture(data: bytes, form: str) -> QImage:
    """A picture, made no wider or higher than is seen; null where it is none, or larger than is sane."""
    reader, _buffer = _reader(data, form)
    size = reader.size()
    if not size.isValid() or size.width() * size.height() > MOST:
        return QImage()
    if max(size.width(), size.height()) > _WIDEST:
        reader.setScaledSize(size.scaled(_WIDEST, _WIDEST, Qt.AspectRatioMode.KeepAspectRatio))
    return reader.read()


def _reader(data: bytes, form: str) -> tuple[QImageReader, QBuffer]:
    """A reader of these bytes, in this format and no other."""
    QImageReader.setAllocationLimit(_ALLOCATED)
    buffer = QBuffer()
    buffer.setData(QByteArray(data))
    buffer.open(QIODevice.OpenModeFlag.ReadOnly)
    reader = QImageReader(buffer, QByteArray(form.encode()))
    reader.setAutoDetectImageFormat(False)
    reader.setAutoTransform(True)
    return reader, buffer


class PictureView(QWidget):
    """A picture, made to fit and never enlarged."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.image = QImage()
        self.setMinimumHeight(40)
        self.setAccessibleName(self.tr("The picture"))

    def show_image(self, image: QImage) -> None:
        """Show another one, a null one for none."""
        self.image = image
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Qt's."""
        painter = QPainter(self)
        painter.fillRect(event.rect(), colour("surface"))
        if not self.image.isNull():
            size = self.image.size()
            room = self.size() - QSize(24, 24)
            if size.width() > room.width() or size.height() > room.height():
                size = size.scaled(room, Qt.AspectRatioMode.KeepAspectRatio)
            place = QRect((self.width() - size.width()) // 2, 12, size.width(), size.height())
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.drawImage(place, self.image)
        painter.end()


class PreviewView(QWidget):
    """A choice of what was found, what it is, and a picture of it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._looked: Looked | None = None
        self._found: list[Found] = []
        self._data = b""
        self._finds, self._builds = Slices(self), Slices(self)
        self.which = QComboBox()
        self.which.setAccessibleName(self.tr("Picture or sound"))
        self.which.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.which.setMinimumContentsLength(12)
        self.which.currentIndexChanged.connect(self._choose)
        self.said = ElidedLabel("", "muted")
        self.show_large = QPushButton(self.tr("Show it"))
        self.show_large.clicked.connect(self._show_picture)
        self.save = QPushButton(self.tr("Save as…"))
        self.save.clicked.connect(self._save)
        self.picture = PictureView()
        self.saving = SavingView()
        row = QHBoxLayout()
        row.setContentsMargins(12, 4, 12, 4)
        row.setSpacing(8)
        for widget, stretch in ((self.which, 1), (self.said, 1), (self.show_large, 0), (self.save, 0)):
            row.addWidget(widget, stretch)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(row)
        column.addWidget(self.picture, 1)
        column.addWidget(self.saving)
        self.setFocusProxy(self.which)

    def show_event(self, looked: Looked) -> None:
        """Show this event."""
        self._looked = looked
        self._show_found([])
        self._builds.stop()
        self.said.set_text(self.tr("Looking…"))
        self._finds.start(found_in(looked.data), self._told)

    def seen(self) -> str:
        """What is shown."""
        self._finds.finish()
        self._builds.finish()
        return " ".join(part for part in (self.which.currentText(), self.said.accessibleName()) if part)

    def search(self) -> None:
        """There is nothing to search."""

    def widget(self) -> QWidget:
        """Itself."""
        return self

    def _told(self, found: object) -> None:
        one = self._looked
        if not isinstance(found, list) or one is None:
            return
        self._show_found(found)
        if one.json and found:
            self._builds.start(structured(one.data), self._name)

    def _name(self, structure: object) -> None:
        """The way to each, once it is known how the JSON is built."""
        one = self._looked
        if not isinstance(structure, Structure) or one is None:
            return
        for place, found in enumerate(self._found):
            way = json_path(way_to(one.data, structure, found.start))
            self.which.setItemText(place, f"{found.kind.name}  {way}")

    def _show_found(self, found: list[Found]) -> None:
        self._found = found
        self.which.blockSignals(True)
        self.which.clear()
        for number, one in enumerate(found):
            self.which.addItem(one.kind.name if len(found) == 1 else f"{one.kind.name}  {number + 1}")
        self.which.blockSignals(False)
        self.which.setEnabled(len(found) > 1)
        self.save.setEnabled(bool(found))
        self._choose()

    def _choose(self) -> None:
        place = self.which.currentIndex()
        self.picture.show_image(QImage())
        self.show_large.hide()
        if not 0 <= place < len(self._found) or self._looked is None:
            self._data = b""
            self.said.set_text(self.tr("There is no picture and no sound in it."))
            return
        found = self._found[place]
        self._data = found.data(self._looked.data)
        size = size_text(len(self._data))
        if not found.kind.picture:
            self.said.set_text(self.tr("Sound, {size}").format(size=size))
            return
        pixels = size_of(self._data, found.kind.qt)
        if not pixels.isValid():
            self.said.set_text(self.tr("{size}; the picture is damaged").format(size=size))
            return
        about = f"{pixels.width():,} × {pixels.height():,}, {size}"
        count = pixels.width() * pixels.height()
        self.said.set_text(self.tr("{about}: too large to be shown").format(about=about) if count > MOST else about)
        if count <= AT_ONCE:
            self._show_picture()
        else:
            self.show_large.setVisible(count <= MOST)

    def _show_picture(self) -> None:
        place = self.which.currentIndex()
        if 0 <= place < len(self._found):
            self.show_large.hide()
            image = picture(self._data, self._found[place].kind.qt)
            self.picture.show_image(image)
            if image.isNull():
                self.said.set_text(self.tr("{size}; the picture is damaged").format(size=size_text(len(self._data))))

    def _save(self) -> None:
        place = self.which.currentIndex()
        if self._looked is not None and 0 <= place < len(self._found):
            ending = self._found[place].kind.ending
            self.saving.ask(Held(self._data), f"event-{self._looked.number + 1}-{place + 1}{ending}")
