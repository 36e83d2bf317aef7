"""The pane of services against platforms that change, vanish, are slow or away; real sockets beneath."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton
from tests.gui.test_window import until
from tests.platforms import Platform, platform, row
from tests.raw import Served

from streamscope.gui import loop
from streamscope.gui.desk import Desk, opened
from streamscope.gui.services.byhand import AddressDialog
from streamscope.gui.services.pane import ServicesPane
from streamscope.gui.services.refreshing import Refreshing
from streamscope.store.bench import open_bench
from streamscope.tasks import spawn

pytestmark = pytest.mark.window
Serve = Callable[..., Served]


class Stage:
    """A pane, what fills it, and all that was told."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.pane = ServicesPane()
        self.pane.resize(280, 600)
        self.pane.show()
        self.tasks: list[asyncio.Task[None]] = []
        self.refreshing = Refreshing(desk, self.pane, self.start)
        self.told: list[tuple[str, str]] = []
        for name in ("chosen", "completed", "gone"):
            getattr(self.refreshing, name).connect(lambda one, name=name: self.told.append((name, one.id)))
        self.refreshing.refreshed.connect(lambda one, _: self.told.append(("refreshed", one.name)))
        self.refreshing.failed.connect(lambda one, _: self.told.append(("failed", one.name)))

    def start(self, coroutine: Coroutine[Any, Any, None], name: str) -> None:
        self.tasks.append(spawn(coroutine, name=name))

    def ids(self, workspace: str = "work") -> list[str]:
        branch = self.pane.model.branch(workspace)
        return [service.id for service in branch.services] if branch is not None else []

    async def heard(self, name: str, what: str) -> None:
        await until(lambda: (name, what) in self.told)

    async def look(self, workspace: str = "work") -> None:
        await until(lambda: workspace in self.refreshing._watches)
        self.desk.runtime.call(self.refreshing._watches[workspace].soon)


Acted = Callable[[Path, Callable[[Stage], Awaitable[None]]], None]


@pytest.fixture
def acted(dressed: QApplication) -> Acted:
    """Play a coroutine on a stage with a profile; nothing may stay."""

    def act(profile: Path, script: Callable[[Stage], Awaitable[None]]) -> None:
        async def main() -> None:
            desk = await asyncio.to_thread(opened, open_bench(profile))
            stage = Stage(desk)
            try:
                await script(stage)
            finally:
                stage.refreshing.close()
                await asyncio.gather(*stage.tasks, return_exceptions=True)
                await asyncio.to_thread(desk.close)
                stage.pane.close()
                stage.pane.deleteLater()

        loop.run(dressed, main())

    return act


def with_platform(profile: Path, told: Platform) -> Path:
    """A profile that has a workspace on a platform, and on nothing else that lives."""
    bench = open_bench(profile)
    bench.workspaces.save(told.workspace())
    return profile


def read(stage: Stage) -> None:
    """Read only the platform's workspace: no sandbox is started."""
    stage.pane.set_workspaces(stage.desk.bench.workspaces.all())
    stage.refreshing.refresh_named("work")


def test_a_list_is_read_chosen_from_and_completed(acted: Acted, serve: Serve, tmp_path: Path) -> None:
    told = platform(serve, row(1), row(2))

    async def script(stage: Stage) -> None:
        read(stage)
        await stage.heard("refreshed", "work")
        assert stage.ids() == ["id-1", "id-2"]
        assert stage.pane.choose("work", "service 2")
        await stage.heard("completed", "id-2")
        assert stage.told.index(("chosen", "id-2")) < stage.told.index(("completed", "id-2"))
        known = stage.pane.model.known("work", "id-2")
        assert known is not None and known.addresses
        assert stage.desk.runtime.core.services["work"]["id-2"] == known
        stage.told.clear()
        stage.refreshing.refresh_named("work")
        await stage.heard("refreshed", "work")
        again = stage.pane.model.known("work", "id-2")
        assert again.addresses == known.addresses, "shown as it was until it is read again"

    acted(with_platform(tmp_path, told), script)


def test_changes_are_seen_and_a_vanished_service_stays_while_chosen(acted: Acted, serve: Serve, tmp_path: Path) -> None:
    told = platform(serve, row(1), row(2, "deploying"), row(3))

    async def script(stage: Stage) -> None:
        read(stage)
        await stage.heard("refreshed", "work")
        stage.pane.choose("work", "id-1")
        await stage.heard("completed", "id-1")
        told.old = [row(2, "running"), row(3)]
        await stage.look()
        await stage.heard("gone", "id-1")
        assert stage.ids() == ["id-2", "id-3", "id-1"]
        assert stage.pane.model.is_gone(stage.pane.model.known("work", "id-1"))
        assert ("work", "id-2") in stage.pane.model.fresh
        assert stage.pane.model.known("work", "id-2").state == "running"
        await until(lambda: not stage.pane.model.fresh)
        stage.pane.choose("work", "id-3")
        assert stage.ids() == ["id-2", "id-3"], "the shadow goes with the choice"

    acted(with_platform(tmp_path, told), script)


