"""API keys: the value is told once, and must be understood in whatever form it comes."""

import csv
import io
import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.management import Answer, Management, Rule, management, paged, refused
from tests.raw import Served

from streamscope.engine import discover
from streamscope.engine.core import Core
from streamscope.kinds.platforms.base import Site
from streamscope.kinds.platforms.modelarts.keys import NewKeys, key_value
from streamscope.model.deployment import Outcome
from streamscope.model.errors import PlatformRefusal, UsageError

Serve = Callable[..., Served]
KEY = "sk-AbC123/=+"
ROW = {"key_id": "k1", "name": "mine", "scope": "SERVICE", "create_time": "1700000000000",
       "services": [{"id": "s1", "name": "chat"}, None], "description": None}  # fmt: skip


def place(core: Core, told: Management) -> Site:
    return discover.site_of(core, told.workspace())[1]


@pytest.mark.parametrize(
    "told",
    [
        f"api_key\n{KEY}\n",
        f"\ufeffname,api_key\r\nmine,{KEY}\r\n",
        f'"name","api_key","create_time"\n"a, ""b""\nc","{KEY}","1"\n',
        f"name;API_KEY;scope\nmine;{KEY};USER\n",
        f"api_key\tname\n{KEY}\tmine\n",
        f"name,mine\napi_key,{KEY}\nscope,USER\n",
        f"api_key,{KEY}\nname,mine\n",
        f"# a key of yours\n\napi_key , name\n{KEY} , mine\n",
        json.dumps({"api_key": KEY}),
        json.dumps({"data": {"api_key": KEY, "name": "mine"}}),
        json.dumps({"data": [{"api_key": KEY}]}),
        json.dumps([{"name": "mine"}, {"api_key": KEY}]),
    ],
)
def test_a_key_is_found_in_its_file(told: str) -> None:
    assert key_value(told.encode()) == KEY
    assert key_value(told.encode("utf-16")) == KEY


@pytest.mark.parametrize(
    "told", [b"", b"name\nmine\n", b"api_key\n", b"{}", b"{", b"[1]", b"\xff\x00\xff", b"<html></html>"]
)
def test_no_key_is_none(told: bytes) -> None:
    assert key_value(told) == ""


cells = st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc", "Zs"]), max_size=12)
columns = st.sampled_from(["name", "scope", "description", "created by", "x"])


@given(st.lists(st.tuples(columns, cells), max_size=4), st.integers(0, 4), st.sampled_from([",", ";", "\t"]))
def test_a_key_is_found_among_any_columns(others: list[tuple[str, str]], at: int, separator: str) -> None:
    others.insert(min(at, len(others)), ("api_key", KEY))
    made = io.StringIO()
    csv.writer(made, delimiter=separator).writerows(list(zip(*others, strict=True)))
    assert key_value(made.getvalue().encode("utf-8-sig")) == KEY


@given(st.binary(max_size=60))
def test_any_answer_can_be_read(told: bytes) -> None:
    key_value(told)


async def test_a_key_is_made_and_told_with_its_id(core: Core, serve: Serve) -> None:
    file = Answer(f"name,api_key\nmine,{KEY}\n".encode(), content_type="text/csv")
    rows = [{**ROW, "key_id": "k0", "name": "mine-too"}, ROW]
    told = management(serve, {"POST v2/services/api-keys": file, "GET v2/services/api-keys": paged(rows)})
    made = await NewKeys().create(place(core, told), " mine ", "service", "for me")
    assert (made.id, made.value, made.scope, made.services) == ("k1", KEY, "SERVICE", (("s1", "chat"),))
    assert made.created == 1_700_000_000
    sent = told.bodies("POST", "v2/services/api-keys")
    assert sent == [{"name": "mine", "scope": "SERVICE", "description": "for me"}]
    assert told.asked[1].query["name"] == "mine"


async def test_a_keys_value_is_not_lost_where_the_list_is_refused(core: Core, serve: Serve) -> None:
    told = management(serve, {
        "POST v2/services/api-keys": Answer(f"api_key\n{KEY}".encode(), content_type="application/octet-stream"),
        "GET v2/services/api-keys": refused("403 Forbidden", "ModelArts.0108"),
    })  # fmt: skip
    made = await NewKeys().create(place(core, told), "mine", "USER")
    assert (made.id, made.name, made.value) == ("", "mine", KEY)


