"""The vendor's own client drives the sandbox: every call succeeds, and its models know all that is answered.

What it cannot do, from its own sources: it sends no tags with CreateInferServiceTag (the request has no body), it reads
CreateInferApiKey as a stream, and it knows neither services of the old generation nor a call of a service.
"""

import csv
import io
import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from huaweicloudsdkmodelarts import v1 as sdk
from tests.sandbox import requests_v2
from tests.sandbox.conftest import start, stop
from tests.sandbox.vendor import SECONDS, Vendor, create, model, refused, running


@pytest.fixture(scope="module")
def vendor(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Vendor]:
    running = start(tmp_path_factory.mktemp("profile"), "--while-stdin")
    client = Vendor(running)
    client("list_infer_cluster_flavors")  # its connection and its thread belong to the module, not to a test
    yield client
    client.close()
    assert stop(running) == 0


@pytest.fixture(scope="module")
def deployed(vendor: Vendor) -> dict[str, Any]:
    """A service as it was told when it had just been deployed."""
    made = create(vendor, "vendor")
    assert (made.status, made.predict_url) == ("DEPLOYING", None)
    told: dict[str, Any] = json.loads(vendor.until(made.id, "RUNNING").raw_content)
    return told


@pytest.fixture(scope="module")
def service(deployed: dict[str, Any]) -> str:
    """A service that runs."""
    number: str = deployed["id"]
    return number


def deployment(vendor: Vendor, service: str) -> Any:
    return vendor("list_infer_deployments", service_id=service).data[0]


def test_every_operation_of_the_new_generation_is_driven() -> None:
    known = {name for name in dir(sdk.ModelArtsClient) if "_infer_" in name and not name.startswith("_")}
    source = "".join(path.read_text(encoding="utf-8") for path in Path(__file__).parent.glob("*vendor*.py"))
    assert {name for name in known if not name.endswith("_invoker") and f'"{name}"' not in source} == set()


def test_create_and_show(vendor: Vendor, deployed: dict[str, Any]) -> None:
    assert [entry["type"] for entry in deployed["predict_url"]] == ["PUBLIC", "INTERNAL"]
    assert deployed["predict_url"][0]["urls"][0].endswith(f"/v2/infer/{deployed['id']}")
    asked = requests_v2.SERVICE
    assert deployed["version"]["runtime_config"] == asked["runtime_config"]
    assert deployed["version"]["upgrade_config"] == asked["upgrade_config"]
    group = deployed["version"]["instance_groups"][0]
    unit = {**group["unit_configs"][0]}
    assert unit.items() >= {key: value for key, value in requests_v2.UNIT.items() if key != "image"}.items()
    assert unit["image"].items() >= requests_v2.UNIT["image"].items()
    assert group.items() >= {key: value for key, value in requests_v2.GROUP.items() if key != "unit_configs"}.items()
    assert (group["status"], group["running_count"], group["traffic_ratio"]) == ("RUNNING", 1, "100.00%")
    body = model(vendor, "ServiceCreateRequest", requests_v2.service("vendor"))
    assert refused(vendor, "create_infer_service", body=body) == (409, "ModelArts.3503")


def test_list_with_pages(vendor: Vendor) -> None:
    made = [create(vendor, f"page-{number}", group_configs=[]).id for number in range(5)]
    rows: list[Any] = []
    while True:
        page = vendor("list_infer_services", name="page-", limit=2, offset=len(rows), sort_key="create_at")
        rows += page.data
        assert (page.size, page.pages, page.total) == (2, 3, 5)
        if page.current == page.pages - 1:
            break
    assert [row.id for row in rows] == made[::-1]
    assert {row.status for row in rows} == {"INIT"}
    assert vendor("list_infer_services", status="INIT", auth_type="TOKEN", tags="team|harbour").total == 5
    assert vendor("list_infer_services", tags="team|other").total == 0
    assert vendor("list_infer_services", id=made[0], user_name="developer", sort_dir="ASC").data[0].name == "page-0"
    assert refused(vendor, "list_infer_services", limit=2, offset=3) == (400, "ModelArts.0104")
    assert refused(vendor, "list_infer_services", limit=501) == (400, "ModelArts.0104")
    body = model(vendor, "DeleteServicesRequest", {"service_ids": made})
    told = vendor("batch_delete_infer_services", body=body).service_responses
    assert [row.id for row in told] == made
    assert {row.status for row in told} == {"DELETING"}


