"""A platform's management interface with any services at all, in the words of ModelArts' both generations."""

import asyncio
import contextlib
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.raw import Peer, Served

from streamscope.model.service import Workspace


@dataclass
class Platform:
    """What it tells; a test changes it while it runs."""

    old: list[dict[str, Any]] = field(default_factory=list)
    new: list[dict[str, Any]] = field(default_factory=list)
    refusal: tuple[str, dict[str, str]] | None = None
    """A status line and headers that answer everything."""
    slow: bool = False
    """Whether answers wait until the client gives up."""
    by_rows: bool = True
    """Whether the old generation's offset counts rows; else it counts pages."""
    served: Served = field(default_factory=Served)

    def workspace(self, name: str = "work") -> Workspace:
        """A workspace on it that needs no secret."""
        values = {"management": self.served.http, "project": "p", "region": "r", "sign_in": "none"}
        return Workspace(name, "modelarts", values, proxy="none")

    async def script(self, peer: Peer) -> None:
        """Answer one connection's requests."""
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
            while True:
                request = await peer.request()
                if self.slow:
                    await peer.rest()
                    return
                status, headers, body = self._answer(request.target)
                await peer.answer(json.dumps(body).encode(), status, Content_Type="application/json", **headers)

    def _answer(self, target: str) -> tuple[str, dict[str, str], dict[str, Any]]:
        if self.refusal is not None:
            return *self.refusal, {"error_code": "ModelArts.0000", "error_msg": "not now"}
        url = urlsplit(target)
        query = {name: values[0] for name, values in parse_qs(url.query).items()}
        generation, _, *path = url.path.strip("/").split("/")
        rows = self.old if generation == "v1" else self.new
        if path == ["services"]:
            return "200 OK", {}, self._page(rows, generation, query)
        number = path[1] if path[:1] == ["services"] and len(path) > 1 else ""
        row = next((row for row in rows if number in (row.get("service_id"), row.get("id"))), None)
        if row is None:
            return "404 Not Found", {}, {"error_code": "ModelArts.3502", "error_msg": "It does not exist."}
        if path[2:] == ["events"]:
            event = {"event_type": "abnormal", "event_info": "pulling failed", "occur_time": 1_700_000_000_000}
            return "200 OK", {}, {"events": [event], "data": [event]}
        return "200 OK", {}, {**row, "access_address": f"https://infer.example/v1/infers/{number}"}

    def _page(self, rows: list[dict[str, Any]], generation: str, query: dict[str, str]) -> dict[str, Any]:
        limit, offset = int(query["limit"]), int(query["offset"])
        if generation == "v2":
            return {"data": rows[offset : offset + limit], "total": len(rows)}
        start = offset if self.by_rows else offset * limit
        return {"services": rows[start : start + limit], "total_count": len(rows)}


def row(number: int | str, status: str = "running", name: str | None = None, **more: Any) -> dict[str, Any]:
    """A row of the old generation's list."""
    return {"service_id": f"id-{number}", "service_name": f"service {number}" if name is None else name,
            "status": status, **more}  # fmt: skip


def platform(serve: Callable[..., Served], *rows: dict[str, Any]) -> Platform:
    """A platform that runs, with these services of the old generation."""
    made = Platform(list(rows))
    made.served = serve(made.script)
    return made
