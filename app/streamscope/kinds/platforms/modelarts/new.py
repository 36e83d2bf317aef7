"""The new generation (v2), what a list and a service's details tell.

Source: API reference, "Inference services" of API version 2.
"""

from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from streamscope.kinds.platforms.base import Api, Listed, Site
from streamscope.kinds.platforms.modelarts.answers import asked
from streamscope.kinds.platforms.modelarts.rows import HAPPENINGS, MB, happening, protocols, state, tags
from streamscope.model.service import Happening

_PAGE = 500
"""Rows asked for at once: the most that there are."""


async def services(site: Site) -> list[Listed]:
    rows: list[Listed] = []
    while True:
        page = await asked(site, "GET", "v2", f"services?{urlencode({'offset': len(rows), 'limit': _PAGE})}")
        read = [_new_row(row) for row in page.get("data") or ()]
        rows += read
        if len(read) < _PAGE or len(rows) >= int(page.get("total") or 0):
            return rows


async def happenings(site: Site, service: str) -> list[Happening]:
    """The latest of what happened to a service."""
    found = await asked(site, "GET", "v2", f"services/{service}/events?limit={HAPPENINGS}&offset=0")
    return [happening(row, "create_at") for row in found.get("data") or ()]


async def details(site: Site, listed: Listed) -> Listed:
    detail = await asked(site, "GET", "v2", f"services/{listed.id}")
    runtime = (detail.get("version") or {}).get("runtime_config") or detail.get("runtime_config") or {}
    invoke, limit = runtime.get("service_invoke") or {}, runtime.get("service_limit") or {}
    scheme = str(invoke.get("protocol") or "HTTPS").upper()
    entries = {}
    for urls in detail.get("predict_url") or ():
        if urls.get("type") in ("PUBLIC", "INTERNAL") and urls.get("urls"):
            entries[str(urls["type"])] = _whole_url(str(urls["urls"][0]), scheme, listed.id)
    live = scheme.startswith("WS")
    chat = Api("/v1/chat", "GET", "WS") if live else Api("/v1/chat/completions")
    return replace(
        listed,
        auth=(str(invoke.get("auth_type") or "TOKEN"),),
        protocols=protocols(live, ()),
        entries=entries,
        apis=(chat,) if detail.get("task_type") == "TEXT_GENERATION" else (),
        body_limit=int(limit.get("request_size_limit") or 0) * MB,
        time_limit=float(limit.get("request_timeout") or 0),
        rate_limit=_rate(limit.get("rate_limit")),
        note=str(detail.get("failure_reason") or ""),
        complete=True,
    )


def _new_row(row: dict[str, Any]) -> Listed:
    status = str(row.get("status") or "")
    return Listed(
        str(row.get("id")),
        str(row.get("name") or ""),
        "v2",
        status,
        state(status),
        (str(row["auth_type"]),) if row.get("auth_type") else (),
        complete=False,
        tags=tags(row.get("tags")),
        description=str(row.get("description") or ""),
    )


def _rate(rate: Any) -> str:
    if not isinstance(rate, dict) or not rate.get("num"):
        return ""
    return f"{rate['num']} / {str(rate.get('unit') or 'SECONDS').lower().removesuffix('s')}"


def _whole_url(address: str, scheme: str, service: str) -> str:
    """An address of the new generation that may come as a bare host: scheme and path are filled in."""
    if "://" not in address:
        address = f"{scheme.lower()}://{address}"
    return address if "/v2/infer/" in address else f"{address.rstrip('/')}/v2/infer/{service}"
