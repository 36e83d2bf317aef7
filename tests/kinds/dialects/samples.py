"""A realistic stream, a whole answer and an error of each dialect, with what they mean."""

# ruff: noqa: E501 - a payload is a line

import json
from dataclasses import dataclass, field
from typing import Any

from streamscope.engine.transcript import Transcript
from streamscope.kinds.catalog import DIALECTS
from streamscope.model.delta import Deltas
from streamscope.model.event import Form, Head, Message, RequestSent
from streamscope.model.exchange import ChoiceOutcome, ToolCall


@dataclass(frozen=True)
class Sample:
    """Payloads (objects are written as JSON), and what a transcript should make of them."""

    name: str
    key: str
    payloads: list[Any]
    choices: list[ChoiceOutcome]
    form: Form = "event"
    usage: dict[str, Any] | None = None
    end: str = "seen"
    errors: list[str] = field(default_factory=list)
    tokens: list[int] = field(default_factory=list)
    served: dict[str, Any] | None = None
    transcript: str = ""
    status: int = 200
    named: bool = False
    """Whether events bear the name of their payload's type."""

    def messages(self) -> list[Message]:
        """The payloads as they come in."""
        return [self._message(at, payload) for at, payload in enumerate(self.payloads)]

    def _message(self, at: int, payload: Any) -> Message:
        event = "message" if self.form == "event" else ""
        if isinstance(payload, tuple):
            event, payload = payload
        elif self.named and isinstance(payload, dict):
            event = payload.get("type") or payload.get("event_type") or event
        data = payload if isinstance(payload, bytes) else json.dumps(payload, ensure_ascii=False).encode()
        opcode = "text" if self.form == "message" else None
        return Message(100 + at, "in", (at, at), data, self.form, event, opcode=opcode)


def sent(url: str = "https://127.0.0.1/", dialect: str = "") -> RequestSent:
    return RequestSent(0, "2026-11-24T16:40:47+00:00", "POST", url, [], "none", "address", "sse", dialect=dialect)


def heard(
    messages: list[Message], status: int = 200, pinned: str = "", url: str = "https://127.0.0.1/"
) -> tuple[Transcript, str, list[Deltas]]:
    """A transcript of these messages, the text that it gave on the way, and the deltas."""
    transcript = Transcript(DIALECTS.values(), pinned)
    transcript.feed(sent(url))
    transcript.feed(Head(1, status, "HTTP/1.1", []))
    text, deltas = "", []
    for message in messages:
        text += transcript.feed(message)
        deltas.append(transcript.deltas)
    return transcript, text, deltas


DONE = b"[DONE]"
WEATHER = '{"city": "Paris"}'
CALL = ToolCall("get_weather", WEATHER)


def said(
    text: str = "Hello, wörld", reasoning: str = "", calls: Any = (), refusal: str = "", finish: str = "stop"
) -> Any:
    return ChoiceOutcome(text, reasoning, list(calls), refusal, finish)


# --- OpenAI chat and completions


def chunk(delta: Any, finish: str | None = None, index: int = 0, **more: Any) -> dict[str, Any]:
    return {
        "id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1764000000, "model": "m",
        "choices": [{"index": index, "delta": delta, "finish_reason": finish, **more}], "usage": None,
    }  # fmt: skip


def arguments(*pieces: str, index: int = 0) -> list[dict[str, Any]]:
    head = {
        "index": index,
        "id": f"call_{index}",
        "type": "function",
        "function": {"name": "get_weather", "arguments": ""},
    }
    rest = [{"index": index, "function": {"arguments": piece}} for piece in pieces]
    return [chunk({"tool_calls": [call]}) for call in (head, *rest)]


USAGE = {"prompt_tokens": 9, "completion_tokens": 3, "total_tokens": 12}
LAST = {
    "id": "chatcmpl-1",
    "object": "chat.completion.chunk",
    "created": 1,
    "model": "m",
    "choices": [],
    "usage": USAGE,
}

