"""Every way of authentication on every channel and protocol that a service offers."""

import json

import httpx
import pytest
from tests.sandbox.conftest import Running
from tests.sandbox.signing import signed

OLD_AUTH = ["token", "aksk", "app_code", "app_key", "app_signature"]
CHANNELS = ["public", "vpc", "direct"]
CHAT = json.dumps({"messages": [{"role": "user", "content": "hi"}], "max_tokens": 3, "first_token_delay": 0}).encode()


@pytest.fixture(scope="module")
def token(sandbox: Running) -> str:
    return sandbox.token()


def headers(sandbox: Running, auth: str, token: str, method: str, url: str, body: bytes) -> dict[str, str]:
    facts = sandbox.facts
    plain = {"Content-Type": "application/json"} if body else {}
    https = url.replace("wss://", "https://").replace("ws://", "http://")
    match auth:
        case "token":
            return {**plain, "X-Auth-Token": token}
        case "aksk":
            return signed(facts["ak"], facts["sk"], method, https, body)
        case "app_code":
            return {**plain, "X-Apig-AppCode": facts["app_code"]}
        case "app_key":
            return {**plain, "apikey": facts["app_key"]}
        case "app_signature":
            return signed(facts["app_key"], facts["app_secret"], method, https, body, {"x-stage": "RELEASE"})
        case "api_key":
            return {**plain, "Authorization": f"Bearer {facts['api_key']}"}
        case _:
            return plain


@pytest.mark.parametrize("channel", CHANNELS)
@pytest.mark.parametrize("auth", OLD_AUTH)
def test_old_generation_over_https_and_sse(sandbox: Running, token: str, auth: str, channel: str) -> None:
    for name, path, body in (("chat", "/v1/chat/completions", CHAT), ("classify", "", b'{"data":{"req_data":[]}}')):
        url = sandbox.url(name, channel, app=auth.startswith("app")) + path
        answer = sandbox.send("POST", url, content=body, headers=headers(sandbox, auth, token, "POST", url, body))
        assert answer.status_code == 200, answer.text
        assert answer.headers.get("server") == (None if channel == "direct" else "ModelArts")
        assert "date" in answer.headers
    url = sandbox.url("ticks", channel, app=auth.startswith("app")) + "?count=2&interval=0"
    answer = sandbox.send("GET", url, headers=headers(sandbox, auth, token, "GET", url, b""))
    assert answer.headers["content-type"] == "text/event-stream; charset=utf-8"
    assert answer.text.count("event: tick") == 2


@pytest.mark.parametrize("channel", CHANNELS)
@pytest.mark.parametrize("auth", OLD_AUTH)
async def test_old_generation_over_websocket(sandbox: Running, token: str, auth: str, channel: str) -> None:
    url = sandbox.url("chat-live", channel, app=auth.startswith("app")) + "/echo"
    given = headers(sandbox, auth, token, "GET", url, b"")
    given.pop("Host", None)
    async with sandbox.socket(url, additional_headers=given) as socket:
        await socket.send("hello")
        assert await socket.recv() == "hello"


@pytest.mark.parametrize("channel", ["public", "vpc"])
@pytest.mark.parametrize("auth", ["token", "api_key", "none"])
async def test_new_generation(sandbox: Running, token: str, auth: str, channel: str) -> None:
    ending = {"token": "token", "api_key": "key", "none": "open"}[auth]
    url = sandbox.url(f"chat-v2-{ending}", channel) + "/v1/chat/completions"
    given = headers(sandbox, auth, token, "POST", url, CHAT)
    assert sandbox.send("POST", url, content=CHAT, headers=given).status_code == 200
    url = sandbox.url(f"live-v2-{ending}", channel) + "/echo"
    given = headers(sandbox, auth, token, "GET", url, b"")
    async with sandbox.socket(url, additional_headers=given) as socket:
        await socket.send(b"\x00\xff")
        assert await socket.recv() == b"\x00\xff"


def test_private_names_are_not_known_to_the_endpoint_otherwise(sandbox: Running) -> None:
    port = int(sandbox.url("chat", "vpc").split("/")[2].rsplit(":", 1)[1])
    answer = httpx.get(f"https://127.0.0.1:{port}/v1/infers/x", verify=sandbox.context)
    assert answer.status_code == 404
    assert answer.json()["error_code"] == "APIG.0101"
