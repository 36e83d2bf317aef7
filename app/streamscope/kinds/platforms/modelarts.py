"""ModelArts real-time services, both generations of its management interface, read side.

Source: API reference, "Service management" (v1) and "Inference services" (v2). Addresses are always taken from the
interface and never built from an id; what a list row lacks is read for one service at a time.
"""

import json
import time
from dataclasses import replace
from email.utils import parsedate_to_datetime
from typing import Any, ClassVar, Literal
from urllib.parse import urlencode

from streamscope.kinds.platforms.base import Api, Listed, Platform, Site
from streamscope.model.errors import ExchangeError, PlatformRefusal, StreamscopeError
from streamscope.model.field import Field
from streamscope.model.phrase import phrase
from streamscope.model.service import Account, Happening, State, Workspace

_STATES: dict[str, State] = {
    "running": "running",
    "concerning": "concerning",
    "failed": "failed",
    "error": "failed",
    "stopped": "stopped",
    "finished": "stopped",
    "deleted": "stopped",
}
_PAGE = 500
"""Rows asked for at once: the most that both generations give."""
_OLD_TIME = 40.0
"""Seconds that the old generation's gateway gives a prediction ("Deploying and Using Real-Time Inference")."""
_HAPPENINGS = 20
_SEVERITIES: dict[str, Literal["info", "warning", "error"]] = {"abnormal": "error", "warning": "warning"}
_MB = 1024 * 1024


class ModelArts(Platform):
    """A region and project of ModelArts."""

    key = "modelarts"
    label = phrase("ModelArts")
    help = phrase("Real-time services of a region and project, old and new generation.")
    fields: ClassVar[tuple[Field, ...]] = (
        Field("region", phrase("Region"), required=True, help=phrase("For example cn-north-4.")),
        Field("project", phrase("Project id"), required=True),
        Field("sign_in", phrase("Signs in with"), help=phrase("The authentication used for listing.")),
        Field("management", phrase("Management address"), help=phrase("Only where it is not the region's own.")),
        Field("iam", phrase("IAM address"), help=phrase("Only where it is not the region's own.")),
        Field("endpoint", phrase("VPC endpoint"), help=phrase("IP of the VPC endpoint, for its private names.")),
    )

    def account(self, workspace: Workspace) -> Account:
        """The identity service and the project, from the region where they are not given."""
        values = workspace.values
        region = values.get("region", "")
        iam = values.get("iam") or f"https://iam.{region}.myhuaweicloud.com"
        return Account(workspace.name, iam, values.get("project", ""), region)

    def addresses(self, workspace: Workspace) -> tuple[str, ...]:
        """The management interface and the identity service."""
        return _management(workspace), self.account(workspace).iam

    async def services(self, site: Site) -> list[Listed]:
        """The rows of both generations; a region may have only one of them."""
        found: list[Listed] = []
        failures: list[StreamscopeError] = []
        for read in (self._old, self._new):
            try:
                found += await read(site)
            except ExchangeError as error:
                failures.append(error)
        if len(failures) == 2:
            raise failures[0]
        return found

    async def complete(self, site: Site, listed: Listed) -> Listed:
        """Addresses, accepted authentication, protocol, limits and paths of one service."""
        if listed.generation == "v1":
            return await self._old_details(site, listed)
        return await self._new_details(site, listed)

    async def happenings(self, site: Site, listed: Listed) -> list[Happening]:
        """The latest of what happened to a service."""
        if listed.generation == "v1":
            found = await _json(site, "v1", f"services/{listed.id}/events?limit={_HAPPENINGS}")
            return [_happening(row, "occur_time") for row in found.get("events") or ()]
        found = await _json(site, "v2", f"services/{listed.id}/events?limit={_HAPPENINGS}&offset=0")
        return [_happening(row, "create_at") for row in found.get("data") or ()]

    async def _old(self, site: Site) -> list[Listed]:
        """Rows of the old generation. Its reference calls the offset "page index or start": both are understood."""
        rows: list[Listed] = []
        seen: set[str] = set()
        offset, by_rows = 0, False
        while True:
            query = urlencode({"infer_type": "real-time", "offset": offset, "limit": _PAGE})
            page = await _json(site, "v1", f"services?{query}")
            told = [_old_row(row) for row in page.get("services") or ()]
            read = [row for row in told if row.id not in seen]
            if offset == 1 and len(read) < len(told):  # a row was told twice: the offset counts rows here, not pages
                by_rows = True
            seen.update(row.id for row in read)
            rows += read
            if not read or len(rows) >= int(page.get("total_count") or 0):
                return rows
            offset = len(rows) if by_rows else offset + 1

    async def _new(self, site: Site) -> list[Listed]:
        rows: list[Listed] = []
        while True:
            page = await _json(site, "v2", f"services?{urlencode({'offset': len(rows), 'limit': _PAGE})}")
            read = [_new_row(row) for row in page.get("data") or ()]
            rows += read
            if len(read) < _PAGE or len(rows) >= int(page.get("total") or 0):
                return rows

    async def _old_details(self, site: Site, listed: Listed) -> Listed:
        detail = await _json(site, "v1", f"services/{listed.id}")
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
            protocols=_protocols(live, apis),
            entries=entries,
            app_entries=app_entries,
            apis=apis,
            body_limit=12 * _MB,
            time_limit=_OLD_TIME,
            note=str(detail.get("error_msg") or ""),
            complete=True,
        )

    async def _new_details(self, site: Site, listed: Listed) -> Listed:
        detail = await _json(site, "v2", f"services/{listed.id}")
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
            protocols=_protocols(live, ()),
            entries=entries,
            apis=(chat,) if detail.get("task_type") == "TEXT_GENERATION" else (),
            body_limit=int(limit.get("request_size_limit") or 0) * _MB,
            time_limit=float(limit.get("request_timeout") or 0),
            rate_limit=_rate(limit.get("rate_limit")),
            note=str(detail.get("failure_reason") or ""),
            complete=True,
        )