OPENAI = [
    Sample(
        "chat with reasoning and calls", "openai.chat",
        [
            chunk({"role": "assistant", "content": ""}),
            chunk({"reasoning_content": "Let me "}),
            chunk({"reasoning": "think"}),
            chunk({"content": "Hello, "}),
            chunk({"content": "wörld"}),
            *arguments('{"city"', ': "Paris"}'),
            chunk({}, "tool_calls"),
            LAST,
            DONE,
        ],
        [said(reasoning="Let me think", calls=[CALL], finish="tool_calls")], usage=USAGE,
    ),
    Sample(
        "two choices, a refusal, null usage", "openai.chat",
        [
            chunk({"role": "assistant", "content": "", "refusal": None}),
            chunk({"content": "other"}, index=1),
            chunk({"content": "Hello, wörld"}),
            chunk({"refusal": "I can"}, index=1),
            chunk({"refusal": "not"}, index=1),
            chunk({}, "stop", 1),
            chunk({}, "stop"),
            DONE,
        ],
        [said(), said("other", refusal="I cannot")],
    ),
    Sample(
        "Azure: filter results first, a null delta last", "openai.chat",
        [
            {"id": "", "object": "", "created": 0, "model": "", "choices": [], "prompt_filter_results": [{"prompt_index": 0}]},
            chunk({"content": "Hello, wörld"}, content_filter_results={"hate": {"filtered": False}}),
            chunk(None, "stop", content_filter_offsets={"check_offset": 1}),
            {"id": "", "object": "chat.completion.chunk", "created": 0, "model": "", "choices": None, "usage": USAGE},
            DONE,
        ],
        [said()], usage=USAGE,
    ),
    Sample(
        "vLLM: token numbers", "openai.chat",
        [
            {**chunk({"role": "assistant", "content": ""}), "prompt_token_ids": [1, 2]},
            chunk({"content": "Hello,"}, token_ids=[5, 6]),
            chunk({"content": " wörld"}, token_ids=[7]),
            chunk({}, "stop", stop_reason=None),
            DONE,
        ],
        [said()], tokens=[2, 1],
    ),
    Sample(
        "vLLM: usage in every chunk", "openai.chat",
        [
            {**chunk({"role": "assistant", "content": ""}), "usage": {"prompt_tokens": 9, "completion_tokens": 0}},
            {**chunk({"content": "Hello,"}), "usage": {"prompt_tokens": 9, "completion_tokens": 2}},
            {**chunk({"content": " wörld"}, "stop"), "usage": {"prompt_tokens": 9, "completion_tokens": 3}},
            LAST,
            DONE,
        ],
        [said()], tokens=[2, 1], usage=USAGE,
    ),
    Sample(
        "Mistral: typed content, a whole call, usage with the last text", "openai.chat",
        [
            chunk({"role": "assistant", "content": ""}),
            chunk({"content": [{"type": "thinking", "thinking": [{"type": "text", "text": "Hm"}]}]}),
            chunk({"content": [{"type": "text", "text": "Hello, "}, {"type": "reference", "reference_ids": [1]}]}),
            chunk({"content": "wörld", "tool_calls": [{"id": "D681", "function": {"name": "get_weather", "arguments": WEATHER}}]}),
            {**chunk({"content": ""}, "tool_calls"), "usage": USAGE},
            DONE,
        ],
        [said(reasoning="Hm", calls=[CALL], finish="tool_calls")], usage=USAGE,
    ),
    Sample(
        "a spoken answer", "openai.chat",
        [
            chunk({"role": "assistant", "content": None, "audio": {"id": "audio_1", "transcript": "Hello, "}}),
            chunk({"audio": {"data": "AAAA"}}),
            chunk({"audio": {"transcript": "wörld"}}),
            chunk({"audio": {"expires_at": 1764000000}}, "stop"),
            DONE,
        ],
        [said()], transcript="Hello, wörld",
    ),
    Sample(
        "the former function call, no object field", "openai.chat",
        [
            {"choices": [{"index": 0, "delta": {"role": "assistant", "function_call": {"name": "get_weather", "arguments": ""}}}]},
            {"choices": [{"index": 0, "delta": {"function_call": {"arguments": WEATHER}}}]},
            {"choices": [{"index": 0, "delta": {}, "finish_reason": "function_call"}]},
            DONE,
        ],
        [said("", calls=[CALL], finish="function_call")],
    ),
    Sample(
        "two calls that are all numbered 0", "openai.chat",
        [
            chunk({"tool_calls": [{"index": 0, "id": "a", "function": {"name": "get_weather", "arguments": WEATHER}}]}),
            chunk({"tool_calls": [{"index": 0, "id": "b", "function": {"name": "get_time", "arguments": "{}"}}]}),
            chunk({}, "tool_calls"),
            DONE,
        ],
        [said("", calls=[CALL, ToolCall("get_time", "{}")], finish="tool_calls")],
    ),
    Sample(
        "chat, whole", "openai.chat",
        [{
            "id": "chatcmpl-1", "object": "chat.completion", "created": 1, "model": "m",
            "choices": [{
                "index": 0, "finish_reason": "tool_calls", "logprobs": None,
                "message": {
                    "role": "assistant", "content": "Hello, wörld", "refusal": None, "reasoning_content": "Hm",
                    "tool_calls": [{"id": "call_0", "type": "function", "function": {"name": "get_weather", "arguments": WEATHER}}],
                },
            }],
            "usage": USAGE,
        }],
        [said(reasoning="Hm", calls=[CALL], finish="tool_calls")], form="body", usage=USAGE, end="none needed",
    ),
    Sample(
        "completions", "openai.completions",
        [
            {"id": "cmpl-1", "object": "text_completion", "choices": [{"index": 0, "text": "Hello, ", "finish_reason": None}]},
            {"id": "cmpl-1", "object": "text_completion", "choices": [{"index": 0, "text": "wörld", "finish_reason": "stop"}]},
            {"id": "cmpl-1", "object": "text_completion", "choices": [], "usage": USAGE},
            DONE,
        ],
        [said()], usage=USAGE,
    ),
    Sample(
        "completions, whole", "openai.completions",
        [{"id": "cmpl-1", "object": "text_completion", "usage": USAGE,
          "choices": [{"index": 0, "text": "Hello, wörld", "finish_reason": "stop", "logprobs": None}]}],
        [said()], form="body", usage=USAGE, end="none needed",
    ),
]  # fmt: skip

