"""The window in Chinese: it starts, says nothing in English of its own, and no button or label of it is clipped."""

import asyncio
import re
import time
from collections.abc import Iterator
from contextlib import suppress

import pytest
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QComboBox,
    QDialog,
    QLabel,
    QMenu,
    QToolButton,
    QWidget,
)
from tests.gui.conftest import Played
from tests.gui.test_window import ready, until
from tests.program import Sandbox

from streamscope.gui import language
from streamscope.gui.composer.choice import ClampedLabel
from streamscope.gui.marks import ElidedLabel
from streamscope.gui.services.names import note
from streamscope.gui.texts import plain
from streamscope.gui.window import Window
from streamscope.model.draft import Choice, Draft
from streamscope.model.service import Service

pytestmark = pytest.mark.window

CHINESE = re.compile(r"[\u4e00-\u9fff]")
KEYS = re.compile(r"(Ctrl|Alt|Shift|Esc|Return|F\d|Insert|Delete|Tab)\b")


@pytest.fixture
def chinese(dressed: QApplication) -> Iterator[None]:
    """The program speaks Chinese, as it does after its start with that setting."""
    assert language.speak("zh_CN") == "zh_CN"
    yield
    language.speak("en")


def clipped(root: QWidget) -> list[str]:
    """Visible buttons and labels that are narrower than their text."""
    found = []
    for widget in root.findChildren(QWidget):
        if not isinstance(widget, QAbstractButton | QLabel | QComboBox) or not widget.isVisible():
            continue
        if isinstance(widget, ElidedLabel | ClampedLabel) or (isinstance(widget, QLabel) and widget.wordWrap()):
            continue  # these break or shorten their text themselves, and give all of it as a tooltip
        text = widget.currentText() if isinstance(widget, QComboBox) else widget.text()
        if not text or (isinstance(widget, QToolButton) and not widget.icon().isNull() and not _beside(widget)):
            continue
        need = widget.fontMetrics().horizontalAdvance(plain(text)) if isinstance(widget, QComboBox) else _needed(widget)
        if widget.width() < need:
            found.append(f"{type(widget).__name__} {text!r}: {widget.width()} of {need}")
    return found


def _beside(button: QToolButton) -> bool:
    return button.toolButtonStyle() is not button.toolButtonStyle().ToolButtonIconOnly


def _needed(widget: QWidget) -> int:
    return min(widget.sizeHint().width(), widget.minimumSizeHint().width() or widget.sizeHint().width())


def english(root: QWidget) -> list[str]:
    """Words of the window's own that are not Chinese: names of what can be pressed or chosen, and tooltips."""
    said = [
        words
        for widget in root.findChildren(QAbstractButton)
        for words in (widget.text(), widget.toolTip(), widget.accessibleName())
    ]
    said += [menu.title() for menu in root.findChildren(QMenu)]
    said += [action.text() for action in root.findChildren(QAction)]
    return sorted({text for text in said if " " in text.strip() and not CHINESE.search(text) and not KEYS.search(text)})


async def looked_at(root: QWidget, place: str) -> None:
    """Nothing of it is clipped, once it is laid out, or English."""
    with suppress(TimeoutError):
        async with asyncio.timeout(5):
            await until(lambda: root.isVisible() and not clipped(root))
    assert not clipped(root), (place, clipped(root))
    assert not english(root), (place, english(root))


def test_the_window_and_its_sheets(sandbox: Sandbox, chinese: None, played: Played) -> None:
    async def script(window: Window) -> None:
        await ready(window)
        window.resize(1280, 800)
        assert {"服务", "集合", "历史"} <= {button.text() for button in window.sidebar.findChildren(QAbstractButton)}
        assert [plain(action.text()) for action in window.menuBar().actions()] == [
            "文件",
            "编辑",
            "请求",
            "服务",
            "视图",
            "帮助",
        ]
        sheets = window.composer.sheets
        for protocol in ("sse", "websocket"):
            window.composer.choose(protocol=protocol)
            for index in range(sheets.count()):
                sheets.setCurrentIndex(index)
                await looked_at(window, sheets.tabText(index))
        for pane in ("collections", "history", "services"):
            window.sidebar.show_pane(pane)
            await looked_at(window, pane)

    played(sandbox.profile, script)


