"""One generation: what was asked for, the whole text made at once, and its pieces at a steady rate."""

import asyncio
import secrets
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

from streamscope.sandbox.models.ngram import count_pieces, model

MODEL = "streamscope-ngram"
MOST_TOKENS = 4096
DEFAULT_TOKENS = 256


class BadRequestError(Exception):
    """A field of a request that cannot be used, with what should be there."""

    def __init__(self, param: str, message: str) -> None:
        super().__init__(message)
        self.param = param


@dataclass(frozen=True, slots=True)
class Wish:
    """What a caller asked for."""

    prompt: str
    most: int = DEFAULT_TOKENS
    stop: tuple[str, ...] = ()
    seed: str = ""
    choices: int = 1
    tokens_per_second: float = 40.0
    first_token_delay: float = 0.15


@dataclass(frozen=True, slots=True)
class ToolCall:
    """A call of a tool, its arguments' JSON in pieces."""

    id: str
    name: str
    pieces: list[str]

    @property
    def arguments(self) -> str:
        """The whole JSON."""
        return "".join(self.pieces)


@dataclass(frozen=True, slots=True)
class Step:
    """One step of writing an answer: `reasoning`, `text`, `tool` (its name) or `arguments`, and the piece."""

    kind: str
    piece: str


@dataclass(frozen=True, slots=True)
class Generation:
    """A text in pieces and why it ended: `stop`, `length` or `tool_calls`."""

    pieces: list[str]
    finish_reason: str
    prompt_tokens: int = 0
    reasoning: list[str] = field(default_factory=list)
    tool: ToolCall | None = None

    @property
    def steps(self) -> list[Step]:
        """Everything in the order in which it is written."""
        made = [Step("reasoning", piece) for piece in self.reasoning] + [Step("text", piece) for piece in self.pieces]
        if self.tool is not None:
            made += [Step("tool", self.tool.name), *(Step("arguments", piece) for piece in self.tool.pieces)]
        return made

    @property
    def text(self) -> str:
        """The whole text."""
        return "".join(self.pieces)

    @property
    def usage(self) -> dict[str, int]:
        """Token counts as the chat-completions interface names them."""
        made = len(self.steps)
        return {
            "prompt_tokens": self.prompt_tokens,
            "completion_tokens": made,
            "total_tokens": self.prompt_tokens + made,
        }


def generate(wish: Wish, choice: int = 0) -> Generation:
    """Make the text of one choice; the same seed and prompt give the same text."""
    pieces, ended = model().pieces(wish.prompt, f"{wish.seed}/{choice}/{wish.prompt}", wish.most)
    pieces, stopped = _cut(pieces, wish.stop)
    reason = "stop" if ended or stopped else "length"
    return Generation(pieces, reason, count_pieces(wish.prompt))


def _cut(pieces: list[str], stops: tuple[str, ...]) -> tuple[list[str], bool]:
    """The pieces up to the first stop text, which is not part of the answer."""
    text = "".join(pieces)
    places = [place for place in (text.find(stop) for stop in stops) if place >= 0]
    if not places:
        return pieces, False
    left, kept = min(places), []
    for piece in pieces:
        if left <= 0:
            break
        kept.append(piece[:left])
        left -= len(piece)
    return kept, True


async def paced(pieces: list[str], wish: Wish) -> AsyncIterator[str]:
    """The pieces when they are due, counted from the first so that small delays do not add up."""
    loop = asyncio.get_running_loop()
    await asyncio.sleep(wish.first_token_delay)
    begun = loop.time()
    for number, piece in enumerate(pieces):
        due = begun + number / wish.tokens_per_second if wish.tokens_per_second > 0 else 0.0
        await asyncio.sleep(max(0.0, due - loop.time()))
        yield piece


def wish_of(body: dict[str, Any], prompt: str) -> Wish:
    """Read the settings that both chat interfaces share."""
    delay = _number(body, "first_token_delay", 0.15)
    if "first_token_delay_ms" in body:
        delay = _number(body, "first_token_delay_ms", 150.0) / 1000
    seed = body.get("seed")
    most = body.get("max_completion_tokens", body.get("max_tokens", body.get("max_output_tokens")))
    return Wish(
        prompt=prompt,
        most=_whole("max_tokens", most, DEFAULT_TOKENS, MOST_TOKENS),
        stop=_stops(body.get("stop")),
        seed=secrets.token_hex(8) if seed is None else str(seed),
        choices=_whole("n", body.get("n"), 1, 16),
        tokens_per_second=_number(body, "tokens_per_second", 40.0),
        first_token_delay=delay,
    )


def prompt_of(messages: object) -> str:
    """The text of the last thing a user said; parts of a message are joined."""
    if not isinstance(messages, list) or not messages:
        raise BadRequestError("messages", "'messages' must be a non-empty list.")
    for message in messages:
        if not isinstance(message, dict) or "role" not in message:
            raise BadRequestError("messages", "Each message must be an object with 'role' and 'content'.")
    asked = [message for message in messages if message["role"] == "user"] or messages
    return text_of(asked[-1].get("content"))


def text_of(content: object) -> str:
    """Text given plainly or as parts."""
    if isinstance(content, str):
        return content
    if isinstance(content, list):
        parts = [part.get("text", "") for part in content if isinstance(part, dict)]
        return " ".join(str(part) for part in parts)
    return "" if content is None else str(content)


def _number(body: dict[str, Any], name: str, default: float) -> float:
    value = body.get(name)
    if value is None:
        return default
    if isinstance(value, bool) or not isinstance(value, int | float) or value < 0:
        raise BadRequestError(name, f"'{name}' must be a number that is not negative.")
    return float(value)


def _whole(name: str, value: object, default: int, most: int) -> int:
    if value is None:
        return default
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise BadRequestError(name, f"'{name}' must be a whole number of at least 1.")
    return min(value, most)


def _stops(value: object) -> tuple[str, ...]:
    if value is None:
        return ()
    given = [value] if isinstance(value, str) else value
    if not isinstance(given, list) or not all(isinstance(stop, str) and stop for stop in given):
        raise BadRequestError("stop", "'stop' must be a text or a list of texts.")
    return tuple(given)