# --- Responses and Realtime

RESPONSE_USAGE = {"input_tokens": 9, "output_tokens": 3, "total_tokens": 12}


def numbered(*events: dict[str, Any]) -> list[Any]:
    return [{**event, "sequence_number": at} for at, event in enumerate(events)]


def identified(*events: dict[str, Any]) -> list[Any]:
    return [{**event, "event_id": f"event_{at}"} for at, event in enumerate(events)]


def response(status: str, **more: Any) -> dict[str, Any]:
    return {"id": "resp_1", "object": "response", "status": status, "output": [], "usage": None, **more}


FUNCTION = {"id": "fc_1", "type": "function_call", "name": "get_weather", "call_id": "call_1", "arguments": ""}
RESPONSES_STREAM = numbered(
    {"type": "response.created", "response": response("in_progress")},
    {"type": "response.in_progress", "response": response("in_progress")},
    {
        "type": "response.output_item.added",
        "output_index": 0,
        "item": {"id": "rs_1", "type": "reasoning", "summary": []},
    },
    {"type": "response.reasoning_summary_text.delta", "item_id": "rs_1", "summary_index": 0, "delta": "Hm"},
    {
        "type": "response.output_item.added",
        "output_index": 1,
        "item": {"id": "msg_1", "type": "message", "content": []},
    },
    {"type": "response.content_part.added", "item_id": "msg_1", "part": {"type": "output_text", "text": ""}},
    {"type": "response.output_text.delta", "item_id": "msg_1", "delta": "Hello, "},
    {"type": "response.output_text.delta", "item_id": "msg_1", "delta": "wörld"},
    {"type": "response.output_text.done", "item_id": "msg_1", "text": "Hello, wörld"},
    {"type": "response.output_item.added", "output_index": 2, "item": FUNCTION},
    {"type": "response.function_call_arguments.delta", "item_id": "fc_1", "delta": '{"city"'},
    {"type": "response.function_call_arguments.delta", "item_id": "fc_1", "delta": ': "Paris"}'},
    {"type": "response.function_call_arguments.done", "item_id": "fc_1", "arguments": WEATHER},
    {"type": "response.completed", "response": response("completed", usage=RESPONSE_USAGE)},
)
RESPONSES_SAID = [said(reasoning="Hm", calls=[CALL], finish="completed")]
REALTIME_CALL = {"id": "item_2", "type": "function_call", "name": "get_weather", "call_id": "call_1"}
RESPONSES = [
    Sample("responses", "openai.responses", RESPONSES_STREAM, RESPONSES_SAID, usage=RESPONSE_USAGE, named=True),
    Sample("responses over WebSocket", "openai.responses", RESPONSES_STREAM, RESPONSES_SAID, "message", RESPONSE_USAGE,
           status=101),
    Sample(
        "responses, too long, refused", "openai.responses",
        numbered(
            {"type": "response.created", "response": response("in_progress")},
            {"type": "response.refusal.delta", "item_id": "msg_1", "delta": "I cannot"},
            {"type": "response.incomplete",
             "response": response("incomplete", incomplete_details={"reason": "max_output_tokens"})},
        ),
        [said("", refusal="I cannot", finish="max_output_tokens")], named=True,
    ),
    Sample(
        "responses, whole", "openai.responses",
        [response("completed", usage=RESPONSE_USAGE, output=[
            {"type": "reasoning", "summary": [{"type": "summary_text", "text": "Hm"}]},
            {"type": "message", "content": [{"type": "output_text", "text": "Hello, wörld", "annotations": []}]},
            {**FUNCTION, "arguments": WEATHER},
        ])],
        RESPONSES_SAID, form="body", usage=RESPONSE_USAGE, end="none needed",
    ),
    Sample(
        "realtime", "openai.realtime",
        identified(
            {"type": "session.created", "session": {"type": "realtime", "model": "gpt-realtime"}},
            {"type": "response.created", "response": {"object": "realtime.response", "status": "in_progress"}},
            {"type": "response.output_item.added", "item": {"id": "item_1", "type": "message"}},
            {"type": "response.output_audio.delta", "item_id": "item_1", "delta": "AAAA"},
            {"type": "response.output_audio_transcript.delta", "item_id": "item_1", "delta": "Hello, "},
            {"type": "response.output_audio_transcript.delta", "item_id": "item_1", "delta": "wörld"},
            {"type": "response.output_item.added", "item": REALTIME_CALL},
            {"type": "response.function_call_arguments.delta", "item_id": "item_2", "delta": WEATHER},
            {"type": "response.done", "response": {"status": "completed", "usage": RESPONSE_USAGE}},
            {"type": "rate_limits.updated", "rate_limits": []},
        ),
        [said(calls=[CALL], finish="completed")], "message", RESPONSE_USAGE, transcript="Hello, wörld", status=101,
    ),
    Sample(
        "realtime, names of the beta, cancelled", "openai.realtime",
        identified(
            {"type": "session.created", "session": {"object": "realtime.session"}},
            {"type": "conversation.item.created", "item": {"id": "item_0"}},
            {"type": "response.created", "response": {"status": "in_progress"}},
            {"type": "response.text.delta", "item_id": "item_1", "delta": "Hello, "},
            {"type": "response.audio_transcript.delta", "item_id": "item_1", "delta": "wörld"},
            {"type": "response.done",
             "response": {"status": "cancelled", "status_details": {"type": "cancelled", "reason": "turn_detected"}}},
        ),
        [said(finish="turn_detected")], "message", transcript="wörld", status=101,
    ),
]  # fmt: skip

