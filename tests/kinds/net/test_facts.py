"""What is recorded of a connection: each phase tells its facts, a kept connection tells them again."""

from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from pathlib import Path

import pytest
import pytest_asyncio
from cryptography import x509
from tests.certificates import Certificate, Issued
from tests.end2end.test_hostile_http2 import Stream, speaking
from tests.end2end.test_ways import Proxy
from tests.raw import Peer, Served

from streamscope.kinds.net import Net, Wire
from streamscope.kinds.net.client import prefer_proxy
from streamscope.model.errors import StreamscopeError
from streamscope.model.event import Control, Detail, Event, Trace, decode, encode
from streamscope.model.service import Route, Tls
from streamscope.model.url import parse_url

Serve = Callable[..., Served]


@pytest.fixture(scope="module")
def issued(tmp_path_factory: pytest.TempPathFactory) -> Issued:
    return Issued.made(tmp_path_factory.mktemp("issued"), "infer.example")


@pytest_asyncio.fixture
async def net() -> AsyncIterator[Net]:
    made = Net()
    yield made
    await made.aclose()


async def ok(peer: Peer) -> None:
    while True:
        await peer.request()
        await peer.answer(b"fine")


async def called(net: Net, route: Route) -> list[Trace]:
    """The phases of one call, also of one that fails."""
    events: list[Event] = []
    try:
        async with net.exchange(Wire(events.append), route, "GET", (), connect=5, wait=5) as response:
            await response.aread()
    except StreamscopeError:
        pass
    return [event for event in events if isinstance(event, Trace)]


def facts(traces: list[Trace], name: str, phase: str = "end") -> Detail:
    (found,) = [trace for trace in traces if trace.name == name and trace.phase == phase]
    assert decode(encode(found)) == found
    return found.facts if isinstance(found.facts, dict) else {}


def certificates(traces: list[Trace], name: str = "tls", phase: str = "end") -> list[x509.Certificate]:
    (found,) = [trace for trace in traces if trace.name == name and trace.phase == phase]
    return [x509.load_der_x509_certificate(one) for one in found.certificates or ()]


def route(served: Served, host: str = "infer.example", scheme: str = "https", **more: object) -> Route:
    made = Route(parse_url(f"{scheme}://{host}:{served.port}/x"), connect="127.0.0.1" if host != "127.0.0.1" else "")
    return replace(made, **more)  # type: ignore[arg-type]


async def test_a_chain_that_is_vouched_for(net: Net, serve: Serve, issued: Issued) -> None:
    served = serve(ok, tls=issued.context())
    traces = await called(net, route(served, tls=Tls(ca=str(issued.root))))
    assert facts(traces, "dns") == {"asked": "infer.example", "addresses": "127.0.0.1", "by": "override"}
    connect = facts(traces, "connect")
    assert (connect["address"], connect["port"], connect["family"]) == ("127.0.0.1", served.port, "IPv4")
    assert (connect["local"], connect["number"], connect["of"]) == ("127.0.0.1", 1, 1)
    tls = facts(traces, "tls")
    assert tls["version"] == "TLSv1.3"
    assert str(tls["cipher"]).startswith("TLS_")
    assert (tls["sni"], tls["host"], tls["trust"]) == ("infer.example", "infer.example", "file")
    assert (tls["chain"], tls["resumed"], tls["alpn"]) == ("verified", False, "")
    subjects = [one.subject.rfc4514_string() for one in certificates(traces)]
    assert subjects == ["CN=infer.example", "CN=Middle", "CN=Root"]
    assert facts(traces, "send", "begin") == {"http": "HTTP/1.1"}
    assert int(facts(traces, "send")["bytes"] or 0) > 20


async def test_a_kept_connection_tells_all_again(net: Net, serve: Serve, issued: Issued) -> None:
    served = serve(ok, tls=issued.context())
    way = route(served, tls=Tls(ca=str(issued.root)))
    await called(net, way)
    traces = await called(net, way)
    assert {trace.name for trace in traces} == {"send", "wait"}
    kept = facts(traces, "send", "begin")
    assert (kept["reused"], kept["requests"], kept["version"], kept["port"]) == (True, 1, "TLSv1.3", served.port)
    assert float(kept["idle_ms"] or 0) >= 0
    assert len(certificates(traces, "send", "begin")) == 3


async def test_http_2_tells_the_same(net: Net, serve: Serve) -> None:
    async def answer(stream: Stream) -> None:
        await stream.head([(":status", "103"), ("link", "</a>")])
        await stream.head([(":status", "200")], end=True)

    served = serve(speaking(answer))
    way = Route(parse_url(served.http))
    events: list[Event] = []
    for _ in range(2):
        async with net.exchange(Wire(events.append), way, "GET", (), http2=True) as response:
            await response.aread()
    sent = [
        event.facts for event in events if isinstance(event, Trace) and (event.name, event.phase) == ("send", "begin")
    ]
    assert sent[0] == {"http": "HTTP/2"}
    assert isinstance(sent[1], dict)
    assert (sent[1]["reused"], sent[1]["requests"], sent[1]["port"]) == (True, 1, served.port)
    interim = [event for event in events if isinstance(event, Control)]
    assert [one.detail for one in interim] == [{"headers": "link: </a>"}] * 2


