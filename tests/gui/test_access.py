"""Apps, API keys and connections in the window: what lets callers in is made, kept, shown once, taken away."""

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox, QLabel, QLineEdit, QPushButton, QToolButton, QWidget
from tests.gui.deploying import WORKSPACE, InventedConnections, Story, invented, refusal, service, settled
from tests.gui.scene import gone, play, until
from tests.store.test_secrets import Ring, ring  # noqa: F401 - a fixture

from streamscope.gui.desk import Desk
from streamscope.gui.dialogs import Dialogs
from streamscope.gui.services.access.apps import AppsDialog
from streamscope.gui.services.access.connections import ConnectionsDialog
from streamscope.gui.services.access.keys import KeysDialog
from streamscope.gui.services.access.secret import SecretView
from streamscope.gui.services.access.view import AccessView
from streamscope.gui.services.listing import ListDialog
from streamscope.model.deployment import ApiKey, App, Connection
from streamscope.model.errors import KeyringError
from streamscope.model.phrase import phrase

pytestmark = pytest.mark.window


@pytest.fixture
def story(monkeypatch: pytest.MonkeyPatch) -> Story:
    return invented(monkeypatch)


@pytest.fixture
def profile(tmp_path: Path) -> Iterator[Path]:
    """A profile in which no secret value may ever stand."""
    yield tmp_path
    for path in tmp_path.rglob("*"):
        assert path.is_dir() or not any(word in path.read_bytes() for word in (b"v4lue", b"s3cret"))


def click(button: QWidget) -> None:
    assert button.isVisible(), button
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


def found(owner: QWidget, text: str) -> list[QPushButton | QToolButton]:
    """The visible buttons of a text or an accessible name."""
    return [
        one
        for kind in (QPushButton, QToolButton)
        for one in owner.findChildren(kind)
        if one.isVisible() and text in (one.text(), one.accessibleName())
    ]


async def press(owner: QWidget, text: str) -> None:
    """Click a button once it is there."""
    await until(lambda: found(owner, text))
    click(found(owner, text)[0])


def secret(owner: QWidget, name: str) -> SecretView:
    return next(one for one in owner.findChildren(SecretView) if one.line.accessibleName() == name and one.isVisible())


async def shown(dialog: "ListDialog[App] | ListDialog[ApiKey] | ListDialog[Connection]") -> None:
    dialog.open()
    await until(lambda: not dialog.asking.asking)


def escape(dialog: QWidget) -> None:
    QTest.keyClick(dialog, Qt.Key.Key_Escape)


def said(owner: QWidget) -> str:
    return "\n".join(label.text() for label in owner.findChildren(QLabel) if label.isVisible())


def test_an_app_is_made_and_its_code_kept_as_a_credential(
    ring: Ring,  # noqa: F811
    dressed: QApplication,
    profile: Path,
    story: Story,
) -> None:
    async def script(desk: Desk) -> None:
        settled(desk)
        dialog = AppsDialog(desk, workspace=WORKSPACE.name)
        await shown(dialog)
        name = dialog.form.editor("name").focusProxy()
        assert dialog.focusWidget() is name
        click(dialog.create_button)
        assert dialog.form.problem("name")
        QTest.keyClicks(name, "harbour")
        click(dialog.create_button)
        await until(lambda: dialog.value() is not None)
        assert story.apps[0].name == "harbour"
        view = secret(dialog, "App secret")
        assert "s3cret" not in view.line.text()
        click(view.reveal)
        assert view.line.text() == "s3cret-of-harbour"
        click(view.reveal)
        click(view.copy)
        assert QGuiApplication.clipboard().text() == "s3cret-of-harbour"
        assert "s3cret" not in view.line.text()
        await press(dialog, "Add an App code")
        await until(lambda: story.apps[0].codes and not dialog.asking.asking)
        code = story.apps[0].codes[0]
        await press(dialog, "Keep as credential: App code")
        await until(lambda: desk.bench.credentials.find("harbour"))
        assert await asyncio.to_thread(desk.bench.credentials.secrets, "harbour") == {"app_code": code}
        await press(dialog, "Keep as credential: App signature")
        await until(lambda: desk.bench.credentials.find("harbour copy"))
        assert desk.bench.credentials.get("harbour copy").values == {"app_key": story.apps[0].key}
        gone(dialog)

    play(dressed, profile, script)


