"""The new generation (v2), what a list and a service's details tell.

Source: API reference, "Inference services" of API version 2.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from streamscope.kinds.platforms.base import Api, Listed, Site
from streamscope.kinds.platforms.modelarts import new_models
from streamscope.kinds.platforms.modelarts.answers import asked
from streamscope.kinds.platforms.modelarts.new_addresses import Addresses, addresses
from streamscope.kinds.platforms.modelarts.new_reading import listed, segment
from streamscope.kinds.platforms.modelarts.rows import (
    HAPPENINGS,
    MB,
    happening,
    moment,
    number,
    part,
    protocols,
    rows,
    state,
    tags,
    text,
    whole,
)
from streamscope.model.phrase import Phrase, phrase
from streamscope.model.service import Happening

_FROZEN: dict[str, Phrase] = {
    "ARREAR": phrase("Frozen, since bills are open: pay them."),
    "POLICE": phrase("Frozen by the authorities: ask the platform's support."),
    "ILLEGAL": phrase("Frozen for a breach of the rules: ask the platform's support."),
}
_HELD = 2
"""The effect of being frozen where the service cannot be deleted either."""


async def services(site: Site) -> list[Listed]:
    """The rows of all services, what changed last first.

    They are read in the order of their creation, since a change of state would move them while they are read.
    """
    found = await listed(site, "services", "id", sort_key="create_at", sort_dir="DESC")
    return [_row(row) for row in sorted(found, key=lambda row: -moment(row, "update_at"))]


async def one(site: Site, service: str) -> Listed:
    """A service's row from its details, with why it failed. Raises PlatformRefusal."""
    detail = await asked(site, "GET", "v2", f"services/{segment(service)}")
    return replace(_row(detail), note=" ".join(filter(None, (text(detail, "failure_reason"), frozen(detail)))))


async def happenings(site: Site, service: str, most: int = HAPPENINGS) -> list[Happening]:
    """The latest of what happened to a service, the newest first."""
    found = await asked(site, "GET", "v2", f"services/{segment(service)}/events?limit={most}&offset=0")
    told = [happening(row, "create_at") for row in rows(found.get("data"))]
    return sorted(told, key=lambda one: -one.at)


async def details(site: Site, row: Listed) -> Listed:
    """Addresses, authentication, protocol and limits."""
    detail = await asked(site, "GET", "v2", f"services/{segment(row.id)}")
    runtime = part(part(detail, "version"), "runtime_config") or part(detail, "runtime_config")
    invoke, limit = part(runtime, "service_invoke"), part(runtime, "service_limit")
    scheme = text(invoke, "protocol").upper()
    found = addresses(detail.get("predict_url"), scheme, row.id, invoke.get("custom_urls"))
    live = scheme.startswith("WS")
    apis: tuple[Api, ...] = (Api("/v1/chat", "GET", "WS") if live else Api("/v1/chat/completions"),)
    if text(detail, "task_type") != "TEXT_GENERATION":
        apis = await new_models.apis(site, detail, live)
    rate = part(limit, "rate_limit")
    return replace(
        row,
        auth=(text(invoke, "auth_type").upper() or "TOKEN",),
        protocols=protocols(live, apis),
        entries=found.entries,
        apis=apis,
        body_limit=whole(limit, "request_size_limit") * MB,
        time_limit=number(limit, "request_timeout") or 0.0,
        rate_limit="" if live else _rate(rate),
        note=" ".join(filter(None, (text(detail, "failure_reason"), frozen(detail), *_remarks(found)))),
        complete=True,
    )


def _row(row: dict[str, Any]) -> Listed:
    status, auth = text(row, "status"), text(row, "auth_type").upper()
    return Listed(
        text(row, "id"),
        text(row, "name"),
        "v2",
        status,
        state(status),
        (auth,) if auth else (),
        complete=False,
        note=frozen(row),
        tags=tags(row.get("tags")),
        description=text(row, "description"),
        version=text(part(row, "version"), "version") or ("" if part(row, "version") else text(row, "version")),
        changed=moment(row, "update_at"),
    )


def frozen(row: dict[str, Any]) -> str:
    """Why a service is frozen and what to do; '' where it is not."""
    told = []
    for info in rows(row.get("frozen_infos")):
        scene = text(info, "scene").upper()
        told.append(str(_FROZEN.get(scene, phrase("Frozen ({scene}): ask the platform's support.", scene=scene))))
        if whole(info, "effect") == _HELD:
            told.append(str(phrase("It cannot be deleted until then.")))
    return " ".join(told)


def _remarks(found: Addresses) -> Iterator[str]:
    """What of a service's addresses is not as usual."""
    if found.assumed:
        told = ", ".join(found.assumed)
        yield str(phrase("The platform tells {told}: scheme and path were filled in.", told=told))
    if found.further:
        yield str(phrase("Further addresses: {urls}", urls=", ".join(found.further)))


def _rate(rate: dict[str, Any]) -> str:
    count = whole(rate, "num")
    return f"{count} / {(text(rate, 'unit') or 'SECONDS').lower().removesuffix('s')}" if count else ""