async def test_a_password_for_the_proxy_is_told_nowhere(net: Net, serve: Serve, issued: Issued) -> None:
    import base64

    served = serve(ok, tls=issued.context())
    proxy = serve(Proxy("Basic " + base64.b64encode(b"ann:p4ssw0rd").decode()))
    signed_in = proxy.http.replace("http://", "http://ann:p4ssw0rd@")
    tunnel = await called(net, route(served, proxy=signed_in, tls=Tls(ca=str(issued.root))))
    plain = await called(net, Route(parse_url("http://infer.example/x"), proxy=signed_in))
    assert facts(tunnel, "proxy")["proxy_signed_in"] is True
    assert facts(plain, "send", "begin")["proxy_signed_in"] is True
    assert b"p4ssw0rd" not in b"".join(map(encode, [*tunnel, *plain]))


async def test_a_certificate_that_is_not_checked_or_known_by_its_mark(net: Net, serve: Serve, tmp_path: Path) -> None:
    own = Certificate.made(tmp_path, "other.example")
    served = serve(ok, tls=own.context())
    skipped = facts(await called(net, route(served, tls=Tls(insecure=True))), "tls")
    assert (skipped["trust"], skipped["chain"]) == ("skipped", "shown")
    known = facts(await called(net, route(served, tls=Tls(trusted=(own.fingerprint,)))), "tls")
    assert known["trust"] == "fingerprint"
    assert "self" in str(known["doubt"])


async def test_a_handshake_that_fails_shows_what_was_refused(net: Net, serve: Serve, tmp_path: Path) -> None:
    own = Certificate.made(tmp_path, "infer.example")
    traces = await called(net, route(serve(ok, tls=own.context())))
    assert "self" in str(facts(traces, "tls")["failed"])
    assert len(certificates(traces)) == 1
    plain = await called(net, route(serve(ok)))
    assert facts(plain, "tls")["failed"]
    assert certificates(plain) == []


async def test_through_a_proxy(net: Net, serve: Serve, issued: Issued) -> None:
    served, proxy = serve(ok, tls=issued.context()), serve(Proxy())
    traces = await called(net, route(served, proxy=proxy.http, tls=Tls(ca=str(issued.root))))
    place = f"127.0.0.1:{proxy.port}"
    told = facts(traces, "proxy")
    assert told == {"proxy": place, "target": f"127.0.0.1:{served.port}", "proxy_by": "route", "status": 200}
    assert facts(traces, "connect")["port"] == proxy.port
    assert len(certificates(traces)) == 3


async def test_a_plain_request_is_given_to_the_proxy_of_the_settings(net: Net, serve: Serve) -> None:
    proxy = serve(Proxy())
    prefer_proxy(lambda: proxy.http)
    try:
        traces = await called(net, Route(parse_url("http://infer.example/x")))
    finally:
        prefer_proxy(str)
    told = facts(traces, "send", "begin")
    assert told == {"http": "HTTP/1.1", "proxy": f"127.0.0.1:{proxy.port}", "proxy_by": "settings"}


async def test_nobody_there(net: Net, closed_port: int) -> None:
    traces = await called(net, Route(parse_url(f"http://127.0.0.1:{closed_port}/")))
    assert facts(traces, "connect") == {"address": "127.0.0.1", "port": closed_port, "failed": "Connection refused"}
    traces = await called(net, Route(parse_url("http://nowhere.invalid/")))
    assert facts(traces, "dns")["failed"]


async def test_the_address_that_answers_is_told_beside_those_that_do_not(
    net: Net, serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    import socket

    from streamscope.kinds.net import backend

    async def two(*_: object) -> list[backend.Address]:
        return [(socket.AF_INET, ("127.0.0.2", served.port)), (socket.AF_INET, ("127.0.0.1", served.port))]

    served = serve(ok)
    monkeypatch.setattr(backend, "resolve", two)
    connect = facts(await called(net, route(served, "name.example", "http", connect="")), "connect")
    assert (connect["number"], connect["of"]) == (2, 2)
    assert connect["tried"] == "127.0.0.2 (Connection refused)"


def test_traces_of_older_recordings_have_no_facts() -> None:
    old = b'{"kind":"trace","t":5,"name":"tls","phase":"end","detail":"TLSv1.3 X"}'
    assert encode(decode(old)) == old
    bare = b'{"kind":"trace","t":5,"name":"tls","phase":"begin"}'
    assert encode(decode(bare)) == bare
