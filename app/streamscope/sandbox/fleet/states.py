"""Which status allows what; platform documentation, "Service status" of both generations."""

from streamscope.sandbox.records import Record, Status

CHANGING: frozenset[Status] = frozenset({"pending", "deploying", "upgrading", "interrupting", "stopping", "deleting"})

ALLOWED: dict[str, frozenset[Status]] = {
    "start": frozenset({"stopped", "failed"}),
    "stop": frozenset({"running", "concerning"}),
    "update": frozenset({"running", "concerning", "failed"}),
    "scale": frozenset({"running", "concerning"}),
    "interrupt": frozenset({"pending", "deploying", "upgrading"}),
    "delete": frozenset(
        {"pending", "deploying", "running", "concerning", "upgrading", "interrupting", "stopping", "stopped", "failed"}
    ),
}
# The new generation changes what a stopped service is to be; the old one does not.
ALLOWED_NEW: dict[str, frozenset[Status]] = ALLOWED | {"update": ALLOWED["update"] | {"stopped"}}


class WrongStateError(Exception):
    """A service's status does not allow what was asked for."""

    def __init__(self, record: Record, asked: str) -> None:
        super().__init__(f"{record.name} is {record.status}: it cannot {asked} now")
        self.record = record
        self.asked = asked


def check(record: Record, asked: str) -> None:
    """Raise WrongStateError where a service's status does not allow what is asked for."""
    table = ALLOWED_NEW if record.generation == "v2" else ALLOWED
    if record.status not in table[asked]:
        raise WrongStateError(record, asked)
