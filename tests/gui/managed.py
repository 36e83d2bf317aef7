"""A page of a service on a platform whose answers a test decides: the old generation's interface, real sockets."""

import asyncio
import contextlib
import json
import re
import time
import traceback
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMainWindow, QSplitter
from tests.gui.test_window import until
from tests.platforms import Platform, row
from tests.raw import Peer, Served

from streamscope.gui import loop
from streamscope.gui.composer.pane import ComposerPane
from streamscope.gui.desk import Desk, opened
from streamscope.gui.dialogs import Dialogs
from streamscope.gui.live.pane import LivePane
from streamscope.gui.services.confirm import ConfirmDialog
from streamscope.gui.services.managing import Managing
from streamscope.gui.services.page.view import ServiceView
from streamscope.gui.services.pane import ServicesPane
from streamscope.gui.services.refreshing import Refreshing
from streamscope.model.service import Service
from streamscope.store.bench import open_bench
from streamscope.tasks import spawn

OK = "200 OK"
Answer = tuple[str, dict[str, Any]]
NO_SUCH: Answer = ("404 Not Found", {"error_code": "ModelArts.3502", "error_msg": "It does not exist."})
FORBIDDEN: Answer = ("403 Forbidden", {"error_code": "ModelArts.0010", "error_msg": "User has no right to do it."})
WRONG_STATE: Answer = ("400 Bad Request", {"error_code": "ModelArts.3519", "error_msg": "It is running."})
AWAY: Answer = ("503 Service Unavailable", {"error_code": "ModelArts.0001", "error_msg": "not now"})


@dataclass
class Managed(Platform):
    """The old generation's management; `refusals` answer what a pattern of "METHOD path" fits."""

    asked: list[str] = field(default_factory=list)
    refusals: dict[str, Answer] = field(default_factory=dict)
    hangs: str = ""
    """What a pattern of "METHOD path" fits is never answered."""
    percent: int = 0
    events: list[dict[str, Any]] = field(default_factory=list)
    details: dict[str, Any] = field(default_factory=dict)

    async def script(self, peer: Peer) -> None:
        """Answer one connection's requests."""
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
            while True:
                request = await peer.request()
                if self.slow:
                    await peer.rest()
                    return
                path = request.target.partition("?")[0].split("/", 3)[-1]
                if self.hangs and re.search(self.hangs, f"{request.method} {path}"):
                    self.asked.append(f"{request.method} {path}")
                    await peer.rest()
                    return
                status, body = self._managed(request.method, request.target, request.body)
                await peer.answer(json.dumps(body).encode(), status, Content_Type="application/json")

    def find(self, number: str) -> dict[str, Any] | None:
        """The row of a service."""
        return next((one for one in self.old if one["service_id"] == number), None)

    def count(self, pattern: str) -> int:
        """How often something was asked for."""
        return sum(re.search(pattern, one) is not None for one in self.asked)

    def happen(self, text: str, kind: str = "normal") -> None:
        """Something happens to every service."""
        at = round(time.time() * 1000) + len(self.events)
        self.events.append({"event_type": kind, "event_info": text, "occur_time": at})

    def _managed(self, method: str, target: str, body: bytes) -> Answer:
        path = "/".join(target.partition("?")[0].strip("/").split("/")[2:])
        self.asked.append(f"{method} {path}")
        for pattern, answer in self.refusals.items():
            if re.search(pattern, f"{method} {path}"):
                return answer
        if path == "services" or target.startswith("/v2"):
            status, _, told = self._answer(target)
            return status, told
        _, _, rest = path.partition("/")
        number, _, what = rest.partition("/")
        found = self.find(number)
        if not path.startswith("services/") or number == "specifications":
            return OK, {}
        if found is None:
            return NO_SUCH
        if method == "DELETE":
            self.old.remove(found)
            return OK, {}
        if method == "PUT":
            wanted = json.loads(body).get("status")
            if wanted == found["status"]:
                return WRONG_STATE
            found["status"] = {"running": "deploying", "stopped": "stopped"}.get(wanted, "deploying")
            return OK, {}
        return OK, self._told(found, what)

    def _told(self, found: dict[str, Any], what: str) -> dict[str, Any]:
        match what:
            case "events":
                return {"events": list(reversed(self.events))}
            case "monitor":
                usage = {"model_id": "m", "model_name": "chat", "cpu_core_usage": "1.5", "cpu_core_total": "4",
                         "model_running_instance_count": 2, "model_instance_count": 2}  # fmt: skip
                return {"monitors": [usage], "req_count_per_min": 12,
                        "service_running_instance_count": 2, "service_instance_count": 2}  # fmt: skip
            case "logs":
                return {"logs": [{"update_time": 1_700_000_000_000, "result": "SUCCESS", "config": []}]}
        model = {"model_id": "m", "model_name": "chat", "model_version": "1.0.0", "status": "ready",
                 "instance_count": 2, "specification": "modelarts.vm.cpu.2u", "weight": 100}  # fmt: skip
        address = {"access_address": f"https://infer.example/v1/infers/{found['service_id']}"}
        return {**found, "config": [model], "progress": self.percent, **address, **self.details}


