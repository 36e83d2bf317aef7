"""The instances of a service of the new generation, their pods, and what is said of those that are not well.

Source: API reference, "Querying instances", "Querying pods" and "Querying pod events" of API version 2.
"""

import json
from functools import partial
from typing import Any

from streamscope.kinds.platforms.base import Site
from streamscope.kinds.platforms.modelarts.answers import answer
from streamscope.kinds.platforms.modelarts.new_reading import AT_ONCE, listed, segment
from streamscope.kinds.platforms.modelarts.new_running import deployments
from streamscope.kinds.platforms.modelarts.new_times import moment
from streamscope.kinds.platforms.modelarts.rows import rows, text, whole
from streamscope.model.deployment import Instance, Pod
from streamscope.model.errors import PlatformRefusal
from streamscope.model.service import State
from streamscope.tasks import together

Json = dict[str, Any]
Place = tuple[str, str, Json]
"""A deployment's name, an instance's name, and a pod's row."""
_SINGLY = 8
"""Instances up to which each is asked for its pods; for more all pods are read at once and told apart by name."""
_ASKED = 20
"""Pods that are not well whose events are read, at most."""
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


async def instances(site: Site, service: str) -> list[Instance]:
    """Every instance with its pods, a few requests at a time. Raises the tree of errors."""
    names = [text(row, "name") for row in await deployments(site, service)]
    parts = await together(
        (partial(_of_deployment, site, _path(service, name)) for name in names), at_once=1, name="read instances"
    )
    places = [(name, instance, pod) for name, (_, pods) in zip(names, parts, strict=True) for instance, pod in pods]
    said = await _said(site, service, places)
    made: list[Instance] = []
    for name, (found, _) in zip(names, parts, strict=True):
        for row in found:
            own = text(row, "instance_name")
            pods = tuple(_pod(pod, said) for portion, instance, pod in places if (portion, instance) == (name, own))
            made.append(_instance(name, row, pods))
    return made


async def _of_deployment(site: Site, path: str) -> tuple[list[Json], list[tuple[str, Json]]]:
    """A deployment's instances, and the pods of each by its name; none where it is gone meanwhile."""
    found = await _unless_gone(site, path, "instance_name")
    names = [text(row, "instance_name") for row in found]
    if len(names) > _SINGLY:
        pods = await _unless_gone(site, f"{path}/all/pods", "pod_name")
        owned = [(_owner(text(pod, "pod_name"), names), pod) for pod in pods]
        if all(owner for owner, _ in owned):
            return found, owned
    parts = await together(
        (partial(_unless_gone, site, f"{path}/{segment(name)}/pods", "pod_name") for name in names),
        at_once=AT_ONCE, name="read pods",
    )  # fmt: skip
    return found, [(name, pod) for name, pods in zip(names, parts, strict=True) for pod in pods]


def _owner(pod: str, names: list[str]) -> str:
    """The instance whose name begins a pod's name: the longest of those that do; '' where none does."""
    return max((name for name in names if pod == name or pod.startswith(f"{name}-")), key=len, default="")


async def _unless_gone(site: Site, path: str, key: str) -> list[Json]:
    try:
        return await listed(site, path, key)
    except PlatformRefusal as error:
        if error.status == 404:  # since it was listed
            return []
        raise


def _instance(portion: str, row: Json, pods: tuple[Pod, ...]) -> Instance:
    status, running, wanted = text(row, "status"), whole(row, "running_pod_count", -1), whole(row, "pod_count", -1)
    said = next((pod.note for pod in pods if pod.note), "")
    note = said or (f"{running} / {wanted}" if 0 <= running < wanted else "")
    address = pods[0].address if len(pods) == 1 else ""
    own = text(row, "instance_name")
    return Instance(own, portion, status, _state(status), address, 0, moment(row, "update_at"), note, pods)


def _pod(row: Json, said: dict[str, str]) -> Pod:
    own, status = text(row, "pod_name"), text(row, "status")
    since = moment(row, "update_time")
    return Pod(own, status, _state(status), text(row, "pod_node_ip"), 0, since, said.get(own, ""))


async def _said(site: Site, service: str, places: list[Place]) -> dict[str, str]:
    """What is said of the first pods that are not well, by their names."""
    ill = [place for place in places if _state(text(place[2], "status")) not in ("running", "stopped")][:_ASKED]
    names = [text(pod, "pod_name") for _, _, pod in ill]
    paths = [
        f"{_path(service, portion)}/{segment(instance)}/pods/{segment(name)}/events"
        for (portion, instance, _), name in zip(ill, names, strict=True)
    ]
    texts = await together((partial(_latest, site, path) for path in paths), at_once=AT_ONCE, name="read pod events")
    return dict(zip(names, texts, strict=True))


async def _latest(site: Site, path: str) -> str:
    """A pod's latest warning, else its latest event; '' where the platform does not tell."""
    try:
        reply = await answer(site, "GET", "v2", path)
    except PlatformRefusal:
        return ""
    found = sorted(_decoded(reply.body), key=lambda row: moment(row, "last_timestamp"))
    warned = [row for row in found if text(row, "type").lower() != "normal"] or found
    return text(warned[-1], "message") or text(warned[-1], "reason") if warned else ""


def _decoded(body: bytes) -> list[Json]:
    """The reference shows a bare list, and its other lists are in `data`."""
    try:
        read = json.loads(body)
    except (ValueError, RecursionError):
        return []
    return rows(read.get("data") if isinstance(read, dict) else read)


def _path(service: str, portion: str) -> str:
    return f"services/{segment(service)}/deployments/{segment(portion)}/instances"


def _state(status: str) -> State:
    return _STATES.get(status.upper(), "unknown")
