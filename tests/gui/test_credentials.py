"""Credentials in the window: by name in the auth form and in their own dialog, whatever the keyring does."""

import threading
from collections.abc import Iterator
from pathlib import Path

import keyring
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QToolButton, QWidget
from tests.gui.scene import gone, play, until
from tests.store.test_secrets import Ring, ring  # noqa: F401 - a fixture

from streamscope import tasks
from streamscope.gui.composer.auth import AuthForm
from streamscope.gui.desk import Desk
from streamscope.gui.workspaces.credentials import CredentialsDialog
from streamscope.model.credential import Credential
from streamscope.model.draft import Choice, Draft
from streamscope.model.service import Workspace

pytestmark = pytest.mark.window
CANARY = "c4n4ry-of-the-window"


@pytest.fixture
def profile(tmp_path: Path) -> Iterator[Path]:
    """A profile in which no secret value may ever stand."""
    yield tmp_path / "profile"
    for path in (tmp_path / "profile").rglob("*"):
        assert path.is_dir() or CANARY.encode() not in path.read_bytes()


class SlowRing(Ring):
    """A keyring that waits to be unlocked before it takes a value."""

    def __init__(self) -> None:
        super().__init__()
        self.asked, self.unlocked = threading.Event(), threading.Event()

    def set_password(self, service: str, username: str, password: str) -> None:
        self.asked.set()
        assert self.unlocked.wait(30)
        super().set_password(service, username, password)


@pytest.fixture
def slow(ring: Ring) -> Iterator[SlowRing]:  # noqa: F811
    """A slow keyring."""
    made = SlowRing()
    keyring.set_keyring(made)
    yield made
    made.unlocked.set()


def shown(desk: Desk, kind: str, workspace: str = "") -> AuthForm:
    form = AuthForm()
    form.resize(420, 500)
    form.settle(desk, Draft)
    form.show_auth(workspace, desk.shelves.auth[kind])
    form.show()
    return form


def secret(form: AuthForm, key: str) -> QLineEdit:
    assert form._form is not None
    line = form._form.editor(key).focusProxy()
    assert isinstance(line, QLineEdit)
    return line


def test_what_is_typed_is_kept_under_a_name(ring: Ring, dressed: QApplication, profile: Path) -> None:  # noqa: F811
    async def script(desk: Desk) -> None:
        form = shown(desk, "basic")
        assert not form._keep.isVisible()
        form.set_values({"user": "me"})
        QTest.keyClicks(secret(form, "password"), CANARY)
        QTest.mouseClick(form._keep, Qt.MouseButton.LeftButton)
        assert form.credential.line.isVisible()
        form.credential.line.setText("")
        QTest.keyClick(form.credential.line, Qt.Key.Key_Return)
        await until(lambda: "missing" in form.credential.problem.text())
        QTest.keyClicks(form.credential.line, "home")
        QTest.keyClick(form.credential.line, Qt.Key.Key_Return)
        await until(lambda: form.choice() == Choice("basic", credential="home"))
        assert secret(form, "password").text() == ""
        assert secret(form, "password").placeholderText() == "kept in the keyring as home"
        assert secret(form, "user").placeholderText() == "me (from home)"
        assert desk.bench.credentials.secrets("home") == {"password": CANARY}
        gone(form)

    play(dressed, profile, script)


def test_a_slow_keyring_leaves_the_window_alive(slow: SlowRing, dressed: QApplication, profile: Path) -> None:
    async def script(desk: Desk) -> None:
        form = shown(desk, "bearer")
        QTest.keyClicks(secret(form, "token"), CANARY)
        form.credential.begin("late")
        QTest.keyClick(form.credential.line, Qt.Key.Key_Return)
        await until(lambda: form.waiting.isVisible())
        assert slow.asked.is_set()
        QTest.keyClicks(secret(form, "token"), "more")  # the window goes on
        QTest.mouseClick(form.waiting.stop, Qt.MouseButton.LeftButton)
        await until(lambda: not form.waiting.isVisible() and form.credential.problem.text())
        assert form.choice().values == {"token": f"{CANARY}more"}, "what was typed is still there"
        slow.unlocked.set()
        await until(lambda: desk.bench.credentials.find("late"))
        gone(form)

    play(dressed, profile, script)


