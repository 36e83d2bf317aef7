"""`streamscope services`: deployed, changed, watched, deleted; what is refused, lost or late is told."""

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from tests import program
from tests.deployable import Deployable, no
from tests.program import Live, Result, Sandbox
from tests.raw import Served

from streamscope.store.bench import open_bench

Serve = Callable[..., Served]
Cli = Callable[..., Result]


@pytest.fixture
def told(own: Sandbox) -> Cli:
    """Run a command with that sandbox's profile."""

    def call(*arguments: str | Path, code: int = 0, given: bytes = b"") -> Result:
        result = program.run("--profile", str(own.profile), *arguments, given=given)
        assert result.code == code, result.err + result.text
        return result

    return call


@pytest.fixture
def raw(serve: Serve, tmp_path: Path) -> Deployable:
    """A platform that is told what to say, as the workspace of a profile of its own."""
    made = Deployable()
    for name, status in {"one": "running", "two": "stopped", "three": "failed"}.items():
        made.rows[name] = {"service_id": name, "service_name": name, "status": status}
    made.served = serve(made.script)
    bench = open_bench(tmp_path / "bare")
    bench.workspaces.save(made.workspace())
    bench.settings.set("workspace", "work")
    return made


def test_a_service_lives_from_deployment_to_deletion(told: Cli, here: Cli, own: Sandbox, tmp_path: Path) -> None:
    made = told("services", "deploy", "life", "--generation", "v1", "--model", "chat", "--output", "json").json
    assert (made["name"], made["state"], made["generation"]) == ("life", "running", "v1")
    life_goes_on(lambda *arguments: here(own.profile, *arguments), "life", tmp_path)
    assert told("services", "delete", "life", "--yes", "--output", "json").json[0]["done"] is True


def test_the_new_generation_lives_the_same_life(here: Cli, own: Sandbox, tmp_path: Path) -> None:
    def call(*arguments: str | Path) -> Result:
        return here(own.profile, *arguments)

    options = ("--env", "A=b c: d", "--stop-after", "2h", "--output", "json")
    made = call("services", "deploy", "newer", "--model", "chat", *options).json
    assert (made["name"], made["state"], made["generation"]) == ("newer", "running", "v2")
    assert made["addresses"]["public"].startswith("https://") and made["auth"] == ["token"], "a script calls it next"
    assert "A: b c: d" in call("services", "show", "newer", "--configuration").text
    life_goes_on(call, "newer", tmp_path)
    assert "deleted" in call("services", "delete", "newer", "--yes").text


def life_goes_on(call: Cli, name: str, folder: Path) -> None:
    """Changed by a file and options, looked at, stopped."""
    written = folder / "copy.yaml"
    written.write_bytes(call("services", "show", name, "--configuration").out)
    call("services", "update", name, "--from", written, "--env", "B=2", "--unset-env", "A", "--instances", "2")
    assert len(call("services", "instances", name, "--output", "json").json) == 2
    events = call("services", "events", name, "--output", "json").json
    assert len(events) > 4 and events == sorted(events, key=lambda one: one["at"])
    assert call("services", "stop", name, "--yes", "--output", "json").json[0]["state"] == "stopped"


def test_weights_share_the_calls_and_every_field_can_be_set(own: Sandbox, here: Cli) -> None:
    command = ("services", "deploy", "shares", "--generation", "v1", "--output", "json")
    wrong = here(own.profile, *command, "--model", "chat=40", "--model", "classify=50", code=2)
    assert "2.weight" in wrong.err and "90" in wrong.err
    here(own.profile, *command, "--model", "chat=70", "--model", "classify=30", "--set", "2.count=2", "--no-wait")
    found = here(own.profile, "services", "show", "shares", "--configuration", "--output", "json").json
    assert [(one["weight"], one["count"]) for one in found["portions"]] == [("70", "1"), ("30", "2")]
    here(own.profile, "services", "wait", "shares", "--status", "RUNNING", "--timeout", "60")
    figures = here(own.profile, "services", "monitor", "shares", "--output", "json").json
    assert (figures["running"], figures["wanted"], len(figures["portions"])) == (3, 3, 2)
    here(own.profile, "services", "delete", "shares", "--yes")


