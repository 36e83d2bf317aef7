"""API keys of the account, and which services they open."""

import csv
import io
from collections.abc import Callable

from streamscope.sandbox.api_keys import MOST, ApiKeys
from streamscope.sandbox.management_v2 import bodies, pages
from streamscope.sandbox.management_v2.context import Context, Told
from streamscope.sandbox.management_v2.rules import checked
from streamscope.sandbox.operations import Answer, Inquiry, Operation
from streamscope.sandbox.records import KeyRecord
from streamscope.sandbox.refusals import RefusalError, dispatcher


class KeyOperations:
    """The operations on API keys."""

    def __init__(self, context: Context) -> None:
        self._context = context

    @property
    def _keys(self) -> ApiKeys:
        return self._context.keys

    def operations(self) -> list[Operation]:
        """Their rows."""
        of_service = r"/services/([^/]+)/api-keys"
        return [
            Operation("v2", "GET", "/services/api-keys", self.listed, "keys"),
            Operation("v2", "POST", "/services/api-keys", self.create, "keys"),
            Operation("v2", "POST", "/services/api-keys/temp", self.temporary, "keys"),
            Operation("v2", "DELETE", "/services/api-keys/([^/]+)", self.delete, "keys"),
            Operation("v2", "POST", f"{of_service}/batch-bind", self.batch_bind, "keys"),
            Operation("v2", "POST", f"{of_service}/batch-unbind", self.batch_unbind, "keys"),
            Operation("v2", "POST", f"{of_service}/([^/]+)/bind", self.bind, "keys"),
            Operation("v2", "POST", f"{of_service}/([^/]+)/unbind", self.unbind, "keys"),
        ]

    def listed(self, inquiry: Inquiry) -> Told:
        """One page of the keys, without their values; of a service the bound ones, if wanted those of the user, too."""
        query = inquiry.query
        service, with_user = query.get("service_id"), pages.flag(query, "with_user_scope")
        name = query.get("service_name", "").lower()
        keys = reversed(self._keys.all())
        if service:
            keys = (key for key in keys if service in key.services or (with_user and key.scope == "USER"))
        rows = [self._told(key) for key in keys]
        if name:
            rows = [row for row in rows if any(name in one["name"].lower() for one in row["services"])]
        rows = pages.filtered(rows, query, ("scope", "key_id", "workspace_id"), ("name",))
        return pages.page(rows, query)

    def create(self, inquiry: Inquiry) -> Answer:
        """Make a key. The answer is a CSV file, the only place that ever holds the key's value."""
        body = checked(bodies.KEY_CREATE, inquiry.json())
        if self._keys.named(body["name"]):
            raise dispatcher(409, "ModelArts.3503", f"The API key name {body['name']} already exists.")
        if len(self._keys.all()) >= MOST:
            raise dispatcher(400, "ModelArts.3520", f"The number of API keys exceeds the quota {MOST}.")
        key, value = self._keys.create(body["name"], body["scope"], body.get("description", ""))
        text = io.StringIO()
        csv.writer(text).writerows([["key_id", "name", "api_key"], [key.id, key.name, value]])
        disposition = f'attachment; filename="{key.id}.csv"'
        return Answer(
            text.getvalue().encode(),
            headers={"content-type": "application/octet-stream", "content-disposition": disposition},
        )

    def temporary(self, inquiry: Inquiry) -> Told:
        """Make a key that lives for some hours; it is in no list."""
        body = checked(bodies.KEY_TEMPORARY, inquiry.json())
        key, value = self._keys.temporary(body["expire_time"])
        return {"api_key": value, "expire_time": key.expires, "create_time": key.created}

    def delete(self, inquiry: Inquiry) -> Told:
        """Delete a key."""
        key = self._one(inquiry.names[0])
        told = self._told(key)
        self._keys.delete(key)
        return told

    def bind(self, inquiry: Inquiry) -> Told:
        """Let a key open a service."""
        service = self._context.service(inquiry)
        return self._bound(self._one(inquiry.names[1]), service.id)

    def unbind(self, inquiry: Inquiry) -> Told:
        """Let a key open a service no more."""
        service = self._context.service(inquiry)
        return self._unbound(self._one(inquiry.names[1]), service.id)

    def batch_bind(self, inquiry: Inquiry) -> Told:
        """Let several keys open a service; each succeeds or fails for itself."""
        return self._batch(inquiry, self._bound)

    def batch_unbind(self, inquiry: Inquiry) -> Told:
        """Let several keys open a service no more."""
        return self._batch(inquiry, self._unbound)

    def _batch(self, inquiry: Inquiry, act: Callable[[KeyRecord, str], Told]) -> Told:
        service = self._context.service(inquiry)
        body = checked(bodies.KEYS, inquiry.json())
        done, failed = [], []
        for number in dict.fromkeys(one["key_id"] for one in body["key_ids"]):
            key = self._keys.get(number)
            if key is None:
                failed.append({"key_id": number, "error_code": "ModelArts.3502", "error_msg": _missing(number)})
            elif key.scope == "USER":
                failed.append({"key_id": number, "error_code": "ModelArts.0104", "error_msg": _needless(key)})
            else:
                done.append(act(key, service.id))
        return {
            "total": len(done) + len(failed),
            "success_count": len(done),
            "success_items": done,
            "failure_count": len(failed),
            "failure_items": failed,
        }

    def _bound(self, key: KeyRecord, service: str) -> Told:
        if key.scope == "USER":
            raise dispatcher(400, "ModelArts.0104", _needless(key))
        self._keys.bind(key, service)
        return self._told(key)

    def _unbound(self, key: KeyRecord, service: str) -> Told:
        if service not in key.services:
            raise dispatcher(400, "ModelArts.8902", f"The API key is not bound to the service {service}.")
        self._keys.unbind(key, service)
        return self._told(key)

    def _one(self, number: str) -> KeyRecord:
        key = self._keys.get(number)
        if key is None:
            raise _refusal(number)
        return key

    def _told(self, key: KeyRecord) -> Told:
        identity = self._context.account.identity
        found = [(number, self._context.fleet.get(number)) for number in key.services]
        return {
            "key_id": key.id,
            "name": key.name,
            "description": key.description,
            "create_time": str(key.created),
            "scope": key.scope,
            "domain_id": identity.domain_id,
            "project_id": identity.project_id,
            "services": [{"id": number, "name": record.name} for number, record in found if record],
            "workspace_id": "0",
        }


def _refusal(number: str) -> RefusalError:
    return dispatcher(404, "ModelArts.3502", _missing(number))


def _missing(number: str) -> str:
    return f"The API key {number} does not exist."


def _needless(key: KeyRecord) -> str:
    return f"Invalid parameter. The API key {key.name} has the scope USER: it opens every service and is bound to none."
