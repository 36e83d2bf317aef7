"""Settings of one draft: cookies, limits between reads, compression, proxies, certificates."""

import asyncio
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.conftest import Calling
from tests.program import Result
from tests.raw import Peer, Served, text

from streamscope.engine.core import Core
from streamscope.engine.preview import head_shown, prepared
from streamscope.kinds.net.cookies import Jar
from streamscope.model.draft import Choice, Draft, Limits
from streamscope.model.event import Closed, Failed, RequestSent
from streamscope.model.url import parse_url

Serve = Callable[..., Served]


async def setting(peer: Peer) -> None:
    """Sets two cookies with each answer."""
    while True:
        await peer.request()
        await peer.send(
            b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n"
            b"Set-Cookie: session=abcd-1234; Path=/; HttpOnly\r\nSet-Cookie: deep=1; Path=/deep\r\n\r\n"
        )


async def test_cookies_go_back_to_their_host_where_the_draft_wants_it(call: Calling, serve: Serve, core: Core) -> None:
    served, other = serve(setting), serve(setting)
    await call(f"{served.http}/", cookies=True)
    events, _ = await call(f"{served.http}/deep/er", cookies=True)
    await call(f"{served.http}/")
    await call(f"{served.http}/", cookies=True, headers=(("Cookie", "typed=1"),))
    await call(f"{served.http}/", cookies=True, without=("cookie",))
    sent = [request.get("cookie") for request in served.requests]
    assert sent[0] is None
    assert sorted(str(sent[1]).split("; ")) == ["deep=1", "session=abcd-1234"]
    assert sent[2:] == [None, "typed=1", None]
    assert "abcd" not in repr([event for event in events if isinstance(event, RequestSent)])
    await call(f"http://localhost:{other.port}/", cookies=True, resolve=("localhost:*:127.0.0.1",))
    assert other.request.get("cookie") is None
    core.jar("").clear()
    await call(f"{served.http}/", cookies=True)
    assert served.requests[-1].get("cookie") is None


async def test_the_preview_shows_the_cookie_that_will_leave(call: Calling, serve: Serve, core: Core) -> None:
    served = serve(setting)
    await call(f"{served.http}/")
    draft = Draft(channel=Choice("address", {"url": f"{served.http}/"}), cookies=True)
    made = await prepared(core, draft)
    assert b"Cookie: session=abcd-1234\r\n" in made.head
    assert "abcd" not in head_shown(made)


async def test_each_workspace_has_cookies_of_its_own(core: Core) -> None:
    url = parse_url("https://a.example/")
    core.jar("one").take(url, ["k=1"])
    assert core.jar("one").header(url) == "k=1"
    assert core.jar("two").header(url) == ""


async def test_a_redirect_that_sets_a_cookie_leads_back_with_it(call: Calling, serve: Serve) -> None:
    async def script(peer: Peer) -> None:
        while True:
            request = await peer.request()
            if request.get("cookie") == "seen=yes":
                await peer.answer(b"welcome")
            else:
                await peer.answer(b"", "302 Found", Location="/", Set_Cookie="seen=yes")

    served = serve(script)
    _, outcome = await call(f"{served.http}/", cookies=True, redirects=3)
    assert outcome.status == 200
    events, _ = await call(f"{served.http}/", redirects=3)
    assert isinstance(events[-1], Failed)
    assert "cookie" in events[-1].hint


@pytest.mark.parametrize(
    ("line", "url", "sent"),
    [
        ("a=1", "https://a.example/x", "a=1"),
        ("a=1; Secure", "http://a.example/", ""),
        ("a=1; Secure", "wss://a.example/", "a=1"),
        ("a=1; Domain=a.example", "https://a.example/", "a=1"),
        ("a=1; Domain=.EXAMPLE", "https://a.example/", "a=1"),
        ("a=1; Domain=b.example", "https://a.example/", ""),
        ("a=1; Domain=example", "https://b.example/", ""),
        ("a=1; Max-Age=0", "https://a.example/", ""),
        ("a=1; Expires=Thu, 01 Jan 1970 00:00:00 GMT", "https://a.example/", ""),
        ("a=1; Path=/x", "https://a.example/xy", ""),
        ("a=1; Path=/x", "https://a.example/x/y", "a=1"),
        ('a="q; r"; Path=/', "https://a.example/", 'a="q'),
        ("a=1=2", "https://a.example:8443/", "a=1=2"),
    ],
)
def test_which_cookie_is_sent_where(line: str, url: str, sent: str) -> None:
    jar = Jar()
    jar.take(parse_url("https://a.example/x"), [line])
    assert jar.header(parse_url(url)) == sent


