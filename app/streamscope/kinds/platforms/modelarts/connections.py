"""Intranet connections of the new generation: ways from VPCs and resource pools to services, and their approval.

Source: API reference, "Intranet access" of API version 2: an application is APPROVING, then CONNECTING, then CONNECTED,
or REJECTED, CANCELED, FAILED.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from streamscope.kinds.platforms.base import Site
from streamscope.kinds.platforms.generation import Connections
from streamscope.kinds.platforms.modelarts.answers import asked
from streamscope.kinds.platforms.modelarts.new_checks import RULES
from streamscope.kinds.platforms.modelarts.new_reading import batches, listed, outcome, segment
from streamscope.kinds.platforms.modelarts.new_times import moment
from streamscope.kinds.platforms.modelarts.rows import text
from streamscope.model.deployment import Connection, Outcome
from streamscope.model.errors import PlatformRefusal, UsageError
from streamscope.model.phrase import NOTHING, phrase
from streamscope.model.service import State

_PATH = "intranet-connection"
_BATCH = 50
_STATES: dict[str, State] = {
    "APPROVING": "changing",
    "CONNECTING": "changing",
    "DELETING": "changing",
    "CONNECTED": "running",
    "REJECTED": "stopped",
    "CANCELED": "stopped",
    "FAILED": "failed",
}
_ANSWERS: dict[str, tuple[str, ...]] = {
    "APPROVING": ("APPROVE", "REJECT"),
    "CONNECTED": ("CANCEL",),
    "FAILED": ("RETRY",),
}


class NewConnections(Connections):
    """What this account asked for, and what others ask it for."""

    async def asked(self, site: Site) -> list[Connection]:
        """This account's own applications."""
        return [_connection(row) for row in await listed(site, f"{_PATH}/requests", "id")]

    async def reviews(self, site: Site) -> list[Connection]:
        """Others' applications for this account's services."""
        return [_connection(row) for row in await listed(site, f"{_PATH}/reviews", "id")]

    def answers(self, status: str) -> tuple[str, ...]:
        """APPROVE and REJECT while it is being approved, CANCEL once it is connected, RETRY where it failed."""
        return _ANSWERS.get(status.upper(), ())

    async def create(self, site: Site, service: str, values: Mapping[str, str]) -> Connection:
        """From a VPC where `vpc_id` is given, else from a pool; `custom_urls` are lines."""
        pool, vpc, subnet = (values.get(key, "").strip() for key in ("pool_id", "vpc_id", "subnet_id"))
        if bool(pool) == bool(vpc or subnet) or bool(vpc) != bool(subnet):
            raise UsageError(phrase("A connection comes from a VPC and a subnet of it, or from a resource pool."))
        urls = values.get("custom_urls", "").splitlines()
        sent: dict[str, Any] = {"scene": "POOL" if pool else "VPC", "type": values.get("scope") or "SERVICE"}
        sent |= {"pool_id": pool} if pool else {"vpc_id": vpc, "subnet_id": subnet}
        sent |= {"service_id": service} if service else {}
        sent |= {"custom_urls": _checked(urls)} if any(urls) else {}
        if group := values.get("dispatcher_group_id", "").strip():
            sent["dispatcher_group_id"] = group
        return _connection(await asked(site, "POST", "v2", _PATH, sent))

    async def answer(self, site: Site, connection: str, action: str, reason: str = "") -> None:
        """A reason goes with a refusal only."""
        action = action.upper()
        if action not in {word for some in _ANSWERS.values() for word in some}:
            raise UsageError(phrase("A connection is answered with APPROVE, REJECT, CANCEL or RETRY."))
        sent = {"action": action, **({"reason": reason} if reason and action == "REJECT" else {})}
        await asked(site, "PUT", "v2", f"{_PATH}/{segment(connection)}", sent)

    async def change(self, site: Site, connection: str, custom_urls: Sequence[str]) -> None:
        """Up to 10 URLs."""
        await asked(site, "POST", "v2", f"{_PATH}/{segment(connection)}/modify", {"custom_urls": _checked(custom_urls)})

    async def delete(self, site: Site, connections: Sequence[str]) -> list[Outcome]:
        """In batches; the answer does not tell of each: a batch is deleted, or refused as a whole."""
        found: list[Outcome] = []
        for some in batches(connections, _BATCH):
            try:
                await asked(site, "POST", "v2", f"{_PATH}/delete", {"intranet_connection_ids": list(some)})
            except PlatformRefusal as error:
                found += [outcome(one, error) for one in some]
            else:
                found += [Outcome(one, done=True) for one in some]
        return found


def _checked(urls: Sequence[str]) -> list[str]:
    """URLs by the rules for custom ones. Raises UsageError."""
    wanted = [url.strip() for url in urls if url.strip()]
    why = RULES["custom_urls"]("\n".join(wanted), {})
    if why != NOTHING:
        raise UsageError(why)
    return wanted


def _connection(row: dict[str, Any]) -> Connection:
    status = text(row, "status")
    network = " / ".join(filter(None, (text(row, "vpc_id"), text(row, "subnet_id"))))
    return Connection(
        text(row, "id"),
        status,
        _STATES.get(status.upper(), "unknown"),
        text(row, "scene"),
        text(row, "pool_id") or network,
        text(row, "type"),
        text(row, "service_name") or text(row, "service_id"),
        _urls(row.get("url_list")),
        _urls(row.get("custom_url_list")),
        text(row, "applicant_user_name"),
        text(row, "message"),
        moment(row, "create_at"),
    )


def _urls(found: Any) -> tuple[str, ...]:
    return tuple(str(url) for url in found if url) if isinstance(found, list) else ()
