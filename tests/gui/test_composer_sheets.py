"""Headers and settings: completed, switched, marked, reset; and every choice made with keys alone."""

import itertools
from dataclasses import dataclass, replace

import pytest
from msgspec import structs
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QAbstractButton, QApplication, QComboBox, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from streamscope.gui.composer.headers import fault
from streamscope.gui.composer.pane import ComposerPane
from streamscope.gui.composer.shelves import Automatic, Shelves
from streamscope.gui.switched_rows import Row
from streamscope.gui.theme import theme
from streamscope.model.draft import Body, Choice, Draft, Limits, Outgoing, Unsent
from streamscope.model.phrase import Phrase, phrase
from streamscope.model.service import Service

pytestmark = pytest.mark.window


@dataclass(frozen=True)
class Added:
    """An automatic header as the core tells it."""

    name: str
    value: str | Phrase
    source: Phrase
    switchable: bool
    off: bool


def added(draft: Draft, _service: Service | None) -> list[Automatic]:
    """Two headers, of which one can be left out."""
    return [
        Added("Host", phrase("(from the address)"), phrase("The address."), switchable=False, off=False),
        Added("Accept", "*/*", phrase("The protocol."), switchable=True, off="accept" in draft.without),
    ]


@pytest.fixture
def pane(qtbot: QtBot, dressed: QApplication, shelves: Shelves) -> ComposerPane:
    made = ComposerPane()
    qtbot.addWidget(made)
    made.resize(620, 700)
    made.show()
    made.activateWindow()
    made.fill(replace(shelves, automatic=added))
    return made


def cell(pane: ComposerPane, qtbot: QtBot, row: int, column: int) -> QLineEdit:
    """The editor of a cell, opened with Return."""
    table = pane.headers.table
    table.setFocus()
    table.setCurrentIndex(table.model().index(row, column))
    qtbot.keyClick(table, Qt.Key.Key_Return)
    editor = next(line for line in table.viewport().findChildren(QLineEdit) if line.isVisible())
    assert isinstance(editor, QLineEdit)
    return editor


def test_names_and_values_of_headers_are_completed(pane: ComposerPane, qtbot: QtBot) -> None:
    pane.sheets.setCurrentWidget(pane.headers)
    editor = cell(pane, qtbot, 0, 1)
    qtbot.keyClicks(editor, "apig")
    completer = editor.completer()
    assert completer is not None
    assert completer.currentCompletion() == "X-Apig-AppCode"
    editor.clear()
    qtbot.keyClicks(editor, "content-ty")
    popup = completer.popup()
    assert popup is not None
    qtbot.keyClick(popup, Qt.Key.Key_Down)
    qtbot.keyClick(popup, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: pane.draft().headers == (("Content-Type", ""),))
    editor = cell(pane, qtbot, 0, 2)
    qtbot.keyClicks(editor, "event")
    completer = editor.completer()
    assert completer is not None
    assert completer.currentCompletion() == "text/event-stream"


def test_a_header_is_switched_off_with_a_key_and_keeps_its_place(pane: ComposerPane, qtbot: QtBot) -> None:
    pane.show_draft(Draft(headers=(("A", "1"), ("B", "2"), ("C", "3"))))
    pane.sheets.setCurrentWidget(pane.headers)
    table = pane.headers.table
    table.setFocus()
    table.setCurrentIndex(table.model().index(1, 0))
    qtbot.keyClick(table, Qt.Key.Key_Space)
    assert pane.draft() == Draft(headers=(("A", "1"), ("C", "3")), unsent=(Unsent("header", 1, "B", "2"),))
    pane.judge()
    assert pane.sheets.tabText(2) == "Headers 2"
    qtbot.keyClick(table, Qt.Key.Key_Space)
    assert pane.draft() == Draft(headers=(("A", "1"), ("B", "2"), ("C", "3")))


def test_automatic_headers_are_shown_and_left_out(pane: ComposerPane, qtbot: QtBot) -> None:
    pane.show_draft(Draft(without=("x-later",)))
    pane.sheets.setCurrentWidget(pane.headers)
    view = pane.headers.automatic
    qtbot.waitUntil(lambda: view.topLevelItemCount() == 2)
    host, accept = view.topLevelItem(0), view.topLevelItem(1)
    assert host is not None
    assert accept is not None
    assert [host.text(column) for column in (1, 2, 3)] == ["Host", "(from the address)", "The address."]
    assert not host.flags() & Qt.ItemFlag.ItemIsUserCheckable
    view.setFocus()
    view.setCurrentItem(accept, 0)
    qtbot.keyClick(view, Qt.Key.Key_Space)
    assert pane.draft().without == ("x-later", "accept")
    qtbot.waitUntil(lambda: pane.headers.caption.text().endswith("1"))
    accept = view.topLevelItem(1)
    assert accept is not None
    accept.setCheckState(0, Qt.CheckState.Checked)
    assert pane.draft().without == ("x-later",)


