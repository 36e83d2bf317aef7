"""The address: a whole URL and a cURL command are understood, and too much of anything is refused without harm."""

from dataclasses import replace

import pytest
from msgspec import structs
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QLineEdit
from pytestqt.qtbot import QtBot

from streamscope.gui.composer.pane import ComposerPane
from streamscope.gui.composer.shelves import Shelves
from streamscope.gui.composer.target import curl
from streamscope.model.draft import Choice, Draft
from streamscope.model.service import Service

pytestmark = pytest.mark.window

SERVICE = Service(
    "5f2a",
    "chat",
    "work",
    "v1",
    "running",
    "running",
    ("token",),
    ("https", "sse"),
    {"public": "https://gate.example/v1/infers/5f2a", "vpc": "https://vpc.example/v1/infers/5f2a"},
)
CONTROL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def pane(qtbot: QtBot, dressed: QApplication, shelves: Shelves) -> ComposerPane:
    made = ComposerPane()
    qtbot.addWidget(made)
    made.resize(620, 700)
    made.show()
    made.fill(shelves)
    made.set_service_of(SERVICE, "work")
    auth, channel, protocol = Choice("token"), Choice("public"), Choice("sse")
    made.show_draft(Draft(auth, channel, protocol, workspace="work", service="5f2a", path="/old"))
    made.address.path.setFocus()
    made.address.path.selectAll()
    return made


def paste(qtbot: QtBot, line: QLineEdit, text: str) -> None:
    QGuiApplication.clipboard().setText(text)
    qtbot.keyClick(line, Qt.Key.Key_V, CONTROL)


@pytest.mark.parametrize(
    ("text", "channel", "protocol", "path"),
    [
        (
            "https://api.example/v1/chat?x=%20",
            Choice("address", {"url": "https://api.example"}),
            "sse",
            "/v1/chat?x=%20",
        ),
        ("  http://[::1]:80 \n", Choice("address", {"url": "http://[::1]:80"}), "sse", ""),
        ("wss://api.example/live", Choice("address", {"url": "wss://api.example"}), "websocket", "/live"),
        ("WS://{{host}}/x?{{y}}", Choice("address", {"url": "WS://{{host}}"}), "websocket", "/x?{{y}}"),
        ("https://gate.example/v1/infers/5f2a/v1/chat", Choice("public"), "sse", "/v1/chat"),
        ("wss://vpc.example/v1/infers/5f2a?x", Choice("vpc"), "websocket", "?x"),
    ],
)
def test_a_whole_url_is_pasted(
    pane: ComposerPane, qtbot: QtBot, text: str, channel: Choice, protocol: str, path: str
) -> None:
    paste(qtbot, pane.address.path, text)
    draft = pane.draft()
    assert (draft.channel, draft.protocol.kind, draft.path) == (channel, protocol, path)
    qtbot.keyClick(pane.address.path, Qt.Key.Key_Z, CONTROL)
    assert pane.draft().path == "/old"


def test_a_whole_url_is_typed(pane: ComposerPane, qtbot: QtBot) -> None:
    """Nothing jumps while it is typed; what will be called is shown all the time."""
    qtbot.keyClicks(pane.address.path, "https://api.example/v1?a=1")
    assert pane.address.path.text() == "https://api.example/v1?a=1"
    pane.judge()
    assert pane.address.resolved.full == "https://api.example/v1?a=1"
    with qtbot.waitSignal(pane.send_requested) as sent:
        pane.request_send()
    assert sent.args[0].channel == Choice("address", {"url": "https://api.example"})
    assert sent.args[0].path == "/v1?a=1"
    assert [row.cells for row in pane.parameters.model.rows()] == [("a", "1")]


def test_a_url_in_the_middle_of_a_path_is_a_part_of_it(pane: ComposerPane, qtbot: QtBot) -> None:
    pane.address.path.setText("/fetch?u=")
    paste(qtbot, pane.address.path, "https://other.example/x")
    assert pane.draft().path == "/fetch?u=https://other.example/x"
    assert pane.draft().channel.kind == "public"


