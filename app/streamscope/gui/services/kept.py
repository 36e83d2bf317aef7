"""Around a change of rows: the same row stays current, the same row stays on top."""

from collections.abc import Callable

from PySide6.QtCore import QItemSelectionModel, QModelIndex, QPoint

from streamscope.gui.services.model import SERVICE, ServicesModel
from streamscope.gui.services.sections import Section
from streamscope.gui.services.view import ServicesView
from streamscope.model.service import Service

_NONE = QModelIndex()


class Kept:
    """A context in which the model's rows may become others."""

    def __init__(self, tree: ServicesView, model: ServicesModel, after: Callable[[], object]) -> None:
        self._tree, self._model, self._after = tree, model, after

    def __enter__(self) -> None:
        tree, model = self._tree, self._model
        self._value = tree.verticalScrollBar().value()
        top = tree.indexAt(QPoint(2, 1))
        service = top.data(SERVICE) if top.isValid() else None
        self._top = (service.workspace, service.id) if isinstance(service, Service) else None
        self._offset = tree.visualRect(top).top() if top.isValid() else 0
        current = tree.currentIndex()
        self._current = tree.current()
        self._section = model.section_at(current.row()).key if current.isValid() else ""

    def __exit__(self, *_: object) -> None:
        tree, model = self._tree, self._model
        index = self._found()
        if index.isValid() and index != tree.currentIndex():
            tree.selectionModel().setCurrentIndex(index, QItemSelectionModel.SelectionFlag.ClearAndSelect)
        top = model.find(*self._top) if self._top is not None else _NONE
        bar = tree.verticalScrollBar()
        keeps = top.isValid() and self._value
        bar.setValue(tree.rowViewportPosition(top.row()) + bar.value() - self._offset if keeps else self._value)
        self._after()

    def _found(self) -> QModelIndex:
        """Where the row that was current is now: in its own section where that has it, else in its workspace's."""
        model, wanted = self._model, self._current
        if isinstance(wanted, Section):
            return next(
                (model.index(row, 0) for row in model.headings() if model.section_at(row).key == wanted.key), _NONE
            )
        if not isinstance(wanted, Service):
            return _NONE
        for row in model.headings():
            section = model.section_at(row)
            if section.key == self._section and not model.folded(section):
                for at, service in enumerate(section.shown):
                    if (service.workspace, service.id) == (wanted.workspace, wanted.id):
                        return model.index(row + 1 + at, 0)
        return model.find(wanted.workspace, wanted.id)
