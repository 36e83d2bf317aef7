"""A configuration of the old generation as the platform's JSON, and read from it. Pure.

Source: API reference, "Deploying a Model as a Service", "Querying Details About a Service" and "Updating Service
Configurations" (v1). What no field knows is kept as it came, so that it survives an update.
"""

from collections.abc import Mapping
from typing import Any

from streamscope.kinds.platforms.modelarts.old_pages import CUSTOM
from streamscope.kinds.platforms.modelarts.rows import moment, number, part, rows, text
from streamscope.model.deployment import Configuration

Values = Mapping[str, str]

# What a detail tells of a model and no request says.
_TOLD = frozenset(
    {
        "model_name", "model_version", "status", "scaling", "support_debug", "source_type", "model_source", "address",
        "running_instance_count", "finished_time", "start_time", "process_status", "nodes",
    }
)  # fmt: skip
_TEXTS = {"pool": "pool_name", "cluster": "cluster_id", "vpc": "vpc_id", "subnet": "subnet_network_id",
          "security_group": "security_group_id", "load_balancing": "load_balancer_policy"}  # fmt: skip
_ROLLOUT = {"max_surge": "max_surge", "max_unavailable": "max_unavailable", "grace": "termination_grace_period_seconds"}
_CUSTOM = {"cpu": "cpu", "memory": "memory", "gpu": "gpu_p4", "ascend": "ascend_a310"}


def read(detail: Mapping[str, Any]) -> Configuration:
    """What a service's details say, as it can be changed and sent back."""
    origin = dict(detail)
    stop = next((row for row in rows(origin.get("schedule")) if text(row, "type") in ("stop", "")), {})
    values = {
        "name": text(origin, "service_name"),
        "description": text(origin, "description"),
        "websocket": "true" if part(origin, "additional_properties").get("websocket_upgrade") is True else "",
        "stop_after": plain(number(stop, "duration")) if stop else "",
        "stop_unit": text(stop, "time_unit"),
        "priority": plain(number(origin, "priority")),
        **{key: text(origin, word) for key, word in _TEXTS.items()},
    }
    models = rows(origin.get("config"))
    for key, word in _ROLLOUT.items():
        told = {plain(number(part(row, "additional_properties"), word)) for row in models}
        values[key] = told.pop() if len(told) == 1 else ""
    portions = tuple(_filled(_portion(row)) for row in models)
    return Configuration(_filled(values), portions, origin, moment(origin, "due_time") or moment(stop, "due_time"))


def created(configuration: Configuration) -> dict[str, Any]:
    """The body that makes a service."""
    values = configuration.values
    body: dict[str, Any] = {
        "service_name": values.get("name", ""),
        "description": values.get("description", ""),
        "infer_type": "real-time",
        "config": _models(configuration),
    }
    body |= {word: values[key] for key, word in _TEXTS.items() if values.get(key)}
    if values.get("priority"):
        body["priority"] = _number(values["priority"])
    if values.get("websocket"):
        body["additional_properties"] = {"websocket_upgrade": True}
    if values.get("stop_after"):
        body["schedule"] = _schedule(values)
    return body


def changed(configuration: Configuration) -> dict[str, Any]:
    """The body that changes a service: what differs from its origin, each in whole; {} where nothing does."""
    origin, values = dict(configuration.origin), configuration.values
    before = read(origin)
    body: dict[str, Any] = {}
    if values.get("description", "") != before.values.get("description", ""):
        body["description"] = values.get("description", "")
    models = _models(configuration)
    if models != _models(before):
        body["config"] = models
    if values.get("websocket", "") != before.values.get("websocket", ""):
        properties = part(origin, "additional_properties")
        body["additional_properties"] = {**properties, "websocket_upgrade": bool(values.get("websocket"))}
    if _stop(values) != _stop(before.values):
        body["schedule"] = _schedule(values) if values.get("stop_after") else []
    if values.get("load_balancing", "") != before.values.get("load_balancing", ""):
        body["load_balancer_policy"] = values.get("load_balancing", "")
    return body


def scaled(detail: Mapping[str, Any], portion: str, count: int) -> dict[str, Any] | None:
    """The body that lets one model (its name, its id, or '' for the only one) have so many instances; None: no such."""
    models = rows(detail.get("config"))
    wanted = [row for row in models if portion in (text(row, "model_name"), text(row, "model_id"), _titled(row))]
    if not portion and len(models) == 1:
        wanted = models
    if len(wanted) != 1:
        return None
    config = [_sendable(row) for row in models]
    config[models.index(wanted[0])]["instance_count"] = count
    return {"config": config}


