"""Ollama: `/api/chat`; lines of JSON, streamed unless `stream` is false, with the server's own durations at the end."""

import datetime
import json
import time
from collections.abc import AsyncIterator
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from streamscope.sandbox.models.abilities import compose
from streamscope.sandbox.models.asked import interleaved, read_body, streamed, take_time
from streamscope.sandbox.models.generation import MODEL, Generation, Wish, prompt_of, wish_of

RENAMED = {"num_predict": "max_tokens", "seed": "seed", "stop": "stop"}


async def complete(request: Request) -> Response:
    """Answer a conversation."""
    body = await read_body(request)
    options = body.get("options")
    given = options if isinstance(options, dict) else {}
    settings = {name: given[option] for option, name in RENAMED.items() if option in given}
    wish = wish_of({**body, **settings}, prompt_of(body.get("messages")))
    made = compose(body, wish)
    model = str(body.get("model") or MODEL)
    if body.get("stream", True):
        return streamed(_lines(model, made, wish), "application/x-ndjson")
    begun = time.monotonic_ns()
    await take_time([made], wish)
    message: dict[str, Any] = {"role": "assistant", "content": made.text}
    if made.reasoning:
        message["thinking"] = "".join(made.reasoning)
    return JSONResponse({**_head(model), "message": {**message, **_calls(made)}, **_end(made, begun, begun)})


async def _lines(model: str, made: Generation, wish: Wish) -> AsyncIterator[bytes]:
    begun = time.monotonic_ns()
    first = 0
    async for _, step in interleaved([made], wish):
        first = first or time.monotonic_ns()
        if step.kind == "arguments":
            continue  # a tool call is one line: its arguments are an object, never in pieces
        message: dict[str, Any] = {"role": "assistant", "content": step.piece if step.kind == "text" else ""}
        if step.kind == "reasoning":
            message["thinking"] = step.piece
        if step.kind == "tool":
            message.update(_calls(made))
        yield _line({**_head(model), "message": message, "done": False})
    yield _line({**_head(model), "message": {"role": "assistant", "content": ""}, **_end(made, begun, first or begun)})


def _head(model: str) -> dict[str, Any]:
    now = datetime.datetime.now(datetime.UTC).isoformat().replace("+00:00", "Z")
    return {"model": model, "created_at": now}


def _calls(made: Generation) -> dict[str, Any]:
    if made.tool is None:
        return {}
    function = {"name": made.tool.name, "arguments": json.loads(made.tool.arguments)}
    return {"tool_calls": [{"function": function}]}


def _end(made: Generation, begun: int, first: int) -> dict[str, Any]:
    now = time.monotonic_ns()
    return {
        "done": True,
        "done_reason": "stop" if made.finish_reason == "tool_calls" else made.finish_reason,
        "total_duration": now - begun,
        "load_duration": 0,
        "prompt_eval_count": made.prompt_tokens,
        "prompt_eval_duration": first - begun,
        "eval_count": len(made.steps),
        "eval_duration": now - first,
    }


def _line(value: dict[str, Any]) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode() + b"\n"
