"""What is kept of open requests: a restart loses nothing; saving, conflicts, cURL, the preview."""

import shutil
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton
from tests.gui.conftest import Played
from tests.gui.test_window import CONTROL, ready, until
from tests.program import Sandbox

from streamscope.gui.window import Window
from streamscope.model.draft import Body, Choice, Draft
from streamscope.store import library

pytestmark = pytest.mark.window

MINE = Draft(
    channel=Choice("address", {"url": "http://127.0.0.1:9"}), path="/mine", body=Body("json", '{"a": 1}'), name="mine"
)


def test_a_restart_brings_everything_back(sandbox: Sandbox, played: Played) -> None:
    async def before(window: Window) -> None:
        await ready(window)
        window.drafts.open_draft(MINE, kept=Draft())
        window.composer.body.choose_kind("json")
        window.composer.body.editor.selectAll()
        QTest.keyClicks(window.composer.body.editor, "typed before the end")
        window.drafts.open_draft(Draft(path="/second"), kept=Draft())
        window.drafts.go(1)

    async def after(window: Window) -> None:
        await until(lambda: len(window.drafts.requests) == 3)
        drafts = window.drafts
        await until(lambda: drafts.current() is drafts.requests[1])
        assert [request.draft.path for request in drafts.requests] == ["/v1/chat/completions", "/mine", "/second"]
        assert drafts.current() is drafts.requests[1]
        assert window.composer.draft().body.text == "typed before the end"
        assert drafts.requests[1].dirty
        assert drafts.requests[0].untouched

    played(sandbox.profile, before)
    played(sandbox.profile, after, fresh=False)


def test_a_crash_loses_no_more_than_the_last_moment(sandbox: Sandbox, played: Played, tmp_path: Path) -> None:
    async def before(window: Window) -> None:
        await ready(window)
        window.drafts.open_draft(MINE, kept=Draft())
        folder = sandbox.profile / "drafts"
        await until(lambda: any(b'"/mine"' in path.read_bytes() for path in folder.glob("*.json")))
        ignored = shutil.ignore_patterns(".streamscope-*")
        shutil.copytree(folder, tmp_path / "drafts", ignore=ignored)  # as a kill at this moment would leave it

    async def after(window: Window) -> None:
        await until(lambda: any(request.draft == MINE for request in window.drafts.requests))

    played(sandbox.profile, before)
    shutil.rmtree(sandbox.profile / "drafts")
    shutil.copytree(tmp_path / "drafts", sandbox.profile / "drafts")
    played(sandbox.profile, after, fresh=False)


def test_saving_and_what_changed_outside(sandbox: Sandbox, played: Played, tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    library.save(path, MINE)

    async def script(window: Window) -> None:
        await ready(window)
        window.session.keeping.open_file(path)
        await until(lambda: window.drafts.of_file(path) is window.drafts.current())
        request = window.drafts.current()
        window.composer.address.path.setFocus()
        window.composer.address.path.setText("/edited")
        await until(lambda: request.dirty)
        assert window.drafts.bar.tabText(window.drafts.requests.index(request)).startswith("●")
        QTest.keyClick(window, Qt.Key.Key_S, CONTROL)
        await until(lambda: not request.dirty)
        assert library.load(path).path == "/edited"
        library.save(path, library.load(path), base=library.opened(path).stamp)
        path.write_text(path.read_text().replace("/edited", "/theirs"))
        window.composer.address.path.setText("/mine again")
        await until(lambda: request.dirty)
        QTest.keyClick(window, Qt.Key.Key_S, CONTROL)
        await until(lambda: "Keep both" in _buttons(window))
        assert library.load(path).path == "/theirs"
        QTest.mouseClick(_buttons(window)["Keep both"], Qt.MouseButton.LeftButton)
        await until(lambda: not request.dirty)
        assert request.path != path
        assert library.load(request.path).path == "/mine again"
        assert library.load(path).path == "/theirs"

    played(sandbox.profile, script)


def test_a_pasted_curl_command_becomes_the_request(sandbox: Sandbox, played: Played) -> None:
    async def script(window: Window) -> None:
        await ready(window)
        window.new_request()
        command = "curl -X PUT 'http://127.0.0.1:9/things?x=1' -H 'X-One: 1' -d '{\"a\": 1}'"
        QApplication.clipboard().setText(command)
        window.composer.address.path.setFocus()
        QTest.keyClick(window.composer.address.path, Qt.Key.Key_V, CONTROL)
        await until(lambda: window.composer.draft().method == "PUT")
        draft = window.composer.draft()
        assert draft.path == "/things?x=1"
        assert ("X-One", "1") in draft.headers
        assert draft.body.text == '{"a": 1}'

    played(sandbox.profile, script)


def test_the_preview_and_copy_as_curl(sandbox: Sandbox, played: Played) -> None:
    async def script(window: Window) -> None:
        await ready(window)
        QTest.keyClick(window, Qt.Key.Key_P, CONTROL | Qt.KeyboardModifier.ShiftModifier)
        await until(lambda: "POST /v1/infers/" in window.preview.text())
        QApplication.clipboard().clear()
        QTest.keyClick(window, Qt.Key.Key_C, CONTROL | Qt.KeyboardModifier.ShiftModifier)
        await until(lambda: "curl" in QApplication.clipboard().text())

    played(sandbox.profile, script)


def _buttons(window: Window) -> dict[str, QPushButton]:
    return {button.text(): button for button in window.messages.findChildren(QPushButton) if button.text()}
