"""Workspaces and credentials from the command line: nothing secret in arguments, in files or in what is printed."""

import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.engine.test_chain import platform
from tests.program import Result
from tests.raw import Peer, Served

from streamscope.cli.main import run

Cli = Callable[..., Result]
Serve = Callable[..., Served]
CANARY = "c4n4ry-s3cr3t"

RING = '''
"""A keyring in a file outside of the profile, for the tests."""
import json, pathlib
from keyring.backend import KeyringBackend

FILE = pathlib.Path(__file__).with_name("ring.json")

class Ring(KeyringBackend):
    priority = 1

    def get_password(self, service, username):
        return self._kept().get(username)

    def set_password(self, service, username, password):
        FILE.write_text(json.dumps({**self._kept(), username: password}))

    def delete_password(self, service, username):
        FILE.write_text(json.dumps({key: value for key, value in self._kept().items() if key != username}))

    def _kept(self):
        return json.loads(FILE.read_text()) if FILE.exists() else {}
'''


@pytest.fixture
def ring(tmp_path: Path) -> dict[str, str]:
    """The environment of a program that finds a keyring."""
    (tmp_path / "ring").mkdir()
    (tmp_path / "ring" / "file_ring.py").write_text(RING)
    paths = [str(tmp_path / "ring"), *filter(None, sys.path)]
    return {"PYTHON_KEYRING_BACKEND": "file_ring.Ring", "PYTHONPATH": ":".join(paths)}


def test_a_credential_from_pipe_to_wire(bare: Cli, serve: Serve, ring: dict[str, str], tmp_path: Path) -> None:
    async def ok(peer: Peer) -> None:
        await peer.request()
        await peer.answer(b"fine")

    server = serve(ok)
    said = []

    def told(*arguments: str, given: bytes = b"", code: int = 0) -> Result:
        result = bare(*arguments, given=given, env=ring)
        assert result.code == code, result.err
        said.append(result.text + result.err)
        return result

    told("credentials", "add", "home", "--auth", "bearer", "--set", "token=@-", given=f"{CANARY}\n".encode())
    told("credentials", "edit", "home", "--name", "house")
    told("credentials", "duplicate", "house")
    told(
        "workspaces", "add", "own", "--platform", "address", "--set", f"urls=it {server.http}", "--credential", "house"
    )
    (house, copy) = told("credentials", "list", "--output", "json").json
    assert (house["name"], house["auth"], house["secrets"], house["workspaces"]) == (
        "house",
        "bearer",
        ["token"],
        ["own"],
    )
    assert copy["name"] == "house copy"
    told("send", "--workspace", "own", "--service", "it", "--auth", "bearer")
    assert server.request.get("authorization") == f"Bearer {CANARY}"
    told("send", server.http, "--credential", "house copy")
    assert server.requests[-1].get("authorization") == f"Bearer {CANARY}"
    assert "bearer" in told("send", server.http, "--auth", "basic", "--credential", "house", code=2).err
    draft = tmp_path / "named.yaml"
    draft.write_text(
        f"auth: {{kind: bearer, credential: house}}\nchannel: {{kind: address, values: {{url: {server.http}}}}}\n"
    )
    told("send", "--draft", str(draft))
    assert server.requests[-1].get("authorization") == f"Bearer {CANARY}"
    assert told("credentials", "show", "house").json["used"]
    assert "own" in told("credentials", "remove", "house").err
    told("credentials", "remove", "house copy")
    assert json.loads((tmp_path / "ring" / "ring.json").read_text()) == {}
    assert CANARY not in "".join(said)
    for path in (tmp_path / "bare").rglob("*"):
        assert path.is_dir() or CANARY.encode() not in path.read_bytes()


def test_a_secret_on_the_command_line_is_refused(bare: Cli) -> None:
    result = bare("credentials", "add", "home", "--auth", "basic", "--set", "user=me", "--set", f"password={CANARY}")
    assert result.code == 2
    assert "secret" in result.err
    assert "password=@-" in result.err
    assert CANARY not in result.err
    assert bare("credentials", "list", "--output", "json").json == []


def test_without_a_keyring_nothing_is_pretended(bare: Cli) -> None:
    result = bare("credentials", "add", "home", "--auth", "bearer", "--set", "token=@-", given=CANARY.encode())
    assert result.code == 3
    assert "no keyring" in result.err
    assert "STREAMSCOPE_BEARER_TOKEN" in result.err
    assert bare("credentials", "list", "--output", "json").json == []


def test_workspaces_are_added_edited_and_removed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def said(*arguments: str, code: int = 0) -> str:
        assert run(["workspaces", *arguments], tmp_path) == code
        return capsys.readouterr().out.strip()

    add = ("add", "work", "--platform", "modelarts", "--set", "region=r", "--set", "project=p")
    said(*add)
    said(*add, code=2)
    said("edit", "work", "--set", "region=", "--proxy", "none", "--name", "office")
    assert said("duplicate", "office") == "office copy"
    found = json.loads(said("list", "--output", "json"))
    assert [one["name"] for one in found] == ["sandbox", "office", "office copy"]
    assert (found[1]["values"], found[1]["proxy"]) == ({"project": "p"}, "none")
    said("remove", "office")
    said("show", "office", code=2)
    for wrong in (("--set", "regoin=x"), ("--platform", "x"), ("--credential", "x"), ("--resolve", "x")):
        said("edit", "office copy", *wrong, code=2)


def test_the_chain_in_a_terminal(bare: Cli, serve: Serve, closed_port: int) -> None:
    good = serve(platform()).http
    values = ("--set", "region=r", "--set", "project=p")
    env = {"STREAMSCOPE_TOKEN_DOMAIN": "d", "STREAMSCOPE_TOKEN_USER": "u", "STREAMSCOPE_TOKEN_PASSWORD": CANARY}
    bare("workspaces", "add", "good", *values, "--set", f"management={good}", "--set", f"iam={good}")
    closed = f"http://127.0.0.1:{closed_port}"
    bare("workspaces", "add", "bad", *values, "--set", f"management={closed}", "--set", f"iam={closed}")
    holds = bare("workspaces", "test", "good", env=env)
    assert holds.code == 0
    assert "Services: 0" in holds.text
    breaks = bare("workspaces", "test", "bad", "--json", env=env)
    assert breaks.code == 3
    last = {row["link"]: row for row in breaks.events}
    assert [key for key, row in last.items() if row["state"] == "failed"] == ["route"]
    assert last["route"]["remedy"]
    assert CANARY not in holds.text + holds.err + breaks.text + breaks.err


def test_the_sandbox_in_a_terminal(cli: Cli) -> None:
    result = cli("workspaces", "test", "sandbox", "--json")
    assert result.code == 0, result.text
    assert {row["state"] for row in {row["link"]: row for row in result.events}.values()} == {"ok"}
