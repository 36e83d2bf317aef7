"""What can be done with a cell, a row, a column or a service of the access matrix."""

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QModelIndex, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu

from streamscope.gui.matrix import exports
from streamscope.gui.matrix.model import LEADING, LOOK, Look
from streamscope.gui.matrix.words import cell_said
from streamscope.model.matrix import Cell

if TYPE_CHECKING:
    from streamscope.gui.matrix.view import MatrixView


def cell_menu(view: "MatrixView", index: QModelIndex) -> QMenu:
    """The menu of a place in the grid."""
    menu = _menu(view)
    translate = QCoreApplication.translate
    cell, look = view.model.cell_at(index), index.data(LOOK)
    if cell is not None and isinstance(look, Look):
        said = f"{view.model.title_of(cell)}: {cell_said(look)}"
        opens = _add(menu, translate("matrix", "Open its exchange"), lambda: view.open_cell(cell))
        opens.setEnabled(cell.ok is not None or cell.stopped or look.phase == "running")
        _add(menu, translate("matrix", "Compose this combination"), lambda: view.compose(cell))
        _add(menu, translate("matrix", "Copy cell"), lambda: exports.copy(said))
        menu.addSeparator()
        _add_run(view, menu, translate("matrix", "Run this cell"), [cell])
    row = view.model.row_at(index)
    if row is not None:
        mine = [one for one in view.model.cells() if one.key[:3] == row]
        _add_run(view, menu, translate("matrix", "Run this row"), mine)
    band = view.model.band_at(index)
    if band is not None:
        mine = [one for one in view.model.cells() if one.id == band.id]
        _add_run(view, menu, translate("matrix", "Run this service"), mine)
    if index.column() >= LEADING:
        _column(view, menu, index.column())
    menu.addSeparator()
    _add(menu, translate("matrix", "Fold all services"), lambda: view.grid.fold_all(folded=True))
    _add(menu, translate("matrix", "Unfold all services"), lambda: view.grid.fold_all(folded=False))
    return menu


def column_menu(view: "MatrixView", column: int) -> QMenu:
    """The menu of a column's heading."""
    menu = _menu(view)
    if column >= LEADING:
        _column(view, menu, column)
    _add_run(view, menu, QCoreApplication.translate("matrix", "Run everything"), view.model.cells())
    return menu


def _menu(view: "MatrixView") -> QMenu:
    menu = QMenu(view)
    menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    return menu


def _column(view: "MatrixView", menu: QMenu, column: int) -> None:
    key = view.model.protocols[column - LEADING]
    said = QCoreApplication.translate("matrix", "Run the column {protocol}").format(
        protocol=view.model.protocol_label(key)
    )
    _add_run(view, menu, said, [one for one in view.model.cells() if one.protocol == key])


def _add_run(view: "MatrixView", menu: QMenu, text: str, cells: Iterable[Cell]) -> None:
    keys = [cell.key for cell in cells if cell.offered]
    _add(menu, text, lambda: view.run(keys)).setEnabled(bool(keys) and not view.going)


def _add(menu: QMenu, text: str, does: Callable[[], object]) -> QAction:
    action = menu.addAction(text)
    action.triggered.connect(lambda _checked: does())
    return action
