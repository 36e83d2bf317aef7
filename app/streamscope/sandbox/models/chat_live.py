"""The chat model over WebSocket: JSON in, typed delta messages out, many turns on one connection, and an echo.

The messages are in the manner of the OpenAI Responses and Realtime interfaces.
"""

import asyncio
import json
import uuid
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

from streamscope.sandbox.models.generation import (
    BadRequestError,
    Generation,
    Wish,
    generate,
    paced,
    prompt_of,
    text_of,
    wish_of,
)
from streamscope.sandbox.models.health import HEALTH
from streamscope.tasks import end, spawn

SUBPROTOCOL = "chat.v1"
CANCEL = frozenset({"cancel", "response.cancel"})


def app() -> Starlette:
    """The application."""
    return Starlette(
        routes=[
            WebSocketRoute("/v1/chat", chat),
            WebSocketRoute("/echo", echo),
            HEALTH,
            Route("/v1/chat", upgrade_required, methods=["GET", "POST"]),
            Route("/echo", upgrade_required, methods=["GET", "POST"]),
        ]
    )


async def upgrade_required(_request: Request) -> Response:
    """Plain HTTP is not spoken here; RFC 9110, section 15.5.22."""
    body = {"error": {"message": "This path speaks WebSocket.", "type": "invalid_request_error"}}
    return JSONResponse(body, status_code=426, headers={"Upgrade": "websocket"})


async def echo(socket: WebSocket) -> None:
    """Send back every message as it came; `?close=CODE&reason=TEXT` closes right after the handshake.

    With `&after=1` the first message is sent back before that.
    """
    await _accept(socket)
    code, reason = socket.query_params.get("close"), socket.query_params.get("reason", "")
    left = int(socket.query_params.get("after", "0")) if code is not None else -1
    try:
        while left != 0:
            message = await socket.receive()
            if message["type"] == "websocket.disconnect":
                return
            key = "text" if message.get("text") is not None else "bytes"
            await socket.send({"type": "websocket.send", key: message[key]})
            left -= 1
        await socket.close(int(code or 1000), reason)
    except WebSocketDisconnect:
        return


async def chat(socket: WebSocket) -> None:
    """One conversation."""
    await _accept(socket)
    session = _Session(socket)
    worker = spawn(session.work(), name="turns")
    try:
        while True:
            message = await socket.receive()
            if message["type"] == "websocket.disconnect":
                return
            data = message.get("text")
            await session.take(message["bytes"].decode("utf-8", "replace") if data is None else data)
    except WebSocketDisconnect:
        return
    finally:
        await end(worker)
        await session.end()


async def _accept(socket: WebSocket) -> None:
    offered = socket.scope.get("subprotocols", [])
    await socket.accept(subprotocol=SUBPROTOCOL if SUBPROTOCOL in offered else None)


class _Session:
    """The turns of one connection: one runs, the others wait."""

    def __init__(self, socket: WebSocket) -> None:
        self._socket = socket
        self._waiting: asyncio.Queue[Wish] = asyncio.Queue()
        self._turn: asyncio.Task[None] | None = None

    async def take(self, text: str) -> None:
        """Understand one message: a request, a cancel, or plain text as a prompt."""
        try:
            asked = _asked(text)
            if asked is None:
                self._cancel()
            else:
                self._waiting.put_nowait(asked)
        except BadRequestError as error:
            problem = {"type": "invalid_request_error", "message": str(error), "param": error.param or None}
            await self._say({"type": "error", "error": problem})

    async def work(self) -> None:
        """Answer what waits, one after the other."""
        while True:
            wish = await self._waiting.get()
            self._turn = spawn(self._answer(wish), name="turn")
            await asyncio.wait({self._turn})

    async def end(self) -> None:
        """End the running turn."""
        await end(self._turn)

    def _cancel(self) -> None:
        if self._turn is not None:
            self._turn.cancel()

    async def _answer(self, wish: Wish) -> None:
        number = f"resp_{uuid.uuid4().hex}"
        made = generate(wish)
        said: list[str] = []
        await self._say({"type": "response.created", "response": {"id": number, "status": "in_progress"}})
        try:
            async for piece in paced(made.pieces, wish):
                said.append(piece)
                await self._say({"type": "response.output_text.delta", "response_id": number, "delta": piece})
        except asyncio.CancelledError:
            await self._done(number, "cancelled", "".join(said), Generation(said, "cancelled", made.prompt_tokens))
            raise
        await self._done(number, "completed", made.text, made)

    async def _done(self, number: str, status: str, text: str, made: Generation) -> None:
        counts = made.usage
        usage = {
            "input_tokens": counts["prompt_tokens"],
            "output_tokens": counts["completion_tokens"],
            "total_tokens": counts["total_tokens"],
        }
        await self._say({"type": "response.output_text.done", "response_id": number, "text": text})
        response: dict[str, Any] = {"id": number, "status": status, "usage": usage}
        if made.finish_reason == "length":
            response["status_details"] = {"reason": "max_output_tokens"}
        await self._say({"type": "response.done", "response": response})

    async def _say(self, message: dict[str, Any]) -> None:
        await self._socket.send_text(json.dumps(message, ensure_ascii=False))


def _asked(text: str) -> Wish | None:
    """The wish in a message, or None for a cancel."""
    if not text.lstrip().startswith(("{", "[", '"')):
        return wish_of({}, text)
    try:
        body = json.loads(text)
    except ValueError as error:
        raise BadRequestError("", f"The message is not valid JSON: {error}") from error
    if not isinstance(body, dict):
        raise BadRequestError("", "The message must be a JSON object.")
    if body.get("type") in CANCEL:
        return None
    nested = body.get("response")
    body = {**body, **nested} if isinstance(nested, dict) else body
    return wish_of(body, _prompt(body))


def _prompt(body: dict[str, Any]) -> str:
    if "messages" in body:
        return prompt_of(body["messages"])
    for name in ("prompt", "input", "instructions", "text"):
        if name in body:
            value = body[name]
            parted = isinstance(value, list) and value and isinstance(value[0], dict) and "role" in value[0]
            return prompt_of(value) if parted else text_of(value)
    if body.get("type") == "response.create":
        return ""
    raise BadRequestError("messages", "The message must have 'messages', 'prompt' or 'input'.")
