"""What the old generation tells of a service at work: events, updates, monitor, addresses of its instances."""

import uuid
from typing import Any

from streamscope.sandbox.catalogue import OLD_NAME
from streamscope.sandbox.management_v1 import answers, lists, specifications
from streamscope.sandbox.management_v1.context import Context, Told
from streamscope.sandbox.operations import Inquiry, Operation, bad_parameter, choice, number
from streamscope.sandbox.records import Change, Portion, Record

MB = 1024 * 1024
GB_IN_MB = 1024
LATEST = 10**14
"""Milliseconds since the epoch that never come."""
_LEVELS = frozenset({"normal", "abnormal"})


class Reports:
    """The operations that only tell."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def operations(self) -> list[Operation]:
        """Their rows."""
        one = r"/services/([^/]+)"
        return [
            Operation("v1", "GET", f"{one}/events", self.events, "events"),
            Operation("v1", "GET", f"{one}/logs", self.logs, "logs"),
            Operation("v1", "GET", f"{one}/monitor", self.monitor, "monitor"),
            Operation("v1", "GET", f"{one}/predict/endpoints", self.endpoints, "get"),
            Operation("v1", "GET", "/internal-channel-info", self.internal_channel, "get"),
        ]

    def events(self, inquiry: Inquiry) -> Told:
        """What happened to a service, the latest first; a warning is something abnormal here."""
        record, query = self._context.service(inquiry), inquiry.query
        start, end = number(query, "start_time", 0), number(query, "end_time", LATEST)
        rows = [
            {
                "event_type": "normal" if event.level == "normal" else "abnormal",
                "event_info": event.text,
                "occur_time": event.at,
            }
            for event in record.events
            if start <= event.at <= end
        ]
        if query.get("event_type"):
            choice(query, "event_type", "", _LEVELS)
        rows = lists.within(lists.equal(rows, query, ("event_type",)), query, ("event_info",))
        # Equal times keep their order, the later one first: the list is turned before it is sorted.
        rows = rows[::-1] if query.get("order", "desc") != "asc" else rows
        return _named(record) | lists.page(lists.ordered(rows, query, ("occur_time",)), "events", query)

    def logs(self, inquiry: Inquiry) -> Told:
        """The updates of a service, the latest first."""
        record = self._context.service(inquiry)
        since = number(inquiry.query, "update_time", 0)
        changes = [change for change in reversed(record.changes) if since in (0, change.at)]
        return _named(record) | {"logs": [self._log(change, record) for change in changes]}

    def monitor(self, inquiry: Inquiry) -> Told:
        """What each model of a service uses, truly: cores and memory of its processes, and its calls."""
        record = self._context.service(inquiry)
        monitors = [self._usage(portion, record) for portion in record.portions]
        return _named(record) | {
            "monitors": monitors,
            "service_running_instance_count": sum(one["model_running_instance_count"] for one in monitors),
            "service_instance_count": sum(one["model_instance_count"] for one in monitors),
            "req_count_per_min": self._context.fleet.per_minute(record.id),
        }

    def endpoints(self, inquiry: Inquiry) -> Told:
        """Address and port of each instance that serves, for the VPC high-speed channel."""
        record = self._context.service(inquiry)
        if inquiry.query.get("type") != "host_endpoints":
            raise bad_parameter("type", "it must be host_endpoints")
        instances = self._context.fleet.instances(record.id)
        rows: list[Told] = []
        for portion in record.portions:
            ports = [one.port for one in instances if one.portion == portion.id and one.state == "running"]
            hosts = [{"ip": "127.0.0.1", "port": port, "address": f"127.0.0.1:{port}"} for port in ports]
            model = {"model_id": self._context.model_of(portion), "model_name": portion.package}
            rows.append({**model, "host_endpoints": hosts})
        return _named(record) | {"endpoints": rows}

    def internal_channel(self, inquiry: Inquiry) -> Told:  # noqa: ARG002  same outline as its siblings
        """The private name and endpoint service of the VPC channel."""
        service = {
            "vpcep_service_id": str(uuid.uuid5(uuid.NAMESPACE_DNS, OLD_NAME)),
            "vpcep_service_name": f"{self._context.account.identity.region}.infer-modelarts",
            "service_port": self._context.addresses.vpc_port,
        }
        return {"dns_domain_name": OLD_NAME, "vpcep_info": [service]}

    def _log(self, change: Change, record: Record) -> Told:
        told: dict[str, Any] = {
            "update_time": change.at,
            "result": change.result,
            "config": [answers.config(portion, record, self._context) for portion in change.portions],
        }
        return told | ({"error_msg": change.error} if change.error else {})

    def _usage(self, portion: Portion, record: Record) -> Told:
        instances = self._context.fleet.instances(record.id)
        own = [one for one in instances if one.portion == portion.id]
        serving = [one for one in own if one.state == "running"]
        cores, memory, gpus, npus = _given(portion)
        alone = len(record.portions) == 1
        return {
            "model_id": self._context.model_of(portion),
            "model_name": portion.package,
            "model_version": portion.version,
            "invocation_times": record.calls if alone else portion.calls,
            "failed_times": record.failures if alone else portion.failures,
            "cpu_core_usage": round(sum(one.cpu for one in own), 3),
            "cpu_core_total": cores * portion.count,
            "cpu_memory_usage": round(sum(one.memory for one in own) / MB),
            "cpu_memory_total": memory * portion.count,
            "gpu_usage": 0,
            "gpu_total": gpus * portion.count,
            "gpu_memory_usage": 0,
            "gpu_memory_total": 0,
            "npu_usage": 0,
            "npu_total": npus * portion.count,
            "npu_memory_usage": 0,
            "npu_memory_total": 0,
            "model_running_instance_count": len(serving),
            "model_instance_count": portion.count,
        }


def _named(record: Record) -> Told:
    return {"service_id": record.id, "service_name": record.name}


def _given(portion: Portion) -> tuple[float, int, int, int]:
    """Cores, memory in MB, GPUs and NPUs of one instance by its specification."""
    custom = portion.given.get("custom_spec")
    if custom:
        chips = int(custom.get("gpu_p4", 0)), int(custom.get("ascend_a310", 0))
        return custom["cpu"], custom["memory"], *chips
    name = portion.given.get("specification", specifications.DEFAULT)
    found = specifications.NAMES.get(name, specifications.ALL[0])
    return found.cores, found.memory * GB_IN_MB, found.gpu[1] if found.gpu else 0, found.npu[1] if found.npu else 0
