"""What should not happen, in the whole window: it stays alive, says what is wrong in its place, and leaves nothing."""

import asyncio
import shutil
import subprocess
import sys
import tempfile
import threading
import traceback
from collections.abc import Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import keyring
import psutil
import pytest
from keyring.backend import KeyringBackend
from keyring.backends.fail import Keyring as NoRing
from keyring.errors import KeyringError, KeyringLocked
from PySide6.QtCore import QEvent, Qt, QTimer
from PySide6.QtGui import QGuiApplication, QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton
from tests.gui.conftest import Played
from tests.gui.test_window import CONTROL, ready, until
from tests.program import Sandbox, environment
from tests.raw import Peer, Served

from streamscope.gui.messages import MessageView
from streamscope.gui.theme import theme
from streamscope.gui.window import Window
from streamscope.model.draft import Body, Choice, Draft, Outgoing
from streamscope.model.service import Workspace
from streamscope.store import library
from streamscope.store.bench import open_bench

pytestmark = pytest.mark.window

STRANGE = (
    "n" * 300,
    "对话补全请求",
    "طلب المحادثة",
    "rocket 🚀👩‍👩‍👧 go",
    "first\nsecond\r\nthird\tfourth",
    "a\0b",
    "half \ud83d end",
    "&File && <b>bold</b>",
)
NOT_SENT = ("Failed", "Error", "No connection")
STALL = 2.0
"""Seconds within which a window that is not stuck answers, on a machine that is busy with ten other things."""


@pytest.fixture(autouse=True)
def bugs(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[BaseException]]:
    """No test of this page may raise the row that tells of a bug."""
    found: list[BaseException] = []
    monkeypatch.setattr(
        Window, "tell_bug", lambda _window, error: (found.append(error), traceback.print_exception(error))
    )
    yield found
    assert not found


def cards(window: Window) -> list[str]:
    """What the window's cards say."""
    return [card.accessibleName() for card in window.messages.findChildren(MessageView)]


def endings(window: Window) -> list[str]:
    """What the cards of the exchange in front say."""
    view = window.live.current()
    return [card.accessibleName() for card in view.findings.findChildren(MessageView)] if view is not None else []


async def sent(window: Window) -> str:
    """Press the key, wait for the end; gives the word of it."""
    before = window.live.current()
    QTest.keyClick(window, Qt.Key.Key_Return, CONTROL)
    await until(lambda: window.live.current() is not before and not window.live.current().live)
    return window.live.current().header.word()


def typed(window: Window, text: str) -> None:
    """Type into what has the focus, whatever the text is made of."""
    focus = QApplication.focusWidget() or window
    for char in text:
        QApplication.sendEvent(focus, QKeyEvent(QEvent.Type.KeyPress, 0, Qt.KeyboardModifier.NoModifier, char))


@asynccontextmanager
async def beating():  # type: ignore[no-untyped-def]
    """While this lasts the window's thread answers; gives a list with the longest silence, in seconds."""
    loop = asyncio.get_running_loop()
    longest, last = [0.0], [loop.time()]

    def beat() -> None:
        longest[0] = max(longest[0], loop.time() - last[0])
        last[0] = loop.time()

    timer = QTimer(interval=10)
    timer.timeout.connect(beat)
    timer.start()
    try:
        yield longest
    finally:
        beat()
        timer.stop()


def local(url: str, **fields: object) -> Draft:
    """A draft that needs no platform."""
    return Draft(channel=Choice("address", {"url": url}), **fields)  # type: ignore[arg-type]


# What runs, and the end of the window


