"""What can be deployed in the new generation: images and flavors, as far as the platform tells.

This generation takes any image by its path and lists none. Where the old generation's models name images by
NAME:VERSION, as the sandbox's do, they are offered.
"""

from typing import Any

from streamscope.kinds.platforms.base import Api, Site
from streamscope.kinds.platforms.modelarts.answers import optional
from streamscope.kinds.platforms.modelarts.new_reading import listed
from streamscope.kinds.platforms.modelarts.old import described
from streamscope.kinds.platforms.modelarts.rows import moment, part, rows, text
from streamscope.model.deployment import Model
from streamscope.model.errors import ExchangeError


async def models(site: Site) -> list[Model]:
    """Images by NAME:VERSION, the newest first; [] where the platform does not tell."""
    return [_model(row) for row in await _rows(site)]


async def _rows(site: Site) -> list[dict[str, Any]]:
    if site.workspace.platform != "sandbox":
        return []
    found = await optional(site, "v1", "models?limit=1000")
    return [row for row in rows(found.get("models")) if text(row, "model_name")]


async def apis(site: Site, detail: dict[str, Any], live: bool) -> tuple[Api, ...]:
    """The paths of what runs, where a model of its image's name describes them; () elsewhere."""
    groups = rows(part(detail, "version").get("instance_groups"))
    units = rows(groups[0].get("unit_configs")) if groups else []
    image = text(part(units[0], "image"), "swr_path") if units else ""
    known = {model.id: row for row in await _rows(site) for model in (_model(row),)} if image else {}
    return await described(site, text(known[image], "model_id"), live) if image in known else ()


def _model(row: dict[str, Any]) -> Model:
    called, version, status = text(row, "model_name"), text(row, "model_version"), text(row, "model_status")
    return Model(
        f"{called}:{version}" if version else called,
        called,
        version,
        status,
        text(row, "description"),
        moment(row, "create_at"),
        text(row, "model_source"),
        status in ("", "published"),
    )


async def flavors(site: Site) -> list[dict[str, Any]]:
    """The public pool's flavors; [] where they may not be listed: one's own specification is still possible."""
    try:
        return await listed(site, "services/flavors", "id")
    except ExchangeError:
        return []