@pytest.mark.parametrize("prefix", ["", "  ", "$ ", "> "])
@pytest.mark.parametrize("name", ["curl", "curl.exe", "CURL"])
def test_a_curl_command_is_told_and_changes_nothing(pane: ComposerPane, qtbot: QtBot, prefix: str, name: str) -> None:
    command = f"{name} -X POST \\\n  https://api.example -d '{'x' * 100_000}'"
    before = pane.draft()
    with qtbot.waitSignal(pane.curl_pasted) as pasted:
        paste(qtbot, pane.address.path, prefix + command)
    assert pasted.args == [command]
    assert pane.draft() == before


def test_the_path_from_before_a_curl_command_can_be_undone(pane: ComposerPane, qtbot: QtBot) -> None:
    pane.curl_pasted.connect(lambda _: pane.show_draft(Draft(path="/of/the/command")))
    paste(qtbot, pane.address.path, "curl https://api.example/of/the/command")
    assert pane.draft().path == "/of/the/command"
    qtbot.keyClick(pane.address.path, Qt.Key.Key_Z, CONTROL)
    assert pane.draft().path == "/old"


def test_words_that_begin_like_the_command_are_none() -> None:
    assert not curl("curly braces")
    assert not curl("/curl x")
    assert not curl("")


def test_a_curl_command_in_the_field_of_the_url(pane: ComposerPane, qtbot: QtBot) -> None:
    pane.show_draft(Draft(channel=Choice("address", {"url": "http://old"})))
    pane.focus_address()
    line = QApplication.focusWidget()
    assert isinstance(line, QLineEdit)
    line.selectAll()
    with qtbot.waitSignal(pane.curl_pasted):
        paste(qtbot, line, "curl https://api.example")
    assert pane.draft().channel.values == {"url": "http://old"}


def test_a_url_with_a_path_in_the_field_of_the_url(pane: ComposerPane, qtbot: QtBot) -> None:
    pane.show_draft(Draft())
    pane.focus_address()
    line = QApplication.focusWidget()
    assert isinstance(line, QLineEdit)
    qtbot.keyClicks(line, "wss://api.example/live?x=1")
    qtbot.keyClick(line, Qt.Key.Key_Tab)
    draft = pane.draft()
    assert (draft.channel.values, draft.path, draft.protocol.kind) == (
        {"url": "wss://api.example"},
        "/live?x=1",
        "websocket",
    )


def test_a_method_of_ones_own(pane: ComposerPane, qtbot: QtBot) -> None:
    line = pane.address.method.lineEdit()
    assert line is not None
    line.selectAll()
    qtbot.keyClicks(line, "PROPFIND")
    assert pane.draft().method == "PROPFIND"
    line.selectAll()
    qtbot.keyClicks(line, "Auto")
    assert pane.draft().method == ""
    pane.show_draft(Draft(method="purge"))
    assert line.text() == "purge"
    assert pane.draft().method == "purge"


def test_twelve_megabytes_are_refused_without_harm(pane: ComposerPane, qtbot: QtBot) -> None:
    paste(qtbot, pane.address.path, "x" * 12_000_000)
    assert pane.draft().path == "/old"
    assert pane.address.resolved.full.startswith("12.0 MB are too much")


@pytest.mark.parametrize("text", ["a\x00b", "عربى/مسار", "流" * 300, "x" * 300, "half \ud800", "a\nb"])
def test_strange_paths_are_kept_and_judged(pane: ComposerPane, text: str) -> None:
    draft = structs.replace(pane.draft(), path="/" + text)
    pane.show_draft(draft)
    pane.judge()
    assert pane.draft() == draft
    assert pane.address.resolved.full


def test_a_service_that_is_gone_is_said_and_its_draft_stays(pane: ComposerPane, qtbot: QtBot) -> None:
    before = pane.draft()
    pane.service_gone("work", "another")
    pane.judge()
    assert not pane.choices.why.isVisible()
    pane.service_gone("work", "5f2a")
    pane.judge()
    assert pane.choices.why.isVisible()
    assert "chat is not in its workspace" in pane.choices.why_text.accessibleName()
    assert pane.draft() == before
    with qtbot.waitSignal(pane.send_requested):
        pane.address.send.click()
    pane.update_service(replace(SERVICE, status="running"))
    pane.judge()
    assert not pane.choices.why.isVisible()
