"""Connections from networks to services: asked for, approved, connected.

Platform documentation, "Intranet access": APPROVING, CONNECTING, CONNECTED, or REJECTED, CANCELED, FAILED. A service
without `intranet_approval_enable` approves by itself. Of the sandbox's own: a network whose id ends with "unreachable"
cannot be connected.
"""

import uuid
from typing import Any

from streamscope.sandbox.management_v2 import answers, bodies, pages
from streamscope.sandbox.management_v2.context import Context, Told, wrong_state
from streamscope.sandbox.management_v2.rules import checked
from streamscope.sandbox.operations import Inquiry, Operation, bad_parameter
from streamscope.sandbox.records import ConnectionRecord, Record, now
from streamscope.sandbox.refusals import dispatcher

UNREACHABLE = "unreachable"
MOVES = {
    "APPROVE": (("APPROVING",), "CONNECTING"),
    "REJECT": (("APPROVING",), "REJECTED"),
    "CANCEL": (("CONNECTED",), "CANCELED"),
    "RETRY": (("FAILED",), "CONNECTING"),
}
EQUAL = ("scene", "status", "id", "service_id", "vpc_id", "pool_id", "type")
WITHIN = ("service_name", "applicant_user_name")


class Connections:
    """The operations on intranet connections."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def operations(self) -> list[Operation]:
        """Their rows. What is asked for and what is to be reviewed is the same here: there is but one account."""
        all_ = "/intranet-connection"
        return [
            Operation("v2", "POST", all_, self.create, "create"),
            Operation("v2", "POST", f"{all_}/delete", self.delete, "delete"),
            Operation("v2", "GET", f"{all_}/requests", self.listed, "list"),
            Operation("v2", "GET", f"{all_}/reviews", self.listed, "list"),
            Operation("v2", "PUT", f"{all_}/([^/]+)", self.update, "update"),
            Operation("v2", "POST", f"{all_}/([^/]+)/modify", self.modify, "update"),
        ]

    def create(self, inquiry: Inquiry) -> Told:
        """Ask for a connection."""
        body = checked(bodies.CONNECTION_CREATE, inquiry.json())
        for name in ("vpc_id", "subnet_id") if body["scene"] == "VPC" else ("pool_id",):
            if not body.get(name):
                raise bad_parameter(name, "it must not be null")
        service = self._service(body)
        asks = service is not None and answers.runtime(service)["service_invoke"].get("intranet_approval_enable")
        made = ConnectionRecord(
            id=str(uuid.uuid4()),
            status="APPROVING" if asks else "CONNECTING",
            custom_urls=body.get("custom_urls", []),
            given=body,
        )
        self._context.fleet.state.connections.append(made)
        self._context.fleet.save()
        return self._told(made)

    def listed(self, inquiry: Inquiry) -> Told:
        """One page of the connections."""
        rows = [self._told(one) for one in reversed(self._all())]
        rows = pages.filtered(rows, inquiry.query, EQUAL, WITHIN)
        return pages.page(pages.ordered(rows, inquiry.query, pages.BY_TIME, "update_at"), inquiry.query)

    def update(self, inquiry: Inquiry) -> Told:
        """Approve, reject, cancel or try again, where the status allows it."""
        body = checked(bodies.CONNECTION_UPDATE, inquiry.json())
        one = self._one(inquiry)
        before, after = MOVES[body["action"]]
        if one.status not in before:
            raise wrong_state(f"The connection is {one.status}: {body['action']} needs {' or '.join(before)}")
        self._move(one, after, body.get("reason", ""))
        return {}

    def modify(self, inquiry: Inquiry) -> Told:
        """Give a connection other URLs of one's own."""
        body = checked(bodies.CONNECTION_MODIFY, inquiry.json())
        one = self._one(inquiry)
        one.custom_urls = body["custom_urls"]
        one.updated = now() if one.status != "CONNECTING" else one.updated
        self._context.fleet.save()
        return self._told(one)

    def delete(self, inquiry: Inquiry) -> Told:
        """Delete connections; all of them must be there."""
        body = checked(bodies.CONNECTIONS_DELETE, inquiry.json())
        for number in body["intranet_connection_ids"]:
            self._named(number)
        gone = set(body["intranet_connection_ids"])
        kept = [one for one in self._context.fleet.state.connections if one.id not in gone]
        self._context.fleet.state.connections[:] = kept
        self._context.fleet.save()
        return {}

    def _service(self, body: Told) -> Record | None:
        """The service that is meant; one for all services of the dispatcher names none."""
        if body.get("type", "SERVICE") == "SERVICE":
            if not body.get("service_id"):
                raise bad_parameter("service_id", "it must not be null")
            return self._context.one(body["service_id"])
        if body.get("dispatcher_group_id") not in (None, answers.DISPATCHER):
            raise bad_parameter("dispatcher_group_id", "there is no such group")
        return self._context.fleet.get(body.get("service_id", ""))

    def _all(self) -> list[ConnectionRecord]:
        """Every connection; those that were being connected long enough are connected when they are looked at."""
        for one in self._context.fleet.state.connections:
            if one.status == "CONNECTING" and now() - one.updated >= self._context.connecting:
                network = one.given.get("subnet_id") or one.given.get("pool_id") or ""
                failed = any(str(one.given.get(name, "")).endswith(UNREACHABLE) for name in ("vpc_id", "pool_id"))
                reason = f"The network {network} cannot be reached." if failed else ""
                self._move(one, "FAILED" if failed else "CONNECTED", reason)
        return self._context.fleet.state.connections

    def _move(self, one: ConnectionRecord, status: str, reason: str) -> None:
        one.status, one.reason, one.updated = status, reason, now()
        service = self._context.fleet.get(one.given.get("service_id", ""))
        one.urls = [self._context.urls(service)["vpc"]] if status == "CONNECTED" and service else []
        self._context.fleet.save()

    def _one(self, inquiry: Inquiry) -> ConnectionRecord:
        return self._named(inquiry.names[0])

    def _named(self, number: str) -> ConnectionRecord:
        for one in self._all():
            if one.id == number:
                return one
        raise dispatcher(404, "ModelArts.3502", f"The intranet connection {number} does not exist.")

    def _told(self, one: ConnectionRecord) -> dict[str, Any]:
        identity = self._context.account.identity
        service = self._context.fleet.get(one.given.get("service_id", ""))
        told = {
            "id": one.id,
            "applicant_user_name": identity.user,
            "owner_domain_name": identity.domain,
            "message": one.reason,
            "scene": one.given["scene"],
            "service_id": one.given.get("service_id"),
            "service_name": service.name if service else None,
            "service_type": answers.given(service)["type"] if service else None,
            "status": one.status,
            "vpc_id": one.given.get("vpc_id"),
            "subnet_id": one.given.get("subnet_id"),
            "pool_id": one.given.get("pool_id"),
            "maos_network_name": "network-sandbox" if one.given["scene"] == "POOL" else None,
            "type": one.given.get("type", "SERVICE"),
            "dispatcher_group_id": answers.DISPATCHER,
            "url_list": one.urls,
            "custom_url_list": one.custom_urls,
            "create_at": str(one.created),
            "update_at": str(one.updated),
        }
        return {key: value for key, value in told.items() if value is not None}
