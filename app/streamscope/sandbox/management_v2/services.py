"""Services of the new generation: listed, made, shown, changed, started, stopped, deleted."""

import uuid
from collections.abc import Callable
from typing import Any

import msgspec
from starlette.datastructures import QueryParams

from streamscope.sandbox.fleet import states
from streamscope.sandbox.management_v2 import answers, bodies, building, pages
from streamscope.sandbox.management_v2.context import Context, Told, allowed
from streamscope.sandbox.management_v2.rules import checked
from streamscope.sandbox.operations import Inquiry, Operation, bad_parameter
from streamscope.sandbox.records import Event, Record, Version, now
from streamscope.sandbox.refusals import RefusalError, dispatcher
from streamscope.sandbox.tokens import Problem

VERSIONED = ("runtime_config", "group_configs", "upgrade_config", "lts_strategy", "log_configs", "custom_metrics_path")
"""A change of these is a new version; the rest of a service is changed where it is."""


class Services:
    """The operations on services."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def operations(self) -> list[Operation]:
        """Their rows."""
        one = r"/services/([^/]+)"
        return [
            Operation("v2", "GET", "/services", self.listed, "list"),
            Operation("v2", "POST", "/services", self.create, "create"),
            Operation("v2", "POST", "/services/delete", self.delete, "delete"),
            Operation("v2", "GET", one, self.show, "get"),
            Operation("v2", "PUT", one, self.update, "update"),
            Operation("v2", "POST", f"{one}/start", self.start, "action"),
            Operation("v2", "POST", f"{one}/stop", self.stop, "action"),
            Operation("v2", "GET", f"{one}/events", self.events, "events"),
        ]

    def listed(self, inquiry: Inquiry) -> Told:
        """One page of the services, without addresses; of ten thousand only the page's rows are made."""
        query, user = inquiry.query, self._context.user
        records = self._context.fleet.all("v2")[::-1]
        if any(query.get(name) for name in FILTERS):
            records = [one for one in records if _within(one, query, user)]
        rows = pages.ordered(records, query, {"update_at": _updated, "create_at": _created}, "update_at")
        told = pages.page(rows, query)
        return {**told, "data": [answers.row(record, user) for record in told["data"]]}

    def show(self, inquiry: Inquiry) -> Told:
        """One service with everything."""
        record = self._context.service(inquiry)
        return answers.service(record, self._context.fleet.instances(record.id), self._context.urls(record))

    def create(self, inquiry: Inquiry) -> Told:
        """Make a service; without deployments it waits for its first."""
        body = checked(bodies.SERVICE_CREATE, inquiry.json())
        if any(one.name == body["name"] for one in self._context.fleet.all("v2")):
            raise _taken(body["name"])
        record = building.service(body, self._context.packages)
        provider = self._provider(inquiry)
        if provider:
            record.given["provider"] = provider
        self._context.fleet.deploy(record)
        return self._told(record)

    def update(self, inquiry: Inquiry) -> Told:
        """Change a service: a new version, except where only what has no versions is changed."""
        record = self._context.service(inquiry)
        if record.given.get("provider", "") not in ("", self._provider(inquiry)):
            raise dispatcher(403, "ModelArts.3540", "The service is protected by its provider.")
        body = checked(bodies.SERVICE_UPDATE, inquiry.json())
        name = body.get("name", record.name)
        if any(one.name == name and one.id != record.id for one in self._context.fleet.all("v2")):
            raise _taken(name)
        new = any(key in body for key in VERSIONED)
        if new:
            with allowed():
                states.check(record, "update")
            _fresh(record, body.get("version") or answers.service_version(record))
        given = {**answers.given(record), **{key: value for key, value in body.items() if key != "group_configs"}}
        portions = record.portions
        if body.get("group_configs"):
            portions = self._portions(record, body["group_configs"])
        building.configure(msgspec.structs.replace(record), given)  # what is refused changes nothing
        if portions is record.portions:
            self._changed(record, given, new=new)
        else:
            with allowed():
                self._context.fleet.update(
                    record.id, portions, given["version"], lambda: self._changed(record, given, new=new)
                )
        return self._told(record)

    def _provider(self, inquiry: Inquiry) -> str:
        """The account of a provider's token in the header X-Auth-Token-Provider; '' without one."""
        token = inquiry.inbound.header("x-auth-token-provider") if inquiry.inbound else None
        if not token:
            return ""
        if isinstance(self._context.account.mint.check(token), Problem):
            raise dispatcher(401, "ModelArts.0203", "Invalid token.")
        return self._context.account.identity.domain_id

    def _portions(self, record: Record, groups: list[Any]) -> list[Any]:
        """The deployments with the one that a request changes: the one of its name, or the first."""
        before = next((one for one in record.portions if one.name == groups[0]["name"]), None)
        before = before or (record.portions[0] if record.portions else None)
        known = [one.number for one in answers.deployment_history(before)] if before else []
        group = {**groups[0], "version": groups[0].get("version") or building.following(known)}
        changed = building.portion(group, self._context.packages, "group_configs[0]", before=before)
        return [changed if one is before else one for one in record.portions] if before else [changed]

    def _changed(self, record: Record, given: Told, *, new: bool) -> None:
        due, before = record.due, answers.history(record)
        building.configure(record, given)
        if given.get("schedule") == record.given.get("schedule"):
            record.due = due
        record.name = given["name"]
        record.given = given
        record.updated = now()
        if new:
            number, moment = given["version"], record.updated
            record.history = [*before, Version(number=number, at=moment, given=given)]
            happened = Event(id=str(uuid.uuid4()), at=moment, level="normal", text=f"version {number} is in use")
            record.events = [*record.events, happened]
        self._context.fleet.save()

    def start(self, inquiry: Inquiry) -> Told:
        """Begin to start a service."""
        record = self._context.service(inquiry)
        with allowed():
            self._context.fleet.start(record.id)
        return self._told(record)

    def stop(self, inquiry: Inquiry) -> Told:
        """Begin to stop a service."""
        record = self._context.service(inquiry)
        with allowed():
            self._context.fleet.stop(record.id)
        return self._told(record)

    def delete(self, inquiry: Inquiry) -> Told:
        """Begin to delete services; all of them must be there."""
        body = checked(bodies.SERVICES_DELETE, inquiry.json())
        records = [self._context.one(number) for number in dict.fromkeys(body["service_ids"])]
        for record in records:
            with allowed():
                self._context.fleet.delete(record.id)
            self._context.keys.forget(record.id)
        gone, state = {record.id for record in records}, self._context.fleet.state
        state.connections[:] = [one for one in state.connections if one.given.get("service_id") not in gone]
        self._context.fleet.save()
        return {"service_responses": [self._told(record) for record in records]}

    def events(self, inquiry: Inquiry) -> Told:
        """What happened to a service, the newest first."""
        record = self._context.service(inquiry)
        query = inquiry.query
        wanted = query.get("event_type")
        if wanted and wanted not in answers.LEVELS.values():
            raise bad_parameter("event_type", f"it must be one of {', '.join(answers.LEVELS.values())}")
        rows = [answers.event(record, one) for one in reversed(record.events)]
        key = query.get("event_info_key", "").lower()
        rows = [row for row in rows if key in row["event_info"].lower()]
        rows = pages.span(pages.filtered(rows, query, ("event_type",)), query, "create_at")
        return pages.page(pages.ordered(rows, query, pages.BY_TIME, "create_at"), query)

    def _told(self, record: Record) -> Told:
        return answers.service(record, self._context.fleet.instances(record.id))