# --- Anthropic, Cohere, Mistral, Amazon

ANTHROPIC_START = {
    "type": "message_start",
    "message": {"id": "msg_1", "type": "message", "role": "assistant", "content": [], "model": "m", "stop_reason": None,
                "usage": {"input_tokens": 9, "output_tokens": 1}},
}  # fmt: skip
OTHERS = [
    Sample(
        "anthropic", "anthropic.messages",
        [
            ANTHROPIC_START,
            {"type": "content_block_start", "index": 0, "content_block": {"type": "thinking", "thinking": "", "signature": ""}},
            {"type": "content_block_delta", "index": 0, "delta": {"type": "thinking_delta", "thinking": "Hm"}},
            {"type": "content_block_delta", "index": 0, "delta": {"type": "signature_delta", "signature": "EqQB"}},
            {"type": "content_block_stop", "index": 0},
            {"type": "content_block_start", "index": 1, "content_block": {"type": "text", "text": ""}},
            {"type": "ping"},
            {"type": "content_block_delta", "index": 1, "delta": {"type": "text_delta", "text": "Hello, "}},
            {"type": "content_block_delta", "index": 1, "delta": {"type": "text_delta", "text": "wörld"}},
            {"type": "content_block_stop", "index": 1},
            {"type": "content_block_start", "index": 2,
             "content_block": {"type": "tool_use", "id": "toolu_1", "name": "get_weather", "input": {}}},
            {"type": "content_block_delta", "index": 2, "delta": {"type": "input_json_delta", "partial_json": ""}},
            {"type": "content_block_delta", "index": 2, "delta": {"type": "input_json_delta", "partial_json": '{"city"'}},
            {"type": "content_block_delta", "index": 2, "delta": {"type": "input_json_delta", "partial_json": ': "Paris"}'}},
            {"type": "content_block_stop", "index": 2},
            {"type": "message_delta", "delta": {"stop_reason": "tool_use", "stop_sequence": None}, "usage": {"output_tokens": 30}},
            {"type": "message_stop"},
        ],
        [said(reasoning="Hm", calls=[CALL], finish="tool_use")],
        usage={"input_tokens": 9, "output_tokens": 30}, named=True,
    ),
    Sample(
        "anthropic, whole", "anthropic.messages",
        [{
            "id": "msg_1", "type": "message", "role": "assistant", "model": "m", "stop_reason": "tool_use",
            "content": [
                {"type": "thinking", "thinking": "Hm", "signature": "EqQB"},
                {"type": "text", "text": "Hello, wörld"},
                {"type": "tool_use", "id": "toolu_1", "name": "get_weather", "input": {"city": "Paris"}},
            ],
            "usage": {"input_tokens": 9, "output_tokens": 30},
        }],
        [said(reasoning="Hm", calls=[ToolCall("get_weather", '{"city":"Paris"}')], finish="tool_use")],
        form="body", usage={"input_tokens": 9, "output_tokens": 30}, end="none needed",
    ),
    Sample(
        "cohere", "cohere.v2",
        [
            {"type": "message-start", "id": "1", "delta": {"message": {"role": "assistant", "content": [], "tool_plan": ""}}},
            {"type": "content-start", "index": 0, "delta": {"message": {"content": {"type": "thinking", "thinking": ""}}}},
            {"type": "content-delta", "index": 0, "delta": {"message": {"content": {"thinking": "Hm"}}}},
            {"type": "content-end", "index": 0},
            {"type": "content-start", "index": 1, "delta": {"message": {"content": {"type": "text", "text": ""}}}},
            {"type": "content-delta", "index": 1, "delta": {"message": {"content": {"text": "Hello, "}}}},
            {"type": "content-delta", "index": 1, "delta": {"message": {"content": {"text": "wörld"}}}},
            {"type": "content-end", "index": 1},
            {"type": "tool-plan-delta", "delta": {"message": {"tool_plan": "m"}}},
            {"type": "tool-call-start", "index": 0, "delta": {"message": {"tool_calls": {
                "id": "get_weather_1", "type": "function", "function": {"name": "get_weather", "arguments": ""}}}}},
            {"type": "tool-call-delta", "index": 0,
             "delta": {"message": {"tool_calls": {"function": {"arguments": WEATHER}}}}},
            {"type": "tool-call-end", "index": 0},
            {"type": "message-end", "delta": {"finish_reason": "TOOL_CALL", "usage": {
                "billed_units": {"input_tokens": 5}, "tokens": {"input_tokens": 9, "output_tokens": 3}}}},
        ],
        [said(reasoning="Hmm", calls=[CALL], finish="TOOL_CALL")],
        usage={"input_tokens": 9, "output_tokens": 3}, named=True,
    ),
    Sample(
        "cohere, whole", "cohere.v2",
        [{
            "id": "1", "finish_reason": "COMPLETE",
            "message": {"role": "assistant", "tool_plan": "Hm", "content": [{"type": "text", "text": "Hello, wörld"}],
                        "tool_calls": [{"id": "x", "type": "function", "function": {"name": "get_weather", "arguments": WEATHER}}]},
            "usage": {"billed_units": {"input_tokens": 5}, "tokens": {"input_tokens": 9, "output_tokens": 3}},
        }],
        [said(reasoning="Hm", calls=[CALL], finish="COMPLETE")],
        form="body", usage={"input_tokens": 9, "output_tokens": 3}, end="none needed",
    ),
    Sample(
        "mistral conversations", "mistral.conversations",
        [
            {"type": "conversation.response.started", "conversation_id": "conv_1"},
            {"type": "message.output.delta", "output_index": 0, "id": "msg_1", "content": "Hello, "},
            {"type": "message.output.delta", "output_index": 0, "id": "msg_1", "content": {"type": "text", "text": "wörld"}},
            {"type": "function.call.delta", "id": "fc_1", "name": "get_weather", "tool_call_id": "t", "arguments": '{"city"'},
            {"type": "function.call.delta", "id": "fc_1", "name": "get_weather", "tool_call_id": "t", "arguments": ': "Paris"}'},
            {"type": "conversation.response.done", "usage": USAGE},
        ],
        [said(calls=[CALL], finish="")], usage=USAGE, named=True,
    ),
    Sample(
        "mistral conversations, whole", "mistral.conversations",
        [{
            "object": "conversation.response", "conversation_id": "conv_1", "usage": USAGE,
            "outputs": [
                {"object": "entry", "type": "message.output", "role": "assistant", "content": "Hello, wörld"},
                {"object": "entry", "type": "function.call", "name": "get_weather", "arguments": WEATHER},
            ],
        }],
        [said(calls=[CALL], finish="")], form="body", usage=USAGE, end="none needed",
    ),
    Sample(
        "converse", "aws.converse_stream",
        [
            ("messageStart", {"role": "assistant", "p": "abc"}),
            ("contentBlockDelta", {"contentBlockIndex": 0, "delta": {"reasoningContent": {"text": "Hm"}}}),
            ("contentBlockStop", {"contentBlockIndex": 0}),
            ("contentBlockDelta", {"contentBlockIndex": 1, "delta": {"text": "Hello, "}, "p": "abcd"}),
            ("contentBlockDelta", {"contentBlockIndex": 1, "delta": {"text": "wörld"}}),
            ("contentBlockStop", {"contentBlockIndex": 1}),
            ("contentBlockStart", {"contentBlockIndex": 2, "start": {"toolUse": {"toolUseId": "t", "name": "get_weather"}}}),
            ("contentBlockDelta", {"contentBlockIndex": 2, "delta": {"toolUse": {"input": '{"city"'}}}),
            ("contentBlockDelta", {"contentBlockIndex": 2, "delta": {"toolUse": {"input": ': "Paris"}'}}}),
            ("contentBlockStop", {"contentBlockIndex": 2}),
            ("messageStop", {"stopReason": "tool_use"}),
            ("metadata", {"usage": {"inputTokens": 9, "outputTokens": 3, "totalTokens": 12}, "metrics": {"latencyMs": 420}}),
        ],
        [said(reasoning="Hm", calls=[CALL], finish="tool_use")], "frame",
        {"inputTokens": 9, "outputTokens": 3, "totalTokens": 12}, served={"latencyMs": 420},
    ),
    Sample(
        "converse, whole", "aws.converse_stream",
        [{
            "output": {"message": {"role": "assistant", "content": [
                {"reasoningContent": {"reasoningText": {"text": "Hm"}}}, {"text": "Hello, wörld"},
                {"toolUse": {"toolUseId": "t", "name": "get_weather", "input": {"city": "Paris"}}}]}},
            "stopReason": "tool_use", "usage": {"inputTokens": 9}, "metrics": {"latencyMs": 420},
        }],
        [said(reasoning="Hm", calls=[ToolCall("get_weather", '{"city":"Paris"}')], finish="tool_use")], "body",
        {"inputTokens": 9}, end="none needed", served={"latencyMs": 420},
    ),
]  # fmt: skip