def test_closed_while_ten_exchanges_run(
    sandbox: Sandbox, played: Played, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = psutil.Process()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))  # others make files in the system's own meanwhile
    before = {one.pid for one in own.children()}

    async def script(window: Window) -> None:
        await ready(window)
        draft = window.composer.draft()
        for _ in range(10):
            window.send(draft)
        await until(lambda: sum(view.feed.meter.messages_in > 0 for view in window.live.views()) == 10)
        assert sum(view.live for view in window.live.views()) > 5
        window.close()

    played(sandbox.profile, script)
    running = {one.pid for one in own.children() if one.status() != psutil.STATUS_ZOMBIE}
    assert running <= before
    assert not list(tmp_path.iterdir())
    assert not [path for path in sandbox.profile.rglob("*") if path.suffix in (".tmp", ".part")]
    # threads and sockets: `nothing_left` counts them


def test_the_desktop_turns_dark_in_mid_stream(sandbox: Sandbox, played: Played) -> None:
    async def script(window: Window) -> None:
        await ready(window)
        QTest.keyClick(window, Qt.Key.Key_Return, CONTROL)
        view = window.live.current()
        hints = QGuiApplication.styleHints()
        app = QApplication.instance()
        for turn in range(6):
            seen = view.feed.meter.messages_in
            hints.setColorScheme(Qt.ColorScheme.Dark if turn % 2 == 0 else Qt.ColorScheme.Light)
            theme.wear(app, "dark" if turn % 2 == 0 else "light")
            await until(lambda seen=seen: view.feed.meter.messages_in > seen or not view.live)
        hints.unsetColorScheme()
        await until(lambda: not view.live)
        assert view.header.word() == "Complete"
        assert view.text.toPlainText() == view.feed.transcript.text

    played(sandbox.profile, script)


def test_a_service_that_vanishes_while_chosen(sandbox: Sandbox, played: Played) -> None:
    async def script(window: Window) -> None:
        await ready(window)
        chosen = window.composer.service
        typed_path = window.composer.address.path.path()
        window.session.refreshing.gone.emit(chosen)
        await until(window.composer.choices.why.isVisible)
        assert "not in its workspace any more" in window.composer.choices.why_text.accessibleName()
        assert window.composer.address.path.path() == typed_path
        assert await sent(window) == "Complete"  # the platform may be wrong: it can be sent all the same

    played(sandbox.profile, script)


# Names and texts


def test_strange_names_and_texts(sandbox: Sandbox, played: Played, closed_port: int) -> None:
    async def script(window: Window) -> None:
        await ready(window)
        url = f"http://127.0.0.1:{closed_port}"
        for name in STRANGE:
            window.drafts.open_draft(
                local(
                    url,
                    name=name,
                    path=f"/{name}",
                    headers=(("X-Name", name),),
                    note=name,
                    service=name,
                    workspace=name,
                ),
                kept=Draft(),
            )
            window.grab()
            assert await sent(window) in NOT_SENT
            assert endings(window)
            front = window.drafts.bar.currentIndex()
            assert "\n" not in window.drafts.bar.tabText(front)
            assert window.drafts.bar.tabRect(front).width() < 320
        window.drafts.open_draft(local(url), kept=Draft())
        for name in STRANGE:
            window.composer.address.path.setFocus()
            window.composer.address.path.setText(name)
            typed(window, name)
            window.composer.body.choose_kind("json")
            window.composer.body.editor.setFocus()
            window.composer.body.editor.selectAll()
            typed(window, name)
            window.grab()
            assert await sent(window) in NOT_SENT

    played(sandbox.profile, script)


def test_what_cannot_be_sent_is_an_error_with_words(sandbox: Sandbox, played: Played, closed_port: int) -> None:
    url = f"http://127.0.0.1:{closed_port}"
    half = (
        local(url, body=Body("json", '"\ud83d"')),
        local(url, body=Body("text", "\udc00")),
        local(url, path="/\ud83d"),
        local(url, headers=(("X", "\ud83d"),)),
        local(url, protocol=Choice("websocket"), messages=(Outgoing("\ud83d"),)),
    )
    other = (
        (local(url, protocol=Choice("websocket"), messages=(Outgoing(content=b"\xff\xfe"),)), "no UTF-8"),
        (local(url, headers=(("X", "a\0b"),)), "control"),
        (local(url, method="G\0T"), "not a method"),
    )

    async def script(window: Window) -> None:
        await ready(window)
        for draft, words in (*((one, "half a character") for one in half), *other):
            window.drafts.open_draft(draft, kept=Draft())
            await sent(window)
            assert any(words in said for said in endings(window)), (draft, endings(window))

    played(sandbox.profile, script)


