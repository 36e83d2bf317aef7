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
from tests.gui.managed import AWAY, FORBIDDEN, Managed, Room
from tests.gui.test_window import _name, _wants_name, until
from tests.platforms import row
from tests.raw import Served

from streamscope.gui.services.confirm import ConfirmDialog
from streamscope.gui.services.page.view import ServiceView
from streamscope.gui.services.scaling import ScaleDialog
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


def asked(kind: type = ConfirmDialog) -> Any:
    """The dialog that asks, or None."""
    return next((one for one in QApplication.topLevelWidgets() if isinstance(one, kind) and one.isVisible()), None)


async def answered(yes: bool) -> str:
    """Answer the question by the keyboard; gives its text."""
    await until(asked)
    dialog = asked()
    if yes:
        QTest.mouseClick(dialog.yes, LEFT)
    else:
        QTest.keyClick(dialog, Qt.Key.Key_Return)
    await until(lambda: asked() is None)
    return str(dialog.text)


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


def test_stopping_asks_first_and_the_way_out_is_the_default(play: Play) -> None:
    async def script(room: Room, platform: Managed) -> None:
        page = await room.page()
        QTest.mouseClick(page.head.buttons["stop"], LEFT)
        assert "Stop “service 1”?" in await answered(yes=False)
        assert platform.count("^PUT") == 0
        QTest.mouseClick(page.head.buttons["stop"], LEFT)
        await answered(yes=True)
        await until(lambda: page.service.state == "stopped")
        assert room.service().status == "stopped"
        assert page.head.buttons["start"].isVisible()

    play(script)


def test_a_start_is_followed_with_percent_and_the_platforms_events(play: Play) -> None:
    async def script(room: Room, platform: Managed) -> None:
        page = await room.page("id-2")
        platform.percent = 40
        QTest.mouseClick(page.head.buttons["start"], LEFT)
        assert room.service("id-2").state == "changing"
        await until(lambda: page.service.status == "deploying")
        platform.happen("start to deploy service")
        platform.happen("pulling model image")
        await until(lambda: [one.text for one in page.progress.happenings][-1:] == ["pulling model image"])
        assert page.progress.box.isVisible()
        found = platform.find("id-2")
        assert found is not None
        found["status"] = "running"
        await until(lambda: page.service.state == "running")
        await until(lambda: not page.progress.isVisible())
        assert room.service("id-2").state == "running"

    play(script)


def test_a_failure_has_a_cause_a_remedy_and_a_button(play: Play) -> None:
    async def script(room: Room, platform: Managed) -> None:
        page = await room.page("id-2")
        QTest.mouseClick(page.head.buttons["start"], LEFT)
        await until(lambda: page.service.status == "deploying")
        platform.happen("start to deploy service")
        platform.happen("Readiness probe failed: connection refused", "abnormal")
        found = platform.find("id-2")
        assert found is not None
        found["status"] = "failed"
        await until(lambda: page.service.state == "failed" and page.progress.card is not None)
        assert page.progress.card is not None
        assert page.progress.card.text == "The program runs, but its health check does not succeed."
        buttons = {one.text(): one for one in page.progress.card.findChildren(QPushButton)}
        QTest.mouseClick(buttons["All events"], LEFT)
        await until(lambda: page.front() is page.events and page.events.known)
        wanted: list[object] = []
        room.managing.acting.update_requested.connect(wanted.append)
        QTest.mouseClick(buttons["Update…"], LEFT)
        assert wanted

    play(script)


def test_a_missing_permission_is_named_and_the_button_stays(play: Play) -> None:
    async def script(room: Room, platform: Managed) -> None:
        page = await room.page()
        platform.refusals["^DELETE"] = FORBIDDEN
        QTest.mouseClick(page.head.delete, LEFT)
        assert "gone for good" in await answered(yes=True)
        await until(lambda: page.card is not None)
        assert page.card is not None
        assert "modelarts:service:delete" in page.card.accessibleName()
        assert page.head.delete.isEnabled()
        assert room.service().state == "running"

    play(script)


def test_a_deleted_service_is_told_as_that(play: Play) -> None:
    async def script(room: Room, platform: Managed) -> None:
        page = await room.page()
        QTest.mouseClick(page.head.delete, LEFT)
        await answered(yes=True)
        await until(lambda: page.deleted)
        assert page.head.word.text() == "deleted"
        assert page.card is not None
        assert page.card.text == "The service was deleted."
        assert room.services.model.known("work", "id-1") is None
        assert not any(button.isEnabled() for button in page.head.buttons.values())

    play(script)


def test_another_window_deletes_it_while_it_is_looked_at(play: Play) -> None:
    async def script(room: Room, platform: Managed) -> None:
        page = await room.page()
        del platform.old[0]
        page.show_section("versions")
        await until(lambda: page.deleted)
        assert room.services.model.known("work", "id-1") is None

    play(script)


def test_two_windows_act_on_one_service(play: Play) -> None:
    async def script(room: Room, platform: Managed) -> None:
        page = await room.page("id-2")
        found = platform.find("id-2")
        assert found is not None
        found["status"] = "running"  # the other one was quicker
        QTest.mouseClick(page.head.buttons["start"], LEFT)
        await until(lambda: page.service.state == "running" and page.card is not None)
        assert platform.count("^PUT") <= 1
        assert not page.head.buttons["start"].isVisible()

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


