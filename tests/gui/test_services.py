"""The tree of services: headings and rows, a filter, and states that are never colour alone."""

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QAbstractItemModelTester, QTest
from PySide6.QtWidgets import QApplication, QToolButton
from pytestqt.qtbot import QtBot

from streamscope.gui.marks import STATES
from streamscope.gui.services.delegate import mark_rect
from streamscope.gui.services.facts import ApiButton, CopyLine
from streamscope.gui.services.menu import open_menu
from streamscope.gui.services.model import ServicesModel
from streamscope.gui.services.names import STATE_WORDS, ago, one_line, shown_name
from streamscope.gui.services.pane import ServicesPane
from streamscope.gui.services.query import Query, haystack, parsed
from streamscope.model.errors import Refused
from streamscope.model.phrase import phrase
from streamscope.model.service import Happening, Sample, Service, Workspace

pytestmark = pytest.mark.window

WORK = Workspace("work", "modelarts")
SERVICES = [
    Service("1", "chat", "work", "v1", "running", "running", protocols=("sse",)),
    Service("2", "archive", "work", "v1", "stopped", "stopped"),
    Service("3", "vision", "work", "v2", "abnormal", "failed"),
]


@pytest.fixture
def pane(qtbot: QtBot, dressed: QApplication) -> ServicesPane:
    made = ServicesPane()
    qtbot.addWidget(made)
    made.resize(240, 400)
    made.show()
    made.set_workspaces([WORK, Workspace("home", "address")])
    made.begin("work")
    made.finish("work", list(SERVICES))
    return made


def test_the_model_keeps_qts_rules(dressed: QApplication) -> None:
    model = ServicesModel()
    tester = QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Warning)
    model.set_workspaces([WORK])
    model.set_services("work", list(SERVICES))
    model.set_filter("vis")
    model.set_filter("")
    model.replace(SERVICES[0])
    assert tester.model() is model
    assert model.rowCount() == 4


def test_choosing_tells_the_service_once(pane: ServicesPane, qtbot: QtBot) -> None:
    with qtbot.waitSignal(pane.chosen) as told:
        assert pane.choose("work", "archive")
    assert told.args == [SERVICES[1]]
    with qtbot.assertNotEmitted(pane.chosen):
        pane.finish("work", list(SERVICES))
        pane.filter.setText("chat")
        pane.filter.setText("")
    assert not pane.choose("work", "nothing")


def test_the_filter_looks_at_name_id_and_state(pane: ServicesPane) -> None:
    for typed, left in (("VIS", 1), ("stopped", 1), ("v1", 2), ("chat stopped", 0), ("", 3)):
        pane.filter.setText(typed)
        assert pane.model.counts() == (left, 3)


def test_every_state_has_a_word_and_a_shape_of_its_own(pane: ServicesPane) -> None:
    told = {state: STATES[state] for state in STATE_WORDS}
    assert len({shape for _, shape in told.values()}) >= 5
    index = pane.model.find("work", "vision")
    assert index.data(Qt.ItemDataRole.AccessibleTextRole) == "vision, failed (abnormal), v2"


def test_a_failed_refresh_says_so_in_its_place(pane: ServicesPane) -> None:
    pane.begin("work")
    assert pane.progress.isVisible()
    pane.fail("work", Refused(phrase("Nobody listens."), phrase("Start it.")))
    assert not pane.progress.isVisible()
    assert pane.problems.cards["work"].text == "work: Nobody listens."
    assert pane.model.counts() == (3, 3), "what was known stays"
    pane.begin("work")
    assert "work" not in pane.problems.cards
    pane.finish("work", [])


def current_name(pane: ServicesPane) -> str:
    current = pane.tree.current()
    return current.name if isinstance(current, Service) else getattr(current, "key", "")


def test_the_keyboard_goes_from_the_filter_to_a_choice(pane: ServicesPane, qtbot: QtBot) -> None:
    pane.filter.setFocus()
    QTest.keyClicks(pane.filter, "arch")
    assert current_name(pane) == "archive", "the row that Return would choose is shown"
    with qtbot.waitSignal(pane.chosen) as told:
        QTest.keyClick(pane.filter, Qt.Key.Key_Return)
    assert told.args == [SERVICES[1]]
    QTest.keyClick(pane.filter, Qt.Key.Key_Escape)
    assert pane.filter.text() == ""
    assert current_name(pane) == "archive"
    QTest.keyClick(pane.filter, Qt.Key.Key_Down)
    QTest.keyClick(pane.tree, Qt.Key.Key_Down)
    assert current_name(pane) == "vision"
    with qtbot.assertNotEmitted(pane.chosen):
        QTest.keyClick(pane.tree, Qt.Key.Key_Home)
    QTest.keyClick(pane.tree, Qt.Key.Key_Left)
    assert pane.model.rowCount() == 2, "folded"
    QTest.keyClick(pane.tree, Qt.Key.Key_Right)
    QTest.keyClick(pane.tree, Qt.Key.Key_Right)
    assert current_name(pane) == "chat"
    QTest.keyClicks(pane.tree, "vi")
    assert pane.filter.text() == "vi", "typing in the tree goes on in the filter"
    assert pane.model.counts() == (1, 3)


