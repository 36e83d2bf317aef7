"""How the new generation tells a service and its deployments; the fields are those of the platform's own SDK."""

import datetime
import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from streamscope.sandbox.fleet import InstanceView
from streamscope.sandbox.records import Event, Portion, Record, Version

FIRST = "1.0.0"
AUTH = {"token": "TOKEN", "api_key": "API_KEY", "none": "NONE"}
RATE_UNITS = {1: "SECONDS", 60: "MINUTES"}
DISPATCHER = str(uuid.uuid5(uuid.NAMESPACE_DNS, "dispatcher.sandbox.internal"))
LEVELS = {"normal": "NORMAL", "abnormal": "ABNORMAL", "warning": "WARNING"}
COMMON_ROLE = "COMMON"
NODE = "127.0.0.1"
"""The only node that there is."""

Urls = Mapping[str, str]
"""A service's addresses by channel."""


def deployments(record: Record) -> list[Portion]:
    """A service's deployments, and those that are being added to it."""
    return [*record.portions, *(one for one in _coming(record) if record.portion(one.id) is None)]


def _coming(record: Record) -> list[Portion]:
    """What a service's deployments are to be, while that is being made true."""
    change = record.changes[-1] if record.changes else None
    return change.portions if change is not None and change.result == "RUNNING" else []


def service_status(record: Record) -> str:
    """A service's status in the generation's own word; without deployments it waits for its first."""
    if record.status in ("deleting", "stopping"):
        return record.status.upper()
    if not record.portions:
        return "DEPLOYING" if _coming(record) else "INIT"
    return "DEPLOYING" if record.status == "pending" else record.status.upper()


def deployment_status(record: Record, portion: Portion, instances: Sequence[InstanceView]) -> str:
    """A deployment's status: the service's, as far as it is concerned by what happens to that."""
    told = service_status(record)
    if told == "UPGRADING" and record.portion(portion.id) is None:
        return "DEPLOYING"
    coming = next((one for one in _coming(record) if one.id == portion.id), None)
    if told == "UPGRADING" and coming is not None and coming.stopped == portion.stopped and _same(coming, portion):
        told = "RUNNING"
    if portion.stopped and (coming is None or coming.stopped):
        return "STOPPED"
    whole = portion.count > 0 and running(portion, instances) >= portion.count
    return "RUNNING" if told == "CONCERNING" and whole else told


def _same(one: Portion, other: Portion) -> bool:
    return one.given == other.given and one.count == other.count


def runtime(record: Record) -> dict[str, Any]:
    """A service's runtime configuration: what was asked for, or for a built-in one what it is."""
    found = record.given.get("runtime_config")
    if found is not None:
        return dict(found)
    invoke = {
        "port": 8080,
        "protocol": record.protocol,
        "auth_type": AUTH[record.auth[0]],
        "internet_access_enable": True,
        "intranet_approval_enable": False,
        "strategy": "ROUND_ROBIN",
        "request_retry_enable": False,
    }
    limit = {
        "rate_limit": {"num": record.rate, "unit": RATE_UNITS[record.rate_seconds]},
        "request_size_limit": record.megabytes,
        "request_timeout": max(1, round(record.timeout)),
        "ip_white_list": [],
        "ip_black_list": [],
    }
    return {"service_invoke": invoke, "service_limit": limit}


def given(record: Record) -> dict[str, Any]:
    """A service's configuration as a request would say it, without its deployments."""
    plain = {"version": FIRST, "type": "REAL_TIME", "deploy_type": "SINGLE"}
    if "runtime_config" not in record.given:
        plain["task_type"] = "TEXT_GENERATION"
    kept = {key: value for key, value in record.given.items() if key != "group_configs"}
    return {**plain, **kept, "name": record.name, "description": record.description, "runtime_config": runtime(record)}


def group_given(portion: Portion) -> dict[str, Any]:
    """A deployment's configuration as a request would say it."""
    if portion.given.get("unit_configs"):
        return {**portion.given, "count": portion.count}
    unit = {
        "role": COMMON_ROLE,
        "image": {"source": "SWR", "swr_path": f"{portion.package}:{portion.version}", "category": "CPU"},
        "envs": portion.environment,
    }
    told = {"name": portion.name, "weight": portion.weight, "count": portion.count, "version": portion.revision}
    return {**told, "framework": "COMMON", "unit_configs": [unit]}


def service_version(record: Record) -> str:
    """The number of a service's present version."""
    return str(record.given.get("version") or FIRST)


