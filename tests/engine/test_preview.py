"""The preview: what it shows is what a server receives, and no secret is in it."""

import re
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.engine.test_automatic import BODIES, VALUES
from tests.raw import Peer, Served

from streamscope.engine.core import Core
from streamscope.engine.preview import Prepared, body_shown, head_shown, messages_shown, prepared, shown
from streamscope.engine.send import send
from streamscope.interop.curl import command, read
from streamscope.kinds.auth.cache import Token, TokenCache
from streamscope.kinds.catalog import AUTH, PROTOCOLS
from streamscope.model.draft import Body, Choice, Draft, Outgoing
from streamscope.model.errors import CredentialError, UsageError
from streamscope.model.redact import MASK
from streamscope.model.request import Request
from streamscope.model.url import parse_url

Serve = Callable[..., Served]
MADE_ANEW = re.compile(
    rb"\d{8}T\d{6}Z|(?<=Signature=)[0-9a-f]{64}|(?<=Key: )\S{24}|(?<=boundary=)[0-9a-f]{32}|(?<=--)[0-9a-f]{32}"
)


class Recorder:
    """A server that keeps what it received, byte for byte, and refuses everything."""

    def __init__(self) -> None:
        self.received = b""

    async def __call__(self, peer: Peer) -> None:
        head = await peer.reader.readuntil(b"\r\n\r\n")
        size = re.search(rb"\r\nContent-Length: (\d+)", head)
        body = await peer.reader.readexactly(int(size.group(1))) if size else b""
        if b"chunked" in head:
            body = await peer.reader.readuntil(b"0\r\n\r\n")
        self.received = head + body
        await peer.send(b"HTTP/1.1 400 No\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")


def alike(content: bytes) -> bytes:
    return MADE_ANEW.sub(lambda found: b"?" * len(found.group()), content)


async def sent(core: Core, draft: Draft) -> None:
    exchange = core.bench.recordings.new(draft, keep=False)
    try:
        await send(exchange, core)
    finally:
        exchange.close()


@pytest.fixture
def with_token(monkeypatch: pytest.MonkeyPatch) -> None:
    async def living(*_: object, **__: object) -> Token:
        return Token("kept-token", time.time() + 3600)

    monkeypatch.setattr(TokenCache, "living", living)
    monkeypatch.setattr(TokenCache, "get", living)


@pytest.mark.usefixtures("with_token")
@pytest.mark.parametrize("protocol", PROTOCOLS)
@pytest.mark.parametrize("auth", AUTH)
async def test_the_bytes_are_those_that_arrive(core: Core, serve: Serve, auth: str, protocol: str) -> None:
    recorder = Recorder()
    url = serve(recorder).http + "/a%20b/é?q=1&b=%2F&c=中"
    typed = (("X-Own", "vålue"), ("x-lower", "1"), ("X-Own", "again"))
    for body in BODIES.values():
        for without in ((), ("content-length", "user-agent")):
            draft = Draft(
                Choice(auth, VALUES[auth]),
                Choice("address", {"url": url}),
                Choice(protocol),
                headers=typed,
                body=body,
                without=without,
                messages=(Outgoing("hello"),) if protocol == "websocket" else (),
            )
            made = await prepared(core, draft)
            await sent(core, draft)
            assert alike(made.head + made.body) == alike(recorder.received)
            assert "s3cr3tvalue" not in shown(made)
            assert "kept-token" not in shown(made)
            for step in made.steps:
                assert not any("s3cr3tvalue" in line.text or "kept-token" in line.text for line in step.lines)


async def test_a_plain_request_through_a_proxy(core: Core, serve: Serve) -> None:
    recorder = Recorder()
    proxy = serve(recorder).http.replace("//", "//me:pass-word@")
    draft = Draft(channel=Choice("address", {"url": "http://host.invalid:81/p?q"}), proxy=proxy)
    made = await prepared(core, draft)
    await sent(core, draft)
    assert made.head + made.body == recorder.received
    assert b"GET http://host.invalid:81/p?q HTTP/1.1" in recorder.received
    assert "Proxy-Authorization: Basic " + MASK in head_shown(made)
    assert all("pass-word" not in str(note) for note in made.notes)


async def test_a_token_is_not_fetched_by_surprise(core: Core, serve: Serve) -> None:
    identity = serve(b"HTTP/1.1 500 No\r\nContent-Length: 0\r\n\r\n")
    values = VALUES["token"] | {"iam": identity.http, "project": "cn-north-4"}
    draft = Draft(Choice("token", values), Choice("address", {"url": "https://host.invalid/"}))
    made = await prepared(core, draft)
    assert identity.peers == []
    assert made.lacking
    assert "X-Auth-Token: " + MASK in head_shown(made)
    told = [line.text for step in made.steps for line in step.lines]
    assert "Sign-in: d / u" in told
    assert "Scope: project cn-north-4" in told


async def test_a_token_is_fetched_when_asked_for(core: Core, serve: Serve) -> None:
    body = b'{"token": {"expires_at": "2999-01-01T00:00:00Z"}}'
    answer = b"HTTP/1.1 201 Created\r\nX-Subject-Token: fetched-token\r\nContent-Length: %d\r\n\r\n%s" % (
        len(body),
        body,
    )
    identity = serve(answer)
    values = VALUES["token"] | {"iam": identity.http}
    draft = Draft(Choice("token", values), Choice("address", {"url": "https://host.invalid/"}))
    made = await prepared(core, draft, fetch=True)
    assert b"X-Auth-Token: fetched-token" in made.head
    assert not made.lacking
    assert "fetched with the password" in [str(line.source) for step in made.steps for line in step.lines]
    again = await prepared(core, draft)
    assert not again.lacking
    assert "fetched-token" not in shown(again)


