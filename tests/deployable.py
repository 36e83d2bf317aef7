"""A platform's management interface, old generation, whose services are deployed, changed and watched."""

import asyncio
import contextlib
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from tests.platforms import row
from tests.raw import Peer, Received, Served

from streamscope.engine import discover
from streamscope.engine.core import Core
from streamscope.model.service import Service, Workspace

Answer = tuple[str, dict[str, str], dict[str, Any]]
MODEL = {"model_id": "m-1", "model_name": "chat", "model_version": "0.0.2", "model_status": "published"}
OLDER = {**MODEL, "model_id": "m-0", "model_version": "0.0.1"}
SPECIFICATION = {"specification": "modelarts.vm.cpu.2u", "is_open": True, "spec_status": "normal"}


@dataclass
class Deployable:
    """What it tells; a test changes it while it runs. `turns` of a service are the rows that its next looks bring."""

    rows: dict[str, dict[str, Any]] = field(default_factory=dict)
    turns: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    events: list[tuple[int, str, str]] = field(default_factory=list)
    """Milliseconds, type and text."""
    moves: list[dict[str, str]] = field(default_factory=list)
    """Statuses that services move to by the next lists that are asked for once something was changed."""
    refuse: dict[tuple[str, str], list[Answer]] = field(default_factory=dict)
    """(method, the path's end) → answers in place of the right one, each once."""
    calls: list[tuple[str, str, dict[str, Any]]] = field(default_factory=list)
    """What was asked for that is no GET: method, path, body."""
    lost: int = 0
    """Looks whose connection is closed without an answer."""
    cut_off: bool = False
    """Whether the answer of a creation is lost."""
    served: Served = field(default_factory=Served)

    def workspace(self, **values: str) -> Workspace:
        """A workspace on it that needs no secret."""
        given = {"management": self.served.http, "project": "p", "region": "r", "sign_in": "none", **values}
        return Workspace("work", "modelarts", given, proxy="none")

    async def script(self, peer: Peer) -> None:
        """Answer one connection's requests."""
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
            while True:
                request = await peer.request()
                answer = self._answer(request)
                if answer is None:
                    return
                status, headers, body = answer
                await peer.answer(json.dumps(body).encode(), status, Content_Type="application/json", **headers)

    def _answer(self, request: Received) -> Answer | None:
        generation, _, *path = urlsplit(request.target).path.strip("/").split("/")
        if request.method != "GET":
            self.calls.append((request.method, "/".join(path), json.loads(request.body or b"{}")))
        for (method, ending), answers in self.refuse.items():
            if method == request.method and "/".join(path).endswith(ending) and answers:
                return answers.pop(0)
        if request.method == "GET" and len(path) == 2 and self.lost:
            self.lost -= 1
            return None
        if generation == "v2":
            return no("404 Not Found", "ModelArts.0000")
        return self._old(request.method, path, json.loads(request.body or b"{}"))

    def _old(self, method: str, path: list[str], body: dict[str, Any]) -> Answer | None:
        if path == ["models"]:
            return ok(models=[MODEL, OLDER], total_count=2)
        if path == ["services", "specifications"]:
            return ok(specifications=[SPECIFICATION], total_count=1)
        if path == ["app-auth", "apps"]:
            return ok(apps=[], total_count=0)
        if path == ["services"] and method == "POST":
            self.rows["new"] = row("new", "deploying", body["service_name"]) | {"service_id": "new"}
            return None if self.cut_off else ok(service_id="new")
        if path == ["services"]:
            for name, status in self.moves.pop(0).items() if self.moves and self.calls else ():
                self.rows[name] = {**self.rows[name], "status": status}
            return ok(services=list(self.rows.values()), total_count=len(self.rows))
        return self._one(method, path)

    def _one(self, method: str, path: list[str]) -> Answer:
        ids = path[1].split(",")
        if any(number not in self.rows for number in ids):
            return no("404 Not Found", "ModelArts.3502", "It does not exist.")
        if path[2:] == ["events"]:
            told = [{"occur_time": at, "event_type": kind, "event_info": text} for at, kind, text in self.events]
            return ok(events=list(reversed(told)))
        if path[2:] in (["logs"], ["monitor"]):
            return ok()
        if method == "DELETE":
            for number in ids:
                del self.rows[number]
            return ok()
        if method == "PUT":
            return ok()
        if self.turns.get(ids[0]):
            self.rows[ids[0]] = {**self.rows[ids[0]], **self.turns[ids[0]].pop(0)}
            if self.rows[ids[0]]["status"] == "":
                del self.rows[ids[0]]
                return no("404 Not Found", "ModelArts.3502", "It does not exist.")
        return ok(**self.rows[ids[0]], config=[])


def ok(**body: Any) -> Answer:
    """A success."""
    return "200 OK", {}, body


def no(status: str, code: str, text: str = "no", **headers: str) -> Answer:
    """A refusal."""
    return status, headers, {"error_code": code, "error_msg": text}


async def deployable(serve: Callable[..., Served], core: Core, **statuses: str) -> tuple[Deployable, list[Service]]:
    """A platform that runs, saved as the workspace 'work', with services of these names, and how they are listed."""
    made = Deployable({name: {**row(name, status, name), "service_id": name} for name, status in statuses.items()})
    made.served = serve(made.script)
    core.bench.workspaces.save(made.workspace())
    return made, await discover.services(core, made.workspace())
