"""The tree of services: headings and rows, a filter, and states that are never colour alone."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from streamscope.gui.marks import STATES
from streamscope.gui.services.model import ServicesModel
from streamscope.gui.services.names import STATE_WORDS
from streamscope.gui.services.pane import ServicesPane
from streamscope.model.errors import Refused
from streamscope.model.phrase import phrase
from streamscope.model.service import Service, Workspace

pytestmark = pytest.mark.window

WORK = Workspace("work", "modelarts")
SERVICES = [
    Service("1", "chat", "work", "v1", "running", "running", protocols=("sse",)),
    Service("2", "archive", "work", "v1", "stopped", "stopped"),
    Service("3", "vision", "work", "v2", "abnormal", "failed"),
]


@pytest.fixture
def pane(qtbot: QtBot, dressed: QApplication) -> ServicesPane:
    made = ServicesPane()
    qtbot.addWidget(made)
    made.resize(240, 400)
    made.show()
    made.set_workspaces([WORK, Workspace("home", "address")])
    made.begin("work")
    made.finish("work", list(SERVICES))
    return made


def test_the_model_keeps_qts_rules(dressed: QApplication) -> None:
    model = ServicesModel()
    tester = QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Warning)
    model.set_workspaces([WORK])
    model.set_services("work", list(SERVICES))
    model.set_filter("vis")
    model.set_filter("")
    model.replace(SERVICES[0])
    assert tester.model() is model
    assert model.rowCount() == 4


def test_choosing_tells_the_service_once(pane: ServicesPane, qtbot: QtBot) -> None:
    with qtbot.waitSignal(pane.chosen) as told:
        assert pane.choose("work", "archive")
    assert told.args == [SERVICES[1]]
    with qtbot.assertNotEmitted(pane.chosen):
        pane.finish("work", list(SERVICES))
        pane.filter.setText("chat")
        pane.filter.setText("")
    assert not pane.choose("work", "nothing")


def test_the_filter_looks_at_name_id_and_state(pane: ServicesPane) -> None:
    for typed, left in (("VIS", 1), ("stopped", 1), ("v1", 2), ("chat stopped", 0), ("", 3)):
        pane.filter.setText(typed)
        assert pane.model.counts() == (left, 3)


def test_every_state_has_a_word_and_a_shape_of_its_own(pane: ServicesPane) -> None:
    told = {state: STATES[state] for state in STATE_WORDS}
    assert len({shape for _, shape in told.values()}) >= 5
    index = pane.model.find("work", "vision")
    assert index.data(Qt.ItemDataRole.AccessibleTextRole) == "vision, failed (abnormal), v2"


def test_a_failed_refresh_says_so_in_its_place(pane: ServicesPane) -> None:
    pane.begin("work")
    assert pane.progress.isVisible()
    pane.fail("work", Refused(phrase("Nobody listens."), phrase("Start it.")))
    assert not pane.progress.isVisible()
    assert pane.problems.cards["work"].text == "Nobody listens."
    assert pane.model.counts() == (3, 3), "what was known stays"
    pane.begin("work")
    assert "work" not in pane.problems.cards
    pane.finish("work", [])
