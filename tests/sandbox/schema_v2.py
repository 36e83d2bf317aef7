"""The new generation's answers as tables of data: field, kind; written from the platform's documentation.

A kind is a name of `KINDS`, a set of words, a table (an object), or a list of one kind. `?`: may be missing.
"""

import re
from collections.abc import Callable, Iterator
from typing import Any

UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
KINDS: dict[str, Callable[[Any], bool]] = {
    "text": lambda value: isinstance(value, str),
    "uuid": lambda value: isinstance(value, str) and bool(UUID.fullmatch(value)),
    "key id": lambda value: isinstance(value, str) and bool(re.fullmatch(r"[a-z0-9]{32}", value)),
    "version": lambda value: isinstance(value, str) and bool(re.fullmatch(r"[1-9]\d?\.\d{1,2}\.\d{1,2}", value)),
    "name": lambda value: isinstance(value, str) and bool(re.fullmatch(r"[\w\-]{1,128}", value)),
    "whole": lambda value: isinstance(value, int) and not isinstance(value, bool) and value >= 0,
    "flag": lambda value: isinstance(value, bool),
    "moment": lambda value: isinstance(value, int) and len(str(value)) == 13,
    "moment text": lambda value: isinstance(value, str) and bool(re.fullmatch(r"\d{13}", value)),
    "date": lambda value: isinstance(value, str) and value.endswith("Z") and value[10] == "T",
    "share": lambda value: isinstance(value, str) and bool(re.fullmatch(r"\d{1,3}\.\d\d%", value)),
    "port": lambda value: isinstance(value, int) and 1 <= value <= 65_535,
    "count": lambda value: isinstance(value, int) and 1 <= value <= 128,
    "weight": lambda value: isinstance(value, int) and 0 <= value <= 100,
    "url": lambda value: isinstance(value, str) and value.split("://")[0] in ("http", "https", "ws", "wss"),
    "any": lambda value: True,
}

STATUS = {
    "INIT", "DEPLOYING", "RUNNING", "CONCERNING", "FAILED", "STOPPING", "STOPPED", "DELETING", "UPGRADING", "ERROR",
    "INTERRUPTING",
}  # fmt: skip
DEPLOYMENT_STATUS = STATUS | {"DELETED", "RESTARTING"}
INSTANCE_STATUS = {"RUNNING", "PENDING", "CONCERNING", "FAILED", "UNKNOWN", "DELETED"}
POD_STATUS = INSTANCE_STATUS | {"SUCCEEDED", "ABNORMAL"}
AUTH = {"TOKEN", "API_KEY", "NONE"}
PROTOCOL = {"HTTP", "HTTPS", "WS", "WSS"}
TYPE = {"REAL_TIME", "ASYNC_REAL_TIME"}
DEPLOY_TYPE = {"SINGLE", "MULTI"}
TASK = {
    "TEXT_GENERATION", "IMAGE_UNDERSTANDING", "VIDEO_GENERATION", "IMAGE_GENERATION", "RERANK", "VECTOR_MODEL",
    "EMBEDDING",
}  # fmt: skip

TAG = {"key": "text", "value": "text"}
SCHEDULE = {
    "due_time": "moment",
    "duration": "whole",
    "time_unit": {"MINUTES", "HOURS", "DAYS"},
    "type": {"STOP"},
    "processed": "flag",
}
FROZEN = {"scene": {"ARREAR", "POLICE", "ILLEGAL"}, "effect": "whole"}


def page(row: Any) -> dict[str, Any]:
    """The envelope of every list."""
    return {"data": [row], "current": "whole", "size": "whole", "pages": "whole", "total": "whole"}


