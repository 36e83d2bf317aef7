"""Exchanges that say something, and the Text view of them: what its tests stand on."""

import json
from collections.abc import Callable, Iterator

import pytest
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from tests.gui.conftest import Story, opening

from streamscope.gui.live.feed import Feed
from streamscope.gui.live.spotlight import Spotlight
from streamscope.gui.live.tab import derived_of
from streamscope.gui.live.text.view import SaidView
from streamscope.model.event import Closed, Event, Message
from streamscope.store.recordings import Exchange

MS = 1_000_000
Seen = Callable[..., tuple[SaidView, Exchange]]


def said(t: int, delta: dict[str, object], choice: int = 0) -> Message:
    """One chunk of a chat completion."""
    choices = [{"index": choice, "delta": delta, "finish_reason": None}]
    data = json.dumps({"object": "chat.completion.chunk", "choices": choices})
    return Message(t * MS, "in", (1, 1), data.encode(), "event", "message")


def words(text: str, begin: int = 30, gap: int = 10, size: int = 6) -> list[Event]:
    """A text in pieces, one each `gap` ms."""
    return [said(begin + at // size * gap, {"content": text[at : at + size]}) for at in range(0, len(text), size)]


def call(number: int, name: str, arguments: str) -> list[Event]:
    """A tool call in pieces."""
    first = said(500, {"tool_calls": [{"index": number, "id": f"c{number}", "function": {"name": name}}]})
    pieces = [arguments[at : at + 7] for at in range(0, len(arguments), 7)]
    return [
        first,
        *(said(501, {"tool_calls": [{"index": number, "function": {"arguments": piece}}]}) for piece in pieces),
    ]


@pytest.fixture
def seen(qtbot: QtBot, dressed: QApplication, story: Story) -> Iterator[Seen]:
    """The view of an exchange with these events after its head, all of them read."""
    feeds: list[Feed] = []

    def look(*events: Event, size: tuple[int, int] = (640, 480), done: bool = True) -> tuple[SaidView, Exchange]:
        exchange = story(*opening(), *events)
        feed = Feed(derived_of(exchange))
        view = SaidView(feed, Spotlight(feed))
        if done:
            exchange.append(Closed(9_000 * MS, "server"))
        qtbot.addWidget(view)
        view.resize(*size)
        view.show()
        qtbot.waitExposed(view)
        feed.advanced.connect(lambda _: view.follow())
        feed.finished.connect(view.follow)
        feeds.append(feed)
        feed.begin()
        if done:
            qtbot.waitUntil(lambda: feed.done, timeout=20_000)
        else:
            qtbot.waitUntil(lambda: feed.read == len(exchange), timeout=20_000)
        return view, exchange

    yield look
    for feed in feeds:
        feed.end()


def clipboard() -> str:
    return QGuiApplication.clipboard().text()
