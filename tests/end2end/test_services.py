"""`streamscope services`: found, looked at, remembered, watched, added by hand."""

import json
from collections.abc import Callable
from pathlib import Path

from tests.platforms import platform, row
from tests.program import Live, Result, Sandbox
from tests.raw import Served

from streamscope.store.bench import open_bench

Serve = Callable[..., Served]
Cli = Callable[..., Result]


def test_one_is_found_and_looked_at(cli: Cli, sandbox: Sandbox) -> None:
    assert [found["name"] for found in cli("services", "--find", "FAILED", "--output", "json").json] == ["vision"]
    told = cli("services", "--details", "chat", "--output", "json").json
    assert told["id"] == sandbox.service("chat")["id"]
    assert {"method": "POST", "path": "/v1/chat/completions"}.items() <= told["apis"][0].items()
    assert told["events"] and told["time_limit"] == 40
    assert b"/v1/chat/completions" in cli("services", "--details", "chat").out
    missing = cli("services", "--details", "chatt")
    assert missing.code == 2 and "chat" in missing.err


def test_what_was_listed_is_known_without_the_platform(bare: Cli, serve: Serve, tmp_path: Path) -> None:
    told = platform(serve, row(1), row(2, "failed", name="two\n\x1b[31mred"))
    open_bench(tmp_path / "bare").workspaces.save(told.workspace())
    nothing = bare("services", "--workspace", "work", "--cached")
    assert nothing.code == 2
    listed = bare("services", "--workspace", "work")
    assert b"\x1b" not in listed.out, "a name is nothing that a terminal obeys"
    asked = len(told.served.requests)
    again = bare("services", "--workspace", "work", "--cached", "--find", "two", "--output", "json")
    assert [found["id"] for found in again.json] == ["id-2"]
    assert "known as of" in again.err
    assert len(told.served.requests) == asked


def test_watching_prints_the_list_and_ends_when_told(live: Callable[..., Live], serve: Serve, tmp_path: Path) -> None:
    told = platform(serve, row(1, "deploying"))
    open_bench(tmp_path / "bare").workspaces.save(told.workspace())
    watching = live("services", "--workspace", "work", "--watch", "--output", "json")
    watching.wait_for(lambda out: out.count(b"\n") == 1)
    told.old = [row(1, "running")]
    watching.wait_for(lambda out: out.count(b"\n") == 2)
    watching.process.terminate()
    ended = watching.end()
    first, second = map(json.loads, ended.out.splitlines())
    assert (first["status"], second["status"]) == ("deploying", "running")
    assert ended.code == 130


def test_a_url_is_added_called_by_name_and_removed(bare: Cli, serve: Serve) -> None:
    served = serve(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
    added = bare("services", "add", f"{served.http}/things", "--name", "mine")
    assert added.code == 0 and b"By hand" in added.out
    assert [one["name"] for one in bare("services", "--workspace", "By hand", "--output", "json").json] == ["mine"]
    assert bare("services", "remove", "mine").code == 0
    assert bare("services", "remove", "mine").code == 2
    assert bare("services", "add", "https://user:secret@h/").code == 2
    assert bare("services", "--cached", "--watch").code == 2
