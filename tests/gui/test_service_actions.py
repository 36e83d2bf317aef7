"""Services managed from the whole window, on the sandbox: stopped, met by a call, started from its card, deleted."""

from pathlib import Path

import pytest
from msgspec.structs import replace
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMenu, QPushButton
from tests.gui.conftest import Played
from tests.gui.managed import answered
from tests.gui.test_window import ready, until

from streamscope.gui.live.tab import ExchangeView
from streamscope.gui.services.menu import open_adding, open_menu
from streamscope.gui.services.page.view import ServiceView
from streamscope.gui.window import Window

pytestmark = pytest.mark.window
LEFT = Qt.MouseButton.LeftButton
CONTROL_SHIFT = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier


def buttons(view: ExchangeView) -> dict[str, QPushButton]:
    """The buttons of an exchange's cards."""
    return {one.text(): one for one in view.findings.findChildren(QPushButton) if one.text()}


def entries(menu: QMenu) -> dict[str, QAction]:
    """What a menu offers, by its words."""
    return {one.text(): one for one in menu.actions() if one.text()}


async def paged(window: Window) -> ServiceView:
    """The page of the service in front, by its key."""
    QTest.keyClick(window, Qt.Key.Key_M, CONTROL_SHIFT)
    page = window.live.tabs.currentWidget()
    assert isinstance(page, ServiceView)
    await until(lambda: page.overview.known)
    return page


def test_a_service_is_stopped_met_by_a_call_started_from_its_card_and_deleted(played: Played, tmp_path: Path) -> None:
    async def script(window: Window) -> None:
        await ready(window)
        page = await paged(window)
        assert page.head.address.value.startswith("https://")
        for key in ("instances", "events", "monitor", "configuration", "versions", "access"):
            page.show_section(key)
            await until(lambda: page.front().known)
            assert page.front().card is None, key
        await _stop_and_start(window, page)
        await _delete_while_streaming(window, page)

    played(tmp_path, script)


async def _stop_and_start(window: Window, page: ServiceView) -> None:
    draft = window.composer.draft()
    QTest.mouseClick(page.head.buttons["stop"], LEFT)
    assert "Stop “chat”?" in await answered(yes=True)
    await until(lambda: page.service.state == "stopped")
    window.send(draft)
    view = window.live.current()
    assert view is not None
    await until(lambda: "Start the service" in buttons(view))
    QTest.mouseClick(buttons(view)["Start the service"], LEFT)
    await until(lambda: "Send again" in buttons(view) or "Send to the new address" in buttons(view))
    again = buttons(view).get("Send again") or buttons(view)["Send to the new address"]
    QTest.mouseClick(again, LEFT)
    await until(lambda: window.live.current() is not view)
    second = window.live.current()
    assert second is not None
    await until(lambda: not second.live)
    assert second.header.word() == "Complete"


async def _delete_while_streaming(window: Window, page: ServiceView) -> None:
    """The question says how many calls are cut; the exchange says what happened to its service."""
    window.send(replace(window.composer.draft(), headers=(("X-Sandbox-Fault", "stall:30"),)))
    view = window.live.current()
    assert view is not None
    await until(lambda: view.feed.meter.messages_in > 0)
    window.live.tabs.setCurrentWidget(page)
    QTest.mouseClick(page.head.delete, LEFT)
    assert "1 call from this window is running and will be cut." in await answered(yes=True)
    await until(lambda: page.deleted)
    await until(lambda: not view.live)
    await until(lambda: view.findings.card("service") is not None)
    card = view.findings.card("service")
    assert card is not None
    assert card.text == "“chat” was deleted: its platform does not know it any more."


def test_the_menus_offer_what_the_state_allows(played: Played, tmp_path: Path) -> None:
    async def script(window: Window) -> None:
        await ready(window)
        pane = window.services
        chat, archive = pane.model.known("sandbox", "chat"), pane.model.known("sandbox", "archive")
        of_chat = entries(open_menu(pane, chat, QPoint(0, 0)))
        assert not of_chat["Start"].isEnabled()
        assert of_chat["Start"].toolTip() == "It runs already."
        assert of_chat["Stop"].isEnabled()
        of_archive = entries(open_menu(pane, archive, QPoint(0, 0)))
        assert of_archive["Start"].isEnabled()
        assert not of_archive["Stop"].isEnabled()
        adding = open_adding(pane)
        assert list(entries(adding)) == ["Deploy a service…", "Add a service by its URL…", "Add a model package…"]
        pane.filter.setText("chat")
        many = entries(open_menu(pane, pane.model.branch("sandbox"), QPoint(0, 0)))
        assert any(text.startswith("Delete the ") for text in many)
        for menu in pane.findChildren(QMenu):
            menu.close()
        for name in ("manage", "start_service", "stop_service", "delete_service", "deploy", "apps", "keys", "package"):
            assert name in window.actions_by_name

    played(tmp_path, script)


def test_several_are_deleted_after_one_question(played: Played, tmp_path: Path) -> None:
    async def script(window: Window) -> None:
        await ready(window)
        pane = window.services
        names = ("ticks", "classify")
        found = [one for name in names if (one := pane.model.known("sandbox", name)) is not None]
        pane.actions_requested.emit("delete", found)
        said = await answered(yes=True)
        assert "Delete 2 services?" in said
        assert all(name in said for name in names)
        await until(lambda: not any(pane.model.known("sandbox", name) for name in names))

    played(tmp_path, script)


def test_an_action_without_a_service_says_so(played: Played, tmp_path: Path) -> None:
    async def script(window: Window) -> None:
        await ready(window)
        window.services.tree.setCurrentIndex(window.services.model.index(0, 0))
        window.new_request()
        window.actions_by_name["manage"].trigger()
        assert window.statusBar().currentMessage()
        assert window.live.tabs.count() == 0

    played(tmp_path, script)
