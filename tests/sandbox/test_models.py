"""The models compute what they should, over their direct ports."""

import json
import struct
import zlib
from typing import Any

import httpx
import pytest
from tests.sandbox.conftest import Running
from tests.sandbox.signing import signed

FAST = {"tokens_per_second": 0, "first_token_delay": 0}


def ask(sandbox: Running, **fields: Any) -> httpx.Response:
    body = {"messages": [{"role": "user", "content": "Tell me about the harbour."}], **FAST, **fields}
    return sandbox.send("POST", sandbox.url("chat", "direct") + "/v1/chat/completions", json=body)


def events(answer: httpx.Response) -> list[Any]:
    lines = [line.removeprefix("data: ") for line in answer.text.split("\n\n") if line]
    assert lines.pop() == "[DONE]"
    return [json.loads(line) for line in lines]


def test_stream_and_whole_are_the_same_text(sandbox: Running) -> None:
    whole = ask(sandbox, seed=7).json()
    parts = events(ask(sandbox, seed=7, stream=True, stream_options={"include_usage": True}))
    assert parts[0]["choices"][0]["delta"] == {"role": "assistant", "content": ""}
    text = "".join(part["choices"][0]["delta"].get("content", "") for part in parts[:-1])
    assert text == whole["choices"][0]["message"]["content"]
    assert parts[-2]["choices"][0]["finish_reason"] == whole["choices"][0]["finish_reason"] == "stop"
    assert parts[-1]["usage"] == whole["usage"]
    assert whole["usage"]["completion_tokens"] == len(parts) - 3
    assert all(part["usage"] is None for part in parts[:-1])


def test_seeds_decide(sandbox: Running) -> None:
    def text(**fields: Any) -> str:
        said: str = ask(sandbox, **fields).json()["choices"][0]["message"]["content"]
        return said

    assert text(seed=1) == text(seed=1)
    assert len({text(seed=number) for number in range(5)}) > 1
    assert "harbour" in text(seed=1)


def test_limits_stops_and_choices(sandbox: Running) -> None:
    for name in ("max_tokens", "max_completion_tokens"):
        answer = ask(sandbox, seed=1, **{name: 4}).json()
        assert answer["usage"]["completion_tokens"] == 4
        assert answer["choices"][0]["finish_reason"] == "length"
    full = ask(sandbox, seed=1).json()["choices"][0]["message"]["content"]
    for stop in ("harbour", ["zebra", "harbour"]):
        cut = ask(sandbox, seed=1, stop=stop).json()["choices"][0]
        assert cut["message"]["content"] == full.split("harbour")[0]
        assert cut["finish_reason"] == "stop"
    answer = ask(sandbox, n=3, seed=1).json()
    assert [choice["index"] for choice in answer["choices"]] == [0, 1, 2]
    assert len({choice["message"]["content"] for choice in answer["choices"]}) == 3
    assert {part["choices"][0]["index"] for part in events(ask(sandbox, n=3, stream=True))} == {0, 1, 2}


@pytest.mark.parametrize("fields", [{"messages": []}, {"messages": "x"}, {"max_tokens": 0}, {"n": "x"}, {"stop": 3}])
def test_bad_fields(sandbox: Running, fields: dict[str, Any]) -> None:
    answer = ask(sandbox, **fields)
    assert answer.status_code == 400
    assert answer.json()["error"]["type"] == "invalid_request_error"


def test_bad_json_unknown_path_and_models(sandbox: Running) -> None:
    base = sandbox.url("chat", "direct")
    assert sandbox.send("POST", base + "/v1/chat/completions", content=b"{").status_code == 400
    assert sandbox.send("GET", base + "/v1/nothing").json()["error"]["code"] == "unknown_url"
    assert sandbox.send("GET", base + "/v1/models").json()["data"][0]["object"] == "model"


def test_moods(sandbox: Running) -> None:
    texts = ["What a beautiful and wonderful day", "the worst and most terrible service", "not good, it broke"]
    body = {"meta": {"uuid": "u"}, "data": {"req_data": [{"text": text} for text in texts]}}
    answer = sandbox.send("POST", sandbox.url("classify", "direct"), json=body).json()
    assert answer["meta"] == {"uuid": "u"}
    rows = answer["data"]["resp_data"]
    assert [row["label"] for row in rows] == ["positive", "negative", "negative"]
    assert all(abs(sum(row["scores"].values()) - 1) < 0.01 for row in rows)
    assert sandbox.send("POST", sandbox.url("classify", "direct"), content=b"[]").json()["erno"] == "MR.0105"


def png(colour: tuple[int, int, int]) -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = (b"\x00" + bytes(colour) * 8) * 8
    header = struct.pack(">IIBBBBB", 8, 8, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def test_pictures(sandbox: Running) -> None:
    for colour, label in (((250, 30, 30), "red"), ((40, 80, 230), "blue")):
        files = {"images": ("a.png", png(colour), "image/png")}
        row = sandbox.send("POST", sandbox.url("classify", "direct"), files=files).json()["data"]["resp_data"][0]
        assert (row["label"], row["score"], row["name"]) == (label, 1.0, "a.png")
    for bad in (b"no picture", png((1, 2, 3))[:40]):
        files = {"images": ("a.png", bad, "image/png")}
        assert sandbox.send("POST", sandbox.url("classify", "direct"), files=files).status_code == 400


def test_ticks(sandbox: Running) -> None:
    base = sandbox.url("ticks", "direct")
    text = sandbox.send("GET", base, params={"count": 7, "interval": 0}).text
    blocks = text.split("\n\n")
    assert blocks[0] == "retry: 2000"
    assert ": still ticking" in blocks
    assert [line for line in text.splitlines() if line.startswith("id:")] == [f"id: {n}" for n in range(1, 8)]
    again = sandbox.send("POST", base, json={"count": 2, "interval": 0}, headers={"Last-Event-ID": "5"}).text
    assert "id: 6" in again
    assert "id: 5" not in again
    assert sandbox.send("GET", base, headers={"Accept": "application/json"}).json()["count"] == 10
    assert sandbox.send("GET", base, params={"count": "x"}).status_code == 400


def test_a_signed_upload_needs_no_hash_of_its_body(sandbox: Running) -> None:
    url, form = (
        sandbox.url("classify"),
        httpx.Request("POST", "http://x", files={"images": ("a.png", png((250, 250, 250)))}),
    )
    body = form.read()
    headers = {"Content-Type": form.headers["content-type"]}
    made = signed(sandbox.facts["ak"], sandbox.facts["sk"], "POST", url, body, headers)
    assert made["X-Sdk-Content-Sha256"] == "UNSIGNED-PAYLOAD"
    row = sandbox.send("POST", url, content=body, headers=made).json()["data"]["resp_data"][0]
    assert row["label"] == "white"


def test_tokens_come_one_by_one_through_the_gateway(sandbox: Running) -> None:
    body = {"messages": [{"role": "user", "content": "clocks"}], "stream": True, "seed": 3, "max_tokens": 10}
    url = sandbox.url("chat-v2-open") + "/v1/chat/completions"
    with httpx.Client(verify=sandbox.context) as client, client.stream("POST", url, json=body) as answer:
        assert answer.headers["server"] == "ModelArts"
        chunks = [chunk.decode() for chunk in answer.iter_raw() if chunk]
    assert len(chunks) >= 10
    assert all(chunk.endswith("\n\n") for chunk in chunks)
