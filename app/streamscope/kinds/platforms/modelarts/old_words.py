"""The old generation's statuses: what each lets be done, and why not. Data.

Source: API reference, "Service management" (v1): ModelArts.3519 and the console's rules for each status.
"""

from streamscope.model.deployment import Action
from streamscope.model.phrase import NOTHING, Phrase, phrase

_DEPLOYING = phrase("It is being deployed: wait until it runs, or delete it.")
_WAITING = phrase("It waits for resources: wait until it runs, or delete it.")
_STOPPING = phrase("It is being stopped: wait until it has stopped.")
_DELETING = phrase("It is being deleted.")
_RUNS = phrase("It runs already.")
_STOPPED = phrase("It has stopped already.")
_STOPPED_CHANGE = phrase("A stopped service cannot be changed: start it first.")
_FAILED_STOP = phrase("It has failed: nothing of it runs that could be stopped.")
_FINISHED = phrase("It has finished: only a service that runs can be changed or stopped.")
_FAILED_SCALE = phrase("It has failed: start it or change it first.")

_ROWS: dict[str, dict[Action, Phrase]] = {
    "deploying": {"start": _DEPLOYING, "update": _DEPLOYING, "scale": _DEPLOYING, "stop": _DEPLOYING},
    "pending": {"start": _WAITING, "update": _WAITING, "scale": _WAITING, "stop": _WAITING},
    "waiting": {"start": _WAITING, "update": _WAITING, "scale": _WAITING, "stop": _WAITING},
    "running": {"start": _RUNS},
    "concerning": {"start": _RUNS},
    "failed": {"stop": _FAILED_STOP, "scale": _FAILED_SCALE},
    "stopped": {"stop": _STOPPED, "update": _STOPPED_CHANGE, "scale": _STOPPED_CHANGE},
    "finished": {"stop": _FINISHED, "update": _FINISHED, "scale": _FINISHED},
    "stopping": dict.fromkeys(("start", "update", "scale", "stop", "delete"), _STOPPING),
    "deleting": dict.fromkeys(("start", "update", "scale", "stop", "delete"), _DELETING),
}

CAN: frozenset[Action] = frozenset({"deploy", "update", "start", "stop", "delete", "scale"})
_NEVER = phrase("The old generation of the platform has no such action.")


def obstacle(action: Action, status: str) -> Phrase:
    """Why an action makes no sense in a status; NOTHING where it does, and where the status is an unknown word."""
    if action not in CAN:
        return _NEVER
    return _ROWS.get(status.lower(), {}).get(action, NOTHING)
