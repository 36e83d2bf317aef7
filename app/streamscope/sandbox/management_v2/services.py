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

SORTED_BY = ("update_at", "create_at")
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
        """One page of the services, without addresses."""
        query, user = inquiry.query, self._context.user
        named, described = (query.get(name, "").lower() for name in ("name", "description"))
        records = [
            one
            for one in reversed(self._context.fleet.all("v2"))
            if named in one.name.lower() and described in one.description.lower() and _within(one, query, user)
        ]
        keys = [{"update_at": one.updated, "create_at": one.created, "record": one} for one in records]
        told = pages.page(pages.ordered(keys, query, SORTED_BY, "update_at"), query)
        return {**told, "data": [answers.row(one["record"], user) for one in told["data"]]}

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
        self._context.fleet.deploy(record)
        return self._told(record)

    def update(self, inquiry: Inquiry) -> Told:
        """Change a service: a new version, except where only what has no versions is changed."""
        record = self._context.service(inquiry)
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

    def _portions(self, record: Record, groups: list[Any]) -> list[Any]:
        """The deployments with the one that a request changes: the one of its name, or the first."""
        before = next((one for one in record.portions if one.name == groups[0]["name"]), None)
        before = before or (record.portions[0] if record.portions else None)
        known = [one.number for one in before.history] if before else []
        group = {**groups[0], "version": groups[0].get("version") or building.following(known)}
        changed = building.portion(group, self._context.packages, "group_configs[0]", before=before)
        return [changed if one is before else one for one in record.portions] if before else [changed]

    def _changed(self, record: Record, given: Told, *, new: bool) -> None:
        due = record.due
        building.configure(record, given)
        if given.get("schedule") == record.given.get("schedule"):
            record.due = due
        record.name = given["name"]
        record.given = given
        record.updated = now()
        if new:
            number, moment = given["version"], record.updated
            record.history = [*record.history, Version(number=number, at=moment, given=given)]
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
        return pages.page(pages.ordered(rows, query, SORTED_BY, "create_at"), query)

    def _told(self, record: Record) -> Told:
        return answers.service(record, self._context.fleet.instances(record.id))


def _within(record: Record, query: QueryParams, user: str) -> bool:
    """Whether a service is what the query says of it, besides its name and description."""
    told: dict[str, Callable[[], Any]] = {
        "id": lambda: record.id,
        "status": lambda: answers.service_status(record),
        "auth_type": lambda: answers.AUTH[record.auth[0]],
        "type": lambda: answers.given(record)["type"],
        "workspace_id": lambda: answers.given(record).get("workspace_id", "0"),
        "user_name": lambda: user,
        "node_ip": lambda: answers.NODE,
        "asset_id": lambda: None,
    }
    if any(query.get(name) and query[name] != value() for name, value in told.items()):
        return False
    pools = {str(portion.given.get("pool_id", "")) for portion in record.portions}
    asked = {one for one in query.get("tags", "").split(",") if one}
    tags = {f"{tag['key']}|{tag['value']}" for tag in answers.tags(record)} if asked else set()
    return asked <= tags and all(query.get(name, "") in ("", *pools) for name in ("pool_id", "pool_name"))


def _fresh(record: Record, number: str) -> None:
    if number == answers.service_version(record) or number in {one.number for one in record.history}:
        raise dispatcher(400, "ModelArts.8031", f"The version {number} already exists.")


def _taken(name: str) -> RefusalError:
    return dispatcher(409, "ModelArts.3503", f"The service name {name} already exists.")
