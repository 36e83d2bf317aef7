"""Instances of deployments and their pods: in the sandbox one process each."""

import uuid
from typing import Any

from streamscope.sandbox.fleet import InstanceView
from streamscope.sandbox.management_v2 import answers, pages
from streamscope.sandbox.management_v2.context import Context, Told, allowed
from streamscope.sandbox.operations import Answer, Inquiry, Operation, choice, number
from streamscope.sandbox.records import Portion, Record
from streamscope.sandbox.refusals import dispatcher

INSTANCE_STATES = {
    "pending": "PENDING",
    "starting": "PENDING",
    "running": "RUNNING",
    "failed": "FAILED",
    "stopping": "UNKNOWN",
    "ended": "DELETED",
}
ALL = "all"
OTHER_WORDS = {"ERROR": "FAILED", "INIT": "PENDING"}
"""What the reference calls two of the statuses where it lists what can be asked for."""
OPERATIONS = frozenset({"RECREATE", "DELETE"})


class Instances:
    """The operations on instances and pods."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def operations(self) -> list[Operation]:
        """Their rows."""
        all_ = r"/services/([^/]+)/deployments/([^/]+)/instances"
        one = all_ + r"/([^/]+)"
        pod = one + r"/pods/([^/]+)"
        return [
            Operation("v2", "GET", all_, self.listed, "get"),
            Operation("v2", "DELETE", one, self.delete, "action"),
            Operation("v2", "GET", f"{one}/pods", self.pods, "get"),
            Operation("v2", "DELETE", pod, self.delete_pod, "action"),
            Operation("v2", "GET", f"{pod}/events", self.events, "events"),
        ]

    def listed(self, inquiry: Inquiry) -> Told:
        """One page of the instances of a deployment, or of all of a service."""
        record = self._context.service(inquiry)
        rows = [_instance(portion, one) for portion, one in self._found(record, inquiry)]
        rows = pages.filtered(rows, inquiry.query, (), ("instance_name",))
        return pages.page(_of_status(rows, inquiry), inquiry.query)

    def pods(self, inquiry: Inquiry) -> Told:
        """One page of the pods of an instance, or of all."""
        record = self._context.service(inquiry)
        found = self._found(record, inquiry)
        rows = [_pod(one) for _, one in found if inquiry.names[2] in (ALL, one.name)]
        equal = ("pod_id", "pod_node_ip", "pod_node_name", "pod_role_name")
        rows = pages.filtered(rows, inquiry.query, equal, ("pod_name",))
        return pages.page(_of_status(rows, inquiry), inquiry.query)

    def delete(self, inquiry: Inquiry) -> Told:
        """End an instance. Another takes its place, unless the query says that it is to be given up."""
        operation = choice(inquiry.query, "operation", "RECREATE", OPERATIONS)
        pages.flag(inquiry.query, "force")
        portion, one = self._killed(inquiry)
        if operation == "DELETE" and portion.count > 1:
            with allowed():
                self._context.fleet.scale(inquiry.names[0], portion.id, portion.count - 1)
        return {"instance_name": one.name}

    def delete_pod(self, inquiry: Inquiry) -> Told:
        """End a pod; another takes its place."""
        pages.flag(inquiry.query, "force")
        _, one = self._killed(inquiry)
        return {"pod_name": pod_name(one)}

    def events(self, inquiry: Inquiry) -> Answer:
        """What happened to a pod, the oldest first; the answer is a bare list."""
        record = self._context.service(inquiry)
        start, end = number(inquiry.query, "start_time", 0), number(inquiry.query, "end_time", 10**14)
        found = [one for one in record.events if one.instance == inquiry.names[2] and start <= one.at <= end]
        rows = [
            {
                "count": 1,
                "first_timestamp": answers.iso(one.at),
                "last_timestamp": answers.iso(one.at),
                "message": one.text,
                "reason": "Normal" if one.level == "normal" else "Failed",
                "reporting_component": "kubelet",
                "type": "Normal" if one.level == "normal" else "Warning",
            }
            for one in found
        ]
        return Answer(rows)

    def _found(self, record: Record, inquiry: Inquiry) -> list[tuple[Portion, InstanceView]]:
        portions = answers.deployments(record) if inquiry.names[1] == ALL else [self._context.deployment(inquiry)[1]]
        instances = self._context.fleet.instances(record.id)
        return [(own, one) for own in portions for one in instances if one.portion == own.id]

    def _killed(self, inquiry: Inquiry) -> tuple[Portion, InstanceView]:
        record = self._context.service(inquiry)
        for portion, one in self._found(record, inquiry):
            if one.name == inquiry.names[2]:
                self._context.fleet.kill(record.id, one.name)  # a built-in model's may not have been needed yet
                return portion, one
        raise dispatcher(404, "ModelArts.3502", f"The instance {inquiry.names[2]} does not exist.")


def pod_name(one: InstanceView) -> str:
    """The name of an instance's only pod."""
    return f"{one.name}-0"


def _instance(portion: Portion, one: InstanceView) -> dict[str, Any]:
    return {
        "instance_name": one.name,
        "status": INSTANCE_STATES[one.state],
        "weight": portion.weight,
        "pod_count": 1,
        "running_pod_count": int(one.state == "running"),
        "update_at": one.since,
    }


def _pod(one: InstanceView) -> dict[str, Any]:
    return {
        "pod_id": str(uuid.uuid5(uuid.NAMESPACE_OID, one.name)),
        "pod_name": pod_name(one),
        "pod_node_ip": answers.NODE,
        "pod_node_name": "sandbox",
        "pod_role": answers.COMMON_ROLE,
        "pod_role_name": "unit-0",
        "status": INSTANCE_STATES[one.state],
        "update_time": one.since,
    }


def _of_status(rows: list[dict[str, Any]], inquiry: Inquiry) -> list[dict[str, Any]]:
    """Rows of the statuses that the query names, once or several times, with commas or not."""
    named = ",".join(inquiry.query.getlist("status"))
    given = [one.strip().upper() for one in named.split(",") if one.strip()]
    wanted = {OTHER_WORDS.get(one, one) for one in given}
    return [row for row in rows if not wanted or row["status"] in wanted]