def environment(lines: str) -> dict[str, str]:
    """Variables of `name: value` lines."""
    cut = (line.partition(":") for line in lines.splitlines() if line.strip())
    return {name.strip(): value.strip() for name, _, value in cut}


def plain(value: float | None) -> str:
    """A number as a person writes it; '' for none."""
    if value is None:
        return ""
    return str(int(value)) if value == int(value) else str(value)


def _portion(row: dict[str, Any]) -> dict[str, str]:
    custom = part(row, "custom_spec")
    seconds = number(row, "deploy_timeout_in_seconds")
    return {
        "model": text(row, "model_id"),
        "specification": text(row, "specification"),
        "count": plain(number(row, "instance_count")),
        "weight": plain(number(row, "weight")),
        "environment": _lines(part(row, "envs")),
        "deploy_timeout": plain(None if seconds is None else seconds / 60),
        **{key: plain(number(custom, word)) for key, word in _CUSTOM.items()},
    }


def _lines(variables: Mapping[str, Any]) -> str:
    """Variables as `name: value` lines; a line break within a value is seen as a blank."""
    return "\n".join(f"{name}: {' '.join(str(value).splitlines())}" for name, value in variables.items())


def _models(configuration: Configuration) -> list[dict[str, Any]]:
    """The models as they are sent: each on the grounds of what the origin told of it."""
    origins = _origins(configuration)
    rollout = {word: configuration.values.get(key, "") for key, word in _ROLLOUT.items()}
    return [_model(portion, origin, rollout) for portion, origin in zip(configuration.portions, origins, strict=True)]


def _origins(configuration: Configuration) -> list[dict[str, Any]]:
    """What was told of each portion's model: that of the same id, else the next that is left; {} for a new one."""
    left = rows(configuration.origin.get("config"))
    found: list[dict[str, Any] | None] = []
    for portion in configuration.portions:
        same = next((row for row in left if text(row, "model_id") == portion.get("model", "")), None)
        if same is not None:
            left.remove(same)
        found.append(same)
    return [one if one is not None else (left.pop(0) if left else {}) for one in found]


def _model(portion: Values, origin: dict[str, Any], rollout: Values) -> dict[str, Any]:
    row = _sendable(origin)
    row |= {
        "model_id": portion.get("model", ""),
        "specification": portion.get("specification", ""),
        "instance_count": _number(portion.get("count") or "1"),
        "weight": _number(portion.get("weight") or "100"),
        "envs": _variables(portion.get("environment", ""), part(origin, "envs")),
    }
    if portion.get("specification") == CUSTOM:
        given = {word: _number(portion[key]) for key, word in _CUSTOM.items() if portion.get(key)}
        row["custom_spec"] = {**part(origin, "custom_spec"), **given}
    else:
        row.pop("custom_spec", None)
    if portion.get("deploy_timeout"):
        row["deploy_timeout_in_seconds"] = round(float(portion["deploy_timeout"]) * 60)
    else:
        row.pop("deploy_timeout_in_seconds", None)
    given = {word: _number(value) for word, value in rollout.items() if value}
    if given:
        row["additional_properties"] = {**part(origin, "additional_properties"), **given}
    return row


def _sendable(origin: dict[str, Any]) -> dict[str, Any]:
    """What a detail tells of a model, as far as a request may say it."""
    return {key: value for key, value in origin.items() if key not in _TOLD and value is not None}


def _variables(lines: str, origin: dict[str, Any]) -> dict[str, Any]:
    """The variables; one whose line is as it was read keeps its value to the letter."""
    wanted = environment(lines)
    before = environment(_lines(origin))
    return {name: origin[name] if before.get(name) == value else value for name, value in wanted.items()}


def _stop(values: Values) -> tuple[str, str]:
    after = values.get("stop_after", "")
    return after, (values.get("stop_unit") or "HOURS") if after else ""


def _schedule(values: Values) -> list[dict[str, Any]]:
    after, unit = _stop(values)
    return [{"type": "stop", "time_unit": unit, "duration": _number(after)}]


def _titled(row: dict[str, Any]) -> str:
    return f"{text(row, 'model_name')} {text(row, 'model_version')}".strip()


def _number(value: str) -> int | float:
    given = float(value)
    return int(given) if given.is_integer() else given


def _filled(values: Mapping[str, str]) -> dict[str, str]:
    return {key: value for key, value in values.items() if value}
