"""API keys of the new generation.

Source: "Authenticating with an API key"; API reference, "API key management" of API version 2. The platform tells a
key's value once: in the answer that makes it, a CSV file with a column `api_key`.
"""

import csv
import io
import json
import re
import time
from collections.abc import Sequence
from typing import Any, Literal

from streamscope.kinds.platforms.base import Site
from streamscope.kinds.platforms.generation import Keys
from streamscope.kinds.platforms.modelarts.answers import answer, asked
from streamscope.kinds.platforms.modelarts.new_reading import batches, listed, outcome, segment
from streamscope.kinds.platforms.modelarts.new_times import moment
from streamscope.kinds.platforms.modelarts.rows import number, rows, text
from streamscope.model.deployment import ApiKey, Outcome
from streamscope.model.errors import PlatformRefusal, StreamscopeError, UsageError
from streamscope.model.phrase import phrase

_COLUMN = "api_key"
_COLUMNS = {
    _COLUMN, "key_id", "id", "name", "description", "create_time", "expire_time", "scope", "domain_id", "project_id",
    "workspace_id", "services", "user_name",
}  # fmt: skip
_BATCH = 10
"""Keys that are bound or unbound by one request, at most."""
_NAME = re.compile(r"[A-Za-z0-9_一-鿿-]{1,64}")
_REFUSED = set("!<>=&'\"")


class NewKeys(Keys):
    """The account's keys: of scope USER for all of its services, of scope SERVICE for those that they are bound to."""

    async def all(self, site: Site, service: str = "") -> list[ApiKey]:
        """Page after page; with `service` also those of scope USER, which it accepts, too."""
        query = {"service_id": service, "with_user_scope": "true"} if service else {}
        return [_key(row) for row in await listed(site, "services/api-keys", "key_id", **query)]

    async def create(self, site: Site, name: str, scope: str, description: str = "") -> ApiKey:
        """Make a key; where its value is known its id may still be '', since another request tells that."""
        if scope.upper() not in ("USER", "SERVICE"):
            raise UsageError(phrase("A key's scope is USER or SERVICE."))
        sent = {"name": name.strip(), "scope": _scope(scope), "description": description}
        _check(sent["name"], description)
        reply = await answer(site, "POST", "v2", "services/api-keys", sent)
        value = key_value(reply.body)
        made = await self._named(site, sent["name"])
        if not value:
            raise PlatformRefusal(
                phrase("The key '{name}' was made, but the answer does not tell its value.", name=sent["name"]),
                phrase("The platform never tells it again: delete the key and make another one."),
                cause="POST /v2/…/services/api-keys",
                status=reply.status,
            )
        told = made or ApiKey("", sent["name"], _scope(scope), description, time.time())
        return ApiKey(told.id, told.name, told.scope, told.description, told.created, told.services, value)

    async def temporary(self, site: Site, hours: int) -> ApiKey:
        """For 1 to 24 hours; it has no id and is in no list."""
        if not 1 <= hours <= 24:
            raise UsageError(phrase("A temporary key lives for 1 to 24 hours."))
        told = await asked(site, "POST", "v2", "services/api-keys/temp", {"expire_time": hours, "workspace_id": "0"})
        value, created = text(told, _COLUMN), moment(told, "create_time") or time.time()
        if not value:
            raise PlatformRefusal(phrase("The platform's answer holds no temporary key."))
        return ApiKey("", "", created=created, value=value, expires=_end(told, created, hours))

    async def delete(self, site: Site, key: str) -> None:
        """By its id; who calls with it is let in no more."""
        await asked(site, "DELETE", "v2", f"services/api-keys/{segment(key)}")

    async def bind(self, site: Site, service: str, keys: Sequence[str]) -> list[Outcome]:
        """Ten at a time."""
        return await _each(site, f"services/{segment(service)}/api-keys/batch-bind", keys)

    async def unbind(self, site: Site, service: str, keys: Sequence[str]) -> list[Outcome]:
        """Ten at a time."""
        return await _each(site, f"services/{segment(service)}/api-keys/batch-unbind", keys)

    async def _named(self, site: Site, name: str) -> ApiKey | None:
        """The newest key of just this name; None where the list is not to be had: the value must not be lost for it."""
        try:
            found = [_key(row) for row in await listed(site, "services/api-keys", "key_id", name=name)]
        except StreamscopeError:
            return None
        return max((key for key in found if key.name == name), key=lambda key: key.created, default=None)


