"""A service of the new generation as its details tell it, read into the fields that can be changed. Pure.

Source: API reference, "Querying service details" of API version 2.
"""

from collections.abc import Mapping
from typing import Any

from streamscope.kinds.platforms.modelarts.new_pages import PROBES
from streamscope.kinds.platforms.modelarts.new_texts import joined, told, written
from streamscope.kinds.platforms.modelarts.new_words import CUSTOM
from streamscope.kinds.platforms.modelarts.rows import moment, part, rows
from streamscope.model.deployment import Configuration

Json = Mapping[str, Any]


def configuration(detail: dict[str, Any]) -> Configuration:
    """What a service is; `detail` itself is kept as its origin."""
    version = part(detail, "version")
    groups = rows(version.get("instance_groups"))
    runtime = part(version, "runtime_config")
    values = {
        **_basics(detail, version),
        **_access(part(runtime, "service_invoke"), detail),
        **_limits(part(runtime, "service_limit")),
        **_upgrade(detail, version, groups[0] if groups else {}),
    }
    port = part(runtime, "service_invoke").get("port")
    portions = tuple(_known(_portion(group, port)) for group in groups)
    due = [moment(plan, "due_time") for plan in rows(detail.get("schedule")) if not plan.get("processed")]
    return Configuration(_known(values), portions, detail, max(due, default=0.0))


def _known(values: dict[str, Any]) -> dict[str, str]:
    texts = {key: written(value) for key, value in values.items()}
    return {key: text for key, text in texts.items() if text}


def _basics(detail: dict[str, Any], version: dict[str, Any]) -> dict[str, Any]:
    values = {
        "name": detail.get("name"),
        "version": version.get("version"),
        "description": version.get("description") or detail.get("description"),
        "task_type": detail.get("task_type"),
        "tags": joined(rows(detail.get("tags"))),
    }
    for plan in rows(detail.get("schedule")):
        if not plan.get("processed"):  # else it is over
            values |= {"stop_after": plan.get("duration"), "stop_unit": plan.get("time_unit")}
    return values


def _portion(group: dict[str, Any], service_port: Any) -> dict[str, Any]:
    units = rows(group.get("unit_configs"))
    unit: dict[str, Any] = units[0] if units else {}
    advanced, image, own = part(group, "advanced_config"), part(unit, "image"), part(unit, "custom_spec")
    port = unit.get("port") or advanced.get("port") or service_port
    metrics = written(advanced.get("custom_metrics_path"))
    values = {
        "deployment": group.get("name"),
        "image": image.get("swr_path"),
        "source": image.get("source"),
        "category": image.get("category"),
        "flavor": unit.get("flavor") or (CUSTOM if own else ""),
        "pool": group.get("pool_id"),
        "count": group.get("count"),
        "weight": group.get("weight"),
        "port": port,
        "container_protocol": advanced.get("protocol"),
        "command": unit.get("cmd"),
        "environment": told(unit.get("envs")),
        "metrics": "" if metrics == f"http,{written(port)},metrics" else metrics,
    }
    if values["flavor"] == CUSTOM:
        values |= {key: own.get(key) for key in ("cpu", "memory", "gpu", "ascend", "arch")}
    for key, _, _ in PROBES:
        values |= _probe(key, part(unit, f"{key}_health"))
    return values


def _probe(key: str, health: dict[str, Any]) -> dict[str, Any]:
    if not health:
        return {}
    command = health.get("check_method") == "EXEC"
    return {
        key: True,
        f"{key}_method": "EXEC" if command else health.get("protocol") or "HTTP",
        f"{key}_target": health.get("cmd") if command else health.get("url"),
        f"{key}_delay": health.get("initial_delay_seconds"),
        f"{key}_timeout": health.get("timeout_seconds"),
        f"{key}_period": health.get("period_seconds"),
        f"{key}_failures": health.get("failure_threshold"),
    }


def _access(invoke: dict[str, Any], detail: dict[str, Any]) -> dict[str, Any]:
    return {
        "protocol": invoke.get("protocol"),
        "auth_type": invoke.get("auth_type"),
        "public": invoke.get("internet_access_enable"),
        "approval": invoke.get("intranet_approval_enable"),
        "custom_urls": _lines(invoke["custom_urls"] if "custom_urls" in invoke else _own_urls(detail)),
    }


def _own_urls(detail: dict[str, Any]) -> list[str]:
    """The details tell custom URLs among the addresses only: they are those whose path is not the platform's own.

    One without a path of its own cannot be told apart.
    """
    lists = [row["urls"] for row in rows(detail.get("predict_url")) if isinstance(row.get("urls"), list)]
    told = [url for urls in lists for url in urls if isinstance(url, str)]
    own = written(detail.get("id"))
    paths = [(url, url.partition("://")[2].partition("?")[0].partition("/")[2]) for url in told if "://" in url]
    return [url for url, path in paths if path and own and own not in path.split("/")]


def _limits(limit: dict[str, Any]) -> dict[str, Any]:
    rate = part(limit, "rate_limit")
    return {
        "rate": rate.get("num"),
        "rate_unit": rate.get("unit"),
        "size": limit.get("request_size_limit"),
        "timeout": limit.get("request_timeout"),
        "allowed": _lines(limit.get("ip_white_list")),
        "blocked": _lines(limit.get("ip_black_list")),
    }


def _upgrade(detail: dict[str, Any], version: dict[str, Any], group: dict[str, Any]) -> dict[str, Any]:
    advanced = part(group, "advanced_config")
    rolling = part(part(version, "upgrade_config") or part(advanced, "upgrade_config"), "rolling_update")
    told_minutes = (version, advanced, detail)
    return {
        "surge": written(rolling.get("max_surge")).removesuffix("%"),
        "unavailable": written(rolling.get("max_unavailable")).removesuffix("%"),
        "deploy_timeout": next((row[_MINUTES] for row in told_minutes if row.get(_MINUTES)), ""),
    }


_MINUTES = "deploy_timeout_minutes"


def _lines(found: Any) -> str:
    return "\n".join(written(row) for row in found) if isinstance(found, list) else ""
