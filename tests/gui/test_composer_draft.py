"""A draft that is shown is given back to the letter, whatever it holds; and showing one is quick."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from streamscope.gui.composer.pane import ComposerPane
from streamscope.gui.composer.settings import SettingView
from streamscope.gui.composer.shelves import Shelves
from streamscope.gui.drafts import DraftTabs
from streamscope.gui.form import Form
from streamscope.model.draft import Body, Choice, Draft, Entry, Limits, Outgoing, Part, Unsent

pytestmark = pytest.mark.window

TEXT = st.text(max_size=20) | st.sampled_from(["", "a\nb", "x\x00y", " \u2028", "\ud800", "流 {{v}}", "ع", "a" * 300])
FEW = {"max_size": 3}


def choices(kinds: list[str], fields: list[str]) -> st.SearchStrategy[Choice]:
    values = st.dictionaries(st.sampled_from(fields) | TEXT, TEXT | st.sampled_from(["on", "off", "true"]), **FEW)
    return st.builds(Choice, st.sampled_from([*kinds, "kerberos"]), values, TEXT)


SECONDS = st.floats(0, 1e6) | st.sampled_from([0.0, 10.0, 120.0, 1 / 3])
DRAFTS = st.builds(
    Draft,
    auth=choices(["none", "token", "aksk", "api_key", "basic"], ["user", "password", "ak", "header", "api_key"]),
    channel=choices(["address", "public", "vpc", "direct"], ["url", "endpoint"]),
    protocol=choices(["https", "sse", "websocket"], ["http2", "pongs", "compression", "subprotocols"]),
    workspace=TEXT,
    service=TEXT,
    method=st.sampled_from(["", "GET", "POST", "get", " PROPFIND"]) | TEXT,
    path=TEXT | st.sampled_from(["/a?b=c&d", "/?", "?a&&=x&%zz=+#f", "https://host/x?y", "/" + "x" * 70_000]),
    headers=st.lists(st.tuples(TEXT, TEXT), **FEW).map(tuple),
    body=st.builds(
        Body,
        st.sampled_from(["none", "json", "text", "form", "file", "bytes", "multipart"]),
        TEXT,
        TEXT,
        st.binary(max_size=5),
        st.lists(st.builds(Part, TEXT, TEXT, TEXT, st.none() | st.binary(max_size=3), TEXT, st.booleans()), **FEW).map(
            tuple
        ),
        st.lists(st.builds(Entry, TEXT, TEXT, st.booleans()), **FEW).map(tuple),
    ),
    messages=st.lists(
        st.builds(Outgoing, TEXT, st.none() | st.binary(max_size=3), st.booleans(), TEXT, TEXT, st.booleans()), **FEW
    ).map(tuple),
    limits=st.builds(Limits, SECONDS, SECONDS, SECONDS, SECONDS, st.integers(0, 99), SECONDS),
    ca=TEXT,
    insecure=st.booleans(),
    resolve=st.lists(TEXT, **FEW).map(tuple),
    proxy=TEXT | st.sampled_from(["none", "url", "http://proxy:1"]),
    allow_plain_credentials=st.booleans(),
    allow_large_body=st.booleans(),
    dialect=TEXT | st.sampled_from(["openai_chat", "$.a", "user.mine"]),
    name=TEXT,
    note=TEXT,
    unsent=st.lists(st.builds(Unsent, st.sampled_from(["header", "query"]), st.integers(-1, 5), TEXT, TEXT), **FEW).map(
        tuple
    ),
    without=st.lists(TEXT, **FEW).map(tuple),
    redirects=st.integers(0, 30),
    cookies=st.booleans(),
)
QUICKLY = settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)


@pytest.fixture
def pane(qtbot: QtBot, dressed: QApplication, shelves: Shelves) -> ComposerPane:
    made = ComposerPane()
    qtbot.addWidget(made)
    made.resize(620, 700)
    made.show()
    made.fill(shelves)
    return made


@pytest.mark.parametrize("sheet", ["parameters", "headers", "settings"])
def test_a_draft_that_is_shown_is_given_back(pane: ComposerPane, sheet: str) -> None:
    """Whichever sheet looks at it; also when it is put aside and shown again."""
    pane.sheets.setCurrentWidget(getattr(pane, sheet))

    @QUICKLY
    @given(DRAFTS, DRAFTS)
    def shown(draft: Draft, other: Draft) -> None:
        pane.show_draft(draft)
        assert pane.draft() == draft
        pane.judge()
        assert pane.draft() == draft
        state = pane.take_state()
        pane.show_draft(other)
        assert pane.draft() == other
        pane.show_state(state)
        assert pane.draft() == draft

    shown()


def edits() -> dict[str, tuple[Callable[[ComposerPane], Any], dict[str, Any]]]:
    """What a person does, and what of the draft it changes."""
    return {
        "path": (lambda pane: pane.address.path.setText("/new?x=1"), {"path": "/new?x=1"}),
        "method": (lambda pane: pane.address.method.setEditText("purge"), {"method": "purge"}),
        "body": (lambda pane: pane.body.editor.setPlainText("new"), {"body": Body("text", "new")}),
        "redirects": (lambda pane: pane.settings.row("redirects").set_value("3", telling=True), {"redirects": 3}),
        "note": (lambda pane: pane.settings.row("note").set_value("mine", telling=True), {"note": "mine"}),
        "wait": (
            lambda pane: pane.settings.row("wait").set_value("7.5", telling=True),
            {"limits": Limits(total=1 / 3, wait=7.5)},
        ),
        "header": (
            lambda pane: pane.headers.set_pairs([("A", "b")]),
            {"headers": (("A", "b"),), "unsent": (Unsent("query", 1, "off", "1"),)},
        ),
        "http2": (
            lambda pane: pane.settings.row("http2").set_value("on", telling=True),
            {"protocol": Choice("https", {"strange": "x", "http2": "on"})},
        ),
    }


@pytest.mark.parametrize("edit", list(edits()))
def test_an_edit_changes_what_it_is_about_and_nothing_else(pane: ComposerPane, qtbot: QtBot, edit: str) -> None:
    draft = Draft(
        auth=Choice("basic", {"user": "me", "odd": "1"}, "kept"),
        channel=Choice("vpc", {"endpoint": "10.0.0.1", "later": "2"}),
        protocol=Choice("https", {"strange": "x"}),
        workspace="w",
        service="s",
        method="PATCH",
        path="/old?a=%20",
        headers=(("X", "1"), ("X", "2")),
        body=Body("text", "old"),
        messages=(Outgoing("m", name="n", by_hand=True),),
        limits=Limits(total=1 / 3),
        ca="/ca.pem",
        proxy="none",
        dialect="user.mine",
        name="named",
        unsent=(Unsent("header", 1, "Y", "z"), Unsent("query", 1, "off", "1")),
        without=("accept",),
    )
    does, changed = edits()[edit]
    pane.sheets.setCurrentWidget(pane.settings)
    pane.show_draft(draft)
    with qtbot.waitSignal(pane.edited):
        does(pane)
    assert pane.draft() == replace(draft, **changed)


def test_showing_a_draft_tells_no_edit(pane: ComposerPane, qtbot: QtBot) -> None:
    with qtbot.assertNotEmitted(pane.edited, wait=50):
        pane.show_draft(Draft(path="/a", headers=(("a", "b"),), body=Body("json", "{}"), messages=(Outgoing("x"),)))
        pane.show_state(pane.take_state())


def test_each_request_keeps_its_own_undo(pane: ComposerPane, qtbot: QtBot) -> None:
    first = Draft(path="/a", body=Body("json", '{"a": 1}'), headers=(("A", "1"),))
    pane.show_draft(first)
    pane.body.editor.selectAll()
    qtbot.keyClicks(pane.body.editor, "typed")
    pane.headers.model.setData(pane.headers.model.index(0, 2), "2")
    edited, state = pane.draft(), pane.take_state()
    assert edited.body.text == "typed"
    pane.show_draft(Draft(body=Body("text", "another")))
    qtbot.keyClick(pane.body.editor, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert pane.draft().body.text == "another", "there is nothing to undo in a fresh request"
    pane.show_state(state)
    assert pane.draft() == edited
    for _ in range(6):
        pane.body.editor.undo()
    pane.headers.model.undo()
    assert pane.draft() == first


def test_what_was_entered_for_another_kind_comes_back_with_it(pane: ComposerPane) -> None:
    """Also after the request was put aside in the meantime."""
    pane.show_draft(Draft(channel=Choice("address", {"url": "http://a"}), auth=Choice("basic", {"user": "me"}, "kept")))
    pane.choose(auth="aksk", channel="vpc")
    state = pane.take_state()
    pane.show_draft(Draft())
    pane.show_state(state)
    pane.choose(auth="basic", channel="address")
    assert pane.draft().channel == Choice("address", {"url": "http://a"})
    assert pane.draft().auth == Choice("basic", {"user": "me"}, "kept")


def test_a_draft_that_waits_for_the_kinds_is_kept(qtbot: QtBot, dressed: QApplication, shelves: Shelves) -> None:
    pane = ComposerPane()
    qtbot.addWidget(pane)
    draft = Draft(path="/early", auth=Choice("basic", {"user": "u"}))
    pane.show_draft(draft)
    assert pane.draft() == draft
    pane.fill(shelves)
    assert pane.draft() == draft


def test_forms_that_stay_the_same_are_not_made_anew(pane: ComposerPane) -> None:
    """What makes a switch between requests quick."""
    pane.sheets.setCurrentWidget(pane.settings)
    basic, websocket = Choice("basic", {"user": "a"}), Choice("websocket", {"pongs": "off"})
    pane.show_draft(Draft(basic, Choice("address", {"url": "http://a"}), websocket))
    made = set(pane.findChildren(Form)) | set(pane.findChildren(SettingView))
    other = Draft(Choice("basic", {"user": "b"}), Choice("address", {"url": "http://b"}), Choice("websocket"))
    pane.show_draft(other)
    assert pane.draft() == other
    assert set(pane.findChildren(Form)) | set(pane.findChildren(SettingView)) == made


@pytest.mark.parametrize("size", [10_000, 1_000_000])
def test_a_large_body_keeps_its_undo_and_its_cursor_among_tabs(pane: ComposerPane, qtbot: QtBot, size: int) -> None:
    tabs = DraftTabs(pane)
    qtbot.addWidget(tabs)
    text = "[\n" + "".join(f' "line {number:06}",\n' for number in range(size // 17)) + " 0\n]"
    large = tabs.open_draft(Draft(path="/large", body=Body("json", text)))
    qtbot.waitUntil(lambda: not pane.body.editor.code_document().busy)
    cursor = pane.body.editor.textCursor()
    cursor.setPosition(size // 2)
    pane.body.editor.setTextCursor(cursor)
    qtbot.keyClicks(pane.body.editor, "abc")
    place = pane.body.editor.textCursor().position()
    tabs.open_draft(Draft(path="/other", body=Body("json", "{}")))
    assert pane.draft().body.text == "{}"
    tabs.show_request(large)
    assert pane.body.editor.textCursor().position() == place == size // 2 + 3
    assert pane.draft().body.text == text[: size // 2] + "abc" + text[size // 2 :]
    while pane.body.editor.document().isUndoAvailable():
        pane.body.editor.undo()
    assert pane.draft().body.text == text
