"""What is done with a service on its page, and what becomes of it, against a platform that answers as a test wants."""

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton
from tests.gui import managed
from tests.gui.managed import AWAY, FORBIDDEN, Managed, Room, answered, asked
from tests.gui.test_window import until
from tests.platforms import row
from tests.raw import Served

from streamscope.gui.services.page.view import ServiceView
from streamscope.gui.services.scaling import ScaleDialog

pytestmark = pytest.mark.window
Play = Callable[..., None]
LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def play(dressed: QApplication, tmp_path: Path, serve: Callable[..., Served]) -> Play:
    """Play a coroutine in a room on a platform with these rows."""

    def played(script: Callable[[Room, Managed], Awaitable[None]], *rows: dict[str, Any]) -> None:
        managed.play(dressed, tmp_path, serve, script, *rows)

    return played


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
