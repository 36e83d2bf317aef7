"""What becomes of an exchange: replayed, saved, served, made a scenario; and open again after a restart."""

import json
from pathlib import Path

import httpx
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMenu
from tests.gui.conftest import Played
from tests.gui.test_window import CONTROL, ready, until
from tests.program import Sandbox

from streamscope.gui.live.compare.runs import RunsView
from streamscope.gui.live.compare.view import CompareView
from streamscope.gui.live.pending import PendingView
from streamscope.gui.messages import MessageView
from streamscope.gui.window import Window
from streamscope.interop.capture import opened as captured
from streamscope.store import marks

pytestmark = pytest.mark.window


async def sent(window: Window):
    QTest.keyClick(window, Qt.Key.Key_Return, CONTROL)
    view = window.live.current()
    await until(lambda: not view.live)
    return view


def test_an_exchange_is_replayed_saved_served_and_sent_again(sandbox: Sandbox, played: Played, tmp_path: Path) -> None:
    async def script(window: Window) -> None:
        await ready(window)
        first = await sent(window)
        said = first.feed.transcript.text
        window.afterwards()
        menu = next(one for one in window.findChildren(QMenu) if one.isVisible())
        assert [action.isEnabled() for action in menu.actions() if action.text() == window.tr("Replay")] == [True]
        menu.close()
        window.session.afterwards.replay(first, 100.0)
        again = window.live.current()
        assert again is not first
        await until(lambda: not again.live)
        assert again.feed.transcript.text == said
        assert [row.t for row in again.exchange.events(0, 9)] == [row.t for row in first.exchange.events(0, 9)]
        assert again.exchange.path is None, "a replay leaves nothing behind"
        for name in ("saved.jsonl", "saved.har"):
            window.session.afterwards.save_to(first, tmp_path / name)
            await until(lambda name=name: (tmp_path / name).exists())
            found = captured(tmp_path / name)
            assert sum(1 for _ in found.exchange.events(0, len(found.exchange))) > 10
            found.exchange.close()
        window.session.afterwards.serve(first)
        await until(lambda: any("127.0.0.1:" in card.text for card in window.messages.findChildren(MessageView)))
        card = next(card for card in window.messages.findChildren(MessageView) if "127.0.0.1:" in card.text)
        url = next(word for word in card.text.split() if word.startswith("http://"))
        async with httpx.AsyncClient(trust_env=False) as client:
            answer = await client.post(url, content=b"{}")
        assert json.loads(answer.text.split("data: ")[1].split("\n")[0])["choices"]
        card.dismiss()
        window.actions_by_name["again"].trigger()
        await until(lambda: window.live.current() not in (first, again) and window.live.current())
        third = window.live.current()
        await until(lambda: not third.live)
        assert third.header.word() == "Complete"

    played(sandbox.profile, script)


def test_trouble_becomes_a_fault_scenario(sandbox: Sandbox, played: Played) -> None:
    async def script(window: Window) -> None:
        await ready(window)
        window.composer.headers.set_pairs((("X-Sandbox-Fault", "no_end,stall:1.2"),))
        first = await sent(window)
        window.session.afterwards.scenario(first)
        draft = window.composer.draft()
        faults = dict(draft.headers)["X-Sandbox-Fault"].split(",")
        assert "no_end" in faults
        stall = next(float(fault.partition(":")[2]) for fault in faults if fault.startswith("stall:"))
        assert 1 < stall < 3

    played(sandbox.profile, script)


def test_the_views_stand_still_while_paused(sandbox: Sandbox, played: Played) -> None:
    async def script(window: Window) -> None:
        await ready(window)
        QTest.keyClick(window, Qt.Key.Key_Return, CONTROL)
        view = window.live.current()
        await until(lambda: view.feed.meter.messages_in > 2)
        window.pause()
        stop, said = view.feed.stop, view.text.toPlainText()
        await until(lambda: view.exchange.ended)
        assert (view.feed.stop, view.text.toPlainText()) == (stop, said)
        assert view.feed.behind() > 0
        window.pause()
        await until(lambda: not view.live)
        assert view.text.toPlainText() == view.feed.transcript.text

    played(sandbox.profile, script)


def test_what_was_open_is_open_again(sandbox: Sandbox, played: Played) -> None:
    said: list[str] = []

    async def first(window: Window) -> None:
        await ready(window)
        for _ in range(2):
            view = await sent(window)
        said.append(view.feed.transcript.text)

    async def second(window: Window) -> None:
        await ready(window)
        tabs = window.live.tabs
        await until(lambda: tabs.count() == 2)
        await until(lambda: window.live.current() is not None)
        view = window.live.current()
        assert tabs.currentIndex() == 1
        assert isinstance(tabs.widget(0), PendingView), "nobody looked at it yet"
        await until(lambda: not view.live)
        assert view.text.toPlainText() == said[0]
        assert view.exchange.draft.service == "chat" or view.exchange.draft.service
        bar = tabs.tabBar()
        QTest.mouseClick(bar, Qt.MouseButton.LeftButton, pos=bar.tabRect(0).center() - QPoint(20, 0))
        await until(lambda: not isinstance(tabs.widget(0), PendingView))
        window.live.close_others(window.live.current())
        window.live.close_current()

    played(sandbox.profile, first)
    played(sandbox.profile, second, fresh=False)


def test_two_are_shown_side_by_side_and_more_as_runs(sandbox: Sandbox, played: Played) -> None:
    async def script(window: Window) -> None:
        await ready(window)
        first = await sent(window)
        second = await sent(window)
        comparing = window.session.afterwards.comparing
        comparing.compare(second, first)
        beside = window.live.tabs.currentWidget()
        assert isinstance(beside, CompareView)
        await until(lambda: beside.compared is not None)
        comparing.compare_open()
        runs = window.live.tabs.currentWidget()
        assert isinstance(runs, RunsView)
        await until(lambda: not runs.busy)
        assert len(runs._read) == 2
        await until(lambda: window.history.model.rowCount() > 2)
        window.sidebar.show_pane("history")
        window.history.list.selectAll()
        window.history.compare()
        many = window.live.tabs.currentWidget()
        assert isinstance(many, RunsView)
        await until(lambda: not many.busy)
        assert len(many._read) == len(window.history.rows())

    played(sandbox.profile, script)


def test_marks_stay_with_the_recording(sandbox: Sandbox, played: Played) -> None:
    async def script(window: Window) -> None:
        await ready(window)
        view = await sent(window)
        for number in range(5):
            view.spotlight.mark(number, f"word {number}")
        view.spotlight.mark(3, None)
        path = view.exchange.path
        await until(lambda: sorted(marks.load(path)) == [0, 1, 2, 4])
        window.live.close_current()
        again = await window.session.answers.open(path)
        assert again.spotlight.marks == {number: f"word {number}" for number in (0, 1, 2, 4)}
        await until(lambda: not again.live)

    played(sandbox.profile, script)


def test_views_are_reached_by_key(sandbox: Sandbox, played: Played) -> None:
    async def script(window: Window) -> None:
        await ready(window)
        view = await sent(window)
        for number, kind in enumerate(view.kinds[:9]):
            window.actions_by_name[f"view_{number + 1}"].trigger()
            assert view.tabs.currentIndex() == number, kind.key
            assert view.view(kind.key).isVisible()

    played(sandbox.profile, script)