# --- Gemini


def candidate(*parts: dict[str, Any], finish: str = "") -> dict[str, Any]:
    content = {"content": {"parts": list(parts), "role": "model"}, "index": 0}
    return {"candidates": [content | ({"finishReason": finish} if finish else {})], "modelVersion": "gemini-3"}


GEMINI_USAGE = {"promptTokenCount": 9, "candidatesTokenCount": 3, "totalTokenCount": 12}
GEMINI_CALL = {"functionCall": {"name": "get_weather", "args": {"city": "Paris"}}}
GEMINI_STREAM = [
    {**candidate({"text": "Hm", "thought": True}), "usageMetadata": {"promptTokenCount": 9}},
    candidate({"text": "Hello, "}),
    candidate({"text": "wörld"}, GEMINI_CALL),
    {**candidate({"text": ""}, finish="STOP"), "usageMetadata": GEMINI_USAGE},
]
GEMINI_SAID = [said(reasoning="Hm", calls=[ToolCall("get_weather", '{"city":"Paris"}')], finish="STOP")]
GEMINI = [
    Sample("gemini events", "gemini.generate", GEMINI_STREAM, GEMINI_SAID, usage=GEMINI_USAGE, end="none needed"),
    Sample("gemini array", "gemini.generate", GEMINI_STREAM, GEMINI_SAID, "element", GEMINI_USAGE, "none needed"),
    Sample("gemini array in one piece", "gemini.generate", [GEMINI_STREAM], GEMINI_SAID, "body", GEMINI_USAGE, "none needed"),
    Sample(
        "gemini, whole", "gemini.generate",
        [{**candidate({"text": "Hm", "thought": True}, {"text": "Hello, wörld"}, GEMINI_CALL, finish="STOP"),
          "usageMetadata": GEMINI_USAGE}],
        GEMINI_SAID, "body", GEMINI_USAGE, "none needed",
    ),
    Sample(
        "gemini, blocked prompt", "gemini.generate",
        [{"promptFeedback": {"blockReason": "SAFETY"}, "usageMetadata": {"promptTokenCount": 9}}],
        [said("", finish="SAFETY")], usage={"promptTokenCount": 9}, end="none needed",
    ),
    Sample(
        "gemini interactions", "gemini.interactions",
        [
            {"event_type": "interaction.created", "interaction": {"id": "v1", "status": "in_progress", "object": "interaction"}},
            {"event_type": "step.start", "index": 0, "step": {"type": "thought"}},
            {"event_type": "step.delta", "index": 0, "delta": {"type": "thought_summary", "content": {"type": "text", "text": "Hm"}}},
            {"event_type": "step.stop", "index": 0},
            {"event_type": "step.start", "index": 1, "step": {"type": "model_output"}},
            {"event_type": "step.delta", "index": 1, "delta": {"type": "text", "text": "Hello, "}},
            {"event_type": "step.delta", "index": 1, "delta": {"type": "text", "text": "wörld"}},
            {"event_type": "step.start", "index": 2, "step": {"type": "function_call", "name": "get_weather", "id": "f"}},
            {"event_type": "step.delta", "index": 2, "delta": {"type": "arguments_delta", "arguments": WEATHER}},
            {"event_type": "interaction.completed", "interaction": {"status": "completed", "usage": {"total_tokens": 12}}},
        ],
        [said(reasoning="Hm", calls=[CALL], finish="completed")], usage={"total_tokens": 12}, named=True,
    ),
    Sample(
        "gemini interactions, whole", "gemini.interactions",
        [{"id": "v1", "object": "interaction", "status": "completed", "usage": {"total_tokens": 12}, "steps": [
            {"type": "thought", "summary": [{"type": "text", "text": "Hm"}]},
            {"type": "model_output", "content": [{"type": "text", "text": "Hello, wörld"}]},
            {"type": "function_call", "name": "get_weather", "arguments": {"city": "Paris"}},
        ]}],
        [said(reasoning="Hm", calls=[ToolCall("get_weather", '{"city":"Paris"}')], finish="completed")], "body",
        {"total_tokens": 12}, "none needed",
    ),
    Sample(
        "gemini live", "gemini.live",
        [
            {"setupComplete": {}},
            {"serverContent": {"modelTurn": {"parts": [{"text": "Hm", "thought": True}]}}},
            {"serverContent": {"modelTurn": {"parts": [{"inlineData": {"mimeType": "audio/pcm", "data": "AAAA"}}]}}},
            {"serverContent": {"outputTranscription": {"text": "Hello, "}}},
            {"serverContent": {"modelTurn": {"parts": [{"text": "wörld"}]}}},
            {"toolCall": {"functionCalls": [{"id": "f", "name": "get_weather", "args": {"city": "Paris"}}]}},
            {"serverContent": {"generationComplete": True}},
            {"serverContent": {"turnComplete": True, "turnCompleteReason": "STOP"}, "usageMetadata": {"totalTokenCount": 12}},
        ],
        [said(reasoning="Hm", calls=[ToolCall("get_weather", '{"city":"Paris"}')], finish="STOP")], "message",
        {"totalTokenCount": 12}, transcript="Hello, ", status=101,
    ),
]  # fmt: skip

