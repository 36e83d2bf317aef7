"""Bodies of requests to the new generation, complete by its documentation."""

import copy
from typing import Any

INVOKE: dict[str, Any] = {
    "port": 8080,
    "protocol": "HTTPS",
    "auth_type": "TOKEN",
    "internet_access_enable": True,
    "intranet_approval_enable": False,
    "strategy": "ROUND_ROBIN",
    "request_retry_enable": True,
    "request_retry_cnt_max": 3,
    "request_retry_interval_ms": 100,
    "fuse_configs": {"error_rate_fuse_enable": True, "error_rate_threshold": 0.5},
}
LIMIT: dict[str, Any] = {
    "rate_limit": {"num": 200, "unit": "SECONDS"},
    "request_size_limit": 20,
    "request_timeout": 300,
    "ip_white_list": [],
    "ip_black_list": [],
}
HEALTH: dict[str, Any] = {
    "check_method": "HTTP",
    "url": "/health",
    "initial_delay_seconds": 1,
    "timeout_seconds": 5,
    "period_seconds": 5,
    "failure_threshold": 12,
}
UNIT: dict[str, Any] = {
    "role": "COMMON",
    "image": {"source": "SWR", "swr_path": "swr.sandbox-1.example.com/group/chat:0.0.1", "category": "CPU"},
    "flavor": "modelarts.vm.cpu.2u",
    "count": 1,
    "port": 8080,
    "envs": {"GREETING": "hello"},
    "recovery": "Pod",
}
GROUP: dict[str, Any] = {
    "name": "main",
    "weight": 100,
    "count": 1,
    "schedule_strategy": "HIGH_AVAILABILITY",
    "framework": "COMMON",
    "unit_configs": [UNIT],
}
SERVICE: dict[str, Any] = {
    "name": "first",
    "version": "1.0.0",
    "description": "A service of a test",
    "type": "REAL_TIME",
    "deploy_type": "SINGLE",
    "task_type": "TEXT_GENERATION",
    "workspace_id": "0",
    "custom_metrics_path": "http,8080,metrics",
    "deploy_timeout_minutes": 10,
    "tags": [{"key": "team", "value": "harbour"}],
    "upgrade_config": {"type": "ROLLING", "rolling_update": {"max_surge": "50%", "max_unavailable": "1%"}},
    "runtime_config": {"service_invoke": INVOKE, "service_limit": LIMIT, "server_task_limit": {"max_task": 10}},
    "group_configs": [GROUP],
}


def service(name: str, /, **changes: Any) -> Any:
    """A whole request; `changes` are by path with double underscores, None takes a part away."""
    return changed({**SERVICE, "name": name}, **changes)


def changed(body: Any, /, **changes: Any) -> Any:
    """A copy of a body with some of its parts changed."""
    body = copy.deepcopy(body)
    for path, value in changes.items():
        put(body, path.split("__"), value)
    return body


def put(body: Any, path: list[str], value: Any) -> None:
    """Set or take away one part of a body."""
    for step in path[:-1]:
        body = body[int(step)] if isinstance(body, list) else body[step]
    if value is None and isinstance(body, dict):
        body.pop(path[-1], None)
    elif isinstance(body, list):
        body[int(path[-1])] = value
    else:
        body[path[-1]] = value
