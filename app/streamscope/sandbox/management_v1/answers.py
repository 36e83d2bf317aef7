"""How the old generation tells a service; platform documentation, "Querying Details About a Service" (v1)."""

from typing import Any

from streamscope.sandbox.management_v1.context import Context, Told
from streamscope.sandbox.management_v1.creation import NETWORK, POOL
from streamscope.sandbox.management_v1.specifications import DEFAULT
from streamscope.sandbox.records import Portion, Record, Status

WORDS: dict[Status, str] = {
    "pending": "pending",
    "deploying": "deploying",
    "running": "running",
    "concerning": "concerning",
    "upgrading": "deploying",
    "interrupting": "deploying",
    "stopping": "stopping",
    "stopped": "stopped",
    "failed": "failed",
    "deleting": "deleting",
}
STARTING = 90
"""Percent of a deployment when only the model is yet to start: an update has no more steps than that."""
PERSONAL = "0"
"""The workspace that everybody has."""


def status(record: Record) -> str:
    """A service's status in the generation's own word: it has none for an update, which is a deployment, too."""
    return WORDS[record.status]


def row(record: Record, context: Context) -> Told:
    """A service as the list tells it."""
    return {**_common(record, context), "is_opened_sample_collection": False}


def detail(record: Record, context: Context) -> Told:
    """A whole service."""
    told = _common(record, context)
    told["config"] = [config(portion, record, context) for portion in record.portions]
    if _deployed(record):
        told["access_address"] = context.addresses.channels(record)["public"]
    if record.callable:
        told["debug_url"] = ""
    return told


def config(portion: Portion, record: Record, context: Context) -> Told:
    """One model of a service."""
    given = portion.given
    told = {
        "model_id": context.model_of(portion),
        "model_name": portion.package,
        "model_version": portion.version,
        "status": _readiness(portion, record, context),
        "specification": given.get("specification", DEFAULT),
        "instance_count": portion.count,
        "weight": portion.weight,
        "envs": portion.environment,
        "scaling": False,
        "support_debug": False,
        "source_type": "custom",
        "additional_properties": given.get("additional_properties", {}),
    }
    optional = ("custom_spec", "deploy_timeout_in_seconds", "cluster_id", "pool_name")
    return told | {key: given[key] for key in optional if given.get(key)}


def tags(record: Record) -> list[dict[str, str]]:
    """A service's tags."""
    found: list[dict[str, str]] = record.given.get("tags", [])
    return found


def _common(record: Record, context: Context) -> Told:
    identity, given = context.account.identity, record.given
    told: dict[str, Any] = {
        "service_id": record.id,
        "service_name": record.name,
        "description": record.description,
        "tenant": identity.domain_id,
        "project": identity.project_id,
        "owner": identity.user_id,
        "publish_at": record.created,
        "update_time": record.updated,
        "operation_time": record.updated,
        "transition_at": record.moved,
        "infer_type": "real-time",
        "workspace_id": given.get("workspace_id") or PERSONAL,
        "status": status(record),
        "invocation_times": record.calls,
        "failed_times": record.failures,
        "is_shared": False,
        "shared_count": 0,
        "is_free": False,
        "schedule": given.get("schedule", []),
        "additional_properties": _properties(record),
        "load_balancer_policy": given.get("load_balancer_policy", "ROUND_ROBIN"),
        "pool_name": POOL,
    }
    told |= {key: given[key] for key in (*NETWORK, "cluster_id", "priority") if given.get(key)}
    if status(record) in ("deploying", "pending"):
        told["progress"] = STARTING if record.status == "upgrading" else record.progress
    if record.status == "failed" or record.error:
        told["error_msg"] = record.error
    if record.due:
        told["due_time"] = record.due
    if tags(record):
        told["tags"] = tags(record)
    return told


def _properties(record: Record) -> dict[str, Any]:
    kept = dict(record.given.get("additional_properties", {}))
    kept.pop("websocket_upgrade", None)
    return {**kept, "websocket_upgrade": True} if record.websocket else kept


def _deployed(record: Record) -> bool:
    """Whether it was deployed once: a stopped service keeps its address."""
    return record.status not in ("pending", "deploying")


def _readiness(portion: Portion, record: Record, context: Context) -> str:
    """ready, concerning where some instances do not serve, notReady where none does."""
    own = [one for one in context.fleet.instances(record.id) if one.portion == portion.id]
    serving = sum(one.state == "running" for one in own)
    if not record.callable or serving == 0:
        return "notReady"
    return "ready" if serving >= portion.count else "concerning"