def test_a_service_that_vanished_before_it_was_chosen(acted: Acted, serve: Serve, tmp_path: Path) -> None:
    told = platform(serve, row(1), row(2))

    async def script(stage: Stage) -> None:
        read(stage)
        await stage.heard("refreshed", "work")
        told.old = [row(2)]
        stage.pane.choose("work", "id-1")
        await stage.heard("gone", "id-1")
        assert "work" not in stage.pane.problems.cards

    acted(with_platform(tmp_path, told), script)


def test_what_was_known_is_shown_while_the_platform_is_away(acted: Acted, serve: Serve, tmp_path: Path) -> None:
    told = platform(serve, row(1), row(2))

    async def first(stage: Stage) -> None:
        read(stage)
        await stage.heard("refreshed", "work")
        await until(lambda: stage.desk.bench.services.last_known("work") is not None)

    async def second(stage: Stage) -> None:
        told.refusal = ("503 Service Unavailable", {})
        stage.pane.set_workspaces(stage.desk.bench.workspaces.all())
        await stage.refreshing._begin("", "")
        assert stage.ids() == ["id-1", "id-2"], "shown before anything was read"
        branch = stage.pane.model.branch("work")
        await stage.heard("failed", "work")
        assert branch.stale and branch.since is not None
        card = stage.pane.problems.cards["work"]
        asked: list[str] = []
        stage.pane.workspace_requested.connect(asked.append)
        again, settings = card.findChildren(QPushButton)
        QTest.mouseClick(settings, Qt.MouseButton.LeftButton)
        assert asked == ["work"]
        told.refusal = None
        QTest.mouseClick(again, Qt.MouseButton.LeftButton)
        await stage.heard("refreshed", "work")
        assert not branch.stale
        assert "work" not in stage.pane.problems.cards

    profile = with_platform(tmp_path, told)
    acted(profile, first)
    kept = next((profile / "services" / "known").iterdir()).read_text()
    assert json.loads(kept)["workspace"] == "work"
    bench = open_bench(profile)
    bench.workspaces.save(replace(told.workspace("sandbox")))  # the sandbox's name on another platform: none is started
    acted(profile, second)


def test_a_slow_platform_can_be_stopped(acted: Acted, serve: Serve, tmp_path: Path) -> None:
    told = platform(serve, row(1))
    told.slow = True

    async def script(stage: Stage) -> None:
        read(stage)
        await until(lambda: told.served.requests)
        assert stage.pane.progress.isVisible()
        QTest.mouseClick(stage.pane.refresh_button, Qt.MouseButton.LeftButton)
        await until(lambda: not stage.pane.progress.isVisible())
        assert not stage.pane.problems.cards, "to be stopped is no failure"
        told.slow = False
        QTest.mouseClick(stage.pane.refresh_button, Qt.MouseButton.LeftButton)
        await stage.heard("refreshed", "work")

    profile = with_platform(tmp_path, told)
    bench = open_bench(profile)
    bench.workspaces.save(told.workspace("sandbox"))
    acted(profile, script)


def test_a_workspace_is_edited_while_it_is_read_and_then_removed(acted: Acted, serve: Serve, tmp_path: Path) -> None:
    slow, quick = platform(serve, row(1)), platform(serve, row(2))
    slow.slow = True

    async def script(stage: Stage) -> None:
        read(stage)
        await until(lambda: slow.served.requests)
        workspaces = stage.desk.bench.workspaces
        workspaces.save(quick.workspace())
        stage.refreshing.workspaces_changed()
        await stage.heard("refreshed", "work")
        assert stage.ids() == ["id-2"]
        stage.refreshing.workspaces_changed()
        await until(lambda: "work" in stage.refreshing._watches)
        asked = len(quick.served.requests)
        await until(lambda: stage.desk.bench.services.last_known("work") is not None)
        assert len(quick.served.requests) == asked, "what was not edited is not read again"
        workspaces.remove("work")
        stage.refreshing.workspaces_changed()
        assert "work" not in stage.refreshing._watches
        assert stage.pane.model.branch("work") is None
        await until(lambda: stage.desk.bench.services.last_known("work") is None)

    profile = with_platform(tmp_path, slow)
    open_bench(profile).workspaces.save(quick.workspace("sandbox"))
    acted(profile, script)


