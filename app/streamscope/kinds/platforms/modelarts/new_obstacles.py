"""Which action makes sense at which status of the new generation, and why not. Data.

Source: "Managing services" and the interrupt, start and stop operations of API version 2.
"""

from streamscope.model.deployment import Action
from streamscope.model.phrase import NOTHING, Phrase, phrase

_RUNNING = frozenset({"RUNNING", "CONCERNING"})
_STILL = frozenset({"STOPPED", "FAILED", "ERROR", "INIT"})
_ALLOWED: dict[Action, frozenset[str]] = {
    "start": _STILL,
    "stop": _RUNNING | {"ERROR"},
    "update": _RUNNING | _STILL,
    "delete": _RUNNING | _STILL | {"DEPLOYING", "UPGRADING"},
    "scale": _RUNNING,
    "interrupt": frozenset({"DEPLOYING", "UPGRADING"}),
    "switch": _RUNNING | _STILL,
    "restart": _RUNNING,
}
_BUSY: dict[str, Phrase] = {
    "DEPLOYING": phrase("It is being deployed: interrupt that, or wait."),
    "UPGRADING": phrase("It is being upgraded: interrupt that, or wait."),
    "INTERRUPTING": phrase("It is being interrupted: wait."),
    "RESTARTING": phrase("It is being restarted: wait."),
    "STOPPING": phrase("It is being stopped: wait."),
    "DELETING": phrase("It is being deleted."),
    "DELETED": phrase("It is deleted."),
}
_ELSE: dict[Action, Phrase] = {
    "start": phrase("It runs already."),
    "stop": phrase("It does not run."),
    "scale": phrase("It does not run: start it first."),
    "restart": phrase("It does not run: start it first."),
    "interrupt": phrase("Nothing is being deployed or upgraded."),
}


def obstacle(action: Action, status: str) -> Phrase:
    """Why an action makes no sense at a status; NOTHING where it does, or where the status is not known here."""
    status = status.upper()
    allowed = _ALLOWED.get(action)
    if allowed is None or status in allowed or not (status in _BUSY or status in _RUNNING | _STILL):
        return NOTHING
    if action == "interrupt":
        return _ELSE[action] if status not in ("DELETING", "DELETED") else _BUSY[status]
    return _BUSY[status] if status in _BUSY else _ELSE.get(action, phrase("Its status does not allow it."))
