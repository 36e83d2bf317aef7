"""The chat model over HTTP; speaks the OpenAI chat-completions interface, streamed over SSE and whole."""

import time
import uuid
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from streamscope.sandbox.models.abilities import compose
from streamscope.sandbox.models.asked import interleaved, read_body, sse, streamed, take_time
from streamscope.sandbox.models.dialects import anthropic, completions, ollama, responses
from streamscope.sandbox.models.generation import (
    MODEL,
    BadRequestError,
    Generation,
    Step,
    ToolCall,
    Wish,
    prompt_of,
    wish_of,
)
from streamscope.sandbox.models.health import HEALTH

DONE = b"data: [DONE]\n\n"
CREATED = 1_764_000_000


def app() -> Starlette:
    """The application."""
    return Starlette(
        routes=[
            Route("/v1/chat/completions", complete, methods=["POST"]),
            Route("/v1/completions", completions.complete, methods=["POST"]),
            Route("/v1/responses", responses.complete, methods=["POST"]),
            Route("/v1/messages", anthropic.complete, methods=["POST"]),
            Route("/api/chat", ollama.complete, methods=["POST"]),
            Route("/v1/models", models, methods=["GET"]),
            HEALTH,
        ],
        exception_handlers={BadRequestError: _bad_request, 404: _no_path, 405: _no_method},
    )


async def models(_request: Request) -> Response:
    """The one model there is."""
    row = {"id": MODEL, "object": "model", "created": CREATED, "owned_by": "streamscope"}
    return JSONResponse({"object": "list", "data": [row]})


async def complete(request: Request) -> Response:
    """Answer a conversation, streamed where `stream` asks for it."""
    body = await read_body(request)
    wish = wish_of(body, prompt_of(body.get("messages")))
    made = [compose(body, wish, choice) for choice in range(wish.choices)]
    head = _Head(f"chatcmpl-{uuid.uuid4().hex}", int(time.time()), str(body.get("model") or MODEL))
    if not body.get("stream"):
        await take_time(made, wish)
        return JSONResponse(_whole(head, made))
    options = body.get("stream_options")
    with_usage = isinstance(options, dict) and bool(options.get("include_usage"))
    return streamed(_events(head, made, wish, with_usage))


@dataclass(frozen=True, slots=True)
class _Head:
    """What every part of an answer repeats."""

    id: str
    created: int
    model: str

    def part(self, kind: str) -> dict[str, Any]:
        return {"id": self.id, "object": kind, "created": self.created, "model": self.model}


def _whole(head: _Head, made: list[Generation]) -> dict[str, Any]:
    choices = [
        {
            "index": index,
            "message": _message(generation),
            "logprobs": None,
            "finish_reason": generation.finish_reason,
        }
        for index, generation in enumerate(made)
    ]
    return {**head.part("chat.completion"), "choices": choices, "usage": _usage(made)}


def _message(generation: Generation) -> dict[str, Any]:
    message: dict[str, Any] = {"role": "assistant", "content": generation.text, "refusal": None}
    if generation.reasoning:
        message["reasoning_content"] = "".join(generation.reasoning)
    if generation.tool is not None:
        function = {"name": generation.tool.name, "arguments": generation.tool.arguments}
        message["tool_calls"] = [{"id": generation.tool.id, "type": "function", "function": function}]
        message["content"] = None
    return message


def _delta(step: Step, tool: ToolCall | None) -> dict[str, Any]:
    """What one step adds; a tool call begins with its id and name, and its arguments follow."""
    if step.kind == "tool":
        function = {"name": step.piece, "arguments": ""}
        return {"tool_calls": [{"index": 0, "id": tool.id if tool else "", "type": "function", "function": function}]}
    if step.kind == "arguments":
        return {"tool_calls": [{"index": 0, "function": {"arguments": step.piece}}]}
    return {"reasoning_content" if step.kind == "reasoning" else "content": step.piece}


def _usage(made: list[Generation]) -> dict[str, int]:
    written = sum(len(generation.steps) for generation in made)
    prompt = made[0].prompt_tokens
    return {"prompt_tokens": prompt, "completion_tokens": written, "total_tokens": prompt + written}


async def _events(head: _Head, made: list[Generation], wish: Wish, with_usage: bool) -> AsyncIterator[bytes]:
    """Role, content piece by piece (choices taking turns), finish, usage if asked for, and the end mark."""
    usage: dict[str, Any] = {"usage": None} if with_usage else {}
    for index in range(len(made)):
        yield _event(head, index, {"role": "assistant", "content": ""}, None, usage)
    async for index, step in interleaved(made, wish):
        yield _event(head, index, _delta(step, made[index].tool), None, usage)
    for index, generation in enumerate(made):
        yield _event(head, index, {}, generation.finish_reason, usage)
    if with_usage:
        part = {**head.part("chat.completion.chunk"), "choices": [], "usage": _usage(made)}
        yield sse(part)
    yield DONE


def _event(head: _Head, index: int, delta: dict[str, Any], finish: str | None, usage: dict[str, Any]) -> bytes:
    choice = {"index": index, "delta": delta, "logprobs": None, "finish_reason": finish}
    return sse({**head.part("chat.completion.chunk"), "choices": [choice], **usage})


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