def test_update(vendor: Vendor, service: str) -> None:
    same = model(vendor, "ServiceUpdateRequest", {"runtime_config": requests_v2.SERVICE["runtime_config"]})
    assert refused(vendor, "update_infer_service", service_id=service, body=same) == (400, "ModelArts.8031")
    limit = {**requests_v2.LIMIT, "request_size_limit": 33}
    runtime = {"service_invoke": requests_v2.INVOKE, "service_limit": limit}
    values = {"version": "1.2.0", "description": "changed", "runtime_config": runtime}
    changed = vendor("update_infer_service", service_id=service, body=model(vendor, "ServiceUpdateRequest", values))
    assert (changed.version.version, changed.version.description) == ("1.2.0", "changed")
    assert changed.version.runtime_config.service_limit.request_size_limit == 33
    row = vendor("list_infer_services", id=service).data[0]
    assert (row.version, row.version_count, row.description) == ("1.2.0", 2, "changed")
    only = model(vendor, "ServiceUpdateRequest", {"description": "again"})
    assert vendor("update_infer_service", service_id=service, body=only).version.version == "1.2.0"


def test_events(vendor: Vendor, service: str) -> None:
    page = vendor("list_infer_service_events", service_id=service, event_type="NORMAL", limit=500)
    assert "start to deploy service" in {row.event_info for row in page.data}
    found = vendor("list_infer_service_events", service_id=service, event_info_key="START TO", start_time=1)
    assert found.total >= 1
    assert vendor("list_infer_service_events", service_id=service, end_time=1).total == 0


def test_deployments_and_versions(vendor: Vendor, service: str) -> None:
    row = deployment(vendor, service)
    where = {"service_id": service, "deployment_id": row.infer_name}
    assert vendor("show_infer_deployment", **where).version == "1.0.0"
    unit = {**requests_v2.UNIT, "envs": {"GREETING": "good day"}}
    values = {"name": row.name, "weight": 100, "unit_configs": [unit]}
    body = model(vendor, "GroupConfigUpdateRequest", values)
    vendor("update_infer_deployment", **where, body=body)
    vendor.until(service, "RUNNING")
    page = vendor("list_infer_deployment_versions", **where)
    assert [one.version for one in page.data] == ["1.0.1", "1.0.0"]
    assert [one.version_status for one in page.data] == ["RUNNING", "STOPPED"]
    was = vendor("show_infer_deployment_version", **where, version="1.0.0")
    assert was.unit_configs[0].envs == {"GREETING": "hello"}
    values = {"service_id": service, "target_deployment_version": "1.0.0", "infer_name": row.infer_name}
    body = model(vendor, "SwitchInferDeploymentVersionRequestBody", values)
    vendor("switch_infer_deployment_version", **where, version="1.0.0", body=body)
    vendor.until(service, "RUNNING")
    assert vendor("show_infer_deployment", **where).unit_configs[0].envs == {"GREETING": "hello"}
    assert refused(vendor, "delete_infer_deployment_version", **where, version="1.0.0") == (400, "ModelArts.3519")
    vendor("delete_infer_deployment_version", **where, version="1.0.1")
    assert vendor("list_infer_deployment_versions", **where).total == 1


def test_instances_and_pods(vendor: Vendor, service: str) -> None:
    name = deployment(vendor, service).name
    body = model(vendor, "UpdateInferDeploymentScale", {"count": 2})
    vendor("update_infer_deployment_scale", service_id=service, deployment_name=name, body=body)
    found = running(vendor, service, 2)
    assert found.data[0].running_pod_count == 1
    first, second = (one.instance_name for one in found.data)
    of_first = {"id": service, "deployment_name": name}
    pods = vendor("list_infer_deployment_pods", **of_first, name=first)
    assert pods.total == 1
    vendor("delete_infer_deployment_instance", **of_first, name=first, force=True)
    pod = vendor("list_infer_deployment_pods", **of_first, name=second).data[0].pod_name
    vendor("delete_infer_deployment_pod", **of_first, instance_name=second, name=pod)
    running(vendor, service, 2)
    events = vendor(
        "list_infer_deployment_pod_events", **of_first, instance_name=first, name=pods.data[0].pod_name, start_time=1
    )
    assert [event.type for event in events.body][:1] == ["Warning"]
    vendor("delete_infer_deployment_instance", **of_first, name=first, operation="DELETE")
    vendor.until(service, "RUNNING")
    assert vendor("show_infer_deployment", service_id=service, deployment_id=name).count == 1


def test_a_second_deployment(vendor: Vendor, service: str) -> None:
    body = model(vendor, "GroupConfig", {**requests_v2.GROUP, "name": "second", "weight": 0})
    made = vendor("create_infer_deployment", service_id=service, body=body)
    where = {"service_id": service, "deployment_id": made.id}
    assert vendor("show_infer_deployment", **where).status == "DEPLOYING"
    vendor.until(service, "RUNNING")
    assert vendor("list_infer_deployments", service_id=service, status="all", delete_after=7).total == 2
    vendor("stop_infer_deployment", **where)
    vendor.until(service, "RUNNING")
    assert vendor("show_infer_deployment", **where).status == "STOPPED"
    vendor("start_infer_deployment", **where)
    vendor.until(service, "RUNNING")
    assert vendor("show_infer_deployment", **where).status == "RUNNING"
    vendor("delete_infer_deployment", **where)
    vendor.until(service, "RUNNING")
    assert vendor("list_infer_deployments", service_id=service).total == 1


