"""OpenAI completions: `/v1/completions`, text in, text out."""

import time
import uuid
from collections.abc import AsyncIterator
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from streamscope.sandbox.models.asked import interleaved, read_body, sse, streamed, take_time
from streamscope.sandbox.models.generation import MODEL, Generation, Wish, generate, text_of, wish_of


async def complete(request: Request) -> Response:
    """Continue a prompt."""
    body = await read_body(request)
    prompt = body.get("prompt")
    wish = wish_of(body, prompt[0] if isinstance(prompt, list) and prompt else text_of(prompt))
    made = [generate(wish, choice) for choice in range(wish.choices)]
    head = {
        "id": f"cmpl-{uuid.uuid4().hex}",
        "object": "text_completion",
        "created": int(time.time()),
        "model": str(body.get("model") or MODEL),
    }
    if not body.get("stream"):
        await take_time(made, wish)
        choices = [_choice(index, one.text, one.finish_reason) for index, one in enumerate(made)]
        return JSONResponse({**head, "choices": choices, "usage": _usage(made)})
    options = body.get("stream_options")
    with_usage = isinstance(options, dict) and bool(options.get("include_usage"))
    return streamed(_events(head, made, wish, with_usage=with_usage))


async def _events(
    head: dict[str, Any], made: list[Generation], wish: Wish, *, with_usage: bool
) -> AsyncIterator[bytes]:
    async for index, step in interleaved(made, wish):
        yield sse({**head, "choices": [_choice(index, step.piece, None)]})
    for index, one in enumerate(made):
        yield sse({**head, "choices": [_choice(index, "", one.finish_reason)]})
    if with_usage:
        yield sse({**head, "choices": [], "usage": _usage(made)})
    yield b"data: [DONE]\n\n"


def _choice(index: int, text: str, finish: str | None) -> dict[str, Any]:
    return {"index": index, "text": text, "logprobs": None, "finish_reason": finish}


def _usage(made: list[Generation]) -> dict[str, int]:
    written = sum(len(one.steps) for one in made)
    prompt = made[0].prompt_tokens
    return {"prompt_tokens": prompt, "completion_tokens": written, "total_tokens": prompt + written}
