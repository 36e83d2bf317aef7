"""The page of a service: what it shows, asks for and does, against a platform that answers as a test wants."""

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu, QPushButton, QWidget
from tests.gui import managed
from tests.gui.managed import AWAY, FORBIDDEN, Managed, Room, asked
from tests.gui.test_window import _name, _wants_name, until
from tests.platforms import row
from tests.raw import Served

from streamscope.model.service import Service

pytestmark = pytest.mark.window
Play = Callable[..., None]
LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def play(dressed: QApplication, tmp_path: Path, serve: Callable[..., Served]) -> Play:
    """Play a coroutine in a room on a platform with these rows."""

    def played(script: Callable[[Room, Managed], Awaitable[None]], *rows: dict[str, Any]) -> None:
        managed.play(dressed, tmp_path, serve, script, *rows)

    return played


def test_every_section_is_read_when_it_is_seen_and_only_then(play: Play) -> None:
    async def script(room: Room, platform: Managed) -> None:
        page = await room.page()
        assert platform.count("events|logs") == 0
        for key, wanted in (("events", "events"), ("monitor", "monitor"), ("versions", "logs")):
            page.show_section(key)
            await until(lambda: page.front().known)
            assert platform.count(wanted) >= 1, key
        page.show_section("instances")
        await until(lambda: page.instances.known)
        assert page.instances.model.rowCount() == 2
        assert next(chart.title for chart in page.monitor.charts.values() if chart.lines) == "Calls per minute"

    play(script)


def test_what_nobody_sees_is_not_asked_for(play: Play) -> None:
    async def script(room: Room, platform: Managed) -> None:
        page = await room.page()
        page.instances.every = 0.01  # type: ignore[misc]
        page.show_section("instances")
        await until(lambda: platform.count("monitor") > 2)
        for unseen, seen in (
            (lambda: room.managing.set_looking(False), lambda: room.managing.set_looking(True)),
            (page.hide, page.show),
        ):
            unseen()
            await until(lambda: page.looking.section is None)
            await until(lambda: all(task.done() or "watch" in task.get_name() for task in room.tasks))
            before = platform.count("monitor")
            await room.refreshing.read(room.desk.bench.workspaces.get("work"))  # as long as a few looks would take
            assert platform.count("monitor") == before
            seen()
            await until(lambda before=before: platform.count("monitor") > before + 2)

    play(script)


def test_the_head_says_what_it_is_and_why_something_cannot_be_done(play: Play) -> None:
    async def script(room: Room, platform: Managed) -> None:
        page = await room.page()
        assert page.head.name.accessibleName() == "service 1"
        assert page.head.word.text() == "running"
        assert page.head.address.value == "https://infer.example/v1/infers/id-1"
        QTest.mouseClick(page.head.address.button, LEFT)
        assert QGuiApplication.clipboard().text() == page.head.address.value
        assert page.head.buttons["stop"].isVisible()
        assert not page.head.buttons["start"].isVisible()
        other = await room.page("id-2")
        assert other.head.buttons["start"].isVisible()
        assert not other.head.buttons["update"].isEnabled()
        assert other.head.buttons["update"].toolTip() == "A stopped service cannot be changed: start it first."
        menu = QMenu()
        other.fill_menu(menu)
        entries = {one.text(): one for one in menu.actions()}
        assert not entries["Interrupt"].isEnabled()
        assert entries["Interrupt"].toolTip()

    play(script)


def test_a_section_that_cannot_be_read_says_so_in_its_place_and_tries_again(play: Play) -> None:
    async def script(room: Room, platform: Managed) -> None:
        page = await room.page()
        platform.refusals["logs"] = AWAY
        page.show_section("versions")
        await until(lambda: page.versions.card is not None)
        assert page.versions.card is not None
        platform.refusals.clear()
        again = next(one for one in page.versions.card.findChildren(QPushButton) if one.text() == "Try again")
        QTest.mouseClick(again, LEFT)
        await until(lambda: page.versions.known)
        assert page.versions.card is None

    play(script)


def test_what_takes_long_says_so_and_can_be_stopped(play: Play) -> None:
    async def script(room: Room, platform: Managed) -> None:
        page = await room.page()
        platform.slow = True
        page.show_section("configuration")
        await until(lambda: page.configuration.busy)
        QTest.mouseClick(page.configuration.stop_button, LEFT)
        assert not page.configuration.busy
        assert page.configuration.card is not None
        platform.slow = False
        QTest.mouseClick(page.configuration.card.findChildren(QPushButton)[0], LEFT)
        await until(lambda: page.configuration.known)
        assert page.configuration.tree.topLevelItemCount()

    play(script)