def test_stop_interrupt_start(vendor: Vendor, service: str) -> None:
    where = {"service_id": service, "deployment_id": deployment(vendor, service).infer_name}
    assert vendor("stop_infer_service", service_id=service).status == "STOPPING"
    vendor.until(service, "STOPPED")
    assert refused(vendor, "stop_infer_service", service_id=service) == (400, "ModelArts.3519")
    vendor("start_infer_service", service_id=service)
    vendor("cancel_infer_deployment", **where)
    vendor.until(service, "STOPPED")
    assert vendor("start_infer_service", service_id=service).status == "DEPLOYING"
    vendor.until(service, "RUNNING")


def test_scaling_policies(vendor: Vendor, service: str) -> None:
    where = {"service_id": service, "deployment_id": deployment(vendor, service).infer_name}
    rule = {"name": "at-night", "type": "CRON_HPA", "schedule": "0 22 * * *", "target_replicas": 1}
    target = {"target_resource_id": where["deployment_id"], "target_resource_type": "GROUP"}
    body = model(vendor, "CreateHpaRequestBody", {"type": "CRON_HPA", "hpa_rules": [rule], **target})
    made = vendor("create_infer_deployment_hpa", **where, body=body)
    more = {"id": made.id, "hpa_rules": [{**rule, "name": "at-noon", "operate": "ADD"}]}
    body = model(vendor, "UpdateHpaRequestBody", more)
    assert len(vendor("update_infer_deployment_hpa", **where, body=body).hpa_rules) == 2
    assert vendor("show_infer_deployment_hpa", **where).id == made.id
    assert vendor("list_infer_deployment_hpa_events", **where).total == 0
    assert vendor("delete_infer_deployment_hpa", **where).status == "DELETED"
    metric = {"endpoint": "localhost", "path": "/metrics", "port": "8080", "scheme": "HTTP"}
    rule = {"slo_info": [{"slo_objectives": [{"metric_ttft": 100, "metric_tpot": 50}]}], "metrics": [metric]}
    body = model(vendor, "CreateHraRequestBody", {"workspace_id": "0", "hra_rules": [rule]})
    made = vendor("create_infer_hra", **where, body=body)
    changed = {**rule, "id": made.hra_rules[0].id, "operate": "DELETE"}
    body = model(vendor, "UpdateHraRequestBody", {"workspace_id": "0", "hra_rules": [changed], "disable": True})
    assert vendor("update_infer_hra", **where, body=body).hra_rules == []
    assert vendor("show_infer_hra", **where).disable is True


def test_api_keys(vendor: Vendor, service: str) -> None:
    body = model(vendor, "CreateApiKeyReq", {"name": "by-vendor", "scope": "SERVICE", "description": "of a test"})
    told: list[bytes] = []
    vendor("create_infer_api_key", body=body).consume_download_stream(lambda stream: told.append(stream.content))
    row = next(csv.DictReader(io.StringIO(told[0].decode())))
    assert len(row["api_key"]) > 40
    assert refused(vendor, "create_infer_api_key", body=body) == (409, "ModelArts.3503")
    key = vendor("list_infer_api_keys", name="by-vendor").data[0]
    assert (key.key_id, key.scope, key.services) == (row["key_id"], "SERVICE", [])
    where = {"service_id": service, "key_id": key.key_id}
    assert vendor("bind_infer_api_key", **where).services[0].id == service
    assert vendor("list_infer_api_keys", service_id=service).total == 1
    assert vendor("list_infer_api_keys", service_id=service, with_user_scope=True, service_name="vend").total == 1
    assert vendor("unbind_infer_api_key", **where).services == []
    body = model(vendor, "BatchBindApiKeyRequest", {"key_ids": [{"key_id": key.key_id}, {"key_id": "0" * 32}]})
    told_of = vendor("batch_bind_infer_api_keys", service_id=service, body=body)
    assert (told_of.success_count, told_of.failure_items[0].error_code) == (1, "ModelArts.3502")
    body = model(vendor, "BatchUnBindApiKeyRequest", {"key_ids": [{"key_id": key.key_id}]})
    assert vendor("batch_unbind_infer_api_keys", service_id=service, body=body).success_count == 1
    body = model(vendor, "CreateTempApiKeyReq", {"expire_time": 1})
    made = vendor("create_infer_temp_api_key", body=body)
    assert made.expire_time - made.create_time == 3_600_000
    assert vendor("delete_infer_api_key", key_id=key.key_id).name == "by-vendor"
    assert refused(vendor, "delete_infer_api_key", key_id=key.key_id) == (404, "ModelArts.3502")