FILTERS: dict[str, Callable[[Record, str], Any]] = {
    "id": lambda record, _: record.id,
    "status": lambda record, _: answers.service_status(record),
    "auth_type": lambda record, _: answers.AUTH[record.auth[0]],
    "type": lambda record, _: answers.given(record)["type"],
    "workspace_id": lambda record, _: answers.given(record).get("workspace_id", "0"),
    "user_name": lambda _, user: user,
    "node_ip": lambda *_: answers.NODE,
    "asset_id": lambda *_: None,
    "name": lambda record, _: record.name,
    "description": lambda record, _: record.description,
    "pool_id": lambda record, _: _pools(record),
    "pool_name": lambda record, _: _pools(record),
    "tags": lambda record, _: {f"{tag['key']}|{tag['value']}" for tag in answers.tags(record)},
}
"""What the list can be asked for: a value to be equal to, a text to be part of, a set to be among."""
FUZZY = ("name", "description")


def _within(record: Record, query: QueryParams, user: str) -> bool:
    """Whether a service is what the query says of it."""
    for name, value in FILTERS.items():
        asked = query.get(name)
        if not asked:
            continue
        told = value(record, user)
        if name in FUZZY:
            fits = asked.lower() in told.lower()
        else:
            fits = {one for one in asked.split(",") if one} <= told if isinstance(told, set) else asked == told
        if not fits:
            return False
    return True


def _pools(record: Record) -> set[str]:
    return {str(portion.given.get("pool_id", "")) for portion in record.portions}


def _updated(record: Record) -> int:
    return record.updated


def _created(record: Record) -> int:
    return record.created


def _fresh(record: Record, number: str) -> None:
    if number in {one.number for one in answers.history(record)}:
        raise dispatcher(400, "ModelArts.8031", f"The version {number} already exists.")


def _taken(name: str) -> RefusalError:
    return dispatcher(409, "ModelArts.3503", f"The service name {name} already exists.")
