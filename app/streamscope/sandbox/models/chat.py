"""The chat model over HTTP; speaks the OpenAI chat-completions interface, streamed over SSE and whole."""

import asyncio
import json
import time
import uuid
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from streamscope.sandbox.models.generation import BadRequestError, Generation, Wish, generate, paced, prompt_of, wish_of

MODEL = "streamscope-ngram"
DONE = b"data: [DONE]\n\n"
CREATED = 1_764_000_000


def app() -> Starlette:
    """The application."""
    return Starlette(
        routes=[
            Route("/v1/chat/completions", complete, methods=["POST"]),
            Route("/v1/models", models, methods=["GET"]),
            Route("/health", health, methods=["GET"]),
        ],
        exception_handlers={BadRequestError: _bad_request, 404: _no_path, 405: _no_method},
    )


async def health(_request: Request) -> Response:
    """That the program is up."""
    return JSONResponse({"status": "ok"})


async def models(_request: Request) -> Response:
    """The one model there is."""
    row = {"id": MODEL, "object": "model", "created": CREATED, "owned_by": "streamscope"}
    return JSONResponse({"object": "list", "data": [row]})


async def complete(request: Request) -> Response:
    """Answer a conversation, streamed where `stream` asks for it."""
    body = await _body(request)
    wish = wish_of(body, prompt_of(body.get("messages")))
    made = [generate(wish, choice) for choice in range(wish.choices)]
    head = _Head(f"chatcmpl-{uuid.uuid4().hex}", int(time.time()), str(body.get("model") or MODEL))
    if not body.get("stream"):
        await _take_time(made, wish)
        return JSONResponse(_whole(head, made))
    options = body.get("stream_options")
    with_usage = isinstance(options, dict) and bool(options.get("include_usage"))
    headers = {"Cache-Control": "no-cache", "X-Accel-Buffering": "no"}
    return StreamingResponse(_events(head, made, wish, with_usage), headers=headers, media_type="text/event-stream")


@dataclass(frozen=True, slots=True)
class _Head:
    """What every part of an answer repeats."""

    id: str
    created: int
    model: str

    def part(self, kind: str) -> dict[str, Any]:
        return {"id": self.id, "object": kind, "created": self.created, "model": self.model}


async def _body(request: Request) -> dict[str, Any]:
    try:
        body = json.loads(await request.body())
    except ValueError as error:
        raise BadRequestError("", f"We could not parse the JSON body of your request: {error}") from error
    if not isinstance(body, dict):
        raise BadRequestError("", "The body of your request must be a JSON object.")
    return body


async def _take_time(made: list[Generation], wish: Wish) -> None:
    """A whole answer takes as long as its longest choice takes to be written."""
    longest = max(len(generation.pieces) for generation in made)
    writing = longest / wish.tokens_per_second if wish.tokens_per_second > 0 else 0.0
    await asyncio.sleep(wish.first_token_delay + writing)


def _whole(head: _Head, made: list[Generation]) -> dict[str, Any]:
    choices = [
        {
            "index": index,
            "message": {"role": "assistant", "content": generation.text, "refusal": None},
            "logprobs": None,
            "finish_reason": generation.finish_reason,
        }
        for index, generation in enumerate(made)
    ]
    return {**head.part("chat.completion"), "choices": choices, "usage": _usage(made)}


def _usage(made: list[Generation]) -> dict[str, int]:
    written = sum(len(generation.pieces) for generation in made)
    prompt = made[0].prompt_tokens
    return {"prompt_tokens": prompt, "completion_tokens": written, "total_tokens": prompt + written}


async def _events(head: _Head, made: list[Generation], wish: Wish, with_usage: bool) -> AsyncIterator[bytes]:
    """Role, content piece by piece (choices taking turns), finish, usage if asked for, and the end mark."""
    usage: dict[str, Any] = {"usage": None} if with_usage else {}
    for index in range(len(made)):
        yield _event(head, index, {"role": "assistant", "content": ""}, None, usage)
    async for index, piece in _interleaved(made, wish):
        yield _event(head, index, {"content": piece}, None, usage)
    for index, generation in enumerate(made):
        yield _event(head, index, {}, generation.finish_reason, usage)
    if with_usage:
        part = {**head.part("chat.completion.chunk"), "choices": [], "usage": _usage(made)}
        yield _sse(part)
    yield DONE


async def _interleaved(made: list[Generation], wish: Wish) -> AsyncIterator[tuple[int, str]]:
    longest = max(len(generation.pieces) for generation in made)
    rows = [[(i, g.pieces[at]) for i, g in enumerate(made) if at < len(g.pieces)] for at in range(longest)]
    turn = iter(rows)
    async for _ in paced([""] * longest, wish):
        for row in next(turn):
            yield row


def _event(head: _Head, index: int, delta: dict[str, Any], finish: str | None, usage: dict[str, Any]) -> bytes:
    choice = {"index": index, "delta": delta, "logprobs": None, "finish_reason": finish}
    return _sse({**head.part("chat.completion.chunk"), "choices": [choice], **usage})


def _sse(part: dict[str, Any]) -> bytes:
    return f"data: {json.dumps(part, ensure_ascii=False)}\n\n".encode()


def _error(status: int, message: str, param: str | None = None, code: str | None = None) -> Response:
    kind = "invalid_request_error"
    return JSONResponse(
        {"error": {"message": message, "type": kind, "param": param or None, "code": code}}, status_code=status
    )


async def _bad_request(_request: Request, error: Exception) -> Response:
    return _error(400, str(error), getattr(error, "param", None))


async def _no_path(request: Request, _problem: Exception) -> Response:
    return _error(404, f"Unknown request URL: {request.method} {request.url.path}.", code="unknown_url")


async def _no_method(request: Request, _problem: Exception) -> Response:
    return _error(405, f"Not allowed to {request.method} on {request.url.path}.", code="method_not_supported")
