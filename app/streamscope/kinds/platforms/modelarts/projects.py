"""The projects of an account; identity service API, "Querying a project list" (GET /v3/projects)."""

import json
from typing import Any

from streamscope.kinds.platforms.base import Site
from streamscope.model.errors import PlatformRefusal
from streamscope.model.phrase import phrase
from streamscope.model.service import Project

_MOST = 50
"""Pages that are followed at most."""


async def projects(site: Site, iam: str) -> list[Project]:
    """Every project that may be used: the region's own first, then its parts, then those of other regions."""
    region = site.workspace.values.get("region", "")
    url, found = f"{iam.rstrip('/')}/v3/projects", []
    for _ in range(_MOST):
        page = await _page(site, url)
        found += [_project(row) for row in page.get("projects") or () if isinstance(row, dict) and row.get("id")]
        links = page.get("links")
        following = links.get("next") if isinstance(links, dict) else None
        if not isinstance(following, str) or not following.startswith(iam):
            break
        url = following
    return sorted(found, key=lambda one: (one.name != region, not one.name.startswith(f"{region}_"), one.name))


async def _page(site: Site, url: str) -> dict[str, Any]:
    reply = await site.call("GET", url)
    try:
        read = json.loads(reply.body)
    except ValueError:
        read = None
    if reply.status != 200 or not isinstance(read, dict):
        told = read if isinstance(read, dict) else {}
        error = told.get("error")
        said = str(error.get("message") if isinstance(error, dict) else told.get("error_msg") or "no JSON")
        raise PlatformRefusal(
            phrase("The identity service refused to list projects ({status}): {told}", status=reply.status, told=said),
            phrase("Check who signs in; listing projects needs the permission iam:projects:listProjectsForUser."),
            cause=f"GET {url.partition('?')[0]}",
            status=reply.status,
        )
    return read


def _project(row: dict[str, Any]) -> Project:
    return Project(
        str(row["id"]), str(row.get("name") or ""), row.get("enabled") is not False, str(row.get("description") or "")
    )
