"""Trouble that was seen becomes the fault that makes it again: names that the sandbox knows, and the same trouble."""

import pytest
from tests.conftest import Calling
from tests.program import Sandbox

from streamscope.engine import scenario as scenarios
from streamscope.engine.reading import Reading
from streamscope.engine.scenario import HEADER, scenario
from streamscope.model.draft import Body, Choice
from streamscope.model.event import Event, Finding
from streamscope.sandbox.faults.spec import parse
from streamscope.sandbox.faults.table import BY_NAME, HTTP, SOCKET

CHAT = '{"messages": [{"role": "user", "content": "Tides?"}], "stream": true, "max_tokens": 12}'


def test_every_name_is_a_fault_of_the_sandbox() -> None:
    assert {BY_NAME[name].over for name in scenarios._SIMPLE.values()} - {SOCKET}
    for name in scenarios._SIMPLE.values():
        assert BY_NAME[name].over != SOCKET, name
    for name in scenarios._SOCKET.values():
        assert BY_NAME[name].over != HTTP, name


def told(events: list[Event]) -> str:
    reading = Reading()
    findings: list[Finding] = []
    for event in events:
        reading.feed(event)
        findings += reading.findings
    return scenario(reading, findings)


@pytest.mark.parametrize(
    "fault",
    ["stall:1.3", "no_end", "no_finish", "error:Out of memory.", "cut:900", "status:503", "bom", "two_json", ""],
)
async def test_the_same_trouble_comes_again(call: Calling, sandbox: Sandbox, fault: str) -> None:
    async def made(faults: str) -> str:
        events, _ = await call(
            f"{sandbox.url('chat', 'direct')}/v1/chat/completions",
            "sse",
            method="POST",
            auth=Choice("none"),
            headers=((HEADER, faults),) if faults else (),
            body=Body("text", text=CHAT),
        )
        return told(events)

    first = await made(fault)
    name = fault.partition(":")[0]
    if name and name != "two_json":
        assert name in parse(first), first
    assert {one.partition(":")[0] for one in (await made(first)).split(",")} == {
        one.partition(":")[0] for one in first.split(",")
    }
