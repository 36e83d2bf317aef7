"""The window's way in: program, look, bench, window; the core comes after the first paint."""

import asyncio
import itertools
import signal
import sys
from pathlib import Path
from types import TracebackType

from PySide6.QtCore import QMessageLogContext, QtMsgType, qInstallMessageHandler
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QApplication

from streamscope.gui import garbage, language, loop
from streamscope.gui.assets import resource
from streamscope.gui.desk import Desk, opened
from streamscope.gui.settings.wearing import wear
from streamscope.gui.texts import told
from streamscope.gui.window import Window
from streamscope.model.errors import StreamscopeError
from streamscope.store.bench import Bench, open_bench


def run(profile: Path | None = None) -> int:
    """Open the window and stay until it is closed."""
    app = application()
    try:
        bench = open_bench(profile)
    except StreamscopeError as error:  # there is no window yet that could tell it
        sys.stderr.write(f"{told(error.message)}\n{told(error.hint)}\n")
        return error.exit_code
    language.speak(bench.settings.get("language"))
    wear(app, bench.settings)
    window = Window(bench)
    window.show()
    loop.run(app, living(window, bench))
    return 0


def application() -> QApplication:
    """The Qt application, made once."""
    app = QApplication.instance()
    if not isinstance(app, QApplication):
        app = QApplication([sys.argv[0] or "streamscope"])
    qInstallMessageHandler(_heard)
    app.setApplicationName("streamscope")
    app.setApplicationDisplayName("Streamscope")
    app.setDesktopFileName("streamscope")
    app.setQuitOnLastWindowClosed(False)  # the end is orderly: first the core, then the loop
    app.setWindowIcon(QIcon(str(resource("icons/streamscope.svg"))))
    return app


def _heard(kind: QtMsgType, context: QMessageLogContext, text: str) -> None:  # noqa: ARG001 - Qt's signature
    """Qt's own words, to standard error; but not what its screenless platform says of every window."""
    if "propagateSizeHints" not in text:
        sys.stderr.write(f"{text}\n")


async def living(window: Window, bench: Bench, place: str = "") -> None:
    """From the first paint to the last: bring the core up, wait until every window is closed, bring it down.

    `place` names the window among those whose requests are kept.
    """
    gone = asyncio.Event()
    windows: dict[str, Window] = {}
    desk: Desk | None = None
    ending = False

    def enter(place: str, entering: Window) -> None:
        windows[place] = entering
        entering.closed.connect(lambda: left(place))
        entering.quit_requested.connect(quit_all)
        entering.another_requested.connect(another)

    def left(place: str) -> None:
        open_ones = [one for one in windows.values() if not one.closing]
        if not open_ones:
            gone.set()
        elif not ending:  # who closes one window of several is done with what was in it; it can be reopened
            windows[place].forget()

    def another(place: str = "") -> None:
        free = next(number for number in itertools.count(2) if str(number) not in windows)
        made = Window(bench)
        enter(place or str(free), made)
        made.show()
        if desk is not None:
            made.settle(desk, place or str(free))

    def quit_all() -> None:
        nonlocal ending
        ending = True
        for one in list(windows.values()):
            one.close()

    hook = sys.excepthook

    def bug(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        hook(kind, error, trace)
        next((one for one in windows.values() if not one.closing), window).tell_bug(error)

    sys.excepthook = bug
    enter(place, window)
    # Ctrl+C in the terminal closes the windows, and with them everything that runs.
    signals = {number: signal.signal(number, lambda *_: quit_all()) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        await painted(window)
        desk = await asyncio.to_thread(opened, bench)
        garbage.spare()
        for name, one in windows.items():
            if not one.closing:
                one.settle(desk, name)
        for kept in bench.drafts.windows() if window.restores else ():
            if kept not in windows and not gone.is_set():
                another(kept)
        await gone.wait()
    finally:
        sys.excepthook = hook
        for number, before in signals.items():
            signal.signal(number, before)
        if desk is not None:
            await asyncio.to_thread(desk.close)
        for one in windows.values():
            one.release()
            one.deleteLater()


async def painted(window: Window) -> None:
    """Wait for the first paint."""
    seen = asyncio.Event()
    window.painted.connect(seen.set)
    window.update()
    await seen.wait()