def _old_row(row: dict[str, Any]) -> Listed:
    status = str(row.get("status") or "")
    return Listed(
        str(row.get("service_id")),
        str(row.get("service_name") or ""),
        "v1",
        status,
        _state(status),
        complete=False,
        tags=_tags(row.get("tags")),
        description=str(row.get("description") or ""),
    )


def _new_row(row: dict[str, Any]) -> Listed:
    status = str(row.get("status") or "")
    return Listed(
        str(row.get("id")),
        str(row.get("name") or ""),
        "v2",
        status,
        _state(status),
        (str(row["auth_type"]),) if row.get("auth_type") else (),
        complete=False,
        tags=_tags(row.get("tags")),
        description=str(row.get("description") or ""),
    )


def _tags(tags: Any) -> tuple[str, ...]:
    """Tags as "key=value", just the key where it has no value."""
    if not isinstance(tags, list):
        return ()
    pairs = [(str(tag.get("key") or ""), str(tag.get("value") or "")) for tag in tags if isinstance(tag, dict)]
    return tuple(f"{key}={value}" if value else key for key, value in pairs if key)


def _rate(rate: Any) -> str:
    if not isinstance(rate, dict) or not rate.get("num"):
        return ""
    return f"{rate['num']} / {str(rate.get('unit') or 'SECONDS').lower().removesuffix('s')}"


def _happening(row: dict[str, Any], when: str) -> Happening:
    """Times are milliseconds since the epoch, as numbers or as text."""
    try:
        at = float(row.get(when) or 0) / 1000
    except (TypeError, ValueError):
        at = 0.0
    severity = _SEVERITIES.get(str(row.get("event_type") or "").lower(), "info")
    return Happening(at, str(row.get("event_info") or ""), severity)


def _state(status: str) -> State:
    return _STATES.get(status.lower(), "changing" if status else "unknown")


def _management(workspace: Workspace) -> str:
    values = workspace.values
    return values.get("management") or f"https://modelarts.{values.get('region', '')}.myhuaweicloud.com"


