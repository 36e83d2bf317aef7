"""The workspaces' dialog: nothing typed is lost, removing can be undone, the test says which link breaks."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QWidget
from tests.certificates import Certificate
from tests.engine.test_chain import platform
from tests.gui.scene import gone, play, until
from tests.raw import Served

from streamscope.gui.desk import Desk
from streamscope.gui.workspaces.dialog import WorkspacesDialog
from streamscope.model.credential import Credential
from streamscope.model.service import Workspace

pytestmark = pytest.mark.window
Serve = Callable[..., Served]


def type_into(widget: QWidget, text: str) -> None:
    """Replace a line's text by keys."""
    assert isinstance(widget, QLineEdit)
    widget.setFocus()
    widget.selectAll()
    QTest.keyClicks(widget, text)


def line(dialog: WorkspacesDialog, key: str) -> QLineEdit:
    """The line of one of the platform's fields."""
    assert dialog.form._form is not None
    found = dialog.form._form.editor(key).focusProxy()
    assert isinstance(found, QLineEdit)
    return found


def names(dialog: WorkspacesDialog) -> list[str]:
    return [dialog.list.item(row).text() for row in range(dialog.list.count())]


def test_a_workspace_is_added_edited_copied_moved_and_removed(dressed: QApplication, tmp_path: Path) -> None:
    async def script(desk: Desk) -> None:
        dialog = WorkspacesDialog(desk)
        dialog.open()
        changes: list[bool] = []
        dialog.changed.connect(lambda: changes.append(True))
        store = desk.bench.workspaces
        QTest.mouseClick(dialog.add_button, Qt.MouseButton.LeftButton)
        type_into(dialog.form.name, "work")
        QTest.mouseClick(dialog.save_button, Qt.MouseButton.LeftButton)
        await until(lambda: dialog.form._form is not None and dialog.form._form.problem("region"))
        assert store.names() == ["sandbox"], "what lacks something is not saved"
        type_into(line(dialog, "region"), "cn-north-4")
        type_into(line(dialog, "project"), "p")
        assert dialog.form._form is not None
        assert not dialog.form._form.problem("region")
        QTest.mouseClick(dialog.save_button, Qt.MouseButton.LeftButton)
        await until(lambda: store.find("work"))
        assert store.get("work").values == {"region": "cn-north-4", "project": "p"}
        await until(lambda: dialog.copy_button.isEnabled())
        QTest.mouseClick(dialog.copy_button, Qt.MouseButton.LeftButton)
        await until(lambda: names(dialog) == ["sandbox", "work", "work copy"])
        await until(lambda: dialog.remove_button.isEnabled())
        dialog.shift(-1)
        await until(lambda: store.names() == ["sandbox", "work copy", "work"])
        await until(lambda: dialog.remove_button.isEnabled())
        QTest.mouseClick(dialog.remove_button, Qt.MouseButton.LeftButton)
        await until(lambda: store.names() == ["sandbox", "work"])
        await until(lambda: dialog._undo is not None and not dialog._busy)
        QTest.keyClick(QApplication.focusWidget() or dialog, Qt.Key.Key_Space)
        await until(lambda: store.names() == ["sandbox", "work copy", "work"])
        assert changes
        dialog.reject()
        gone(dialog)

    play(dressed, tmp_path, script)


def test_a_new_name_takes_along_what_was_kept(dressed: QApplication, tmp_path: Path) -> None:
    async def script(desk: Desk) -> None:
        desk.bench.workspaces.save(Workspace("old", "address"))
        desk.bench.secrets.set("old", "bearer", "token", "s3cret")
        dialog = WorkspacesDialog(desk, workspace="old")
        dialog.open()
        type_into(dialog.form.name, "sandbox")
        QTest.mouseClick(dialog.save_button, Qt.MouseButton.LeftButton)
        await until(lambda: dialog.form.problem.text())
        type_into(dialog.form.name, "new")
        assert not dialog.form.problem.text()
        await until(lambda: dialog.save_button.isEnabled())
        QTest.mouseClick(dialog.save_button, Qt.MouseButton.LeftButton)
        await until(lambda: desk.bench.workspaces.names() == ["sandbox", "new"])
        await until(lambda: desk.bench.secrets.get("new", "bearer", "token") == "s3cret" and not dialog._busy)
        assert desk.bench.secrets.get("old", "bearer", "token") is None
        gone(dialog)

    play(dressed, tmp_path, script)