def test_a_window_that_is_closed_does_not_wait_for_the_keyring(
    slow: SlowRing, dressed: QApplication, profile: Path
) -> None:
    async def script(desk: Desk) -> None:
        form = shown(desk, "bearer")
        QTest.keyClicks(secret(form, "token"), CANARY)
        form.credential.begin("never")
        QTest.keyClick(form.credential.line, Qt.Key.Key_Return)
        await until(slow.asked.is_set)
        gone(form)

    play(dressed, profile, script)  # returns although the keyring is still asked
    assert not slow.unlocked.is_set()
    assert not tasks._running


def test_nothing_typed_is_lost_between_kinds_and_workspaces(dressed: QApplication, profile: Path) -> None:
    async def script(desk: Desk) -> None:
        desk.bench.credentials.save(Credential("k", "aksk", {"access_key": "AK"}), {"secret_key": CANARY})
        kinds = desk.shelves.auth
        form = shown(desk, "basic", "one")
        form.set_values({"user": "me", "password": CANARY})
        form.show_auth("one", kinds["aksk"])
        form.credential.choose("k")
        form.set_values({"security_token": CANARY})
        form.show_auth("two", kinds["aksk"])
        assert form.choice() == Choice("aksk")
        form.show_auth("one", kinds["aksk"])
        assert form.choice() == Choice("aksk", {"security_token": CANARY}, "k")
        form.show_auth("one", kinds["basic"])
        assert form.choice() == Choice("basic", {"user": "me", "password": CANARY})
        form.set_choice(Choice("basic", {"user": "you"}, "gone"))
        assert form.choice() == Choice("basic", {"user": "you"}, "gone")
        assert "not there any more" in form.credential.combo.currentText()
        gone(form)

    play(dressed, profile, script)


def test_the_workspaces_credential_shows_in_empty_fields(dressed: QApplication, profile: Path) -> None:
    async def script(desk: Desk) -> None:
        desk.bench.credentials.save(Credential("t", "token", {"domain": "d", "user": "u"}), {"password": CANARY})
        desk.bench.workspaces.save(Workspace("own", "modelarts", {"region": "r"}, credential="t"))
        form = shown(desk, "token", "own")
        assert secret(form, "password").placeholderText() == "from t"
        assert form.token.words.text() == "No token in this session yet"
        gone(form)

    play(dressed, profile, script)


