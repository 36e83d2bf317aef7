"""Benchmarks of the dialects: recognising and assembling a stream, beside decoding its payloads untyped."""

import json
import statistics
import time
from collections.abc import Callable
from typing import Any

import msgspec
from tests.benchmarks.counterpart import Row

from streamscope.engine.transcript import Transcript
from streamscope.kinds.catalog import DIALECTS
from streamscope.model.event import Event, Form, Head, Message, RequestSent

EVENTS = 2000
ROUNDS = 25
REACH = 4.0


def _chat(at: int) -> dict[str, Any]:
    return {
        "id": "chatcmpl-8f14e45fceea167a5a36dedd4bea2543",
        "object": "chat.completion.chunk",
        "created": 1764000000,
        "model": "chat",
        "choices": [{"index": 0, "delta": {"content": f" word{at}"}, "logprobs": None, "finish_reason": None}],
    }


def _thinking(at: int) -> dict[str, Any]:
    chunk = _chat(at)
    chunk["choices"][0]["delta"] = {"reasoning_content": f" word{at}"}
    return chunk


def _anthropic(at: int) -> dict[str, Any]:
    return {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": f" word{at}"}}


def _ollama(at: int) -> dict[str, Any]:
    return {
        "model": "llama3.2",
        "created_at": "2026-11-24T16:40:47.123456Z",
        "message": {"role": "assistant", "content": f" word{at}"},
        "done": False,
    }


def _responses(at: int) -> dict[str, Any]:
    return {
        "type": "response.output_text.delta",
        "sequence_number": at + 4,
        "item_id": "msg_67c9fdcf37fc8190ba82116e33fb28c5",
        "output_index": 0,
        "content_index": 0,
        "delta": f" word{at}",
        "logprobs": [],
    }


def _sglang(at: int) -> dict[str, Any]:
    return {
        "text": " word" * (at % 40 + 1),
        "meta_info": {"id": "a1b2c3", "finish_reason": None, "prompt_tokens": 9, "completion_tokens": at + 1},
    }


def _gemini(at: int) -> dict[str, Any]:
    return {
        "candidates": [{"content": {"parts": [{"text": f" word{at}"}], "role": "model"}, "index": 0}],
        "usageMetadata": {"promptTokenCount": 9, "candidatesTokenCount": at, "totalTokenCount": at + 9},
    }


Made = Callable[[int], dict[str, Any]]
STREAMS: dict[str, tuple[str, Form, Made]] = {
    "chat_us": ("openai.chat", "event", _chat),
    "thinking_us": ("openai.chat", "event", _thinking),
    "anthropic_us": ("anthropic.messages", "event", _anthropic),
    "ollama_us": ("ollama", "line", _ollama),
    "responses_us": ("openai.responses", "event", _responses),
}
OTHERS: dict[str, tuple[str, Form, Made]] = {
    "gemini_us": ("gemini.generate", "event", _gemini),
    "sglang_us": ("sglang.generate", "event", _sglang),
}
"""Of these each payload tells more than its text, which is read, too."""


def dialects() -> list[Row]:
    """Microseconds of CPU for an event through a transcript, recognition included, and for decoding its payload."""
    return [_row(name, *stream) for name, stream in STREAMS.items()]


def _row(name: str, key: str, form: Form, made: Made) -> Row:
    payloads = [json.dumps(made(at), separators=(",", ":")).encode() for at in range(EVENTS)]
    events: list[Event] = [
        RequestSent(0, "2026-11-24T16:40:47+00:00", "POST", "https://127.0.0.1/v1", [], "none", "address", "sse"),
        Head(1, 200, "HTTP/1.1", []),
        *(Message(at, "in", (at, at), payload, form) for at, payload in enumerate(payloads)),
    ]
    ours, floor = [], []
    for _ in range(ROUNDS):
        began = time.process_time()
        for payload in payloads:
            msgspec.json.decode(payload)
        floor.append(time.process_time() - began)
        transcript = Transcript(DIALECTS.values())
        began = time.process_time()
        for event in events:
            transcript.feed(event)
        ours.append(time.process_time() - began)
        assert transcript.dialect is DIALECTS[key]
        assert transcript.text or transcript.choices[0].reasoning
    value, base = statistics.median(ours) / EVENTS * 1e6, statistics.median(floor) / EVENTS * 1e6
    return Row(name, value, base, value / base, f"≤ {REACH:g} ×", value <= REACH * base)


if __name__ == "__main__":
    for row in dialects() + [_row(name, *stream) for name, stream in OTHERS.items()]:
        print(f"{row.name:<26}{row.value:>8.2f}{row.floor:>8.2f}{row.ratio:>7.2f}   {row.reach}")