def key_value(body: bytes) -> str:
    """The key in the answer that made it: CSV with any other columns, also with its columns as rows, or JSON."""
    encoding = "utf-16" if body[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    told = body.decode(encoding, "replace").strip("\ufeff \r\n\t\0")
    if told[:1] in ("{", "["):
        return _of_json(told)
    head = told.partition("\n")[0]
    separator = max(",;\t", key=head.count)
    try:
        table = [[cell.strip() for cell in row] for row in csv.reader(io.StringIO(told), delimiter=separator)]
    except csv.Error:
        return ""
    table = [row for row in table if any(row)]
    for at, row in enumerate(table):
        column = next((column for column, cell in enumerate(row) if cell.lower() == _COLUMN), None)
        if column is None:
            continue
        below = (later[column] for later in table[at + 1 :] if column < len(later))
        if column == 0 and len(row) == 2 and all(other[0].lower() in _COLUMNS for other in table):
            return row[1]  # names in the first column, values in the second
        return next((cell for cell in below if cell), "")
    return ""


def _of_json(told: str) -> str:
    try:
        read = json.loads(told)
    except (ValueError, RecursionError):
        return ""
    for row in rows(read if isinstance(read, list) else [read, *_inner(read)]):
        if isinstance(row.get(_COLUMN), str):
            return text(row, _COLUMN)
    return ""


def _inner(read: Any) -> list[Any]:
    data = read.get("data") if isinstance(read, dict) else None
    return data if isinstance(data, list) else [data]


def _key(row: dict[str, Any]) -> ApiKey:
    services = tuple((text(one, "id"), text(one, "name")) for one in rows(row.get("services")))
    return ApiKey(
        text(row, "key_id"),
        text(row, "name"),
        _scope(text(row, "scope")),
        text(row, "description"),
        moment(row, "create_time"),
        services,
    )


def _scope(told: str) -> Literal["USER", "SERVICE"]:
    return "SERVICE" if told.upper() == "SERVICE" else "USER"


def _check(called: str, description: str) -> None:
    if not _NAME.fullmatch(called):
        raise UsageError(phrase("A key's name has 1 to 64 letters, digits, Chinese characters, - and _."))
    if len(description) > 256 or _REFUSED & set(description):
        raise UsageError(phrase("A key's description has up to 256 characters, none of ! < > = & ' and \"."))


def _end(told: dict[str, Any], created: float, hours: int) -> float:
    """When a temporary key ends: the reference does not say whether `expire_time` is a moment or hours."""
    said = number(told, "expire_time") or 0.0
    if said <= 24:
        return created + (said or hours) * 3600
    return moment(told, "expire_time")


async def _each(site: Site, path: str, keys: Sequence[str]) -> list[Outcome]:
    found: list[Outcome] = []
    for some in batches(keys, _BATCH):
        try:
            told = await asked(site, "POST", "v2", path, {"key_ids": [{"key_id": key} for key in some]})
        except PlatformRefusal as error:
            found += [outcome(key, error) for key in some]
            continue
        done = {text(row, "key_id") for row in rows(told.get("success_items"))}
        failed = {text(row, "key_id"): row for row in rows(told.get("failure_items"))}
        found += [_bound(key, done, failed) for key in some]
    return found


def _bound(key: str, done: set[str], failed: dict[str, dict[str, Any]]) -> Outcome:
    if key in failed:
        said = text(failed[key], "error_code"), text(failed[key], "error_msg")
        return Outcome(key, done=False, note=": ".join(filter(None, said)))
    return Outcome(key, done=key in done or not (done or failed))
