"""Values of the new generation's fields as text, and back. Pure."""

import json
from collections.abc import Iterable, Mapping
from typing import Any


def number(values: Mapping[str, str], key: str, default: float) -> float | int | str:
    """A number as JSON has it; what is none stays the text that it is, for the platform to refuse."""
    text = values.get(key, "").strip()
    if not text:
        return default
    try:
        read = float(text)
    except ValueError:
        return text
    return int(read) if read.is_integer() else read if abs(read) < float("inf") else text


def whole_number(values: Mapping[str, str], key: str, default: int) -> int | str:
    """The same where a whole number is wanted."""
    read = number(values, key, default)
    return str(read) if isinstance(read, float) else read


def written(value: Any) -> str:
    """A JSON value as a field shows it: whole numbers without a point, true as "true", what is not there as ''."""
    if value is None or value is False:
        return ""
    if value is True:
        return "true"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def lines(text: str) -> list[str]:
    """Lines without the empty ones."""
    return [line.strip() for line in text.splitlines() if line.strip()]


def pairs(text: str, before: Any) -> dict[str, Any]:
    """Names and values from `name: value` lines.

    Where they still say what `before` says, it is `before` itself: a line can not hold a line feed or outer blanks.
    """
    if isinstance(before, dict) and told(before) == text:
        return before
    cut = (line.partition(":") for line in text.splitlines() if line.strip())
    return {name.strip(): value.strip() for name, _, value in cut if name.strip()}


def told(found: Any) -> str:
    """An object as `name: value` lines."""
    if not isinstance(found, dict):
        return ""
    return "\n".join(f"{_line(name)}: {_line(written(value))}" for name, value in found.items())


def joined(found: Iterable[Mapping[str, Any]]) -> str:
    """Tags as `name: value` lines."""
    return "\n".join(f"{_line(written(row.get('key')))}: {_line(written(row.get('value')))}" for row in found)


def _line(text: str) -> str:
    return " ".join(text.split())
