"""One list of events for each rule, and clean lists of every shape."""

import json
from datetime import datetime, timedelta
from email.utils import format_datetime

from tests.engine.streams import MS, SSE, STARTED, Script, Tale, chunk

from streamscope.model.event import Carried, Frame

BEGUN = datetime.fromisoformat(STARTED)
PLAIN = Carried("chunked", "", 1000, 1000, 5, True)
CUT = Carried("chunked", "", 734, 734, 5, False)
NDJSON = "application/x-ndjson"


def after(seconds: float) -> str:
    """A time in an HTTP header, so long after Send."""
    return format_datetime(BEGUN + timedelta(seconds=seconds), usegmt=True)


def tale() -> Tale:
    return Tale()


def refused(status: int, body: object, **headers: str) -> Tale:
    return (
        tale()
        .request("https")
        .head("application/json", status, **headers)
        .message(json.dumps(body), form="body")
        .close()
    )


def numbered(*numbers: int) -> Tale:
    made = tale().request(url="https://host.example/v1/responses").head()
    for number in numbers:
        told = {"type": "response.output_text.delta", "item_id": "i", "sequence_number": number, "delta": "word "}
        made.message(told, event=told["type"])
    ended = {"type": "response.completed", "response": {"status": "completed"}, "sequence_number": max(numbers) + 1}
    return made.message(ended).close()


def with_ids(*ids: str) -> Tale:
    made = tale().chat(0)
    for told in ids:
        made.message(chunk({"content": "word "}), id=told)
    return made.message(chunk({}, "stop"), id="last").message(b"[DONE]", id="end").close()


def socket(**request: object) -> Tale:
    return tale().request("websocket", url="wss://host.example/chat").head("", 101, Upgrade="websocket")


def frames(*lengths: int, rsv: int = 0, size: int = 0) -> tuple[Frame, ...]:
    last = len(lengths) - 1
    return tuple(
        Frame(at == last, rsv if not at else 0, 1 if not at else 0, False, length, size or length)
        for at, length in enumerate(lengths)
    )


def stalled() -> Tale:
    made = tale().chat(8)
    return made.token(gap=3000).tokens(3).well()


def held_back() -> Tale:
    made = tale().request().head(Via="1.1 cache").message(chunk({"role": "assistant"}), gap=3000)
    for _ in range(12):
        made.token(shared=True)
    return made.finish().done().close()


def stepped(gap: float, count: int = 10, by: int = 2) -> Tale:
    made = tale().chat(0)
    for _ in range(count):
        made.token(gap=gap)
        for _ in range(by - 1):
            made.token(shared=True)
    return made.well()


def bursting() -> Tale:
    made = tale().chat(2)
    for gap in (30, 110, 70, 20):
        made.token(gap=gap)
        for _ in range(3):
            made.token(shared=True)
    return made.well()


def uneven() -> Tale:
    made = tale().chat(4)
    for at in range(40):
        made.token(gap=400 if at % 8 == 7 else 20)
    return made.well()


def dripping() -> Tale:
    made = tale().chat(2)
    for _ in range(80):
        made.socket(b"x", gap=1)
    return made.well()


def gemini_error() -> Tale:
    made = tale().chat(2)
    for line in ("{", '  "error": {', '    "code": 503,', '    "message": "overloaded"', "  }", "}"):
        made.control("field", line)
    return made.close()


def shrinking() -> Tale:
    made = tale().request(url="https://host.example/generate").head()
    for text in ("a", "a b", "a b c", "a b", "a b c d"):
        made.message({"text": text, "meta_info": {"id": "i", "completion_tokens": len(text), "finish_reason": None}})
    final = {"text": "a b c d", "meta_info": {"id": "i", "completion_tokens": 7, "finish_reason": {"type": "stop"}}}
    return made.message(final).done().close()


