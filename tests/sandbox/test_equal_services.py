"""One sequence driven by our connector and by the vendor's client: the services that come of it are equal."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from tests.sandbox import requests_v2
from tests.sandbox.conftest import start, stop
from tests.sandbox.vendor import Vendor, model, running

from streamscope.engine import discover
from streamscope.engine.core import Core
from streamscope.kinds.platforms.modelarts.new_services import NewServices
from streamscope.model.credential import Credential
from streamscope.model.deployment import Configuration
from streamscope.model.service import Workspace

VALUES = {
    "description": "A service of a test",
    "task_type": "TEXT_GENERATION",
    "tags": "team: harbour",
    "protocol": "HTTPS",
    "auth_type": "API_KEY",
    "public": "true",
    "rate": "30",
    "rate_unit": "MINUTES",
    "size": "7",
    "timeout": "60",
    "surge": "50",
    "deploy_timeout": "10",
}
PORTION = {
    "deployment": "main",
    "image": "chat:0.0.1",
    "flavor": "modelarts.vm.cpu.2u",
    "environment": "GREETING: hello",
    "readiness": "true",
}
UPGRADE = {"type": "ROLLING", "rolling_update": {"max_surge": "50%", "max_unavailable": "1%"}}
PROBE = {
    "check_method": "HTTP", "url": "/health", "protocol": "HTTP", "initial_delay_seconds": 30, "timeout_seconds": 30,
    "period_seconds": 10, "failure_threshold": 3,
}  # fmt: skip
SAME: dict[str, Any] = {
    "version": "1.0.0",
    "description": "A service of a test",
    "type": "REAL_TIME",
    "deploy_type": "SINGLE",
    "task_type": "TEXT_GENERATION",
    "workspace_id": "0",
    "custom_metrics_path": "http,8080,metrics",
    "deploy_timeout_minutes": 10,
    "tags": [{"key": "team", "value": "harbour"}],
    "upgrade_config": UPGRADE,
    "runtime_config": {
        "service_invoke": {
            "port": 8080, "protocol": "HTTPS", "auth_type": "API_KEY", "internet_access_enable": True,
            "intranet_approval_enable": False,
        },
        "service_limit": {
            "rate_limit": {"num": 30, "unit": "MINUTES"}, "request_size_limit": 7, "request_timeout": 60,
            "ip_white_list": [], "ip_black_list": [],
        },
    },
    "group_configs": [
        {
            "name": "main", "weight": 100, "count": 1, "framework": "COMMON",
            "advanced_config": {
                "port": 8080, "protocol": "HTTP", "deploy_timeout_minutes": 10, "upgrade_config": UPGRADE,
                "custom_metrics_path": "http,8080,metrics",
            },
            "unit_configs": [
                {
                    "role": "COMMON", "count": 1, "port": 8080, "flavor": "modelarts.vm.cpu.2u",
                    "image": {"source": "SWR", "swr_path": "chat:0.0.1", "category": "CPU"},
                    "envs": {"GREETING": "hello"}, "readiness_health": PROBE,
                }
            ],
        }
    ],
}  # fmt: skip


@pytest.fixture(scope="module")
def vendor(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Vendor]:
    running_sandbox = start(tmp_path_factory.mktemp("profile"), "--while-stdin")
    client = Vendor(running_sandbox)
    client("list_infer_services")
    yield client
    client.close()
    assert stop(running_sandbox) == 0


def without_identity(told: Any, name: str, number: str) -> Any:
    """What a service is besides its name, ids and times."""
    own = {"id", "infer_name", "version_id", "create_at", "update_at", "create_time", "key_id"}
    if isinstance(told, dict):
        return {key: without_identity(one, name, number) for key, one in told.items() if key not in own}
    if isinstance(told, list):
        return [without_identity(one, name, number) for one in told]
    return told.replace(number, "ID").replace(name, "NAME") if isinstance(told, str) else told


async def test_our_connector_and_the_sdk_come_to_equal_services(core: Core, vendor: Vendor) -> None:
    facts, ours = vendor.running.facts, NewServices()
    core.bench.credentials.save(Credential("key", "aksk", {"access_key": facts["ak"]}), {"secret_key": facts["sk"]})
    names = ("management", "iam", "region")
    values = {"project": facts["project_id"], **{name: facts[name] for name in names}}
    workspace = Workspace("work", "modelarts", values, ca=facts["ca_file"], proxy="none", credential="key")
    site = discover.site_of(core, workspace)[1]

    def equal(status: str) -> dict[str, Any]:
        """Both services as they are told once they have a status; they are the same."""
        found = [json.loads(vendor.until(number, status).raw_content) for number in (mine, theirs)]
        left, right = (without_identity(one, one["name"], one["id"]) for one in found)
        assert left == right
        return dict(left)

    mine = await ours.deploy(site, Configuration({**VALUES, "name": "of-ours"}, (PORTION,)))
    theirs = vendor("create_infer_service", body=model(vendor, "ServiceCreateRequest", {"name": "of-sdk", **SAME})).id
    told = equal("RUNNING")
    assert told["version"]["instance_groups"][0]["running_count"] == 1

    await ours.scale(site, mine, "main", 2)
    body = model(vendor, "UpdateInferDeploymentScale", {"count": 2})
    vendor("update_infer_deployment_scale", service_id=theirs, deployment_name="main", body=body)
    for number in (mine, theirs):
        running(vendor, number, 2)
    assert equal("RUNNING")["version"]["instance_groups"][0]["count"] == 2

    now = await ours.configuration(site, mine)
    await ours.update(site, mine, Configuration({**now.values, "rate": "10"}, now.portions, now.origin))
    runtime = requests_v2.changed(SAME["runtime_config"], service_limit__rate_limit__num=10)
    body = model(vendor, "ServiceUpdateRequest", {"version": "1.0.1", "runtime_config": runtime})
    vendor("update_infer_service", service_id=theirs, body=body)
    assert equal("RUNNING")["version"]["version"] == "1.0.1"

    key = await ours.keys.create(site, "of-ours", "SERVICE")
    await ours.keys.bind(site, mine, [key.id])
    vendor("bind_infer_api_key", service_id=theirs, key_id=key.id)
    mine_keys, their_keys = (
        json.loads(vendor("list_infer_api_keys", service_id=number).raw_content)["data"] for number in (mine, theirs)
    )
    assert mine_keys == their_keys

    await ours.stop(site, mine)
    vendor("stop_infer_service", service_id=theirs)
    equal("STOPPED")
    await ours.start(site, mine)
    vendor("start_infer_service", service_id=theirs)
    equal("RUNNING")
    assert [one.done for one in await ours.delete(site, [mine])] == [True]
    vendor("batch_delete_infer_services", body=model(vendor, "DeleteServicesRequest", {"service_ids": [theirs]}))
    assert {one.status for one in vendor("list_infer_services", name="of-").data} <= {"DELETING"}