def test_wrong_json_and_nul_leave_as_they_were_typed(
    sandbox: Sandbox, played: Played, serve: Callable[..., Served]
) -> None:
    seen: list[bytes] = []

    async def echo(peer: Peer) -> None:
        request = await peer.request()
        seen.append(request.body)
        await peer.answer(b"ok")

    server = serve(echo)

    async def script(window: Window) -> None:
        await ready(window)
        window.drafts.open_draft(local(server.http), kept=Draft())
        for text in ('{"a": ', "{'a': 1}", '{"a": "x\0y"}', "[1,2,]"):
            window.composer.body.choose_kind("json")
            window.composer.body.editor.setFocus()
            window.composer.body.editor.selectAll()
            QApplication.clipboard().setText(text)
            QTest.keyClick(window.composer.body.editor, Qt.Key.Key_V, CONTROL)
            assert await sent(window) == "Complete"
            assert seen[-1] == text.encode()

    played(sandbox.profile, script)


# Large things


def test_twelve_megabytes_are_pasted_and_a_gigabyte_is_chosen(
    sandbox: Sandbox, played: Played, serve: Callable[..., Served], tmp_path: Path
) -> None:
    large = tmp_path / "large.bin"
    with large.open("wb") as file:
        file.truncate(1 << 30)
    pasted = "[\n" + '  "0123456789abcdef",\n' * (12 << 20 >> 5) + "  0\n]"
    sizes: list[int] = []

    async def count(peer: Peer) -> None:
        request = await peer.request()
        sizes.append(len(request.body))
        await peer.answer(b"ok")

    server = serve(count)

    async def script(window: Window) -> None:
        await ready(window)
        window.drafts.open_draft(local(server.http), kept=Draft())
        window.composer.body.choose_kind("json")
        window.composer.body.editor.setFocus()
        QApplication.clipboard().setText(pasted)
        QTest.keyClick(window.composer.body.editor, Qt.Key.Key_V, CONTROL)
        assert await sent(window) in ("Complete", "Failed")
        assert sizes == [len(pasted)] or any("MB" in said for said in endings(window)), endings(window)
        read = psutil.Process().io_counters().read_chars
        window.drafts.open_draft(local(server.http, body=Body("file", file=str(large))), kept=Draft())
        window.composer.show_sheet(window.composer.body)
        async with beating() as silence:
            window.grab()
            window.drafts.read()
            window.drafts.duplicate()
            await until(lambda: window.composer.draft().body.file == str(large))
        assert silence[0] < STALL
        assert psutil.Process().io_counters().read_chars - read < 1 << 26

    played(sandbox.profile, script)


# Files that two windows, or others, change


def test_two_windows_edit_one_file(sandbox: Sandbox, played: Played, tmp_path: Path) -> None:
    path = tmp_path / "shared.yaml"
    library.save(path, local("http://127.0.0.1:9", path="/start"))

    async def script(window: Window) -> None:
        await ready(window)
        QTest.keyClick(window, Qt.Key.Key_N, CONTROL | Qt.KeyboardModifier.ShiftModifier)
        other = next(
            one
            for one in QApplication.topLevelWidgets()
            if isinstance(one, Window) and one.isVisible() and one is not window
        )
        await ready(other)
        for one, text in ((window, "/first"), (other, "/second")):
            one.session.keeping.open_file(path)
            await until(lambda one=one: one.drafts.of_file(path) is one.drafts.current())
            one.composer.address.path.setText(text)
            await until(lambda one=one: one.drafts.current().dirty)
        window.save()
        await until(lambda: not window.drafts.current().dirty)
        other.save()
        await until(lambda: "Keep both" in buttons(other))
        assert library.load(path).path == "/first"
        QTest.mouseClick(buttons(other)["Keep both"], Qt.MouseButton.LeftButton)
        await until(lambda: not other.drafts.current().dirty)
        assert library.load(path).path == "/first"
        assert library.load(other.drafts.current().path).path == "/second"
        other.close()

    played(sandbox.profile, script)


