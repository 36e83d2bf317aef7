"""Bodies that are rows: a form, and a multipart body with files."""

from pathlib import Path
from typing import Any

from msgspec.structs import replace
from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDragMoveEvent, QDropEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from streamscope.gui.assets import icon
from streamscope.gui.composer.file_look import Look, chosen, dropped, looked
from streamscope.gui.marks import dress, muted_label
from streamscope.gui.switched_rows import Index, Past, Row, SwitchedRowsModel, SwitchedRowsView
from streamscope.gui.texts import size_text
from streamscope.gui.theme import colour, theme
from streamscope.model.draft import Entry, Part

VALUE = 1


def entry_rows(entries: tuple[Entry, ...]) -> Past:
    """A form's entries as rows."""
    return Past(tuple(Row(entry.on, (entry.name, entry.value)) for entry in entries))


def entries_of(rows: tuple[Row, ...]) -> tuple[Entry, ...]:
    """The rows as a form's entries."""
    return tuple(Entry(row.cells[0], row.cells[1], row.on) for row in rows)


def part_rows(parts: tuple[Part, ...]) -> Past:
    """Parts as rows; one that is a file, or bytes, is held with its row."""
    return Past(tuple(_part_row(part) for part in parts))


def _part_row(part: Part) -> Row:
    file = bool(part.file) or part.content is not None
    return Row(part.on, (part.name, part.file if file else part.value, part.content_type), part if file else None)


def parts_of(rows: tuple[Row, ...]) -> tuple[Part, ...]:
    """The rows as parts. Bytes that were read belong to the path they were read from."""
    return tuple(_part(row) for row in rows)


def _part(row: Row) -> Part:
    name, value, content_type = row.cells
    if not isinstance(row.held, Part):
        return Part(name, value, content_type=content_type, on=row.on)
    content = row.held.content if value == row.held.file else None
    return replace(row.held, name=name, file=value, content=content, content_type=content_type, on=row.on)


class PartsModel(SwitchedRowsModel):
    """Parts; what is known of their files shows in the rows."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__((), (), parent)
        self.titles = (self.tr("Name"), self.tr("Value or file"), self.tr("Content type"))
        self.hints = (self.tr("name"), self.tr("value"), "text/plain")
        self.looks: dict[str, Look] = {}

    def files(self) -> list[str]:
        """The paths of the files that are not read already."""
        return [
            row.cells[VALUE]
            for row in self.rows()
            if isinstance(row.held, Part) and row.held.content is None and row.cells[VALUE]
        ]

    def size(self) -> int:
        """Bytes of the values and files that are sent, as far as they are known."""
        total = 0
        for row in self.rows():
            held = row.held if isinstance(row.held, Part) else None
            if not row.on:
                continue
            if held is None:
                total += len(row.cells[VALUE].encode(errors="surrogatepass"))
            elif held.content is not None:
                total += len(held.content)
            elif seen := self.looks.get(row.cells[VALUE]):
                total += seen.size
        return total

    def set_looks(self, looks: dict[str, Look]) -> None:
        """More is known of the files."""
        self.looks = looks
        last = self.rowCount() - 1
        self.dataChanged.emit(self.index(0, VALUE + 1), self.index(last, VALUE + 1))

    def editable(self, row: Row | None, cell: int) -> bool:
        """Bytes without a file cannot be typed."""
        bytes_only = row is not None and isinstance(row.held, Part) and row.held.content is not None
        return not (bytes_only and cell == VALUE) and super().editable(row, cell)

    def edited(self, row: Row, cell: int, text: str) -> Row:
        """A file whose path is emptied is a value again."""
        made = super().edited(row, cell, text)
        return made._replace(held=None) if cell == VALUE and not text and isinstance(row.held, Part) else made

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Qt's."""
        row = self.row(index.row())
        if index.column() == VALUE + 1 and row is not None and isinstance(row.held, Part):
            seen = self.looks.get(row.cells[VALUE])
            missing = row.held.content is None and seen is not None and not seen.there
            if role == Qt.ItemDataRole.DisplayRole:
                return self._told(row, row.held)
            if role == Qt.ItemDataRole.DecorationRole:
                tokens = theme.tokens
                return icon("warning", tokens.error) if missing else icon("file", tokens.muted)
            if role == Qt.ItemDataRole.ForegroundRole and missing:
                return colour("error")
        return super().data(index, role)

    def tip(self, row: Row, cell: int) -> str:
        """What the pointer resting on a cell tells."""
        if cell != VALUE or not isinstance(row.held, Part):
            return super().tip(row, cell)
        seen = self.looks.get(row.cells[VALUE])
        if row.held.content is not None or seen is None:
            return row.cells[VALUE]
        if not seen.there:
            return self.tr("{path}\nMissing: {why}").format(path=row.cells[VALUE], why=seen.why)
        return f"{row.cells[VALUE]}\n{size_text(seen.size)} · {seen.when()}"

    def _told(self, row: Row, part: Part) -> str:
        name = Path(row.cells[VALUE]).name
        if part.content is not None:
            told = self.tr("{size}, read already").format(size=size_text(len(part.content)))
            return f"{name} · {told}" if name else told
        seen = self.looks.get(row.cells[VALUE])
        if seen is None:
            return name
        return f"{name} · {size_text(seen.size)}" if seen.there else self.tr("{name} is missing").format(name=name)


