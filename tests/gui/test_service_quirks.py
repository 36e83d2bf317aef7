"""The window on a sandbox that is as awkward as the real platform can be."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path

import pytest
from msgspec.structs import replace
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from tests import program
from tests.gui.conftest import Played
from tests.gui.managed import AWAY, Managed, answered
from tests.gui.test_service_actions import buttons
from tests.gui.test_window import ready, until
from tests.platforms import row
from tests.program import Sandbox
from tests.raw import Peer, Served

from streamscope.engine import deploying
from streamscope.engine.core import Core
from streamscope.gui.services.page.view import ServiceView
from streamscope.gui.window import Window
from streamscope.model.deployment import Action
from streamscope.model.draft import Choice
from streamscope.model.service import Service
from streamscope.store.bench import open_bench

pytestmark = pytest.mark.window
Awkward = Callable[..., None]
LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def awkward(played: Played, tmp_path: Path) -> Iterator[Awkward]:
    """Play a coroutine in the window on a sandbox with quirks."""
    started: list[Sandbox] = []

    def play(script: Callable[[Window], Awaitable[None]], *quirks: str) -> None:
        options = [part for quirk in quirks for part in ("--quirk", quirk)]
        started.append(program.start_sandbox(tmp_path, *options))
        played(tmp_path, script)

    yield play
    for sandbox in started:
        sandbox.stop()


def managed(window: Window) -> ServiceView:
    """The page of the service in front."""
    assert window.session is not None
    window.session.managing.manage()
    page = window.session.managing.front()
    assert page is not None
    return page


def elsewhere(profile: Path, service: Service, action: Action, state: str) -> None:
    """What another program does with a service, to its end: nothing here is told of it."""

    async def act() -> None:
        core = Core(open_bench(profile))
        await deploying.act(core, service, action)
        await deploying.wait(core, core.bench.workspaces.get("sandbox"), service.id, (state,), 20)
        await core.aclose()

    asyncio.run(act())


def test_a_service_that_moved_meanwhile_is_read_again_and_offered(awkward: Awkward, tmp_path: Path) -> None:
    async def script(window: Window) -> None:
        await ready(window)
        draft, chat = window.composer.draft(), window.composer.service
        assert chat is not None
        old = chat.addresses["public"]
        await asyncio.to_thread(elsewhere, tmp_path, chat, "stop", "stopped")
        await asyncio.to_thread(elsewhere, tmp_path, chat, "start", "running")
        window.send(draft)
        view = window.live.current()
        assert view is not None
        await until(lambda: "Send to the new address" in buttons(view))
        QTest.mouseClick(buttons(view)["Send to the new address"], LEFT)
        await until(lambda: window.live.current() is not view)
        again = window.live.current()
        assert again is not None
        await until(lambda: not again.live)
        assert again.header.word() == "Complete"
        known = window.services.model.known("sandbox", chat.id)
        assert known is not None
        assert known.addresses["public"] != old

    awkward(script, "domain-switch")


def test_a_permission_that_is_missing_is_named(awkward: Awkward) -> None:
    async def script(window: Window) -> None:
        await ready(window)
        page = managed(window)
        await until(lambda: page.overview.known)
        QTest.mouseClick(page.head.delete, LEFT)
        await answered(yes=True)
        await until(lambda: page.card is not None)
        assert page.card is not None
        assert "modelarts:service:delete" in page.card.accessibleName()
        assert page.head.delete.isEnabled()
        page.show_section("monitor")
        await until(lambda: page.monitor.card is not None)
        assert page.monitor.card is not None
        assert "modelarts:service:getMonitor" in page.monitor.card.accessibleName()

    awkward(script, "deny:delete", "deny:monitor")


def test_a_program_that_ends_as_soon_as_it_is_started_is_told_with_its_cause(awkward: Awkward) -> None:
    async def script(window: Window) -> None:
        await until(lambda: window.services.model.known("sandbox", "archive") is not None)
        assert window.session is not None
        archive = window.services.model.known("sandbox", "archive")
        assert archive is not None
        page = window.session.managing.open(archive)
        QTest.mouseClick(page.head.buttons["start"], LEFT)
        await until(lambda: page.service.state == "failed" and page.progress.card is not None)
        assert page.progress.card is not None
        assert page.progress.card.text

    awkward(script, "crash-on-start")


def test_management_that_is_away_hinders_no_call(played: Played, tmp_path: Path, serve: Callable[..., Served]) -> None:
    async def answer(peer: Peer) -> None:
        await peer.request()
        await peer.stream(b'data: {"choices": [{"delta": {"content": "ahoy"}}]}\n\n', b"data: [DONE]\n\n")

    async def script(window: Window) -> None:
        await until(lambda: window.composer.service is not None and window.composer.service.complete)
        platform.refusals["."] = AWAY
        window.send(replace(window.composer.draft(), auth=Choice("none"), protocol=Choice("sse"), path="/v1/chat"))
        view = window.live.current()
        assert view is not None
        await until(lambda: not view.live)
        assert view.text.toPlainText() == "ahoy"
        page = managed(window)
        page.show_section("events")
        await until(lambda: page.events.card is not None)

    platform = Managed([row(1)])
    platform.served = serve(platform.script)
    platform.details = {"access_address": f"{serve(answer).http}/v1/infers/id-1"}
    bench = open_bench(tmp_path)
    bench.workspaces.save(platform.workspace())
    bench.settings.set("workspace", "work")
    played(tmp_path, script)
