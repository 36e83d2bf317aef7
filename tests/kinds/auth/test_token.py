"""IAM tokens: one fetch for all who wait, renewed once, never in a loop."""

import asyncio
import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from tests.conftest import Calling
from tests.raw import Peer, Served, close, frame, text

from streamscope.kinds.auth.cache import EARLY, Token, TokenCache
from streamscope.model.draft import Choice, Limits, Outgoing
from streamscope.model.event import Failed, Head, RequestSent

Serve = Callable[..., Served]


class Mint:
    """Counts what it is asked for, and is slow about it."""

    def __init__(self, lifetime: float = 3600) -> None:
        self.fetched = 0
        self.lifetime = lifetime

    async def __call__(self) -> Token:
        self.fetched += 1
        number = self.fetched
        await asyncio.sleep(0.01)
        return Token(f"token {number}", time.time() + self.lifetime)


async def test_many_at_once_share_one_fetch() -> None:
    cache, mint = TokenCache(), Mint()
    tokens = await asyncio.gather(*(cache.get("name", mint) for _ in range(200)))
    assert mint.fetched == 1
    assert {token.value for token in tokens} == {"token 1"}


async def test_a_worn_token_is_renewed_once_for_all() -> None:
    cache, mint = TokenCache(), Mint()
    worn = (await cache.get("name", mint)).value
    tokens = await asyncio.gather(*(cache.get("name", mint, worn=worn) for _ in range(50)))
    assert mint.fetched == 2
    assert {token.value for token in tokens} == {"token 2"}


async def test_a_token_is_replaced_shortly_before_its_end() -> None:
    cache, mint = TokenCache(), Mint(EARLY - 1)
    await cache.get("name", mint)
    await cache.get("name", mint)
    assert mint.fetched == 2


async def test_another_secret_or_name_gets_no_token_of_the_first() -> None:
    cache, mint = TokenCache(), Mint()
    first = await cache.get("name", mint, proof="a")
    assert await cache.get("name", mint, proof="a") == first
    assert await cache.get("name", mint, proof="b") != first
    assert await cache.get("other", mint, proof="a") != first


async def test_who_wants_a_new_one_at_the_same_time_shares_it() -> None:
    cache, mint, asked, goes_on = TokenCache(), Mint(), asyncio.Event(), asyncio.Event()
    old = await cache.get("name", mint)

    async def slow() -> Token:
        asked.set()
        await goes_on.wait()
        return await mint()

    first = asyncio.ensure_future(cache.renew("name", slow))
    await asked.wait()
    second = asyncio.ensure_future(cache.renew("name", slow))
    await asyncio.sleep(0)
    goes_on.set()
    assert await first == await second != old
    assert mint.fetched == 2
    assert await cache.renew("name", slow) != await first


async def test_a_failed_fetch_is_tried_again_by_the_next() -> None:
    cache, mint = TokenCache(), Mint()

    async def broken() -> Token:
        raise OSError("no")

    with pytest.raises(OSError, match="no"):
        await cache.get("name", broken)
    assert (await cache.get("name", mint)).value == "token 1"


@dataclass
class Store:
    """A store that remembers in memory."""

    kept: dict[str, Token] = field(default_factory=dict)

    def load(self, name: str) -> Token | None:
        return self.kept.get(name)

    def save(self, name: str, token: Token) -> None:
        self.kept[name] = token

    def drop(self, name: str) -> None:
        self.kept.pop(name, None)


async def test_a_store_outlives_the_cache() -> None:
    store, mint = Store(), Mint()
    first = await TokenCache(store).get("name", mint, proof="p")
    assert await TokenCache(store).get("name", mint, proof="p") == first
    assert mint.fetched == 1
    store.kept["name"] = Token("old", time.time() + 1, "p")
    assert (await TokenCache(store).get("name", mint, proof="p")).value == "token 2"


@dataclass
class Platform:
    """An identity service and a gateway that accepts only some tokens."""

    accepted: Callable[[str], bool]
    refusal: bytes = b'{"error_code":"APIG.0307","error_msg":"The token must be updated."}'
    asked: list[dict[str, Any]] = field(default_factory=list)
    calls: list[str] = field(default_factory=list)
    status: str = "201 Created"

    async def __call__(self, peer: Peer) -> None:
        while True:
            request = await peer.request()
            if request.target.startswith("/v3/auth/tokens"):
                self.asked.append(json.loads(request.body))
                ends = datetime.now(UTC) + timedelta(hours=24)
                body = json.dumps({"token": {"expires_at": ends.isoformat()}}).encode()
                await peer.answer(body, self.status, X_Subject_Token=f"token{len(self.asked)}")
            else:
                self.calls.append(request.get("x-auth-token") or "")
                good = self.accepted(self.calls[-1])
                await peer.answer(b"hello" if good else self.refusal, "200 OK" if good else "401 Unauthorized")


