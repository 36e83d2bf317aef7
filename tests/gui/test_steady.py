"""Labels that change many times a second leave the rest of the window alone."""

import pytest
from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QApplication, QHBoxLayout, QLabel, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from streamscope.gui.marks import ElidedLabel, SteadyView

pytestmark = pytest.mark.window


class Requests(QObject):
    """Counts how often a widget is asked to lay itself out."""

    def __init__(self, widget: QWidget) -> None:
        super().__init__()
        self.count = 0
        widget.installEventFilter(self)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        self.count += event.type() == QEvent.Type.LayoutRequest
        return False


@pytest.fixture
def window(qtbot: QtBot, dressed: QApplication) -> QWidget:
    made = QWidget()
    qtbot.addWidget(made)
    QVBoxLayout(made)
    return made


def shown(window: QWidget, *widgets: QWidget) -> Requests:
    row = QHBoxLayout()
    for widget in widgets:
        row.addWidget(widget)
    layout = window.layout()
    assert isinstance(layout, QVBoxLayout)
    layout.addLayout(row)
    window.resize(300, 100)
    window.show()
    QApplication.processEvents()
    return Requests(window)


def test_a_figure_asks_for_room_only_where_it_needs_more(window: QWidget, qtbot: QtBot) -> None:
    label = QLabel("8")
    holder = SteadyView(label)
    requests = shown(window, holder)
    label.setText("1,234,567 messages")
    qtbot.waitUntil(lambda: requests.count > 0)
    assert holder.minimumSizeHint().width() >= label.sizeHint().width()
    assert label.width() >= label.sizeHint().width()
    before = requests.count
    for number in range(20):
        label.setText(f"1,234,5{number:02} messages")
        QApplication.processEvents()
    assert requests.count == before


def test_a_shortened_label_asks_for_nothing(window: QWidget) -> None:
    label = ElidedLabel("")
    requests = shown(window, label)
    for number in range(20):
        label.set_text(f"{number} of 1,000 events" * (5 + number % 3))
        QApplication.processEvents()
    assert requests.count == 0
    assert label.text().endswith("…")
    assert label.toolTip() == label.accessibleName() == "19 of 1,000 events" * 6
    before = label.grab().toImage()
    label.set_text("other")
    assert label.text() == "other"
    assert label.grab().toImage() != before
