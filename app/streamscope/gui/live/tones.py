"""How kinds of events and what messages say are called and coloured, in every view the same."""

from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QColor

from streamscope.gui.theme import colour

# What a message says (engine.derived.TONES, in their order) -> token of its colour.
_TONES = ("ok", "accent", "code_word", "code_number", "error", "muted", "muted", "error", "muted", "line_strong")
# Kinds of events (store.rows.KINDS, in their order) -> token of their colour.
_KINDS = ("text", "muted", "line_strong", "text", "ok", "muted", "warn", "muted", "error")


def tone_colour(tone: int) -> QColor:
    """The colour of what a message says, by its place in TONES."""
    return colour(_TONES[tone])


def kind_colour(code: int) -> QColor:
    """The colour of a kind of event, by its place in KINDS; a message has that of its tone."""
    return colour(_KINDS[code])


def tone_word(tone: int) -> str:
    """What a message says, in a person's words; by its place in TONES."""
    translate = QCoreApplication.translate
    words = (
        translate("tones", "other"),
        translate("tones", "text"),
        translate("tones", "reasoning"),
        translate("tones", "tool call"),
        translate("tones", "refusal"),
        translate("tones", "usage"),
        translate("tones", "finish"),
        translate("tones", "error"),
        translate("tones", "end"),
        translate("tones", "keep-alive"),
    )
    return words[tone]