TOKEN_NOTE = (("Token expires", (BEGUN + timedelta(minutes=4)).isoformat()),)
SPLIT = "data: grüße\n\n".encode()
LATE = {"stream": True, "stream_options": {"include_usage": True}, "model": "m"}

# The rules that a list shows -> the list. Rules of severity `info` are named like all others.
CASES: dict[str, tuple[set[str], Script]] = {
    "unchecked": (
        {"unchecked_authentication"},
        lambda: tale().chat(auth="bearer", channel="direct").well(),
    ),
    "readable": (
        {"readable_credential"},
        lambda: tale().chat(auth="bearer", url="http://host.example/v1/chat/completions").well(),
    ),
    "token": ({"token_expires"}, lambda: tale().chat(notes=TOKEN_NOTE).well()),
    "retried": (
        {"retried"},
        lambda: (
            tale()
            .request()
            .head("application/json", 401)
            .message("{}", form="body")
            .request(attempt=2)
            .head()
            .tokens()
            .well()
        ),
    ),
    "redirected": (
        {"redirected"},
        lambda: tale().request().head("", 307, Location="/v2").request(attempt=2).head().tokens().well(),
    ),
    "stale": (
        {"stale_connection"},
        lambda: (
            tale()
            .request()
            .phase("send", 1, "on a warm connection")
            .phase("connect", 3)
            .phase("send", 1)
            .head()
            .tokens()
            .well()
        ),
    ),
    "refused": ({"refused"}, lambda: refused(401, {"error_code": "APIG.0301", "error_msg": "decrypt token fail"})),
    "too many": (
        {"rate_limited"},
        lambda: refused(429, {"error_code": "APIG.0308", "error_msg": "throttling"}, Retry_After="7"),
    ),
    "no upgrade": (
        {"no_upgrade"},
        lambda: (
            tale().request("websocket", url="wss://host.example/").head("text/html").message("hi", form="body").close()
        ),
    ),
    "clock": ({"clock_skew"}, lambda: tale().request().head(Date=after(-1200)).tokens().well()),
    "compressed": ({"compressed_stream"}, lambda: tale().request().head(Content_Encoding="gzip").tokens().well()),
    "json instead": (
        {"content_type_mismatch"},
        lambda: tale().request().head("application/json").message('{"answer": 1}', form="body").close(),
    ),
    "nothing instead": ({"content_type_mismatch"}, lambda: tale().request().head("").close()),
    "body under the stream's type": (
        {"content_type_mismatch"},
        lambda: tale().request("https").head().message("<html>", form="body").close(),
    ),
    "stream under another type": (
        {"sse_in_other_type"},
        lambda: tale().request().head("application/json").tokens().well(),
    ),
    "error instead": (
        {"error_instead_of_stream"},
        lambda: (
            tale().request().head("application/json").message('{"error": {"message": "full"}}', form="body").close()
        ),
    ),
    "platform error under 200": (
        {"error_in_stream"},
        lambda: (
            tale()
            .request("https")
            .head("application/json")
            .message('{"erno": "MR.0105", "msg": "Recognition failed", "words_result": {}}', form="body")
            .close()
        ),
    ),
    "odd lines": ({"undefined_field"}, lambda: tale().chat().control("field", "oops").control("field", "again").well()),
    "error outside of events": ({"undefined_field", "error_in_stream"}, gemini_error),
    "retry": ({"bad_retry"}, lambda: tale().chat().control("field", "retry: soon").well()),
    "nul": ({"nul_id"}, lambda: tale().chat().control("field", "id: a\0b").well()),
    "bom": ({"bom"}, lambda: tale().chat().control("stream", bom=True).well()),
    "cr": ({"cr_only"}, lambda: tale().chat().control("stream", line_ends="cr").well()),
    "mixed": ({"mixed_line_ends"}, lambda: tale().chat().control("stream", line_ends="mixed").well()),
    "split character": ({"utf8_split"}, lambda: tale().chat().socket(SPLIT[:9]).socket(SPLIT[9:]).well()),
    "split character in chunks": (
        {"utf8_split"},
        lambda: tale().chat().socket(b"9\r\n" + SPLIT[:9] + b"\r\n").socket(b"6\r\n" + SPLIT[9:] + b"\r\n").well(),
    ),
    "unfinished": (
        {"unfinished_event"},
        lambda: tale().chat().finish().message(b"[DO", unfinished=True).close(body=PLAIN),
    ),
    "latin": ({"invalid_utf8"}, lambda: tale().chat().message(b'{"choices":"gr\xfc\xdfe"}').well()),
    "two in one": (
        {"invalid_json"},
        lambda: tale().chat().message(json.dumps(chunk({"content": "a"})) + "\n" + json.dumps(chunk({}))).well(),
    ),
    "error mid-stream": (
        {"error_in_stream"},
        lambda: tale().chat().message({"error": {"message": "full"}}).done().close(),
    ),
    "gap": ({"sequence_missing"}, lambda: numbered(0, 1, 2, 5, 6)),
    "twice": ({"sequence_duplicate"}, lambda: numbered(0, 1, 2, 2, 3)),
    "disorder": ({"sequence_disorder"}, lambda: numbered(0, 1, 2, 1, 3)),
    "id twice": ({"id_repeated"}, lambda: with_ids("a", "b", "c", "d", "d", "e")),
    "id again": ({"id_repeated"}, lambda: with_ids("a", "b", "a")),
    "counted ids": ({"sequence_missing"}, lambda: with_ids("1", "2", "3", "4", "7", "8")),
    "other id": ({"id_changed"}, lambda: tale().chat().token(id="c-2").well()),
    "other model": (
        {"model_changed"},
        lambda: tale().chat().token(model="other").tokens(0).message(chunk({}, "stop", model="other")).done().close(),
    ),
    "asked for another": ({"model_differs"}, lambda: tale().chat(body={"model": "big", "stream": True}).well()),
    "fingerprint": (
        {"fingerprint_changed"},
        lambda: (
            tale()
            .chat()
            .token(system_fingerprint="fp_2")
            .message(chunk({}, "stop", system_fingerprint="fp_2"))
            .done()
            .close()
        ),
    ),
    "stall": ({"stall"}, stalled),
    "held back": ({"buffering_proxy"}, held_back),
    "steps of 40": ({"periodic_coalescing"}, lambda: stepped(40)),
    "steps of 200": ({"periodic_coalescing"}, lambda: stepped(200)),
    "bursts": ({"bursts"}, bursting),
    "jitter": ({"jitter"}, uneven),
    "slow start": ({"slow_first_token"}, lambda: tale().request().head().token(gap=5000).tokens(20).well()),
    "drip": ({"tiny_reads"}, dripping),
    "late": ({"client_too_slow"}, lambda: tale().chat().control("stream", lag_ms=350).well()),
    "late pong": (
        {"client_too_slow"},
        lambda: (
            socket()
            .frame("hi")
            .control("ping", "a")
            .control("pong", "a", way="out", gap=400, automatic=True)
            .close(code=1000)
        ),
    ),
    "no pong": (
        {"unanswered_ping"},
        lambda: socket().control("ping", "a", way="out").frame("hi", gap=900).close(code=1000),
    ),
    "no pong from here": (
        {"server_ping_unanswered"},
        lambda: socket().control("ping", "a").frame("hi", gap=900).close(code=1000),
    ),
    "slow pong": (
        {"slow_pong"},
        lambda: (
            socket().control("ping", "a", way="out").control("pong", "a", gap=1500, rtt_ns=1500 * MS).close(code=1000)
        ),
    ),
    "fragments": ({"fragmented"}, lambda: socket().frame("hello", frames=frames(3, 2)).close(code=1000)),
    "gateway's frames": (
        {"frame_split_64k"},
        lambda: socket().frame("x" * 150_000, frames=frames(65536, 65536, 18928)).close(code=1000),
    ),
    "opened again": (
        {"reconnected"},
        lambda: (
            socket()
            .frame("hi")
            .control("reconnect", "1006 abnormal closure", way="out", code=1006)
            .request("websocket", url="wss://host.example/live", attempt=2, gap=1000)
            .head("", status=101)
            .control("reconnected", "1 s", way="out", gap_ns=1_020 * MS, connection=2)
            .frame("hi again")
            .close(code=1000)
        ),
    ),
    "oversize": ({"oversize_message"}, lambda: socket().frame("x" * 1_100_000).close(code=1000)),
    "compressed frames": (
        {"compressed_frames"},
        lambda: socket().frame("hello" * 20, frames=frames(15, rsv=4, size=100)).close(code=1000),
    ),
    "code": ({"close_code"}, lambda: socket().frame("hi").close(code=1011, reason="oom")),
    "lost": ({"close_code"}, lambda: socket().frame("hi").close("network", 1006)),
    "at 40 s": ({"gateway_time_limit"}, lambda: tale().chat(5, gap=100).tokens(390, gap=100).fail(gap=900, body=CUT)),
    "60 s of silence": (
        {"gateway_time_limit"},
        lambda: socket().frame("hi").close("network", 1006, gap=60_000),
    ),
    "60 s of silence, later": (
        {"gateway_time_limit"},
        lambda: socket().frame("hi").frame("hi", gap=20_000).close("network", 1006, gap=60_000),
    ),
    "cut": ({"cut_body"}, lambda: tale().chat().fail(body=CUT)),
    "cut without an error": ({"cut_body"}, lambda: tale().chat().close(body=CUT)),
    "no end": ({"missing_end"}, lambda: tale().chat().close(body=PLAIN)),
    "no end of a turn": (
        {"missing_end"},
        lambda: (
            socket()
            .frame({"type": "response.created", "response": {"status": "in_progress"}})
            .frame({"type": "response.output_text.delta", "delta": "word"})
            .close(code=1000)
        ),
    ),
    "finish only": ({"finish_without_end"}, lambda: tale().chat().finish().close()),
    "end only": ({"end_without_finish"}, lambda: tale().chat().done().close()),
    "no usage": ({"usage_missing"}, lambda: tale().chat(body=LATE).well()),
}


