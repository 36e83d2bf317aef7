"""The list of services as a tree: what keys and clicks on its rows ask for."""

from PySide6.QtCore import QEvent, QModelIndex, QPoint, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from streamscope.gui.services.delegate import ServiceDelegate, heading_height, mark_rect, row_height
from streamscope.gui.services.model import SECTION, SERVICE, Index, ServicesModel
from streamscope.gui.services.sections import Section
from streamscope.model.service import Service

_NAVIGATION = {
    Qt.Key.Key_Up,
    Qt.Key.Key_Down,
    Qt.Key.Key_PageUp,
    Qt.Key.Key_PageDown,
}


class ServicesView(QTableView):
    """Moving only looks; `activated_service` is Enter or a click. Space and F4 ask for details."""

    activated_service = Signal(object)
    current_changed = Signal(object)
    details_toggled = Signal()
    star_toggled = Signal(object)
    fold_toggled = Signal(object)
    refresh_asked = Signal(object)
    edit_asked = Signal(object)
    remove_asked = Signal(object)
    manage_asked = Signal(object)
    menu_asked = Signal(object, QPoint)
    typed = Signal(str)

    def __init__(self, model: ServicesModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self._tall: list[int] = []
        self._pressed = QModelIndex()
        self.setObjectName("services")
        self.setModel(model)
        self._delegate = ServiceDelegate(model, self)
        self.setItemDelegate(self._delegate)
        self.setAccessibleName(self.tr("Workspaces and services"))
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setMouseTracking(True)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.horizontalHeader().hide()
        self.horizontalHeader().setStretchLastSection(True)
        rows = self.verticalHeader()
        rows.hide()
        rows.setMinimumSectionSize(1)
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        rows.setDefaultSectionSize(row_height())
        model.modelReset.connect(self._size_headings)

    def current(self) -> Section | Service | None:
        """What the current row is."""
        index = self.currentIndex()
        return (index.data(SERVICE) or index.data(SECTION)) if index.isValid() else None

    def show_row(self, index: QModelIndex) -> None:
        """Make a row current and seen, without choosing it."""
        self.setCurrentIndex(index)
        if index.isValid():
            self.scrollTo(index)

    def currentChanged(self, current: Index, previous: Index) -> None:
        """Qt's."""
        super().currentChanged(current, previous)
        self.current_changed.emit(self.current())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Qt's."""
        if not self._key(event):
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Qt's."""
        self._pressed = self.indexAt(event.position().toPoint())
        super().mousePressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Qt's: a click is a press and a release on one row."""
        super().mouseReleaseEvent(event)
        place = event.position().toPoint()
        index = self.indexAt(place)
        if event.button() != Qt.MouseButton.LeftButton or not index.isValid() or index != self._pressed:
            return
        on_mark = mark_rect(self.visualRect(index)).contains(place)
        service, section = index.data(SERVICE), index.data(SECTION)
        if isinstance(service, Service):
            (self.star_toggled if on_mark else self.activated_service).emit(service)
        elif isinstance(section, Section):
            again = on_mark and section.workspace is not None
            (self.refresh_asked if again else self.fold_toggled).emit(section)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Qt's: also for the menu key, then at the current row."""
        keyed = event.reason() == QContextMenuEvent.Reason.Keyboard
        index = self.currentIndex() if keyed else self.indexAt(event.pos())
        if index.isValid():
            self.setCurrentIndex(index)
            place = self.visualRect(index).center() if keyed else event.pos()
            self.menu_asked.emit(self.current(), self.viewport().mapToGlobal(place))

    def changeEvent(self, event: QEvent) -> None:
        """Qt's: other fonts make other rows."""
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange, QEvent.Type.ApplicationFontChange):
            self._delegate.look.renew()
            self.verticalHeader().setDefaultSectionSize(row_height())
            self._size_headings()

    def _key(self, event: QKeyEvent) -> bool:
        key, current = event.key(), self.current()
        if isinstance(current, Service) and _manages(event):
            self.manage_asked.emit(current)
            return True
        plain = event.modifiers() in (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.KeypadModifier)
        if key in _NAVIGATION:
            return False
        if key == Qt.Key.Key_F5 and event.modifiers() == Qt.KeyboardModifier.ShiftModifier:
            row = self.currentIndex().row()
            if row >= 0:
                self.refresh_asked.emit(self._model.section_at(row))
            return row >= 0
        if plain and self._walk(key, current):
            return True
        if isinstance(current, Service) and plain:
            asked = {Qt.Key.Key_F2: self.edit_asked, Qt.Key.Key_Delete: self.remove_asked}.get(Qt.Key(key))
            if asked is not None:
                asked.emit(current)
                return True
        if event.text() == "*" and isinstance(current, Service):
            self.star_toggled.emit(current)
            return True
        if event.text().isprintable() and event.text().strip() and not (event.modifiers() & _COMMANDS):
            self.typed.emit(event.text())
            return True
        return False

    def _walk(self, key: int, current: Section | Service | None) -> bool:
        """Keys that move, open, fold and choose."""
        row = self.currentIndex().row()
        if key in (Qt.Key.Key_Space, Qt.Key.Key_F4):
            self.details_toggled.emit()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and current is not None:
            (self.activated_service if isinstance(current, Service) else self.fold_toggled).emit(current)
        elif key == Qt.Key.Key_Home:
            self.show_row(self._model.index(0, 0))
        elif key == Qt.Key.Key_End:
            self.show_row(self._model.index(self._model.rowCount() - 1, 0))
        elif key == Qt.Key.Key_Left and isinstance(current, Service):
            self.show_row(self._model.index(self._model.heading(row), 0))
        elif key in (Qt.Key.Key_Left, Qt.Key.Key_Right) and isinstance(current, Section):
            opens = key == Qt.Key.Key_Right
            if self._model.folded(current) is opens:
                self.fold_toggled.emit(current)
            elif opens:
                self.show_row(self._model.index(row + 1, 0))
        else:
            return key in (Qt.Key.Key_Left, Qt.Key.Key_Right)
        return True

    def _size_headings(self) -> None:
        """Headings are lower than services; the sizes of rows stay where they were when the rows are others."""
        header, count, usual = self.verticalHeader(), self._model.rowCount(), row_height()
        low = heading_height()
        for row in self._tall:
            if row < count:
                header.resizeSection(row, usual)
        self._tall = list(self._model.headings())
        for row in self._tall:
            header.resizeSection(row, low)


def _manages(event: QKeyEvent) -> bool:
    """Alt+Return is what file managers open the properties of a thing with."""
    return event.modifiers() == Qt.KeyboardModifier.AltModifier and event.key() in (
        Qt.Key.Key_Return,
        Qt.Key.Key_Enter,
    )


_COMMANDS = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier | Qt.KeyboardModifier.MetaModifier