def test_the_dialogs(sandbox: Sandbox, chinese: None, played: Played) -> None:
    async def script(window: Window) -> None:
        await ready(window)
        own = ("workspaces", "credentials", "settings", "environments", "help", "about", "palette", "save_as")
        for name in (*own, "deploy", "package", "apps", "keys"):
            window.actions_by_name[name].trigger()
            await until(lambda: _open(window))
            for dialog in _open(window):
                await looked_at(dialog, name)
                dialog.close()
            await until(lambda: not _open(window))

    played(sandbox.profile, script)


def test_errors_and_findings_are_told_in_chinese(sandbox: Sandbox, chinese: None, played: Played) -> None:
    """They are recorded in English, so that a recording means the same everywhere."""
    service = {"workspace": "sandbox", "service": "chat"}
    drafts = {
        "wrong path": Draft(auth=Choice("token"), channel=Choice("public"), path="/nope", **service),
        "refused": Draft(channel=Choice("address", {"url": "http://127.0.0.1:9/"})),
        "unresolved": Draft(channel=Choice("address", {"url": "https://infer.vpc.invalid/v1"})),
        "wrong key": Draft(auth=Choice("aksk", {"secret_key": "no"}), channel=Choice("public"), **service),
        "old signature": Draft(
            auth=Choice("aksk"), channel=Choice("vpc"), headers=(("X-Sdk-Date", "20200101T000000Z"),), **service
        ),
        "plain": Draft(auth=Choice("bearer", {"token": "invented"}), channel=Choice("direct"), **service),
        "no scheme": Draft(channel=Choice("address", {"url": "ftp://127.0.0.1/"})),
    }

    async def script(window: Window) -> None:
        await ready(window)
        for name, draft in drafts.items():
            before = window.live.current()
            window.send(draft)
            await until(lambda before=before: window.live.current() is not before)
            view = window.live.current()
            assert view is not None
            await until(lambda view=view: not view.live)
            labels = [label for label in view.findings.findChildren(QLabel) if label.text()]
            assert labels, name
            assert all(CHINESE.search(label.text()) for label in labels), (name, [label.text() for label in labels])
            await looked_at(view, name)

    played(sandbox.profile, script)


def test_a_text_with_few_words_of_its_own_tells_nothing_of_others(chinese: None) -> None:
    """`{service} is {status}.` fits half of all sentences: it counts where a value in it is known."""
    assert language.retold("chat is stopped.") == "chat 的状态为 已停止。"
    assert language.retold("The username or password is ••••••.") == "The username or password is ••••••."
    assert language.retold("no such thing, or so") == "no such thing, or so"
    told = language.retold("chat accepts: IAM token, AK/SK signature.")
    assert told.startswith("chat 接受：IAM Token")
    assert told.endswith("AK/SK 签名。")
    for many in (", ".join(["one"] * 5000), ", " * 99, "a is " * 110 + "b."):
        assert language.retold(many) == many
    found = language.retold("The name infer.example does not resolve to an address. (3 times)")
    assert found == "名称 infer.example 无法解析为地址。（3 次）"


def test_what_a_platform_says_is_told_sentence_by_sentence(chinese: None) -> None:
    """The platform's own words and the program's stand in one note."""
    said = "quota is over. Frozen, since bills are open: pay them. It cannot be deleted until then."
    service = Service("1", "chat", "work", "classic", "frozen", note=said)
    assert note(service) == "quota is over. 因有未付账单被冻结：请付清账单。在此之前无法删除。"


def test_telling_again_is_fast(chinese: None) -> None:
    """What a view with ten thousand rows asks for costs less than the sentences' first time."""
    texts = [f"Nothing listens at 127.0.0.1:{port}: the connection was refused." for port in range(100)]
    began = time.perf_counter()
    for text in texts:
        language.retold(text)
    first = time.perf_counter() - began
    began = time.perf_counter()
    for _ in range(100):
        for text in texts:
            language.retold(text)
    assert time.perf_counter() - began < first


def _open(window: Window) -> list[QWidget]:
    known = [*QApplication.topLevelWidgets(), *window.findChildren(QDialog)]
    return [one for one in dict.fromkeys(known) if isinstance(one, QDialog) and one.isVisible()]
