"""The preview and the explanation: what they show, when they look again, and what is copied."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QPushButton

from streamscope.engine.core import Core
from streamscope.engine.preview import Prepared, prepared
from streamscope.gui import loop
from streamscope.gui.composer.explain import ExplainDialog, ExplainView
from streamscope.gui.composer.preview import PreviewView
from streamscope.interop.curl import read
from streamscope.model.draft import Body, Choice, Draft
from streamscope.store.bench import open_bench

pytestmark = pytest.mark.window

SIGNED = Draft(
    Choice("aksk", {"access_key": "AK", "secret_key": "s3cr3tvalue"}),
    Choice("address", {"url": "https://h.example/p?b=2&a=1"}),
    body=Body("json", text='{"a": 1}'),
)
TOKEN = Draft(
    Choice("token", {"domain": "d", "user": "u", "password": "pass-word", "iam": "http://127.0.0.1:9"}),
    Choice("address", {"url": "https://h.example/"}),
)


class Source:
    """What the views ask: the draft as it is now, prepared by the real core; it counts."""

    def __init__(self, core: Core) -> None:
        self.core = core
        self.draft = SIGNED
        self.asked: list[bool] = []

    def __call__(self, fetch: bool) -> Awaitable[Prepared]:
        self.asked.append(fetch)
        return prepared(self.core, self.draft, fetch=fetch)


@asynccontextmanager
async def source(folder: Path) -> AsyncIterator[Source]:
    bench = open_bench(folder)
    core = Core(bench)
    yield Source(core)
    await core.aclose()
    bench.close()


async def until(condition: Callable[[], Any]) -> None:
    async with asyncio.timeout(10):
        while not condition():  # noqa: ASYNC110 - a screen is looked at
            await asyncio.sleep(0.005)


def play(app: QApplication, script: Callable[[], Awaitable[None]]) -> None:
    async def main() -> None:
        await script()

    loop.run(app, main())


def words(view: PreviewView | ExplainView) -> str:
    return " ".join(label.text() for label in view.findChildren(QLabel) if label.isVisible())


def test_it_follows_the_edits_while_it_is_seen(dressed: QApplication, tmp_path: Path) -> None:
    async def script() -> None:
        async with source(tmp_path) as asked:
            view = PreviewView()
            view.set_prepare(asked)
            view.touch()
            await asyncio.sleep(0)
            assert asked.asked == [], "nothing is prepared for nobody"
            view.show()
            await until(view.text)
            assert view.text().startswith("POST /p?b=2&a=1 HTTP/1.1\nHost: h.example\n")
            assert view.text().endswith('\n\n{"a": 1}')
            assert "s3cr3tvalue" not in view.text()
            asked.draft = Draft(channel=Choice("address", {"url": "https://other.example/x"}))
            for _ in range(20):
                view.touch()
            await until(lambda: "other.example" in view.text())
            assert len(asked.asked) == 2, "many edits are one look"
            view.hide()
            view.touch()
            view.close()
            view.stop()

    play(dressed, script)


def test_a_token_is_fetched_only_when_asked_for(dressed: QApplication, tmp_path: Path) -> None:
    async def script() -> None:
        async with source(tmp_path) as asked:
            asked.draft = TOKEN
            view = PreviewView()
            view.set_prepare(asked)
            view.show()
            await until(lambda: "A token will be fetched" in words(view))
            assert asked.asked == [False]
            QTest.mouseClick(view.fetch, Qt.MouseButton.LeftButton)
            await until(lambda: "Look again" in [button.text() for button in view.findChildren(QPushButton)])
            assert asked.asked == [False, True], "nothing listens there: the card tells"
            view.stop()
            view.close()

    play(dressed, script)


@pytest.mark.parametrize("shell", ["bash", "cmd", "powershell"])
def test_copied_as_curl(dressed: QApplication, tmp_path: Path, shell: str) -> None:
    async def script() -> None:
        async with source(tmp_path) as asked:
            asked.draft = Draft(
                Choice("bearer", {"token": "s3cr3tvalue"}),
                Choice("address", {"url": "https://h.example/"}),
                body=Body("json", text='{"a": "it\'s"}'),
            )
            view = PreviewView()
            view.set_prepare(asked)
            told: list[str] = []
            view.copied.connect(told.append)
            view.copy_curl(shell)  # type: ignore[arg-type]
            await until(lambda: told)
            text = QGuiApplication.clipboard().text()
            assert "STREAMSCOPE_BEARER_TOKEN" in text
            assert "s3cr3tvalue" not in text
            assert read(text).draft.body == asked.draft.body
            assert "variables" in told[0]
            view.with_values.setChecked(True)
            view.copy_curl(shell)  # type: ignore[arg-type]
            await until(lambda: len(told) == 2)
            assert read(QGuiApplication.clipboard().text()).draft.auth == asked.draft.auth
            view.stop()
            view.close()

    play(dressed, script)


def test_an_error_is_a_card_in_its_place(dressed: QApplication, tmp_path: Path) -> None:
    async def script() -> None:
        async with source(tmp_path) as asked:
            asked.draft = Draft(Choice("bearer"), Choice("address", {"url": "https://h"}))
            view, explain = PreviewView(), ExplainView()
            for one in (view, explain):
                one.set_prepare(asked)
                one.show()
                one.refresh()
                await until(lambda one=one: "lacks" in words(one))
            asked.draft = SIGNED
            button = next(button for button in view.findChildren(QPushButton) if button.text() == "Look again")
            QTest.mouseClick(button, Qt.MouseButton.LeftButton)
            await until(view.text)
            assert "lacks" not in words(view)
            view.stop()
            view.close()
            explain.close()

    play(dressed, script)


def test_an_explanation_is_read_and_copied(dressed: QApplication, tmp_path: Path) -> None:
    async def script() -> None:
        async with source(tmp_path) as asked:
            dialog = ExplainDialog(asked)
            dialog.open()
            tree = dialog.view.tree
            await until(tree.topLevelItemCount)
            titles = [tree.topLevelItem(at).text(0) for at in range(tree.topLevelItemCount())]  # type: ignore[union-attr]
            assert titles == ["Headers", "Canonical request", "String to sign", "Signature"]
            canonical = tree.topLevelItem(1)
            assert canonical is not None
            assert canonical.child(2).text(1).startswith("The query: its pairs sorted")  # type: ignore[union-attr]
            tree.setCurrentItem(canonical.child(2))
            assert dialog.view.about.text() == canonical.child(2).text(1)  # type: ignore[union-attr]
            tree.clearSelection()
            tree.setFocus()
            canonical.setSelected(True)
            QTest.keyClick(tree, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
            made = await prepared(asked.core, asked.draft)
            note = next(note.text for note in made.request.notes if str(note.label) == "Canonical request")
            date = next(line for line in note.splitlines() if line.startswith("x-sdk-date"))
            copied = QGuiApplication.clipboard().text()
            assert [line for line in copied.splitlines() if not line.startswith("x-sdk-date")] == [
                line for line in note.splitlines() if line != date
            ]
            dialog.reject()

    play(dressed, script)
