"""WebSocket through gateways and direct: messages, frames, close codes, the live chat."""

import json
from collections.abc import Callable
from typing import Any

import psutil
import pytest
from tests.sandbox.conftest import Running
from websockets.asyncio.client import ClientConnection
from websockets.exceptions import ConnectionClosed, InvalidStatus

SAID_FIRST = ["response.created", "response.output_text.delta"]
PLACES = [("live-v2-open", "public"), ("chat-live", "direct")]


@pytest.mark.parametrize(("name", "channel"), PLACES)
async def test_large_messages_come_back_whole(sandbox: Running, name: str, channel: str) -> None:
    async with sandbox.socket(sandbox.url(name, channel) + "/echo") as socket:
        for message in ("ü" * 700_000, b"\x01" * 3_000_000, "", b""):
            await socket.send(message)
            assert await socket.recv() == message


async def test_long_answers_of_the_new_generation_come_in_frames(sandbox: Running) -> None:
    message = "x" * 200_000
    async with sandbox.socket(sandbox.url("live-v2-open") + "/echo") as socket:
        await socket.send(message)
        frames = [frame async for frame in socket.recv_streaming()]
    assert [len(frame) for frame in frames] == [65_536, 65_536, 65_536, 200_000 - 3 * 65_536]
    assert "".join(str(frame) for frame in frames) == message


@pytest.mark.parametrize(("name", "channel"), PLACES)
async def test_close_codes_pass_through(sandbox: Running, name: str, channel: str) -> None:
    url = sandbox.url(name, channel)
    for code, reason in ((4001, "gone fishing"), (1008, ""), (1011, "oops")):
        async with sandbox.socket(f"{url}/echo?close={code}&reason={reason.replace(' ', '%20')}") as socket:
            with pytest.raises(ConnectionClosed) as closed:
                await socket.recv()
        assert closed.value.rcvd is not None
        assert (closed.value.rcvd.code, closed.value.rcvd.reason) == (code, reason)


@pytest.mark.parametrize(("name", "channel"), PLACES)
async def test_subprotocols(sandbox: Running, name: str, channel: str) -> None:
    url = sandbox.url(name, channel) + "/v1/chat"
    async with sandbox.socket(url, subprotocols=["other", "chat.v1"]) as socket:
        assert socket.subprotocol == "chat.v1"
    async with sandbox.socket(url, subprotocols=["other"]) as socket:
        assert socket.subprotocol is None


async def test_an_unknown_path_is_the_program_s_refusal(sandbox: Running) -> None:
    with pytest.raises(InvalidStatus) as refused:
        await sandbox.socket(sandbox.url("live-v2-open") + "/nowhere")
    assert refused.value.response.headers["server"] == "ModelArts"


async def turn(socket: ClientConnection) -> list[dict[str, Any]]:
    said = []
    while not said or said[-1]["type"] not in {"response.done", "error"}:
        said.append(json.loads(await socket.recv()))
    return said


@pytest.mark.parametrize(("name", "channel"), PLACES)
async def test_many_turns(sandbox: Running, name: str, channel: str) -> None:
    fast = {"tokens_per_second": 0, "first_token_delay": 0, "max_tokens": 12, "seed": 1}
    asks: list[dict[str, Any]] = [
        {"messages": [{"role": "user", "content": "the sea"}]},
        {"prompt": "the sea"},
        {"input": "the sea"},
        {"type": "response.create", "response": {"input": [{"role": "user", "content": "the sea"}]}},
    ]
    async with sandbox.socket(sandbox.url(name, channel) + "/v1/chat") as socket:
        texts = set()
        for ask in asks:
            await socket.send(json.dumps({**ask, **fast}))
            said = await turn(socket)
            deltas = "".join(m["delta"] for m in said if m["type"] == "response.output_text.delta")
            assert said[0]["type"] == "response.created"
            assert (said[-2]["type"], said[-2]["text"]) == ("response.output_text.done", deltas)
            assert said[-1]["response"]["status"] == "completed"
            assert said[-1]["response"]["usage"]["output_tokens"] == 12
            texts.add(deltas)
        assert len(texts) == 1


async def test_cancel_and_errors_leave_the_session_usable(sandbox: Running) -> None:
    async with sandbox.socket(sandbox.url("chat-live", "direct") + "/v1/chat") as socket:
        await socket.send(json.dumps({"prompt": "clocks", "tokens_per_second": 1, "first_token_delay": 0}))
        assert json.loads(await socket.recv())["type"] == "response.created"
        assert json.loads(await socket.recv())["type"] == "response.output_text.delta"
        await socket.send('{"type": "cancel"}')
        assert (await turn(socket))[-1]["response"]["status"] == "cancelled"
        for bad in ("{no", '{"nothing": 1}', '{"prompt": "x", "max_tokens": 0}', "[]"):
            await socket.send(bad)
            assert (await turn(socket))[-1]["type"] == "error"
        await socket.send("plain words")
        assert [json.loads(await socket.recv())["type"] for _ in range(2)] == SAID_FIRST


async def test_turns_wait_for_each_other(sandbox: Running) -> None:
    async with sandbox.socket(sandbox.url("chat-live", "direct") + "/v1/chat") as socket:
        for seed in (1, 2):
            await socket.send(json.dumps({"prompt": "x", "seed": seed, "tokens_per_second": 200, "max_tokens": 5}))
        first, second = await turn(socket), await turn(socket)
    assert {m.get("response_id", m.get("response", {}).get("id")) for m in first}.isdisjoint(
        m.get("response_id", m.get("response", {}).get("id")) for m in second
    )


async def test_a_program_that_dies_breaks_the_caller_s_connection(fresh: Callable[..., Running]) -> None:
    sandbox = fresh()
    async with sandbox.socket(sandbox.url("live-v2-open") + "/echo") as socket:
        await socket.send("here")
        assert await socket.recv() == "here"
        for child in psutil.Process(sandbox.process.pid).children():
            child.kill()
        with pytest.raises(ConnectionClosed) as closed:
            await socket.recv()
    assert closed.value.rcvd is None


async def test_a_caller_who_leaves_frees_the_program(fresh: Callable[..., Running]) -> None:
    sandbox = fresh()
    url = sandbox.url("live-v2-open") + "/echo"
    async with sandbox.socket(url) as socket:
        await socket.send("x")
        await socket.recv()
        (program,) = psutil.Process(sandbox.process.pid).children()
        before = program.num_fds()
        for _ in range(2):
            other = await sandbox.socket(url)
            other.transport.abort()
            await other.wait_closed()
        async with sandbox.socket(url) as last:
            await last.close(4000, "bye")
        while program.num_fds() > before:
            await socket.send("still here")
            await socket.recv()


async def test_a_message_over_the_limit_is_refused(sandbox: Running) -> None:
    token = {"X-Auth-Token": sandbox.token()}
    async with sandbox.socket(sandbox.url("chat-live") + "/echo", additional_headers=token) as socket:
        await socket.send(b"x" * (12 * 1024 * 1024 + 1))
        with pytest.raises(ConnectionClosed) as closed:
            await socket.recv()
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 1009