def test_typing_on_finds_what_typing_it_at_once_finds(pane: ServicesPane) -> None:
    many = [Service(str(number), f"one-{number} of {number % 7}", "work", status="running") for number in range(200)]
    pane.finish("work", many)
    branch = pane.model.branch("work")
    text = ""
    for letter in "one-1 of 3":
        text += letter
        pane.filter.setText(text)
        words = text.casefold().split()
        assert branch.shown == [one for one in many if all(word in haystack(one) for word in words)]
    for text in ("one-1", "o", "status:run 3", "status:runx", "tag:a", "x:y", ""):
        pane.filter.setText(text)
        assert branch.shown == [one for _, one in parsed(text).among([(haystack(one), one) for one in many])]


def test_a_part_alone_can_be_looked_at() -> None:
    one = Service("1", "running late", status="stopped", state="stopped", auth=("api_key",), tags=("team=blue",))
    for text, fits in (
        ("running", True),
        ("status:running", False),
        ("status:stop auth:key", True),
        ("auth:token", False),
        ("tag:BLUE", True),
        ("tag:", True),
        ("colour:blue", False),
    ):
        assert bool(parsed(text).among([(haystack(one), one)])) is fits, text
    assert parsed("run late").hits("running late") == [(0, 3), (8, 4)]
    assert parsed("ss").hits("Straße") == [], "folding made it longer: no place can be told"
    assert not Query()


@pytest.mark.parametrize(
    ("name", "shown"),
    [("a\nb", "a{break}b"), ("a\r\nb", "a{break}b"), ("x\u202egnp.exe", "xgnp.exe"), ("\x1b[31m", "␛[31m"),
     ("", "the id"), ("情感分类", "情感分类"), ("خدمة", "خدمة"), ("🚀" * 300, "🚀" * 300), ("a\u2029b", "a{break}b")],
)  # fmt: skip
def test_names_are_one_safe_line(dressed: QApplication, name: str, shown: str) -> None:
    drawn = one_line("\n")
    assert shown_name(Service("the id", name)) == shown.replace("{break}", drawn)
    assert len(drawn) == 1 and drawn.isprintable()


def test_odd_services_are_painted(pane: ServicesPane) -> None:
    odd = [
        Service("", ""),
        Service("1", "x" * 300, "work", "v" * 300, "s" * 300, tags=("t" * 300,), note="n" * 5000),
        Service("1", "twice", "work"),
        Service("2", "a\nb\x00", "work", auth=tuple("abcdef"), protocols=("p" * 100,)),
        Service("3", "\u202eخدمة🚀", "work", state="concerning"),
    ]
    pane.finish("work", odd)
    for text in ("", "x", "t", "خ", "a"):
        pane.filter.setText(text)
        assert not pane.grab().isNull()
    pane.show_details()
    for service in odd:
        pane.details.show_service(service)
        pane.details._build()
        assert pane.details.area.widget().minimumSizeHint().width() <= pane.width(), "nothing makes the pane wider"


def test_a_star_is_a_click_or_a_key(pane: ServicesPane, qtbot: QtBot) -> None:
    index = pane.model.find("work", "chat")
    star = mark_rect(pane.tree.visualRect(index)).center()
    with qtbot.waitSignal(pane.starred) as told, qtbot.assertNotEmitted(pane.chosen):
        QTest.mouseClick(pane.tree.viewport(), Qt.MouseButton.LeftButton, pos=star)
    assert told.args == ["work", "1", True]
    pane.set_marks([("work", "1"), ("work", "unknown")], [("work", "3")])
    assert [pane.model.section_at(row).key for row in pane.model.headings()][:2] == ["favourites", "recent"]
    with qtbot.waitSignal(pane.starred) as told:
        QTest.keyClick(pane.tree, Qt.Key.Key_Asterisk, Qt.KeyboardModifier.ShiftModifier)
    assert told.args == ["work", "1", False]
    pane.filter.setText("chat")
    assert [pane.model.section_at(row).key for row in pane.model.headings()] == ["workspace work"], "found once"
    with qtbot.waitSignal(pane.workspace_refresh_requested) as told:
        QTest.keyClick(pane.tree, Qt.Key.Key_F5, Qt.KeyboardModifier.ShiftModifier)
    assert told.args == ["work"]