def test_a_configuration_is_shown_where_the_names_of_its_values_cannot_be_read(play: Play) -> None:
    async def script(room: Room, platform: Managed) -> None:
        page = await room.page()
        platform.refusals["models$|specifications"] = FORBIDDEN
        page.show_section("configuration")
        await until(lambda: page.configuration.known)
        titles = [page.configuration.tree.topLevelItem(at).text(0) for at in range(2)]
        assert titles == ["Service", "Portion 1"]

    play(script)


def test_events_are_filtered_by_text_and_severity(play: Play) -> None:
    async def script(room: Room, platform: Managed) -> None:
        for number in range(20):
            platform.happen(f"pulling layer {number}", "abnormal" if number % 5 == 0 else "normal")
        page = await room.page()
        page.show_section("events")
        await until(lambda: page.events.known)
        view = page.events
        assert view.model.shown[0].text == "pulling layer 19"
        QTest.keyClicks(view.filter, "layer 1")
        assert view.model.rowCount() == 11
        view.severity.setCurrentIndex(2)
        assert [one.text for one in view.model.shown] == ["pulling layer 15", "pulling layer 10"]
        view.table.selectRow(1)
        assert view.whole.toPlainText().endswith("pulling layer 10")

    play(script)


def test_a_service_of_a_long_name_in_chinese_keeps_the_page_in_its_place(play: Play) -> None:
    name = "语音识别服务（生产环境，华北四）" * 19

    async def script(room: Room, platform: Managed) -> None:
        page = await room.page()
        assert page.width() <= room.width()
        assert len(room.live.tabs.tabText(room.live.tabs.indexOf(page))) <= 24
        QTest.mouseClick(page.head.buttons["stop"], LEFT)
        await until(asked)
        assert asked().width() <= 560
        QTest.keyClick(asked(), Qt.Key.Key_Escape)
        await until(lambda: asked() is None)

    play(script, row(1, name=name))


def test_a_page_that_was_just_closed_is_made_anew(play: Play) -> None:
    async def script(room: Room, platform: Managed) -> None:
        page = await room.page()
        room.live.close_view(page)
        again = room.managing.open(room.service())
        assert again is not page
        await until(lambda: again.overview.known)
        assert room.managing.pages == {("work", "id-1"): again}

    play(script)


def test_samples_of_the_monitor_stay_when_a_page_is_closed(play: Play) -> None:
    async def script(room: Room, platform: Managed) -> None:
        page = await room.page()
        page.show_section("monitor")
        await until(lambda: page.monitor.known)
        before = list(page.monitor.kept)
        assert before
        assert page.monitor.charts["calls"].said() == "12"
        room.live.close_view(page)
        again = await room.page()
        again.show_section("monitor")
        await until(lambda: again.monitor.known)
        assert list(again.monitor.kept)[: len(before)] == before

    play(script)


def test_every_control_of_a_page_has_a_name_and_is_reached_by_the_keyboard(play: Play) -> None:
    async def script(room: Room, platform: Managed) -> None:
        page = await room.page()
        for section in page.sections:
            page.show_section(section.key)
            await until(lambda: page.front().known)
        nameless = [one for one in page.findChildren(QWidget) if _wants_name(one) and not _name(one)]
        assert not nameless, [(type(one).__name__, type(one.parent()).__name__) for one in nameless]
        page.show_section("overview")
        room.activateWindow()
        await until(room.isActiveWindow)
        page.tabs.bar.setFocus()
        seen = set()
        for _ in range(60):
            focus = QApplication.focusWidget()
            assert focus is not None
            seen.add(focus.accessibleName())
            QTest.keyClick(focus, Qt.Key.Key_Tab)
        assert {"Stop", "Update…", "Scale…", "Delete…", "More to do with this service", "Copy the address"} <= seen

    play(script)


def test_a_service_by_hand_has_no_page(play: Play) -> None:
    async def script(room: Room, platform: Managed) -> None:
        room.managing.manage(Service("http://127.0.0.1:9/v1", "by hand", "work", "?"))
        assert room.live.tabs.count() == 0
        assert room.statusBar().currentMessage()

    play(script)


class Windows(QObject):
    """Everything that is shown as a window of its own."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[str] = []

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Show and isinstance(watched, QWidget) and watched.isWindow():
            self.seen.append(type(watched).__name__)
        return False


def test_nothing_of_a_page_is_a_window_of_its_own_for_a_moment(play: Play) -> None:
    async def script(room: Room, platform: Managed) -> None:
        windows, app = Windows(), QApplication.instance()
        assert app is not None
        app.installEventFilter(windows)
        page = await room.page("id-2")
        for section in page.sections:
            page.show_section(section.key)
            await until(lambda: page.front().known)
        QTest.mouseClick(page.head.buttons["start"], LEFT)
        platform.happen("pulling model image")
        await until(lambda: page.progress.happenings)
        app.removeEventFilter(windows)
        assert windows.seen == []

    play(script)
