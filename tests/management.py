"""A management interface that answers exactly what a test tells it to, request by request."""

import asyncio
import contextlib
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from tests.raw import Peer, Served

from streamscope.model.service import Workspace

JSON = "application/json"


@dataclass
class Asked:
    """A request: its method, the path below the project with everything unquoted, its query and its body."""

    method: str
    path: str
    query: dict[str, str]
    body: Any
    headers: list[tuple[str, str]]


@dataclass
class Answer:
    """What is answered: JSON, or bytes as they are."""

    body: Any = None
    status: str = "200 OK"
    headers: dict[str, str] = field(default_factory=dict)
    content_type: str = JSON

    @property
    def bytes(self) -> bytes:
        if isinstance(self.body, bytes):
            return self.body
        return b"" if self.body is None else json.dumps(self.body).encode()


Rule = Answer | dict[str, Any] | list[Any] | bytes | Callable[[Asked], "Rule | None"]


@dataclass
class Management:
    """Rules by "METHOD path" (version, then what is below the project); a path of None answers all else."""

    rules: dict[str, Rule] = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)
    served: Served = field(default_factory=Served)
    at_once: int = 0
    most_at_once: int = 0

    def workspace(self, name: str = "work", **values: str) -> Workspace:
        """A workspace on it that needs no secret."""
        known = {"management": self.served.http, "project": "p", "region": "r", "sign_in": "none"}
        return Workspace(name, "modelarts", {**known, **values}, proxy="none")

    def paths(self, method: str = "") -> list[str]:
        """What was asked for, in order."""
        return [asked.path for asked in self.asked if method in ("", asked.method)]

    def bodies(self, method: str, path: str) -> list[Any]:
        """What was sent to a path."""
        return [asked.body for asked in self.asked if (asked.method, asked.path) == (method, path)]

    async def script(self, peer: Peer) -> None:
        """Answer one connection's requests."""
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
            while True:
                request = await peer.request()
                url = urlsplit(request.target)
                version, _, *rest = url.path.strip("/").split("/")
                path = "/".join([version, *map(unquote, rest)])
                query = {name: values[0] for name, values in parse_qs(url.query).items()}
                body = json.loads(request.body) if request.body else None
                asked = Asked(request.method, path, query, body, request.headers)
                self.asked.append(asked)
                self.at_once += 1
                self.most_at_once = max(self.most_at_once, self.at_once)
                await asyncio.sleep(0)
                answer = self._answer(asked)
                self.at_once -= 1
                await peer.answer(answer.bytes, answer.status, Content_Type=answer.content_type, **answer.headers)

    def _answer(self, asked: Asked) -> Answer:
        rule: Rule | None = self.rules.get(f"{asked.method} {asked.path}", self.rules.get("*"))
        while callable(rule):
            rule = rule(asked)
        if rule is None:
            return refused("404 Not Found", "ModelArts.3502", "It does not exist.")
        return rule if isinstance(rule, Answer) else Answer(rule)


def refused(status: str, code: str, said: str = "no", **headers: str) -> Answer:
    """A refusal as the platform writes them."""
    return Answer({"error_code": code, "error_msg": said}, status, headers)


def paged(rows: Callable[[], list[dict[str, Any]]] | list[dict[str, Any]]) -> Callable[[Asked], Rule]:
    """A list of the new generation: the offset must be a multiple of the limit."""

    def rule(asked: Asked) -> Rule:
        found = rows() if callable(rows) else rows
        limit, offset = int(asked.query.get("limit", "10")), int(asked.query.get("offset", "0"))
        if offset % limit or not 1 <= limit <= 500:
            return refused("400 Bad Request", "ModelArts.0104", "offset")
        return {
            "data": found[offset : offset + limit],
            "current": offset // limit,
            "size": limit,
            "pages": -(-len(found) // limit),
            "total": len(found),
        }

    return rule


def management(serve: Callable[..., Served], rules: dict[str, Rule] | None = None) -> Management:
    """A management interface that runs."""
    made = Management(dict(rules or {}))
    made.served = serve(made.script)
    return made
