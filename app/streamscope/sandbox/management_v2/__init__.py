"""Management of the new generation, read side; platform documentation, API version 2 of inference services."""

import uuid
from typing import Any

from starlette.datastructures import QueryParams

from streamscope.sandbox.account import Account
from streamscope.sandbox.addresses import Addresses
from streamscope.sandbox.catalogue import Service
from streamscope.sandbox.operations import Operation
from streamscope.sandbox.refusals import RefusalError, dispatcher

CREATED = 1_764_000_000_000
MINUTE = 60_000
EVENTS = ("start to deploy service", "schedule resource success", "pull image success", "start instance success")
SORT_KEYS = {"update_at", "create_at"}
FILTERS = ("id", "name", "status", "auth_type", "type", "workspace_id")


class NewManagement:
    """Lists and describes services of the new generation."""

    def __init__(self, account: Account, addresses: Addresses) -> None:
        self._account = account
        self._addresses = addresses

    def services(self, *, query: QueryParams) -> dict[str, Any]:
        """One page of the list, without addresses; the offset is a multiple of the limit."""
        rows = [self._row(service) for service in self._new()]
        rows = [row for row in rows if all(_matches(row, name, query) for name in FILTERS)]
        key = query.get("sort_key", "update_at")
        if key not in SORT_KEYS:
            raise _bad_parameter("sort_key")
        rows.sort(key=lambda row: (row[key], row["name"]), reverse=query.get("sort_dir", "DESC") == "DESC")
        return _page(rows, query)

    def service(self, number: str, *, query: QueryParams) -> dict[str, Any]:  # noqa: ARG002  same outline as its siblings
        """One service with its addresses, its authentication and its limits."""
        service = self._one(number)
        channels = self._addresses.channels(service)
        row = self._row(service)
        del row["version"], row["version_count"], row["auth_type"]
        return {
            **row,
            "failure_reason": service.error,
            "version": self._version(service),
            "predict_url": [
                {"type": "PUBLIC", "urls": [channels["public"]]},
                {"type": "INTERNAL", "urls": [channels["vpc"]]},
            ],
            "dispatcher_group_id": str(uuid.uuid5(uuid.NAMESPACE_DNS, "dispatcher.sandbox.internal")),
        }

    def events(self, number: str, *, query: QueryParams) -> dict[str, Any]:
        """What happened to the service."""
        service = self._one(number)
        wanted = query.get("event_type")
        rows = [
            {
                "id": str(uuid.uuid5(uuid.UUID(service.id), text)),
                "service_id": service.id,
                "service_version_id": self._version_id(service),
                "event_count": 1,
                "event_type": "NORMAL",
                "event_info": text,
                "event_info_cn": text,
                "create_at": str(CREATED + order * MINUTE),
                "update_at": str(CREATED + order * MINUTE),
            }
            for order, text in enumerate(EVENTS)
            if wanted in (None, "NORMAL")
        ]
        return _page(rows[::-1], query)

    def _new(self) -> list[Service]:
        return [service for service in self._account.services.values() if service.generation == "v2"]

    def _one(self, number: str) -> Service:
        service = self._account.services.get(number)
        if service is None or service.generation != "v2":
            raise dispatcher(404, "ModelArts.3502", f"The service {number} does not exist.")
        return service

    def _row(self, service: Service) -> dict[str, Any]:
        later = len(self._account.services) - list(self._account.services).index(service.id)
        return {
            "id": service.id,
            "name": service.name,
            "status": service.status,
            "version": "1.0.0",
            "version_count": 1,
            "description": service.description,
            "type": "REAL_TIME",
            "deploy_type": "SINGLE",
            "user_name": self._account.identity.user,
            "workspace_id": "0",
            "create_at": str(CREATED),
            "update_at": str(CREATED + (len(EVENTS) + later) * MINUTE),
            "auth_type": service.auth[0].upper(),
            "task_type": "TEXT_GENERATION",
            "tags": [],
            "schedule": [],
            "frozen_infos": [],
        }

    def _version_id(self, service: Service) -> str:
        return str(uuid.uuid5(uuid.UUID(service.id), "1.0.0"))

    def _version(self, service: Service) -> dict[str, Any]:
        limits = self._account.limits
        invoke = {
            "port": 8080,
            "protocol": "WSS" if service.websocket else "HTTPS",
            "auth_type": service.auth[0].upper(),
            "internet_access_enable": True,
            "intranet_approval_enable": False,
            "strategy": "ROUND_ROBIN",
            "request_retry_enable": False,
        }
        limit = {
            "rate_limit": {"num": limits.requests_per_second, "unit": "SECONDS"},
            "request_size_limit": limits.request_megabytes,
            "request_timeout": max(1, round(limits.request_timeout)),
            "ip_white_list": [],
            "ip_black_list": [],
        }
        return {
            "id": self._version_id(service),
            "version": "1.0.0",
            "runtime_config": {"service_invoke": invoke, "service_limit": limit},
            "instance_groups": [],
        }


def _matches(row: dict[str, Any], name: str, query: QueryParams) -> bool:
    wanted = query.get(name)
    if wanted is None:
        return True
    return wanted in row[name] if name == "name" else wanted == row[name]


def _page(rows: list[dict[str, Any]], query: QueryParams) -> dict[str, Any]:
    limit, offset = _number(query, "limit", 10), _number(query, "offset", 0)
    if not 1 <= limit <= 500:
        raise _bad_parameter("limit")
    if offset % limit:
        raise _bad_parameter("offset")
    return {
        "data": rows[offset : offset + limit],
        "current": offset // limit,
        "size": limit,
        "pages": -(-len(rows) // limit),
        "total": len(rows),
    }


def _number(query: QueryParams, name: str, default: int) -> int:
    text = query.get(name, str(default))
    if not text.isdigit():
        raise _bad_parameter(name)
    return int(text)


def _bad_parameter(name: str) -> RefusalError:
    return dispatcher(400, "ModelArts.0104", f"Invalid parameter. The parameter {name} is invalid.")


def new_operations(account: Account, addresses: Addresses) -> list[Operation]:
    """The operations of the new generation."""
    new = NewManagement(account, addresses)
    one = r"/services/([^/]+)"
    return [
        Operation("v2", "GET", "/services", lambda asked: new.services(query=asked.query), "list"),
        Operation("v2", "GET", one, lambda asked: new.service(*asked.names, query=asked.query), "get"),
        Operation("v2", "GET", one + "/events", lambda asked: new.events(*asked.names, query=asked.query), "events"),
    ]
