"""The palette: fuzzy search, and what it finds and does in a real window."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from tests.gui.conftest import Played
from tests.gui.test_window import CONTROL, ready, until
from tests.program import Sandbox

from streamscope.gui.fuzzy import score
from streamscope.gui.palette_dialog import PaletteDialog
from streamscope.gui.window import Window


@pytest.mark.parametrize(
    ("typed", "better", "worse"),
    [
        ("cl", "chat-live", "channel"),
        ("send", "Send", "Resend the request"),
        ("am", "Access matrix", "Choose a name"),
        ("chat", "chat", "a long chat with many words behind it"),
        ("live chat", "chat-live", "chat-alive-or-not"),
    ],
)
def test_the_nearer_one_comes_first(typed: str, better: str, worse: str) -> None:
    first, second = score(typed, better), score(typed, worse)
    assert first is not None
    assert second is None or first[0] > second[0]


def test_a_missing_letter_is_no_hit() -> None:
    assert score("chatx", "chat-live") is None
    assert score("", "anything") == (-1, [])


@given(st.text(max_size=40), st.text(max_size=12))
def test_places_are_those_of_the_typed_letters(text: str, typed: str) -> None:
    found = score(typed, text)
    if found is not None:
        assert found[1] == sorted(set(found[1]))
        assert all(0 <= place < len(text) for place in found[1])


@given(st.text(alphabet="abcXYZ -_é中", min_size=1, max_size=30), st.data())
def test_letters_in_their_order_are_always_found(text: str, data: st.DataObject) -> None:
    chosen = data.draw(st.lists(st.integers(0, len(text) - 1), unique=True).map(sorted))
    assert score("".join(text[at] for at in chosen if not text[at].isspace()), text) is not None


@pytest.mark.window
def test_everything_is_found_and_done_from_the_palette(sandbox: Sandbox, played: Played) -> None:
    async def script(window: Window) -> None:
        await ready(window)
        QTest.keyClick(window, Qt.Key.Key_K, CONTROL)
        dialog = window.findChild(PaletteDialog)
        assert dialog is not None
        assert dialog.line.hasFocus()
        QTest.keyClicks(dialog.line, "tick")
        assert dialog.model.shown[0][0].text == "ticks"
        QTest.keyClick(dialog.line, Qt.Key.Key_Return)
        await until(lambda: window.composer.service.name == "ticks")
        window.find_anything()
        dialog = next(one for one in window.findChildren(PaletteDialog) if one.isVisible())
        QTest.keyClicks(dialog.line, "duplicate")
        before = len(window.drafts.requests)
        QTest.keyClick(dialog.line, Qt.Key.Key_Return)
        assert len(window.drafts.requests) == before + 1
        window.find_anything()
        dialog = next(one for one in window.findChildren(PaletteDialog) if one.isVisible())
        QTest.keyClicks(dialog.line, "zzzz")
        assert dialog.nothing.isVisible()
        dialog.close()

    played(sandbox.profile, script)
