"""Times as the new generation writes them: in several ways. Pure."""

from datetime import UTC, datetime
from typing import Any

from streamscope.kinds.platforms.modelarts.rows import number, text

Json = dict[str, Any]


def moment(row: Json, key: str) -> float:
    """A time as Unix time in seconds: milliseconds or seconds, as a number or text, or a date (ISO 8601, else UTC)."""
    found = number(row, key)
    if found is not None:
        return found / 1000 if found > 1e11 else max(0.0, found)
    try:
        read = datetime.fromisoformat(text(row, key))
        return (read if read.tzinfo else read.replace(tzinfo=UTC)).timestamp()
    except (ValueError, OverflowError):
        return 0.0
