"""Tags of services, and services by their tags."""

from typing import Any

from streamscope.sandbox.management_v2 import answers, bodies
from streamscope.sandbox.management_v2.context import Context, Told
from streamscope.sandbox.management_v2.rules import checked
from streamscope.sandbox.operations import Inquiry, Operation, bad_parameter, number
from streamscope.sandbox.records import Record

MOST = 20


class Tags:
    """The operations on tags."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def operations(self) -> list[Operation]:
        """Their rows."""
        all_ = "/modelarts-service-v2"
        one = all_ + "/([^/]+)/tags"
        return [
            Operation("v2", "GET", f"{all_}/tags", self.all, "get"),
            Operation("v2", "POST", f"{all_}/resource-instances/filter", self.tagged, "list"),
            Operation("v2", "POST", f"{all_}/resource-instances/count", self.count, "list"),
            Operation("v2", "GET", one, self.show, "get"),
            Operation("v2", "POST", f"{one}/create", self.create, "update"),
            Operation("v2", "DELETE", f"{one}/delete", self.delete, "update"),
        ]

    def all(self, _inquiry: Inquiry) -> Told:
        """Every key with the values that it has anywhere."""
        found: dict[str, list[str]] = {}
        for record in self._context.fleet.all("v2"):
            for tag in answers.tags(record):
                values = found.setdefault(tag["key"], [])
                if tag["value"] not in values:
                    values.append(tag["value"])
        return {"tags": [{"key": key, "values": values} for key, values in found.items()]}

    def show(self, inquiry: Inquiry) -> Told:
        """A service's tags."""
        return {"tags": answers.tags(self._context.service(inquiry))}

    def create(self, inquiry: Inquiry) -> Told:
        """Add tags to a service, or give those that it has another value."""
        record = self._context.service(inquiry)
        body = checked(bodies.TAGS, inquiry.json())
        tags = {tag["key"]: tag["value"] for tag in answers.tags(record)}
        tags |= {tag["key"]: tag.get("value", "") for tag in body.get("tags", [])}
        if len(tags) > MOST:
            raise bad_parameter("tags", f"a service has at most {MOST}")
        return self._keep(record, tags)

    def delete(self, inquiry: Inquiry) -> Told:
        """Take tags from a service, by their keys, and by their values where these are named."""
        record = self._context.service(inquiry)
        body = checked(bodies.TAGS_DELETE, inquiry.json())
        tags = {tag["key"]: tag["value"] for tag in answers.tags(record)}
        for tag in body["tags"]:
            if tag.get("value") in (None, tags.get(tag["key"])):
                tags.pop(tag["key"], None)
        return self._keep(record, tags)

    def tagged(self, inquiry: Inquiry) -> Told:
        """The services that have certain tags, cut by offset and limit of the query or the body."""
        body, records = self._matching(inquiry)
        limit = number(inquiry.query, "limit", body.get("limit", 10), 1, 500)
        offset = number(inquiry.query, "offset", body.get("offset", 0))
        resources = [
            {"resource_id": one.id, "resource_name": one.name, "resource_detail": {}, "tags": answers.tags(one)}
            for one in records[offset : offset + limit]
        ]
        return {"resources": resources, "total_count": len(records)}

    def count(self, inquiry: Inquiry) -> Told:
        """How many services have certain tags."""
        return {"total_count": len(self._matching(inquiry)[1])}

    def _matching(self, inquiry: Inquiry) -> tuple[dict[str, Any], list[Record]]:
        body = checked(bodies.TAGGED, inquiry.json())
        names = [match["value"].lower() for match in body.get("matches", [])]
        found = [
            record
            for record in self._context.fleet.all("v2")
            if all(name in record.name.lower() for name in names) and _has(record, body)
        ]
        return body, found

    def _keep(self, record: Record, tags: dict[str, str]) -> Told:
        record.given["tags"] = [{"key": key, "value": value} for key, value in tags.items()]
        self._context.fleet.save()
        return {}


def _has(record: Record, body: dict[str, Any]) -> bool:
    own = {tag["key"]: tag["value"] for tag in answers.tags(record)}
    if body.get("without_any_tag"):
        return not own
    return all(tag["key"] in own and (own[tag["key"]] in tag["values"]) for tag in body.get("tags", []))
