"""Benchmarks of the pane of services with 10,000 of them: a key in the filter, loading, and doing nothing (ms)."""

import time
from collections.abc import Callable

from tests.benchmarks.counterpart import Row

COUNT = 10_000
TYPED = ("c", "ch", "cha", "chat", "chat 9", "chat 99", "chat 9", "chat", "status:running", "zzz", "")
KEY_MS = 16.0
LOAD_MS = 50.0


def services() -> list[Row]:
    """The slowest key in the filter until it is painted, loading 10,000, an idle second."""
    from PySide6.QtWidgets import QApplication

    from streamscope.gui.app import application
    from streamscope.gui.services.pane import ServicesPane
    from streamscope.gui.theme import theme
    from streamscope.model.service import Workspace

    app = application()
    theme.wear(app, "light")
    pane = ServicesPane()
    pane.resize(236, 760)
    pane.show()
    pane.set_workspaces([Workspace("work", "modelarts")])
    listed, fresh = _listed(), _listed()
    QApplication.processEvents()

    def shown(does: Callable[[], object]) -> float:
        began = time.perf_counter()
        does()
        pane.tree.viewport().repaint()
        took = (time.perf_counter() - began) * 1e3
        QApplication.processEvents()
        return took

    loads = [shown(lambda rows=rows: pane.finish("work", rows)) for rows in (listed, [], listed, [], listed)]
    again = min(shown(lambda rows=rows: pane.finish("work", rows)) for rows in (fresh, listed) * 2)
    pane.choose("work", listed[-1].id)
    rounds = [[shown(lambda text=text: pane.filter.setText(text)) for text in TYPED] for _ in range(7)]
    keys = [min(times) for times in zip(*rounds, strict=True)]  # what else the machine does is no part of a key
    news = shown(lambda: pane.show_changes("work", [*listed[:-1]], listed[:3], listed[-1:]))
    began = time.process_time()
    until = time.monotonic() + 1.0
    while time.monotonic() < until:
        QApplication.processEvents()
        time.sleep(0.02)
    idle = (time.process_time() - began) * 1e3
    pane.close()
    return [
        _row("services_key", max(keys), KEY_MS),
        _row("services_key_median", sorted(keys)[len(keys) // 2], KEY_MS),
        _row("services_load", min(loads[::2]), LOAD_MS),
        _row("services_refresh", again, LOAD_MS),
        _row("services_news", news, LOAD_MS),
        _row("services_last_known", _decoded(listed), 500.0),
        _row("services_idle_second", idle, 30.0),
    ]


def _listed() -> list:  # type: ignore[type-arg]
    from streamscope.model.service import Service

    states = ("running", "changing", "failed", "stopped")
    return [
        Service(
            f"{number:032x}", f"chat-service-{number}", "work", f"v{1 + number % 2}", states[number % 4],
            states[number % 4], ("token", "aksk"), ("https", "sse"),
            {"public": f"https://infer.example/v1/infers/{number:032x}"},
            tags=(f"team={number % 7}",), complete=False,
        )
        for number in range(COUNT)
    ]  # fmt: skip


def _decoded(listed: list) -> float:  # type: ignore[type-arg]
    """Reading the last-known list from the profile, off the window's thread."""
    import tempfile
    from pathlib import Path

    from streamscope.store.services import KnownServices

    with tempfile.TemporaryDirectory() as folder:
        KnownServices(Path(folder), []).keep("work", listed)
        began = time.perf_counter()
        known = KnownServices(Path(folder), []).last_known("work")
        took = (time.perf_counter() - began) * 1e3
    assert known is not None and len(known.services) == COUNT
    return took


def _row(name: str, value: float, reach: float) -> Row:
    return Row(name, value, reach, value / reach, f"<= {reach:g} ms", value <= reach)
