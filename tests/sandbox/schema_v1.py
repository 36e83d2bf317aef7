"""The old generation's answers, field by field: the tables of its API reference, written as data.

`Of(kind, when)`: `kind` is a type, an Of, a list of one kind, or a table; `when` says that a field is in every answer
("always"), may be missing ("maybe"), or must be there while another field has one of some values. A field that no table
has is wrong, too.
"""

from dataclasses import dataclass
from typing import Any, Literal

Table = dict[str, "Of"]
STATUSES = {"running", "deploying", "concerning", "failed", "stopped", "finished", "stopping", "deleting", "pending",
            "waiting"}  # fmt: skip
EVENTS = {"normal", "abnormal"}
RESULTS = {"SUCCESS", "FAIL", "RUNNING"}
READY = {"ready", "concerning", "notReady"}


@dataclass(frozen=True)
class Of:
    """A field's kind, and whether it is always there."""

    kind: Any
    when: Literal["always", "maybe"] | tuple[str, set[str]] = "always"


def maybe(kind: Any) -> Of:
    return Of(kind, "maybe")


def during(kind: Any, *statuses: str) -> Of:
    """A field that must be there in some statuses."""
    return Of(kind, ("status", set(statuses)))


@dataclass(frozen=True)
class Map:
    """An object of any keys whose values are of one kind."""

    kind: Any


MOMENT = int
"""Milliseconds since the epoch."""
NUMBER = (int, float)

SCHEDULE: Table = {"type": Of({"stop"}), "time_unit": Of({"DAYS", "HOURS", "MINUTES"}), "duration": Of(int)}
TAG: Table = {"key": Of(str), "value": Of(str)}
SERVICE: Table = {
    "service_id": Of(str), "service_name": Of(str), "description": Of(str), "tenant": Of(str), "project": Of(str),
    "owner": Of(str), "publish_at": Of(MOMENT), "infer_type": Of({"real-time"}), "workspace_id": Of(str),
    "cluster_id": maybe(str), "pool_name": maybe(str), "vpc_id": maybe(str), "subnet_network_id": maybe(str),
    "security_group_id": maybe(str), "status": Of(STATUSES), "progress": during(int, "pending", "deploying"),
    "error_msg": during(str, "failed"),
    "invocation_times": Of(int), "failed_times": Of(int), "is_shared": Of(bool), "shared_count": Of(int),
    "schedule": Of([SCHEDULE]), "due_time": maybe(MOMENT), "update_time": Of(MOMENT), "operation_time": Of(MOMENT),
    "transition_at": Of(MOMENT), "is_free": Of(bool), "additional_properties": Of(Map(Any)),
    "load_balancer_policy": Of({"ROUND_ROBIN", "LEAST_CONNECTIONS", "SOURCE_IP"}), "priority": maybe(int),
    "tags": maybe([TAG]),
}  # fmt: skip
LISTED: Table = {**SERVICE, "is_opened_sample_collection": Of(bool)}
CONFIG: Table = {
    "model_id": Of(str), "model_name": Of(str), "model_version": Of(str), "status": Of(READY), "weight": Of(int),
    "specification": Of(str), "custom_spec": maybe(Map(NUMBER)), "instance_count": Of(int), "envs": Of(Map(str)),
    "cluster_id": maybe(str), "pool_name": maybe(str), "deploy_timeout_in_seconds": maybe(int),
    "additional_properties": Of(Map(Any)), "scaling": Of(bool), "support_debug": Of(bool), "source_type": Of(str),
}  # fmt: skip
DETAIL: Table = {
    **SERVICE, "config": Of([CONFIG]),
    "access_address": during(str, "running", "concerning", "stopped"), "bind_access_address": maybe(str),
    "debug_url": maybe(str),
}  # fmt: skip


def page(name: str, row: Table) -> Table:
    return {"total_count": Of(int), "count": Of(int), name: Of([row])}