# --- servers of their own


def line(content: str, **more: Any) -> dict[str, Any]:
    return {"model": "m", "created_at": "2026-11-24T10:00:00Z", "message": {"role": "assistant", "content": content, **more},
            "done": False}  # fmt: skip


DURATIONS = {"total_duration": 900, "load_duration": 100, "prompt_eval_duration": 200, "eval_duration": 600}
OLLAMA_LAST = {"done": True, "done_reason": "stop", "prompt_eval_count": 9, "eval_count": 3, **DURATIONS}
OLLAMA_USAGE = {"prompt_eval_count": 9, "eval_count": 3}
OLLAMA_SERVED = {**DURATIONS, **OLLAMA_USAGE}
OLLAMA_CALL = [{"function": {"name": "get_weather", "arguments": {"city": "Paris"}}}]
OLLAMA_SAID = [said(reasoning="Hm", calls=[ToolCall("get_weather", '{"city":"Paris"}')])]


def sglang(text: str, made: int, finish: Any = None, **more: Any) -> dict[str, Any]:
    return {
        "text": text,
        "meta_info": {"id": "1", "finish_reason": finish, "prompt_tokens": 9, "completion_tokens": made, **more},
    }


STOPPED = {"type": "stop", "matched": 2}
SGLANG_USAGE = {"prompt_tokens": 9, "completion_tokens": 4}
TIMINGS = {"prompt_n": 9, "prompt_ms": 20.5, "predicted_n": 3, "predicted_ms": 60.1}