@pytest.mark.parametrize("pair", [("Bad Name", "x"), ("X", "a\nb"), ("", "value"), ("X", "a\x00"), ("n" * 300, "\x01")])
def test_what_http_cannot_carry_is_marked_and_kept(pane: ComposerPane, pair: tuple[str, str]) -> None:
    pane.show_draft(Draft(headers=(pair,)))
    assert pane.draft().headers == (pair,)
    model = pane.headers.model
    assert model.data(model.index(0, 2), Qt.ItemDataRole.ToolTipRole) == fault(Row(True, pair))
    assert model.data(model.index(0, 1), Qt.ItemDataRole.ForegroundRole).name() == theme.tokens.error


def test_a_header_with_a_variable_in_its_name_is_no_mistake() -> None:
    assert not fault(Row(True, ("X-{{name}}", "{{value}}")))


def test_a_value_of_twelve_megabytes_goes_into_its_cell_at_once(pane: ComposerPane, qtbot: QtBot) -> None:
    pane.show_draft(Draft(headers=(("X", "1"),)))
    pane.sheets.setCurrentWidget(pane.headers)
    editor = cell(pane, qtbot, 0, 2)
    QGuiApplication.clipboard().setText("x" * 12_000_000)
    qtbot.keyClick(editor, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    assert len(pane.draft().headers[0][1]) == 12_000_000
    assert not pane.headers.model.index(0, 2).flags() & Qt.ItemFlag.ItemIsEditable
    QGuiApplication.clipboard().clear()


def test_a_setting_that_differs_is_marked_and_reset(pane: ComposerPane, qtbot: QtBot) -> None:
    pane.sheets.setCurrentWidget(pane.settings)
    row = pane.settings.row("wait")
    line = row.findChild(QLineEdit)
    assert line is not None
    assert line.placeholderText() == "120"
    line.setFocus()
    qtbot.keyClicks(line, "7.5")
    assert pane.draft().limits == Limits(wait=7.5)
    pane.judge()
    assert pane.sheets.tabText(4) == "Settings 1"
    reset = next(button for button in row.findChildren(QAbstractButton) if button.isVisible())
    qtbot.mouseClick(reset, Qt.MouseButton.LeftButton)
    assert pane.draft() == Draft()
    assert not reset.isVisible()


@pytest.mark.parametrize(("key", "text"), [("wait", "soon"), ("connect", "-1"), ("redirects", "21"), ("total", "nan")])
def test_a_number_that_makes_no_sense_is_marked_and_changes_nothing(pane: ComposerPane, key: str, text: str) -> None:
    pane.show_draft(Draft(limits=Limits(3.0, 4.0, 5.0), redirects=6))
    pane.sheets.setCurrentWidget(pane.settings)
    before = pane.draft()
    pane.settings.row(key).set_value(text, telling=True)
    assert pane.draft() == before
    assert "meant" in pane.settings.row(key).said


def test_every_setting_reaches_the_draft(pane: ComposerPane) -> None:
    pane.sheets.setCurrentWidget(pane.settings)
    entered = {
        "connect": "1",
        "wait": "2",
        "between": "3",
        "total": "4",
        "messages": "5",
        "close_after": "6",
        "redirects": "20",
        "cookies": "on",
        "proxy": "http://proxy:1",
        "insecure": "on",
        "ca": "/ca.pem",
        "resolve": "a:1:b\n\n c:2:d ",
        "allow_plain_credentials": "on",
        "allow_large_body": "on",
        "dialect": "$.a",
        "note": "one\ntwo",
    }
    for key, value in entered.items():
        pane.settings.row(key).set_value(value, telling=True)
    assert pane.draft() == Draft(
        limits=Limits(4.0, 1.0, 2.0, 3.0, 5, 6.0),
        redirects=20,
        cookies=True,
        proxy="http://proxy:1",
        insecure=True,
        ca="/ca.pem",
        resolve=("a:1:b", "c:2:d"),
        allow_plain_credentials=True,
        allow_large_body=True,
        dialect="$.a",
        note="one\ntwo",
    )
    pane.settings.row("proxy").set_value("none", telling=True)
    pane.settings.row("dialect").set_value("raw", telling=True)
    assert (pane.draft().proxy, pane.draft().dialect) == ("none", "raw")


def test_switches_of_a_protocol_say_on_and_off(pane: ComposerPane) -> None:
    pane.show_draft(Draft(protocol=Choice("websocket")))
    pane.sheets.setCurrentWidget(pane.settings)
    pane.settings.row("pongs").set_value("off", telling=True)
    assert pane.draft().protocol == Choice("websocket", {"pongs": "off"})
    pane.choose(protocol="https")
    pane.settings.row("http2").set_value("on", telling=True)
    assert pane.draft().protocol == Choice("https", {"http2": "on"})
    pane.choose(protocol="websocket")
    assert pane.draft().protocol == Choice("websocket", {"pongs": "off"})


def press(combo: QComboBox, key: str, qtbot: QtBot) -> None:
    """Choose a kind from the open list with keys alone."""
    combo.showPopup()
    view = combo.view()
    qtbot.keyClick(view, Qt.Key.Key_Home)
    for _ in range(combo.findData(key)):
        qtbot.keyClick(view, Qt.Key.Key_Down)
    qtbot.keyClick(view, Qt.Key.Key_Return)


def test_every_combination_is_chosen_with_keys_and_resets_nothing(pane: ComposerPane, qtbot: QtBot) -> None:
    given = Draft(
        method="PUT",
        path="/p?a=%20",
        headers=(("A", "1"),),
        body=Body("json", "{}"),
        messages=(Outgoing("m"),),
        unsent=(Unsent("header", 0, "B"),),
        limits=Limits(wait=3.0),
        note="mine",
    )
    pane.show_draft(given)
    views = (pane.auth, pane.channel, pane.protocol)
    keys = [[str(view.combo.itemData(row)) for row in range(view.combo.count())] for view in views]
    for wanted in itertools.product(*keys):
        for view, key in zip(views, wanted, strict=True):
            if view.key() != key:
                press(view.combo, key, qtbot)
        draft = pane.draft()
        assert (draft.auth.kind, draft.channel.kind, draft.protocol.kind) == wanted
        assert structs.replace(draft, auth=given.auth, channel=given.channel, protocol=given.protocol) == given


def test_the_focus_goes_from_the_choices_to_the_address_and_the_sheets(pane: ComposerPane, qtbot: QtBot) -> None:
    pane.show_draft(Draft())
    pane.auth.combo.setFocus()
    names: list[str] = []
    for _ in range(9):
        focus = QApplication.focusWidget()
        assert focus is not None
        names.append(focus.accessibleName())
        qtbot.keyClick(focus, Qt.Key.Key_Tab)
    assert names == [
        *("Authentication", "Channel", "Protocol", "URL", "Method", "Path", "Send"),
        *("The URL that will be called", "Copy the URL"),
    ]


def test_a_sheet_is_added_and_shown(pane: ComposerPane) -> None:
    extra = QWidget()
    pane.add_sheet(extra, "Preview")
    pane.show_sheet(extra)
    assert pane.sheets.tabText(pane.sheets.currentIndex()) == "Preview"
    pane.show_sheet(pane.body)
    assert pane.sheets.tabText(pane.sheets.currentIndex()) == "Body"
    pane.choose(protocol="websocket")
    pane.messages.set_messages(("one", "two"))
    pane.judge()
    assert pane.sheets.tabText(pane.sheets.currentIndex()) == "Messages 2"


def test_a_help_that_does_not_fit_ends_in_an_ellipsis_and_is_told_by_the_tooltip(pane: ComposerPane) -> None:
    pane.choose(auth="token")
    pane.resize(640, 700)
    help_label = pane.auth.help
    lines = help_label.text().split("\n")
    assert len(lines) == 2
    assert all(help_label.fontMetrics().horizontalAdvance(line) <= help_label.width() for line in lines)
    assert lines[-1].endswith("…")
    assert help_label.toolTip() == help_label.full
    pane.resize(1600, 700)
    assert "…" not in help_label.text()
    assert not help_label.toolTip()


def test_the_automatic_headers_of_the_core(qtbot: QtBot, dressed: QApplication, shelves: Shelves) -> None:
    """What the core tells is what is shown, for every kind of authentication and protocol."""
    from streamscope.engine.automatic import automatic

    pane = ComposerPane()
    qtbot.addWidget(pane)
    pane.show()
    pane.fill(replace(shelves, automatic=automatic))
    pane.sheets.setCurrentWidget(pane.headers)
    for auth, protocol in itertools.product(shelves.auth, shelves.protocols):
        pane.show_draft(Draft(auth=Choice(auth), protocol=Choice(protocol), body=Body("json", "{}")))
        pane.headers.set_automatic(automatic(pane.draft(), None))
        shown = [item.text(1) for row in range(20) if (item := pane.headers.automatic.topLevelItem(row)) is not None]
        assert "Host" in shown