NAMED: Table = {"service_id": Of(str), "service_name": Of(str)}
LIST = page("services", LISTED)
CREATED: Table = {"service_id": Of(str), "resource_ids": Of([str])}
NOTHING: Table = {}
EVENT: Table = {"event_type": Of(EVENTS), "event_info": Of(str), "occur_time": Of(MOMENT)}
EVENT_LIST: Table = {**NAMED, **page("events", EVENT)}
LOG: Table = {"update_time": Of(MOMENT), "result": Of(RESULTS), "config": Of([CONFIG]), "error_msg": maybe(str)}
LOGS: Table = {**NAMED, "logs": Of([LOG])}
USAGE: Table = {
    "model_id": Of(str), "model_name": Of(str), "model_version": Of(str), "invocation_times": Of(int),
    "failed_times": Of(int), "cpu_core_usage": Of(NUMBER), "cpu_core_total": Of(NUMBER), "cpu_memory_usage": Of(int),
    "cpu_memory_total": Of(int), "gpu_usage": Of(NUMBER), "gpu_total": Of(NUMBER), "gpu_memory_usage": Of(int),
    "gpu_memory_total": Of(int), "npu_usage": Of(NUMBER), "npu_total": Of(NUMBER), "npu_memory_usage": Of(int),
    "npu_memory_total": Of(int), "model_running_instance_count": Of(int), "model_instance_count": Of(int),
}  # fmt: skip
MONITOR: Table = {
    **NAMED, "monitors": Of([USAGE]), "service_running_instance_count": Of(int), "service_instance_count": Of(int),
    "req_count_per_min": Of(int),
}  # fmt: skip
SPECIFICATION: Table = {
    "specification": Of(str), "billing_spec": Of(str), "category": Of({"CPU", "GPU", "ASCEND"}),
    "cpu_info": Of({"arch": Of(str), "cpu": Of(int)}), "memory_info": Of({"unit": Of(str), "memory": Of(int)}),
    "gpu_info": Of((dict, type(None))), "npu_info": Of((dict, type(None))), "is_open": Of(bool), "is_free": Of(bool),
    "over_quota": Of(bool), "spec_status": Of(str), "source_type": Of(str), "extend_params": Of(str),
    "display_en": Of(str), "display_cn": Of(str),
}  # fmt: skip
SPECIFICATIONS = page("specifications", SPECIFICATION)
CHANNEL: Table = {
    "dns_domain_name": Of(str),
    "vpcep_info": Of([{"vpcep_service_id": Of(str), "vpcep_service_name": Of(str), "service_port": Of(int)}]),
}
MODEL: Table = {
    "model_id": Of(str), "model_name": Of(str), "model_version": Of(str), "model_type": Of(str),
    "model_source": Of({"auto", "algos", "custom"}), "model_size": Of(int),
    "model_status": Of({"publishing", "published", "failed", "building", "building_failed"}), "description": Of(str),
    "owner": Of(str), "project": Of(str), "tenant": Of(str), "workspace_id": Of(str), "create_at": Of(MOMENT),
    "install_type": Of([str]), "market_flag": Of(bool), "publishable_flag": Of(bool), "tunable": Of(bool),
    "source_copy": Of(str), "specification": Of(Map(Any)), "subscription_id": maybe(str), "extra": maybe(Any),
}  # fmt: skip
MODELS = page("models", MODEL)
API: Table = {"url": Of(str), "method": Of(str), "protocol": Of(str), "input_params": Of(dict),
              "output_params": Of(dict), "input_type": Of(str)}  # fmt: skip
MODEL_DETAIL: Table = {**MODEL, "apis": Of([API])}
APP: Table = {
    "app_id": Of(str), "app_name": Of(str), "app_key": Of(str), "app_secret": Of(str), "app_codes": Of([str]),
    "app_type": Of({"APIC", "APIG", "DEDICATE_APIG"}), "app_remark": Of(str), "bounded_api_count": Of(int),
    "created_at": Of(MOMENT), "updated_at": Of(MOMENT), "project_id": Of(str), "user_id": Of(str),
}  # fmt: skip
APPS = page("apps", APP)
APP_API: Table = {
    "api_id": Of(str), "api_method": Of(str), "api_name": Of(str), "api_remark": Of(str),
    "auth_type": Of({"NONE", "APP", "IAM"}), "predict_url": Of(str), "service_id": Of(str), "service_name": Of(str),
    "support_app_code": Of(bool),
}  # fmt: skip
AUTHORISED: Table = {"enable_app_auth": Of(bool), "app_auth_api": Of({**APP_API, "authed_apps": Of([APP])})}
REGISTERED: Table = {
    "api": Of(APP_API),
    "auth_result": Of(
        [{"api_id": Of(str), "app_id": Of(str), "auth_id": Of(str), "success": Of(bool), "reason": Of(str)}]
    ),
}
REFUSED: Table = {"error_code": Of(str), "error_msg": Of(str), "request_id": maybe(str)}


def wrong(kind: Any, value: Any, path: str = "") -> list[str]:
    """What is wrong with a value by a table, each with its place."""
    if isinstance(kind, Of):
        return wrong(kind.kind, value, path)
    if isinstance(kind, Map):
        if not isinstance(value, dict):
            return [f"{path} is no object"]
        return [one for key, inner in value.items() for one in wrong(kind.kind, inner, f"{path}.{key}")]
    if isinstance(kind, list):
        if not isinstance(value, list):
            return [f"{path} is no list"]
        return [one for at, inner in enumerate(value) for one in wrong(kind[0], inner, f"{path}[{at}]")]
    if isinstance(kind, set):
        return [] if value in kind else [f"{path} is {value!r}"]
    if isinstance(kind, dict):
        return _object(kind, value, path)
    if kind is Any or (isinstance(value, kind) and (kind is bool or not isinstance(value, bool))):
        return []
    return [f"{path} is {value!r}"]


def _object(table: Table, value: Any, path: str) -> list[str]:
    if not isinstance(value, dict):
        return [f"{path} is no object"]
    found = [f"{path}.{key} is unknown" for key in value if key not in table]
    for key, of in table.items():
        if key in value:
            found += wrong(of, value[key], f"{path}.{key}")
        elif of.when == "always" or (isinstance(of.when, tuple) and value.get(of.when[0]) in of.when[1]):
            found.append(f"{path}.{key} is missing")
    return found
