"""A configuration as the new generation wants it sent. Pure; what was read and has no field goes along.

Source: API reference, "Creating a service" and "Modifying a service" of API version 2.
"""

from collections.abc import Mapping
from typing import Any

from streamscope.kinds.platforms.modelarts.new_pages import PROBES
from streamscope.kinds.platforms.modelarts.new_texts import joined, lines, number, pairs, whole_number
from streamscope.kinds.platforms.modelarts.new_words import CUSTOM
from streamscope.kinds.platforms.modelarts.rows import part, rows
from streamscope.model.deployment import Configuration

Json = dict[str, Any]
_TOLD = {
    "status", "running_count", "traffic_ratio", "infer_name", "lts_state", "create_at", "update_at",
    "version", "version_id", "version_count",
}  # fmt: skip
"""What the platform tells of a group and takes from nobody."""
_BALANCER_TOLD = {"listener_id", "status", "message", "residual_resources"}


def body(configuration: Configuration) -> Json:
    """The whole of a configuration, as for a new service."""
    values, origin = configuration.values, configuration.origin
    first = configuration.portions[0] if configuration.portions else {}
    version = part(origin, "version")
    upgrade = _upgrade(values, part(version, "upgrade_config"))
    made: Json = {
        "name": values.get("name", "").strip(),
        "version": values.get("version", "").strip() or "1.0.0",
        "description": values.get("description", ""),
        "type": origin.get("type") or "REAL_TIME",
        "deploy_type": origin.get("deploy_type") or "SINGLE",
        "workspace_id": origin.get("workspace_id") or "0",
        "custom_metrics_path": _metrics(first),
        "deploy_timeout_minutes": whole_number(values, "deploy_timeout", 20),
        "schedule": _schedule(values),
        "tags": _tags(values, origin),
        "upgrade_config": upgrade,
        "runtime_config": _runtime(values, first, part(version, "runtime_config")),
        "group_configs": groups(configuration),
    }
    if task := values.get("task_type"):
        made["task_type"] = task
    for kept in ("lts_strategy", "log_configs"):
        if version.get(kept):
            made[kept] = version[kept]
    return made


def groups(configuration: Configuration) -> list[Json]:
    """What runs: one group for each portion, each made from the one that it was read from."""
    before = rows(part(configuration.origin, "version").get("instance_groups"))
    by_name = {str(row.get("name")): row for row in before}
    names = {portion.get("deployment", "") for portion in configuration.portions}
    made = []
    for at, portion in enumerate(configuration.portions):
        known = by_name.get(portion.get("deployment", ""))
        if known is None and at < len(before) and str(before[at].get("name")) not in names:  # it has another name now
            known = before[at]
        made.append(_group(portion, configuration.values, known or {}))
    return made


def _group(portion: Mapping[str, str], values: Mapping[str, str], before: Json) -> Json:
    units = rows(before.get("unit_configs"))
    advanced = part(before, "advanced_config")
    made = {key: value for key, value in before.items() if key not in _TOLD}
    made |= {
        "name": portion.get("deployment", "").strip() or "default",
        "count": whole_number(portion, "count", 1),
        "weight": whole_number(portion, "weight", 100),
        "framework": before.get("framework") or "COMMON",
        "advanced_config": {
            **advanced,
            "port": whole_number(portion, "port", 8080),
            "protocol": portion.get("container_protocol") or "HTTP",
            "deploy_timeout_minutes": whole_number(values, "deploy_timeout", 20),
            "upgrade_config": _upgrade(values, part(advanced, "upgrade_config")),
            "custom_metrics_path": _metrics(portion),
        },
        "unit_configs": [_unit(portion, units[0] if units else {}), *units[1:]],
    }
    _put(made, "pool_id", portion.get("pool", "").strip())
    return made


def _unit(portion: Mapping[str, str], before: Json) -> Json:
    image, path = part(before, "image"), portion.get("image", "").strip()
    if image.get("swr_path") != path:
        image = {key: value for key, value in image.items() if key != "id"}
    made: Json = {
        **before,
        "role": before.get("role") or "COMMON",
        "count": before.get("count") or 1,
        "port": whole_number(portion, "port", 8080),
        "image": {
            **image,
            "source": portion.get("source") or "SWR",
            "swr_path": path,
            "category": portion.get("category") or "CPU",
        },
    }
    _specification(made, portion)
    _put(made, "cmd", portion.get("command", ""))
    _put(made, "envs", pairs(portion.get("environment", ""), before.get("envs")))
    for key, _, _ in PROBES:
        _put(made, f"{key}_health", _health(portion, key, part(before, f"{key}_health")))
    return made