def anthropic() -> Tale:
    made = tale().request(url="https://host.example/v1/messages").head()
    start = {"type": "message_start", "message": {"id": "m", "role": "assistant", "content": [], "stop_reason": None}}
    made.message(start, event="message_start")
    block = {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}}
    made.message(block, event="content_block_start").message({"type": "ping"}, event="ping")
    for word in ("Clear ", "water"):
        delta = {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": word}}
        made.message(delta, event="content_block_delta")
    made.message({"type": "content_block_stop", "index": 0}, event="content_block_stop")
    stop = {"type": "message_delta", "delta": {"stop_reason": "end_turn"}, "usage": {"output_tokens": 2}}
    return made.message(stop, event="message_delta").message({"type": "message_stop"}, event="message_stop").close()


def ollama() -> Tale:
    made = tale().request("https", url="http://host.example/api/chat", body={"model": "m"}).head(NDJSON)
    for word in ("Clear ", "water"):
        made.message({"model": "m", "message": {"content": word}, "done": False}, form="line")
    last = {"model": "m", "message": {"content": ""}, "done": True, "done_reason": "stop", "eval_count": 2}
    return made.message(last, form="line").close(body=PLAIN)


def ticks() -> Tale:
    made = tale().request(url="http://127.0.0.1/ticks").head()
    for at in range(12):
        made.message(f"tick {at}", gap=2000, id=str(at))
    return made.close()


def conversation() -> Tale:
    made = socket().say("hello").frame("hello to you", gap=30)
    made.control("ping", "k").control("pong", "k", way="out", gap=0.1, automatic=True)
    made.say("and now?", gap=9000)
    for word in ("not", "much"):
        made.frame(word, gap=20)
    made.control("ping", "p", way="out").control("pong", "p", gap=3, rtt_ns=3 * MS)
    made.frame(b"\xff\x00", opcode="binary")
    return made.control("close", way="out").control("close").close("client", 1000)


def sampled() -> Tale:
    """Two choices that take turns, each step written at once, with keep-alives and the model that was asked for."""
    made = tale().request(body={"model": "m", "stream": True, "n": 2}).head().control("comment", "ping - 1")
    for at in range(20):
        other = chunk({"content": "word "}) | {"choices": [{"index": 1, "delta": {"content": "word "}}]}
        made.token(gap=20 + at % 3).message(other, shared=True)
    return made.control("comment", "ping - 2").well()


def retrying() -> Tale:
    made = tale().request().head("application/json", 401).message('{"error_code": "APIG.0307"}', form="body")
    return made.request(attempt=2).head().message(chunk({"role": "assistant"})).tokens().well()


# Lists in which nothing is wrong: no finding above `info`.
CLEAN: dict[str, Script] = {
    "chat": lambda: tale().chat().well(),
    "chat, all at once": lambda: fast(),
    "chat, slow and steady": lambda: tale().chat(0).tokens(20, gap=1500).well(),
    "chat, stopped by the user": lambda: tale().chat().close("user"),
    "chat, enough for the client": lambda: tale().chat().close("client"),
    "chat, stopped inside of an event": lambda: tale().chat().message(b'{"ch', unfinished=True).close("user"),
    "chat that never promised a reason": lambda: tale().request().head().message(unpromised()).done().close(),
    "chat, of a model by its whole name": lambda: (
        tale()
        .request(body={"model": "big"})
        .head()
        .token(model="org/BIG-2024")
        .message(chunk({}, "stop", model=""))
        .done()
        .close()
    ),
    "chat, of the right time": lambda: tale().request().head(Date=after(0)).tokens().well(),
    "chat, of a model's kin": lambda: tale().chat(body={"model": "M-large", "stream": True}).well(),
    "chat, with 64 KB reads": lambda: tale().chat().socket("ä".encode() * 32768).well(),
    "chat, long": lambda: tale().chat(600, gap=100).tokens(900, gap=100).well(),
    "samples": sampled,
    "responses": lambda: numbered(*range(30)),
    "own ids": lambda: with_ids(*(f"x{at}" for at in range(20))),
    "counted ids": lambda: with_ids(*(str(at) for at in range(20))),
    "ids that last": lambda: with_ids("1", "1", "1", "5", "5", "9"),
    "messages": anthropic,
    "lines": ollama,
    "ticks": ticks,
    "two in a conversation": conversation,
    "renewed": retrying,
    "json": lambda: (
        tale().request("https").head("application/json").message('{"answer": [1]}', form="body").close(body=PLAIN)
    ),
    "null": lambda: tale().request("https").head("application/json").message("null", form="body").close(),
    "picture": lambda: tale().request("https").head("image/png").message(b"\x89PNG\xff", form="body").close(),
    "nothing": lambda: tale().request("https", url="https://host.example/").head("", 204).close(),
    "empty stream": lambda: tale().request().head(f"{SSE};charset=UTF-8").close(),
    "text": lambda: tale().request("https").head("text/plain").message("{not json}", form="body").close(),
    "plain": lambda: tale().request("https").head("text/plain").message("[info] fine", form="body").close(),
}


def unpromised() -> dict[str, object]:
    made = chunk({"content": "word"})
    return made | {"choices": [{"index": 0, "delta": {"content": "word"}}]}


def fast() -> Tale:
    made = tale().request().head().message(chunk({"role": "assistant"}))
    for _ in range(40):
        made.token(shared=True)
    return made.finish().done().close()