def test_empty_fields_say_where_their_values_come_from(
    dressed: QApplication, profile: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STREAMSCOPE_BASIC_USER", "me")

    async def script(desk: Desk) -> None:
        desk.bench.workspaces.save(Workspace("own", "address"))
        desk.bench.secrets.set("own", "basic", "password", CANARY)
        form = shown(desk, "basic", "own")
        wanted = "kept in the keyring for this workspace"
        await until(lambda: secret(form, "password").placeholderText() == wanted)
        assert secret(form, "user").placeholderText() == "from the variable STREAMSCOPE_BASIC_USER"
        form.show_auth("sandbox", desk.shelves.auth["aksk"])
        await until(lambda: secret(form, "secret_key").placeholderText() == "filled in by the sandbox")
        gone(form)

    play(dressed, profile, script)


def test_a_token_is_got_and_forgotten_by_hand(dressed: QApplication, profile: Path) -> None:
    async def script(desk: Desk) -> None:
        form = shown(desk, "token", "sandbox")
        QTest.mouseClick(form.token.renew, Qt.MouseButton.LeftButton)
        await until(lambda: "23 h" in form.token.words.text())
        assert "fetched" in form.token.more.text()
        form.set_values({"password": "wrong"})
        QTest.mouseClick(form.token.renew, Qt.MouseButton.LeftButton)
        await until(lambda: form.token._problem is not None)
        form.set_values({})
        QTest.mouseClick(form.token.forget, Qt.MouseButton.LeftButton)
        await until(lambda: form.token.words.text() == "No token in this session yet")
        gone(form)

    play(dressed, profile, script)


def test_credentials_are_added_renamed_removed_and_brought_back(
    ring: Ring,  # noqa: F811
    dressed: QApplication,
    profile: Path,
) -> None:
    async def script(desk: Desk) -> None:
        store = desk.bench.credentials
        drafts = [("One", Draft(auth=Choice("token", credential="work")))]
        dialog = CredentialsDialog(desk, lambda: drafts)
        dialog.open()
        assert dialog.empty.isVisible()
        renamed: list[tuple[str, str]] = []
        dialog.renamed.connect(lambda old, new: renamed.append((old, new)))
        QTest.mouseClick(dialog.add_button, Qt.MouseButton.LeftButton)
        dialog.form.name.selectAll()
        QTest.keyClicks(dialog.form.name, "work")
        assert dialog.form._form is not None
        for key, value in (("domain", "d"), ("user", "u"), ("password", CANARY)):
            QTest.keyClicks(dialog.form._form.editor(key).focusProxy(), value)
        QTest.mouseClick(dialog.save_button, Qt.MouseButton.LeftButton)
        await until(lambda: store.find("work") and not dialog._busy)
        assert store.secrets("work") == {"password": CANARY}
        assert "Request One" in dialog.users.text()
        assert "never used" in dialog.times.text()
        desk.bench.workspaces.save(Workspace("own", "modelarts", credential="work"))
        dialog.form.name.selectAll()
        QTest.keyClicks(dialog.form.name, "home")
        QTest.mouseClick(dialog.save_button, Qt.MouseButton.LeftButton)
        await until(lambda: store.find("home") and not dialog._busy)
        assert renamed == [("work", "home")]
        assert desk.bench.workspaces.get("own").credential == "home"
        assert store.secrets("home") == {"password": CANARY}
        QTest.mouseClick(dialog.remove_button, Qt.MouseButton.LeftButton)
        await until(lambda: store.find("home") is None and dialog._undo is not None and not dialog._busy)
        assert ring.kept == {}
        QTest.keyClick(QApplication.focusWidget() or dialog, Qt.Key.Key_Space)
        await until(lambda: store.find("home") and not dialog._busy)
        assert store.secrets("home") == {"password": CANARY}
        gone(dialog)

    play(dressed, profile, script)


def test_without_a_keyring_it_is_said(dressed: QApplication, profile: Path) -> None:
    async def script(desk: Desk) -> None:
        desk.bench.credentials.save(Credential("b", "bearer"), {"token": CANARY})
        dialog = CredentialsDialog(desk)
        dialog.open()
        await until(lambda: "no keyring" in dialog.keyring.text())
        assert dialog.form._form is not None
        assert "no keyring" in dialog.form._form.problem("token")
        gone(dialog)

    play(dressed, profile, script)


def test_a_locked_keyring_is_a_card_and_nothing_is_removed(
    ring: Ring,  # noqa: F811
    dressed: QApplication,
    profile: Path,
) -> None:
    async def script(desk: Desk) -> None:
        desk.bench.credentials.save(Credential("b", "bearer"), {"token": CANARY})
        ring.locked = True
        dialog = CredentialsDialog(desk)
        dialog.open()
        QTest.mouseClick(dialog.remove_button, Qt.MouseButton.LeftButton)
        await until(lambda: dialog._message is not None and not dialog._busy)
        assert dialog._message is not None
        assert "keyring" in dialog._message.text
        assert desk.bench.credentials.find("b")
        gone(dialog)

    play(dressed, profile, script)


def test_an_optional_secret_can_be_taken_out(ring: Ring, dressed: QApplication, profile: Path) -> None:  # noqa: F811
    async def script(desk: Desk) -> None:
        store = desk.bench.credentials
        store.save(Credential("k", "aksk", {"access_key": "AK"}), {"secret_key": CANARY, "security_token": CANARY})
        dialog = CredentialsDialog(desk)
        dialog.open()
        tools = [one for one in dialog.findChildren(QToolButton) if one.isVisible()]
        (button,) = [one for one in tools if "kept value" in one.accessibleName()]
        for kept in (True, False):
            QTest.mouseClick(button, Qt.MouseButton.LeftButton)
            assert dialog.save_button.isEnabled() is kept
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)
        QTest.mouseClick(dialog.save_button, Qt.MouseButton.LeftButton)
        await until(lambda: store.get("k").secrets == ("secret_key",) and not dialog._busy)
        assert store.secrets("k") == {"secret_key": CANARY}
        for child in dialog.findChildren(QWidget):
            if child.focusPolicy() != Qt.FocusPolicy.NoFocus and child.isVisible():
                named = child.accessibleName() or getattr(child, "text", str)()
                assert named or type(child).__name__ == "QScrollArea", child
        gone(dialog)

    play(dressed, profile, script)
