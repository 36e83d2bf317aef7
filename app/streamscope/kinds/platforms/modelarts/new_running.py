"""What of a service of the new generation runs: deployments, their versions, and how many instances there are.

Source: API reference, "Deployment management" of API version 2.
"""

import time
from functools import partial
from typing import Any

from streamscope.kinds.platforms.base import Site
from streamscope.kinds.platforms.modelarts.answers import asked
from streamscope.kinds.platforms.modelarts.new_reading import AT_ONCE, listed, segment
from streamscope.kinds.platforms.modelarts.new_times import moment
from streamscope.kinds.platforms.modelarts.rows import part, rows, text, whole
from streamscope.model.deployment import Figures, Revision, Usage
from streamscope.model.errors import UsageError
from streamscope.model.phrase import phrase
from streamscope.tasks import together

Json = dict[str, Any]


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
