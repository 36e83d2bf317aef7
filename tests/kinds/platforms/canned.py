"""A management interface that answers just what a test wrote down."""

import asyncio
import contextlib
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from tests.raw import Peer, Served

from streamscope.engine import discover
from streamscope.engine.core import Core
from streamscope.kinds.platforms.base import Site
from streamscope.model.service import Workspace

Reply = Callable[[dict[str, str]], Any]


@dataclass
class Canned:
    """ "METHOD path" below the project → what it answers: JSON, bytes, (status line, JSON), a list of these for one
    question each, or a function of the query. None closes the connection."""

    answers: dict[str, Any]
    asked: list[tuple[str, dict[str, str], Any]] = field(default_factory=list)
    served: Served = field(default_factory=Served)

    async def script(self, peer: Peer) -> None:
        """Answer one connection's requests."""
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
            while True:
                request = await peer.request()
                url = urlsplit(request.target)
                path = f"{request.method} {url.path.split('/', 3)[3]}"
                query = dict(parse_qsl(url.query))
                self.asked.append((path, query, json.loads(request.body) if request.body else None))
                answer = self.answers.get(
                    path, ("404 Not Found", {"error_code": "ModelArts.3502", "error_msg": "gone"})
                )
                if isinstance(answer, list):
                    answer = answer.pop(0)
                if callable(answer):
                    answer = answer(query)
                if answer is None:
                    return
                status, body = answer if isinstance(answer, tuple) else ("200 OK", answer)
                content = body if isinstance(body, bytes) else json.dumps(body).encode()
                await peer.answer(content, status, Content_Type="application/json")

    def sent(self, path: str) -> list[Any]:
        """The bodies of the requests of a path."""
        return [body for one, _, body in self.asked if one == path]


def canned(serve: Callable[..., Served], core: Core, **answers: Any) -> tuple[Canned, Site]:
    """A platform that runs with these answers, and how it is asked."""
    made = Canned(answers)
    made.served = serve(made.script)
    values = {"management": made.served.http, "project": "p", "region": "r", "sign_in": "none"}
    return made, discover.site_of(core, Workspace("work", "modelarts", values, proxy="none"))[1]
