"""Light and dark: every pair of colours that meets can be read."""

import pytest
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from streamscope.gui.assets import icon, resource
from streamscope.gui.theme import DARK, LIGHT, Tokens, theme

pytestmark = pytest.mark.window

GROUNDS = ("window", "sidebar", "surface", "raised", "hover", "pressed", "selected")
INKS = ("text", "muted")
TONES = ("ok", "warn", "error", "info", "accent")
CODE = ("code_key", "code_text", "code_number", "code_word")


def _luminance(colour: str) -> float:
    def linear(part: float) -> float:
        return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4

    red, green, blue, _ = QColor(colour).getRgbF()
    return 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue)


def contrast(one: str, other: str) -> float:
    """WCAG's contrast ratio."""
    high, low = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("tokens", [LIGHT, DARK], ids=lambda tokens: tokens.name)
def test_every_pair_can_be_read(tokens: Tokens) -> None:
    pairs = [(ink, ground) for ink in INKS for ground in GROUNDS]
    pairs += [(tone, ground) for tone in TONES for ground in GROUNDS]
    pairs += [(ink, ground) for ink in CODE for ground in (*GROUNDS, "error_soft", "info_soft")]
    pairs += [(tone, "info_soft") for tone in ("error", "accent")]  # names of variables in an editor
    pairs += [("text", "warn_line")]  # what a search found
    pairs += [(ink, ground) for ink in ("text", "muted") for ground in ("error_soft", "warn_soft", "info_soft")]
    pairs += [("error", "error_soft"), ("warn", "warn_soft"), ("info", "info_soft")]
    pairs += [("on_accent", "accent"), ("on_accent", "accent_hover")]
    weak = {
        f"{ink} on {ground}": round(ratio, 2)
        for ink, ground in pairs
        if (ratio := contrast(getattr(tokens, ink), getattr(tokens, ground))) < 4.5
    }
    assert not weak


@pytest.mark.parametrize("tokens", [LIGHT, DARK], ids=lambda tokens: tokens.name)
def test_every_mark_can_be_seen(tokens: Tokens) -> None:
    """Marks, bars and frames of the focus: WCAG asks for 3:1 of what is no text."""
    marks = ("ok", "warn", "error", "info", "accent", "muted")
    weak = {
        f"{mark} on {ground}": round(ratio, 2)
        for mark in marks
        for ground in GROUNDS
        if (ratio := contrast(getattr(tokens, mark), getattr(tokens, ground))) < 3.0
    }
    assert not weak


def test_both_looks_are_worn(qtbot: QtBot, dressed: QApplication) -> None:
    label = QLabel("x")
    qtbot.addWidget(label)
    for appearance, tokens in (("dark", DARK), ("light", LIGHT)):
        with qtbot.waitSignal(theme.changed):
            theme.wear(dressed, appearance)
        assert dressed.palette().color(QPalette.ColorRole.Window) == QColor(tokens.window)
        assert tokens.surface in dressed.styleSheet()
        assert "$" not in dressed.styleSheet().split("*/", 1)[1]
    theme.wear(dressed, "system")
    assert theme.tokens is LIGHT, "without a desktop that says otherwise it is light"


def test_every_icon_is_drawn(dressed: QApplication) -> None:
    for file in resource("icons").glob("*.svg"):
        drawn = icon(file.stem, "#123456").pixmap(32, 32).toImage()
        assert any(drawn.pixelColor(x, y).alpha() for x in range(32) for y in range(32)), file.stem
