"""What every HTTP dialect of the chat model needs: the body read, the pace kept, and answers streamed."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

from starlette.requests import Request
from starlette.responses import StreamingResponse

from streamscope.sandbox.models.generation import BadRequestError, Generation, Step, Wish, paced

STREAM_HEADERS = {"Cache-Control": "no-cache", "X-Accel-Buffering": "no"}


async def read_body(request: Request) -> dict[str, Any]:
    """The request's JSON object."""
    try:
        body = json.loads(await request.body())
    except ValueError as error:
        raise BadRequestError("", f"We could not parse the JSON body of your request: {error}") from error
    if not isinstance(body, dict):
        raise BadRequestError("", "The body of your request must be a JSON object.")
    return body


async def take_time(made: list[Generation], wish: Wish) -> None:
    """A whole answer takes as long as its longest choice takes to be written."""
    longest = max(len(generation.steps) for generation in made)
    writing = longest / wish.tokens_per_second if wish.tokens_per_second > 0 else 0.0
    await asyncio.sleep(wish.first_token_delay + writing)


async def interleaved(made: list[Generation], wish: Wish) -> AsyncIterator[tuple[int, Step]]:
    """The steps of all choices, taking turns, when they are due."""
    longest = max(len(generation.steps) for generation in made)
    rows = [[(i, g.steps[at]) for i, g in enumerate(made) if at < len(g.steps)] for at in range(longest)]
    turn = iter(rows)
    async for _ in paced([""] * longest, wish):
        for row in next(turn):
            yield row


def streamed(events: AsyncIterator[bytes], media_type: str = "text/event-stream") -> StreamingResponse:
    """An answer that nothing on the way should hold back."""
    return StreamingResponse(events, headers=STREAM_HEADERS, media_type=media_type)


def sse(part: dict[str, Any], name: str = "") -> bytes:
    """One server-sent event."""
    event = f"event: {name}\n" if name else ""
    return f"{event}data: {json.dumps(part, ensure_ascii=False)}\n\n".encode()
