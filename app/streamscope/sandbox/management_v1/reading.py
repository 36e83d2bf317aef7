"""Management of the old generation, read side; platform documentation, "Service management" of API version 1."""

import uuid
from collections.abc import Callable
from typing import Any

from starlette.datastructures import QueryParams

from streamscope.sandbox.account import Account
from streamscope.sandbox.addresses import Addresses
from streamscope.sandbox.catalogue import APIS, OLD_NAME, Api, Service
from streamscope.sandbox.operations import Deed, Inquiry, Operation
from streamscope.sandbox.refusals import RefusalError, dispatcher

# The platform counts milliseconds; a fixed moment keeps answers equal from start to start.
PUBLISHED = 1_764_000_000_000
MINUTE = 60_000
DEPLOYING = (
    "start to deploy service",
    "building image for model [{model} 0.0.1]",
    "model ({model} 0.0.1) build image success",
    "preparing environment",
    "[{model} 0.0.1] prepare environment success",
    "schedule resource success",
    "pulling model image",
    "pull image success",
    "starting model",
)
SORTED_BY = {"publish_at", "service_name", "transition_at"}


class OldManagement:
    """Lists and describes services, their models and channels."""

    def __init__(self, account: Account, addresses: Addresses) -> None:
        self._account = account
        self._addresses = addresses

    def services(self, *, query: QueryParams) -> dict[str, Any]:
        """The list; `offset` is where it starts, `limit` at most 1000."""
        rows = [self._row(service) for service in self._old() if _wanted(service, query)]
        key = query.get("sort_by", "publish_at")
        if key not in SORTED_BY:
            raise _bad_parameter("sort_by")
        rows.sort(key=lambda row: str(row[key]), reverse=query.get("order", "desc") == "desc")
        return _page(rows, "services", query)

    def service(self, number: str, *, query: QueryParams) -> dict[str, Any]:  # noqa: ARG002  same outline as its siblings
        """One service with its configuration and address."""
        service = self._one(number)
        detail = {**self._row(service), "config": [self._config(service)], "error_msg": service.error}
        detail["access_address"] = self._addresses.channels(service)["public"]  # a stopped service keeps it
        if service.running:
            detail["debug_url"] = ""
        return {key: value for key, value in detail.items() if key != "error_msg" or value}

    def events(self, number: str, *, query: QueryParams) -> dict[str, Any]:
        """What happened while the service was deployed."""
        service = self._one(number)
        texts = [("normal", text.format(model=service.model)) for text in DEPLOYING]
        if service.status == "failed":
            texts.append(("abnormal", service.error))
        if service.status == "stopped":
            texts.append(("normal", "stop service success"))
        events = [
            {"event_type": kind, "event_info": text, "occur_time": PUBLISHED + number * MINUTE}
            for number, (kind, text) in enumerate(texts)
        ]
        wanted = query.get("event_type")
        events = [event for event in reversed(events) if wanted in (None, event["event_type"])]
        return {"service_id": service.id, "service_name": service.name, **_page(events, "events", query)}

    def endpoints(self, number: str, *, query: QueryParams) -> dict[str, Any]:
        """Address and port of each instance, for the VPC high-speed channel."""
        service = self._one(number)
        if query.get("type") != "host_endpoints":
            raise _bad_parameter("type")
        port = self._addresses.direct_ports.get(service.id)
        hosts = [] if port is None else [{"ip": "127.0.0.1", "port": port, "address": f"127.0.0.1:{port}"}]
        config = self._config(service)
        row = {"model_id": config["model_id"], "model_name": config["model_name"], "host_endpoints": hosts}
        return {"service_id": service.id, "service_name": service.name, "endpoints": [row]}

    def api_auths(self, number: str, *, query: QueryParams) -> dict[str, Any]:  # noqa: ARG002  same outline as its siblings
        """Whether applications may call the service, which, and where."""
        service = self._one(number)
        if not service.app_auth:
            return {"enable_app_auth": False, "app_auth_api": None}
        identity = self._account.identity
        app = {
            "app_id": identity.app_id,
            "app_name": identity.app_name,
            "app_key": identity.app_key,
            "app_secret": identity.app_secret,
            "app_codes": [identity.app_code],
            "app_type": "APIG",
            "app_remark": "",
            "bounded_api_count": sum(one.app_auth for one in self._old()),
            "created_at": PUBLISHED,
            "updated_at": PUBLISHED,
            "project_id": identity.project_id,
            "user_id": identity.user_id,
        }
        api = {
            "api_id": uuid.uuid5(uuid.UUID(service.id), "api").hex,
            "api_method": "ANY",
            "api_name": f"{service.name}-api",
            "api_remark": "",
            "auth_type": "APP",
            "predict_url": self._addresses.app_channels(service)["public"],
            "service_id": service.id,
            "service_name": service.name,
            "support_app_code": True,
            "authed_apps": [app],
        }
        return {"enable_app_auth": True, "app_auth_api": api}

    def internal_channel(self, *, query: QueryParams) -> dict[str, Any]:  # noqa: ARG002  same outline as its siblings
        """The private name and endpoint service of the VPC channel."""
        service = {
            "vpcep_service_id": str(uuid.uuid5(uuid.NAMESPACE_DNS, OLD_NAME)),
            "vpcep_service_name": f"{self._account.identity.region}.infer-modelarts",
            "service_port": self._addresses.vpc_port,
        }
        return {"dns_domain_name": OLD_NAME, "vpcep_info": [service]}

    def models(self, *, query: QueryParams) -> dict[str, Any]:
        """The models that services were deployed from."""
        names = sorted({service.model for service in self._old()})
        wanted = query.get("model_name", "")
        return _page([self._model_row(name) for name in names if wanted in name], "models", query)

    def model(self, number: str, *, query: QueryParams) -> dict[str, Any]:  # noqa: ARG002  same outline as its siblings
        """One model with the paths, methods and parameters of its program."""
        for name in APIS:
            if self._model_id(name) == number:
                apis = [_api(api, method) for api in APIS[name] for method in api.methods]
                return {**self._model_row(name), "apis": apis}
        raise dispatcher(404, "ModelArts.3001", f"The model {number} does not exist.")

    def _old(self) -> list[Service]:
        return [service for service in self._account.services.values() if service.generation == "v1"]

    def _one(self, number: str) -> Service:
        service = self._account.services.get(number)
        if service is None or service.generation != "v1":
            raise dispatcher(404, "ModelArts.3502", f"The service {number} does not exist.")
        return service

    def _row(self, service: Service) -> dict[str, Any]:
        identity = self._account.identity
        row: dict[str, Any] = {
            "service_id": service.id,
            "service_name": service.name,
            "description": service.description,
            "tenant": identity.domain_id,
            "project": identity.project_id,
            "owner": identity.user_id,
            "publish_at": PUBLISHED,
            "infer_type": "real-time",
            "workspace_id": "0",
            "status": service.status,
            "invocation_times": 0,
            "failed_times": 0,
            "is_shared": False,
            "shared_count": 0,
            "is_free": False,
            "schedule": [],
            "transition_at": PUBLISHED + len(DEPLOYING) * MINUTE,
            "additional_properties": {"websocket_upgrade": True} if service.websocket else {},
        }
        if service.id in self._addresses.direct_ports:
            row["pool_name"] = "pool-sandbox"
        return row

    def _config(self, service: Service) -> dict[str, Any]:
        return {
            "model_id": self._model_id(service.model),
            "model_name": service.model,
            "model_version": "0.0.1",
            "status": "ready" if service.running else "notReady",
            "specification": "modelarts.vm.cpu.2u",
            "instance_count": 1,
            "weight": 100,
            "envs": {},
            "scaling": False,
            "support_debug": False,
            "source_type": "custom",
        }

    def _model_id(self, name: str) -> str:
        return str(uuid.uuid5(uuid.UUID(self._account.identity.project_id), name))

    def _model_row(self, name: str) -> dict[str, Any]:
        identity = self._account.identity
        return {
            "model_id": self._model_id(name),
            "model_name": name,
            "model_version": "0.0.1",
            "model_type": "Image",
            "model_source": "custom",
            "model_status": "published",
            "model_size": 0,
            "description": "",
            "owner": identity.user_id,
            "project": identity.project_id,
            "tenant": identity.domain_id,
            "workspace_id": "0",
            "create_at": PUBLISHED,
            "install_type": ["real-time"],
        }


