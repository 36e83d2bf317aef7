"""What a request for a service becomes: a record and portions that the fleet can make true.

Platform documentation, "Deploying a Model as a Service" (v1) and "Error codes".
"""

import uuid
from collections.abc import Sequence
from typing import Any

from streamscope.sandbox.environment import environment_problem
from streamscope.sandbox.management_v1 import specifications
from streamscope.sandbox.management_v1.bodies import CREATE
from streamscope.sandbox.management_v1.context import Context
from streamscope.sandbox.management_v2.rules import checked, invalid
from streamscope.sandbox.packages import Package
from streamscope.sandbox.records import Health, Portion, Record, now
from streamscope.sandbox.refusals import dispatcher

POOL = "pool-sandbox"
"""The one resource pool that there is: everything runs in it."""
UNITS = {"MINUTES": 60_000, "HOURS": 3_600_000, "DAYS": 86_400_000}
NETWORK = ("vpc_id", "subnet_network_id", "security_group_id")
MOST_INSTANCES = 64
"""Processes that one machine is to bear."""


def service(body: dict[str, Any], context: Context) -> Record:
    """The record of a new service. Raises refusals."""
    body = checked(CREATE, weighed(body))
    if body["infer_type"] != "real-time":
        raise invalid("infer_type", "the sandbox has real-time services only")
    if any(one.name == body["service_name"] for one in context.fleet.all("v1")):
        raise dispatcher(409, "ModelArts.3503", f"The service {body['service_name']} already exists.")
    _network(body)
    _pool(body, "")
    made = portions(body["config"], context, [])
    properties = body.get("additional_properties") or {}
    first = context.packages.get(made[0].package, made[0].version)
    websocket = properties.get("websocket_upgrade", first.websocket if first else False)
    kept = {key: value for key, value in body.items() if key not in ("service_name", "description", "config")}
    return Record(
        id=str(uuid.uuid4()),
        name=body["service_name"],
        generation="v1",
        description=body.get("description", ""),
        portions=made,
        auth=["token", "aksk"],
        websocket=websocket,
        protocol="WSS" if websocket else "HTTPS",
        deploy_minutes=max(one.given.get("deploy_timeout_in_seconds", 1200) for one in made) / 60,
        due=due(body.get("schedule") or []),
        given=kept,
    )


def portions(config: list[dict[str, Any]], context: Context, before: Sequence[Portion]) -> list[Portion]:
    """The portions of a checked configuration; a model that was there before keeps its portion's id."""
    if sum(one.get("weight", 100 if len(config) == 1 else 0) for one in config) != 100:
        raise invalid("config.weight", "all weights must add up to 100")
    known = {context.model_of(one): one for one in before}
    made: list[Portion] = []
    for number, one in enumerate(config):
        portion = _portion(one, context, f"config[{number}]", known.get(one["model_id"]))
        if any((other.package, other.version) == (portion.package, portion.version) for other in made):
            text = f"The version {portion.version} of the model {portion.package} is used more than once."
            raise dispatcher(400, "ModelArts.3516", text)
        made.append(portion)
    _quota(made, context, before)
    return made


def weighed(body: dict[str, Any]) -> dict[str, Any]:
    """A body whose weights are numbers: they may be written as text, too."""
    config = body.get("config")
    if not isinstance(config, list):
        return body
    return {**body, "config": [_weighed(one) if isinstance(one, dict) else one for one in config]}


def due(schedule: list[dict[str, Any]]) -> int:
    """When a service that is scheduled now will stop by itself; 0: never."""
    return now() + schedule[0]["duration"] * UNITS[schedule[0]["time_unit"]] if schedule else 0


def _weighed(one: dict[str, Any]) -> dict[str, Any]:
    weight = one.get("weight")
    return {**one, "weight": int(weight)} if isinstance(weight, str) and weight.isdecimal() else one


def _portion(one: dict[str, Any], context: Context, path: str, before: Portion | None) -> Portion:
    package = context.package(one["model_id"])
    if package is None:
        raise dispatcher(404, "ModelArts.3001", f"The model {one['model_id']} does not exist.")
    _specification(one, path)
    _pool(one, f"{path}.")
    refused = environment_problem(one.get("envs") or {})
    if refused:
        raise invalid(f"{path}.envs", f"the variable {refused} may not be set")
    rollout = one.get("additional_properties") or {}
    return Portion(
        id=before.id if before else str(uuid.uuid4()),
        name=package.name,
        package=package.name,
        version=package.version,
        count=one["instance_count"],
        weight=one.get("weight", 100),
        environment=dict(one.get("envs") or {}),
        health=before.health if before else _health(one, package),
        grace=float(rollout.get("termination_grace_period_seconds", before.grace if before else 5)),
        calls=before.calls if before else 0,
        failures=before.failures if before else 0,
        given={key: value for key, value in one.items() if key not in ("weight", "instance_count", "envs")},
    )


def _health(one: dict[str, Any], package: Package) -> Health:
    """The package's own time to get ready, cut off by the time that the deployment is given."""
    return Health(path=package.health, seconds=min(package.seconds, one.get("deploy_timeout_in_seconds", 1200)))


def _specification(one: dict[str, Any], path: str) -> None:
    name = one["specification"]
    if name == specifications.CUSTOM:
        if not one.get("custom_spec"):
            raise invalid(f"{path}.custom_spec", "must be given where specification is custom")
        return
    found = specifications.NAMES.get(name)
    if found is None:
        raise invalid(f"{path}.specification", f"there is no specification {name}")
    if not found.open:
        raise dispatcher(400, "ModelArts.3589", f"The specification {name} is not open in this region.")
    if found.over_quota:
        raise dispatcher(400, "ModelArts.3522", f"The quota of the specification {name} is used up.")


def _network(body: dict[str, Any]) -> None:
    given = [name for name in NETWORK if body.get(name)]
    if given and len(given) < len(NETWORK):
        lacking = next(name for name in NETWORK if not body.get(name))
        raise dispatcher(400, "ModelArts.3610", f"The parameter {lacking} must not be empty where {given[0]} is given.")


def _pool(one: dict[str, Any], path: str) -> None:
    """A pool's name goes before a cluster's id; the sandbox knows one pool and no cluster."""
    pool = one.get("pool_name") or one.get("cluster_id")
    if pool and pool != POOL:
        raise dispatcher(404, "ModelArts.3547", f"The resource pool {pool} ({path}pool_name) does not exist.")


def _quota(made: Sequence[Portion], context: Context, before: Sequence[Portion]) -> None:
    there = sum(portion.count for key in ("v1", "v2") for one in context.fleet.all(key) for portion in one.portions)
    total = there - sum(one.count for one in before) + sum(one.count for one in made)
    if total > MOST_INSTANCES:
        raise dispatcher(400, "ModelArts.3522", f"The quota of {MOST_INSTANCES} instances is used up.")