def test_intranet_connections(vendor: Vendor, service: str) -> None:
    values = {"service_id": service, "scene": "VPC", "vpc_id": "vpc-1", "subnet_id": "subnet-1"}
    made = vendor("create_infer_intranet_connection", body=model(vendor, "IntranetConnectionRequest", values))
    assert made.status == "CONNECTING"
    end = time.monotonic() + SECONDS
    while (asked := vendor("list_infer_intranet_connection_applications", id=made.id)).data[0].status == "CONNECTING":
        assert time.monotonic() < end
        time.sleep(0.02)
    assert asked.data[0].url_list[0].endswith(f"/v2/infer/{service}")
    urls = model(vendor, "IntranetConnectionModifyRequest", {"custom_urls": ["https://models.example.com/chat"]})
    changed = vendor("modify_infer_intranet_connections", id=made.id, body=urls)
    assert changed.custom_url_list == ["https://models.example.com/chat"]
    body = model(vendor, "UpdateIntranetConnectionRequestBody", {"action": "CANCEL"})
    vendor("update_infer_intranet_connection", id=made.id, body=body)
    reviews = vendor("list_infer_intranet_connection_reviews", service_id=service, status="CANCELED")
    assert reviews.total == 1
    body = model(vendor, "IntranetConnectionDeleteRequest", {"intranet_connection_ids": [made.id]})
    vendor("batch_delete_infer_intranet_connections", body=body)
    assert vendor("list_infer_intranet_connection_reviews", id=made.id).total == 0


def test_tags(vendor: Vendor, service: str) -> None:
    vendor("create_infer_service_tag", resource_id=service)  # its request has no body: nothing is added
    assert [tag.key for tag in vendor("show_infer_service_tags", resource_id=service).tags] == ["team"]
    assert vendor("list_infer_service_tags").tags[0].values == ["harbour"]
    query = {"tags": [{"key": "team", "values": ["harbour"]}], "matches": [{"key": "resource_name", "value": "vendor"}]}
    body = model(vendor, "QueryTmsResourceCountRequest", query)
    assert vendor("count_infer_services_by_tags", body=body).total_count == 1
    body = model(vendor, "QueryTmsResourceRequest", query)
    assert vendor("list_infer_services_by_tags", body=body).resources[0].resource_id == service
    body = model(vendor, "DeleteInferTmsTagsRequest", {"tags": [{"key": "other"}]})
    vendor("delete_infer_service_tag", resource_id=service, body=body)


def test_flavors_cluster_and_mode(vendor: Vendor) -> None:
    page = vendor("list_infer_cluster_flavors", flavor_type="CPU", limit=500)
    assert {flavor.category for flavor in page.data} == {"CPU"}
    assert vendor("list_infer_cluster_flavors").total > page.total
    assert vendor("show_infer_service_cluster", id="pool-sandbox").status == "ACTIVE"
    body = model(vendor, "UpdateAuthModeRequestBody", {"mode": "strict"})
    assert vendor("update_auth_mode", body=body).mode == "strict"
    assert vendor("show_authmode_detail").mode == "strict"


def test_a_provider_protects_its_service(vendor: Vendor) -> None:
    token = vendor.running.token(scope="domain")
    body = model(vendor, "ServiceCreateRequest", requests_v2.service("provided", group_configs=[]))
    made = vendor("create_infer_service", body=body, x_auth_token_provider=token)
    assert made.provider
    only = model(vendor, "ServiceUpdateRequest", {"description": "changed"})
    assert refused(vendor, "update_infer_service", service_id=made.id, body=only) == (403, "ModelArts.3540")
    other = model(vendor, "ServiceCreateRequest", requests_v2.service("provided-too", group_configs=[]))
    wrong = {"body": other, "x_auth_token_provider": "nonsense"}
    assert refused(vendor, "create_infer_service", **wrong) == (401, "ModelArts.0203")
    body = model(vendor, "DeleteServicesRequest", {"service_ids": [made.id]})
    vendor("batch_delete_infer_services", body=body)


def test_delete(vendor: Vendor) -> None:
    made = create(vendor, "short-lived")
    body = model(vendor, "DeleteServicesRequest", {"service_ids": [made.id]})
    assert vendor("batch_delete_infer_services", body=body).service_responses[0].status == "DELETING"
    end = time.monotonic() + SECONDS
    while time.monotonic() < end and vendor("list_infer_services", id=made.id).total:
        time.sleep(0.02)
    assert refused(vendor, "show_infer_service", service_id=made.id) == (404, "ModelArts.3502")


def test_a_wrong_secret_is_refused(vendor: Vendor) -> None:
    other = Vendor(vendor.running, secret="0" * 40)
    assert refused(other, "list_infer_services") == (401, "APIGW.0301")
    other.close()
