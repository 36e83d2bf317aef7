"""What the window's tests stand on: Qt without a screen, exchanges with a story, the window played by a coroutine."""

import gc
import os
import shutil
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import pytest
from PySide6.QtWidgets import QApplication

from streamscope.gui import loop
from streamscope.gui.app import living
from streamscope.gui.composer.shelves import Shelves
from streamscope.gui.theme import theme
from streamscope.gui.window import Window
from streamscope.model.draft import Draft
from streamscope.model.event import Closed, Event, Head, Message, RequestSent
from streamscope.store.bench import open_bench
from streamscope.store.recordings import Exchange, Recordings
from streamscope.tasks import spawn

Story = Callable[..., Exchange]
Played = Callable[..., None]

WORDS = ["Clear", " water", " runs", " past", " the", " clock", "."]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What Qt's screenless platform says of every window is no warning."""
    for item in items:
        if "tests/gui" in item.path.as_posix():
            item.add_marker(pytest.mark.qt_log_ignore("This plugin does not support", extend=True))


@pytest.fixture(autouse=True)
def swept() -> Iterator[None]:
    """Widgets are garbage of this thread: none is left for a collection on another one."""
    yield
    gc.collect()


@pytest.fixture(scope="session")
def dressed(qapp: QApplication) -> QApplication:
    """The application as the program sets it up."""
    qapp.setQuitOnLastWindowClosed(False)
    theme.wear(qapp, "light")
    return qapp


@pytest.fixture
def shelves() -> Shelves:
    """The real kinds."""
    from streamscope.engine import offers
    from streamscope.kinds import catalog

    return Shelves(
        catalog.AUTH,
        catalog.CHANNELS,
        catalog.PROTOCOLS,
        offers.reason,
        offers.resolved,
        dialects=catalog.DIALECTS,
    )


@pytest.fixture
def story() -> Iterator[Story]:
    """Exchanges with these events, on disk as live ones are."""
    made: list[Exchange] = []

    def tell(*events: Event, draft: Draft | None = None) -> Exchange:
        exchange = Recordings(None).new(draft or Draft())
        for event in events:
            exchange.append(event)
        made.append(exchange)
        return exchange

    yield tell
    for exchange in made:
        exchange.close()


@pytest.fixture
def chat() -> list[Event]:
    """A chat over an event stream, from the request to its end."""
    return [*opening(), *(token(number, word) for number, word in enumerate(WORDS)), *ending()]


@pytest.fixture
def played(dressed: QApplication) -> Played:
    """Open the real window on a profile, play a coroutine on it, close it; nothing may stay."""

    def play(profile: Path, script: Callable[[Window], Awaitable[None]], *, fresh: bool = True) -> None:
        if fresh:
            shutil.rmtree(profile / "drafts", ignore_errors=True)
            (profile / "window.ini").unlink(missing_ok=True)
        bench = open_bench(profile)
        window = Window(bench)
        window.show()
        window.activateWindow()

        async def main() -> None:
            async def scene() -> None:
                await script(window)

            playing = spawn(scene(), name="play a test")
            playing.add_done_callback(lambda _: window.close())
            await living(window, bench)
            await playing

        loop.run(dressed, main())
        theme.wear(dressed, "light")

    return play


def opening(t: int = 0) -> list[Event]:
    """A request and the head of its answer."""
    return [
        RequestSent(
            t,
            "2026-01-01T00:00:00Z",
            "POST",
            "https://host.example/v1/chat/completions",
            [("Host", "host.example"), ("X-Auth-Token", "••••••")],
            "token",
            "public",
            "sse",
            notes=[("Token", "23 h left")],
        ),
        Head(t + 20_000_000, 200, "HTTP/1.1", [("Content-Type", "text/event-stream")]),
    ]


def token(number: int, word: str) -> Message:
    """One chunk of a streamed chat completion."""
    finish = '"stop"' if word == WORDS[-1] else "null"
    data = (
        '{"id":"c","object":"chat.completion.chunk","model":"m","choices":[{"index":0,"delta":{"content":"'
        + word
        + '"},"finish_reason":'
        + finish
        + "}]}"
    )
    return Message(30_000_000 + number * 5_000_000, "in", (number + 2, number + 2), data.encode(), "event", "message")


def ending() -> list[Event]:
    """The end mark and the end."""
    return [Message(90_000_000, "in", (99, 99), b"[DONE]", "event", "message"), Closed(91_000_000, "server")]
