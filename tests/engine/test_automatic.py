"""The headers that are added by themselves: what is told is what arrives, and what is switched off does not."""

import time
from collections.abc import Callable

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.raw import Peer, Received, Served

from streamscope.engine.automatic import automatic
from streamscope.engine.core import Core
from streamscope.engine.send import send
from streamscope.kinds.auth.base import Values
from streamscope.kinds.auth.cache import Token, TokenCache
from streamscope.kinds.catalog import AUTH, PROTOCOLS
from streamscope.model.draft import Body, Choice, Draft, Entry, Outgoing, Part
from streamscope.model.phrase import Phrase
from streamscope.model.request import Request
from streamscope.model.url import parse_url

Serve = Callable[..., Served]
VALUES = {
    "none": {},
    "token": {"domain": "d", "user": "u", "password": "pass-word"},
    "aksk": {"access_key": "AK", "secret_key": "s3cr3tvalue", "security_token": "temporary"},
    "app_code": {"app_code": "s3cr3tvalue"},
    "app_signature": {"app_key": "AK", "app_secret": "s3cr3tvalue"},
    "api_key": {"api_key": "s3cr3tvalue"},
    "bearer": {"token": "s3cr3tvalue"},
    "basic": {"user": "u", "password": "s3cr3tvalue"},
}
BODIES = {
    "none": Body(),
    "json": Body("json", text='{"a": 1}'),
    "text": Body("text", text="plain"),
    "text that is JSON": Body("text", text="[1]"),
    "form": Body("form", entries=(Entry("a", "1"),)),
    "bytes": Body("bytes", content=b"\x00\x01"),
    "multipart": Body("multipart", parts=(Part("a", "1"),)),
}


async def answer(peer: Peer) -> None:
    """One answer to whatever comes, its body by length or in chunks."""
    head = (await peer.reader.readuntil(b"\r\n\r\n")).decode()
    line, *lines = head.removesuffix("\r\n\r\n").split("\r\n")
    headers = [(name, value.removeprefix(" ")) for name, _, value in (row.partition(":") for row in lines)]
    received = Received(line, headers, b"")
    if received.get("transfer-encoding") == "chunked":
        received.body = await peer.reader.readuntil(b"0\r\n\r\n")
    else:
        received.body = await peer.reader.readexactly(int(received.get("content-length") or 0))
    peer.requests.append(received)
    await peer.send(b"HTTP/1.1 400 No\r\nContent-Length: 0\r\n\r\n")


async def sent(core: Core, server: Served, draft: Draft) -> Received:
    address = Choice("address", {"url": f"{server.http}/p?q=1"})
    exchange = core.bench.recordings.new(msgspec.structs.replace(draft, channel=address), keep=False)
    try:
        await send(exchange, core)
    finally:
        exchange.close()
    return server.requests[-1]


def placed(draft: Draft, server: Served) -> Draft:
    return msgspec.structs.replace(draft, channel=Choice("address", {"url": f"{server.http}/p?q=1"}))


@pytest.fixture
def with_token(monkeypatch: pytest.MonkeyPatch) -> None:
    async def get(*_: object, **__: object) -> Token:
        return Token("kept-token", time.time() + 3600)

    monkeypatch.setattr(TokenCache, "get", get)


@pytest.mark.usefixtures("with_token")
@pytest.mark.parametrize("protocol", PROTOCOLS)
@pytest.mark.parametrize("auth", AUTH)
async def test_what_is_told_is_what_arrives(core: Core, serve: Serve, auth: str, protocol: str) -> None:
    server = serve(answer)
    for name, body in BODIES.items():
        if protocol == "websocket" and name != "none":
            continue
        draft = Draft(Choice(auth, VALUES[auth]), protocol=Choice(protocol), headers=(("X-Own", "1"),), body=body)
        received = await sent(core, server, draft)
        told = automatic(placed(draft, server), None)
        arrived = {key.lower() for key, _ in received.headers if key != "X-Own"}
        assert {row.name.lower() for row in told} == arrived, name
        for row in told:
            if not isinstance(row.value, Phrase):
                assert received.get(row.name) == row.value, name


