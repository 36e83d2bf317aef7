"""The live pane, fed by recorded exchanges: what came is what is seen."""

import pytest
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot
from tests.gui.conftest import WORDS, Story, opening, token

from streamscope.gui.live.events.view import PREVIEW, TEXT
from streamscope.gui.live.feed import BEHIND, FRAME
from streamscope.gui.live.pane import LivePane
from streamscope.gui.live.tab import ExchangeView, derived_of
from streamscope.gui.live.text.view import broken
from streamscope.gui.messages import MessageView
from streamscope.model.draft import Draft
from streamscope.model.event import Closed, Event, Failed, Finding, Message, Read

pytestmark = pytest.mark.window


@pytest.fixture
def pane(qtbot: QtBot, dressed: QApplication) -> LivePane:
    made = LivePane()
    qtbot.addWidget(made)
    made.resize(700, 500)
    made.show()
    return made


def shown(pane: LivePane, story: Story, *events: Event, draft: Draft | None = None) -> ExchangeView:
    view = ExchangeView(derived_of(story(*events, draft=draft)), duplex=False)
    pane.add(view, "story")
    return view


def test_a_whole_exchange(pane: LivePane, story: Story, chat: list[Event], qtbot: QtBot) -> None:
    view = shown(pane, story, *chat)
    qtbot.waitUntil(lambda: not view.live)
    assert view.text.toPlainText() == "".join(WORDS)
    assert view.header.word() == "Complete"
    assert view.header.text_of("status") == "200"
    assert view.header.text_of("ttft") == "30 ms"
    assert view.header.text_of("messages") == str(len(WORDS) + 1)
    assert view.findings.count() == 0
    assert [section.title for section in view.headers.model.sections] == ["Request", "Answer"]
    model = view.events.model
    texts = [model.index(row, TEXT).data() for row in range(model.rowCount())]
    assert [text for text in texts if text] == WORDS
    assert "host.example" in model.index(0, PREVIEW).data()


def test_it_follows_an_exchange_that_goes_on(pane: LivePane, story: Story, qtbot: QtBot) -> None:
    view = shown(pane, story, *opening())
    assert view.live
    for number, word in enumerate(WORDS):
        view.exchange.append(token(number, word))
        said = "".join(WORDS[: number + 1])
        qtbot.waitUntil(lambda said=said: view.text.toPlainText() == said)
    assert view.header.word() == "Live"
    view.exchange.append(Closed(1, "user"))
    qtbot.waitUntil(lambda: not view.live)
    assert view.header.word() == "Stopped"
    assert not view.outgoing.isEnabled()


def test_the_reader_is_not_pulled_along(pane: LivePane, story: Story, qtbot: QtBot) -> None:
    view = shown(pane, story, *opening(), *(token(number, f"line {number}\\n") for number in range(200)))
    qtbot.waitUntil(lambda: view.text.blockCount() > 200)
    assert view.text.following
    view.text.verticalScrollBar().setValue(10)
    view.exchange.append(token(300, "more\\n"))
    qtbot.waitUntil(lambda: view.text._newer.isVisible())
    assert view.text.verticalScrollBar().value() == 10
    view.text._newer.click()
    assert view.text.following
    assert not view.text._newer.isVisible()
    view.exchange.append(Closed(1, "server"))
    qtbot.waitUntil(lambda: not view.live)


def test_it_is_followed_while_it_is_not_seen(pane: LivePane, story: Story, qtbot: QtBot) -> None:
    view = shown(pane, story, *opening())
    view.show_view("events")
    view.tabs.setCurrentIndex(2)
    for number in range(300):
        view.exchange.append(token(number, f"line {number}\\n"))
    view.exchange.append(Closed(1, "server"))
    qtbot.waitUntil(lambda: not view.live)
    for index, area in enumerate((view.text, view.events.table)):
        view.tabs.setCurrentIndex(index)
        bar = area.verticalScrollBar()
        qtbot.waitUntil(lambda bar=bar: bar.maximum() > 0 and bar.value() == bar.maximum())


@pytest.mark.parametrize(
    ("error", "changed"),
    [("PlainCredentials", "allow_plain_credentials"), ("BodyTooLarge", "allow_large_body")],
)
def test_a_refusal_can_be_overruled(pane: LivePane, story: Story, qtbot: QtBot, error: str, changed: str) -> None:
    view = shown(pane, story, Failed(1, error, "It would be readable.", "Choose another."), draft=Draft(path="/x"))
    card = view.findings.findChild(MessageView)
    assert "readable" in card.text
    button = next(button for button in card.findChildren(type(view.outgoing.send)) if button.text())
    with qtbot.waitSignal(view.resend_requested) as asked:
        button.click()
    assert asked.args[0].path == "/x"
    assert getattr(asked.args[0], changed) is True