def test_what_makes_no_sense_is_refused_before_anything_is_asked(raw: Deployable, here: Cli, tmp_path: Path) -> None:
    profile = tmp_path / "bare"

    def refused(*arguments: str | Path, says: str) -> None:
        assert says in here(profile, *arguments, code=2).err

    refused("services", "start", "one", says="'one'")
    refused("services", "stop", "one", says="--yes")
    refused("services", "delete", "one", "two", says="'one', 'two'")
    refused("services", "stop", "on", says="'one'")
    refused("services", "switch", "one", "2", "--yes", says="no such action")
    refused("services", "deploy", says="called")
    refused("services", "deploy", "x", "--model", "chatt", says="'chat'")
    refused("services", "deploy", "x", "--model", "chat", "--set", "1.weigth=4", says="'weight'")
    refused("services", "deploy", "x", "--model", "chat", "--set", "websocket=perhaps", says="switch")
    refused("services", "deploy", "x", "--model", "chat", "--flavor", "modelarts.vm.cpu.3u", says="modelarts.vm.cpu.2u")
    refused("services", "deploy", "x", "--model", "chat", "--stop-after", "soon", says="2h")
    refused("services", "deploy", "x", "--model", "chat", "--env", "novalue", says="VAR=VALUE")
    refused("services", "deploy", "x/y", "--model", "chat", says="name")
    refused("services", "deploy", "x", "--model", "chat", "--generation", "v1", "--auth", "api-key", says="iam, app")
    refused("services", "wait", "one", "--status", "runing", says="'running'")
    refused("services", "logs", "one", "--follow", says="LTS")
    refused("services", "bogus", says="services bogus")
    bad = tmp_path / "bad.yaml"
    bad.write_text("generation: v1\nportions: 7\n")
    refused("services", "deploy", "x", "--from", bad, says="list")
    bad.write_text("generation: v1\nvalue: {}\n")
    refused("services", "deploy", "x", "--from", bad, says="'values'")
    assert raw.calls == []


def test_all_fields_are_listed_with_their_choices(raw: Deployable, here: Cli, tmp_path: Path) -> None:
    listed = here(tmp_path / "bare", "services", "deploy", "--fields", "--generation", "v1").text
    assert "weight" in listed and "chat 0.0.2" in listed
    pages = here(tmp_path / "bare", "services", "deploy", "--fields", "--output", "json").json
    keys = {field["key"]: field for page in pages for field in page["fields"]}
    assert keys["model"]["choices"] == ["", "m-1", "m-0"], "the generation that there is"
    assert raw.calls == []


def test_the_newest_version_is_deployed_where_none_is_named(raw: Deployable, here: Cli, tmp_path: Path) -> None:
    raw.turns["new"] = [{"status": "deploying"}, {"status": "running"}]
    here(tmp_path / "bare", "services", "deploy", "新的", "--model", "chat", "--set", "description=x", "--websocket")
    (_, path, body) = raw.calls[0]
    assert (path, body["service_name"], body["config"][0]["model_id"]) == ("services", "新的", "m-1")
    assert body["additional_properties"]["websocket_upgrade"] is True
    raw.rows.pop("new")
    here(tmp_path / "bare", "services", "deploy", "x", "--model", "chat:0.0.1", "--no-wait")
    assert raw.calls[1][2]["config"][0]["model_id"] == "m-0"


def test_a_deployment_that_fails_says_why(raw: Deployable, here: Cli, tmp_path: Path) -> None:
    raw.turns["new"] = [{"status": "deploying"}, {"status": "failed", "error_msg": "no"}]
    raw.events = [(1, "normal", "start to deploy service"), (2, "abnormal", "pull image failed: manifest not found")]
    failed = here(tmp_path / "bare", "services", "deploy", "x", "--model", "chat", code=1)
    assert "image" in failed.err and "hint:" in failed.err
    late = here(tmp_path / "bare", "services", "wait", "two", "--timeout", "0.05", code=1)
    assert "still stopped" in late.err


def test_scripts_can_tell_why_by_the_exit_code(raw: Deployable, here: Cli, tmp_path: Path) -> None:
    raw.refuse["DELETE", "services/one"] = [no("403 Forbidden", "ModelArts.0108", "no permission")]
    refused = here(tmp_path / "bare", "services", "delete", "one", "--yes", code=1)
    assert "ModelArts.0108" in refused.text, "who may list may not delete"
    raw.refuse["PUT", "services/two"] = [no("401 Unauthorized", "APIGW.0301", "decrypt token fail")]
    here(tmp_path / "bare", "services", "start", "two", code=3)
    raw.refuse["PUT", "services/two"] = [no("429 Too Many Requests", "APIGW.0308", "slow down")]
    assert "slow down" in here(tmp_path / "bare", "services", "start", "two", code=1).err
    raw.refuse["GET", "services/one/events"] = [no("403 Forbidden", "ModelArts.0108", "not the events")]
    shown = here(tmp_path / "bare", "services", "show", "one", "--output", "json")
    assert shown.json["name"] == "one" and "not the events" in shown.err, "events may be a permission of their own"
    bench = open_bench(tmp_path / "bare")
    bench.workspaces.save(raw.workspace(management="http://127.0.0.1:9"))
    here(tmp_path / "bare", "services", "start", "two", code=3)