def tgi(text: str, *, special: bool = False, whole: str | None = None, details: Any = None) -> dict[str, Any]:
    return {"index": 1, "token": {"id": 1, "text": text, "logprob": -0.1, "special": special}, "generated_text": whole,
            "details": details}  # fmt: skip


TGI_DETAILS = {"finish_reason": "eos_token", "generated_tokens": 3, "input_length": 9, "seed": None}
TGI_USAGE = {"input_length": 9, "generated_tokens": 3}
SERVERS = [
    Sample("ollama chat", "ollama", [line("", thinking="Hm"), line("Hello, "), line("wörld"), line("", tool_calls=OLLAMA_CALL),
                                     {**line(""), **OLLAMA_LAST}],
           OLLAMA_SAID, "line", OLLAMA_USAGE, served=OLLAMA_SERVED),
    Sample("ollama generate", "ollama", [{"model": "m", "response": "", "thinking": "Hm", "done": False},
                                         {"model": "m", "response": "Hello, wörld", "done": False},
                                         {"model": "m", "response": "", "context": [1], **OLLAMA_LAST}],
           [said(reasoning="Hm")], "line", OLLAMA_USAGE, served=OLLAMA_SERVED),
    Sample("ollama, whole", "ollama", [{**line("Hello, wörld", thinking="Hm", tool_calls=OLLAMA_CALL), **OLLAMA_LAST}],
           OLLAMA_SAID, "body", OLLAMA_USAGE, served=OLLAMA_SERVED),
    Sample("sglang, cumulative", "sglang.generate",
           [sglang("Hello", 1), sglang("Hello, wö", 3), sglang("Hello, wörld", 4, STOPPED, e2e_latency=0.42), DONE],
           [said()], usage=SGLANG_USAGE, tokens=[1, 2, 1], served={"e2e_latency": 0.42}),
    Sample("sglang, in pieces", "sglang.generate",
           [sglang("1", 1), sglang("10", 2), sglang("0 and", 3), sglang(" wörld", 4, STOPPED), DONE],
           [said("1100 and wörld")], usage=SGLANG_USAGE, tokens=[1, 1, 1, 1]),
    Sample("sglang, whole", "sglang.generate", [sglang("Hello, wörld", 4, STOPPED, e2e_latency=0.42)],
           [said()], "body", SGLANG_USAGE, "none needed", tokens=[4], served={"e2e_latency": 0.42}),
    Sample("tgi", "tgi.generate_stream",
           [tgi("Hello, "), tgi("wörld"), tgi("</s>", special=True, whole="Hello, wörld", details=TGI_DETAILS)],
           [said(finish="eos_token")], usage=TGI_USAGE, tokens=[1, 1, 1]),
    Sample("tgi, whole", "tgi.generate_stream", [[{"generated_text": "Hello, wörld", "details": TGI_DETAILS}]],
           [said(finish="eos_token")], "body", TGI_USAGE, "none needed"),
    Sample("triton", "triton.generate_stream",
           [{"model_name": "m", "model_version": "1", "text_output": "Hello, "},
            {"model_name": "m", "model_version": "1", "text_output": "wörld", "details": {"finish_reason": "stop"}}],
           [said()], end="none needed"),
    Sample("triton, whole", "triton.generate_stream", [{"model_name": "m", "model_version": "1", "text_output": "Hello, wörld"}],
           [said(finish="")], "body", end="none needed"),
    Sample("llama.cpp", "llamacpp.completion",
           [{"index": 0, "content": "Hello, ", "tokens": [1, 2], "stop": False, "id_slot": 0},
            {"index": 0, "content": "wörld", "tokens": [3], "stop": False, "id_slot": 0},
            {"index": 0, "content": "", "tokens": [], "stop": True, "stop_type": "eos", "tokens_predicted": 3,
             "tokens_evaluated": 9, "timings": TIMINGS}],
           [said(finish="eos")], usage={"tokens_evaluated": 9, "tokens_predicted": 3}, tokens=[2, 1], served=TIMINGS),
    Sample("llama.cpp, whole", "llamacpp.completion",
           [{"index": 0, "content": "Hello, wörld", "stop": True, "stop_type": "eos", "tokens_predicted": 3,
             "tokens_evaluated": 9, "timings": TIMINGS}],
           [said(finish="eos")], "body", {"tokens_evaluated": 9, "tokens_predicted": 3}, served=TIMINGS),
    Sample("mcp", "mcp.streamable_http",
           [b"", {"jsonrpc": "2.0", "method": "notifications/progress", "params": {"progressToken": 1, "progress": 1, "message": "half"}},
            {"jsonrpc": "2.0", "id": 1, "result": {"content": [{"type": "text", "text": "Hello, wörld"}], "isError": False}}],
           [said("half\nHello, wörld", finish="")]),
    Sample("mcp, whole", "mcp.streamable_http", [{"jsonrpc": "2.0", "id": 1, "result": {"tools": [{"name": "x"}]}}],
           [said('{"tools":[{"name":"x"}]}', finish="")], "body"),
    Sample("classic prediction", "modelarts.classic",
           [b'{"meta": {"uuid": "1"}, "data": {"resp_data": [{"label": "gr\xc3\xbcn", "score": 0.9}]}}'],
           [said('{"meta": {"uuid": "1"}, "data": {"resp_data": [{"label": "grün", "score": 0.9}]}}', finish="")],
           "body", end="none needed"),
    Sample("raw", "raw", [b"tick", b"tock"], [said("tick\ntock", finish="")], end="none needed"),
    Sample("raw JSON", "raw", [{"temperature": 3}], [said('{"temperature": 3}', finish="")], end="none needed"),
]  # fmt: skip

