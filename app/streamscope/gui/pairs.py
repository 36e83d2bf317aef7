"""Names and values in two columns, edited in place, completed while one types, each row with a switch where asked."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from PySide6.QtCore import (
    QAbstractItemModel,
    QCoreApplication,
    QEvent,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QStringListModel,
    Qt,
)
from PySide6.QtGui import QFont, QKeyEvent, QKeySequence
from PySide6.QtWidgets import (
    QApplication,
    QCompleter,
    QLineEdit,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from streamscope.gui.assets import icon
from streamscope.gui.switched_model import LONGEST
from streamscope.gui.switched_rows import Row, SwitchedRowsModel, SwitchedRowsView
from streamscope.gui.theme import code_font, colour, theme
from streamscope.gui.variables import VariableMarks

Index = QModelIndex | QPersistentModelIndex
_MARKS = (
    Qt.ItemDataRole.ForegroundRole,
    Qt.ItemDataRole.DecorationRole,
    Qt.ItemDataRole.ToolTipRole,
    Qt.ItemDataRole.AccessibleDescriptionRole,
)
_BEFORE = "before"
"""The property of a cell's editor that holds the text which the table has already."""
Suggest = Callable[[int, str], Sequence[str]]
"""What may be written into a column (0 the name, 1 the value) of a row with this name."""
Pair = tuple[str, str]


class PairsModel(SwitchedRowsModel):
    """Rows of a name and a value; `fault` says what is wrong with a row, and it is marked, never refused."""

    def __init__(self, titles: Sequence[str], hints: Sequence[str] = (), parent: QWidget | None = None) -> None:
        super().__init__(titles, hints, parent)
        self.fault: Callable[[Row], str] = lambda _: ""

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Qt's."""
        if role in _MARKS and index.column() > 0:
            row = self.row(index.row())
            if row is not None and row.on and (wrong := self.fault(row)):
                if role == Qt.ItemDataRole.ForegroundRole:
                    return colour("error")
                if role != Qt.ItemDataRole.DecorationRole:
                    return wrong
                return icon("error", theme.tokens.error) if index.column() == 1 else None
        return super().data(index, role)


class PairsEditor(SwitchedRowsView):
    """An editor for headers, parameters and the like. What is typed counts at once, not only when the cell is left."""

    def __init__(
        self,
        name: str,
        parent: QWidget | None = None,
        *,
        model: PairsModel | None = None,
        switched: bool = False,
        suggest: Suggest = lambda _column, _name: (),
    ) -> None:
        self.pairs_model = model or PairsModel(("", ""))
        if model is None:
            translate = QCoreApplication.translate
            self.pairs_model.titles = (translate("pairs", "Name"), translate("pairs", "Value"))
        super().__init__(name, self.pairs_model, parent)
        self._delegate = PairDelegate(self, suggest)
        for column in (1, 2):
            self.setItemDelegateForColumn(column, self._delegate)
        self.setColumnHidden(0, not switched)

    def pairs(self) -> list[Pair]:
        """What is switched on, without empty rows."""
        return [(row.cells[0], row.cells[1]) for row in self.pairs_model.rows() if row.on]

    def set_pairs(self, pairs: Iterable[Pair]) -> None:
        """Replace all rows, as one step that can be undone."""
        self.pairs_model.replace(Row(True, (name, value)) for name, value in pairs)


class PairDelegate(QStyledItemDelegate):
    """Edits a cell as a line with suggestions; rows that do not count are struck through, not only paler."""

    def __init__(self, view: PairsEditor, suggest: Suggest) -> None:
        super().__init__(view)
        self._view = view
        self._suggest = suggest

    def createEditor(self, parent: QWidget, option: QStyleOptionViewItem, index: Index) -> QWidget:  # noqa: ARG002 - Qt's signature
        """Qt's."""
        editor = QLineEdit(parent)
        editor.setFont(code_font())
        editor.setMaxLength(2**31 - 1)
        editor.setAccessibleName(str(index.model().headerData(index.column(), Qt.Orientation.Horizontal) or ""))
        VariableMarks(editor)
        row = self._view.pairs_model.row(index.row())
        words = self._suggest(index.column() - 1, row.cells[0] if row is not None else "")
        if words:
            completer = _completer(words, editor)
            editor.setCompleter(completer)
            completer.activated.connect(lambda text: self._take(editor, text))
        editor.textEdited.connect(lambda _: self.commitData.emit(editor))
        return editor

    def _take(self, editor: QLineEdit, text: str) -> None:
        editor.setText(text)
        self.commitData.emit(editor)

    def setEditorData(self, editor: QWidget, index: Index) -> None:
        """Qt's. What is being typed is not written over by its own echo."""
        if isinstance(editor, QLineEdit) and editor.property(_BEFORE) is None:
            super().setEditorData(editor, index)
            editor.setProperty(_BEFORE, editor.text())

    def setModelData(self, editor: QWidget, model: QAbstractItemModel, index: Index) -> None:
        """Qt's. A cell that was only looked at stays as it is, to the letter."""
        if isinstance(editor, QLineEdit) and editor.text() != editor.property(_BEFORE):
            editor.setProperty(_BEFORE, editor.text())
            super().setModelData(editor, model, index)

    def initStyleOption(self, option: QStyleOptionViewItem, index: Index) -> None:
        """Qt's."""
        super().initStyleOption(option, index)
        row = self._view.pairs_model.row(index.row())
        font = QFont(option.font)
        font.setStrikeOut(row is not None and not row.on)
        option.font = font

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Qt's. What is too long for a line goes into the table as a whole, and is not edited there."""
        if isinstance(watched, QLineEdit) and isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            pasted = QApplication.clipboard().text() if event.matches(QKeySequence.StandardKey.Paste) else ""
            if len(pasted) > LONGEST:
                index = self._view.currentIndex()
                self.closeEditor.emit(watched, QStyledItemDelegate.EndEditHint.RevertModelCache)
                self._view.pairs_model.setData(index, pasted)
                return True
        return super().eventFilter(watched, event)


def _completer(words: Sequence[str], editor: QLineEdit) -> QCompleter:
    completer = QCompleter(editor)
    completer.setModel(QStringListModel(list(words), completer))
    completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
    completer.setFilterMode(Qt.MatchFlag.MatchContains)
    completer.setMaxVisibleItems(8)
    if (popup := completer.popup()) is not None:
        popup.setFont(code_font())
        popup.setMinimumWidth(240)
    return completer
