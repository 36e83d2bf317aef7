"""Ctrl+C and SIGTERM: everything is closed in order, and nothing is left."""

import signal
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest
from tests.program import Event, Live, Sandbox
from tests.raw import Peer, Served, text

Start = Callable[..., Live]
Serve = Callable[..., Served]
STOPS = [signal.SIGINT, signal.SIGTERM]


def is_message(event: Event) -> bool:
    return event["kind"] == "message"


@pytest.mark.parametrize("number", STOPS)
def test_a_stream_is_stopped(live: Start, serve: Serve, number: int) -> None:
    async def script(peer: Peer) -> None:
        await peer.request()
        await peer.stream(b"data: one\n\n", end=False)
        assert await peer.rest() == b""  # the client's end of the connection

    server = serve(script)
    call = live("send", server.http, "--output", "events")
    call.until(is_message)
    call.process.send_signal(number)
    result = call.end()
    assert result.code == 130
    assert (result.end["kind"], result.end["by"]) == ("closed", "user")
    server.wait()


@pytest.mark.parametrize("number", STOPS)
def test_a_websocket_is_closed_with_a_close_frame(live: Start, serve: Serve, number: int) -> None:
    async def script(peer: Peer) -> None:
        await peer.upgrade()
        await peer.send(text("one"))
        assert await peer.frame() == (8, b"\x03\xe8")
        await peer.rest()

    server = serve(script)
    call = live("send", server.ws, "--output", "events")
    call.until(is_message)
    call.process.send_signal(number)
    result = call.end()
    assert result.code == 130
    assert (result.end["kind"], result.end["by"]) == ("closed", "user")
    server.wait()
    assert server.peers[0].frames == [(8, b"\x03\xe8")]


def test_a_connection_that_does_not_answer_is_stopped(live: Start, serve: Serve) -> None:
    async def script(peer: Peer) -> None:
        await peer.request()
        await peer.rest()

    server = serve(script)
    call = live("send", server.http, "--output", "events")
    call.until(lambda event: event["kind"] == "trace" and event["name"] == "wait")
    call.process.send_signal(signal.SIGINT)
    result = call.end()
    assert (result.code, result.end["by"]) == (130, "user")
    server.wait()


def test_text_and_summary_tell_what_came_before_the_stop(live: Start, serve: Serve, tmp_path: Path) -> None:
    async def script(peer: Peer) -> None:
        await peer.request()
        await peer.stream(b"data: one\n\n", end=False)
        await peer.rest()

    saved = tmp_path / "saved.jsonl"
    call = live("send", serve(script).http, "--output", "text", "--save", str(saved))
    call.wait_for(lambda out: out == b"one")
    call.process.send_signal(signal.SIGINT)
    result = call.end()
    assert (result.code, result.out) == (130, b"one")
    assert b'"by":"user"' in saved.read_bytes().splitlines()[-1]


@pytest.mark.parametrize("service", ["ticks", "chat-live"])
def test_a_sandbox_that_was_started_for_the_call_goes_with_it(live: Start, tmp_path: Path, service: str) -> None:
    call = live("send", "--service", service, "--output", "events", "--path", "/v1/chat" if service != "ticks" else "",
                *(("-m", '{"messages":[{"role":"user","content":"hi"}]}') if service != "ticks" else ()))  # fmt: skip
    call.until(lambda event: is_message(event) and event["direction"] == "in")
    below = psutil.Process(call.process.pid).children(recursive=True)
    assert len(below) >= 2  # the sandbox, and a model's process below it
    sockets = {row.laddr for process in below for row in process.net_connections("inet")}
    assert sockets
    call.process.send_signal(signal.SIGINT)
    result = call.end()
    assert (result.code, result.end["by"]) == (130, "user")
    _, alive = psutil.wait_procs(below, timeout=10)
    assert alive == []
    assert not (tmp_path / "bare" / "sandbox" / "state.json").exists()


def test_a_sandbox_that_ran_before_goes_on(live: Start, sandbox: Sandbox) -> None:
    call = live("send", "--service", "ticks", "--output", "events", profile=sandbox.profile)
    call.until(is_message)
    assert psutil.Process(call.process.pid).children() == []
    call.process.send_signal(signal.SIGINT)
    assert call.end().code == 130
    assert sandbox.process.poll() is None