def test_the_platform_is_away_while_it_is_followed(play: Play) -> None:
    async def script(room: Room, platform: Managed) -> None:
        page = await room.page("id-2")
        QTest.mouseClick(page.head.buttons["start"], LEFT)
        await until(lambda: page.service.status == "deploying")
        platform.refusals["."] = AWAY
        await until(lambda: page.progress.problem is not None)
        platform.refusals.clear()
        found = platform.find("id-2")
        assert found is not None
        found["status"] = "running"
        await until(lambda: page.service.state == "running")
        await until(lambda: page.progress.problem is None)

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


def test_scaling_asks_how_many_and_says_how_many_there_are(play: Play) -> None:
    async def script(room: Room, platform: Managed) -> None:
        page = await room.page()
        QTest.mouseClick(page.head.buttons["scale"], LEFT)
        await until(lambda: asked(ScaleDialog))
        dialog = asked(ScaleDialog)
        assert dialog.count.value() == 2
        QTest.keyClick(dialog.count, Qt.Key.Key_Up)
        assert dialog.count.value() == 3
        dialog.count.selectAll()
        QTest.keyClicks(dialog.count, "5")
        QTest.keyClick(dialog.count, Qt.Key.Key_Return)
        await until(lambda: platform.count("^PUT") == 1)

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


def test_closing_the_tab_stops_everything(play: Play) -> None:
    async def script(room: Room, platform: Managed) -> None:
        page: ServiceView = await room.page("id-2")
        QTest.mouseClick(page.head.buttons["start"], LEFT)
        await until(lambda: page.following.going)
        room.live.close_view(page)
        await until(lambda: not room.managing.pages)
        again = await room.page("id-2")
        assert again is not page

    play(script)


def test_a_page_that_was_just_closed_is_made_anew(play: Play) -> None:
    async def script(room: Room, platform: Managed) -> None:
        page = await room.page()
        room.live.close_view(page)
        again = room.managing.open(room.service())
        assert again is not page
        await until(lambda: again.overview.known)
        assert room.managing.pages == {("work", "id-1"): again}

    play(script)


def test_a_platform_that_does_not_answer_need_not_be_waited_for(play: Play) -> None:
    async def script(room: Room, platform: Managed) -> None:
        page = await room.page("id-2")
        platform.hangs = "^PUT"
        QTest.mouseClick(page.head.buttons["start"], LEFT)
        assert page.progress.give_up.isVisible()
        await until(lambda: platform.count("^PUT"))
        QTest.mouseClick(page.progress.give_up, LEFT)
        await until(lambda: page.service.state == "stopped" and not page.progress.isVisible())
        assert not room.managing.acting.pending

    play(script)


def test_scaling_is_followed_though_the_service_did_not_change_at_first(play: Play) -> None:
    async def script(room: Room, platform: Managed) -> None:
        page = await room.page()
        room.managing.acting.do("scale", page.service, portion="", count=3)
        await until(lambda: page.progress.box.isVisible() and page.service.status == "deploying")
        found = platform.find("id-1")
        assert found is not None
        found["status"] = "running"
        await until(lambda: not page.progress.isVisible())

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


def test_401_in_mid_polling_is_told_and_gets_over(play: Play) -> None:
    async def script(room: Room, platform: Managed) -> None:
        page = await room.page("id-2")
        QTest.mouseClick(page.head.buttons["start"], LEFT)
        await until(lambda: page.service.status == "deploying")
        denied = ("401 Unauthorized", {"error_code": "ModelArts.0204", "error_msg": "The token has expired."})
        platform.refusals["."] = denied
        await until(lambda: page.progress.problem is not None)
        assert page.service.status == "deploying"
        platform.refusals.clear()
        found = platform.find("id-2")
        assert found is not None
        found["status"] = "running"
        page.hide()
        page.show()
        await until(lambda: page.service.state == "running")

    play(script)


def test_the_keys_of_the_tree_manage_and_delete(play: Play) -> None:
    async def script(room: Room, platform: Managed) -> None:
        tree = room.services.tree
        tree.setFocus()
        tree.show_row(room.services.model.find("work", "id-2"))
        QTest.keyClick(tree, Qt.Key.Key_Return, Qt.KeyboardModifier.AltModifier)
        page = room.managing.front()
        assert page is not None
        assert page.service.id == "id-2"
        tree.setFocus()
        QTest.keyClick(tree, Qt.Key.Key_Delete)
        assert "Delete “service 2”?" in await answered(yes=True)
        await until(lambda: page.deleted)

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


def test_what_is_wrong_is_told_when_a_page_is_opened_and_goes_when_it_is_over(play: Play) -> None:
    async def script(room: Room, platform: Managed) -> None:
        platform.happen("pulling model image")
        platform.happen("Back-off pulling image: ErrImagePull", "abnormal")
        page = room.managing.open(room.service())
        page.show_section("versions")
        await until(lambda: page.progress.card is not None)
        assert page.progress.card is not None
        assert page.progress.card.text == "The image could not be made or pulled."
        assert page.progress.box.isHidden()
        found = platform.find("id-1")
        assert found is not None
        found["status"] = "running"
        await room.refreshing.read(room.desk.bench.workspaces.get("work"))
        await until(lambda: page.progress.card is None and not page.progress.isVisible())

    play(script, row(1, "failed"))