def version_id(owner: str, number: str) -> str:
    """The id of a version of a service or a deployment."""
    return str(uuid.uuid5(uuid.NAMESPACE_OID, f"{owner} {number}"))


def row(record: Record, user: str) -> dict[str, Any]:
    """A service as the list tells it: without addresses."""
    asked = given(record)
    told = {
        "id": record.id,
        "name": record.name,
        "status": service_status(record),
        "version": service_version(record),
        "version_count": len(history(record)),
        "description": record.description,
        "type": asked["type"],
        "deploy_type": asked["deploy_type"],
        "user_name": user,
        "workspace_id": asked.get("workspace_id", "0"),
        "create_at": record.created,
        "update_at": record.updated,
        "auth_type": AUTH[record.auth[0]],
        "task_type": asked.get("task_type"),
        "tags": tags(record),
        "schedule": schedule(record),
        "frozen_infos": [],
    }
    return {key: value for key, value in told.items() if value is not None}


def history(record: Record) -> list[Version]:
    """A service's versions, the oldest first; a built-in one has but its present version."""
    return record.history or [Version(number=service_version(record), at=record.created, given=given(record))]


def deployment_history(portion: Portion) -> list[Version]:
    """A deployment's versions, the oldest first."""
    present = Version(number=portion.revision, at=portion.created, given=group_given(portion))
    return portion.history or [present]


def service(record: Record, instances: Sequence[InstanceView], urls: Urls | None = None) -> dict[str, Any]:
    """A whole service; its addresses are told once it is deployed, and only where they are asked for."""
    asked = given(record)
    told = {
        "id": record.id,
        "name": record.name,
        "workspace_id": asked.get("workspace_id", "0"),
        "type": asked["type"],
        "deploy_type": asked["deploy_type"],
        "status": service_status(record),
        "failure_reason": record.error,
        "version": _version(record, asked, instances),
        "tags": tags(record),
        "deploy_timeout_minutes": round(record.deploy_minutes),
        "schedule": schedule(record),
        "create_at": str(record.created),
        "update_at": str(record.updated),
        "task_type": asked.get("task_type"),
        "provider": asked.get("provider"),
        "frozen_infos": [],
    }
    if urls is not None:
        told["predict_url"] = predict_urls(record, urls)
        told["dispatcher_group_id"] = DISPATCHER
    return {key: value for key, value in told.items() if value is not None}


def predict_urls(record: Record, urls: Urls) -> list[dict[str, Any]]:
    """Where a service is called: publicly only where that is switched on, and never before it was deployed."""
    if service_status(record) in ("INIT", "DEPLOYING"):
        return []
    invoke = runtime(record)["service_invoke"]
    public = [urls["public"]] if invoke.get("internet_access_enable") else []
    public += [url.replace("${service id}", record.id) for url in invoke.get("custom_urls") or []]
    found = [{"type": "PUBLIC", "urls": public}] if public else []
    return [*found, {"type": "INTERNAL", "urls": [urls["vpc"]]}]


def _version(record: Record, asked: Mapping[str, Any], instances: Sequence[InstanceView]) -> dict[str, Any]:
    number = service_version(record)
    told = {
        "id": version_id(record.id, number),
        "version": number,
        "description": record.description,
        "runtime_config": _runtime(asked["runtime_config"]),
        "upgrade_config": asked.get("upgrade_config"),
        "instance_groups": [group(record, portion, instances) for portion in record.portions],
        "lts_strategy": asked.get("lts_strategy", "DEFAULT"),
        "lts_status": "OFF",
        "lts_event_status": "OFF",
        "lts_file_status": "OFF",
        "log_configs": [
            {key: value for key, value in one.items() if key != "files"} for one in asked.get("log_configs") or []
        ],
        "deploy_timeout_minutes": round(record.deploy_minutes),
    }
    return {key: value for key, value in told.items() if value is not None}


def _runtime(asked: Mapping[str, Any]) -> dict[str, Any]:
    """The answers' form lacks own URLs (they are told as addresses) and says how a load balancer is connected."""
    invoke = {key: value for key, value in asked["service_invoke"].items() if key != "custom_urls"}
    balancer = invoke.get("elb_connection")
    if balancer is not None:
        kept = {key: value for key, value in balancer.items() if key != "action"}
        invoke["elb_connection"] = {**kept, "status": "CONNECT_FAILED", "message": "There is no such load balancer."}
    return {**asked, "service_invoke": invoke}


def tags(record: Record) -> list[dict[str, str]]:
    """A service's tags."""
    return [{"key": tag["key"], "value": tag.get("value", "")} for tag in record.given.get("tags") or []]