def buttons(window: Window) -> dict[str, QPushButton]:
    """The buttons of the window's cards."""
    return {button.text(): button for button in window.messages.findChildren(QPushButton) if button.text()}


BAD_FILES = {
    "empty.yaml": b"",
    "latin.yaml": "path: /caf\u00e9\n".encode("latin-1"),
    "conflict.yaml": b"path: /1\n<<<<<<< HEAD\nmethod: A\n=======\nmethod: B\n>>>>>>> b\n",
    "future.yaml": b"version: 99\npath: /x\n",
}


@pytest.fixture
def bad_folder(tmp_path: Path) -> Iterator[Path]:
    """A collection of one good request and many bad files."""
    folder = tmp_path / "requests"
    folder.mkdir()
    library.save(folder / "good.yaml", local("http://127.0.0.1:9", path="/good"))
    for name, content in BAD_FILES.items():
        (folder / name).write_bytes(content)
    with (folder / "huge.yaml").open("wb") as file:
        file.truncate(100_000_000)
    (folder / "around").symlink_to(folder)
    (folder / "loop.yaml").symlink_to(folder / "loop.yaml")
    (folder / "\n🚀 名字.yaml").write_bytes((folder / "good.yaml").read_bytes())
    yield folder
    if folder.exists():
        folder.chmod(0o755)


def test_a_folder_of_bad_files_that_disappears(
    sandbox: Sandbox, played: Played, bad_folder: Path, tmp_path: Path
) -> None:
    async def script(window: Window) -> None:
        await ready(window)
        pane = window.collections
        await asyncio.to_thread(window.bench.collections.open, bad_folder)
        async with beating() as silence:
            window.sidebar.show_pane("collections")
            pane.refresh(bad_folder)
            await until(lambda: any(node.name == "good" for node in pane.model.requests()))
            rows = {node.path.name: node for node in pane.model.requests()}
            for name in (*BAD_FILES, "huge.yaml", "loop.yaml"):
                assert rows[name].trouble is not None, name
                window.session.keeping.open_file(bad_folder / name)
                await until(lambda name=name: any(name in card for card in cards(window)))
            window.grab()
        assert silence[0] < STALL
        window.session.keeping.open_file(bad_folder / "good.yaml")
        await until(lambda: window.drafts.of_file(bad_folder / "good.yaml") is window.drafts.current())
        window.composer.address.path.setText("/edited")
        await until(lambda: window.drafts.current().dirty)
        shutil.rmtree(bad_folder)
        pane.refresh(bad_folder)
        window.save()
        await until(lambda: "Save it again" in buttons(window) or any("good.yaml" in card for card in cards(window)))
        assert window.drafts.current().draft.path == "/edited"
        assert window.drafts.current().dirty

    played(sandbox.profile, script)


# The keyring


class BadRing(KeyringBackend):
    """A keyring that is locked, says no, or takes its time."""

    priority = 1  # type: ignore[assignment]

    def __init__(self, does: str) -> None:
        super().__init__()
        self.does, self.release = does, threading.Event()

    def get_password(self, service: str, username: str) -> str | None:
        if self.does == "locked":
            raise KeyringLocked("locked")
        if self.does == "denied":
            raise KeyringError("denied")
        self.release.wait(30)
        return None

    def set_password(self, service: str, username: str, password: str) -> None:
        self.get_password(service, username)

    def delete_password(self, service: str, username: str) -> None:
        self.get_password(service, username)