def test_a_heading_folds_and_its_mark_reads_again(pane: ServicesPane, qtbot: QtBot) -> None:
    rect = pane.tree.visualRect(pane.model.find("work"))
    with qtbot.waitSignal(pane.workspace_refresh_requested) as told:
        QTest.mouseClick(pane.tree.viewport(), Qt.MouseButton.LeftButton, pos=mark_rect(rect).center())
    assert told.args == ["work"]
    pane.begin("work")
    with qtbot.waitSignal(pane.stop_requested):
        QTest.mouseClick(pane.tree.viewport(), Qt.MouseButton.LeftButton, pos=mark_rect(rect).center())
    with qtbot.waitSignal(pane.folded) as told:
        QTest.mouseClick(pane.tree.viewport(), Qt.MouseButton.LeftButton, pos=rect.topLeft() + QPoint(30, 8))
    assert told.args == ["workspace work", True]
    assert pane.model.rowCount() == 2
    assert pane.choose("work", "chat"), "what is folded can be chosen all the same"
    pane.filter.setText("chat")
    assert pane.model.find("work", "chat").isValid(), "nothing is folded while something is looked for"


def test_a_refresh_keeps_the_place_and_the_current_row(pane: ServicesPane) -> None:
    many = [Service(str(number), f"one {number}", "work") for number in range(500)]
    pane.finish("work", many)
    pane.tree.show_row(pane.model.find("work", "300"))
    top = pane.tree.visualRect(pane.model.find("work", "300")).top()
    pane.finish("work", many[10:])
    assert current_name(pane) == "one 300"
    assert pane.tree.visualRect(pane.model.find("work", "300")).top() == top


def test_headings_are_lower_and_rows_are_alike(pane: ServicesPane) -> None:
    for _ in range(2):
        heads = set(pane.model.headings())
        heights = {row: pane.tree.rowHeight(row) for row in range(pane.model.rowCount())}
        low = {heights[row] for row in heads}
        high = {height for row, height in heights.items() if row not in heads}
        assert len(low) == len(high) == 1 and low.pop() < high.pop()
        pane.set_marks([("work", "2")], [("work", "3")])


def test_details_copy_addresses_and_give_samples(pane: ServicesPane, qtbot: QtBot) -> None:
    whole = Service(
        "1", "chat", "work", addresses={"public": "https://h/v1"},
        apis=(Sample("POST", "/a", "{}"), Sample("GET", "/b")),
        tags=("team=blue",), body_limit=12 << 20,
    )  # fmt: skip
    pane.finish("work", [whole, *SERVICES[1:]])
    pane.tree.show_row(pane.model.find("work", "1"))
    QTest.keyClick(pane.tree, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: pane.details.area.widget() is not None)
    pane.details.show_happenings(whole, [Happening(0, "went well"), Happening(1.7e9, "went wrong", "error")])
    pane.details._build()
    lines = pane.details.findChildren(CopyLine)
    QTest.mouseClick(lines[0].button, Qt.MouseButton.LeftButton)
    assert QApplication.clipboard().text() == "https://h/v1"
    with qtbot.waitSignal(pane.sample_chosen) as told:
        QTest.mouseClick(pane.details.findChildren(ApiButton)[1], Qt.MouseButton.LeftButton)
    assert told.args == [whole, Sample("GET", "/b")]
    nameless = [
        button for button in pane.findChildren(QToolButton) if not button.accessibleName() and button.isVisible()
    ]
    assert not [one for one in nameless if one.parent() is not pane.filter]
    QTest.keyClick(pane.tree, Qt.Key.Key_F4)
    assert pane.details.isHidden()


def test_the_menu_of_a_row_has_what_its_keys_do(pane: ServicesPane) -> None:
    for target in (SERVICES[0], pane.model.branch("work")):
        menu = open_menu(pane, target, QPoint(0, 0))
        assert len(menu.actions()) >= 3
        menu.close()


def test_an_empty_filter_result_says_so(pane: ServicesPane) -> None:
    pane.filter.setText("nothing at all")
    assert pane.empty.isVisible()
    assert pane.search.count.text() == "0 of 3"
    pane.filter.clear()
    assert not pane.empty.isVisible()


def test_how_long_ago() -> None:
    assert [ago(0, now) for now in (10, 600, 3 * 3600, 5 * 86_400)] == [
        "just now",
        "10 min ago",
        "3 h ago",
        "5 days ago",
    ]
    assert ago(100, 0) == "just now", "a clock that was set back"
