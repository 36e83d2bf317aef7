"""`streamscope keys` and `connections`: a key's value goes into the keyring at once, and is printed only on demand."""

from collections.abc import Callable
from pathlib import Path

from tests.deployable import Deployable, no, ok
from tests.program import Result, Sandbox
from tests.raw import Served
from tests.store.test_secrets import Ring

from streamscope.store.bench import open_bench

Here = Callable[..., Result]


def kept(ring: Ring, name: str) -> str | None:
    return ring.kept.get(("streamscope", f"credential/{name}/api_key"))


def test_a_key_is_made_kept_bound_used_and_deleted(own: Sandbox, here: Here, memory_ring: Ring) -> None:
    services = here(own.profile, "services", "--output", "json").json
    service = next(one for one in services if one["generation"] == "v2" and "api_key" in one["auth"])
    made = here(own.profile, "keys", "create", "mine", "--service", service["name"], "--output", "json")
    value = kept(memory_ring, "mine")
    assert value and value not in made.text + made.err
    assert (made.json["credential"], made.json["scope"]) == ("mine", "SERVICE")
    listed = here(own.profile, "keys", "list", "--service", service["id"], "--output", "json")
    assert "mine" in [one["name"] for one in listed.json] and value not in listed.text
    path = ("--path", "/v1/models", "--method", "GET")
    call = ("send", "--service", service["id"], "--credential", "mine", *path)
    taken = here(own.profile, "keys", "create", "mine", code=2)
    assert "already" in taken.err
    here(own.profile, *call)
    unbound = here(own.profile, "keys", "unbind", service["name"], "mine", "--output", "json").json
    assert [one["done"] for one in unbound] == [True]
    here(own.profile, *call, code=1)
    here(own.profile, "keys", "bind", service["name"], "mine")
    assert here(own.profile, "keys", "delete", "mine", code=2).err.count("'mine'") == 1
    here(own.profile, "keys", "delete", "mine", "--yes")
    assert "mine" not in here(own.profile, "keys", "list").text
    assert value not in (own.profile / "credentials.toml").read_text()


def test_a_temporary_key_ends_by_itself(own: Sandbox, here: Here, memory_ring: Ring) -> None:
    made = here(own.profile, "keys", "temporary", "--hours", "2", "--output", "json").json
    assert made["expires"] > made["created"] and kept(memory_ring, made["credential"])
    call = ("send", "--service", "chat-v2-key", "--path", "/v1/models", "--method", "GET", "--credential")
    assert b"streamscope" in here(own.profile, *call, made["credential"]).out, "it is sent in a way of its own"


def test_without_a_keyring_a_key_is_made_only_to_be_printed(own: Sandbox, here: Here) -> None:
    refused = here(own.profile, "keys", "create", "lost", code=3)
    assert "--print" in refused.err
    assert "lost" not in here(own.profile, "keys", "list").text, "nothing was made"
    made = here(own.profile, "keys", "create", "seen", "--print")
    assert len(made.text.strip()) > 20 and "not kept" in made.err
    here(own.profile, "keys", "delete", "seen", "--yes")
    assert "'sandbox'" in here(own.profile, "keys", "delete", "sandbo", "--yes", code=2).err


def test_connections_are_asked_for_and_answered(own: Sandbox, here: Here) -> None:
    service = next(one for one in own.facts["services"] if one["generation"] == "v2")
    made = here(
        *(own.profile, "connections", "create", service["name"], "--vpc", "vpc-1", "--subnet", "net-1"),
        *("--output", "json"),
    ).json
    assert made["status"]
    listed = here(own.profile, "connections", "list", "--output", "json").json
    assert made["id"] in [one["id"] for one in listed]
    here(own.profile, "connections", "create", service["name"], "--vpc", "vpc-1", code=2)
    assert "--yes" in here(own.profile, "connections", "delete", made["id"], code=2).err
    here(own.profile, "connections", "delete", made["id"], "--yes")


def test_where_there_is_no_new_generation_that_is_told(
    here: Here, serve: Callable[..., Served], tmp_path: Path
) -> None:
    raw = Deployable()
    raw.served = serve(raw.script)
    profile = tmp_path / "bare"
    bench = open_bench(profile)
    bench.workspaces.save(raw.workspace())
    bench.settings.set("workspace", "work")
    raw.refuse["GET", "api-keys"] = [no("403 Forbidden", "ModelArts.0108", "no permission")]
    assert "ModelArts.0108" in here(profile, "keys", "list", code=1).err
    raw.refuse["GET", "api-keys"] = [ok(data=[], total=0)]
    assert here(profile, "keys", "list", "--output", "json").json == []
