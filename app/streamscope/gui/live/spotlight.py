"""What a person points at in one exchange; all its views show the same."""

from array import array

from PySide6.QtCore import QObject, Signal

Span = tuple[int, int]
"""From and to, ns since Send."""


class Spotlight(QObject):
    """The event that is looked at, events that were pointed out, a span of time, and a person's marks.

    Views call the methods and listen to the signals; a view that already shows it does nothing.
    """

    chosen_changed = Signal(int)
    evidence_changed = Signal(object)
    span_changed = Signal(object)
    marks_changed = Signal()
    view_requested = Signal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.chosen = -1
        """The number of the event that is looked at, -1 for none."""
        self.evidence: array[int] = array("I")
        """Numbers of events that were pointed out, as a finding's evidence; empty for none."""
        self.span: Span | None = None
        """The time to which views are narrowed."""
        self.marks: dict[int, str] = {}
        """Marked events and a person's words about them."""

    def look_at(self, event: int) -> None:
        """Choose an event."""
        if event != self.chosen:
            self.chosen = event
            self.chosen_changed.emit(event)

    def point_out(self, events: "array[int]") -> None:
        """Point events out."""
        if events != self.evidence:
            self.evidence = events
            self.evidence_changed.emit(events)

    def narrow(self, span: Span | None) -> None:
        """Narrow views to a span of time; None widens them again."""
        if span != self.span:
            self.span = span
            self.span_changed.emit(span)

    def mark(self, event: int, words: str | None = "") -> None:
        """Mark an event with words, which may be none; None takes the mark away."""
        if words is None:
            self.marks.pop(event, None)
        else:
            self.marks[event] = words
        self.marks_changed.emit()

    def show_view(self, key: str) -> None:
        """Ask for a view to come to the front: text, events, timeline, summary, findings, headers, connection, request,
        raw, conversation."""
        self.view_requested.emit(key)
