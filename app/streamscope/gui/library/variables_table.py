"""An environment's variables as a table: on or off, name, value, secret or not; the last row is for a new one."""

from msgspec.structs import replace
from PySide6.QtCore import (
    QAbstractItemModel,
    QAbstractTableModel,
    QEvent,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QPointF,
    QRectF,
    Qt,
    Signal,
)
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPen
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QLineEdit,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from streamscope.gui.texts import told
from streamscope.gui.theme import code_font, colour
from streamscope.gui.variables import VariableMarks, VariablesModel
from streamscope.model.environment import Variable, check_name
from streamscope.model.errors import UsageError
from streamscope.model.redact import MASK

ON, NAME, VALUE, SECRET = range(4)
Index = QModelIndex | QPersistentModelIndex
_CHECKED, _UNCHECKED = Qt.CheckState.Checked.value, Qt.CheckState.Unchecked.value


class VariablesTableModel(QAbstractTableModel):
    """The variables, and one empty row; `edited` tells each change that a person made."""

    edited = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rows: list[Variable] = []

    def variables(self) -> tuple[Variable, ...]:
        """The rows that have a name or a value."""
        return tuple(self._rows)

    def show_variables(self, variables: tuple[Variable, ...]) -> None:
        """Replace all rows; nothing is told."""
        self.beginResetModel()
        self._rows = list(variables)
        self.endResetModel()

    def add(self, variables: tuple[Variable, ...]) -> None:
        """Take up variables: one of a name that is there changes its value."""
        rows = list(self._rows)
        for one in variables:
            at = next((number for number, row in enumerate(rows) if row.name == one.name), None)
            if at is None:
                rows.append(one)
            else:
                rows[at] = replace(rows[at], value=one.value, secret=rows[at].secret or one.secret)
        self.show_variables(tuple(rows))
        self.edited.emit()

    def remove(self, rows: list[int]) -> None:
        """Take rows away."""
        kept = tuple(row for number, row in enumerate(self._rows) if number not in rows)
        if len(kept) != len(self._rows):
            self.show_variables(kept)
            self.edited.emit()

    def wrong(self, row: int) -> tuple[str, str]:
        """What is wrong with a row's name and what to try, '' where nothing is."""
        if row >= len(self._rows):
            return "", ""
        if not self._rows[row].name:
            return self.tr("A variable has no name."), self.tr("Give it one, or delete its row.")
        try:
            check_name(self._rows[row].name)
        except UsageError as error:
            return told(error.message), told(error.hint)
        return "", ""

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's signature
        """Qt's."""
        return 0 if parent.isValid() else len(self._rows) + 1

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's signature
        """Qt's."""
        return 0 if parent.isValid() else 4

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Qt's."""
        if orientation != Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return ("", self.tr("Name"), self.tr("Value"), self.tr("Secret"))[section]
        if role == Qt.ItemDataRole.ToolTipRole:
            return (
                self.tr("One that is off counts as not there"),
                self.tr("What stands between the braces"),
                self.tr("What is put in its place; it may hold other variables"),
                self.tr("A secret's value is kept in the keyring, never in a file"),
            )[section]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Qt's."""
        base = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        if index.column() in (NAME, VALUE):
            return base | Qt.ItemFlag.ItemIsEditable
        return base | Qt.ItemFlag.ItemIsUserCheckable if index.row() < len(self._rows) else Qt.ItemFlag.NoItemFlags

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Qt's."""
        new = index.row() >= len(self._rows)
        column = index.column()
        if role == Qt.ItemDataRole.FontRole and column in (NAME, VALUE):
            return code_font()
        if new:
            return self._of_new(column, role)
        row = self._rows[index.row()]
        match role:
            case Qt.ItemDataRole.DisplayRole if column == NAME:
                return row.name
            case Qt.ItemDataRole.DisplayRole if column == VALUE:
                return MASK if row.secret else " ".join(row.value.split("\n"))
            case Qt.ItemDataRole.EditRole:
                return row.name if column == NAME else "" if row.secret else row.value
            case Qt.ItemDataRole.CheckStateRole if column in (ON, SECRET):
                return _CHECKED if (row.on if column == ON else row.secret) else _UNCHECKED
            case Qt.ItemDataRole.ForegroundRole if column == NAME and self.wrong(index.row())[0]:
                return colour("error")
            case Qt.ItemDataRole.ForegroundRole if not row.on or self._covered(index.row()):
                return colour("muted")
            case Qt.ItemDataRole.ToolTipRole:
                return self._hint(index.row(), column)
            case Qt.ItemDataRole.AccessibleTextRole if column in (ON, SECRET):
                return self.tr("On") if column == ON else self.tr("Secret")
        return None

    def _of_new(self, column: int, role: int) -> object:
        if role == Qt.ItemDataRole.DisplayRole and column == NAME:
            return self.tr("New variable")
        return colour("muted") if role == Qt.ItemDataRole.ForegroundRole else None

    def setData(self, index: Index, value: object, role: int = Qt.ItemDataRole.EditRole) -> bool:
        """Qt's."""
        number, column = index.row(), index.column()
        new = number >= len(self._rows)
        row = Variable("") if new else self._rows[number]
        if role == Qt.ItemDataRole.CheckStateRole and not new:
            checked = value in (_CHECKED, Qt.CheckState.Checked)
            if column == ON:
                changed = replace(row, on=checked)
            else:  # a secret's value does not go back into a file
                changed = replace(row, secret=checked, value=row.value if checked else "")
        elif role == Qt.ItemDataRole.EditRole and column == NAME:
            changed = replace(row, name=str(value).strip())
        elif role == Qt.ItemDataRole.EditRole and column == VALUE and (not row.secret or value):
            changed = replace(row, value=str(value))
        else:
            return False
        if changed == row:
            return False
        if new:
            self.beginInsertRows(QModelIndex(), number, number)
            self._rows.append(changed)
            self.endInsertRows()
        else:
            self._rows[number] = changed
        self.dataChanged.emit(self.index(0, 0), self.index(len(self._rows), 3))
        self.edited.emit()
        return True

    def _covered(self, row: int) -> bool:
        """Whether another one of that name, further down, counts instead."""
        name = self._rows[row].name
        return any(other.name == name and other.on for other in self._rows[row + 1 :])

    def _hint(self, row: int, column: int) -> str:
        if column == NAME and self.wrong(row)[0]:
            return " ".join(self.wrong(row))
        if self._covered(row):
            return self.tr("Another one of this name, further down, counts.")
        if column == VALUE and not self._rows[row].secret:
            return self._rows[row].value[:1000]
        if column in (VALUE, SECRET) and self._rows[row].secret:
            return self.tr("Its value is kept in the keyring. Type another one to replace it.")
        return ""


