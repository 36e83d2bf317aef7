"""The panes of the library can be used without eyes and without a mouse."""

from collections.abc import Callable

import pytest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QApplication,
    QComboBox,
    QHeaderView,
    QLineEdit,
    QWidget,
)
from pytestqt.qtbot import QtBot

from streamscope.gui.library.collections import CollectionsPane
from streamscope.gui.library.history import HistoryPane
from streamscope.gui.library.saving import SaveDialog


@pytest.mark.parametrize("make", [CollectionsPane, HistoryPane, lambda: SaveDialog([], "x")])
def test_every_control_has_a_name_and_takes_the_focus(
    dressed: QApplication, qtbot: QtBot, make: Callable[[], QWidget]
) -> None:
    widget = make()
    qtbot.addWidget(widget)
    for kind in (QAbstractButton, QAbstractItemView, QComboBox, QLineEdit):
        for control in widget.findChildren(kind):
            parent = control.parent()
            if isinstance(control, QHeaderView) or isinstance(parent, QLineEdit):
                continue  # Qt's own parts of a control
            if parent.inherits("QComboBoxPrivateContainer"):
                continue
            name = control.accessibleName() or (control.text() if isinstance(control, QAbstractButton) else "")
            assert name, control
            assert control.focusPolicy().value, control
