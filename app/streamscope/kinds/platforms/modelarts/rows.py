"""What both generations write alike: statuses, times, numbers, tags, events. Pure."""

from typing import Any, Literal

from streamscope.kinds.platforms.base import Api
from streamscope.model.service import Happening, State

MB = 1024 * 1024
HAPPENINGS = 20
"""Events read for a look at a service."""

_STATES: dict[str, State] = {
    "running": "running",
    "concerning": "concerning",
    "failed": "failed",
    "error": "failed",
    "stopped": "stopped",
    "init": "stopped",
    "finished": "stopped",
    "deleted": "stopped",
}
_SEVERITIES: dict[str, Literal["info", "warning", "error"]] = {"abnormal": "error", "warning": "warning"}


def state(status: str) -> State:
    """A status of either generation as one of few states; a word that is not known means that something changes."""
    return _STATES.get(status.lower(), "changing" if status else "unknown")


def protocols(live: bool, apis: tuple[Api, ...]) -> tuple[str, ...]:
    """WebSocket, or HTTP; answers may go on as a stream unless the APIs' descriptions say otherwise."""
    if live:
        return ("WS",)
    described = [api.answers for api in apis if api.answers]
    return ("HTTP", "STREAM") if not described or "text/event-stream" in described else ("HTTP",)


def tags(found: Any) -> tuple[str, ...]:
    """Tags as "key=value", just the key where it has no value."""
    pairs = [(text(tag, "key"), text(tag, "value")) for tag in rows(found)]
    return tuple(f"{key}={value}" if value else key for key, value in pairs if key)


def happening(row: dict[str, Any], when: str) -> Happening:
    """An event; its time is under the key `when`."""
    severity = _SEVERITIES.get(text(row, "event_type").lower(), "info")
    return Happening(moment(row, when), text(row, "event_info"), severity)


def rows(found: Any) -> list[dict[str, Any]]:
    """The objects of a list; [] where there is no list."""
    return [row for row in found if isinstance(row, dict)] if isinstance(found, list) else []


def part(row: Any, key: str) -> dict[str, Any]:
    """An object within an object; {} where there is none."""
    found = row.get(key) if isinstance(row, dict) else None
    return found if isinstance(found, dict) else {}


def text(row: dict[str, Any], key: str) -> str:
    """A text; '' where there is none."""
    found = row.get(key)
    return found if isinstance(found, str) else "" if found is None else str(found)


def number(row: dict[str, Any], key: str) -> float | None:
    """A number, also where it is written as text; None where there is none."""
    found = row.get(key)
    if isinstance(found, bool) or not isinstance(found, int | float | str):
        return None
    try:
        read = float(found)
    except ValueError:
        return None
    return read if abs(read) < 1e18 else None


def whole(row: dict[str, Any], key: str, default: int = 0) -> int:
    """The same as a whole number."""
    found = number(row, key)
    return default if found is None else int(found)


def moment(row: dict[str, Any], key: str) -> float:
    """A time in milliseconds since the epoch, a number or text, as Unix time in seconds; 0 where there is none."""
    return (number(row, key) or 0.0) / 1000
