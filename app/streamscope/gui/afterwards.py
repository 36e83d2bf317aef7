"""What can become of an exchange: sent again, replayed, saved, served to other clients, made a fault scenario."""

import asyncio
import functools
import threading
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec.structs import replace
from PySide6.QtCore import QObject, QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog, QMenu, QWidget

from streamscope.gui import defaults
from streamscope.gui.comparing import Comparing
from streamscope.gui.language import retold
from streamscope.gui.live.pane import LivePane
from streamscope.gui.messages import MessagesView, MessageView
from streamscope.gui.sendings import Sendings, Start
from streamscope.model.draft import Choice, Draft

if TYPE_CHECKING:
    from streamscope.gui.desk import Desk
    from streamscope.gui.live.tab import ExchangeView

SPEEDS = (0.1, 0.25, 0.5, 1.0, 2.0, 5.0, 10.0, 100.0)
"""How many times faster than recorded."""
_LOOK_MS = 100
_LISTED = 20


class Afterwards(QObject):
    """The menu of an exchange and what its entries do; `sent` and `composed` carry a Draft."""

    sent = Signal(object)
    composed = Signal(object)

    def __init__(
        self, desk: "Desk", live: LivePane, messages: MessagesView, sendings: Sendings, start: Start, parent: QWidget
    ) -> None:
        super().__init__(parent)
        self._desk, self._live, self._messages, self._sendings, self._start = desk, live, messages, sendings, start
        self._window = parent
        self.comparing = Comparing(desk, live, start, self)
        live.menu_requested.connect(self.show_menu)

    def show_menu(self, view: QWidget, place: QPoint) -> None:
        """The menu of a tab."""
        from streamscope.gui.live.tab import ExchangeView

        menu = QMenu(self._window)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)

        def add(text: str, work: Callable[[], object], *, on: bool = True, to: QMenu = menu) -> None:
            action = to.addAction(text)
            action.setEnabled(on)
            action.triggered.connect(lambda _: work())

        if isinstance(view, ExchangeView):
            if view.live:
                add(self.tr("Stop"), lambda: self._sendings.stop(view))
                add(self.tr("Go on") if view.feed.paused else self.tr("Pause the views"), view.pause)
            add(self.tr("Send again"), lambda: self.again(view))
            add(self.tr("Compose again"), lambda: self.composed.emit(view.exchange.draft))
            menu.addSeparator()
            speeds = menu.addMenu(self.tr("Replay"))
            speeds.setEnabled(not view.live)
            for speed in SPEEDS:
                add(f"× {speed:g}", functools.partial(self.replay, view, speed), to=speeds)
            add(self.tr("At once"), lambda: self.replay(view, 0.0), to=speeds)
            add(self.tr("Save the recording as…"), lambda: self.save(view), on=not view.live)
            add(self.tr("Serve it to other clients"), lambda: self.serve(view), on=not view.live)
            add(self.tr("Make a fault scenario of it"), lambda: self.scenario(view), on=not view.live)
            others = [one for one in self._live.views() if one is not view]
            beside = menu.addMenu(self.tr("Compare with"))
            beside.setEnabled(bool(others))
            for other in others[:_LISTED]:
                add(str(other.property("title")), functools.partial(self.comparing.compare, view, other), to=beside)
            add(self.tr("Compare all that are open"), self.comparing.compare_open, on=len(others) > 1)
            menu.addSeparator()
        add(self.tr("Close"), lambda: self._live.close_view(view))
        add(self.tr("Close the others"), lambda: self._live.close_others(view), on=self._live.tabs.count() > 1)
        add(self.tr("Close what has ended"), self._live.close_ended)
        menu.popup(place)

    def again(self, view: "ExchangeView") -> None:
        """Send the same once more."""
        self.sent.emit(view.exchange.draft)

    def replay(self, view: "ExchangeView", speed: float) -> None:
        """Play the recording into a new tab with its own timing, so many times faster; 0 waits for nothing."""
        title = str(view.property("title") or "")
        told = self.tr("replay × {speed}").format(speed=f"{speed:g}") if speed else self.tr("replay")
        self._sendings.replay(view.exchange, speed, f"{title} · {told}")

    def save(self, view: "ExchangeView") -> None:
        """Ask for a file and write the recording into it."""
        dialog = QFileDialog(self._window, self.tr("Save the recording"))
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setNameFilters([self.tr("JSON lines of events (*.jsonl)"), self.tr("HTTP Archive (*.har)")])
        dialog.setDefaultSuffix("jsonl")
        dialog.filterSelected.connect(lambda chosen: dialog.setDefaultSuffix("har" if ".har" in chosen else "jsonl"))
        dialog.selectFile(f"{view.exchange.started:%Y%m%d-%H%M%S}.jsonl")
        dialog.fileSelected.connect(lambda name: self.save_to(view, Path(name)))
        dialog.open()

    def save_to(self, view: "ExchangeView", path: Path) -> None:
        """Write the recording into a file, with progress and a way to stop it."""
        self._start(self._saved(view, path), "save a recording")

    def scenario(self, view: "ExchangeView") -> None:
        """Open a request to the sandbox that brings the same trouble again."""
        from streamscope.engine.scenario import HEADER, scenario

        findings = view.feed.derived.findings
        faults = view.feed.ask(lambda reading: scenario(reading, findings))
        if not faults:
            self._messages.tell(
                "info",
                self.tr("Nothing about this exchange was unusual: there is no fault to make of it."),
                self.tr("The header X-Sandbox-Fault asks the sandbox for faults; `sandbox --faults` lists them."),
            )
            return
        draft = self._to_sandbox(view.exchange.draft)
        headers = tuple(pair for pair in draft.headers if pair[0].lower() != HEADER.lower())
        self.composed.emit(replace(draft, headers=(*headers, (HEADER, faults))))

    def _to_sandbox(self, draft: Draft) -> Draft:
        """The same request, sent to the sandbox's own service of its kind."""
        own = next((one for one in self._desk.bench.workspaces.all() if one.platform == defaults.OWN_PLATFORM), None)
        if own is None or draft.workspace == own.name:
            return draft
        talks = draft.protocol.kind == defaults.CONVERSATION_PROTOCOL
        service = defaults.CONVERSATION if talks else defaults.SERVICE
        return replace(
            draft,
            name="",
            workspace=own.name,
            service=service,
            auth=Choice(defaults.AUTH[0]),
            channel=Choice(defaults.CHANNEL[0]),
        )

    def serve(self, view: "ExchangeView") -> None:
        """Serve the recording on the loopback until it is stopped."""
        self._start(self._served(view), "serve a recording")

    async def _served(self, view: "ExchangeView") -> None:
        from streamscope.engine.replay_server import serving
        from streamscope.engine.replay_steps import script

        plan = await asyncio.to_thread(script, view.exchange)
        loop, over = asyncio.get_running_loop(), asyncio.Event()
        ready: asyncio.Future[str] = loop.create_future()

        async def serve() -> None:
            async with serving(plan) as served:
                loop.call_soon_threadsafe(ready.set_result, served.url(plan))
                await asyncio.Event().wait()

        future = self._desk.runtime.run(serve())
        url = await ready
        card = self._messages.tell(
            "info",
            self.tr("The recording is served at {url} to any client, with its own timing.").format(url=url),
            self.tr("Each call gets it from the beginning. Closing this message ends it."),
        )
        card.offer(self.tr("Copy the address")).clicked.connect(lambda: QGuiApplication.clipboard().setText(url))
        card.dismissed.connect(over.set)
        try:
            await over.wait()
        finally:
            future.cancel()

    async def _saved(self, view: "ExchangeView", path: Path) -> None:
        from streamscope.engine.report import walk
        from streamscope.interop.saving import Stopped, save

        stop, share = threading.Event(), [0.0]

        def progress(done: float) -> bool:
            share[0] = done
            return not stop.is_set()

        work = _Work(self._messages, self.tr("Writing {path}…").format(path=path.name), share, stop)
        try:
            events = walk(view.exchange, whole=True)
            await asyncio.to_thread(save, events, len(view.exchange), path, progress)
        except Stopped:
            return
        finally:
            work.end()
        self._messages.tell("info", self.tr("The recording was saved as {path}.").format(path=retold(str(path))))


class _Work(QObject):
    """A message about work that takes its time: how much is done, and a button that stops it; shown after a while."""

    def __init__(self, messages: MessagesView, text: str, share: list[float], stop: threading.Event) -> None:
        super().__init__(messages)
        self._messages, self._text, self._share, self._stop = messages, text, share, stop
        self._card: MessageView | None = None
        self._timer = QTimer(self)
        self._timer.setInterval(_LOOK_MS)
        self._timer.timeout.connect(self._look)
        self._timer.start()
        self._looks = 0

    def end(self) -> None:
        """It is over."""
        self._timer.stop()
        if self._card is not None:
            self._card.dismiss()
        self.deleteLater()

    def _look(self) -> None:
        self._looks += 1
        if self._card is None and self._looks * _LOOK_MS >= 500:
            self._card = self._messages.tell("info", self._text)
            button = self._card.offer(self.tr("Stop"))
            button.clicked.connect(self._stop.set)
            self._card.dismissed.connect(self._forget)
        if self._card is not None:
            self._card.show_share(self._share[0])

    def _forget(self) -> None:
        self._card = None
        self._stop.set()