SERVICE_ROW = {
    "id": "uuid",
    "name": "name",
    "status": STATUS,
    "version": "version",
    "version_count": "whole",
    "description": "text",
    "type": TYPE,
    "deploy_type": DEPLOY_TYPE,
    "user_name": "text",
    "workspace_id": "text",
    "create_at": "moment",
    "update_at": "moment",
    "auth_type": AUTH,
    "task_type?": TASK,
    "tags": [TAG],
    "schedule": [SCHEDULE],
    "frozen_infos": [FROZEN],
}
INVOKE = {
    "port": "port",
    "protocol": PROTOCOL,
    "auth_type": AUTH,
    "internet_access_enable?": "flag",
    "intranet_approval_enable?": "flag",
    "dynamic_routing_enable?": "flag",
    "strategy?": {
        "ROUND_ROBIN", "ORIGIN_IP_HASH", "MIN_CONN", "MIN_FIRST_TOKEN_TIME", "COMPOSITE", "SLO_BASED",
    },
    "metric_api_scheme?": "text",
    "metric_api_port?": "text",
    "metric_api_path?": "text",
    "ems_enable?": "flag",
    "request_retry_enable?": "flag",
    "request_retry_cnt_max?": "whole",
    "request_retry_interval_ms?": "whole",
    "fuse_configs?": {"error_rate_fuse_enable?": "flag", "error_rate_threshold?": "any"},
    "elb_connection?": "any",
}  # fmt: skip
SERVICE_LIMIT = {
    "rate_limit": {"num": "whole", "unit": {"SECONDS", "MINUTES"}},
    "request_size_limit": "whole",
    "request_timeout": "whole",
    "ip_white_list?": ["text"],
    "ip_black_list?": ["text"],
}
RUNTIME = {
    "service_invoke": INVOKE,
    "service_limit": SERVICE_LIMIT,
    "server_task_limit?": {"max_task": "whole"},
    "service_secret?": "any",
    "smart_routing_enable?": "flag",
}
PROBE = {
    "check_method?": {"HTTP", "EXEC"},
    "url?": "text",
    "cmd?": "text",
    "protocol?": PROTOCOL,
    "initial_delay_seconds": "whole",
    "timeout_seconds": "whole",
    "period_seconds": "whole",
    "failure_threshold": "whole",
}
UNIT = {
    "id": "text",
    "name": "text",
    "role": "text",
    "image": {"id": "text", "source": {"SWR", "IMAGE"}, "swr_path": "text", "category": {"CPU", "GPU", "ASCEND"}},
    "flavor?": "text",
    "custom_spec?": "any",
    "count?": "whole",
    "port?": "port",
    "envs?": "any",
    "readiness_health?": PROBE,
    "startup_health?": PROBE,
    "liveness_health?": PROBE,
    "recovery?": {"Instance", "Role", "Pod"},
    "cmd?": {""},
}
_GROUP = {
    "id": "uuid",
    "name": "text",
    "infer_name": "uuid",
    "pool_id?": "text",
    "count": "count",
    "weight": "weight",
    "priority?": "whole",
    "schedule_strategy?": {"HIGH_AVAILABILITY", "HIGH_UTILIZATION", "HIGH_PERFORMANCE"},
    "framework": {"COMMON", "VLLM", "MINDIE"},
    "version": "version",
    "version_id": "uuid",
    "version_count": "whole",
    "status": DEPLOYMENT_STATUS,
    "deploy_type": DEPLOY_TYPE,
    "workload_type": {"DEPLOYMENT", "LWS"},
    "unit_configs": [UNIT],
    "advanced_config?": "any",
}
GROUP = {
    **_GROUP,
    "running_count": "whole",
    "traffic_ratio": "share",
    "lts_state": {"ON", "OFF"},
    "description?": "text",
    "create_at": "moment text",
    "update_at": "moment",
}
DEPLOYMENT = {
    **_GROUP,
    "deployment_name": "text",
    "description": "text",
    "user_name": "text",
    "frozen_infos": [FROZEN],
    "create_at": "date",
    "update_at": "date",
}
SERVICE = {
    "id": "uuid",
    "name": "name",
    "workspace_id": "text",
    "type": TYPE,
    "deploy_type": DEPLOY_TYPE,
    "status": STATUS,
    "failure_reason": "text",
    "version": {
        "id": "uuid",
        "version": "version",
        "description": "text",
        "runtime_config": RUNTIME,
        "upgrade_config?": "any",
        "instance_groups": [GROUP],
        "lts_strategy": {"POOL", "AUTO_CREATE", "DEFAULT"},
        "lts_status": {"ON", "OFF"},
        "lts_event_status": {"ON", "OFF"},
        "lts_file_status": {"ON", "OFF"},
        "log_configs": ["any"],
        "deploy_timeout_minutes": "whole",
    },
    "predict_url?": [{"type": {"CONSOLE", "PUBLIC", "INTERNAL"}, "urls": ["url"]}],
    "dispatcher_group_id?": "uuid",
    "tags": [TAG],
    "deploy_timeout_minutes": "whole",
    "schedule": [SCHEDULE],
    "create_at": "moment text",
    "update_at": "moment text",
    "task_type?": TASK,
    "provider?": "text",
    "frozen_infos": [FROZEN],
}
EVENT = {
    "id": "uuid",
    "service_id": "uuid",
    "service_version_id": "uuid",
    "event_count": "whole",
    "event_type": {"NORMAL", "ABNORMAL", "WARNING"},
    "event_info": "text",
    "event_info_cn": "text",
    "create_at": "moment",
    "update_at": "moment",
}
DEPLOYMENT_ROW = {
    "id": "uuid",
    "name": "text",
    "infer_name": "uuid",
    "service_group_name": "uuid",
    "status": DEPLOYMENT_STATUS,
    "lts_state": {"ON", "OFF"},
    "weight": "weight",
    "traffic_ratio": "share",
    "version": "version",
    "deploy_type": DEPLOY_TYPE,
    "create_at": "moment",
    "update_at": "moment",
    "frozen_infos": [FROZEN],
}
VERSION = {
    "infer_name": "uuid",
    "version": "version",
    "version_status": DEPLOYMENT_STATUS,
    "description": "text",
    "create_at": "date",
    "update_at": "date",
    "deploy_type": DEPLOY_TYPE,
}
INSTANCE = {
    "instance_name": "text",
    "status": INSTANCE_STATUS,
    "weight": "weight",
    "pod_count": "whole",
    "running_pod_count": "whole",
    "update_at": "moment",
}
POD = {
    "pod_id": "uuid",
    "pod_name": "text",
    "pod_node_ip": "text",
    "pod_node_name": "text",
    "pod_role": "text",
    "pod_role_name": "text",
    "status": POD_STATUS,
    "update_time": "moment",
}
KEY = {
    "key_id": "key id",
    "name": "name",
    "description": "text",
    "create_time": "moment text",
    "scope": {"USER", "SERVICE"},
    "domain_id": "text",
    "project_id": "text",
    "services": [{"id": "uuid", "name": "name"}],
    "workspace_id": "text",
}
BATCH = {
    "total": "whole",
    "success_count": "whole",
    "success_items": [KEY],
    "failure_count": "whole",
    "failure_items": [{"key_id": "text", "error_code": "text", "error_msg": "text"}],
}
TEMPORARY_KEY = {"api_key": "text", "expire_time": "moment", "create_time": "moment"}
CONNECTION = {
    "id": "uuid",
    "applicant_user_name": "text",
    "owner_domain_name": "text",
    "message": "text",
    "scene": {"VPC", "POOL"},
    "type": {"SERVICE", "GLOBAL"},
    "service_id?": "uuid",
    "service_name?": "name",
    "service_type?": TYPE,
    "status": {"APPROVING", "CONNECTING", "CONNECTED", "REJECTED", "CANCELED", "FAILED", "DELETING"},
    "vpc_id?": "text",
    "subnet_id?": "text",
    "pool_id?": "text",
    "maos_network_name?": "text",
    "dispatcher_group_id": "uuid",
    "url_list": ["url"],
    "custom_url_list": ["url"],
    "create_at": "moment text",
    "update_at": "moment text",
}
FLAVOR = {
    "id": "text",
    "name": "text",
    "arch": "text",
    "category": {"CPU", "GPU", "ASCEND"},
    "description": "text",
    "feature": {"DEFAULT", "NOTEBOOK"},
    "free": "flag",
    "memory": "whole",
    "vcpus": "whole",
    "sold_out": "flag",
    "storages": ["text"],
    "billing": {"code": "text", "unit_num": "whole"},
    "gpu?": {"gpu": "whole", "gpu_memory": "text", "type": "text"},
    "ascend?": {"npu": "whole", "npu_memory": "text", "type": "text", "type_alias": "text"},
}


def wrong(value: Any, kind: Any, where: str = "answer") -> Iterator[str]:
    """What of a value is not as a table has it."""
    if isinstance(kind, str):
        if not KINDS[kind](value):
            yield f"{where}: {value!r} is no {kind}"
    elif isinstance(kind, set):
        if value not in kind:
            yield f"{where}: {value!r} is not one of {sorted(kind)}"
    elif isinstance(kind, list):
        if not isinstance(value, list):
            yield f"{where}: {value!r} is no list"
            return
        for number, one in enumerate(value):
            yield from wrong(one, kind[0], f"{where}[{number}]")
    elif not isinstance(value, dict):
        yield f"{where}: {value!r} is no object"
    else:
        yield from _fields(value, kind, where)


def _fields(value: dict[str, Any], table: dict[str, Any], where: str) -> Iterator[str]:
    known = {name.rstrip("?"): kind for name, kind in table.items()}
    for name in table:
        if not name.endswith("?") and name not in value:
            yield f"{where}.{name} is missing"
    for name, one in value.items():
        if name not in known:
            yield f"{where}.{name} is no field"
        else:
            yield from wrong(one, known[name], f"{where}.{name}")