class Room(QMainWindow):
    """What the management of services stands on, without the rest of a window."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.desk = desk
        self.tasks: list[asyncio.Task[None]] = []
        self.errors: list[Exception] = []
        self.services = ServicesPane()
        self.live = LivePane()
        self.composer = ComposerPane()
        self.composer.hide()
        self.resize(900, 640)
        split = QSplitter()
        for part in (self.services, self.live, self.composer):
            split.addWidget(part)
        split.setSizes([260, 640, 0])
        self.setCentralWidget(split)
        self.refreshing = Refreshing(desk, self.services, self.start)
        self.dialogs = Dialogs(desk, self, {}, list)
        self.managing = Managing(self, desk, self.refreshing, self.dialogs)  # type: ignore[arg-type]

    def start(self, coroutine: Coroutine[Any, Any, None], name: str) -> "asyncio.Task[None]":
        """Run a coroutine as a window does; what goes wrong is kept."""

        async def shown() -> None:
            try:
                await coroutine
            except asyncio.CancelledError:
                pass
            except Exception as error:
                self.errors.append(error)

        self.tasks.append(spawn(shown(), name=name))
        return self.tasks[-1]

    def service(self, number: str = "id-1") -> Service:
        """A service as the tree knows it."""
        found = self.services.model.known("work", number)
        assert found is not None
        return found

    async def page(self, number: str = "id-1") -> ServiceView:
        """A service's page, its overview read."""
        page = self.managing.open(self.service(number))
        await until(lambda: page.overview.known)
        return page


Script = Callable[[Room, Managed], Awaitable[None]]


def play(app: QApplication, profile: Path, serve: Callable[..., Served], script: Script, *rows: dict[str, Any]) -> None:
    """Play a coroutine in a room whose workspace "work" has these services; by default one that runs, one stopped."""
    platform = Managed(list(rows or (row(1), row(2, "stopped"))))
    platform.served = serve(platform.script)

    async def main() -> None:
        bench = open_bench(profile)
        bench.workspaces.save(platform.workspace())
        desk = await asyncio.to_thread(opened, bench)
        room = Room(desk)
        room.show()
        room.activateWindow()
        try:
            workspace = desk.bench.workspaces.get("work")
            room.services.set_workspaces([workspace])
            await room.refreshing.read(workspace)
            await until(room.isActiveWindow)
            await script(room, platform)
        finally:
            for error in room.errors:
                traceback.print_exception(error)
            room.managing.close()
            room.refreshing.close()
            await asyncio.gather(*room.tasks, return_exceptions=True)
            await asyncio.to_thread(desk.close)
            room.close()
            room.deleteLater()
        assert not room.errors

    loop.run(app, main())


def asked(kind: type = ConfirmDialog) -> Any:
    """The dialog that asks, or None."""
    return next((one for one in QApplication.topLevelWidgets() if isinstance(one, kind) and one.isVisible()), None)


async def answered(yes: bool) -> str:
    """Answer the question by the keyboard; gives its text."""
    await until(asked)
    dialog = asked()
    if yes:
        QTest.mouseClick(dialog.yes, Qt.MouseButton.LeftButton)
    else:
        QTest.keyClick(dialog, Qt.Key.Key_Return)
    await until(lambda: asked() is None)
    return str(dialog.text)