async def _json(site: Site, version: str, path: str) -> dict[str, Any]:
    project = site.workspace.values.get("project", "")
    reply = await site.call("GET", f"{_management(site.workspace)}/{version}/{project}/{path}")
    try:
        read = json.loads(reply.body)
    except ValueError:
        read = None
    if reply.status != 200 or not isinstance(read, dict):
        told = f"{read.get('error_code')}: {read.get('error_msg')}" if isinstance(read, dict) else "no JSON"
        raise PlatformRefusal(
            phrase("The platform refused to list services ({status}): {told}", status=reply.status, told=told),
            phrase("Check region, project and the permission modelarts:service:list."),
            cause=f"GET /{version}/…/{path}",
            status=reply.status,
            retry_after=_seconds(reply.header("Retry-After")),
        )
    return read


def _seconds(text: str) -> float:
    """Retry-After as seconds from now; 0 where it is not there or makes no sense (RFC 9110, section 10.2.3)."""
    if text.strip().isdigit():
        return float(text)
    try:
        return max(0.0, parsedate_to_datetime(text).timestamp() - time.time())
    except (ValueError, TypeError):
        return 0.0


async def _optional(site: Site, path: str) -> dict[str, Any]:
    """An answer that older regions or missing permissions may not give."""
    try:
        return await _json(site, "v1", path)
    except ExchangeError:
        return {}


async def _internal_domain(site: Site) -> str:
    info = await _optional(site, "internal-channel-info")
    domain = str(info.get("dns_domain_name") or "")
    ports = [entry.get("service_port") for entry in info.get("vpcep_info") or ()]
    return f"{domain}:{ports[0]}" if domain and ports and ports[0] not in (None, 443) else domain


async def _app_address(site: Site, service: str) -> str:
    auths = await _optional(site, f"services/{service}/api-auths?workspace_id=0")
    api = auths.get("app_auth_api") or {}
    return str(api.get("predict_url") or "") if auths.get("enable_app_auth") else ""


async def _host_address(site: Site, service: str, detail: dict[str, Any], live: bool) -> str:
    """The first instance's own address; only services in a dedicated pool have one, and asking is rationed."""
    if not (detail.get("pool_name") or detail.get("cluster_id")):
        return ""
    answer = await _optional(site, f"services/{service}/predict/endpoints?type=host_endpoints")
    for model in answer.get("endpoints") or answer.get("host_endpoints") or ():
        for host in model.get("host_endpoints") or model.get("endpoints") or [model]:
            name, port = host.get("ip") or host.get("address") or host.get("host_ip"), host.get("port")
            if name:
                return f"{'ws' if live else 'http'}://{name}:{port}" if port else f"{'ws' if live else 'http'}://{name}"
    return ""


async def _apis(site: Site, detail: dict[str, Any], live: bool) -> tuple[Api, ...]:
    models = [config.get("model_id") for config in detail.get("config") or () if config.get("model_id")]
    if not models:
        return ()
    model = await _optional(site, f"models/{models[0]}")
    return tuple(
        Api(
            str(api.get("url") or ""),
            str(api.get("method") or "POST").upper(),
            "WS" if live else "HTTP",
            _example(api.get("input_params")),
            _media_type(api.get("output_params")),
        )
        for api in model.get("apis") or ()
    )


def _protocols(live: bool, apis: tuple[Api, ...]) -> tuple[str, ...]:
    """WebSocket, or HTTP; answers may go on as a stream unless the APIs' descriptions say otherwise."""
    if live:
        return ("WS",)
    described = [api.answers for api in apis if api.answers]
    return ("HTTP", "STREAM") if not described or "text/event-stream" in described else ("HTTP",)


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


def _whole_url(address: str, scheme: str, service: str) -> str:
    """An address of the new generation that may come as a bare host: scheme and path are filled in."""
    if "://" not in address:
        address = f"{scheme.lower()}://{address}"
    return address if "/v2/infer/" in address else f"{address.rstrip('/')}/v2/infer/{service}"
