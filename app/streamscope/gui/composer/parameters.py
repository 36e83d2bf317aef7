"""The parameters of the URL as a table that keeps step with the path: either may be typed in."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from streamscope.gui.composer.query import cut, merged, piece_of, row_of, unsent_of, with_unsent, written
from streamscope.gui.pairs import PairsEditor, PairsModel
from streamscope.gui.switched_rows import Past, Row
from streamscope.model.draft import Unsent


class ParametersModel(PairsModel):
    """Rows as they stand in the URL: what is typed into a cell is encoded where it could not stand there."""

    def edited(self, row: Row, cell: int, text: str) -> Row:
        """The row with another text in a cell, encoded as far as it must be."""
        emptied = not text and not row.cells[1 - cell]
        return super().edited(row._replace(held=None) if emptied else row, cell, written(text, name=cell == 0))


class ParametersView(QWidget):
    """The sheet. `rewritten` tells the path after the table was edited; what is switched off is `unsent`."""

    rewritten = Signal(str)
    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        hints = (self.tr("name"), self.tr("value, as it stands in the URL"))
        self.model = ParametersModel((self.tr("Parameter"), self.tr("Value")), hints)
        self.table = PairsEditor(self.tr("Parameters of the URL"), model=self.model, switched=True)
        self._path = ""
        self._given: tuple[Unsent, ...] = ()
        self._shown: tuple[Row, ...] = ()
        self._telling = False
        self.model.changed.connect(self._edited)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 10, 12, 10)
        column.addWidget(self.table)

    def show_parameters(self, path: str, unsent: tuple[Unsent, ...]) -> None:
        """Show another path's parameters, and those that are not sent."""
        self._path, self._given = path, unsent
        self._show(with_unsent(map(row_of, cut(path).pieces), unsent))
        self._shown = self.model.rows()

    def follow(self, path: str) -> None:
        """The path was typed."""
        if path != self._path and not self._telling:
            self._path = path
            self._show(merged(self.model.rows(), cut(path).pieces))

    def unsent(self) -> tuple[Unsent, ...]:
        """What is switched off."""
        rows = self.model.rows()
        return self._given if rows == self._shown else unsent_of(rows, "query")

    def count(self) -> int:
        """How many parameters are sent."""
        return sum(row.on for row in self.model.rows())

    def _show(self, rows: tuple[Row, ...]) -> None:
        if rows != self.model.past().rows:
            self.model.set_past(Past(rows))

    def _edited(self) -> None:
        pieces = tuple(piece_of(row) for row in self.model.rows() if row.on)
        query = cut(self._path)
        if pieces != query.pieces:
            self._path = str(query._replace(pieces=pieces, mark=""))
            self._telling = True
            self.rewritten.emit(self._path)
            self._telling = False
        self.changed.emit()
