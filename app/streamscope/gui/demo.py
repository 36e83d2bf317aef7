"""The guided demo: the real window, played by events on its widgets, and what it showed kept in a folder."""

import asyncio
import json
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from streamscope.gui import defaults, language, loop
from streamscope.gui.app import application, living
from streamscope.gui.composer.choice import ChoiceView
from streamscope.gui.live.tab import ExchangeView
from streamscope.gui.matrix.view import MatrixView
from streamscope.gui.texts import size_text, time_text
from streamscope.gui.theme import theme
from streamscope.gui.window import Window
from streamscope.model.event import encode
from streamscope.store.bench import open_bench
from streamscope.tasks import spawn

Tell = Callable[[str], None]

_PATIENCE = 60.0
_STEP = 0.03
_MIDDLE = 40
"""Messages after which a stream is in its middle."""
_RETURN = Qt.Key.Key_Return
_CONTROL = Qt.KeyboardModifier.ControlModifier


def run(profile: Path | None = None, out: Path | None = None) -> int:
    """Play the demo into a folder, telling on standard output what is seen."""
    folder = out if out is not None else Path(tempfile.mkdtemp(prefix="streamscope-demo-"))

    def tell(text: str) -> None:
        sys.stdout.write(text)
        sys.stdout.flush()

    return play(profile, folder, tell)


def play(profile: Path | None, out: Path, tell: Tell) -> int:
    """Play the demo; 0 when all of it came out well."""
    out.mkdir(parents=True, exist_ok=True)
    app = application()
    bench = open_bench(profile)
    language.speak(bench.settings.get("language"))
    theme.wear(app, bench.settings.get("appearance"))
    window = Window(bench)
    window.restores = False  # what a person has open is none of the demo's
    window.resize(1280, 800)
    window.show()
    window.activateWindow()
    stage = Stage(window, out, tell)

    async def main() -> int:
        playing = spawn(stage.play(), name="play the demo")
        playing.add_done_callback(lambda _: _leave(window))
        window.closed.connect(playing.cancel)  # nothing happens where it has ended by itself
        await living(window, bench, "demo")
        await asyncio.wait([playing])
        return 130 if playing.cancelled() else playing.result()

    return loop.run(app, main())


def _leave(window: Window) -> None:
    """Close the window and what was composed in it."""
    window.forget()
    window.close()