def _api(api: Api, method: str) -> dict[str, Any]:
    kind = {"type": "file"} if api.content_type.startswith("multipart") else {"type": "object"}
    properties = {"images": kind} if api.content_type.startswith("multipart") else {}
    has_body = method != "GET" or api.sample == ""
    return {
        "url": api.path,
        "method": method.lower(),
        "protocol": "https",
        "input_params": {"type": "object", "properties": properties, "example": api.sample},
        "output_params": {"type": "object", "properties": {}, "contentMediaType": api.answers},
        "input_type": api.content_type if has_body else "",
    }


def _wanted(service: Service, query: QueryParams) -> bool:
    conditions = {
        "service_id": service.id,
        "status": service.status,
        "workspace_id": "0",
        "infer_type": "real-time",
    }
    exact = all(query.get(name, value) == value for name, value in conditions.items())
    return exact and query.get("service_name", "") in service.name


def _page(rows: list[dict[str, Any]], name: str, query: QueryParams) -> dict[str, Any]:
    offset, limit = _number(query, "offset", 0), _number(query, "limit", 1000)
    if not 1 <= limit <= 1000:
        raise _bad_parameter("limit")
    page = rows[offset : offset + limit]
    return {"total_count": len(rows), "count": len(page), name: page}


def _number(query: QueryParams, name: str, default: int) -> int:
    text = query.get(name, str(default))
    if not text.isdigit():
        raise _bad_parameter(name)
    return int(text)


def _bad_parameter(name: str) -> RefusalError:
    return dispatcher(400, "ModelArts.0104", f"Invalid parameter. The parameter {name} is invalid.")


def old_operations(account: Account, addresses: Addresses) -> list[Operation]:
    """The operations of the old generation."""
    old = OldManagement(account, addresses)
    one = r"/services/([^/]+)"
    rows: list[tuple[str, Callable[..., dict[str, Any]], Deed]] = [
        (r"/services", old.services, "list"),
        (one, old.service, "get"),
        (one + "/events", old.events, "events"),
        (one + "/predict/endpoints", old.endpoints, "get"),
        (one + "/api-auths", old.api_auths, "apps"),
        (r"/internal-channel-info", old.internal_channel, "get"),
        (r"/models", old.models, "list"),
        (r"/models/([^/]+)", old.model, "get"),
    ]
    return [Operation("v1", "GET", pattern, _answered(answer), deed) for pattern, answer, deed in rows]


def _answered(answer: Callable[..., dict[str, Any]]) -> Callable[[Inquiry], dict[str, Any]]:
    return lambda asked: answer(*asked.names, query=asked.query)