def schedule(record: Record) -> list[dict[str, Any]]:
    """When a service stops by itself."""
    return [
        {**one, "due_time": record.due or record.updated, "processed": not record.due}
        for one in record.given.get("schedule") or []
    ]


def group(record: Record, portion: Portion, instances: Sequence[InstanceView]) -> dict[str, Any]:
    """A deployment as a part of its service's version."""
    asked = group_given(portion)
    return {
        **{key: value for key, value in asked.items() if key != "deployment_task_limit"},
        "id": portion.id,
        "infer_name": portion.id,
        "version": portion.revision,
        "version_id": version_id(portion.id, portion.revision),
        "version_count": len(deployment_history(portion)),
        "status": deployment_status(record, portion, instances),
        "running_count": running(portion, instances),
        "deploy_type": asked.get("deploy_type") or given(record)["deploy_type"],
        "workload_type": asked.get("workload_type", "DEPLOYMENT"),
        "traffic_ratio": _ratio(record, portion),
        "lts_state": "OFF",
        "unit_configs": units(portion),
        "create_at": str(portion.created),
        "update_at": portion.updated,
    }


def units(portion: Portion) -> list[dict[str, Any]]:
    """A deployment's units with their ids."""
    found = []
    for number, unit in enumerate(group_given(portion)["unit_configs"]):
        name = unit.get("name") or f"unit-{number}"
        image = {**unit["image"], "id": str(uuid.uuid5(uuid.NAMESPACE_URL, unit["image"]["swr_path"]))}
        image.setdefault("category", "CPU")
        own = {"id": version_id(portion.id, name), "name": name, "role": unit.get("role") or COMMON_ROLE}
        found.append({**unit, **own, "image": image})
    return found


def running(portion: Portion, instances: Sequence[InstanceView]) -> int:
    """How many of a deployment's instances serve calls."""
    return sum(one.state == "running" and one.portion == portion.id for one in instances)


def _ratio(record: Record, portion: Portion) -> str:
    """A deployment's share of the calls by the weights of those that are not stopped."""
    whole = sum(one.weight for one in record.portions if not one.stopped)
    share = 0.0 if portion.stopped or not whole else 100 * portion.weight / whole
    return f"{share:.2f}%"


def deployment_row(record: Record, portion: Portion, instances: Sequence[InstanceView]) -> dict[str, Any]:
    """A deployment as the list tells it."""
    told = group(record, portion, instances)
    names = ("lts_state", "mirror_traffic_enable", "mirror_traffic_weight", "pool_id", "deploy_type", "traffic_ratio")
    row = {
        "id": record.id,
        "name": portion.name,
        "infer_name": portion.id,
        "service_group_name": portion.id,
        "status": told["status"],
        "weight": portion.weight,
        "version": portion.revision,
        "create_at": portion.created,
        "update_at": portion.updated,
        "frozen_infos": [],
        **{name: told[name] for name in names if name in told},
    }
    if "mirror_traffic_weight" in row:
        row["mirror_traffic_weight"] = str(row["mirror_traffic_weight"])
    return row


def deployment(record: Record, portion: Portion, instances: Sequence[InstanceView], user: str) -> dict[str, Any]:
    """A whole deployment."""
    told = group(record, portion, instances)
    left_out = ("lts_state", "traffic_ratio", "running_count")
    if "mirror_traffic_weight" in told:
        told["mirror_traffic_weight"] = int(told["mirror_traffic_weight"])
    limit = portion.given.get("deployment_task_limit")
    return {
        **{key: value for key, value in told.items() if key not in left_out},
        "deployment_name": portion.name,
        "description": told.get("description", ""),
        "user_name": user,
        "frozen_infos": [],
        "create_at": iso(portion.created),
        "update_at": iso(portion.updated),
        **({"deployment_task_limit": limit} if limit else {}),
    }


def event(record: Record, happened: Event) -> dict[str, Any]:
    """Something that happened; the sandbox has no Chinese texts."""
    return {
        "id": happened.id,
        "service_id": record.id,
        "service_version_id": version_id(record.id, happened.revision or service_version(record)),
        "event_count": 1,
        "event_type": LEVELS[happened.level],
        "event_info": happened.text,
        "event_info_cn": happened.text,
        "create_at": happened.at,
        "update_at": happened.at,
    }


def iso(moment: int) -> str:
    """Milliseconds since the epoch as ISO 8601, which the SDK's dates are read from."""
    moment_utc = datetime.datetime.fromtimestamp(moment / 1000, datetime.UTC)
    return moment_utc.isoformat(timespec="milliseconds").replace("+00:00", "Z")