def test_a_cookie_ends_when_its_host_says_so() -> None:
    jar, url = Jar(), parse_url("http://127.0.0.1:8000/")
    jar.take(url, ["a=1; Domain=127.0.0.1", "b=2"])
    assert sorted(jar.header(url).split("; ")) == ["a=1", "b=2"]
    jar.take(url, ["a=; Max-Age=0"])
    assert jar.header(url) == "b=2"


def test_a_jar_has_an_end() -> None:
    jar, url = Jar(), parse_url("http://127.0.0.1/")
    for number in range(2000):
        jar.take(url, [f"c{number}=1"])
    assert len(jar) == 300


@given(st.text(st.characters(max_codepoint=255, exclude_characters="\r\n"), max_size=80))
def test_any_set_cookie_line_is_taken_or_left(line: str) -> None:
    jar, url = Jar(), parse_url("https://a.example/")
    jar.take(url, [line])
    header = jar.header(url)
    assert "\n" not in header


async def test_a_stream_that_pauses_for_too_long_between_two_reads(call: Calling, serve: Serve) -> None:
    async def script(peer: Peer) -> None:
        await peer.request()
        await peer.stream(b"data: a\n\n", end=False)
        await peer.rest()

    served = serve(script)
    events, outcome = await call(served.http, "sse", limits=Limits(wait=60, between=0.2))
    assert isinstance(events[-1], Failed)
    assert events[-1].error == "Silent"
    assert "0.2" in events[-1].message
    assert outcome.messages_in == 1


async def test_the_answer_itself_may_take_longer(call: Calling, serve: Serve) -> None:
    async def script(peer: Peer) -> None:
        await peer.request()
        await asyncio.sleep(0.4)
        await peer.answer(b"late")

    events, _ = await call(serve(script).http, limits=Limits(wait=60, between=0.1))
    assert isinstance(events[-1], Closed)


async def test_the_limit_between_two_reads_holds_on_a_websocket(call: Calling, serve: Serve) -> None:
    async def script(peer: Peer) -> None:
        await peer.upgrade()
        await peer.send(text("a"))
        await peer.goodbye()

    served = serve(script)
    events, _ = await call(served.ws, "websocket", limits=Limits(between=0.2))
    assert isinstance(events[-1], Failed)
    assert events[-1].error == "Silent"
    assert [opcode for opcode, _ in served.peers[0].frames] == [8], "it says goodbye"


@pytest.mark.parametrize(
    ("protocol", "values", "asked"),
    [
        ("https", {}, "gzip, deflate, br, zstd"),
        ("https", {"compression": "usual"}, "gzip, deflate, br, zstd"),
        ("https", {"compression": "identity"}, "identity"),
        ("sse", {}, None),
        ("sse", {"compression": "identity"}, "identity"),
    ],
)
async def test_compression(
    call: Calling, serve: Serve, protocol: str, values: dict[str, str], asked: str | None
) -> None:
    served = serve(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
    await call(served.http, Choice(protocol, values))
    assert served.request.get("accept-encoding") == asked


async def test_no_proxy_of_the_machine_is_used_where_the_draft_says_none(
    call: Calling, serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    proxy = serve(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nproxy")
    direct = serve(b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\ndirect")
    monkeypatch.setenv("http_proxy", proxy.http)
    resolve = (f"a.example:{direct.port}:127.0.0.1",)
    url = f"http://a.example:{direct.port}/"
    await call(url, resolve=())
    assert proxy.request.target == url
    await call(url, resolve=resolve, proxy="none")
    assert direct.request.target == "/"
    named = serve(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nnamed")
    await call(url, proxy=named.http)
    assert named.request.target == url


def test_from_the_command_line(bare: Callable[..., Result], serve: Serve) -> None:
    async def script(peer: Peer) -> None:
        while True:
            request = await peer.request()
            if request.target == "/in":
                await peer.answer(b"", "302 Found", Location="/", Set_Cookie="k=v1234")
            else:
                await peer.stream(str(request.get("cookie")).encode(), end=False)

    served = serve(script)
    result = bare("send", f"{served.http}/in", "-L", "--cookies", "--between", "0.2", "--output", "events")
    assert result.end["error"] == "Silent"
    assert served.requests[1].get("cookie") == "k=v1234"
    assert b"v1234" not in b"".join(line for line in result.out.splitlines() if b'"request"' in line)