def test_closing_with_unsaved_edits_asks_in_its_place(dressed: QApplication, tmp_path: Path) -> None:
    async def script(desk: Desk) -> None:
        for name in ("a", "b"):
            desk.bench.workspaces.save(Workspace(name, "modelarts", {"region": name, "project": "p"}))
        dialog = WorkspacesDialog(desk, workspace="a")
        dialog.open()
        type_into(line(dialog, "region"), "first")
        dialog.list.setCurrentRow(2)
        type_into(line(dialog, "region"), "second")
        dialog.list.setCurrentRow(1)
        assert line(dialog, "region").text() == "first", "an edit stays while another one is looked at"
        QTest.keyClick(dialog, Qt.Key.Key_Escape)
        assert dialog.isVisible()
        assert dialog.unsaved.isVisible()
        dialog.close()
        assert dialog.isVisible()
        QTest.keyClick(dialog.unsaved.save, Qt.Key.Key_Space)
        await until(lambda: not dialog.isVisible())
        assert [desk.bench.workspaces.get(name).values["region"] for name in ("a", "b")] == ["first", "second"]
        gone(dialog)

    play(dressed, tmp_path, script)


def test_the_test_of_a_connection_breaks_and_is_mended(dressed: QApplication, tmp_path: Path, serve: Serve) -> None:
    certificate = Certificate.made(tmp_path, "localhost")
    url = f"https://localhost:{serve(platform(), tls=certificate.context()).port}"

    async def script(desk: Desk) -> None:
        desk.bench.credentials.save(Credential("t", "token", {"domain": "d", "user": "u"}), {"password": "p"})
        values = {"region": "r", "project": "p", "management": url, "iam": url}
        desk.bench.workspaces.save(Workspace("own", "modelarts", values, credential="t"))
        dialog = WorkspacesDialog(desk, workspace="own")
        dialog.open()
        QTest.mouseClick(dialog.test_button, Qt.MouseButton.LeftButton)
        await until(lambda: dialog._future is None)
        row = dialog.chain.row("tls")
        assert certificate.fingerprint in row.why.text().replace("\u200b", "")
        assert row.button.isVisible()
        assert dialog.chain.links["name"].state == "ok"
        assert dialog.chain.links["sign_in"].state == "skipped"
        QTest.mouseClick(row.button, Qt.MouseButton.LeftButton)
        await until(lambda: desk.bench.workspaces.get("own").trusted == (certificate.fingerprint,))
        await until(lambda: dialog._future is None and dialog.chain.links.get("list") is not None)
        await until(lambda: dialog.chain.links["list"].state == "ok")
        assert not row.button.isVisible()
        gone(dialog)

    play(dressed, tmp_path / "profile", script)


def test_testing_is_stopped_by_its_button_and_by_closing(dressed: QApplication, tmp_path: Path, serve: Serve) -> None:
    async def silent(peer: object) -> None:
        await peer.rest()  # type: ignore[attr-defined]

    url = serve(silent).http

    async def script(desk: Desk) -> None:
        desk.bench.workspaces.save(Workspace("own", "address", {"urls": url}))
        dialog = WorkspacesDialog(desk, workspace="own")
        dialog.open()
        for stop in (dialog.test_button.click, dialog.reject):
            dialog.test_button.click()
            await until(lambda: dialog.chain.links["clock"].state == "running")
            stop()
            assert dialog._future is None
            await until(lambda: dialog.test_button.text() == "Test connection")
        gone(dialog)

    play(dressed, tmp_path, script)


def test_every_control_says_its_name(dressed: QApplication, tmp_path: Path) -> None:
    async def script(desk: Desk) -> None:
        desk.bench.workspaces.save(Workspace("own", "modelarts", {"region": "r"}, trusted=("AA",)))
        dialog = WorkspacesDialog(desk, workspace="own")
        dialog.open()
        for child in dialog.findChildren(QWidget):
            if child.focusPolicy() != Qt.FocusPolicy.NoFocus and child.isVisible():
                named = child.accessibleName() or getattr(child, "text", str)()
                assert named or type(child).__name__ in ("QScrollArea", "QComboBoxListView"), child
        gone(dialog)

    play(dressed, tmp_path, script)