def test_favourites_recent_and_folds_survive(acted: Acted, serve: Serve, tmp_path: Path) -> None:
    told = platform(serve, row(1), row(2), row(3))

    async def first(stage: Stage) -> None:
        read(stage)
        await stage.heard("refreshed", "work")
        stage.pane.tree.show_row(stage.pane.model.find("work", "id-2"))
        QTest.keyClick(stage.pane.tree, Qt.Key.Key_Asterisk, Qt.KeyboardModifier.ShiftModifier)
        stage.refreshing.marking.note_used("work", "id-3")
        await until(lambda: stage.desk.bench.services.recent() and len(stage.pane.model.headings()) >= 4)
        heads = [stage.pane.model.section_at(at).key for at in stage.pane.model.headings()]
        assert heads[:2] == ["favourites", "recent"]
        stage.pane.tree.show_row(stage.pane.model.index(stage.pane.model.headings()[1], 0))
        QTest.keyClick(stage.pane.tree, Qt.Key.Key_Left)
        assert stage.pane.model.folded(stage.pane.model.section_at(stage.pane.model.headings()[1]))
        await until(lambda: stage.desk.bench.services.collapsed())

    async def second(stage: Stage) -> None:
        await stage.refreshing._begin("", "")
        model = stage.pane.model
        tops = [model.section_at(at) for at in model.headings()[:2]]
        assert [[one.id for one in top.services] for top in tops] == [["id-2"], ["id-3"]]
        assert [model.folded(top) for top in tops] == [False, True]
        await stage.heard("refreshed", "work")

    profile = with_platform(tmp_path, told)
    open_bench(profile).workspaces.save(told.workspace("sandbox"))
    acted(profile, first)
    acted(profile, second)


def test_a_pasted_url_is_a_service_and_its_removal_can_be_undone(acted: Acted, tmp_path: Path) -> None:
    url = "http://127.0.0.1:9/v1/chat/completions"

    async def script(stage: Stage) -> None:
        pane = stage.pane
        pane.filter.setText(url)
        assert pane.search.offer.isVisible()
        QTest.keyClick(pane.filter, Qt.Key.Key_Return)
        await stage.heard("chosen", url)
        service = pane.model.known("By hand", url)
        assert service.samples["sse"].body and service.samples["sse"].method == "POST"
        pane.tree.show_row(pane.model.find("By hand", url))
        QTest.keyClick(pane.tree, Qt.Key.Key_F2)
        await until(lambda: pane.findChild(AddressDialog) is not None)
        dialog = pane.findChild(AddressDialog)
        dialog.name.setText("mine")
        QTest.keyClick(dialog.name, Qt.Key.Key_Return)
        await until(lambda: pane.model.known("By hand", "mine") is not None)
        pane.duplicate_requested.emit(pane.model.known("By hand", "mine"))
        await until(lambda: len(stage.ids("By hand")) == 2)
        pane.remove_requested.emit(pane.model.known("By hand", "mine 2"))
        await until(lambda: len(stage.ids("By hand")) == 1)
        (undo,) = [button for button in pane.findChildren(QPushButton) if button.text() == "Undo"]
        QTest.mouseClick(undo, Qt.MouseButton.LeftButton)
        await until(lambda: len(stage.ids("By hand")) == 2)
        lines = stage.desk.bench.workspaces.get("By hand").values["urls"].splitlines()
        assert lines == [f"mine {url}", f"mine 2 {url}"]
        pane.add_requested.emit("https://user:secret@host.example/")
        await until(lambda: pane.notices.cards)

    acted(tmp_path, script)


def test_details_are_read_when_they_are_looked_at(acted: Acted, serve: Serve, tmp_path: Path) -> None:
    told = platform(serve, row(1), row(2))

    async def script(stage: Stage) -> None:
        read(stage)
        await stage.heard("refreshed", "work")
        pane = stage.pane
        pane.tree.show_row(pane.model.find("work", "id-1"))
        QTest.keyClick(pane.tree, Qt.Key.Key_F4)
        await stage.heard("completed", "id-1")
        await until(lambda: ("work", "id-1") in pane.details.happenings)
        assert ("chosen", "id-1") not in stage.told, "looking is not choosing"
        QTest.keyClick(pane.tree, Qt.Key.Key_Space)
        assert pane.details.isHidden()

    acted(with_platform(tmp_path, told), script)


def test_ten_thousand_services_come_back_at_once(acted: Acted, serve: Serve, tmp_path: Path) -> None:
    told = platform(serve, *(row(number) for number in range(10_000)))

    async def script(stage: Stage) -> None:
        read(stage)
        await stage.heard("refreshed", "work")
        assert len(stage.ids()) == 10_000
        stage.pane.filter.setText("service 777")
        assert stage.pane.search.count.text() == "19 of 10,000"
        await until(lambda: stage.desk.bench.services.last_known("work") is not None)
        assert len(stage.desk.bench.services.last_known("work").services) == 10_000

    acted(with_platform(tmp_path, told), script)
