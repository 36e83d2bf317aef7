"""The old generation (v1), what a list and a service's details tell.

Source: API reference, "Service management" of API version 1.
"""

import asyncio
import json
from dataclasses import replace
from typing import Any
from urllib.parse import quote

from streamscope.kinds.platforms.base import Api, Listed, Site
from streamscope.kinds.platforms.modelarts.answers import asked, optional
from streamscope.kinds.platforms.modelarts.old_figures import addresses, dedicated, percent
from streamscope.kinds.platforms.modelarts.old_paging import paged
from streamscope.kinds.platforms.modelarts.rows import (
    HAPPENINGS,
    MB,
    happening,
    moment,
    part,
    protocols,
    rows,
    state,
    tags,
    text,
    whole,
)
from streamscope.model.service import Happening

_TIME = 40.0
"""Seconds that the gateway gives a prediction ("Deploying and Using Real-Time Inference")."""


async def services(site: Site) -> list[Listed]:
    """Every real-time service, as far as a list tells."""
    return [_row(row) for row in await paged(site, "services", "services", "service_id", {"infer_type": "real-time"})]


async def one(site: Site, service: str) -> Listed:
    """A service's row from its details, with why it failed and how far it is. Raises PlatformRefusal."""
    detail = await asked(site, "GET", "v1", _path(service))
    return replace(_row(detail), note=text(detail, "error_msg"))


async def happenings(site: Site, service: str) -> list[Happening]:
    """The latest of what happened to a service."""
    found = await asked(site, "GET", "v1", f"{_path(service)}/events?limit={HAPPENINGS}")
    return [happening(row, "occur_time") for row in rows(found.get("events"))]


async def details(site: Site, listed: Listed) -> Listed:
    """A service with its addresses, its paths and who may call it. What may be refused is asked for at once."""
    detail = await asked(site, "GET", "v1", _path(listed.id))
    address = text(detail, "access_address")
    live = part(detail, "additional_properties").get("websocket_upgrade") is True
    entries, app_entries = {}, {}
    apis = _apis(site, detail, live)
    if address:
        inside, app, host, described = await asyncio.gather(
            _internal_domain(site), _app_address(site, listed.id), _host_address(site, listed.id, detail, live), apis
        )
        entries["PUBLIC"] = address
        if app:
            app_entries["PUBLIC"] = app
        if inside:
            entries["INTERNAL"] = _under(address, inside)
            if app:
                app_entries["INTERNAL"] = _under(app, inside)
        if host:
            entries["HOST"] = app_entries["HOST"] = host
    else:
        described = await apis
    return replace(
        listed,
        auth=("IAM", "APP") if app_entries.get("PUBLIC") else ("IAM",),
        protocols=protocols(live, described),
        entries=entries,
        app_entries=app_entries,
        apis=described,
        body_limit=12 * MB,
        time_limit=_TIME,
        note=text(detail, "error_msg"),
        complete=True,
    )


def _row(row: dict[str, Any]) -> Listed:
    status = text(row, "status")
    return Listed(
        text(row, "service_id"),
        text(row, "service_name"),
        "v1",
        status,
        state(status),
        complete=False,
        tags=tags(row.get("tags")),
        description=text(row, "description"),
        progress=percent(row),
        changed=max(moment(row, "transition_at"), moment(row, "update_time")),
    )


def _path(service: str) -> str:
    return f"services/{quote(service, safe='')}"


async def _internal_domain(site: Site) -> str:
    """The private name of the VPC channel, with its port where that is not the usual one."""
    info = await optional(site, "v1", "internal-channel-info")
    domain = text(info, "dns_domain_name")
    port = next((whole(entry, "service_port") for entry in rows(info.get("vpcep_info"))), 0)
    return f"{domain}:{port}" if domain and port not in (0, 443) else domain


async def _app_address(site: Site, service: str) -> str:
    """The gateway's other row, where applications may call the service."""
    auths = await optional(site, "v1", f"{_path(service)}/api-auths?workspace_id=0")
    return text(part(auths, "app_auth_api"), "predict_url") if auths.get("enable_app_auth") is True else ""


async def _host_address(site: Site, service: str, detail: dict[str, Any], live: bool) -> str:
    """The first instance's own address; only services in a dedicated pool have one, and asking is rationed."""
    if not dedicated(detail):
        return ""
    answer = await optional(site, "v1", f"{_path(service)}/predict/endpoints?type=host_endpoints")
    first = next((host for hosts in addresses(answer).values() for host in hosts), "")
    return f"{'ws' if live else 'http'}://{first}" if first else ""


async def _apis(site: Site, detail: dict[str, Any], live: bool) -> tuple[Api, ...]:
    """The paths of all models, as far as their import described them; a call may go to any of them."""
    models = dict.fromkeys(text(config, "model_id") for config in rows(detail.get("config")))
    found = await asyncio.gather(*(described(site, model, live) for model in models if model))
    return tuple(dict.fromkeys(api for apis in found for api in apis))


async def described(site: Site, model: str, live: bool) -> tuple[Api, ...]:
    """The paths that a model's import described; () where it did not, or may not be read."""
    found = await optional(site, "v1", f"models/{quote(model, safe='')}")
    return tuple(_api(row, live) for row in rows(found.get("apis")))


def _api(row: dict[str, Any], live: bool) -> Api:
    return Api(
        text(row, "url"),
        (text(row, "method") or "POST").upper(),
        "WS" if live else "HTTP",
        _example(row.get("input_params")),
        _media_type(row.get("output_params")),
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