class VariablesView(QTableView):
    """The table; Delete takes rows away, Space switches."""

    def __init__(self, model: VariablesTableModel, known: VariablesModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._table = model
        self.setModel(model)
        self.setObjectName("pairs")
        self.setAccessibleName(self.tr("Variables"))
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(28)
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        header.setSectionResizeMode(VALUE, QHeaderView.ResizeMode.Stretch)
        header.setMinimumSectionSize(28)
        for column, width in ((ON, 32), (NAME, 180), (SECRET, 68)):
            header.resizeSection(column, width)
        self.setItemDelegate(_VariableDelegate(known, self))
        self.setEditTriggers(
            QAbstractItemView.EditTrigger.AnyKeyPressed
            | QAbstractItemView.EditTrigger.EditKeyPressed
            | QAbstractItemView.EditTrigger.SelectedClicked
            | QAbstractItemView.EditTrigger.DoubleClicked
        )

    def begin(self) -> None:
        """Begin a new variable."""
        index = self._table.index(self._table.rowCount() - 1, NAME)
        self.setFocus()
        self.setCurrentIndex(index)
        self.edit(index)

    def commit(self) -> None:
        """Take up what is being typed."""
        editor = self.indexWidget(self.currentIndex())
        if editor is not None:
            self.commitData(editor)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Qt's."""
        if event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self._table.remove(sorted({index.row() for index in self.selectedIndexes()}))
            return
        super().keyPressEvent(event)


class _VariableDelegate(QStyledItemDelegate):
    """Edits names and values; values show their own variables, a secret's shows dots."""

    def __init__(self, known: VariablesModel, parent: QObject) -> None:
        super().__init__(parent)
        self._known = known

    def createEditor(self, parent: QWidget, _option: QStyleOptionViewItem, index: Index) -> QWidget:
        """Qt's."""
        editor = QLineEdit(parent)
        editor.setFont(code_font())
        editor.setFrame(False)
        secret = index.model().index(index.row(), SECRET).data(Qt.ItemDataRole.CheckStateRole) == _CHECKED
        if index.column() == VALUE and secret:
            editor.setEchoMode(QLineEdit.EchoMode.Password)
            editor.setPlaceholderText(self.tr("Type another value"))
        elif index.column() == VALUE:
            VariableMarks(editor, self._known)
        editor.setAccessibleName(self.tr("Name") if index.column() == NAME else self.tr("Value"))
        return editor

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Qt's. The boxes are drawn here: the style's own are hardly seen on a dark ground."""
        checked = index.data(Qt.ItemDataRole.CheckStateRole)
        if checked is None:
            super().paint(painter, option, index)
            return
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(option.rect, colour("selected"))
        elif option.state & QStyle.StateFlag.State_MouseOver:
            painter.fillRect(option.rect, colour("hover"))
        box = QRectF(0, 0, 15, 15)
        box.moveCenter(QRectF(option.rect).center())
        box.moveLeft(option.rect.left() + 8)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(colour("accent" if checked == _CHECKED else "muted"), 1.2))
        painter.setBrush(colour("accent" if checked == _CHECKED else "surface"))
        painter.drawRoundedRect(box, 3.5, 3.5)
        if checked == _CHECKED:
            painter.setPen(QPen(colour("on_accent"), 1.8, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            left, top = box.left(), box.top()
            painter.drawPolyline([QPointF(left + x, top + y) for x, y in ((3.8, 7.8), (6.5, 10.4), (11.2, 4.8))])
        if option.state & QStyle.StateFlag.State_HasFocus:
            painter.setPen(QPen(colour("accent"), 1))
            painter.drawRoundedRect(QRectF(option.rect).adjusted(1.5, 1.5, -1.5, -1.5), 4, 4)
        painter.restore()

    def editorEvent(self, event: QEvent, model: QAbstractItemModel, option: QStyleOptionViewItem, index: Index) -> bool:
        """Qt's. A click anywhere in the cell switches, and so does Space."""
        checked = index.data(Qt.ItemDataRole.CheckStateRole)
        if checked is None:
            return super().editorEvent(event, model, option, index)
        clicked = isinstance(event, QMouseEvent) and event.type() == QEvent.Type.MouseButtonRelease
        spaced = (
            isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress and event.key() == Qt.Key.Key_Space
        )
        if clicked or spaced:
            model.setData(index, _UNCHECKED if checked == _CHECKED else _CHECKED, Qt.ItemDataRole.CheckStateRole)
        return clicked or spaced

    def setEditorData(self, editor: QWidget, index: Index) -> None:
        """Qt's."""
        if isinstance(editor, QLineEdit) and not editor.isModified():
            editor.setText(str(index.data(Qt.ItemDataRole.EditRole) or ""))
            editor.setModified(False)

    def setModelData(self, editor: QWidget, model: QAbstractItemModel, index: Index) -> None:
        """Qt's. What was not touched stays as it is, line ends in it too."""
        if isinstance(editor, QLineEdit) and editor.isModified():
            model.setData(index, editor.text())