SAMPLES = [*OPENAI, *RESPONSES, *OTHERS, *GEMINI, *SERVERS]


# --- errors under status 200: the payloads before, the error, what it says

ERRORS: list[tuple[str, list[Any], Any, str]] = [
    ("openai.chat", OPENAI[0].payloads[:4], {"error": {"message": "boo", "type": "server_error", "code": 500}}, "boo"),
    ("openai.chat", OPENAI[0].payloads[:4], {"object": "error", "message": "boo", "type": "x", "code": 1}, "boo"),
    ("openai.completions", OPENAI[10].payloads[:1], {"error": {"message": "boo"}}, "boo"),
    ("openai.responses", RESPONSES_STREAM[:6], {"type": "error", "code": "x", "message": "boo", "param": None}, "boo"),
    ("openai.responses", RESPONSES_STREAM[:6],
     {"type": "response.failed", "response": response("failed", error={"code": "server_error", "message": "boo"})}, "boo"),
    ("openai.realtime", RESPONSES[4].payloads[:2], {"type": "error", "error": {"type": "x", "message": "boo"}}, "boo"),
    ("anthropic.messages", [ANTHROPIC_START], {"type": "error", "error": {"type": "overloaded_error", "message": "boo"}}, "boo"),
    ("cohere.v2", OTHERS[2].payloads[:2], {"type": "message-end", "delta": {"finish_reason": "ERROR", "error": "boo"}}, "boo"),
    ("mistral.conversations", OTHERS[4].payloads[:2], {"type": "conversation.response.error", "message": "boo", "code": 1}, "boo"),
    ("aws.converse_stream", OTHERS[6].payloads[:2], ("throttlingException", {"message": "boo"}), "boo"),
    ("gemini.generate", GEMINI_STREAM[:2], {"error": {"code": 503, "message": "boo", "status": "UNAVAILABLE"}}, "boo"),
    ("gemini.interactions", GEMINI[5].payloads[:2], {"event_type": "error", "error": {"code": 1, "message": "boo"}}, "boo"),
    ("gemini.live", GEMINI[7].payloads[:2], {"error": {"message": "boo"}}, "boo"),
    ("ollama", SERVERS[0].payloads[:2], {"error": "boo"}, "boo"),
    ("sglang.generate", SERVERS[3].payloads[:2], {"error": {"message": "boo", "type": "x", "retryable": False}}, "boo"),
    ("tgi.generate_stream", [], {"error": "boo", "error_type": "overloaded"}, "boo"),
    ("triton.generate_stream", SERVERS[8].payloads[:1], {"error": "boo"}, "boo"),
    ("llamacpp.completion", SERVERS[10].payloads[:1], {"error": {"code": 500, "message": "boo"}}, "boo"),
    ("mcp.streamable_http", [], {"jsonrpc": "2.0", "id": 1, "error": {"code": -32603, "message": "boo"}}, "boo"),
    ("mcp.streamable_http", [],
     {"jsonrpc": "2.0", "id": 1, "result": {"isError": True, "content": [{"type": "text", "text": "boo"}]}}, "boo"),
    ("modelarts.classic", [], {"error_code": "ModelArts.4503", "error_msg": "boo"}, "ModelArts.4503: boo"),
    ("modelarts.classic", [], {"erno": "MR.0105", "msg": "boo", "words_result": {}}, "MR.0105: boo"),
]  # fmt: skip