def test_a_certificate_can_be_trusted(pane: LivePane, story: Story, qtbot: QtBot) -> None:
    print_ = ":".join(["AB"] * 32)
    failed = Failed(1, "UntrustedCertificate", f"Not vouched for, fingerprint {print_}.", "Trust it.")
    view = shown(pane, story, failed, draft=Draft(workspace="work"))
    card = view.findings.findChild(MessageView)
    button = next(button for button in card.findChildren(type(view.outgoing.send)) if "Trust" in button.text())
    with qtbot.waitSignal(view.trust_requested) as asked:
        button.click()
    assert asked.args == [print_]


def test_the_chosen_event_is_laid_out(pane: LivePane, story: Story, qtbot: QtBot) -> None:
    binary = Message(5, "in", (1, 1), b"\0\1\2\xff", "message", opcode="binary")
    view = shown(pane, story, Read(4, 1, 4), token(0, "hi"), binary, Closed(9, "server"))
    qtbot.waitUntil(lambda: not view.live)
    view.events.table.selectRow(0)
    assert view.events.detail.toPlainText().startswith('{\n  "id": "c"')
    view.events.table.selectRow(1)
    assert view.events.detail.toPlainText().startswith("00000000  00 01 02 ff")
    assert view.events.model.rowCount() == 3, "socket reads are left out until they are asked for"
    view.events.kinds.setCurrentIndex(view.events.kinds.count() - 1)
    assert view.events.model.rowCount() == 4


def test_a_closed_tab_is_told(pane: LivePane, story: Story, chat: list[Event], qtbot: QtBot) -> None:
    view = shown(pane, story, *chat)
    with qtbot.waitSignal(pane.closed) as told:
        pane.close_current()
    assert told.args == [view]
    assert pane.currentIndex() == 0


@pytest.mark.parametrize("column", [0, 7, 99])
def test_overlong_lines_are_broken_for_display(column: int) -> None:
    text = "a" * 250 + "\nb\n" + "c" * 101
    said, at = broken(text, column, 100)
    assert said.replace("\n", "") == text.replace("\n", "")
    assert max(map(len, said.split("\n")[1:])) <= 100
    assert len(said.split("\n")[0]) <= 100 - column
    assert at == len(said.split("\n")[-1])


def test_only_the_tab_in_front_is_looked_at_each_frame(pane: LivePane, story: Story) -> None:
    first, second = shown(pane, story, *opening()), shown(pane, story, *opening())
    assert (first.feed.interval, second.feed.interval) == (BEHIND, FRAME)
    pane.tabs.setCurrentWidget(first)
    assert (first.feed.interval, second.feed.interval) == (FRAME, BEHIND)


def test_views_without_room_are_in_a_menu(pane: LivePane, story: Story, chat: list[Event], qtbot: QtBot) -> None:
    view = shown(pane, story, *chat)
    qtbot.waitUntil(lambda: not view.live)
    tabs = view.tabs
    pane.resize(1200, 500)
    qtbot.waitUntil(lambda: all(tabs.bar.isTabVisible(number) for number in range(tabs.count())))
    assert not tabs._more.isVisible()
    pane.resize(330, 500)
    qtbot.waitUntil(lambda: tabs._more.isVisible())
    last = tabs.count() - 1
    assert not tabs.bar.isTabVisible(last)
    view.show_view(view.kinds[last].key)
    assert tabs.bar.isTabVisible(last)
    view.show_view("text")
    assert not tabs.bar.isTabVisible(last)
    tabs._more.click()
    menu = next(one for one in view.findChildren(QMenu) if one.isVisible())
    menu.actions()[last].trigger()
    menu.close()
    assert tabs.currentIndex() == last
    assert tabs.bar.isTabVisible(last)
    right = tabs.bar.tabRect(last).right()
    assert right <= tabs.bar.width()


def test_findings_are_counted_and_only_errors_stand_above(pane: LivePane, story: Story, qtbot: QtBot) -> None:
    warned = Finding(40_000_000, "stall", "warning", [2], "It stood still.", "Look.")
    wrong = Finding(41_000_000, "refused", "error", [2], "It was refused.", "Ask.")
    view = shown(pane, story, *opening(), token(0, "a"), warned, wrong, warned, Closed(91_000_000, "server"))
    qtbot.waitUntil(lambda: not view.live)
    titles = [view.tabs.bar.tabText(number) for number in range(view.tabs.count())]
    found = next(title for title in titles if title.startswith("Findings"))
    assert int(found.split()[1]) >= 2
    assert [card.text for card in view.findings.findChildren(MessageView)] == ["It was refused."]


def test_other_tabs_and_ended_ones_are_closed(pane: LivePane, story: Story, chat: list[Event], qtbot: QtBot) -> None:
    ended = [shown(pane, story, *chat) for _ in range(3)]
    qtbot.waitUntil(lambda: not any(view.live for view in ended))
    live = shown(pane, story, *opening())
    pane.close_others(ended[1])
    assert [view for view in pane.views() if view is not live] == [ended[1]]
    live = shown(pane, story, *opening())
    pane.close_ended()
    assert pane.views() == [live]
    live.exchange.append(Closed(1, "user"))
    qtbot.waitUntil(lambda: not live.live)
