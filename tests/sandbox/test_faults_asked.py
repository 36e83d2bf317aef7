"""How faults are asked for, and that nobody else gets them."""

import json
import threading
from collections.abc import Callable

import httpx
import pytest
from click.testing import CliRunner
from tests.sandbox.conftest import Running
from tests.sandbox.wire import Socket, exchange

from streamscope.cli.sandbox import command
from streamscope.sandbox.faults.spec import parse
from streamscope.sandbox.faults.table import FAULTS

PATH = "/v1/chat/completions"
CHANNELS = [
    ("chat-v2-open", "public"),
    ("chat-v2-open", "vpc"),
    ("chat", "public"),
    ("chat", "vpc"),
    ("chat", "direct"),
]
SOCKETS = [("live-v2-open", "public"), ("live-v2-open", "vpc"), ("chat-live", "public"), ("chat-live", "direct")]


@pytest.mark.parametrize(("name", "channel"), CHANNELS)
def test_every_channel(sandbox: Running, name: str, channel: str) -> None:
    headers = {
        "X-Auth-Token": sandbox.token(),
        "X-Sandbox-Fault": "cut:500",
        "Host": sandbox.url(name, channel).split("/")[2],
    }
    answer = exchange(sandbox, sandbox.url(name, channel) + PATH, headers=headers)
    assert (answer.end, len(answer.body)) == ("cut", 500)


@pytest.mark.parametrize(("name", "channel"), SOCKETS)
def test_every_socket_channel(sandbox: Running, name: str, channel: str) -> None:
    url = sandbox.url(name, channel)
    with Socket(sandbox, url + "/v1/chat", "ws_close:4001/gone", X_Auth_Token=sandbox.token()) as link:
        link.ask()
        frames = link.turn()
    assert [frame.opcode for frame in frames] == [1, 1, 1, 1, 1, 8]
    assert frames[-1].payload == b"\x0f\xa1gone"


def test_checks_stay_in_front(sandbox: Running) -> None:
    assert exchange(sandbox, sandbox.url("chat") + PATH, "cut:5").status == 401
    assert exchange(sandbox, sandbox.url("chat") + PATH, "nonsense").status == 401
    assert exchange(sandbox, sandbox.url("chat-v2-token") + PATH, "status:503").status == 401


def test_the_query_asks_too_and_the_header_wins(sandbox: Running) -> None:
    url = sandbox.url("chat-v2-open") + PATH + "?a=1&sandbox_fault="
    assert len(exchange(sandbox, url + "cut%3A77").body) == 77
    assert len(exchange(sandbox, url + "cut:77", "cut:33").body) == 33
    assert exchange(sandbox, url + "cut:77", "none").end == "whole"


@pytest.mark.parametrize("fault", ["nonsense", "cut:x", "stall:soon", "bom:1", "ws_close", "status:99", "stall:-1"])
def test_unknown_faults_are_refused(sandbox: Running, fault: str) -> None:
    for name, channel in (("chat-v2-open", "public"), ("chat", "direct")):
        answer = exchange(sandbox, sandbox.url(name, channel) + PATH, fault)
        assert answer.status == 400
        text = json.loads(answer.body)["error_msg"]
        assert fault.split(":")[0] in text
        if fault == "nonsense":
            assert all(one.name in text for one in FAULTS)


def test_two_calls_never_disturb_each_other(sandbox: Running) -> None:
    url = sandbox.url("chat-v2-open") + PATH
    ends: dict[int, tuple[str, int]] = {}

    def call(number: int) -> None:
        answer = exchange(sandbox, url, "cut:600,stall:0.2" if number % 2 else None, tokens_per_second=50)
        ends[number] = (answer.end, len(answer.body))

    threads = [threading.Thread(target=call, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [ends[number][0] for number in range(6)] == ["whole", "cut"] * 3
    assert ends[0] == ends[2] == ends[4]


def test_a_sandbox_that_does_it_to_all(fresh: Callable[..., Running]) -> None:
    sandbox = fresh("--fault", "cut:300,ws_close:4002")
    for name, channel in (("chat-v2-open", "public"), ("chat", "direct")):
        url = sandbox.url(name, channel) + PATH
        assert len(exchange(sandbox, url).body) == 300
        assert exchange(sandbox, url, "none").end == "whole"
        assert len(exchange(sandbox, url, "cut:20").body) == 20
    with Socket(sandbox, sandbox.url("live-v2-open") + "/v1/chat") as link:
        link.ask()
        assert link.turn()[-1].payload == b"\x0f\xa2"


def test_the_list(sandbox: Running) -> None:
    rows = httpx.get(sandbox.facts["iam"] + "/sandbox/faults", verify=sandbox.context).json()["faults"]
    assert [row["name"] for row in rows] == [fault.name for fault in FAULTS]
    said = CliRunner().invoke(command, ["--faults"], standalone_mode=False, obj=None).output.splitlines()
    assert [line.split("[")[0].split()[0] for line in said] == [fault.name for fault in FAULTS]


def test_every_fault_can_be_written_without_a_value() -> None:
    assert [name for fault in FAULTS for name in parse(fault.name).values] == [fault.name for fault in FAULTS[1:]]