class Stage:
    """The window, the folder and the teller of one demo."""

    def __init__(self, window: Window, out: Path, tell: Tell) -> None:
        self.window = window
        self.out = out
        self.tell = tell
        self._asked: list[dict[str, str]] = []

    async def play(self) -> int:
        """The three scenes, and what was kept of them."""
        await self._until(lambda: self._service_ready(defaults.SERVICE), self.window.tr("the sandbox's services"))
        first = await self._stream()
        second = await self._converse()
        red = await self._matrix()
        self._keep(first, second)
        self._summary(first, second)
        well = all(view.feed.meter.result() == "complete" for view in (first, second))
        return 0 if well and red == 0 else 1

    async def _stream(self) -> ExchangeView:
        self._head(self.window.tr("A chat over Server-Sent Events: choose the service, press Ctrl+Return"))
        await self._choose_service(defaults.SERVICE)
        await self._pick(self.window.composer.auth, defaults.AUTH[0])
        await self._pick(self.window.composer.channel, defaults.CHANNEL[0])
        await self._pick(self.window.composer.protocol, defaults.PROTOCOL[0])
        self._asked = json.loads(self.window.composer.body.text())["messages"]
        view = await self._send()
        await self._until(
            lambda: view.feed.meter.messages_in >= _MIDDLE or not view.live, self.window.tr("the stream's middle")
        )
        self._grab("window.png")
        await self._until(lambda: not view.live, self.window.tr("the stream's end"))
        self._grab("window-2.png")
        self._click_tab(view, 1)
        view.events.table.setFocus()
        chosen = view.events.model.index(max(0, view.events.model.rowCount() - 8), 0)
        view.events.table.scrollTo(chosen)
        QTest.mouseClick(
            view.events.table.viewport(),
            Qt.MouseButton.LeftButton,
            pos=view.events.table.visualRect(chosen).center(),
        )
        await asyncio.sleep(0.1)
        self._grab("window-3.png")
        return view

    async def _converse(self) -> ExchangeView:
        self._head(self.window.tr("The same prompt over a WebSocket, its handshake signed with AK/SK"))
        await self._choose_service(defaults.CONVERSATION)
        await self._pick(self.window.composer.auth, defaults.SIGNED)
        await self._pick(self.window.composer.protocol, defaults.CONVERSATION_PROTOCOL)
        editor = self.window.composer.messages.editor
        editor.setFocus()
        QTest.keyClick(editor, Qt.Key.Key_A, _CONTROL)
        QTest.keyClicks(editor, json.dumps({"messages": self._asked, "max_tokens": 120}))
        view = await self._send()
        transcript = view.feed.transcript
        await self._until(
            lambda: bool(transcript.finish) or transcript.ended or not view.live, self.window.tr("the answer's end")
        )
        await asyncio.sleep(0.15)
        self._grab("window-4.png")
        if view.live:
            self._click(view.outgoing.close_button)
        await self._until(lambda: not view.live, self.window.tr("the connection's end"))
        return view

    async def _matrix(self) -> int:
        self._head(self.window.tr("The access matrix: every combination that the sandbox offers"))
        QTest.keyClick(self.window, Qt.Key.Key_M, _CONTROL)
        view = self.window.live.tabs.currentWidget()
        if not isinstance(view, MatrixView):
            raise TypeError("the matrix did not open")
        over = asyncio.Event()
        view.finished.connect(over.set)
        self._click(view.run_button)
        async with asyncio.timeout(_PATIENCE):
            await over.wait()
        await asyncio.sleep(0.2)
        self._grab("window-5.png")
        green, red, missing = view.model.counts()
        said = self.window.tr("{green} green, {red} failed, {missing} not offered")
        self.tell(said.format(green=green, red=red, missing=missing) + "\n")
        return red

    async def _choose_service(self, name: str) -> None:
        tree = self.window.services.tree
        index = self.window.services.model.find(self.window.composer.workspace, name)
        tree.scrollTo(index)
        QTest.mouseClick(tree.viewport(), Qt.MouseButton.LeftButton, pos=tree.visualRect(index).center())
        await self._until(lambda: self._service_ready(name), name)

    def _service_ready(self, name: str) -> bool:
        service = self.window.composer.service
        return service is not None and service.name == name and service.complete

    async def _pick(self, choice: ChoiceView, key: str) -> None:
        """Choose in a dropdown with the keyboard."""
        choice.combo.setFocus()
        QTest.keyClick(choice.combo, Qt.Key.Key_Home)
        while choice.key() != key and choice.combo.currentIndex() < choice.combo.count() - 1:
            QTest.keyClick(choice.combo, Qt.Key.Key_Down)
        await asyncio.sleep(_STEP)

    async def _send(self) -> ExchangeView:
        before = self.window.live.current()
        QTest.keyClick(self.window, _RETURN, _CONTROL)
        view = self.window.live.current()
        if view is None or view is before:
            raise TypeError("no exchange was opened")
        view.feed.advanced.connect(lambda batch: self.tell(batch.text) if batch.text else None)
        await asyncio.sleep(_STEP)
        return view

    def _click_tab(self, view: ExchangeView, index: int) -> None:
        bar = view.tabs.tabBar()
        QTest.mouseClick(bar, Qt.MouseButton.LeftButton, pos=bar.tabRect(index).center())

    def _click(self, widget: QWidget) -> None:
        QTest.mouseClick(widget, Qt.MouseButton.LeftButton)

    def _grab(self, name: str) -> None:
        self.window.grab().save(str(self.out / name))

    def _keep(self, first: ExchangeView, second: ExchangeView) -> None:
        texts = [view.feed.transcript.text for view in (first, second)]
        (self.out / "transcript.txt").write_text("\n\n".join(texts) + "\n", encoding="utf-8")
        with (self.out / "events.jsonl").open("wb") as file:
            for event in first.exchange.events(0, len(first.exchange)):
                file.write(encode(event) + b"\n")

    def _summary(self, *views: ExchangeView) -> None:
        lines = []
        for view in views:
            draft, meter = view.exchange.draft, view.feed.meter
            said = self.window.tr(
                "{choices}: {word}, status {status}, first byte {ttfb}, first token {ttft}, "
                "{messages} messages, {bytes} in {total}"
            )
            lines.append(
                said.format(
                    choices=" × ".join((draft.auth.kind, draft.channel.kind, draft.protocol.kind)),
                    word=view.header.word(),
                    status=meter.status,
                    ttfb=time_text(meter.ttfb_ms),
                    ttft=time_text(meter.ttft_ms),
                    messages=meter.messages_in,
                    bytes=size_text(meter.bytes_in),
                    total=time_text(meter.total_ms),
                )
            )
        lines.append(self.window.tr("Kept in {folder}").format(folder=self.out))
        self.tell("\n" + "\n".join(lines) + "\n")

    def _head(self, text: str) -> None:
        self.tell(f"\n\n── {text}\n\n")

    async def _until(self, condition: Callable[[], bool], what: str) -> None:
        try:
            async with asyncio.timeout(_PATIENCE):
                while not condition():  # noqa: ASYNC110 - what is seen on the screen tells of itself by looking
                    await asyncio.sleep(_STEP)
        except TimeoutError:
            self.tell(self.window.tr("\nWaited too long for {what}.\n").format(what=what))
            raise
