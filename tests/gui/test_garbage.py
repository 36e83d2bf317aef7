"""Widgets are destroyed on the window's thread only, whatever other threads allocate."""

import gc
import threading
import weakref
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QObject
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from streamscope.gui import garbage

pytestmark = pytest.mark.window


class Cycle(QObject):
    """Garbage that only the collector finds."""

    def __init__(self) -> None:
        super().__init__()
        self.me = self


@pytest.fixture(autouse=True)
def thresholds() -> Iterator[None]:
    """The interpreter's own: a command that ran in this process may have set others."""
    before = gc.get_threshold()
    gc.set_threshold(700, 10, 10)
    yield
    gc.set_threshold(*before)


def test_another_thread_collects_nothing(dressed: QApplication, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(garbage, "_EVERY", 10)
    where: list[threading.Thread] = []
    with garbage.collected_here():
        weakref.finalize(Cycle(), lambda: where.append(threading.current_thread()))
        busy = threading.Thread(target=lambda: [[{}] for _ in range(20_000)])
        busy.start()
        busy.join()
        assert not where
        kept = [[number] for number in range(2_000)]
        qtbot.waitUntil(lambda: bool(where))
        assert kept
    assert where == [threading.main_thread()]
    assert gc.isenabled()


def test_what_is_spared_is_not_walked_through_and_is_collected_at_the_end(dressed: QApplication) -> None:
    where: list[int] = []
    with garbage.collected_here():
        weakref.finalize(Cycle(), lambda: where.append(1))
        garbage.spare()
        gc.collect()
        assert not where
        assert gc.get_freeze_count()
    assert where
    assert not gc.get_freeze_count()


def test_nothing_is_spared_where_the_collector_runs_by_itself() -> None:
    garbage.spare()
    assert not gc.get_freeze_count()
