"""The sections of a dialog's forms: their titles, and the column that all labels stand in."""

from PySide6.QtWidgets import QLabel

from streamscope.gui.marks import muted_label
from streamscope.gui.theme import strong_font

LABELS = 140
"""The width of the labels' column."""


def caption(text: str) -> QLabel:
    """The title of a section of a form."""
    label = muted_label(text)
    label.setFont(strong_font())
    return label
