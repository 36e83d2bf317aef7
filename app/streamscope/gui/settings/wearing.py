"""The settings of the look, put on the program: theme and text size."""

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QApplication

from streamscope.gui.theme import theme
from streamscope.store.settings import Settings

_OWN = "own_points"
"""The property of a widget with a font of its own: its points, and the per cent at which it got them."""


class TextSizeModel(QObject):
    """How large the desktop's texts are, and how much of that is worn."""

    def __init__(self) -> None:
        super().__init__()
        self._desktop = 0.0
        self._percent = 100.0
        theme.changed.connect(self._again)

    def wear(self, app: QApplication, percent: float) -> None:
        """Give every text another size, also those that have a font of their own."""
        if not self._desktop:
            self._desktop = app.font().pointSizeF()
        if percent == self._percent:
            return
        for widget in app.allWidgets():
            if widget.testAttribute(Qt.WidgetAttribute.WA_SetFont) and widget.property(_OWN) is None:
                widget.setProperty(_OWN, (widget.font().pointSizeF(), self._percent))
        self._percent = percent
        whole = QFont(app.font())
        whole.setPointSizeF(self._desktop * percent / 100)
        app.setFont(whole)

    def _again(self) -> None:
        """A new style sheet gives widgets back the fonts that they had before any other: Qt keeps them for that."""
        app = QApplication.instance()
        for widget in app.allWidgets() if isinstance(app, QApplication) else ():
            if (own := widget.property(_OWN)) is not None and own[0] > 0:
                font = QFont(widget.font())
                font.setPointSizeF(own[0] * self._percent / own[1])
                widget.setFont(font)


_text_size = TextSizeModel()


def wear(app: QApplication, settings: Settings) -> None:
    """Dress the program as the settings say; whatever is open follows."""
    _text_size.wear(app, settings.number("text_size"))
    theme.wear(app, settings.get("appearance"))