async def test_a_key_whose_value_is_not_told_is_an_error_that_says_what_to_do(core: Core, serve: Serve) -> None:
    told = management(serve, {"POST v2/services/api-keys": {"key_id": "k1"}, "GET v2/services/api-keys": paged([ROW])})
    with pytest.raises(PlatformRefusal) as caught:
        await NewKeys().create(place(core, told), "mine", "USER")
    assert "delete the key" in str(caught.value.hint)


@pytest.mark.parametrize(("name", "description"), [("", ""), ("a b", ""), ("x" * 65, ""), ("a", "<"), ("a", "x" * 257)])
async def test_what_the_rules_forbid_is_not_sent(core: Core, serve: Serve, name: str, description: str) -> None:
    told = management(serve)
    with pytest.raises(UsageError):
        await NewKeys().create(place(core, told), name, "USER", description)
    assert told.asked == []


@pytest.mark.parametrize(
    ("said", "ends"),
    [
        ({"create_time": 1_700_000_000_000, "expire_time": 2}, 1_700_007_200),
        ({"create_time": "1700000000000", "expire_time": "1700003600000"}, 1_700_003_600),
        ({"create_time": 1_700_000_000, "expire_time": 1_700_003_600}, 1_700_003_600),
        ({"create_time": 1_700_000_000_000}, 1_700_007_200),
    ],
)
async def test_a_temporary_key_ends(core: Core, serve: Serve, said: dict[str, Any], ends: float) -> None:
    told = management(serve, {"POST v2/services/api-keys/temp": {"api_key": KEY, **said}})
    made = await NewKeys().temporary(place(core, told), 2)
    assert (made.value, made.expires) == (KEY, ends)
    assert told.asked[0].body == {"expire_time": 2, "workspace_id": "0"}
    with pytest.raises(UsageError):
        await NewKeys().temporary(place(core, told), 25)


async def test_keys_of_a_service_are_those_that_it_accepts(core: Core, serve: Serve) -> None:
    told = management(serve, {"GET v2/services/api-keys": paged([ROW])})
    assert [key.id for key in await NewKeys().all(place(core, told), "s 1")] == ["k1"]
    assert (told.asked[0].query["service_id"], told.asked[0].query["with_user_scope"]) == ("s 1", "true")
    await NewKeys().all(place(core, told))
    assert "service_id" not in told.asked[1].query


async def test_keys_are_bound_ten_at_a_time_and_each_has_its_outcome(core: Core, serve: Serve) -> None:
    def bind(asked: Any) -> Rule:
        ids = [row["key_id"] for row in asked.body["key_ids"]]
        assert len(ids) <= 10
        if "k15" in ids:
            return refused("400 Bad Request", "ModelArts.0104", "no such key")
        bad = [key for key in ids if key == "k3"]
        failures = [{"key_id": key, "error_code": "ModelArts.8909", "error_msg": "not of scope SERVICE"} for key in bad]
        return {"success_items": [{"key_id": key} for key in ids if key not in bad], "failure_items": failures}

    told = management(serve, {"POST v2/services/s1/api-keys/batch-bind": bind})
    keys = [f"k{number}" for number in range(20)]
    found = await NewKeys().bind(place(core, told), "s1", [*keys, "k1"])
    assert [outcome.id for outcome in found] == keys
    assert [outcome.id for outcome in found if not outcome.done] == ["k3", *keys[10:]]
    assert found[3] == Outcome("k3", done=False, note="ModelArts.8909: not of scope SERVICE")
    assert "no such key" in found[15].note
    assert len(told.asked) == 2


async def test_unbinding_and_deleting(core: Core, serve: Serve) -> None:
    told = management(serve, {"POST v2/services/s1/api-keys/batch-unbind": {}, "DELETE v2/services/api-keys/k/1": b""})
    site = place(core, told)
    assert await NewKeys().unbind(site, "s1", ["k1"]) == [Outcome("k1", done=True)]
    await NewKeys().delete(site, "k/1")
    with pytest.raises(UsageError):
        await NewKeys().delete(site, "")
    assert told.paths("DELETE") == ["v2/services/api-keys/k/1"]
