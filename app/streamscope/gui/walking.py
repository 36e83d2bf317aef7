"""Where the focus goes when a pane is entered by key: what it is about, else the first control in it."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractItemView, QApplication, QPlainTextEdit, QWidget


def stop_of(pane: QWidget) -> QWidget | None:
    """What takes the focus of a pane: its visible list or editor, else its first control; None where it has none."""
    if _takes_focus(target := pane.focusProxy() or pane):
        return target
    inside = [one for one in pane.findChildren(QWidget) if _takes_focus(one) and one.isVisibleTo(pane)]
    return next(
        (one for one in inside if isinstance(one, QAbstractItemView | QPlainTextEdit)), next(iter(inside), None)
    )


def enter(pane: QWidget) -> None:
    """Put the focus into a pane."""
    (stop_of(pane) or pane).setFocus(Qt.FocusReason.ShortcutFocusReason)


def holds_focus(pane: QWidget) -> bool:
    """Whether the focus is in a pane."""
    focus = QApplication.focusWidget()
    return focus is not None and (pane is focus or pane.isAncestorOf(focus))


def _takes_focus(widget: QWidget) -> bool:
    return bool(widget.focusPolicy() & Qt.FocusPolicy.TabFocus) and widget.isEnabled()
