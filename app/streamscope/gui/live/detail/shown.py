"""What every mode of the detail can, beside being a QWidget."""

from typing import Protocol

from PySide6.QtWidgets import QWidget

from streamscope.gui.live.detail.looked import Looked


class Mode(Protocol):
    """One way to look at an event: it is made when it is first chosen, and shows one event after the other."""

    def show_event(self, looked: Looked) -> None:
        """Show this event."""

    def seen(self) -> str:
        """What is shown, as text."""

    def search(self) -> None:
        """Begin to search in it, where it can be searched."""

    def widget(self) -> QWidget:
        """What is shown on the screen."""
