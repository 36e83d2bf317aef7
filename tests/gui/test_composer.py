"""The composer: three independent choices; nothing that was typed is lost by changing one of them."""

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from streamscope.gui.composer.choice import REASON
from streamscope.gui.composer.pane import ComposerPane
from streamscope.gui.composer.shelves import Shelves
from streamscope.model.draft import Body, Choice, Draft, Outgoing
from streamscope.model.service import Sample, Service

pytestmark = pytest.mark.window

SERVICE = Service(
    "5f2a",
    "chat",
    "work",
    "v1",
    "running",
    "running",
    ("token", "aksk"),
    ("https", "sse"),
    {"public": "https://gate.example/v1/infers/5f2a", "vpc": "https://vpc.example/v1/infers/5f2a"},
    samples={"sse": Sample("POST", "/v1/chat/completions", '{"stream": true}')},
)


@pytest.fixture
def composer(qtbot: QtBot, dressed: QApplication, shelves: Shelves) -> ComposerPane:
    pane = ComposerPane()
    qtbot.addWidget(pane)
    pane.resize(1000, 600)
    pane.show()
    pane.fill(shelves)
    pane.set_service(SERVICE, "sse", auth="token", channel="public")
    pane.judge()
    return pane


def test_a_chosen_service_fills_a_request_that_it_understands(composer: ComposerPane) -> None:
    assert composer.draft() == Draft(
        auth=Choice("token"),
        channel=Choice("public"),
        protocol=Choice("sse"),
        workspace="work",
        service="5f2a",
        method="POST",
        path="/v1/chat/completions",
        body=Body("json", '{"stream": true}'),
    )
    assert composer.address.resolved.full == "https://gate.example/v1/infers/5f2a/v1/chat/completions"


def test_changing_one_choice_changes_nothing_else(composer: ComposerPane) -> None:
    composer.body.set_text('{"mine": 1}')
    composer.headers.set_pairs([("X-Mine", "1")])
    composer.messages.set_messages(("hello", "there"))
    composer.address.path.setText("/own?a=%20")
    composer.auth_form.set_values({"user": "me", "password": "secret"})
    before = composer.draft()
    for view, key in ((composer.auth, "aksk"), (composer.channel, "vpc"), (composer.protocol, "websocket")):
        view.combo.setCurrentIndex(view.combo.findData(key))
        now = composer.draft()
        assert (now.body, now.headers, now.messages, now.path) == (
            before.body,
            before.headers,
            (Outgoing("hello"), Outgoing("there")),
            "/own?a=%20",
        )
    assert (now.auth.kind, now.channel.kind, now.protocol.kind) == ("aksk", "vpc", "websocket")
    composer.auth.combo.setCurrentIndex(composer.auth.combo.findData("token"))
    assert composer.draft().auth == Choice("token", {"user": "me", "password": "secret"})


def test_what_is_not_offered_is_marked_with_its_reason_and_can_be_sent(composer: ComposerPane, qtbot: QtBot) -> None:
    combo = composer.auth.combo
    row = combo.findData("api_key")
    assert "accepts" in combo.itemData(row, REASON)
    assert combo.itemData(combo.findData("aksk"), REASON) is None
    combo.setCurrentIndex(row)
    composer.judge()
    assert composer.choices.why.isVisible()
    assert composer.channel.combo.itemData(composer.channel.combo.currentIndex(), REASON) is None
    with qtbot.waitSignal(composer.send_requested) as sent:
        composer.address.send.click()
    assert sent.args[0].auth.kind == "api_key"


def test_two_faults_are_both_marked(composer: ComposerPane) -> None:
    composer.choose(auth="api_key", protocol="websocket")
    composer.judge()
    marked = [view.combo.currentData(REASON) for view in (composer.auth, composer.channel, composer.protocol)]
    assert [bool(reason) for reason in marked] == [True, False, True]


def test_the_url_is_a_field_of_its_channel(composer: ComposerPane) -> None:
    composer.channel.combo.setCurrentIndex(composer.channel.combo.findData("address"))
    composer.judge()
    composer.focus_address()
    focused = QApplication.focusWidget()
    assert focused is not None
    assert focused.accessibleName() == "URL"
    composer.channel_form.set_values({"url": "http://127.0.0.1:9/base"})
    composer.judge()
    assert composer.draft().channel == Choice("address", {"url": "http://127.0.0.1:9/base"})
    assert composer.address.resolved.full == "http://127.0.0.1:9/base/v1/chat/completions"
    composer.channel.combo.setCurrentIndex(composer.channel.combo.findData("public"))
    composer.channel.combo.setCurrentIndex(composer.channel.combo.findData("address"))
    assert composer.draft().channel.values == {"url": "http://127.0.0.1:9/base"}, (
        "it is still there when one comes back"
    )


def test_a_mistake_in_json_is_marked_at_its_place_and_can_be_sent(composer: ComposerPane) -> None:
    composer.body.set_text('{\n  "a": 1\n  "b": 2\n}')
    marks = composer.body.editor.extraSelections()
    assert {mark.cursor.blockNumber() for mark in marks} == {2}
    assert composer.body.said.text().startswith("Line 3, column 3")
    assert composer.draft().body.text.startswith("{\n")
    composer.body.set_text('{"a": 1}')
    assert not composer.body.editor.extraSelections()


def test_text_that_is_no_json_is_no_mistake(composer: ComposerPane) -> None:
    composer.body.set_text("plain words")
    assert not composer.body.editor.extraSelections()
    assert not composer.body.format.isEnabled()


def test_format_can_be_undone(composer: ComposerPane) -> None:
    composer.body.set_text('{"a":[1,2]}')
    composer.body.format.click()
    assert composer.body.text() == '{\n  "a": [\n    1,\n    2\n  ]\n}'
    composer.body.editor.undo()
    assert composer.body.text() == '{"a":[1,2]}'


def test_headers_grow_a_row_and_forget_empty_ones(composer: ComposerPane) -> None:
    model = composer.headers.model
    rows = model.rowCount()
    model.setData(model.index(rows - 1, 1), "X-New")
    model.setData(model.index(rows - 1, 2), "é")
    assert model.rowCount() == rows + 1
    assert composer.draft().headers == (("X-New", "é"),)