def test_several_go_on_where_one_is_refused(raw: Deployable, here: Cli, tmp_path: Path) -> None:
    raw.refuse["PUT", "services/three"] = [no("403 Forbidden", "ModelArts.0108", "no permission")]
    raw.turns["two"] = [{"status": "deploying"}, {"status": "running"}]
    started = here(tmp_path / "bare", "services", "start", "two", "three", "--output", "json", code=1)
    assert [(one["name"], one["state"]) for one in started.json] == [("two", "running")]
    assert "ModelArts.0108" in started.err
    raw.rows["three"]["status"] = "deleting"
    deleted = here(tmp_path / "bare", "services", "delete", "two", "three", "--yes", "--output", "json", code=1)
    assert [one["done"] for one in deleted.json] == [True, False] and deleted.json[1]["note"]


def test_stopping_the_command_leaves_the_deployment(raw: Deployable, live: Callable[..., Live], tmp_path: Path) -> None:
    raw.turns["two"] = [{"status": "deploying"}] * 1000
    following = live("services", "start", "two")
    while len(raw.turns["two"]) > 997:
        assert following.process.poll() is None
    following.process.terminate()
    ended = following.end()
    assert ended.code == 130 and "goes on" in ended.err
    assert [call[0] for call in raw.calls] == ["PUT"]


def test_the_output_of_processes_is_read_from_their_files(own: Sandbox, here: Cli) -> None:
    chat = own.service("chat")["id"]
    folder = own.profile / "sandbox" / "logs" / re.sub(r"[^\w.-]", "_", chat)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "a-1.log").write_bytes(b"first\nsecond \x1b[31m\nrest")
    told = here(own.profile, "services", "logs", "chat", "--output", "json").json
    assert {"instance": "a-1", "text": "first"} in told["lines"] and isinstance(told["updates"], list)
    plain = here(own.profile, "services", "logs", "chat", "--lines", "1", "--instance", "a-1").text
    assert "second" in plain and "\x1b[31m" not in plain
    assert "a-1" in here(own.profile, "services", "logs", "chat", "--instance", "a-2", code=2).err
    assert json.dumps(told)


def test_thousands_are_listed_without_asking_for_each(raw: Deployable, here: Cli, tmp_path: Path) -> None:
    raw.rows = {f"s{n}": {"service_id": f"s{n}", "service_name": f"n{n}", "status": "running"} for n in range(1, 2001)}
    listed = here(tmp_path / "bare", "services", "list", "--output", "json")
    assert len(listed.json) == 2000 and "--find" in listed.err
    assert len(raw.served.requests) < 20
    raw.refuse["GET", "services/s77"] = [no("404 Not Found", "ModelArts.3502")]
    found = here(tmp_path / "bare", "services", "list", "--find", "n77", "--output", "json").json
    assert [one["name"] for one in found] == [f"n77{digit}" for digit in range(10)], "the one that is gone is left out"
    assert "…" in here(tmp_path / "bare", "services", "stop", "???", code=2).err


def test_many_are_followed_by_the_list(raw: Deployable, here: Cli, tmp_path: Path) -> None:
    names = [f"m{number}" for number in range(12)]
    raw.rows = {name: {"service_id": name, "service_name": name, "status": "stopped"} for name in names}
    raw.moves = [dict.fromkeys(names, "deploying"), dict.fromkeys(names, "running") | {"m7": "failed"}]
    raw.events = [(1, "abnormal", "pull image failed: not found")]
    started = here(tmp_path / "bare", "services", "start", *names, "--output", "json", code=1)
    assert len(started.json) == 11 and "'m7' failed: The image" in started.err
    assert len(raw.served.requests) < 70, "a look is one call, not one for each"
    gone = here(tmp_path / "bare", "services", "delete", *names, "--yes", "--output", "json").json
    assert all(one["done"] for one in gone)
