"""Scenes of the sidebar: services, collections and history, empty, filled, busy and in error."""

import time

from msgspec.structs import replace
from PySide6.QtWidgets import QApplication, QMenu
from tests.gallery import filling
from tests.gallery.stage import Stage

from streamscope.model.errors import StoreError
from streamscope.model.phrase import phrase
from streamscope.model.service import Service

NAMES = (
    "whisper-large-v3",
    "语音识别服务（生产环境，华北四）",
    "خدمة التعرف على الكلام",
    "emoji 🌊🚢 and\nline breaks",
    filling.LONG,
)
DAY = 86400.0


async def empty(stage: Stage) -> None:
    """Collections and history before anything was saved or sent."""
    for name in ("collections", "history", "services"):
        stage.window.sidebar.show_pane(name)
        await stage.grab(f"{name} empty" if name != "services" else "idle")


async def services(stage: Stage) -> None:
    """Details, search, a URL in the search, reading, a workspace that cannot be read, hard names."""
    pane = stage.window.services
    stage.window.sidebar.show_pane("services")
    await stage.chosen("chat")
    pane.show_details()
    await stage.grab("services details", rest=0.3)
    pane.show_details(False)
    for name, text in (("filter", "live token"), ("nothing", "zzz"), ("url", "https://infer.example.com/v1")):
        pane.filter.setText(text)
        await stage.grab(f"services {name}")
    pane.filter.clear()
    pane.begin("sandbox")
    await stage.grab("services busy", rest=0.3)
    pane.stopped("sandbox")
    workspaces = stage.window.bench.workspaces
    workspaces.save(filling.UNREACHABLE)
    workspaces.save(filling.BY_HAND)
    stage.session.refreshing.workspaces_changed()
    await stage.until(lambda: pane.problems.cards)
    await stage.grab("services error", rest=0.3)
    pane.show_known("Laboratory", _hard(), time.time() - 5 * DAY)
    bar = pane.tree.verticalScrollBar()
    bar.setValue(bar.maximum())
    await stage.grab("services hard names")
    workspaces.remove(filling.UNREACHABLE.name)
    workspaces.remove(filling.BY_HAND.name)
    stage.session.refreshing.workspaces_changed()


def _hard() -> list[Service]:
    states = ("running", "changing", "concerning", "failed", "stopped")
    return [
        Service(name[:8], name, "Laboratory", "v2", state, state, auth=("token",), tags=("team=speech", "gpu"))
        for name, state in zip(NAMES, states, strict=True)
    ]


async def library(stage: Stage) -> None:
    """Collections and history with a person's things in them."""
    window = stage.window
    pane = window.collections
    window.sidebar.show_pane("collections")
    pane.refresh()
    await stage.until(lambda: pane.model.rowCount() > 1)
    pane.tree.expandAll()
    await stage.grab("collections filled")
    pane.filter.setText("chat")
    await stage.grab("collections filter", rest=0.3)
    pane.filter.clear()
    menu_at(stage)
    await stage.grab("collections menu")
    close_menus()
    read_only = phrase("The collection {name} cannot be written.", name="Harbour")
    pane.fail(StoreError(read_only, phrase("Ask for the right to write there, or save elsewhere.")))
    await stage.grab("collections error")


async def history(stage: Stage) -> None:
    """What was sent, also on other days; a search that finds nothing."""
    pane = stage.window.history
    stage.window.sidebar.show_pane("history")
    rows = [row for row in pane.model.rows if hasattr(row, "recording")]
    for number, row in enumerate(rows[:6]):
        older = replace(row, recording=f"older {number}", started=row.started - DAY * (1 + number // 2))  # type: ignore[type-var]
        pane.model.add(older)  # type: ignore[arg-type]
    pane.list.setCurrentIndex(pane.model.index(1, 0))
    await stage.grab("history filled")
    bar = pane.list.verticalScrollBar()
    bar.setValue(bar.maximum())
    await stage.grab("history older days")
    pane.filter.setText("zzz")
    await stage.grab("history nothing", rest=0.4)
    pane.filter.clear()
    stage.window.sidebar.show_pane("services")


def menu_at(stage: Stage) -> None:
    """Open the menu of a row of the collections."""
    tree = stage.window.collections.tree
    index = tree.model().index(0, 0, tree.model().index(0, 0))
    tree.setCurrentIndex(index)
    tree.customContextMenuRequested.emit(tree.visualRect(index).center())


def close_menus() -> None:
    """Close what stands over the window and is no dialog."""
    for widget in QApplication.topLevelWidgets():
        if isinstance(widget, QMenu) and widget.isVisible():
            widget.close()
