"""Values that may be missing, or of another type than the standard says."""

import base64
import math
from datetime import UTC, datetime
from typing import Any

import msgspec

_LARGEST = 1e15
_LONGEST = 1e10
"""Milliseconds, some months: what is beyond is no time of an exchange."""
_LATEST = 2e11
"""Seconds since 1970 that a calendar still takes."""
_MILLISECONDS = 1e11
"""What is more since 1970 is counted in milliseconds."""


def text(value: Any) -> str:
    """A text that is valid Unicode; numbers are written, anything else is none."""
    if isinstance(value, str):
        return value if value.isascii() else value.encode(errors="replace").decode()
    return str(value) if isinstance(value, float) or number(value) is not None else ""


def number(value: Any) -> float | None:
    """A finite number of a sensible size, also one that was written as a text; None for anything else."""
    if isinstance(value, str):
        try:
            value = float(value)
        except ValueError:
            return None
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if -_LARGEST < value < _LARGEST and math.isfinite(value) else None


def nanoseconds(value: Any) -> int | None:
    """Milliseconds of a timing as nanoseconds; None where it is unknown (-1)."""
    found = number(value)
    return round(found * 1e6) if found is not None and 0 <= found < _LONGEST else None


def moment(value: Any) -> float | None:
    """A point in time as seconds since 1970: an ISO 8601 text, or such seconds (or milliseconds) themselves."""
    if isinstance(value, str) and not _is_number(value):
        try:
            read = datetime.fromisoformat(value.strip())
        except ValueError:
            return None
        found: float | None = (read if read.tzinfo is not None else read.replace(tzinfo=UTC)).timestamp()
    else:
        found = number(value)
        found = found / 1e3 if found is not None and found > _MILLISECONDS else found
    return found if found is not None and 0 <= found < _LATEST else None


def bytes_of(value: Any, encoding: Any) -> bytes:
    """The bytes of a text; of JSON that was put there instead of one, its text. Raises ValueError for bad base64."""
    if isinstance(value, str):
        if isinstance(encoding, str) and encoding.lower() == "base64":
            return base64.b64decode("".join(value.split()), validate=True)
        return value.encode(errors="replace")
    return msgspec.json.encode(value) if isinstance(value, dict | list) else text(value).encode()


def pairs(value: Any) -> list[tuple[str, str]]:
    """Names and values: a list of {"name", "value"} objects (or {"key"}), or one object of them."""
    if isinstance(value, dict):
        return [(name, text(item)) for name, item in value.items() if isinstance(name, str)]
    rows = [row for row in value if isinstance(row, dict)] if isinstance(value, list) else []
    found = [(text(row.get("name", row.get("key"))), text(row.get("value"))) for row in rows]
    return [(name, item) for name, item in found if name]


def _is_number(value: str) -> bool:
    try:
        float(value)
    except ValueError:
        return False
    return True
