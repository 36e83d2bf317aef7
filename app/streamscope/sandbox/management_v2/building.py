"""What a request for a service or a deployment becomes: records that the fleet can make true."""

import uuid
from collections.abc import Mapping
from typing import Any

from streamscope.sandbox.environment import environment_problem
from streamscope.sandbox.management_v2.answers import FIRST, deployment_history
from streamscope.sandbox.management_v2.rules import invalid
from streamscope.sandbox.management_v2.specifications import FLAVORS
from streamscope.sandbox.packages import Package, Packages
from streamscope.sandbox.records import Health, Portion, Record, Version, now
from streamscope.sandbox.refusals import dispatcher

AUTH = {"TOKEN": "token", "API_KEY": "api_key", "NONE": "none"}
MINUTE = 60_000
UNITS = {"MINUTES": MINUTE, "HOURS": 60 * MINUTE, "DAYS": 24 * 60 * MINUTE}
SECONDS = {"SECONDS": 1, "MINUTES": 60}
CUSTOM = "custom"
LONGEST = 7 * UNITS["DAYS"]


def service(body: dict[str, Any], packages: Packages) -> Record:
    """The record of a new service. Raises refusals of what the rules alone cannot see."""
    moment = now()
    record = Record(
        id=str(uuid.uuid4()),
        name=body["name"],
        generation="v2",
        portions=[portion(group, packages, f"group_configs[{n}]") for n, group in enumerate(body["group_configs"])],
        auth=["token"],
        created=moment,
        updated=moment,
        moved=moment,
        given={"version": FIRST, **body},
    )
    if body["deploy_type"] == "SINGLE" and any(len(group["unit_configs"]) > 1 for group in body["group_configs"]):
        raise invalid("group_configs[0].unit_configs", "a SINGLE deployment has one unit")
    configure(record, record.given)
    record.history = [Version(number=record.given["version"], at=moment, given=record.given)]
    return record


def configure(record: Record, given: Mapping[str, Any]) -> None:
    """Let a record be what a service's request says besides its deployments."""
    runtime = given["runtime_config"]
    invoke, limit = runtime["service_invoke"], runtime["service_limit"]
    record.protocol = invoke["protocol"]
    record.websocket = record.protocol.startswith("WS")
    if given.get("type") == "ASYNC_REAL_TIME" and record.websocket:
        raise invalid("runtime_config.service_invoke.protocol", "an asynchronous service has HTTP or HTTPS")
    if not record.websocket and "rate_limit" not in limit:
        raise dispatcher(400, "ModelArts.8037", "RateLimit must not be null.")
    rate = limit.get("rate_limit") or {"num": 10_000, "unit": "SECONDS"}
    record.rate, record.rate_seconds = rate["num"], SECONDS[rate["unit"]]
    record.auth = [AUTH[invoke["auth_type"]]]
    record.megabytes = limit["request_size_limit"]
    record.timeout = float(limit["request_timeout"])
    record.description = given.get("description", "")
    record.deploy_minutes = float(given.get("deploy_timeout_minutes") or 20)
    record.due = due(given.get("schedule") or [])


def due(schedule: list[dict[str, Any]]) -> int:
    """When a service that is scheduled now will stop by itself; 0: never."""
    if not schedule:
        return 0
    span: int = schedule[0]["duration"] * UNITS[schedule[0]["time_unit"]]
    if not MINUTE <= span <= LONGEST:
        raise invalid("schedule[0].duration", "must be 1 minute to 7 days")
    return now() + span


def portion(group: dict[str, Any], packages: Packages, path: str = "body", *, before: Portion | None = None) -> Portion:
    """A deployment. The first unit's image is what runs; `before` is what the deployment was until now."""
    unit = group["unit_configs"][0]
    _specification(unit, f"{path}.unit_configs[0]")
    package = image(unit["image"]["swr_path"], packages, f"{path}.unit_configs[0].image.swr_path")
    environment = dict(unit.get("envs") or {})
    harmful = environment_problem(environment)
    if harmful:
        raise invalid(f"{path}.unit_configs[0].envs", f"{harmful} cannot be set over HTTP")
    moment = now()
    revision = group.get("version") or FIRST
    told = {**group, "version": revision}
    return Portion(
        id=before.id if before else str(uuid.uuid4()),
        name=group["name"],
        package=package.name,
        version=package.version,
        revision=revision,
        count=group.get("count") or unit.get("count") or 1,
        weight=group["weight"],
        environment=environment,
        health=_health(unit, package),
        grace=float((unit.get("termination_grace") or {}).get("termination_grace_period_seconds") or 5),
        stopped=before.stopped if before else False,
        given=told,
        history=_history(before, Version(number=revision, at=moment, given=told)),
        scaling=before.scaling if before else {},
        created=before.created if before else moment,
        updated=moment,
    )


def image(path: str, packages: Packages, where: str) -> Package:
    """The model package that an image's path names: `NAME:VERSION`, a registry before it and a missing version let by.

    A package's name may hold no slash, so that what precedes the last one is the registry's.
    """
    name, _, version = path.rpartition("/")[2].partition(":")
    found = packages.get(name, version)
    if found is None:
        raise invalid(where, f"there is no model package {name}{':' if version else ''}{version}")
    return found


def _specification(unit: Mapping[str, Any], path: str) -> None:
    """A specification must be one of the list that is not sold out, or one of one's own."""
    name = unit.get("flavor")
    if not name or name.lower() == CUSTOM:
        return
    known = {flavor["id"]: flavor for flavor in FLAVORS}
    if name not in known:
        raise invalid(f"{path}.flavor", f"known are {', '.join(known)}")
    if known[name]["sold_out"]:
        raise invalid(f"{path}.flavor", f"{name} is sold out")


def _health(unit: Mapping[str, Any], package: Package) -> Health:
    """What a request says of readiness, as long as the startup check tries; where it says nothing, the package does."""
    startup = unit.get("startup_health")
    probe = unit.get("readiness_health") or startup
    if probe is None:
        return Health()
    seconds = package.seconds
    if startup:
        seconds = float(startup["initial_delay_seconds"] + startup["period_seconds"] * startup["failure_threshold"])
    return Health(path=probe.get("url", package.health), seconds=seconds)


def _history(before: Portion | None, version: Version) -> list[Version]:
    if before is None:
        return [version]
    return [*(one for one in deployment_history(before) if one.number != version.number), version]


def following(numbers: list[str]) -> str:
    """The version after the highest of those that there are."""
    high = max((tuple(int(part) for part in number.split(".")) for number in numbers), default=(0, 99, 99))
    value = high[0] * 10_000 + high[1] * 100 + high[2] + 1
    return f"{value // 10_000}.{value // 100 % 100}.{value % 100}"
