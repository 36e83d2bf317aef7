"""Whoever signs in for a workspace, in its dialog: the token's life, projects, MFA codes; and files handed on."""

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from tests.engine.test_accounts import Iam
from tests.gui.scene import gone, play, until
from tests.gui.test_workspaces import line, names
from tests.raw import Served

from streamscope.gui.desk import Desk
from streamscope.gui.questions import Questions
from streamscope.gui.workspaces.dialog import WorkspacesDialog
from streamscope.model.credential import Credential
from streamscope.model.service import Workspace

pytestmark = pytest.mark.window
Serve = Callable[..., Served]


def configured(desk: Desk, server: Served, project: str = "") -> Workspace:
    values = {"management": server.http, "iam": server.http, "region": "cn-north-4", "project": project}
    made = Workspace("work", "modelarts", {key: value for key, value in values.items() if value}, proxy="none")
    desk.bench.workspaces.save(made)
    return made


@pytest.fixture(autouse=True)
def password(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {"domain": "acme", "user": "ann", "password": "pw"}.items():
        monkeypatch.setenv(f"STREAMSCOPE_TOKEN_{name.upper()}", value)


def test_a_project_is_looked_up_with_a_code_and_the_token_counts_down(
    dressed: QApplication, tmp_path: Path, serve: Serve
) -> None:
    iam = Iam(code="123456", projects=[{"id": "1" * 32, "name": "cn-north-4"}, {"id": "2" * 32, "name": "eu-west-0"}])
    server = serve(iam)

    async def script(desk: Desk) -> None:
        configured(desk, server)
        dialog = WorkspacesDialog(desk, workspace="work")
        questions = Questions(dialog)
        desk.runtime.core.ask = questions.ask
        dialog.open()
        QTest.mouseClick(dialog.account.projects, Qt.MouseButton.LeftButton)
        await until(lambda: questions.dialog is not None)
        assert questions.dialog is not None
        QTest.keyClicks(questions.dialog.line, "123456")
        QTest.keyClick(questions.dialog.line, Qt.Key.Key_Return)
        await until(lambda: line(dialog, "project").text() == "1" * 32)
        QTest.mouseClick(dialog.save_button, Qt.MouseButton.LeftButton)
        await until(lambda: desk.bench.workspaces.get("work").values.get("project"))
        QTest.mouseClick(dialog.account.token.renew, Qt.MouseButton.LeftButton)
        await until(lambda: questions.dialog is not None)
        assert questions.dialog is not None
        questions.dialog.line.setText("123456")
        questions.dialog.accept()
        await until(lambda: "23 h 59 min" in dialog.account.token.words.text())
        QTest.mouseClick(dialog.account.token.renew, Qt.MouseButton.LeftButton)
        await until(lambda: questions.dialog is not None)
        assert questions.dialog is not None
        questions.dialog.reject()
        await until(lambda: dialog.account.token._problem is not None)
        dialog.reject()
        gone(dialog)

    play(dressed, tmp_path, script)


def test_a_question_that_was_waved_away_is_not_put_again_at_once(dressed: QApplication, tmp_path: Path) -> None:
    async def script(desk: Desk) -> None:
        from streamscope.kinds.auth.base import Question
        from streamscope.model.phrase import phrase

        dialog = WorkspacesDialog(desk)
        questions = Questions(dialog)
        question = Question(phrase("MFA code"), phrase("who"))
        first = desk.runtime.run(questions.ask(question))
        second = desk.runtime.run(questions.ask(question))
        await until(lambda: questions.dialog is not None)
        assert questions.dialog is not None
        questions.dialog.reject()
        assert await asyncio.wrap_future(first) == "" == await asyncio.wrap_future(second)
        third = desk.runtime.run(questions.ask(Question(phrase("MFA code"), phrase("another"))))
        await until(lambda: questions.dialog is not None)
        questions.close()
        assert await asyncio.wrap_future(third) == ""
        gone(dialog)

    play(dressed, tmp_path, script)


def test_workspaces_are_handed_on_and_taken_in(dressed: QApplication, tmp_path: Path, serve: Serve) -> None:
    server = serve(Iam())

    async def script(desk: Desk) -> None:
        desk.bench.credentials.save(Credential("ann", "token", {"domain": "d", "user": "u"}), {"password": "c4n4ry"})
        made = configured(desk, server, "p")
        desk.bench.workspaces.save(Workspace("work", "modelarts", made.values, proxy="none", credential="ann"))
        dialog = WorkspacesDialog(desk, workspace="work")
        dialog.open()
        path = tmp_path / "handed.toml"
        assert [one.text() for one in dialog.handing.menu.actions()] == ["This one: work", "All of them"]
        dialog.handing._did(dialog.handing.export, str(path))
        assert "c4n4ry" not in path.read_text()
        dialog.handing._did(dialog.handing.take_in, str(path))
        assert names(dialog) == ["sandbox", "work", "work copy"]
        assert desk.bench.workspaces.get("work copy").credential == "ann"
        path.write_text("nothing")
        dialog.handing._did(dialog.handing.take_in, str(path))
        assert dialog.messages.count() == 3
        dialog.reject()
        gone(dialog)

    play(dressed, tmp_path, script)
