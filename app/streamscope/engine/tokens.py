"""Counts of tokens in the usage objects of many dialects, and times in what servers tell of themselves. Pure.

Sources: the APIs' references for OpenAI, Anthropic, Gemini, Ollama, Cohere, Bedrock; TGI, SGLang and llama.cpp servers.
"""

from typing import Any

import msgspec

_OUTPUT = (
    ("completion_tokens",),
    ("output_tokens",),
    ("outputTokens",),
    ("eval_count",),
    ("generated_tokens",),
    ("predicted_n",),
    ("tokens_predicted",),
    ("tokens", "output_tokens"),
    ("billed_units", "output_tokens"),
)
_REASONING = (
    ("completion_tokens_details", "reasoning_tokens"),
    ("output_tokens_details", "reasoning_tokens"),
    ("output_tokens_details", "thinking_tokens"),
    ("reasoning_tokens",),
    ("thoughtsTokenCount",),
)
# The name that a server gives a time -> our name of it, and what one unit of it is in ms.
_TIMES: tuple[tuple[str, str, float], ...] = (
    ("total_duration", "total", 1e-6),  # Ollama, ns
    ("load_duration", "load", 1e-6),
    ("prompt_eval_duration", "prefill", 1e-6),
    ("eval_duration", "decode", 1e-6),
    ("prompt_ms", "prefill", 1.0),  # llama.cpp
    ("predicted_ms", "decode", 1.0),
    ("latencyMs", "total", 1.0),  # Bedrock Converse
    ("invocationLatency", "total", 1.0),  # Bedrock InvokeModel
    ("firstByteLatency", "prefill", 1.0),
    ("e2e_latency", "total", 1e3),  # SGLang, s
    ("queue_time", "queue", 1e3),
    ("queue_duration", "queue", 1e-6),
    ("prompt_time", "prefill", 1e3),
    ("completion_time", "decode", 1e3),
    ("total_time", "total", 1e3),
)

_INSIDE = ("timings", "metrics", "meta_info")
"""Where some servers put them."""


def output_tokens(usage: Any) -> int | None:
    """How many tokens were written, by a usage object; None where it does not say."""
    count = _first(usage, _OUTPUT)
    if count is not None:
        return count
    written = _count(usage, ("candidatesTokenCount",))
    if written is None:
        return None
    return written + (_count(usage, ("thoughtsTokenCount",)) or 0)  # Gemini counts thoughts beside what it says


def reasoning_tokens(usage: Any) -> int:
    """How many of them were spent on reasoning, 0 where nothing is said."""
    return _first(usage, _REASONING) or 0


def server_times(served: str) -> dict[str, float]:
    """The server's own times in ms, from a delta's JSON: any of total, load, queue, prefill, decode."""
    try:
        told = msgspec.json.decode(served)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return {}
    found: dict[str, float] = {}
    for place in (told, *(told.get(name) for name in _INSIDE if isinstance(told, dict))):
        if isinstance(place, dict):
            for name, ours, unit in _TIMES:
                value = place.get(name)
                if isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < 1e18:
                    found.setdefault(ours, value * unit)
    return found


def _first(usage: Any, paths: tuple[tuple[str, ...], ...]) -> int | None:
    return next((count for path in paths if (count := _count(usage, path)) is not None), None)


def _count(usage: Any, path: tuple[str, ...]) -> int | None:
    for step in path:
        usage = usage.get(step) if isinstance(usage, dict) else None
    if isinstance(usage, float) and usage.is_integer():
        usage = int(usage)  # Cohere's
    return usage if isinstance(usage, int) and not isinstance(usage, bool) and usage >= 0 else None
