"""What of a service of the new generation runs: deployments, their versions, instances and pods.

Source: API reference, "Deployment management" of API version 2.
"""

import json
import time
from datetime import UTC, datetime
from functools import partial
from typing import Any

from streamscope.kinds.platforms.base import Site
from streamscope.kinds.platforms.modelarts.answers import answer, asked
from streamscope.kinds.platforms.modelarts.new_reading import AT_ONCE, listed, segment
from streamscope.kinds.platforms.modelarts.rows import number, part, rows, text, whole
from streamscope.model.deployment import Figures, Instance, Pod, Revision, Usage
from streamscope.model.errors import PlatformRefusal, UsageError
from streamscope.model.phrase import phrase
from streamscope.model.service import State
from streamscope.tasks import together

Json = dict[str, Any]
_STATES: dict[str, State] = {
    "RUNNING": "running",
    "PENDING": "changing",
    "INIT": "changing",
    "CONCERNING": "concerning",
    "ABNORMAL": "concerning",
    "FAILED": "failed",
    "ERROR": "failed",
    "SUCCEEDED": "stopped",
    "DELETED": "stopped",
}


async def deployments(site: Site, service: str) -> list[Json]:
    """The rows of a service's deployments. Raises the tree of errors."""
    return await listed(site, f"services/{segment(service)}/deployments", "name")


def deployment_id(row: Json, service: str) -> str:
    """What a deployment is asked by: its `id`, or `infer_name` where the platform gives the service's id there."""
    own = text(row, "id")
    return own if own and own != service else text(row, "infer_name") or own


def one(found: list[Json], portion: str) -> Json:
    """A deployment by its name; '' where there is but one. Raises UsageError."""
    named = [row for row in found if portion in ("", text(row, "name"))]
    if len(named) == 1:
        return named[0]
    names = ", ".join(text(row, "name") for row in found)
    told = phrase("The service has no deployment '{name}'.", name=portion)
    raise UsageError(
        told if portion else phrase("The service has several deployments: say which one."),
        phrase("It has: {names}.", names=names or "-"),
    )


async def instances(site: Site, service: str) -> list[Instance]:
    """Every instance with its pods, a few requests at a time. Raises the tree of errors."""
    found = await deployments(site, service)
    parts = await together(
        (partial(_of_deployment, site, service, text(row, "name")) for row in found),
        at_once=AT_ONCE, name="read instances",
    )  # fmt: skip
    alone = [(portion, row) for rows_of in parts for portion, row in rows_of]
    return await together(
        (partial(_instance, site, service, portion, row) for portion, row in alone), at_once=AT_ONCE, name="read pods"
    )


async def _of_deployment(site: Site, service: str, portion: str) -> list[tuple[str, Json]]:
    path = f"services/{segment(service)}/deployments/{segment(portion)}/instances"
    try:
        return [(portion, row) for row in await listed(site, path, "instance_name")]
    except PlatformRefusal as error:
        if error.status == 404:  # it is gone since the deployments were listed
            return []
        raise


async def _instance(site: Site, service: str, portion: str, row: Json) -> Instance:
    own, status = text(row, "instance_name"), text(row, "status")
    path = f"services/{segment(service)}/deployments/{segment(portion)}/instances/{segment(own)}/pods"
    try:
        found = await listed(site, path, "pod_name")
    except PlatformRefusal as error:
        if error.status != 404:
            raise
        found = []
    pods = tuple([await _pod(site, path, pod) for pod in found])
    running, wanted = whole(row, "running_pod_count", -1), whole(row, "pod_count", -1)
    said = next((pod.note for pod in pods if pod.note), "")
    note = said or (f"{running} / {wanted}" if 0 <= running < wanted else "")
    address = pods[0].address if len(pods) == 1 else ""
    return Instance(own, portion, status, _state(status), address, 0, moment(row, "update_at"), note, pods)


async def _pod(site: Site, path: str, row: Json) -> Pod:
    own, status = text(row, "pod_name"), text(row, "status")
    note = "" if _state(status) in ("running", "stopped") else await _said(site, f"{path}/{segment(own)}/events")
    return Pod(own, status, _state(status), text(row, "pod_node_ip"), 0, moment(row, "update_time"), note)


async def _said(site: Site, path: str) -> str:
    """The latest warning of a pod that is not well, else its latest event; '' where the platform does not tell."""
    try:
        found = await _events(site, path)
    except PlatformRefusal:
        return ""
    found.sort(key=lambda row: moment(row, "last_timestamp"))
    warned = [row for row in found if text(row, "type").lower() != "normal"] or found
    return text(warned[-1], "message") or text(warned[-1], "reason") if warned else ""


async def _events(site: Site, path: str) -> list[Json]:
    """A pod's events: the reference shows a bare list, and its other lists are in `data`."""
    reply = await answer(site, "GET", "v2", path)
    return rows(decoded(reply.body))


def decoded(body: bytes) -> Any:
    """A list, bare or in `data`; None where it is none."""
    try:
        read = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return read.get("data") if isinstance(read, dict) else read


async def revisions(site: Site, service: str) -> list[Revision]:
    """The versions of every deployment, the newest first. Raises the tree of errors."""
    found = await deployments(site, service)
    parts = await together((partial(_versions, site, service, row) for row in found), at_once=AT_ONCE, name="versions")
    return sorted((one for part_of in parts for one in part_of), key=lambda one: -one.at)


async def _versions(site: Site, service: str, deployment: Json) -> list[Revision]:
    own, portion, now = deployment_id(deployment, service), text(deployment, "name"), text(deployment, "version")
    read = await listed(site, f"services/{segment(service)}/deployments/{segment(own)}/versions", "version")
    return [
        Revision(
            f"{portion}/{text(row, 'version')}",
            text(row, "version"),
            portion,
            moment(row, "update_at") or moment(row, "create_at"),
            text(row, "version_status"),
            text(row, "version") == now,
            text(row, "description"),
        )
        for row in read
    ]


async def figures(site: Site, service: str) -> Figures:
    """How many instances run and how many are wanted: all that this generation's interface measures."""
    detail = await asked(site, "GET", "v2", f"services/{segment(service)}")
    usages = tuple(
        Usage(text(group, "name"), running=whole(group, "running_count"), wanted=whole(group, "count"))
        for group in rows(part(detail, "version").get("instance_groups"))
    )
    running, wanted = sum(usage.running for usage in usages), sum(usage.wanted for usage in usages)
    return Figures(time.time(), None, running, wanted, usages)


def moment(row: Json, key: str) -> float:
    """A time as Unix time in seconds: milliseconds or seconds, as a number or text, or a date (ISO 8601, else UTC)."""
    found = number(row, key)
    if found is not None:
        return found / 1000 if found > 1e11 else max(0.0, found)
    try:
        read = datetime.fromisoformat(text(row, key))
        return (read if read.tzinfo else read.replace(tzinfo=UTC)).timestamp()
    except (ValueError, OverflowError):
        return 0.0


def _state(status: str) -> State:
    return _STATES.get(status.upper(), "unknown")