@pytest.mark.usefixtures("with_token")
@pytest.mark.parametrize("protocol", PROTOCOLS)
async def test_each_that_is_switched_off_does_not_leave(core: Core, serve: Serve, protocol: str) -> None:
    server = serve(answer)
    body = Body() if protocol == "websocket" else BODIES["json"]
    draft = Draft(Choice("aksk", VALUES["aksk"]), protocol=Choice(protocol, {}), body=body)
    if protocol == "websocket":
        draft = msgspec.structs.replace(draft, protocol=Choice(protocol, {"subprotocols": "a, b"}))
    rows = automatic(placed(draft, server), None)
    off = [row.name for row in rows if row.switchable]
    assert len(off) >= 3
    for name in off:
        less = msgspec.structs.replace(draft, without=(name.lower(),))
        received = await sent(core, server, less)
        assert received.all(name) == []
        (row,) = [row for row in automatic(placed(less, server), None) if row.name == name]
        assert row.off
        others = {row.name.lower() for row in rows} - {name.lower()}
        assert others <= {key.lower() for key, _ in received.headers}


async def test_a_body_without_its_length_goes_in_chunks(core: Core, serve: Serve) -> None:
    server = serve(answer)
    received = await sent(core, server, Draft(body=BODIES["json"], without=("content-length",)))
    assert received.get("transfer-encoding") == "chunked"
    assert received.body == b'8\r\n{"a": 1}\r\n0\r\n\r\n'


async def test_host_always_leaves(core: Core, serve: Serve) -> None:
    server = serve(answer)
    draft = Draft(without=("host",))
    assert (await sent(core, server, draft)).get("host")
    (row,) = [row for row in automatic(placed(draft, server), None) if row.name == "Host"]
    assert not row.switchable
    assert not row.off


def test_what_is_typed_is_not_automatic() -> None:
    names = ("Host", "content-type", "USER-AGENT", "Accept", "Accept-Encoding", "Authorization", "Content-Length")
    draft = Draft(Choice("bearer", VALUES["bearer"]), headers=tuple((name, "x") for name in names), body=BODIES["json"])
    assert automatic(draft, None) == []


@pytest.mark.parametrize("auth", AUTH.values(), ids=lambda auth: auth.key)
@pytest.mark.parametrize("content_type", ["", "application/json", "text/plain"])
@pytest.mark.usefixtures("with_token")
async def test_an_authentication_adds_what_it_says(auth: object, content_type: str) -> None:
    kind = AUTH[auth.key]  # type: ignore[attr-defined]
    headers = (("Content-Type", content_type),) if content_type else ()
    for values in (VALUES[kind.key], {key: value for key, value in VALUES[kind.key].items() if key != "app_secret"}):
        request = Request("POST", parse_url("https://h/p"), headers, b"{}")
        made = await kind.apply(request, Values(values))
        assert kind.adds(request, values) == tuple(name for name, _ in made.headers[len(headers) :])


@settings(deadline=None)
@given(st.text(), st.lists(st.tuples(st.text(), st.text()), max_size=3), st.sampled_from(list(BODIES)), st.text())
def test_any_draft_is_told(url: str, headers: list[tuple[str, str]], body: str, method: str) -> None:
    for protocol in PROTOCOLS:
        draft = Draft(
            channel=Choice("address", {"url": url}),
            protocol=Choice(protocol),
            headers=tuple(headers),
            body=BODIES[body],
            method=method,
        )
        automatic(draft, None)


def test_a_large_body_is_not_read() -> None:
    """Its type is told with a condition: the list is made anew with every key that is pressed."""
    large = Draft(body=Body("text", text="[" + "1," * 1_000_000 + "1]"))
    told = {row.name: row.value for row in automatic(large, None)}
    assert str(told["Content-Type"]) == "application/json, if the body is JSON"
    assert str(told["Content-Length"]) == "(counted when it is sent)"


def test_messages_change_nothing() -> None:
    draft = Draft(protocol=Choice("websocket"))
    more = msgspec.structs.replace(draft, messages=(Outgoing("hello"),))
    assert [row.name for row in automatic(draft, None)] == [row.name for row in automatic(more, None)]
