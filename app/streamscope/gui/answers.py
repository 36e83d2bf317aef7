"""The exchanges that are open in a window: remembered while they are, and open again after a restart or a crash."""

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from streamscope.gui.live.pane import LivePane
from streamscope.gui.live.pending import PendingView
from streamscope.gui.sendings import Sendings, Start
from streamscope.model.errors import StoreError
from streamscope.store import marks
from streamscope.store.drafts import Answer
from streamscope.store.past import read_draft
from streamscope.store.recordings import Exchange, opened

if TYPE_CHECKING:
    from streamscope.gui.desk import Desk
    from streamscope.gui.live.tab import ExchangeView


class Answers(QObject):
    """Between the live pane of one window and what is kept of it; `window` is the name of its place."""

    def __init__(
        self, desk: "Desk", live: LivePane, sendings: Sendings, start: Start, window: str, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._desk, self._live, self._sendings, self._start = desk, live, sendings, start
        self._window = window
        self._kept = desk.bench.drafts.layout(window)  # as it was, before anything is sent
        self._restoring = False
        self._over = False
        live.arranged.connect(self._arrange)

    def restore(self) -> None:
        """A tab for each exchange that was open; the recording of one is opened when it is looked at."""
        layout = self._kept
        self._restoring = True
        front: QWidget | None = None
        for answer in layout.answers:
            path = Path(answer.path)
            if not (path / "index").is_file():
                continue
            view = PendingView(path, answer.title, answer.owner)
            view.wanted.connect(lambda view=view: self._start(self._open(view), "open a recording"))
            self._live.add_view(view, answer.title, front=False)
            if answer.path == layout.shown or front is None:
                front = view
        self._restoring = False
        if front is not None and self._live.current() is None:
            self._live.tabs.setCurrentWidget(front)
        self._arrange()

    def close(self) -> None:
        """The window ends: what is open stays remembered."""
        self._over = True

    async def open(self, path: Path, title: str = "", *, instead: PendingView | None = None) -> "ExchangeView":
        """Show a recording. Raises StoreError."""
        exchange, known = await asyncio.to_thread(_opened, path)
        owner = instead.owner if instead is not None else ""
        return self._sendings.reopen(exchange, title or path.name, owner, instead, known)

    async def _open(self, view: PendingView) -> None:
        try:
            await self.open(view.path, view.title, instead=view)
        except StoreError:
            self._live.close_view(view)
            raise

    def _arrange(self) -> None:
        if self._restoring or self._over:
            return
        answers = []
        shown = ""
        for place in range(self._live.tabs.count()):
            view = self._live.tabs.widget(place)
            if (answer := _answer(view)) is None:
                continue
            answers.append(answer)
            if view is self._live.tabs.currentWidget():
                shown = answer.path
        self._desk.bench.drafts.arrange_answers(answers, shown, window=self._window)


def _answer(view: QWidget | None) -> Answer | None:
    """What is remembered of a tab; None of one that leaves nothing behind."""
    if isinstance(view, PendingView):
        return Answer(str(view.path), view.title, view.owner)
    exchange = getattr(view, "exchange", None)
    if view is None or not isinstance(exchange, Exchange) or exchange.path is None:
        return None
    return Answer(str(exchange.path), str(view.property("title") or ""), str(view.property("owner") or ""))


def _opened(path: Path) -> tuple[Exchange, dict[int, str]]:
    """A recording with its draft and its marks. Raises StoreError."""
    exchange = opened(path)
    exchange.draft = read_draft(path)
    return exchange, marks.load(path)
