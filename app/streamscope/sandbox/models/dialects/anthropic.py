"""Anthropic Messages: `/v1/messages`; blocks of content, each begun, filled and stopped by named events."""

import json
import uuid
from collections.abc import AsyncIterator
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from streamscope.sandbox.models.abilities import compose
from streamscope.sandbox.models.asked import interleaved, read_body, sse, streamed, take_time
from streamscope.sandbox.models.generation import MODEL, Generation, Step, Wish, prompt_of, wish_of

STOP_REASONS = {"stop": "end_turn", "length": "max_tokens", "tool_calls": "tool_use"}
BLOCKS = {"reasoning": "thinking", "text": "text", "tool": "tool_use", "arguments": "tool_use"}


async def complete(request: Request) -> Response:
    """Answer a conversation."""
    body = await read_body(request)
    wish = wish_of({**body, "stop": body.get("stop_sequences")}, prompt_of(body.get("messages")))
    made = compose(body, wish)
    message = {
        "id": f"msg_{uuid.uuid4().hex}",
        "type": "message",
        "role": "assistant",
        "model": str(body.get("model") or MODEL),
    }
    if body.get("stream"):
        return streamed(_events(message, made, wish))
    await take_time([made], wish)
    usage = {"input_tokens": made.prompt_tokens, "output_tokens": len(made.steps)}
    reason = STOP_REASONS[made.finish_reason]
    whole = {**message, "content": _content(made), "stop_reason": reason, "stop_sequence": None, "usage": usage}
    return JSONResponse(whole)


def _content(made: Generation) -> list[dict[str, Any]]:
    blocks: list[dict[str, Any]] = []
    if made.reasoning:
        blocks.append({"type": "thinking", "thinking": "".join(made.reasoning), "signature": ""})
    if made.tool is not None:
        tool = made.tool
        blocks.append({"type": "tool_use", "id": tool.id, "name": tool.name, "input": json.loads(tool.arguments)})
    else:
        blocks.append({"type": "text", "text": made.text})
    return blocks


async def _events(message: dict[str, Any], made: Generation, wish: Wish) -> AsyncIterator[bytes]:
    usage = {"input_tokens": made.prompt_tokens, "output_tokens": 0}
    begun = {**message, "content": [], "stop_reason": None, "stop_sequence": None, "usage": usage}
    yield _event("message_start", message=begun)
    block, index = "", -1
    async for _, step in interleaved([made], wish):
        if BLOCKS[step.kind] != block:
            if block:
                yield _event("content_block_stop", index=index)
            block, index = BLOCKS[step.kind], index + 1
            yield _event("content_block_start", index=index, content_block=_empty(block, made))
        if step.kind != "tool":
            yield _event("content_block_delta", index=index, delta=_delta(step))
    if block:
        yield _event("content_block_stop", index=index)
    delta = {"stop_reason": STOP_REASONS[made.finish_reason], "stop_sequence": None}
    yield _event("message_delta", delta=delta, usage={"output_tokens": len(made.steps)})
    yield _event("message_stop")


def _event(kind: str, **members: Any) -> bytes:
    return sse({"type": kind, **members}, kind)


def _empty(block: str, made: Generation) -> dict[str, Any]:
    if block == "tool_use" and made.tool is not None:
        return {"type": block, "id": made.tool.id, "name": made.tool.name, "input": {}}
    return {"type": block, "thinking" if block == "thinking" else "text": ""}


def _delta(step: Step) -> dict[str, Any]:
    if step.kind == "arguments":
        return {"type": "input_json_delta", "partial_json": step.piece}
    if step.kind == "reasoning":
        return {"type": "thinking_delta", "thinking": step.piece}
    return {"type": "text_delta", "text": step.piece}