@pytest.fixture
def bad_ring() -> Iterator[Callable[[str], object]]:
    """Give the system a bad keyring for the time of a test."""
    before, made = keyring.get_keyring(), []

    def give(does: str) -> KeyringBackend:
        ring = NoRing() if does == "absent" else BadRing(does)
        keyring.set_keyring(ring)
        made.append(ring)
        return ring

    yield give
    for ring in made:
        if isinstance(ring, BadRing):
            ring.release.set()
    keyring.set_keyring(before)


@pytest.mark.parametrize(("does", "word"), [("locked", "locked"), ("denied", "said no"), ("slow", ""), ("absent", "")])
def test_a_keyring_that_is_no_help(
    played: Played,
    tmp_path: Path,
    bad_ring: Callable[[str], object],
    sandbox: Sandbox,
    does: str,
    word: str,
    closed_port: int,
) -> None:
    ring = bad_ring(does)
    file = sandbox.profile / "workspaces.toml"
    before = file.read_bytes() if file.exists() else None
    bench = open_bench(sandbox.profile)
    bench.workspaces.save(Workspace("own", "address", {"urls": f"one http://127.0.0.1:{closed_port}"}))
    bench.close()

    async def script(window: Window) -> None:
        await until(lambda: window.session is not None and window.composer.shelves is not None)
        draft = local(f"http://127.0.0.1:{closed_port}", auth=Choice("bearer"), workspace="own")
        window.drafts.open_draft(draft, kept=Draft())
        async with beating() as silence:
            QTest.keyClick(window, Qt.Key.Key_Return, CONTROL)
            view = window.live.current()
            if does == "slow":
                for _ in range(30):
                    QTest.keyClick(window.composer.body.editor, Qt.Key.Key_A)
                    await asyncio.sleep(0)
                assert view.live
                ring.release.set()
            await until(lambda: not view.live)
            await until(lambda: bool(endings(window)))
        assert silence[0] < STALL
        assert word in " ".join(endings(window))

    try:
        played(sandbox.profile, script)
    finally:
        file.unlink() if before is None else file.write_bytes(before)


# kill -9


TYPING = """
import itertools, sys
from pathlib import Path
from streamscope.model.draft import Body, Draft
from streamscope.gui import app
from PySide6.QtCore import QTimer
from PySide6.QtTest import QTest
made = app.Window
class Typing(made):
    def __init__(self, bench):
        super().__init__(bench)
        self._count = itertools.count()
        self._typing = QTimer(self, interval=1)
        self._typing.timeout.connect(self._type)
        self._typing.start()
    def _type(self):
        number = next(self._count)
        if self.session is None or self.composer.shelves is None:
            return
        if number % 25 == 0:
            self.new_draft()
            self.composer.body.choose_kind("text")
        QTest.keyClicks(self.composer.body.editor, "typed words ")
        self.drafts.read()
        if number % 10 == 0:
            print(len(self.drafts.requests), flush=True)
app.Window = Typing
app.run(Path(sys.argv[1]))
"""


@pytest.mark.slow
def test_killed_while_typing(sandbox: Sandbox) -> None:
    drafts = sandbox.profile / "drafts"
    shutil.rmtree(drafts, ignore_errors=True)
    kept = []
    for turn in range(6):
        with subprocess.Popen(
            [sys.executable, "-c", TYPING, str(sandbox.profile)],
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment({"QT_QPA_PLATFORM": "offscreen"}),
        ) as process:  # fmt: skip
            assert process.stdout is not None
            for _ in range(10 + 12 * turn):  # a draft is written within half a second
                assert process.stdout.readline(), "it types"
            process.kill()
            process.wait(20)
        bench = open_bench(sandbox.profile)
        kept.append(len(bench.drafts.load_all()))
        assert not bench.notices
        bench.close()
    assert kept[-1] > 0
    assert kept == sorted(kept)  # what was once written is never lost
