"""The language of the window: translations read from their files, recorded texts told again."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QApplication, QWidget

from streamscope.gui import language
from streamscope.gui.texts import told
from streamscope.model.phrase import phrase


@pytest.fixture
def chinese(dressed: QApplication, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    texts = {
        ("", "The file {path} cannot be read: {reason}."): "无法读取文件 {path}：{reason}。",
        ("", "running"): "运行中",
        ("", "{service} is {status}."): "{service} 的状态为{status}。",
        ("Base", "Hello"): "你好",
    }
    monkeypatch.setattr(language, "read", lambda path: texts)
    assert language.speak("zh_CN") == "zh_CN"
    yield
    language.speak("en")


class Base(QWidget):
    def hello(self) -> str:
        return self.tr("Hello")


class Derived(Base):
    pass


def test_words_of_widgets_and_of_the_core(chinese: None) -> None:
    assert Derived().hello() == "你好"
    assert told(phrase("{service} is {status}.", service="chat", status=phrase("running"))) == "chat 的状态为运行中。"
    assert QCoreApplication.translate("Base", "unknown") == "unknown"


def test_what_was_recorded_in_english_is_told_again(chinese: None) -> None:
    assert language.retold("The file /a b.txt cannot be read: gone.") == "无法读取文件 /a b.txt：gone。"
    assert language.retold("chat is running.") == "chat 的状态为运行中。"
    assert language.retold("Nobody knows this sentence.") == "Nobody knows this sentence."


def test_english_again(dressed: QApplication) -> None:
    assert language.speak("en") == "en"
    assert language.retold("chat is running.") == "chat is running."
    assert Derived().hello() == "Hello"
