"""Every answer of the new generation field by field against the tables of its documentation."""

from collections.abc import Iterator
from typing import Any

import pytest
from tests.sandbox import requests_v2, schema_v2
from tests.sandbox.conftest import Running
from tests.sandbox.management_v2 import Asked

BUILT_IN = "chat-v2-key"


@pytest.fixture(scope="module")
def ask(sandbox: Running) -> Asked:
    return Asked(sandbox)


@pytest.fixture(scope="module")
def waiting(ask: Asked) -> Iterator[str]:
    """A service without deployments."""
    made = ask("POST", "services", requests_v2.service("waiting", group_configs=[]))
    yield made["id"]
    ask("POST", "services/delete", {"service_ids": [made["id"]]})


def fits(value: Any, table: Any) -> Any:
    assert list(schema_v2.wrong(value, table)) == []
    return value


def test_services(ask: Asked, waiting: str) -> None:
    rows = fits(ask("GET", "services", limit=500), schema_v2.page(schema_v2.SERVICE_ROW))["data"]
    for row in rows:
        fits(ask("GET", f"services/{row['id']}"), schema_v2.SERVICE)
        fits(ask("GET", f"services/{row['id']}/events", limit=500), schema_v2.page(schema_v2.EVENT))
    assert next(row for row in rows if row["id"] == waiting)["status"] == "INIT"


def test_every_answer_that_is_a_service(ask: Asked, waiting: str) -> None:
    changed = ask("PUT", f"services/{waiting}", {"description": "other"})
    assert "predict_url" not in fits(changed, schema_v2.SERVICE)
    assert ask("GET", f"services/{waiting}")["predict_url"] == []
    other = ask("POST", "services", requests_v2.service("waiting-too", group_configs=[]))
    fits(other, schema_v2.SERVICE)
    gone = ask("POST", "services/delete", {"service_ids": [other["id"]]})
    fits(gone, {"service_responses": [schema_v2.SERVICE]})


def test_deployments(ask: Asked, sandbox: Running) -> None:
    one = f"services/{sandbox.service(BUILT_IN)['id']}/deployments"
    rows = fits(ask("GET", one), schema_v2.page(schema_v2.DEPLOYMENT_ROW))["data"]
    number, name = rows[0]["infer_name"], rows[0]["name"]
    fits(ask("GET", f"{one}/{number}"), schema_v2.DEPLOYMENT)
    fits(ask("GET", f"{one}/{name}"), schema_v2.DEPLOYMENT)
    versions = fits(ask("GET", f"{one}/{number}/versions"), schema_v2.page(schema_v2.VERSION))
    fits(ask("GET", f"{one}/{number}/versions/{versions['data'][0]['version']}"), schema_v2.DEPLOYMENT)
    found = fits(ask("GET", f"{one}/{name}/instances"), schema_v2.page(schema_v2.INSTANCE))
    instance = found["data"][0]["instance_name"]
    fits(ask("GET", f"{one}/{name}/instances/{instance}/pods"), schema_v2.page(schema_v2.POD))
    ask("GET", f"{one}/{name}/instances/unknown/pods/unknown/events")
    ask("GET", f"{one}/unknown", expect=404)


def test_keys(ask: Asked, sandbox: Running, waiting: str) -> None:
    rows = fits(ask("GET", "services/api-keys"), schema_v2.page(schema_v2.KEY))["data"]
    assert {row["name"] for row in rows} == {"sandbox", "sandbox-unbound"}
    unbound = next(row["key_id"] for row in rows if row["scope"] == "SERVICE")
    of_user = next(row["key_id"] for row in rows if row["scope"] == "USER")
    fits(ask("POST", f"services/{waiting}/api-keys/{unbound}/bind"), schema_v2.KEY)
    fits(ask("POST", f"services/{waiting}/api-keys/{unbound}/unbind"), schema_v2.KEY)
    ids = {"key_ids": [{"key_id": unbound}, {"key_id": of_user}]}
    told = fits(ask("POST", f"services/{waiting}/api-keys/batch-bind", ids), schema_v2.BATCH)
    assert (told["success_count"], told["failure_count"]) == (1, 1)
    fits(ask("POST", "services/api-keys/temp", {"expire_time": 24}), schema_v2.TEMPORARY_KEY)
    for hours in (0, 25, "1", 1.5, None):
        ask("POST", "services/api-keys/temp", {"expire_time": hours}, expect=400)


def test_connections(ask: Asked, waiting: str) -> None:
    body = {"service_id": waiting, "scene": "POOL", "pool_id": "pool-sandbox", "custom_urls": ["https://a.example.com"]}
    made = fits(ask("POST", "intranet-connection", body), schema_v2.CONNECTION)
    fits(ask("GET", "intranet-connection/requests", id=made["id"]), schema_v2.page(schema_v2.CONNECTION))
    ask("POST", "intranet-connection", {**body, "pool_id": None}, expect=400)
    ask("POST", "intranet-connection", {**body, "custom_urls": ["a.example.com"]}, expect=400)
    ask("POST", "intranet-connection/delete", {"intranet_connection_ids": [made["id"]]})


def test_flavors(ask: Asked) -> None:
    fits(ask("GET", "services/flavors", limit=500), schema_v2.page(schema_v2.FLAVOR))
    ask("GET", "services/flavors", expect=400, flavor_type="TPU")