def _specification(made: Json, portion: Mapping[str, str]) -> None:
    flavor = portion.get("flavor", "").strip()
    if flavor != CUSTOM:
        if flavor != made.get("flavor"):
            made.pop("flavor_display_name", None)
        made.pop("custom_spec", None)
        _put(made, "flavor", flavor)
        return
    made.pop("flavor", None)
    made.pop("flavor_display_name", None)
    own: Json = {
        **part(made, "custom_spec"),
        "cpu": number(portion, "cpu", 1),
        "memory": number(portion, "memory", 1024),
    }
    for key in ("gpu", "ascend"):
        _put(own, key, number(portion, key, 0) if portion.get(key) else None)
    _put(own, "arch", portion.get("arch"))
    made["custom_spec"] = own


def _health(portion: Mapping[str, str], key: str, before: Json) -> Json:
    if portion.get(key) != "true":
        return {}
    method, target = portion.get(f"{key}_method") or "HTTP", portion.get(f"{key}_target", "").strip()
    command = method == "EXEC"
    made = {
        **before,
        "check_method": "EXEC" if command else "HTTP",
        "initial_delay_seconds": whole_number(portion, f"{key}_delay", 30),
        "timeout_seconds": whole_number(portion, f"{key}_timeout", 30),
        "period_seconds": whole_number(portion, f"{key}_period", 10),
        "failure_threshold": whole_number(portion, f"{key}_failures", 3),
    }
    _put(made, "cmd", target if command else None)
    _put(made, "url", None if command else target)
    _put(made, "protocol", None if command else method)
    return made


def _runtime(values: Mapping[str, str], first: Mapping[str, str], before: Json) -> Json:
    invoke, limit = part(before, "service_invoke"), part(before, "service_limit")
    port = whole_number(first, "port", 8080) if first else invoke.get("port") or 8080
    called: Json = {
        **invoke,
        "port": port,
        "protocol": values.get("protocol") or "HTTPS",
        "auth_type": values.get("auth_type") or "TOKEN",
        "internet_access_enable": values.get("public") == "true",
        "intranet_approval_enable": values.get("approval") == "true",
    }
    urls = lines(values.get("custom_urls", ""))
    if urls or "custom_urls" in invoke:
        called["custom_urls"] = urls
    if balancer := part(invoke, "elb_connection"):
        called["elb_connection"] = {key: value for key, value in balancer.items() if key not in _BALANCER_TOLD}
    limited = {
        **limit,
        "rate_limit": {"num": whole_number(values, "rate", 200), "unit": values.get("rate_unit") or "SECONDS"},
        "request_size_limit": whole_number(values, "size", 20),
        "request_timeout": whole_number(values, "timeout", 180),
        "ip_white_list": lines(values.get("allowed", "")),
        "ip_black_list": lines(values.get("blocked", "")),
    }
    return {**before, "service_invoke": called, "service_limit": limited}


def _upgrade(values: Mapping[str, str], before: Json) -> Json:
    rolling = {
        **part(before, "rolling_update"),
        "max_surge": f"{whole_number(values, 'surge', 1)}%",
        "max_unavailable": f"{whole_number(values, 'unavailable', 1)}%",
    }
    return {**before, "type": before.get("type") or "ROLLING", "rolling_update": rolling}


def _schedule(values: Mapping[str, str]) -> list[Json]:
    if not values.get("stop_after", "").strip():
        return []
    unit = values.get("stop_unit") or "HOURS"
    return [{"type": "STOP", "time_unit": unit, "duration": whole_number(values, "stop_after", 1)}]


def _tags(values: Mapping[str, str], origin: Mapping[str, Any]) -> list[Json]:
    before = rows(origin.get("tags"))
    if joined(before) == values.get("tags", ""):
        return [{"key": row.get("key"), "value": row.get("value")} for row in before]
    return [{"key": key, "value": value} for key, value in pairs(values.get("tags", ""), None).items()]


def _metrics(portion: Mapping[str, str]) -> str:
    """The reference calls it mandatory: what a container does not tell is read in vain, and no harm done."""
    return portion.get("metrics", "").strip() or f"http,{whole_number(portion, 'port', 8080)},metrics"


def _put(made: Json, key: str, value: Any) -> None:
    if value in (None, "", {}):
        made.pop(key, None)
    else:
        made[key] = value
