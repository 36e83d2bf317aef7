"""Faults over HTTP, each seen on the wire."""

import gzip
import json
import re
import ssl
import time
import zlib
from collections.abc import Callable
from email.utils import parsedate_to_datetime
from typing import Any

import brotli
import pytest
import zstandard
from tests.sandbox.conftest import Running
from tests.sandbox.wire import ASK, SAID, Answer, answer_of, connected, exchange, request_bytes

PATH = "/v1/chat/completions"


@pytest.fixture
def ask(sandbox: Running) -> Callable[..., Answer]:
    def asked(fault: str | None = None, **body: Any) -> Answer:
        return exchange(sandbox, sandbox.url("chat-v2-open") + PATH, fault, **body)

    return asked


@pytest.fixture
def clean(ask: Callable[..., Answer]) -> Answer:
    return ask()


Ask = Callable[..., Answer]


def unique(body: bytes) -> bytes:
    """A body without what differs from call to call."""
    return re.sub(rb'"id": "[^"]*", |"created": \d+, ', b"", body)


def gaps(answer: Answer) -> list[float]:
    return [later - sooner for sooner, later in zip(answer.times, answer.times[1:], strict=False)]


def test_tokens_stay_those_of_the_model(ask: Ask, clean: Answer) -> None:
    for fault in ("jitter", "burst", "coalesce:0.02", "buffer", "drip", "gap,duplicate,none", "slow_first:0.1"):
        if "gap" not in fault:
            assert ask(fault).text == clean.text != ""
            assert unique(ask(fault).body) == unique(clean.body)


def test_stall(ask: Ask) -> None:
    answer = ask("stall:0.5", tokens_per_second=100)
    assert answer.end == "whole"
    wide = [number for number, gap in enumerate(gaps(answer)) if gap > 0.4]
    # The head, the role and four tokens come before it.
    assert wide == [5]


def test_stall_with_signs_of_life(ask: Ask, clean: Answer) -> None:
    answer = ask("stall_alive:0.8")
    assert answer.chunks[5:8] == [b": keep-alive\n\n"] * 3
    assert unique(answer.body.replace(b": keep-alive\n\n", b"")) == unique(clean.body)


def test_keep_alive_before_the_first_token(ask: Ask) -> None:
    answer = ask("keep_alive:0.1", first_token_delay=0.35)
    assert answer.body.count(b": keep-alive\n\n") >= 3


def test_slow_first(ask: Ask) -> None:
    answer = ask("slow_first:0.5")
    assert [number for number, gap in enumerate(gaps(answer)) if gap > 0.4] == [1]


def test_burst_is_one_write(ask: Ask) -> None:
    answer = ask("burst:5")
    assert [chunk.count(b"data: ") for chunk in answer.chunks][1:4] == [5, 5, 2]
    assert len(answer.reads) == len(answer.chunks) + 2


def test_coalesce(ask: Ask) -> None:
    answer = ask("coalesce:0.1", tokens_per_second=40)
    assert all(chunk.count(b"data: ") >= 2 for chunk in answer.chunks[:-1])
    assert all(gap > 0.05 for gap in gaps(answer)[1:-2])


def test_buffering_proxy(ask: Ask) -> None:
    answer = ask("buffer", tokens_per_second=50)
    assert len(answer.chunks) == 1
    assert "via" in answer.headers
    assert "x-accel-buffering" not in answer.headers


def test_drip(ask: Ask) -> None:
    answer = ask("drip")
    assert {len(chunk) for chunk in answer.chunks} == {1}
    assert {len(read) for read in answer.reads[1:-1]} == {6}


@pytest.mark.parametrize(
    ("name", "decode"),
    [
        ("gzip", gzip.decompress),
        ("deflate", zlib.decompress),
        ("br", brotli.decompress),
        ("zstd", lambda data: zstandard.ZstdDecompressor().decompressobj().decompress(data)),
    ],
)
def test_codings_are_flushed_for_each_event(
    ask: Ask, clean: Answer, name: str, decode: Callable[[bytes], bytes]
) -> None:
    answer = ask(name)
    assert answer.headers["content-encoding"] == name
    assert unique(decode(answer.body)) == unique(clean.body)
    assert len(answer.chunks) == len(clean.chunks) + 1
    if name == "gzip":
        open_end = zlib.decompressobj(wbits=31)
        assert [open_end.decompress(chunk).count(b"\n\n") for chunk in answer.chunks[:-1]] == [1] * len(clean.chunks)


