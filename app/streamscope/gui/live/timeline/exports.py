"""Charts as files: pictures (PNG), drawings (SVG), figures (CSV). A file is replaced as a whole or not at all."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QBuffer, QByteArray, QCoreApplication, QIODevice, QPoint, QRectF, QSaveFile, QSize
from PySide6.QtGui import QPainter, QPixmap
from PySide6.QtSvg import QSvgGenerator
from PySide6.QtWidgets import QFileDialog, QMenu, QToolButton, QWidget

from streamscope.gui.marks import tool_button
from streamscope.model.errors import StoreError
from streamscope.model.phrase import phrase

FORMATS = ("png", "svg", "csv")
SHARP = 2.0
"""Device pixels a pixel in a picture, at least: it may be printed."""


def button(name: str, chosen: Callable[[str], object], parent: QWidget) -> QToolButton:
    """A button with a menu of the formats; `chosen` is told which."""
    made = tool_button("export", name, parent)
    made.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
    menu = QMenu(made)
    translate = QCoreApplication.translate
    for form, label in (
        ("png", translate("timeline", "Picture (PNG)…")),
        ("svg", translate("timeline", "Drawing (SVG)…")),
        ("csv", translate("timeline", "Figures (CSV)…")),
    ):
        menu.addAction(label).triggered.connect(lambda _checked, form=form: chosen(form))
    made.setMenu(menu)
    return made


def ask(parent: QWidget, name: str, form: str, chosen: Callable[[Path], object]) -> QFileDialog:
    """Ask where to save; `chosen` is told the path."""
    dialog = QFileDialog(parent)
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.setDefaultSuffix(form)
    dialog.selectFile(f"{name}.{form}")
    dialog.fileSelected.connect(lambda path: chosen(Path(path)))
    dialog.finished.connect(dialog.deleteLater)
    dialog.open()
    return dialog


def png(widget: QWidget) -> bytes:
    """A widget as a picture, sharp enough for print."""
    ratio = max(SHARP, widget.devicePixelRatioF())
    made = QPixmap(widget.size() * ratio)
    made.setDevicePixelRatio(ratio)
    QWidget.render(widget, made, QPoint())  # a graphics view has another of the same name
    data = QByteArray()
    buffer = QBuffer(data)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    made.save(buffer, "PNG")
    return bytes(data.data())


def svg(size: QSize, title: str, paint: Callable[[QPainter], object]) -> bytes:
    """What `paint` paints, as a drawing."""
    data = QByteArray()
    buffer = QBuffer(data)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    made = QSvgGenerator()
    made.setOutputDevice(buffer)
    made.setResolution(96)  # of CSS: a pixel stays a pixel
    made.setSize(size)
    made.setViewBox(QRectF(0, 0, size.width(), size.height()))
    made.setTitle(title)
    painter = QPainter(made)
    paint(painter)
    painter.end()
    return bytes(data.data())


def write(path: Path, data: bytes) -> None:
    """Replace a file: all of it or nothing. Raises StoreError."""
    file = QSaveFile(str(path))
    if not (file.open(QIODevice.OpenModeFlag.WriteOnly) and file.write(data) == len(data) and file.commit()):
        raise StoreError(
            phrase("The file {path} cannot be written.", path=path),
            phrase("Choose another folder, or free some space."),
            cause=file.errorString(),
        )
