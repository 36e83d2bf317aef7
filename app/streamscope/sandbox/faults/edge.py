"""Where faults meet a call: a gateway behind its checks, or a program that is called directly."""

import contextlib
import datetime
from collections.abc import AsyncIterator
from email.utils import format_datetime
from typing import Any

from starlette.types import ASGIApp, Receive, Scope, Send

from streamscope.sandbox.faults.http_answer import HttpAnswer
from streamscope.sandbox.faults.socket_answer import SocketAnswer
from streamscope.sandbox.faults.spec import Spec, asked
from streamscope.sandbox.inbound import read
from streamscope.sandbox.refusals import RefusalError, dispatcher, gateway, send_refusal

RETRY_DATE_SECONDS = 5
# Platform documentation, "API Gateway error codes" and "Error codes" of inference: the usual one of each status.
WORDS = {
    400: ("ModelArts.4203", "Invalid request. The requested service was not started."),
    401: ("APIG.0301", "Incorrect IAM authentication information: Unauthorized"),
    403: ("APIG.0302", "The IAM user is not authorized to access the API."),
    404: ("APIG.0101", "The API does not exist or has not been published in the environment."),
    413: ("APIG.0201", "Request entity too large"),
    429: ("ModelArts.4206", "Too many requests, reached api."),
    500: ("ModelArts.4302", "Gateway forwarding error. Failed to invoke backend service due to connection refused."),
    502: ("APIG.0202", "Backend unavailable"),
    503: ("ModelArts.4503", "Failed to respond due to backend service not found or failed to respond."),
    504: ("APIG.0203", "Backend timeout"),
}


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
        refusal = _worded(429)
        raise RefusalError(429, refusal.body, [*refusal.headers, (b"retry-after", value.encode())])
    for name in ("status", "ws_refused"):
        if name in spec:
            raise _worded(int(spec.values[name]))


def _worded(status: int) -> RefusalError:
    code, text = WORDS.get(status, ("Sandbox.0002", f"The sandbox was asked for status {status}."))
    return (gateway if code.startswith("APIG") else dispatcher)(status, code, text)


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
