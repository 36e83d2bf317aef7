"""The new generation's gateway says no in the documented words."""

import json
from collections.abc import Callable

import pytest
from tests.sandbox.conftest import Running
from tests.sandbox.test_old_refusals import refusal
from websockets.exceptions import ConnectionClosed, InvalidStatus


def test_token(sandbox: Running) -> None:
    url, token = sandbox.url("chat-v2-token"), sandbox.token()
    assert refusal(sandbox, url) == (401, "ModelArts.0201", "Token doesn't exist.")
    foreign = token[:100] + ("A" if token[100] != "A" else "B") + token[101:]
    assert refusal(sandbox, url, headers={"X-Auth-Token": foreign}) == (401, "ModelArts.0203", "Invalid token.")
    for broken in (token[:-10], token[:-7], "nonsense"):
        told = refusal(sandbox, url, headers={"X-Auth-Token": broken})
        assert told == (401, "ModelArts.0204", "Failed to parse the token.")
    told = refusal(sandbox, url, headers={"X-Auth-Token": sandbox.token(scope="domain")})
    assert told == (400, "ModelArts.0204", "Token must contain projectId info.")


def test_api_key(sandbox: Running) -> None:
    url = sandbox.url("chat-v2-key")
    assert refusal(sandbox, url)[:2] == (401, "ModelArts.0205")
    assert refusal(sandbox, url, headers={"Authorization": "Basic x"})[:2] == (401, "ModelArts.0206")
    assert refusal(sandbox, url, headers={"Authorization": "Bearer x"})[:2] == (401, "ModelArts.0208")
    unbound = {"Authorization": f"Bearer {sandbox.facts['unbound_api_key']}"}
    assert refusal(sandbox, url, headers=unbound)[:2] == (403, "ModelArts.8902")


def test_routes(sandbox: Running) -> None:
    gateway = sandbox.facts["gateway"]
    assert refusal(sandbox, f"{gateway}/v2/infers/x")[:2] == (400, "ModelArts.4202")
    assert refusal(sandbox, f"{gateway}/v2/infer")[:2] == (400, "ModelArts.4201")
    assert refusal(sandbox, f"{gateway}/v2/infer/unknown")[:2] == (404, "ModelArts.4204")


async def test_the_protocol_must_be_the_service_s(sandbox: Running) -> None:
    as_http = sandbox.url("live-v2-open").replace("wss", "https") + "/v1/chat"
    assert refusal(sandbox, as_http)[:2] == (400, "ModelArts.8910")
    with pytest.raises(InvalidStatus) as refused:
        await sandbox.socket(sandbox.url("chat-v2-open").replace("https", "wss"))
    assert json.loads(refused.value.response.body or b"")["error_code"] == "ModelArts.8910"


def test_size_and_rate(sandbox: Running) -> None:
    url = sandbox.url("chat-v2-open") + "/v1/chat/completions"
    body = b" " * (20 * 1024 * 1024 + 1)
    assert refusal(sandbox, url, content=body)[:2] == (413, "ModelArts.4104")


def test_time_limits(fresh: Callable[..., Running]) -> None:
    sandbox = fresh("--request-timeout", "0.6", "--time-limit", "0.6")
    body = {"messages": [{"role": "user", "content": "hi"}], "first_token_delay": 60}
    warm = {**body, "first_token_delay": 0, "tokens_per_second": 0}
    url = sandbox.url("chat-v2-open") + "/v1/chat/completions"
    while sandbox.send("POST", url, json=warm).status_code != 200:
        pass
    assert refusal(sandbox, url, json=body)[:2] == (504, "CF2.E00003")
    old, token = sandbox.url("chat") + "/v1/chat/completions", {"X-Auth-Token": sandbox.token()}
    while sandbox.send("POST", old, json=warm, headers=token).status_code != 200:
        pass
    assert refusal(sandbox, old, json=body, headers=token)[:2] == (504, "APIG.0203")
    with pytest.raises(Exception, match="incomplete chunked read"):
        sandbox.send("POST", old, json={**body, "stream": True}, headers=token)


async def test_an_idle_websocket_is_closed(fresh: Callable[..., Running]) -> None:
    sandbox = fresh("--request-timeout", "1.5")
    async with sandbox.socket(sandbox.url("live-v2-open") + "/echo") as socket:
        for _ in range(3):
            await socket.send("more")
            assert await socket.recv() == "more"
        with pytest.raises(ConnectionClosed) as closed:
            await socket.recv()
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 1011