def test_what_cuts_callers_off_asks_first(dressed: QApplication, profile: Path, story: Story) -> None:
    async def script(desk: Desk) -> None:
        settled(desk)
        story.apps = [App("a", "harbour", "key", "s3cret", ("old-code",), services=2)]
        dialog = AppsDialog(desk, workspace=WORKSPACE.name)
        await shown(dialog)
        dialog.list.setCurrentRow(0)
        for name, yes, done in (
            ("Replace App code", "Replace", lambda: "old-code" not in story.apps[0].codes),
            ("Delete App code", "Delete", lambda: not story.apps[0].codes),
            ("Reset the secret", "Reset the secret", lambda: story.apps[0].secret != "s3cret"),
            ("Remove (Ctrl+Delete)", "Delete", lambda: not story.apps),
        ):
            before = replace(story.apps[0])
            await press(dialog, name)
            card = dialog.asking.card
            assert card is not None
            assert "harbour" in card.text
            QTest.keyClick(dialog, Qt.Key.Key_Escape)  # the question goes, the dialog stays
            assert dialog.asking.card is None
            assert dialog.isVisible()
            await press(dialog, name)
            card = dialog.asking.card
            assert card is not None
            await press(card, "Keep it")
            assert story.apps == [before]
            await press(dialog, name)
            card = dialog.asking.card
            assert card is not None
            await press(card, yes)
            await until(done)
            await until(lambda: not dialog.asking.asking)
        gone(dialog)

    play(dressed, profile, script)


def test_a_key_is_kept_at_once_and_shown_once(
    ring: Ring,  # noqa: F811
    dressed: QApplication,
    profile: Path,
    story: Story,
) -> None:
    async def script(desk: Desk) -> None:
        settled(desk)
        dialog = KeysDialog(desk, workspace=WORKSPACE.name)
        kept: list[bool] = []
        dialog.credentials_changed.connect(lambda: kept.append(True))
        await shown(dialog)
        await until(lambda: "keyring" in dialog.keeping.text())
        QTest.keyClicks(dialog.form.editor("name").focusProxy(), "lighthouse")
        credential = dialog.form.editor("credential").focusProxy()
        assert isinstance(credential, QLineEdit)
        assert credential.placeholderText() == "lighthouse"
        click(dialog.create_button)
        await until(lambda: kept)
        given = dialog.given
        assert given is not None
        assert "kept in the keyring" in given.where.text()
        assert "never tells it again" in said(given)
        assert await asyncio.to_thread(desk.bench.credentials.secrets, "lighthouse") == {
            "api_key": "v4lue-of-lighthouse"
        }
        assert desk.bench.credentials.get("lighthouse").auth == "api_key"
        click(given.secret.copy)
        assert QGuiApplication.clipboard().text() == "v4lue-of-lighthouse"
        await until(lambda: dialog.value() is not None and not dialog.asking.asking)
        click(given.close_button)
        assert dialog.given is None
        assert "v4lue" not in said(dialog)
        gone(dialog)

    play(dressed, profile, script)


def test_without_a_keyring_that_is_said_before(dressed: QApplication, profile: Path, story: Story) -> None:
    async def script(desk: Desk) -> None:
        settled(desk)
        dialog = KeysDialog(desk, workspace=WORKSPACE.name)
        await shown(dialog)
        await until(lambda: "There is no keyring here" in dialog.keeping.text())
        lives = dialog.form.editor("lives").focusProxy()
        assert isinstance(lives, QComboBox)
        QTest.keyClick(lives, Qt.Key.Key_Down)
        hours = dialog.form.editor("hours").focusProxy()
        assert isinstance(hours, QLineEdit)
        hours.selectAll()
        QTest.keyClicks(hours, "48")
        click(dialog.create_button)
        assert "1 to 24" in dialog.form.problem("hours")
        hours.selectAll()
        QTest.keyClicks(hours, "4")
        click(dialog.create_button)
        await until(lambda: dialog.given is not None and "memory" in dialog.given.where.text())
        assert desk.bench.credentials.find("temporary key") is not None
        gone(dialog)

    play(dressed, profile, script)


