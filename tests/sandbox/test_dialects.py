"""The chat model's other interfaces: the same text in all, streamed and whole, with reasoning and tool calls."""

import json
from typing import Any

import httpx
import pytest
from tests.sandbox.conftest import Running

FAST = {"seed": 1, "max_tokens": 12, "tokens_per_second": 0, "first_token_delay": 0}
PROMPT = "Tell me about the harbour."
MESSAGES = {"messages": [{"role": "user", "content": PROMPT}]}
PARAMETERS = {"type": "object", "properties": {"city": {"type": "string"}, "days": {"type": "integer"}}}


def post(sandbox: Running, path: str, **body: Any) -> httpx.Response:
    answer = sandbox.send("POST", sandbox.url("chat", "direct") + path, json={**FAST, **body})
    assert answer.status_code == 200
    return answer


def events(answer: httpx.Response) -> list[tuple[str, dict[str, Any]]]:
    made = []
    for block in answer.text.split("\n\n"):
        fields = dict(line.split(": ", 1) for line in block.split("\n") if line)
        if fields.get("data", "[DONE]") != "[DONE]":
            made.append((fields.get("event", ""), json.loads(fields["data"])))
    return made


@pytest.fixture(scope="module")
def text(sandbox: Running) -> str:
    content: str = post(sandbox, "/v1/chat/completions", **MESSAGES).json()["choices"][0]["message"]["content"]
    assert content
    return content


def test_completions(sandbox: Running, text: str) -> None:
    assert post(sandbox, "/v1/completions", prompt=PROMPT).json()["choices"][0]["text"] == text
    answer = post(sandbox, "/v1/completions", prompt=PROMPT, stream=True, stream_options={"include_usage": True})
    parts = [value for _, value in events(answer)]
    assert "".join(part["choices"][0]["text"] for part in parts if part["choices"]) == text
    assert parts[-1]["usage"]["completion_tokens"] == 12
    assert answer.text.endswith("data: [DONE]\n\n")


def test_responses(sandbox: Running, text: str) -> None:
    whole = post(sandbox, "/v1/responses", input=PROMPT).json()
    assert whole["output"][0]["content"][0]["text"] == text
    made = events(
        post(sandbox, "/v1/responses", input=[{"role": "user", "content": PROMPT}], stream=True, reasoning=True)
    )
    assert [value["sequence_number"] for _, value in made] == list(range(len(made)))
    assert all(name == value["type"] for name, value in made)
    deltas = [value["delta"] for name, value in made if name == "response.output_text.delta"]
    assert "".join(deltas) == text
    assert any(name == "response.reasoning_text.delta" for name, _ in made)
    assert made[-1][1]["response"]["usage"]["output_tokens"] == 24
    assert made[-1][0] == "response.incomplete"


def test_messages(sandbox: Running, text: str) -> None:
    assert post(sandbox, "/v1/messages", **MESSAGES).json()["content"][0]["text"] == text
    made = events(post(sandbox, "/v1/messages", **MESSAGES, stream=True, thinking={"type": "enabled"}))
    deltas = [value["delta"] for name, value in made if name == "content_block_delta"]
    assert "".join(delta.get("text", "") for delta in deltas) == text
    assert any(delta["type"] == "thinking_delta" for delta in deltas)
    assert (made[0][0], made[-1][0]) == ("message_start", "message_stop")
    assert made[-2][1]["delta"]["stop_reason"] == "max_tokens"


def test_ollama(sandbox: Running, text: str) -> None:
    assert post(sandbox, "/api/chat", **MESSAGES, stream=False).json()["message"]["content"] == text
    answer = post(sandbox, "/api/chat", **MESSAGES, think=True)
    assert answer.headers["content-type"] == "application/x-ndjson"
    lines = [json.loads(line) for line in answer.text.splitlines()]
    assert "".join(line["message"]["content"] for line in lines) == text
    assert any(line["message"].get("thinking") for line in lines)
    assert [line["done"] for line in lines] == [False] * (len(lines) - 1) + [True]
    assert lines[-1]["eval_count"] == 24


def test_reasoning_in_chat(sandbox: Running, text: str) -> None:
    made = events(post(sandbox, "/v1/chat/completions", **MESSAGES, stream=True, reasoning=True))
    deltas = [value["choices"][0]["delta"] for _, value in made]
    assert "".join(delta.get("content", "") for delta in deltas) == text
    assert sum("reasoning_content" in delta for delta in deltas) == 12


def test_tool_calls(sandbox: Running) -> None:
    chat = {"type": "function", "function": {"name": "weather", "parameters": PARAMETERS}}
    asks = {"messages": [{"role": "user", "content": "Use the weather tool."}]}
    made = events(post(sandbox, "/v1/chat/completions", **asks, tools=[chat], stream=True))
    calls = [call for _, value in made for call in value["choices"][0]["delta"].get("tool_calls", [])]
    assert calls[0]["function"]["name"] == "weather"
    arguments = json.loads("".join(call["function"]["arguments"] for call in calls))
    assert set(arguments) == {"city", "days"}
    assert made[-1][1]["choices"][0]["finish_reason"] == "tool_calls"
    blocks = post(sandbox, "/v1/messages", **asks, tools=[{"name": "weather", "input_schema": PARAMETERS}]).json()
    assert blocks["content"][0]["input"] == arguments
    flat = {"type": "function", "name": "weather", "parameters": PARAMETERS}
    named = events(post(sandbox, "/v1/responses", input="Use the weather tool.", tools=[flat], stream=True))
    pieces = [value["delta"] for name, value in named if name == "response.function_call_arguments.delta"]
    assert json.loads("".join(pieces)) == arguments
    lines = post(sandbox, "/api/chat", **asks, tools=[chat]).text.splitlines()
    assert json.loads(lines[0])["message"]["tool_calls"][0]["function"]["arguments"] == arguments
    assert "tool_calls" not in post(sandbox, "/v1/chat/completions", **MESSAGES, tools=[chat]).text.replace(
        "weather", ""
    )
