"""What the old generation tells of a service at work: monitor, instances, updates. Pure readers of its JSON.

Source: API reference, "Querying Service Monitoring Information", "Querying Service Update Logs" (v1).
"""

from typing import Any

from streamscope.kinds.platforms.modelarts.rows import moment, number, rows, text, whole
from streamscope.model.deployment import Figures, Instance, Revision, Usage
from streamscope.model.service import State

_READY: dict[str, State] = {
    "ready": "running",
    "running": "running",
    "concerning": "concerning",
    "notready": "changing",
    "failed": "failed",
}


def figures(answer: dict[str, Any], at: float) -> Figures:
    """A monitor's answer, read at a Unix time; what it does not tell stays None."""
    portions = tuple(_usage(row) for row in rows(answer.get("monitors")))
    return Figures(
        at,
        number(answer, "req_count_per_min"),
        whole(answer, "service_running_instance_count", sum(one.running for one in portions)),
        whole(answer, "service_instance_count", sum(one.wanted for one in portions)),
        portions,
    )


def _usage(row: dict[str, Any]) -> Usage:
    chip = "npu" if number(row, "npu_total") else "gpu"
    return Usage(
        titled(row),
        _count(row, "invocation_times"),
        _count(row, "failed_times"),
        number(row, "cpu_core_usage"),
        number(row, "cpu_core_total"),
        number(row, "cpu_memory_usage"),
        number(row, "cpu_memory_total"),
        number(row, f"{chip}_usage"),
        number(row, f"{chip}_total"),
        number(row, f"{chip}_memory_usage"),
        number(row, f"{chip}_memory_total"),
        whole(row, "model_running_instance_count"),
        whole(row, "model_instance_count"),
    )


def _count(row: dict[str, Any], key: str) -> int | None:
    found = number(row, key)
    return None if found is None else int(found)


def instances(detail: dict[str, Any], monitor: dict[str, Any], endpoints: dict[str, Any]) -> list[Instance]:
    """The copies of each model. The platform tells how many run and in a dedicated pool their addresses, not which.

    Names are therefore numbers, and where some do not run it is the last ones that are called so.
    """
    counted = {text(row, "model_id"): row for row in rows(monitor.get("monitors"))}
    hosts = addresses(endpoints)
    found: list[Instance] = []
    for row in rows(detail.get("config")):
        name, status = titled(row), text(row, "status")
        known = hosts.get(text(row, "model_id"), [])
        wanted = max(whole(row, "instance_count"), len(known))
        told = number(counted.get(text(row, "model_id"), {}), "model_running_instance_count")
        serving = None if told is None else int(told)
        for at in range(min(wanted, 1000)):
            state = _state(status, at, serving, text(detail, "status"))
            address = known[at] if at < len(known) else ""
            found.append(Instance(f"{name} #{at + 1}", name, status, state, address))
    return found


def _state(status: str, at: int, serving: int | None, service: str) -> State:
    if serving is not None and at < serving:
        return "running"
    if service.lower() in ("stopped", "failed"):
        return "stopped" if service.lower() == "stopped" else "failed"
    state = _READY.get(status.lower(), "unknown")
    if serving is None or state != "running":
        return state
    return "changing"


def addresses(endpoints: dict[str, Any]) -> dict[str, list[str]]:
    """The addresses of each model's instances by the model's id; the answer's outline is known from field reports."""
    found: dict[str, list[str]] = {}
    for model in rows(endpoints.get("endpoints") or endpoints.get("host_endpoints")):
        hosts = rows(model.get("host_endpoints") or model.get("endpoints")) or [model]
        for host in hosts:
            name = text(host, "ip") or text(host, "host_ip") or text(host, "address").rpartition(":")[0]
            name = name or text(host, "address")
            port = text(host, "port")
            if name:
                found.setdefault(text(model, "model_id"), []).append(f"{name}:{port}" if port else name)
    return found


def revisions(answer: dict[str, Any]) -> list[Revision]:
    """The updates, the newest first; the newest that succeeded is the current one."""
    logs = sorted(rows(answer.get("logs")), key=lambda row: moment(row, "update_time"), reverse=True)
    current = next((row for row in logs if text(row, "result").upper() == "SUCCESS"), None)
    return [
        Revision(
            id=text(row, "update_time"),
            version=", ".join(titled(one) for one in rows(row.get("config"))),
            at=moment(row, "update_time"),
            status=text(row, "result"),
            current=row is current,
            note=text(row, "error_msg") or _outline(row),
        )
        for row in logs
    ]


def _outline(row: dict[str, Any]) -> str:
    """What an update made of each model: specification and instances."""
    told = [f"{text(one, 'specification')} × {whole(one, 'instance_count')}" for one in rows(row.get("config"))]
    return ", ".join(told)


def titled(row: dict[str, Any]) -> str:
    """A model's name and version, its id where it has no name."""
    return f"{text(row, 'model_name')} {text(row, 'model_version')}".strip() or text(row, "model_id")


def dedicated(detail: dict[str, Any]) -> bool:
    """Whether a service runs in a dedicated pool: only there instances have addresses of their own."""
    pools = [detail, *rows(detail.get("config"))]
    return any(text(one, "pool_name") or text(one, "cluster_id") for one in pools)


def percent(detail: dict[str, Any]) -> int | None:
    """How far a deployment is; None while there is none."""
    if text(detail, "status").lower() not in ("deploying", "pending", "waiting"):
        return None
    told = number(detail, "progress")
    return None if told is None else max(0, min(100, int(told)))