def test_a_value_that_cannot_be_kept_is_not_let_go(
    ring: Ring,  # noqa: F811
    dressed: QApplication,
    profile: Path,
    story: Story,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def script(desk: Desk) -> None:
        settled(desk)
        dialog = KeysDialog(desk, workspace=WORKSPACE.name)
        await shown(dialog)

        def locked(*_: object) -> None:
            raise KeyringError(phrase("The keyring is locked."))

        with monkeypatch.context() as patched:
            patched.setattr(desk.bench.credentials, "save", locked)
            QTest.keyClicks(dialog.form.editor("name").focusProxy(), "one")
            click(dialog.create_button)
            await until(lambda: dialog.given is not None and "locked" in dialog.given.where.text())
        await until(lambda: not dialog.asking.asking)
        QTest.keyClick(dialog, Qt.Key.Key_Escape)
        assert dialog.isVisible()
        assert dialog.asking.card is not None
        await press(dialog.asking.card, "Keep it")
        assert dialog.given is not None
        click(dialog.given.again)
        await until(lambda: desk.bench.credentials.find("one"))
        await until(lambda: dialog.given is not None and dialog.given.kept)
        QTest.keyClick(dialog, Qt.Key.Key_Escape)
        assert not dialog.isVisible()
        gone(dialog)

    play(dressed, profile, script)


def test_a_dialog_that_is_closed_while_a_key_is_made_keeps_it(
    dressed: QApplication, profile: Path, story: Story
) -> None:
    async def script(desk: Desk) -> None:
        settled(desk)
        window = QWidget()
        dialogs = Dialogs(desk, window, {}, list)
        dialog = dialogs.keys(WORKSPACE.name)
        assert isinstance(dialog, KeysDialog)
        await until(lambda: not dialog.asking.asking)
        ended: list[bool] = []
        dialog.finished.connect(lambda _: ended.append(True))

        async def made(name: str) -> None:
            await until(lambda: desk.bench.credentials.find(name))
            await until(lambda: ended or (dialog.given is not None and dialog.given.kept))
            await until(lambda: ended or not dialog.asking.asking)

        def begin(name: str, close: Callable[[QWidget], object] = escape) -> asyncio.Event:
            story.gate = asyncio.Event()
            QTest.keyClicks(dialog.form.editor("name").focusProxy(), name)
            click(dialog.create_button)
            close(dialog)
            assert not dialog.isVisible()
            return story.gate

        gate = begin("late")
        assert dialogs.keys(WORKSPACE.name) is dialog  # opened again meanwhile
        assert dialog.isVisible()
        desk.runtime.call(gate.set)
        await made("late")
        dialog.new()
        gate = begin("later", QWidget.close)
        desk.runtime.call(gate.set)
        await made("later")
        await until(lambda: ended)
        gone(window)

    play(dressed, profile, script)


def test_connections_are_asked_for_and_answered(dressed: QApplication, profile: Path, story: Story) -> None:
    async def script(desk: Desk) -> None:
        settled(desk)
        one = service(story, "v2")
        desk.runtime.core.services[WORKSPACE.name] = {one.id: one}
        asked = Connection("review", "APPROVING", "changing", "VPC", "vpc-9", "SERVICE", "chat", applicant="pilot")
        story.reviews = [asked]
        dialog = ConnectionsDialog(desk, service=one)
        await shown(dialog)
        form = dialog.form
        assert form is not None
        QTest.keyClicks(form.editor("vpc_id").focusProxy(), "vpc-1")
        QTest.keyClicks(form.editor("subnet_id").focusProxy(), "net-1")
        click(dialog.create_button)
        await until(lambda: story.connections and dialog.value() is not None)
        assert story.connections[0].service == one.id
        assert story.connections[0].network == "vpc-1 net-1"
        await until(lambda: not dialog.asking.asking)
        dialog.list.setCurrentRow(1)
        await until(lambda: "pilot" in said(dialog))
        assert not dialog.remove_button.isEnabled()
        await until(lambda: dialog.reason.isVisible())
        QTest.keyClicks(dialog.reason, "not this network")
        await press(dialog, "Reject")
        await until(lambda: story.reviews[0].status == "REJECTED")
        assert story.reviews[0].reason == "not this network"
        await until(lambda: not dialog.asking.asking)
        dialog.list.setCurrentRow(0)
        click(dialog.remove_button)
        assert dialog.asking.card is not None
        await press(dialog.asking.card, "Delete")
        await until(lambda: not story.connections)
        await until(lambda: not dialog.asking.asking)
        gone(dialog)

    play(dressed, profile, script)


def test_who_may_call_one_service(dressed: QApplication, profile: Path, story: Story) -> None:
    async def script(desk: Desk) -> None:
        settled(desk)
        story.apps = [App("a", "harbour"), App("b", "lighthouse")]
        story.keys = [ApiKey("k", "pilot", "SERVICE"), ApiKey("u", "everywhere", "USER")]
        view = AccessView(desk, service(story))
        changed: list[bool] = []
        view.changed.connect(lambda: changed.append(True))
        view.show()
        await until(lambda: "No App may call it yet" in said(view))
        await press(view, "Authorise")
        await until(lambda: story.granted.get("service-0") == ["a"])
        await until(lambda: changed)
        await press(view, "Revoke harbour")
        await until(lambda: not story.granted["service-0"])
        await until(lambda: len(changed) == 2)
        view.show_service(service(story, "v2"))
        view.read()
        await until(lambda: "everywhere" in said(view))
        await press(view, "Bind")
        await until(lambda: story.keys[0].services)
        await until(lambda: len(changed) == 3)
        story.trouble = refusal("not allowed")
        await press(view, "Unbind pilot")
        await until(lambda: view.asking.card is not None)
        assert story.keys[0].services
        gone(view)

    play(dressed, profile, script)


def test_what_may_not_be_read_says_so_and_the_rest_is_there(
    dressed: QApplication, profile: Path, story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def script(desk: Desk) -> None:
        async def refused(*_: object) -> list[Connection]:
            raise refusal("no right to list connections")

        settled(desk)
        monkeypatch.setattr(InventedConnections, "asked", refused)
        story.keys = [ApiKey("k", "pilot", "SERVICE", services=(("service-0", "chat"),))]
        view = AccessView(desk, service(story, "v2"))
        view.show()
        await until(lambda: "no right to list connections" in said(view))
        assert view.asking.card is None
        await until(lambda: found(view, "Unbind pilot"))
        gone(view)

    play(dressed, profile, script)


def test_a_list_that_cannot_be_read_says_why_and_tries_again(
    dressed: QApplication, profile: Path, story: Story
) -> None:
    async def script(desk: Desk) -> None:
        settled(desk)
        story.unread = refusal("no right to list")
        story.apps = [App("a", "harbour")]
        dialog = AppsDialog(desk, workspace=WORKSPACE.name)
        dialog.open()
        await until(lambda: dialog.asking.card is not None)
        story.unread = None
        assert dialog.asking.card is not None
        await press(dialog.asking.card, "Try again")
        await until(lambda: dialog.list.count() == 1)
        story.gate = asyncio.Event()
        QTest.keyClick(dialog, Qt.Key.Key_F5)
        await until(lambda: dialog.asking.line.isVisible())
        click(dialog.asking.stop_button)
        await until(lambda: not dialog.asking.asking)
        assert dialog.list.count() == 1  # what was known stays
        gone(dialog)

    play(dressed, profile, script)
