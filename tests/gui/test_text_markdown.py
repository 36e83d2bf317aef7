"""Markdown in the Text view: rendered when it is asked for, and nothing is loaded for it."""

# ruff: noqa: F811 - a fixture is imported, and named where it is used

import socket
import threading
from pathlib import Path

import pytest
from PySide6.QtGui import QColor, QGuiApplication, QImage
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from tests.gui.said import Seen, clipboard, said, seen, words  # noqa: F401 - a fixture

from streamscope.gui.live.text import markdown
from streamscope.gui.live.text.markdown_document import MarkdownDocument

pytestmark = pytest.mark.window


class Counter:
    """Counts who comes to a port of this machine."""

    def __init__(self) -> None:
        self.hits = 0
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port = self._socket.getsockname()[1]
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()

    def _serve(self) -> None:
        while True:
            peer, _ = self._socket.accept()
            with peer:
                if peer.recv(100) == b"stop":
                    return
            self.hits += 1

    def stop(self) -> None:
        with socket.create_connection(("127.0.0.1", self.port)) as peer:
            peer.sendall(b"stop")
        self._thread.join()
        self._socket.close()


def test_markdown_loads_nothing(seen: Seen, qtbot: QtBot, tmp_path: Path) -> None:
    counter = Counter()
    picture = QImage(40, 40, QImage.Format.Format_RGB32)
    picture.fill(QColor("#ff00ff"))
    assert picture.save(str(tmp_path / "p.png"))
    web = f"http://127.0.0.1:{counter.port}"
    text = (
        f"# Title\n\n![a]({web}/a.png) <img src='{web}/b.png'> ![c]({tmp_path}/p.png) ![d](file://{tmp_path}/p.png)\n\n"
        f"<div style='background:url({web}/c.png)'>html</div>\n\n**bold** [link]({web}/d)\n\n"
        f'<link rel="stylesheet" href="{web}/e.css"> ![e](qrc:/x.png) ![f](data:image/png;base64,QUJD)\n\n'
        f"[r]: {web}/g\n\n![r]"
    )
    try:
        view, _ = seen(*words(text, size=20))
        view.markdown_button.click()
        rendered = view.choices[0].markdown
        assert rendered is not None
        qtbot.waitUntil(lambda: rendered.renderings > 0)
        shown = rendered.browser.toPlainText()
        assert shown.startswith("Title\n")
        assert "<div style=" in shown, "HTML is text"
        assert f"[image, not loaded: {web}/a.png]" in shown
        pixels = rendered.grab().toImage()
        colours = {
            pixels.pixelColor(x, y).name() for x in range(0, pixels.width(), 4) for y in range(0, pixels.height(), 4)
        }
        assert "#ff00ff" not in colours
        rendered.browser.selectAll()
        rendered.browser.copy()
        assert not QGuiApplication.clipboard().mimeData().hasHtml()
        assert counter.hits == 0
        view.markdown_button.click()
        assert view.main.isVisible()
    finally:
        counter.stop()


def test_an_image_is_not_looked_for_on_the_disk(dressed: QApplication, tmp_path: Path) -> None:
    """Where the notes would fail to replace an image: what it loads is one transparent pixel."""
    document = MarkdownDocument()
    for name in (str(tmp_path / "p.png"), "file:///p.png", "http://127.0.0.1:9/", ":/x.png"):
        found = document.loadResource(2, name)
        assert (found.width(), found.height()) == (1, 1)


def test_markdown_is_rendered_at_most_ten_times_a_second(seen: Seen, qtbot: QtBot, monkeypatch) -> None:  # type: ignore[no-untyped-def]
    view, exchange = seen(*words("# A\n\n"), done=False)
    view.markdown_button.click()
    rendered = view.choices[0].markdown
    qtbot.waitUntil(lambda: rendered.renderings == 1)
    assert rendered._timer.isActive()
    assert rendered._timer.interval() >= markdown.SOONEST
    for number in range(20):
        exchange.append(said(9000 + number, {"content": "more "}))
        view._feed.pull()
    assert rendered.renderings == 1, "not before the time is over"
    qtbot.waitUntil(lambda: rendered.browser.toPlainText().count("more") == 20)
    exchange.append(said(9050, {"content": "\n\nline" * 200}))
    bar = rendered.browser.verticalScrollBar()
    qtbot.waitUntil(lambda: bar.maximum() > 100 and bar.value() == bar.maximum())
    bar.setValue(20)
    exchange.append(said(9060, {"content": "\n\nlast"}))
    qtbot.waitUntil(lambda: rendered.newer.isVisible())
    assert (rendered.newer.text(), bar.value()) == ("1 new ↓", 20)
    rendered.newer.click()
    assert not rendered.newer.isVisible()
    monkeypatch.setattr(markdown, "LIVE", 50)
    exchange.append(said(9100, {"content": "long " * 20}))
    qtbot.waitUntil(lambda: view.main.isVisible())
    assert "too much for Markdown" in view.choices[0]._hint.text()
