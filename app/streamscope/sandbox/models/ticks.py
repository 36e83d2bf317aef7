"""A clock as a stream of server-sent events: names, ids, a retry time and now and then a comment."""

import asyncio
import datetime
import json
from collections.abc import AsyncIterator, Mapping
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from streamscope.sandbox.models.health import HEALTH

MOST_TICKS = 1_000_000
COMMENT_EVERY = 5


def app() -> Starlette:
    """The application."""
    return Starlette(routes=[Route("/", ticks, methods=["GET", "POST"]), HEALTH])


async def ticks(request: Request) -> Response:
    """`count` events, one each `interval` seconds, from after the Last-Event-ID on; one JSON for who wants that."""
    try:
        asked: dict[str, Any] = {**request.query_params, **await _body(request)}
        count, interval = int(asked.get("count", 10)), float(asked.get("interval", 0.1))
        first = int(request.headers.get("last-event-id") or 0) + 1
        if not (0 <= count <= MOST_TICKS and 0 <= interval <= 3600):
            raise ValueError("out of range")
    except (TypeError, ValueError) as error:
        body = {"error": f"count and interval must be numbers that make sense: {error}"}
        return JSONResponse(body, status_code=400)
    if _wants_json(request.headers):
        return JSONResponse({"now": _now(), "count": count, "interval": interval})
    headers = {"Cache-Control": "no-cache", "X-Accel-Buffering": "no"}
    stream = _events(first, count, interval)
    return StreamingResponse(stream, headers=headers, media_type="text/event-stream")


async def _body(request: Request) -> dict[str, Any]:
    text = await request.body()
    body = json.loads(text) if text.strip() else {}
    if not isinstance(body, dict):
        raise TypeError("the body must be a JSON object")
    return body


def _wants_json(headers: Mapping[str, str]) -> bool:
    accept = headers.get("accept", "")
    return "application/json" in accept and "text/event-stream" not in accept


async def _events(first: int, count: int, interval: float) -> AsyncIterator[bytes]:
    """The events when they are due, counted from the first so that small delays do not add up."""
    loop = asyncio.get_running_loop()
    begun = loop.time()
    yield b"retry: 2000\n\n"
    for step in range(count):
        await asyncio.sleep(max(0.0, begun + step * interval - loop.time()))
        number = first + step
        data = json.dumps({"tick": number, "time": _now()})
        comment = ": still ticking\n\n" if step and step % COMMENT_EVERY == 0 else ""
        yield f"{comment}event: tick\nid: {number}\ndata: {data}\n\n".encode()


def _now() -> str:
    return datetime.datetime.now(datetime.UTC).isoformat(timespec="milliseconds")