def test_content_types(ask: Ask, clean: Answer) -> None:
    wrong = ask("content_type")
    assert wrong.headers["content-type"] == "application/json"
    assert unique(wrong.body) == unique(clean.body)
    assert ask("content_type:text/plain").headers["content-type"] == "text/plain"
    whole = ask("json_as_stream", stream=False)
    assert whole.headers["content-type"] == "text/event-stream"
    assert json.loads(whole.body)["object"] == "chat.completion"


def test_lines(ask: Ask, clean: Answer) -> None:
    events = [chunk for chunk in clean.chunks if chunk]
    assert unique(ask("bom").body) == b"\xef\xbb\xbf" + unique(clean.body)
    assert unique(ask("cr").body) == unique(clean.body).replace(b"\n", b"\r")
    mixed = ask("mixed_ends").body
    assert mixed.count(b"\r\n") > 2 < mixed.replace(b"\r\n", b"").count(b"\n")
    assert mixed.replace(b"\r\n", b"").count(b"\r") > 2
    assert ask("glued").chunks[4].endswith(b"}\n")
    assert not ask("glued").chunks[4].endswith(b"\n\n")
    assert ask("raw_line").chunks[5].startswith(b'{"error"')
    assert b"id: a\x00b\n" in ask("nul_id").chunks[4]
    assert ask("bad_retry").chunks[4].startswith(b"retry: soon\n")
    unfinished = ask("unfinished")
    assert unfinished.end == "whole"
    assert unfinished.body.endswith(b"data: [DONE]\n")
    assert not unfinished.body.endswith(b"\n\n")
    assert len(unfinished.chunks) == len(events)


def test_characters(ask: Ask) -> None:
    with pytest.raises(UnicodeDecodeError):
        ask("bad_utf8").body.decode()
    assert b"\xff\xfe" in ask("bad_utf8").chunks[4]
    split = ask("split_utf8")
    assert "é€😀" in split.text
    assert [chunk[-1:] for chunk in split.chunks[4:7]] == [b"\xc3", b"\xe2", b"\xf0"]
    assert len(split.reads) == len(split.chunks) + 2


def test_json(ask: Ask, clean: Answer) -> None:
    with pytest.raises(ValueError, match="Expecting"):
        json.loads(ask("bad_json").chunks[4][6:])
    two = ask("two_json")
    first, _, second = two.chunks[4][6:].strip().partition(b"}{")
    assert json.loads(first + b"}")
    assert json.loads(b"{" + second)
    assert len(two.chunks) == len(clean.chunks) - 1


def test_what_is_missing(ask: Ask, clean: Answer) -> None:
    assert b"[DONE]" in clean.body
    assert b"[DONE]" not in ask("no_end").body
    assert ask("no_end").end == "whole"
    assert {choice["finish_reason"] for value in ask("no_finish").values for choice in value["choices"]} == {None}
    usage = {"stream_options": {"include_usage": True}}
    assert any(value.get("usage") for value in ask(**usage).values)
    assert not any(value.get("usage") for value in ask("no_usage", **usage).values)


def test_error_under_200(ask: Ask) -> None:
    answer = ask("error:No memory.")
    assert answer.status == 200
    assert answer.values[-1]["error"]["message"] == "No memory."
    assert b"[DONE]" not in answer.body
    assert len(answer.chunks) == 6


def test_model_name_changes(ask: Ask) -> None:
    names = [value["model"] for value in ask("model:other").values]
    assert names[:4] == ["streamscope-ngram"] * 4
    assert set(names[4:]) == {"other"}


def test_numbers(ask: Ask) -> None:
    def ids(answer: Answer) -> list[int]:
        return [int(line[4:]) for line in answer.body.split(b"\n") if line.startswith(b"id: ")]

    assert ids(ask("duplicate"))[:7] == [1, 2, 3, 4, 5, 5, 6]
    assert ids(ask("gap"))[:6] == [1, 2, 3, 4, 6, 7]


