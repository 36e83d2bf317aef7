"""Each fault of the sandbox raises its finding and no other; a clean call raises none above `info`."""

import json
from concurrent.futures import ThreadPoolExecutor

import pytest
from tests.program import Result, run
from tests.sandbox.conftest import Running

BODY = {
    "model": "sandbox-chat",
    "messages": [{"role": "user", "content": "Grüße aus dem Süden"}],
    "stream": True,
    "stream_options": {"include_usage": True},
    "max_tokens": 40,
    "seed": 7,
}

# Fault -> the rules above `info` that it raises, all of them; then rules of `info` that it raises among others.
HTTP: tuple[tuple[str, set[str], set[str]], ...] = (
    ("none", set(), set()),
    ("slow_first:3", set(), {"slow_first_token"}),
    ("stall:2", {"stall"}, set()),
    ("stall_alive:2", {"stall"}, set()),
    ("jitter", set(), set()),
    ("burst:8", set(), {"bursts"}),
    ("coalesce:0.1", set(), {"periodic_coalescing"}),
    ("buffer", {"buffering_proxy"}, set()),
    ("drip:0.001", set(), {"tiny_reads"}),
    ("keep_alive", set(), set()),
    ("informational", set(), set()),
    ("content_type", {"sse_in_other_type"}, set()),
    ("json_as_stream", {"content_type_mismatch"}, set()),
    ("busy", {"rate_limited"}, set()),
    ("busy:date", {"rate_limited"}, set()),
    ("status:503", {"refused"}, set()),
    ("trailers", set(), set()),
    ("gzip", set(), {"compressed_stream"}),
    ("deflate", set(), {"compressed_stream"}),
    ("br", set(), {"compressed_stream"}),
    ("zstd", set(), {"compressed_stream"}),
    ("bom", set(), {"bom"}),
    ("cr", set(), {"cr_only"}),
    ("mixed_ends", set(), {"mixed_line_ends"}),
    ("glued", {"invalid_json"}, set()),
    ("two_json", {"invalid_json"}, set()),
    ("raw_line", {"undefined_field", "error_in_stream"}, set()),
    ("bad_json", {"invalid_json"}, set()),
    ("bad_utf8", {"invalid_utf8"}, set()),
    ("split_utf8", set(), {"utf8_split"}),
    ("nul_id", {"nul_id"}, set()),
    ("bad_retry", {"bad_retry"}, set()),
    ("unfinished", {"unfinished_event"}, set()),
    ("no_end", {"finish_without_end"}, set()),
    ("no_finish", {"end_without_finish"}, set()),
    ("no_usage", {"usage_missing"}, set()),
    ("error", {"error_in_stream"}, set()),
    ("model", {"model_changed"}, set()),
    ("duplicate", {"id_repeated"}, set()),
    ("gap", {"sequence_missing"}, set()),
    ("cut:1000", {"cut_body"}, set()),
    ("reset:1000", {"cut_body"}, set()),
)
SOCKET: tuple[tuple[str, set[str], set[str]], ...] = (
    ("none", set(), set()),
    ("stall:2", {"stall"}, set()),
    ("error", {"error_in_stream"}, set()),
    ("duplicate", {"sequence_duplicate"}, set()),
    ("gap", {"sequence_missing"}, set()),
    ("bad_json", {"invalid_json"}, set()),
    ("ws_refused", {"refused"}, set()),
    ("ws_bad_accept", set(), set()),
    ("ws_deflate", set(), {"compressed_frames"}),
    ("ws_close:1011/oom", {"close_code"}, set()),
    ("ws_close:4001", {"close_code"}, set()),
    ("ws_lost", {"close_code"}, set()),
    ("ws_fragments", set(), {"fragmented"}),
    ("ws_split:16", set(), {"fragmented"}),
    ("ws_tiny", set(), {"fragmented"}),
    ("ws_oversize", set(), {"oversize_message"}),
    ("ws_ping", set(), set()),
    ("ws_masked", set(), set()),
    ("ws_reserved", set(), set()),
    ("ws_bad_utf8", {"invalid_utf8"}, set()),
)


AT_ONCE = 4
"""Most of a call is waiting; more of them at once would be late themselves."""


def streamed(sandbox: Running, fault: str) -> Result:
    body = BODY | {"stream": fault != "json_as_stream"}  # a whole answer that is called a stream
    if fault.startswith("drip"):
        body |= {"max_tokens": 8}
    place = ("--service", "chat", "--protocol", "sse", "--path", "/v1/chat/completions")
    return called(sandbox, fault, *place, "-d", json.dumps(body))


def talked(sandbox: Running, fault: str) -> Result:
    ask = json.dumps({"messages": BODY["messages"], "max_tokens": 20})
    place = ("--service", "chat-live", "--protocol", "websocket", "--path", "/v1/chat")
    return called(sandbox, fault, *place, "-m", ask, "--close-after", "3.5")


def called(sandbox: Running, fault: str, *more: str) -> Result:
    common = ("send", "--auth", "token", "--output", "events", "-H", f"X-Sandbox-Fault: {fault}")
    return run("--profile", str(sandbox.profile), *common, *more)


@pytest.fixture(scope="module")
def results(sandbox: Running, request: pytest.FixtureRequest) -> dict[str, Result]:
    """What comes of each chosen test's call, by the test's name."""
    ways = {"test_a_streams_fault": streamed, "test_a_conversations_fault": talked}
    chosen = [
        item for item in request.session.items if isinstance(item, pytest.Function) and item.module is request.module
    ]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        came = pool.map(lambda item: ways[item.originalname](sandbox, item.callspec.params["fault"]), chosen)
        return {item.name: result for item, result in zip(chosen, came, strict=True)}


def check(result: Result, rules: set[str], among: set[str]) -> None:
    found = {event["rule"]: event["severity"] for event in result.of("finding")}
    assert {rule for rule, severity in found.items() if severity != "info"} == rules
    assert among <= found.keys()


@pytest.mark.parametrize(("fault", "rules", "among"), HTTP)
def test_a_streams_fault(
    results: dict[str, Result], request: pytest.FixtureRequest, fault: str, rules: set[str], among: set[str]
) -> None:
    check(results[request.node.name], rules, among)


@pytest.mark.parametrize(("fault", "rules", "among"), SOCKET)
def test_a_conversations_fault(
    results: dict[str, Result], request: pytest.FixtureRequest, fault: str, rules: set[str], among: set[str]
) -> None:
    check(results[request.node.name], rules, among)