class PartsTable(SwitchedRowsView):
    """The table of parts, onto which files can be dropped."""

    files_dropped = Signal(list)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Qt's."""
        if dropped(event.mimeData()):
            event.acceptProposedAction()

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        """Qt's."""
        if dropped(event.mimeData()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Qt's."""
        if files := dropped(event.mimeData()):
            event.acceptProposedAction()
            self.files_dropped.emit(files)


class PartsView(QWidget):
    """A multipart body: the table, and a button that makes a part of a file."""

    changed = Signal()
    looked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.model = PartsModel()
        self.table = PartsTable(self.tr("Parts"), self.model)
        self.table.setAcceptDrops(True)
        self.table.set_widths((3, 5, 3))
        self.table.files_dropped.connect(self.add_files)
        self.model.changed.connect(self._edited)
        self.choose = QPushButton(self.tr("Add files…"))
        self.choose.setAccessibleName(self.tr("Add files as parts"))
        self.choose.setToolTip(self.tr("Files can also be dropped onto the table"))
        dress(self.choose, "file")
        self.choose.clicked.connect(self._choose)
        below = QHBoxLayout()
        below.addWidget(self.choose)
        below.addWidget(muted_label(self.tr("or drop them here")))
        below.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self.table, 1)
        column.addLayout(below)

    def add_files(self, files: list[str]) -> None:
        """A part for each file; the first one fills a chosen row that has a name but no value."""
        rows = list(self.model.rows())
        at = self.table.currentIndex().row()
        current = self.model.row(at)
        if current in rows and current is not None and current.cells[0] and not current.cells[VALUE]:
            rows[rows.index(current)] = _part_row(Part(current.cells[0], file=files[0], on=current.on))
            files = files[1:]
        for file in files:
            rows.append(_part_row(Part(self._free(Path(file).stem, rows), file=file)))
        self.model.replace(rows)

    def look(self) -> None:
        """Look at the files again."""
        looked(self.model.files(), self._found, self)

    def _found(self, looks: dict[str, Look]) -> None:
        self.model.set_looks(looks)
        self.looked.emit()

    def showEvent(self, event: QShowEvent) -> None:
        """Qt's."""
        super().showEvent(event)
        self.look()

    def event(self, event: QEvent) -> bool:
        """Qt's. Files may have changed while another program was in front."""
        if event.type() == QEvent.Type.WindowActivate:
            self.look()
        return super().event(event)

    def _edited(self) -> None:
        if set(self.model.files()) - set(self.model.looks):
            self.look()
        self.changed.emit()

    def _choose(self) -> None:
        chosen(self, self.tr("Choose files"), self.add_files, several=True)

    def _free(self, name: str, rows: list[Row]) -> str:
        return "file" if not any(row.cells[0] == "file" for row in rows) else name
