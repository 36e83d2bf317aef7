"""Where faults meet a call: a gateway behind its checks, or a program that is called directly."""

import contextlib
import datetime
from collections.abc import AsyncIterator
from email.utils import format_datetime
from typing import Any

from starlette.types import ASGIApp, Receive, Scope, Send

from streamscope.sandbox.faults.http_answer import HttpAnswer
from streamscope.sandbox.faults.platform_errors import by_code, by_status
from streamscope.sandbox.faults.socket_answer import SocketAnswer
from streamscope.sandbox.faults.spec import Spec, asked
from streamscope.sandbox.inbound import read
from streamscope.sandbox.refusals import RefusalError, send_refusal

RETRY_DATE_SECONDS = 5


@contextlib.asynccontextmanager
async def shaped(spec: Spec, seconds: float, scope: Scope, send: Send) -> AsyncIterator[Send]:
    """The `send` that a call's answer goes through; refuses first where the fault is an answer of its own.

    `seconds` is the gateway's time limit. Without a fault it is the server's own `send`, untouched.
    """
    if not spec:
        yield send
        return
    _refuse(spec)
    if spec.values.get("time_limit") == "":
        spec = Spec({**spec.values, "time_limit": str(seconds)})
    # The server's `send` is bound to the object that holds the connection.
    holder: Any = getattr(send, "__self__")  # noqa: B009  the protocol of callables does not have it
    answer = SocketAnswer(spec, holder) if scope["type"] == "websocket" else HttpAnswer(spec, holder)
    try:
        yield answer
    finally:
        await answer.close()


def _refuse(spec: Spec) -> None:
    if "busy" in spec:
        value = spec.values["busy"]
        if value == "date":
            then = datetime.datetime.now(datetime.UTC) + datetime.timedelta(seconds=RETRY_DATE_SECONDS)
            value = format_datetime(then, usegmt=True)
        refusal = by_status(429)
        raise RefusalError(429, refusal.body, [*refusal.headers, (b"retry-after", value.encode())])
    if "platform" in spec:
        raise by_code(spec.values["platform"])
    for name in ("status", "ws_refused"):
        if name in spec:
            raise by_status(int(spec.values[name]))


class Edge:
    """A program called directly: its application behind the faults that a call asks for."""

    def __init__(self, app: ASGIApp, default: Spec, seconds: float = 40.0) -> None:
        self._app = app
        self._default = default
        self._seconds = seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request or bear one WebSocket."""
        try:
            spec = asked(read(scope), self._default)
            async with shaped(spec, self._seconds, scope, send) as out:
                await self._app(scope, receive, out)
        except RefusalError as refusal:
            if scope["type"] == "websocket":
                await receive()
            await send_refusal(refusal, scope, send)