def choice(server: Served, **more: str) -> Choice:
    values = {"domain": "d", "user": "u", "password": "pass word", "project": "p", "iam": server.http}
    return Choice("token", values | more)


async def test_a_worn_token_is_fetched_again_and_the_call_repeated_once(call: Calling, serve: Serve) -> None:
    platform = Platform(lambda token: token == "token2")
    server = serve(platform)
    events, outcome = await call(server.http, auth=choice(server))
    assert (outcome.outcome, outcome.status, outcome.text) == ("complete", 200, "hello")
    assert platform.calls == ["token1", "token2"]
    attempts = [event for event in events if isinstance(event, RequestSent)]
    assert [event.attempt for event in attempts] == [1, 2]
    assert all(("X-Auth-Token", "••••••") in event.headers for event in attempts)
    assert [event.status for event in events if isinstance(event, Head)] == [401, 200]


async def test_a_refusal_never_becomes_a_loop(call: Calling, serve: Serve) -> None:
    platform = Platform(lambda _: False)
    server = serve(platform)
    _, outcome = await call(server.http, auth=choice(server))
    assert (outcome.outcome, outcome.status) == ("error", 401)
    assert platform.calls == ["token1", "token2"]
    assert len(platform.asked) == 2


async def test_another_refusal_is_not_repeated(call: Calling, serve: Serve) -> None:
    platform = Platform(lambda _: False, b'{"error_code":"APIG.0301","error_msg":"decrypt token fail"}')
    server = serve(platform)
    _, outcome = await call(server.http, auth=choice(server))
    assert (outcome.outcome, platform.calls, len(platform.asked)) == ("error", ["token1"], 1)


async def test_many_calls_at_once_ask_for_one_token(call: Calling, serve: Serve) -> None:
    platform = Platform(lambda _: True)
    server = serve(platform)
    outcomes = await asyncio.gather(*(call(server.http, auth=choice(server)) for _ in range(40)))
    assert {outcome.text for _, outcome in outcomes} == {"hello"}
    assert len(platform.asked) == 1
    user = platform.asked[0]["auth"]["identity"]["password"]["user"]
    assert user == {"name": "u", "password": "pass word", "domain": {"name": "d"}}


async def test_a_renewed_handshake_is_a_conversation_of_its_own(call: Calling, serve: Serve) -> None:
    """What the refused handshake said does not count as a message of the conversation."""
    platform = Platform(lambda _: True)
    refused: list[Peer] = []

    async def script(peer: Peer) -> None:
        if not refused:
            refused.append(peer)
            await peer.request()
            await peer.answer(platform.refusal, "401 Unauthorized", Connection="close")
            return
        await peer.upgrade()
        assert await peer.frame() == (1, b"hi")
        await peer.send(frame(9))
        assert await peer.frame() == (10, b"")  # and no goodbye behind the message
        await peer.send(text("hello"))
        assert await peer.frame() == (8, b"\x03\xe8")
        await peer.send(close())

    server, iam = serve(script), serve(platform)
    auth = choice(iam)
    for limits in (Limits(messages=1), Limits(close_after=0.3)):
        refused.clear()
        messages = (Outgoing(text="hi"),)
        _, outcome = await call(server.ws, "websocket", auth=auth, limits=limits, messages=messages)
        assert (outcome.outcome, outcome.status, outcome.text) == ("complete", 101, "hello")
        assert refused
    await server.seen(4)


@pytest.mark.parametrize(
    ("project", "scope"), [("cn-north-4", {"name": "cn-north-4"}), ("0" * 31 + "f", {"id": "0" * 31 + "f"})]
)
async def test_a_project_is_named_or_numbered(call: Calling, serve: Serve, project: str, scope: dict[str, str]) -> None:
    platform = Platform(lambda _: True)
    server = serve(platform)
    await call(server.http, auth=choice(server, project=project))
    assert platform.asked[0]["auth"]["scope"] == {"project": scope}


async def test_a_refused_sign_in_is_no_credential(call: Calling, serve: Serve) -> None:
    platform = Platform(lambda _: True, status="401 Unauthorized")
    server = serve(platform)
    events, outcome = await call(server.http, auth=choice(server))
    (failed,) = (event for event in events if isinstance(event, Failed))
    assert (failed.error, outcome.outcome) == ("CredentialError", "no connection")
    assert "'u'" in failed.hint
    assert platform.calls == []


async def test_a_token_that_cannot_be_read_is_no_credential(call: Calling, serve: Serve) -> None:
    server = serve(b"HTTP/1.1 201 Created\r\nContent-Length: 2\r\nX-Subject-Token: t\r\n\r\n{}")
    events, _ = await call(server.http, auth=choice(server))
    assert isinstance(events[-1], Failed)
    assert events[-1].error == "CredentialError"
