"""{{variables}} from the command line to the wire, and the command that keeps environments."""

from collections.abc import Callable
from pathlib import Path

from tests.program import Result
from tests.raw import Peer, Served

from streamscope.engine.core import Core
from streamscope.engine.send import send
from streamscope.engine.variables import text_filled
from streamscope.kinds.protocols.base import Close, OutgoingQueue
from streamscope.model.draft import Body, Choice, Draft, Entry, Outgoing, Part
from streamscope.model.environment import Environment, Scope, Variable
from streamscope.model.event import Message, RequestSent

Bare = Callable[..., Result]
Serve = Callable[..., Served]
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


def test_every_text_of_a_call_is_filled(bare: Bare, serve: Serve) -> None:
    served = serve(OK)
    assert bare("environments", "set", "dev", f"base={served.http}/{{{{version}}}}", "version=v1", "q=a b").code == 0
    result = bare(
        "send", "{{base}}/{{what}}?q={{q}}", "-H", "X-{{what}}: {{version}}", "-d", '{"n": {{n}}}',
        "--environment", "dev", "--variable", "what=chat", "--variable", "n=3",
    )  # fmt: skip
    assert result.code == 0, result.err
    assert served.request.target == "/v1/chat?q=a%20b"
    assert served.request.get("x-chat") == "v1"
    assert served.request.body == b'{"n": 3}'


def test_without_any_variables_braces_are_sent_as_they_are(bare: Bare, serve: Serve) -> None:
    served = serve(OK)
    assert bare("send", served.http, "-d", "{{x}} \\{{y}}").code == 0
    assert served.request.body == b"{{x}} \\{{y}}"


def test_a_variable_without_a_value_is_an_error_that_names_it(bare: Bare, serve: Serve) -> None:
    served = serve(OK)
    result = bare("send", served.http, "-d", "{{hots}}", "--variable", "host=1")
    assert result.code != 0
    assert "'hots'" in result.err
    assert "'host'" in result.err
    assert not served.requests
    assert bare("send", served.http, "--environment", "nowhere").code == 2


def test_the_command_keeps_environments(bare: Bare, tmp_path: Path) -> None:
    lines = tmp_path / ".env"
    lines.write_text("HOST=a.example\nAPI_KEY=abcdef\n")
    made = bare("environments", "set", "Staging", "--from", lines, "model=qwen")
    assert made.code == 0
    assert "no keyring" in made.err
    shown = bare("environments", "show", "Staging").text
    assert shown == "HOST=a.example\nAPI_KEY=••••••\nmodel=qwen\n"
    assert bare("environments", "unset", "Staging", "model").code == 0
    assert [row["name"] for row in bare("environments", "show", "Staging", "--output", "json").json] == [
        "HOST",
        "API_KEY",
    ]
    assert [row["name"] for row in bare("environments", "list", "--output", "json").json] == ["globals", "Staging"]
    assert bare("environments", "remove", "Staging").code == 0
    gone = bare("environments", "show", "Staging")
    assert gone.code == 2
    assert "Staging" in gone.err


async def test_secret_values_are_masked_wherever_they_stand(core: Core, serve: Serve) -> None:
    served = serve(OK)
    core.bench.environments.save(Environment("dev", (Variable("key", "open sesame", secret=True),)))
    draft = Draft(
        channel=Choice("address", {"url": f"{served.http}/{{{{key}}}}"}),
        headers=(("X-Key", "{{key}}"),),
        body=Body("form", entries=(Entry("k", "{{key}}"), Entry("off", "{{nothing}}", on=False))),
    )
    exchange = core.bench.recordings.new(draft, keep=False)
    await send(exchange, core, scope=Scope("dev"))
    sent = exchange.event(0)
    assert served.request.target == "/open%20sesame"
    assert served.request.body == b"k=open+sesame"
    assert isinstance(sent, RequestSent)
    assert "sesame" not in repr(sent)
    exchange.close()


async def test_a_part_that_is_off_is_not_looked_at(core: Core, serve: Serve) -> None:
    served = serve(OK)
    body = Body("multipart", parts=(Part("a", "{{x}}"), Part("b", "{{nothing}}", on=False)))
    exchange = core.bench.recordings.new(Draft(channel=Choice("address", {"url": served.http}), body=body), keep=False)
    await send(exchange, core, scope=Scope(given={"x": "1"}))
    assert b"\r\n1\r\n" in served.request.body
    exchange.close()


async def test_messages_are_filled_when_they_are_sent(core: Core, serve: Serve) -> None:
    async def script(peer: Peer) -> None:
        await peer.upgrade()
        await peer.frame()
        await peer.frame()
        await peer.goodbye()

    served = serve(script)
    core.bench.environments.save(Environment("dev", (Variable("who", "secretly", secret=True),)))
    draft = Draft(
        channel=Choice("address", {"url": served.ws}),
        protocol=Choice("websocket", {"compression": "off"}),
        messages=(Outgoing("hello {{who}}"), Outgoing("{{unknown}}", by_hand=True)),
    )
    exchange = core.bench.recordings.new(draft, keep=False)
    outgoing = OutgoingQueue()
    text, secrets = await text_filled(core, "by hand: {{who}}", Scope("dev"))
    outgoing.secrets |= secrets
    outgoing.put(text)
    outgoing.put(Close())
    await send(exchange, core, outgoing, scope=Scope("dev"))
    assert [data for opcode, data in served.peers[0].frames if opcode == 1] == [b"hello secretly", b"by hand: secretly"]
    sent = [event.payload for event in exchange.events(0, len(exchange)) if isinstance(event, Message)]
    assert sent == ["hello ••••••".encode(), "by hand: ••••••".encode()]
    exchange.close()
