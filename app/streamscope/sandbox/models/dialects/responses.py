"""OpenAI Responses: `/v1/responses`; every event has a name, the same as its type, and a sequence number."""

import itertools
import time
import uuid
from collections.abc import AsyncIterator
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from streamscope.sandbox.models.abilities import compose
from streamscope.sandbox.models.asked import interleaved, read_body, sse, streamed, take_time
from streamscope.sandbox.models.generation import MODEL, Generation, Wish, prompt_of, text_of, wish_of

DELTAS = {
    "reasoning": "response.reasoning_text.delta",
    "text": "response.output_text.delta",
    "arguments": "response.function_call_arguments.delta",
}


async def complete(request: Request) -> Response:
    """Answer an input."""
    body = await read_body(request)
    given = body.get("input")
    parted = isinstance(given, list) and bool(given) and isinstance(given[0], dict) and "role" in given[0]
    wish = wish_of(body, prompt_of(given) if parted else text_of(given))
    made = compose(body, wish)
    response = _Response(made, str(body.get("model") or MODEL))
    if not body.get("stream"):
        await take_time([made], wish)
        return JSONResponse(response.whole("completed"))
    return streamed(_events(response, made, wish))


class _Response:
    """One response and its items: reasoning, then a message or a function call."""

    def __init__(self, made: Generation, model: str) -> None:
        self._made = made
        self._model = model
        self._created = int(time.time())
        self.id = f"resp_{uuid.uuid4().hex}"
        self.items = self._items()

    def whole(self, status: str) -> dict[str, Any]:
        """The response object; it has its output and usage once it is completed."""
        counts = self._made.usage
        short = self._made.finish_reason == "length" and status == "completed"
        done = status == "completed"
        usage = {
            "input_tokens": counts["prompt_tokens"],
            "output_tokens": counts["completion_tokens"],
            "total_tokens": counts["total_tokens"],
        }
        return {
            "id": self.id,
            "object": "response",
            "created_at": self._created,
            "status": "incomplete" if short else status,
            "error": None,
            "incomplete_details": {"reason": "max_output_tokens"} if short else None,
            "model": self._model,
            "output": [item for _, item in self.items] if done else [],
            "usage": usage if done else None,
        }

    def _items(self) -> list[tuple[str, dict[str, Any]]]:
        made, items = self._made, []
        if made.reasoning:
            text = {"type": "reasoning_text", "text": "".join(made.reasoning)}
            item = {"id": f"rs_{uuid.uuid4().hex}", "type": "reasoning", "summary": [], "content": [text]}
            items.append(("reasoning", item))
        if made.tool is not None:
            item = {
                "id": f"fc_{uuid.uuid4().hex}",
                "type": "function_call",
                "call_id": made.tool.id,
                "name": made.tool.name,
                "arguments": made.tool.arguments,
                "status": "completed",
            }
            items.append(("arguments", item))
        else:
            part = {"type": "output_text", "text": made.text, "annotations": []}
            item = {"id": f"msg_{uuid.uuid4().hex}", "type": "message", "role": "assistant", "content": [part]}
            items.append(("text", {**item, "status": "completed"}))
        return items


async def _events(response: _Response, made: Generation, wish: Wish) -> AsyncIterator[bytes]:
    numbers = itertools.count()

    def event(kind: str, **members: Any) -> bytes:
        return sse({"type": kind, "sequence_number": next(numbers), **members}, kind)

    yield event("response.created", response=response.whole("in_progress"))
    yield event("response.in_progress", response=response.whole("in_progress"))
    at = -1
    async for _, step in interleaved([made], wish):
        if at < 0 or (step.kind != "tool" and response.items[at][0] != step.kind):
            if at >= 0:
                for last in _done(event, at, *response.items[at]):
                    yield last
            at += 1
            yield event("response.output_item.added", output_index=at, item=_begun(response.items[at][1]))
        if step.kind in DELTAS:
            item = response.items[at][1]
            place = {} if step.kind == "arguments" else {"content_index": 0}
            yield event(DELTAS[step.kind], item_id=item["id"], output_index=at, **place, delta=step.piece)
    for last in _done(event, at, *response.items[at]):
        yield last
    whole = response.whole("completed")
    yield event(f"response.{whole['status']}", response=whole)


def _begun(item: dict[str, Any]) -> dict[str, Any]:
    empty = {"content": [], "arguments": "", "status": "in_progress"}
    return {name: empty.get(name, value) for name, value in item.items()}


def _done(event: Any, at: int, kind: str, item: dict[str, Any]) -> list[bytes]:
    whole = {"arguments": item["arguments"]} if kind == "arguments" else {"text": item["content"][0]["text"]}
    name = DELTAS[kind].removesuffix("delta") + "done"
    return [
        event(name, item_id=item["id"], output_index=at, **whole),
        event("response.output_item.done", output_index=at, item=item),
    ]
