"""What is being deployed: how far it is, and the platform's own words as they come; what went wrong, and what helps."""

import time
from collections import deque
from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QProgressBar, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from streamscope.gui.marks import ElidedLabel, IconView, muted_label
from streamscope.gui.messages import MessageView
from streamscope.gui.services.acting_words import WORDS
from streamscope.gui.services.names import one_line, word
from streamscope.gui.texts import told
from streamscope.gui.theme import small_font, strong_font
from streamscope.model.deployment import Action
from streamscope.model.errors import StreamscopeError
from streamscope.model.phrase import Phrase
from streamscope.model.service import Happening, Service

if TYPE_CHECKING:
    from streamscope.engine.deploying import Progress, Trouble

SHOWN = 4
"""Events that are seen at once, the newest at the end."""
_SEVERITIES = {"info": ("info", "muted"), "warning": ("warning", "warn"), "error": ("error", "error")}


class ProgressView(QWidget):
    """Seen while something changes, or after it went wrong. `action_requested(action)`."""

    action_requested = Signal(str)
    events_requested = Signal()
    give_up_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.happenings: deque[Happening] = deque(maxlen=SHOWN)
        self.card: MessageView | None = None
        self.problem: MessageView | None = None
        self._room = SHOWN
        self.box = QFrame()
        self.box.setObjectName("card")
        self.title = QLabel()
        self.title.setFont(strong_font())
        self.percent = QLabel()
        self.percent.setFont(strong_font())
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setAccessibleName(self.tr("Progress of the deployment"))
        self.interrupt = QPushButton(told(WORDS["interrupt"]))
        self.interrupt.setAccessibleName(told(WORDS["interrupt"]))
        self.interrupt.clicked.connect(lambda: self.action_requested.emit("interrupt"))
        self.give_up = QPushButton(self.tr("Stop waiting"))
        self.give_up.setAccessibleName(self.give_up.text())
        self.give_up.clicked.connect(self.give_up_requested)
        self.give_up.hide()
        self._hint = muted_label("")
        self._lines = [_LineView() for _ in range(SHOWN)]
        row = QHBoxLayout()
        row.addWidget(self.title, 1)
        row.addWidget(self.percent)
        foot = QHBoxLayout()
        foot.addWidget(self._hint, 1)
        foot.addWidget(self.give_up)
        foot.addWidget(self.interrupt)
        inside = QVBoxLayout(self.box)
        inside.setContentsMargins(12, 10, 12, 10)
        inside.setSpacing(6)
        inside.addLayout(row)
        inside.addWidget(self.bar)
        for line in self._lines:
            inside.addWidget(line)
        inside.addLayout(foot)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(12, 2, 12, 8)
        self._column.setSpacing(8)
        self._column.addWidget(self.box)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.box.hide()
        self.hide()

    def set_room(self, height: int) -> None:
        """Show as many events as fit into this height; at least the newest."""
        line = self._lines[0].sizeHint().height() + 6
        fixed = self.box.sizeHint().height() - sum(not one.isHidden() for one in self._lines) * line
        self._room = max(1, min(SHOWN, (height - fixed) // max(line, 1)))
        self._show_lines()

    def begin(self, service: Service) -> None:
        """Something changes: that is all that is known as yet."""
        if self.box.isHidden():
            self.happenings.clear()
            self._show_lines()
        self.drop_trouble()
        self.drop_problem()
        self.title.setText(_title(service))
        self.bar.setRange(0, 0)
        self.percent.setText("")
        self.box.show()
        self.show()

    def show_progress(self, progress: "Progress") -> None:
        """One more step."""
        self.drop_problem()
        self.title.setText(_title(progress.service))
        if progress.percent is None:
            self.bar.setRange(0, 0)
        else:
            self.bar.setRange(0, 100)
            self.bar.setValue(progress.percent)
        self.percent.setText("" if progress.percent is None else f"{progress.percent} %")
        self.happenings.extend(progress.happenings)
        self._show_lines()
        if progress.trouble is not None:
            self.show_trouble(progress.trouble)

    def show_interrupt(self, why: Phrase, *, pending: bool) -> None:
        """Whether what goes on can be broken off, or why not; `pending`: the platform did not answer yet."""
        self.give_up.setVisible(pending)
        self.interrupt.setVisible(not pending)
        asking, going = self.tr("The platform is being asked…"), self.tr("It goes on when this page is closed.")
        self._hint.setText(asking if pending else going)
        self.interrupt.setEnabled(not str(why))
        self.interrupt.setToolTip("" if not str(why) else told(why))

    def end(self) -> None:
        """Nothing changes any more."""
        self.box.hide()
        self.drop_problem()
        self._settle()

    def show_trouble(self, trouble: "Trouble") -> None:
        """It went wrong: why, what helps, and the button that does it."""
        self.drop_trouble()
        self.card = card = MessageView("error", trouble.cause, trouble.remedy)
        if trouble.action:
            action: Action = trouble.action
            button = card.offer(told(WORDS[action]))
            button.clicked.connect(lambda: self.action_requested.emit(action))
        card.offer(self.tr("All events")).clicked.connect(self.events_requested)
        self._column.addWidget(card)
        self.show()

    def drop_trouble(self) -> None:
        """What was wrong is not any more."""
        _drop(self.card)
        self.card = None
        self._settle()

    def show_problem(self, error: StreamscopeError) -> None:
        """The platform does not tell how it goes on; what is deployed goes on all the same."""
        self.drop_problem()
        self.problem = MessageView("warning", error.message, error.hint, cause=error.cause)
        self._column.addWidget(self.problem)
        self.show()

    def drop_problem(self) -> None:
        """The platform tells again."""
        _drop(self.problem)
        self.problem = None
        self._settle()

    def _show_lines(self) -> None:
        shown: Sequence[Happening] = list(self.happenings)[-self._room :]
        for number, line in enumerate(self._lines):
            line.show_happening(shown[number] if number < len(shown) else None, newest=number == len(shown) - 1)

    def _settle(self) -> None:
        self.setVisible(not self.box.isHidden() or self.card is not None or self.problem is not None)


class _LineView(QWidget):
    """One event: when, and what."""

    def __init__(self) -> None:
        super().__init__()
        self._icon = IconView("info", "muted", 13)
        self._when = muted_label("")
        self._text = ElidedLabel()
        self._text.setFont(small_font())
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        row.addWidget(self._icon)
        row.addWidget(self._when)
        row.addWidget(self._text, 1)
        self.hide()

    def show_happening(self, happening: Happening | None, *, newest: bool) -> None:
        """Show an event, or nothing."""
        self.setVisible(happening is not None)
        if happening is not None:
            self._icon.show_icon(*_SEVERITIES[happening.severity])
            self._when.setText(time.strftime("%H:%M:%S", time.localtime(happening.at)) if happening.at else "–")
            self._text.set_text(one_line(happening.text))
            self._text.setEnabled(newest)


def _drop(card: MessageView | None) -> None:
    if card is not None:
        card.hide()
        card.deleteLater()


def _title(service: Service) -> str:
    """What is going on, in the platform's own word where it has one."""
    said = one_line(service.status).lower() or word(service)
    return said[:1].upper() + said[1:]