@pytest.mark.parametrize("auth", ["aksk", "app_signature"])
async def test_a_signature_is_explained_line_by_line(core: Core, auth: str) -> None:
    url = "https://host.example/v1/infers/1?b=2&a=1"
    draft = Draft(
        Choice(auth, VALUES[auth]),
        Choice("address", {"url": url}),
        headers=(("X-Stage", "RELEASE"),),
        body=Body("json", text='{"a": 1}'),
    )
    made = await prepared(core, draft)
    notes = {str(note.label): note.text for note in made.request.notes}
    steps = {str(step.label): step for step in made.steps}
    assert list(steps) == ["Headers", "Canonical request", "String to sign", "Signature"]
    canonical = notes["Canonical request"].replace("temporary", MASK)
    assert "\n".join(line.text for line in steps["Canonical request"].lines) == canonical
    assert "\n".join(line.text for line in steps["String to sign"].lines) == notes["String to sign"]
    sources = {line.text.partition(":")[0]: str(line.source) for line in steps["Canonical request"].lines}
    assert sources["POST"] == "The method."
    assert "sorted by name" in sources["a=1&b=2"]
    assert sources["x-stage"] == "Typed by you."
    assert "accept" in next(text for name, text in sources.items() if ";" in name)


async def test_what_was_typed_is_explained(core: Core) -> None:
    draft = Draft(
        Choice("bearer", {"token": "s3cr3tvalue"}),
        Choice("address", {"url": "https://host.example"}),
        headers=(("authorization", "Bearer other"),),
    )
    made = await prepared(core, draft)
    ((line,),) = (step.lines for step in made.steps)
    assert "Typed by you" in str(line.source)
    assert line.text == f"Authorization: Bearer {MASK}"


async def test_http2_is_told_as_pseudo_headers(core: Core) -> None:
    draft = Draft(channel=Choice("address", {"url": "https://h:444/p?q"}), protocol=Choice("https", {"http2": "on"}))
    made = await prepared(core, draft)
    assert head_shown(made).startswith(":method: GET\n:authority: h:444\n:scheme: https\n:path: /p?q\nuser-agent: ")
    assert "HTTP/2 is offered" in str(made.notes[-1])


async def test_messages_follow_the_handshake(core: Core) -> None:
    messages = (Outgoing('{"a": 1}'), Outgoing(content=b"\x00\xff", binary=True), Outgoing("later", by_hand=True))
    draft = Draft(channel=Choice("address", {"url": "wss://h/p"}), protocol=Choice("websocket"), messages=messages)
    made = await prepared(core, draft)
    assert messages_shown(made) == [("text", '{"a": 1}'), ("binary", "\\x00\\xff")]
    assert "Upgrade: websocket" in head_shown(made)


def made_of(body: bytes, *secrets: str) -> Prepared:
    return Prepared(Request("POST", parse_url("http://h"), body=body, secrets=frozenset(secrets)), b"", body)


@given(st.integers(0, 60), st.text("aé中s3cr3t", max_size=30), st.text("aé中s3cr3t", max_size=30), st.integers(1, 40))
def test_no_cut_goes_through_a_secret(tail: int, before: str, after: str, cut: int) -> None:
    body = (before + "s3cr3tvalue" + after).encode()
    begin, left, end = body_shown(made_of(body, "s3cr3tvalue"), cut, tail)
    whole = body.decode().replace("s3cr3tvalue", MASK)
    assert whole.startswith(begin)
    assert whole.endswith(end)
    assert 0 <= left <= len(body)
    assert (left > 0) or begin + end == whole


def test_a_large_body_is_shown_at_both_ends() -> None:
    begin, left, end = body_shown(made_of(b"a" * 5_000_000 + b"z"))
    assert begin.startswith("aaa")
    assert end.endswith("az")
    assert left == 5_000_001 - len(begin) - len(end)
    assert "bytes are not shown" in shown(made_of(b"a" * 5_000_000))


async def test_the_draft_is_left_alone_and_errors_are_those_of_sending(core: Core) -> None:
    with pytest.raises(UsageError):
        await prepared(core, Draft())
    with pytest.raises(CredentialError):
        await prepared(core, Draft(Choice("bearer"), Choice("address", {"url": "https://h"})))
    with pytest.raises(UsageError):
        broken = Draft(channel=Choice("address", {"url": "https://h"}), headers=(("X", "a\nb"),))
        await prepared(core, broken)


async def test_a_file_that_is_sent_from_disk_is_named(core: Core, tmp_path: Path) -> None:
    file = tmp_path / "large.bin"
    with file.open("wb") as out:
        out.truncate(6 << 20)
    draft = Draft(channel=Choice("address", {"url": "http://h/"}), body=Body("file", file=str(file)))
    made = await prepared(core, draft)
    assert f"Content-Length: {6 << 20}" in head_shown(made)
    assert str(file) in " ".join(map(str, made.notes))
    assert read(command(made.request)).draft.body == draft.body
