"""The old generation (v1), what a list and a service's details tell.

Source: API reference, "Service management" of API version 1.
"""

import json
from dataclasses import replace
from typing import Any
from urllib.parse import quote

from streamscope.kinds.platforms.base import Api, Listed, Site
from streamscope.kinds.platforms.modelarts.answers import asked, optional
from streamscope.kinds.platforms.modelarts.old_figures import percent
from streamscope.kinds.platforms.modelarts.old_paging import paged
from streamscope.kinds.platforms.modelarts.rows import HAPPENINGS, MB, happening, protocols, rows, state, tags, text
from streamscope.model.service import Happening

_TIME = 40.0
"""Seconds that the gateway gives a prediction ("Deploying and Using Real-Time Inference")."""


async def services(site: Site) -> list[Listed]:
    """Every real-time service, as far as a list tells."""
    return [_row(row) for row in await paged(site, "services", "services", "service_id", {"infer_type": "real-time"})]


async def one(site: Site, service: str) -> Listed:
    """A service's row from its details, with why it failed and how far it is. Raises PlatformRefusal."""
    detail = await asked(site, "GET", "v1", f"services/{quote(service, safe='')}")
    return replace(_row(detail), note=text(detail, "error_msg"))


async def happenings(site: Site, service: str) -> list[Happening]:
    """The latest of what happened to a service."""
    found = await asked(site, "GET", "v1", f"services/{service}/events?limit={HAPPENINGS}")
    return [happening(row, "occur_time") for row in found.get("events") or ()]


async def details(site: Site, listed: Listed) -> Listed:
    detail = await asked(site, "GET", "v1", f"services/{listed.id}")
    address = str(detail.get("access_address") or "")
    live = bool((detail.get("additional_properties") or {}).get("websocket_upgrade"))
    entries, app_entries = {}, {}
    if address:
        entries["PUBLIC"] = address
        inside = await _internal_domain(site)
        app = await _app_address(site, listed.id)
        if app:
            app_entries["PUBLIC"] = app
        if inside:
            entries["INTERNAL"] = _under(address, inside)
            if app:
                app_entries["INTERNAL"] = _under(app, inside)
        host = await _host_address(site, listed.id, detail, live)
        if host:
            entries["HOST"] = app_entries["HOST"] = host
    apis = await _apis(site, detail, live)
    return replace(
        listed,
        auth=("IAM", "APP") if app_entries.get("PUBLIC") else ("IAM",),
        protocols=protocols(live, apis),
        entries=entries,
        app_entries=app_entries,
        apis=apis,
        body_limit=12 * MB,
        time_limit=_TIME,
        note=str(detail.get("error_msg") or ""),
        complete=True,
    )


def _row(row: dict[str, Any]) -> Listed:
    status = str(row.get("status") or "")
    return Listed(
        str(row.get("service_id")),
        str(row.get("service_name") or ""),
        "v1",
        status,
        state(status),
        complete=False,
        tags=tags(row.get("tags")),
        description=str(row.get("description") or ""),
        progress=percent(row),
    )


async def _internal_domain(site: Site) -> str:
    info = await optional(site, "v1", "internal-channel-info")
    domain = str(info.get("dns_domain_name") or "")
    ports = [entry.get("service_port") for entry in info.get("vpcep_info") or ()]
    return f"{domain}:{ports[0]}" if domain and ports and ports[0] not in (None, 443) else domain


async def _app_address(site: Site, service: str) -> str:
    auths = await optional(site, "v1", f"services/{service}/api-auths?workspace_id=0")
    api = auths.get("app_auth_api") or {}
    return str(api.get("predict_url") or "") if auths.get("enable_app_auth") else ""


async def _host_address(site: Site, service: str, detail: dict[str, Any], live: bool) -> str:
    """The first instance's own address; only services in a dedicated pool have one, and asking is rationed."""
    if not (detail.get("pool_name") or detail.get("cluster_id")):
        return ""
    answer = await optional(site, "v1", f"services/{service}/predict/endpoints?type=host_endpoints")
    for model in answer.get("endpoints") or answer.get("host_endpoints") or ():
        for host in model.get("host_endpoints") or model.get("endpoints") or [model]:
            name, port = host.get("ip") or host.get("address") or host.get("host_ip"), host.get("port")
            if name:
                return f"{'ws' if live else 'http'}://{name}:{port}" if port else f"{'ws' if live else 'http'}://{name}"
    return ""


async def _apis(site: Site, detail: dict[str, Any], live: bool) -> tuple[Api, ...]:
    models = [config.get("model_id") for config in detail.get("config") or () if config.get("model_id")]
    return await described(site, str(models[0]), live) if models else ()


async def described(site: Site, model: str, live: bool) -> tuple[Api, ...]:
    """The paths that a model describes; () where it does not, or may not be read."""
    found = await optional(site, "v1", f"models/{quote(model, safe='')}")
    return tuple(
        Api(
            str(api.get("url") or ""),
            str(api.get("method") or "POST").upper(),
            "WS" if live else "HTTP",
            _example(api.get("input_params")),
            _media_type(api.get("output_params")),
        )
        for api in rows(found.get("apis"))
    )


def _media_type(schema: Any) -> str:
    """The media type that an output description names (JSON Schema, contentMediaType)."""
    return str(schema.get("contentMediaType") or "") if isinstance(schema, dict) else ""


def _example(schema: Any) -> str:
    """A body made from an API's input description, where it carries an example."""
    if isinstance(schema, str):
        try:
            schema = json.loads(schema)
        except ValueError:
            return ""
    example = schema.get("example") if isinstance(schema, dict) else None
    if isinstance(example, str):
        return example
    return json.dumps(example, ensure_ascii=False, indent=2) if example is not None else ""


def _under(address: str, domain: str) -> str:
    """The same path under another host, as the VPC channel's guide tells to write it."""
    scheme, _, rest = address.partition("://")
    return f"{scheme}://{domain}/{rest.partition('/')[2]}"
