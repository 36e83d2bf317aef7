"""Services of the old generation: listed, made, shown, changed, started, stopped, deleted, tagged."""

from collections.abc import Sequence
from typing import Any

from streamscope.sandbox.management_v1 import answers, bodies, creation, lists
from streamscope.sandbox.management_v1.context import Context, Told, allowed
from streamscope.sandbox.management_v2.rules import checked, invalid
from streamscope.sandbox.operations import Answer, Inquiry, Operation, choice
from streamscope.sandbox.records import Portion, Record, now
from streamscope.sandbox.refusals import dispatcher

EQUAL = ("service_id", "workspace_id", "infer_type", "status")
SORTED_BY = ("publish_at", "service_name", "transition_at")
KEPT = ("schedule", "additional_properties", "load_balancer_policy")
"""What is told again as it was given."""
STATUSES = frozenset({*answers.WORDS.values(), "waiting", "finished"})


class Services:
    """The operations on services."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def operations(self) -> list[Operation]:
        """Their rows."""
        one = r"/services/([^/]+)"
        return [
            Operation("v1", "GET", "/services", self.listed, "list"),
            Operation("v1", "POST", "/services", self.create, "create"),
            Operation("v1", "GET", one, self.show, "get"),
            Operation("v1", "PUT", one, self.update, "update"),
            Operation("v1", "DELETE", one, self.delete, "delete"),
            Operation("v1", "POST", f"{one}/tags/create", self.tag, "update"),
            Operation("v1", "DELETE", f"{one}/tags/delete", self.untag, "update"),
        ]

    def listed(self, inquiry: Inquiry) -> Told:
        """The list, without configurations and addresses."""
        query = inquiry.query
        if query.get("status"):
            choice(query, "status", "", STATUSES)
        records = [one for one in self._context.fleet.all("v1") if self._meant(one, inquiry)]
        rows = [answers.row(record, self._context) for record in records]
        rows = lists.within(lists.equal(rows, query, EQUAL), query, ("service_name",))
        return lists.page(lists.ordered(rows, query, SORTED_BY), "services", query)

    def show(self, inquiry: Inquiry) -> Told:
        """One service with everything."""
        return answers.detail(self._context.service(inquiry), self._context)

    def create(self, inquiry: Inquiry) -> Told:
        """Make a service; it begins to be deployed."""
        record = creation.service(inquiry.json(), self._context)
        self._context.fleet.deploy(record)
        return {"service_id": record.id, "resource_ids": [portion.id for portion in record.portions]}

    def update(self, inquiry: Inquiry) -> Told:
        """Start, stop or change a service. A status goes first: what comes with it is not looked at."""
        record = self._context.service(inquiry)
        body = inquiry.json()
        if body.get("status") is not None:
            self._move(record, checked(bodies.UPDATE, {"status": body["status"]})["status"])
            return {}
        self._change(record, checked(bodies.UPDATE, creation.weighed(body)))
        return {}

    def delete(self, inquiry: Inquiry) -> Told:
        """Delete services, a comma between their ids. Where one of them is unknown none is deleted."""
        numbers = [one for one in dict.fromkeys(inquiry.names[0].split(",")) if one]
        records = [self._context.one(number) for number in numbers]
        for record in records:
            with allowed():
                self._context.fleet.delete(record.id)
        return {}

    def tag(self, inquiry: Inquiry) -> Answer:
        """Give a service tags; one of a key that it has is replaced."""
        record = self._context.service(inquiry)
        new = {one["key"]: one.get("value", "") for one in checked(bodies.TAGS, inquiry.json())["tags"]}
        kept = {one["key"]: one["value"] for one in answers.tags(record)} | new
        if len(kept) > 20:
            raise invalid("tags", "a resource has 20 tags at most")
        self._tagged(record, kept)
        return Answer(b"", 204)

    def untag(self, inquiry: Inquiry) -> Answer:
        """Take tags from a service."""
        record = self._context.service(inquiry)
        gone = {one["key"] for one in checked(bodies.TAGS, inquiry.json())["tags"]}
        self._tagged(record, {one["key"]: one["value"] for one in answers.tags(record) if one["key"] not in gone})
        return Answer(b"", 204)

    def _tagged(self, record: Record, tags: dict[str, str]) -> None:
        record.given = {**record.given, "tags": [{"key": key, "value": value} for key, value in tags.items()]}
        self._context.fleet.save()

    def _meant(self, record: Record, inquiry: Inquiry) -> bool:
        """Whether a service has the model and the tags (k1|v1,k2|v2) that a query asks for."""
        model, wanted = inquiry.query.get("model_id"), inquiry.query.get("tags")
        if model and model not in [self._context.model_of(portion) for portion in record.portions]:
            return False
        had = {one["key"]: one["value"] for one in answers.tags(record)}
        pairs = [one.partition("|") for one in wanted.split(",")] if wanted else []
        return all(key in had and (not mark or had[key] == value) for key, mark, value in pairs)

    def _move(self, record: Record, status: str) -> None:
        with allowed():
            if status == "running":
                self._context.fleet.start(record.id)
                record.due = creation.due(record.given.get("schedule") or [])
                self._context.fleet.save()
            else:
                self._context.fleet.stop(record.id)

    def _change(self, record: Record, body: dict[str, Any]) -> None:
        """Everything is checked before anything is changed."""
        if not body:
            raise dispatcher(400, "ModelArts.3610", "The request body must not be empty.")
        properties = body.get("additional_properties")
        if record.websocket and properties is not None and properties.get("websocket_upgrade") is False:
            raise invalid("additional_properties.websocket_upgrade", "it cannot be changed once it is true")
        if "config" in body:
            wanted = creation.portions(body["config"], self._context, record.portions)
            if _outline(wanted) != _outline(record.portions):
                with allowed():
                    self._context.fleet.update(record.id, wanted)
        record.description = body.get("description", record.description)
        if properties is not None and properties.get("websocket_upgrade"):
            record.websocket, record.protocol = True, "WSS"
        if "schedule" in body:
            record.due = creation.due(body["schedule"])
        record.given |= {key: body[key] for key in KEPT if key in body}
        record.updated = now()
        self._context.fleet.save()


def _outline(portions: Sequence[Portion]) -> list[Any]:
    """What makes two configurations the same."""
    compared = ("id", "package", "version", "count", "weight", "environment", "health", "grace", "given")
    return [[getattr(portion, name) for name in compared] for portion in portions]
