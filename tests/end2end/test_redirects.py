"""Redirects: what is sent where they lead, and what never goes astray."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import pytest
from tests.conftest import Calling
from tests.program import Result
from tests.raw import Peer, Received, Served

from streamscope.kinds.auth.signature import ALGORITHM
from streamscope.model.draft import Body, Choice, Outgoing, Part
from streamscope.model.event import Event, Failed, Head, Message, RequestSent

Serve = Callable[..., Served]
Answers = Callable[[Received], tuple[str, dict[str, str]]]


def answering(choose: Answers) -> Callable[[Peer], Awaitable[None]]:
    """A server that chooses each answer by the request."""

    async def script(peer: Peer) -> None:
        while True:
            request = await peer.request()
            status, headers = choose(request)
            body = b"here" if status.startswith("200") else b"there"
            await peer.answer(b"" if request.method == "HEAD" else body, status, **headers)

    return script


def pointing(status: str, location: str) -> Callable[[Peer], Awaitable[None]]:
    """A server that redirects /old and answers the rest."""

    def choose(request: Received) -> tuple[str, dict[str, str]]:
        return (status, {"Location": location}) if request.target == "/old" else ("200 OK", {})

    return answering(choose)


def sent(events: Sequence[Event]) -> list[RequestSent]:
    return [event for event in events if isinstance(event, RequestSent)]


def failure(events: Sequence[Event]) -> Failed:
    assert isinstance(events[-1], Failed)
    return events[-1]


MATRIX = [
    ("301 Moved Permanently", "POST", "GET"),
    ("301 Moved Permanently", "PUT", "PUT"),
    ("301 Moved Permanently", "GET", "GET"),
    ("302 Found", "POST", "GET"),
    ("302 Found", "DELETE", "DELETE"),
    ("303 See Other", "POST", "GET"),
    ("303 See Other", "PUT", "GET"),
    ("303 See Other", "HEAD", "HEAD"),
    ("307 Temporary Redirect", "POST", "POST"),
    ("308 Permanent Redirect", "PATCH", "PATCH"),
]


@pytest.mark.parametrize(("status", "method", "then"), MATRIX)
async def test_method_and_body(call: Calling, serve: Serve, status: str, method: str, then: str) -> None:
    served = serve(pointing(status, "../new?a=1#part"))
    body = Body() if method in ("GET", "HEAD") else Body("json", text='{"a": 1}')
    events, outcome = await call(f"{served.http}/old", method=method, body=body, redirects=3)
    assert outcome.status == 200
    first, second = served.requests
    assert (first.method, second.method, second.target) == (method, then, "/new?a=1")
    kept = then == method and method not in ("GET", "HEAD")
    assert second.body == (b'{"a": 1}' if kept else b"")
    assert (second.get("content-type") is not None) is kept
    attempts = sent(events)
    assert [(event.attempt, event.method) for event in attempts] == [(1, method), (2, then)]
    assert attempts[1].url == f"{served.http}/new?a=1"
    assert any(label == "Redirected" and text.startswith(status[:3]) for label, text in attempts[1].notes)
    assert [event.status for event in events if isinstance(event, Head)] == [int(status[:3]), 200]
    assert len(served.peers) == 1, "the connection is kept"


async def test_by_default_none_is_followed(call: Calling, serve: Serve) -> None:
    served = serve(pointing("302 Found", "/new"))
    events, outcome = await call(f"{served.http}/old")
    assert outcome.status == 302
    assert len(sent(events)) == 1


async def test_no_more_than_allowed(call: Calling, serve: Serve) -> None:
    served = serve(answering(lambda request: ("302 Found", {"Location": f"{request.target}x"})))
    events, _ = await call(f"{served.http}/a", redirects=4)
    assert [request.target for request in served.requests] == ["/a", "/ax", "/axx", "/axxx", "/axxxx"]
    assert failure(events).error == "Misdirected"
    assert "4" in failure(events).message
    assert failure(events).hint


async def test_a_circle_is_noticed_at_once(call: Calling, serve: Serve) -> None:
    served = serve(answering(lambda request: ("302 Found", {"Location": "/b" if request.target == "/a" else "/a"})))
    events, _ = await call(f"{served.http}/a", redirects=50)
    assert [request.target for request in served.requests] == ["/a", "/b"]
    assert "circle" in failure(events).message


@pytest.mark.parametrize(
    "location",
    [
        "ftp://a.example/",
        "javascript:alert(1)",
        "mailto:a@b",
        "http://",
        "http://[::bad/",
        "http://u:p@a.example/",
        "data:80",
        "http://a:99999/",
    ],
)
async def test_what_cannot_be_called_is_an_error(call: Calling, serve: Serve, location: str) -> None:
    served = serve(pointing("302 Found", location))
    events, _ = await call(f"{served.http}/old", redirects=3)
    assert failure(events).error == "Misdirected"
    assert failure(events).hint
    assert len(served.requests) == 1


@pytest.mark.parametrize("location", ["/n\xc3\xa4he", "/n%C3%A4he"])
async def test_a_location_of_other_letters(call: Calling, serve: Serve, location: str) -> None:
    async def script(peer: Peer) -> None:
        await peer.request()
        await peer.send(f"HTTP/1.1 302 Found\r\nContent-Length: 0\r\nLocation: {location}\r\n\r\n".encode("latin-1"))
        await peer.request()
        await peer.answer(b"ok")

    served = serve(script)
    await call(f"{served.http}/old", redirects=1)
    assert served.requests[1].target == "/n%C3%A4he"


AUTHS = [
    Choice("bearer", {"token": "sesame-1234"}),
    Choice("basic", {"user": "u", "password": "sesame-1234"}),
    Choice("api_key", {"api_key": "sesame-1234"}),
    Choice("app_code", {"app_code": "sesame-1234"}),
    Choice("aksk", {"access_key": "AK", "secret_key": "sesame-1234"}),
]


@pytest.mark.parametrize("auth", AUTHS, ids=lambda auth: auth.kind)
async def test_the_same_origin_is_authenticated_again(call: Calling, serve: Serve, auth: Choice) -> None:
    served = serve(pointing("307 Temporary Redirect", "/new"))
    await call(f"{served.http}/old", auth=auth, body=Body("json", text="{}"), redirects=1)
    first, second = served.requests
    names = ("authorization", "x-apig-appcode")
    proofs = [[request.get(name) for name in names] for request in (first, second)]
    assert any(proofs[0])
    assert any(proofs[1])
    if auth.kind == "aksk":  # the signature covers the path
        assert str(second.get("authorization")).startswith(ALGORITHM)
        assert proofs[0] != proofs[1]


@pytest.mark.parametrize("auth", AUTHS, ids=lambda auth: auth.kind)
async def test_another_origin_gets_nothing_that_proves_who_asks(call: Calling, serve: Serve, auth: Choice) -> None:
    other = serve(
        answering(
            lambda request: ("307 Temporary Redirect", {"Location": "/on"}) if request.target == "/" else ("200 OK", {})
        )
    )
    served = serve(pointing("307 Temporary Redirect", f"{other.http}/"))
    headers = (
        ("Authorization", "Mine typed-by-hand"), ("Cookie", "a=typed-cookie"), ("X-Own", "holds sesame-1234 inside"),
        ("X-Harmless", "kept"), ("Host", "typed.example"),
    )  # fmt: skip
    events, outcome = await call(
        f"{served.http}/old", auth=auth, headers=headers, body=Body("json", text="{}"), redirects=3
    )
    assert outcome.status == 200
    assert [request.target for request in other.requests] == ["/", "/on"]
    for request in other.requests:
        told = repr(request)
        assert "sesame" not in told
        assert "typed" not in told
        assert request.get("x-harmless") == "kept"
        assert request.get("host") == f"127.0.0.1:{other.port}"
        assert not {"authorization", "cookie", "x-apig-appcode", "x-sdk-date"} & {
            name.lower() for name, _ in request.headers
        }
    assert "Authorization" in dict(sent(events)[1].notes)["Left out, since it is another origin"]


async def test_the_way_back_is_not_authenticated_either(call: Calling, serve: Serve) -> None:
    places: list[str] = []
    other = serve(answering(lambda request: ("302 Found", {"Location": f"{places[0]}/back"})))
    served = serve(pointing("302 Found", f"{other.http}/"))
    places.append(served.http)
    await call(f"{served.http}/old", auth=AUTHS[0], redirects=3)
    assert served.requests[0].get("authorization") is not None
    assert served.requests[1].get("authorization") is None


@pytest.mark.parametrize("status", ["307 Temporary Redirect", "308 Permanent Redirect"])
async def test_a_secret_in_the_body_is_not_carried_to_another_origin(call: Calling, serve: Serve, status: str) -> None:
    other = serve(answering(lambda request: ("200 OK", {})))
    served = serve(pointing(status, f"{other.http}/"))
    body = Body("json", text='{"key": "sesame-1234"}')
    events, _ = await call(f"{served.http}/old", auth=AUTHS[0], body=body, redirects=3)
    assert failure(events).error == "Misdirected"
    assert "body" in failure(events).message
    assert not other.requests


async def test_a_secret_in_the_address_is_not_carried_to_another_origin(call: Calling, serve: Serve) -> None:
    other = serve(answering(lambda request: ("200 OK", {})))
    served = serve(pointing("302 Found", f"{other.http}/?token=sesame-1234"))
    events, _ = await call(f"{served.http}/old", auth=AUTHS[0], redirects=3)
    assert failure(events).error == "Misdirected"
    assert not other.requests
    assert "sesame" not in repr(sent(events)) + repr(failure(events))


async def test_a_handshake_is_redirected_too(call: Calling, serve: Serve) -> None:
    async def new(peer: Peer) -> None:
        await peer.upgrade()
        await peer.frame()
        await peer.goodbye()

    other = serve(new)
    served = serve(pointing("302 Found", f"{other.http}/new"))
    events, _ = await call(f"{served.ws}/old", "websocket", messages=(Outgoing("hi"),), redirects=1, limits=_brief())
    assert other.requests[0].target == "/new"
    assert [event.payload for event in events if isinstance(event, Message) and event.direction == "out"] == [b"hi"]


def _brief() -> Any:
    from streamscope.model.draft import Limits

    return Limits(close_after=0.2)


async def test_a_form_with_files_is_sent_again(call: Calling, serve: Serve, tmp_path: Any) -> None:
    content = b"0123456789abcdef" * (1 << 19)
    large = tmp_path / "large.bin"
    large.write_bytes(content)
    served = serve(pointing("308 Permanent Redirect", "/new"))
    body = Body("multipart", parts=(Part("a", "1"), Part("f", file=str(large))))
    await call(f"{served.http}/old", body=body, redirects=1)
    first, second = served.requests
    assert first.body == second.body
    assert content in second.body


def test_from_the_command_line(bare: Callable[..., Result], serve: Serve) -> None:
    served = serve(pointing("302 Found", "/new"))
    assert bare("send", f"{served.http}/old", "--output", "body").out == b"there"
    assert bare("send", f"{served.http}/old", "-L", "--output", "events").of("request", attempt=2)
    result = bare("send", f"{served.http}/old", "--redirects", "1", "--output", "events")
    assert result.code == 0, result.err
    assert result.data == ["there", "here"]