@pytest.mark.parametrize("size", [0, 1, 999, 1000])
def test_cut_at_a_byte(ask: Ask, clean: Answer, size: int) -> None:
    answer = ask(f"cut:{size}")
    assert (answer.end, len(answer.body)) == ("cut", size)

    assert ask(f"cut:{len(clean.body)}").end == "cut"
    assert ask(f"cut:{len(clean.body) + 1}").end == "whole"


def test_reset_at_a_byte(sandbox: Running) -> None:
    answer = exchange(sandbox, sandbox.url("chat", "direct") + PATH, "reset:700")
    assert (answer.end, len(answer.body)) == ("reset", 700)


def test_reset_under_tls(sandbox: Running) -> None:
    """The library's TLS hides a reset as an end, so the bare socket is looked at."""
    url = sandbox.url("chat-v2-open") + PATH
    with connected(sandbox, "http" + url[5:]) as bare:
        incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        secure = sandbox.context.wrap_bio(incoming, outgoing, server_hostname="127.0.0.1")
        while True:
            try:
                secure.do_handshake()
                break
            except ssl.SSLWantReadError:
                bare.sendall(outgoing.read())
                incoming.write(bare.recv(65_536))
        body = json.dumps({"messages": SAID, **ASK}).encode()
        secure.write(request_bytes(url, body, {"X-Sandbox-Fault": "reset:700"}))
        bare.sendall(outgoing.read())
        with pytest.raises(ConnectionResetError):
            while bare.recv(65_536):
                pass


def test_refusals_that_are_asked_for(ask: Ask) -> None:
    busy = ask("busy:7")
    assert (busy.status, busy.headers["retry-after"]) == (429, "7")
    assert ask("busy:date").headers["retry-after"].endswith("GMT")
    for status in (403, 503, 418):
        refused = ask(f"status:{status}")
        assert refused.status == status
        assert "error_code" in json.loads(refused.body)


def test_errors_of_the_platform(ask: Ask) -> None:
    for code, status in (("APIG.0307", 401), ("ModelArts.4302/503", 503), ("CF2.E00003", 504)):
        refused = ask(f"platform:{code}")
        assert refused.status == status
        assert json.loads(refused.body)["error_code"] == code.split("/")[0]
    assert ask("platform:APIG.9999").status == 400


def test_a_clock_that_is_wrong(ask: Ask) -> None:
    def date(answer: Answer) -> float:
        return parsedate_to_datetime(answer.headers["date"]).timestamp()

    assert 595 < date(ask()) - date(ask("clock:-600")) < 605
    assert ask("clock:-600").head.lower().count(b"\r\ndate:") == 1


def test_head_and_tail(ask: Ask, clean: Answer) -> None:
    informed = ask("informational:103")
    assert informed.before.startswith(b"HTTP/1.1 103 Early Hints")
    assert (informed.status, unique(informed.body)) == (200, unique(clean.body))
    trailed = ask("trailers")
    assert trailed.headers["trailer"] == "X-Sandbox-Tokens, X-Sandbox-Trailer"
    assert trailed.trailers == b"X-Sandbox-Tokens: done\r\nX-Sandbox-Trailer: the end\r\n"


def test_a_kept_connection_is_closed_untold(sandbox: Running) -> None:
    url = sandbox.url("chat-v2-open") + PATH
    with connected(sandbox, url) as link:
        body = json.dumps({"messages": SAID, **ASK}).encode()
        link.sendall(request_bytes(url, body, {"X-Sandbox-Fault": "lost_connection:0.2"}))
        answer = answer_of(link)
        ended = time.monotonic()
        assert answer.end == "whole"
        assert "connection" not in answer.headers
        assert link.recv(100) == b""
        assert time.monotonic() - ended > 0.1


def test_time_limit(fresh: Callable[..., Running]) -> None:
    sandbox = fresh("--time-limit", "0.8")
    token = {"X-Auth-Token": sandbox.token()}
    answer = exchange(sandbox, sandbox.url("chat") + PATH, "time_limit", headers=token)
    assert answer.end == "cut"
    assert len(answer.values) == 5
    assert gaps(answer)[-1] < 0.5
