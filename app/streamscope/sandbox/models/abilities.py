"""What an answer may hold besides text: reasoning before it, or a call of a tool instead of it."""

import json
import re
import uuid
from dataclasses import replace
from typing import Any

from streamscope.sandbox.models.generation import Generation, ToolCall, Wish, generate

REASONING_TOKENS = 12
ARGUMENT_TOKENS = 4
# Arguments come in pieces that cut words and numbers anywhere, as those of real models do.
ARGUMENT_LETTERS = 5
ASKS = re.compile(r"\b(call|use|tool|function)\b", re.IGNORECASE)


def compose(body: dict[str, Any], wish: Wish, choice: int = 0) -> Generation:
    """One choice: text, with reasoning where it is asked for, or a tool call where tools are given and asked for."""
    tool = _tool(body, wish)
    made = generate(wish, choice)
    if tool is not None:
        made = replace(made, pieces=[], finish_reason="tool_calls", tool=tool)
    if _reasons(body):
        thought = generate(replace(wish, most=REASONING_TOKENS, stop=(), seed=f"{wish.seed}/thought"), choice)
        made = replace(made, reasoning=thought.pieces)
    return made


def _reasons(body: dict[str, Any]) -> bool:
    """`reasoning` as a switch or an effort, `thinking` as Anthropic has it, `think` as Ollama has it."""
    thinking = body.get("thinking")
    enabled = isinstance(thinking, dict) and thinking.get("type") != "disabled"
    return bool(body.get("reasoning") or body.get("reasoning_effort") or enabled or body.get("think"))


def _tool(body: dict[str, Any], wish: Wish) -> ToolCall | None:
    """The tool whose name the prompt says, else the first one if the prompt asks for any or the call requires one."""
    given = body.get("tools")
    tools = [_function(tool) for tool in given if isinstance(tool, dict)] if isinstance(given, list) else []
    tools = [tool for tool in tools if isinstance(tool.get("name"), str)]
    if not tools or body.get("tool_choice") == "none":
        return None
    named = [tool for tool in tools if tool["name"].lower() in wish.prompt.lower()]
    if not named and not ASKS.search(wish.prompt) and body.get("tool_choice") not in {"required", "any"}:
        return None
    chosen = (named or tools)[0]
    text = json.dumps(_arguments(chosen, wish), ensure_ascii=False)
    pieces = [text[at : at + ARGUMENT_LETTERS] for at in range(0, len(text), ARGUMENT_LETTERS)]
    return ToolCall(f"call_{uuid.uuid4().hex[:24]}", chosen["name"], pieces)


def _function(tool: dict[str, Any]) -> dict[str, Any]:
    inner = tool.get("function")
    return inner if isinstance(inner, dict) else tool


def _arguments(tool: dict[str, Any], wish: Wish) -> dict[str, Any]:
    schema = tool.get("parameters") or tool.get("input_schema")
    properties = schema.get("properties") if isinstance(schema, dict) else None
    made: dict[str, Any] = {}
    for name, kind in (properties if isinstance(properties, dict) else {}).items():
        form = kind.get("type") if isinstance(kind, dict) else None
        words = generate(replace(wish, most=ARGUMENT_TOKENS, stop=(), seed=f"{wish.seed}/{name}")).text.strip()
        made[str(name)] = {"integer": 3, "number": 1.5, "boolean": True, "array": [], "object": {}}.get(
            str(form), words
        )
    return made
