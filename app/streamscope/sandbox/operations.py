"""Operations of the management interface as data: what is asked for, and which function answers it."""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal
from urllib.parse import unquote

from starlette.datastructures import QueryParams

from streamscope.sandbox.inbound import Inbound
from streamscope.sandbox.refusals import RefusalError, dispatcher

Deed = Literal["list", "get", "create", "update", "action", "delete", "events", "logs", "monitor", "apps", "keys"]
"""What an operation's permission is for; what can be denied."""


@dataclass(frozen=True, slots=True)
class Inquiry:
    """One request as an operation reads it: what its path names (decoded), its query, its body."""

    names: tuple[str, ...]
    query: QueryParams
    body: bytes = b""
    inbound: Inbound | None = None

    def json(self) -> dict[str, Any]:
        """The body's JSON object, {} where there is no body. Raises the platform's refusal of anything else."""
        if not self.body.strip():
            return {}
        try:
            read = json.loads(self.body)
        except (ValueError, RecursionError):
            raise dispatcher(
                400, "ModelArts.0101", "Invalid request body. The request body is not valid JSON."
            ) from None
        if not isinstance(read, dict):
            raise bad_parameter("body", "it must be a JSON object")
        return read


@dataclass(frozen=True, slots=True)
class Answer:
    """What an operation answers where it is not simply 200 and a JSON object."""

    body: Mapping[str, Any] | list[Any] | bytes = field(default_factory=dict)
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def content(self) -> bytes:
        """The body as it is sent."""
        if isinstance(self.body, bytes):
            return self.body
        return json.dumps(self.body, ensure_ascii=False).encode("utf-8", "backslashreplace")

    def raw_headers(self, number: str) -> list[tuple[bytes, bytes]]:
        """Its headers, with the request's id; the type is JSON where none is given."""
        named = {"content-type": "application/json", **self.headers, "x-request-id": number}
        return [(name.encode(), value.encode()) for name, value in named.items()]


@dataclass(frozen=True, slots=True)
class Operation:
    """One row: a generation (v1, v2), a method, the path below the project as a pattern whose groups are `names`."""

    generation: str
    method: str
    pattern: str
    answer: Callable[[Inquiry], Mapping[str, Any] | Answer]
    deed: Deed


class Operations:
    """All rows; the first one that fits a request is meant."""

    def __init__(self, rows: list[Operation]) -> None:
        self._rows = [(re.compile(row.pattern), row) for row in rows]

    def find(self, generation: str, method: str, path: str) -> tuple[Operation | None, tuple[str, ...], bool]:
        """The operation, what its path names, and whether the path is known (with any method)."""
        known = False
        for pattern, row in self._rows:
            found = pattern.fullmatch(path) if row.generation == generation else None
            if found is None:
                continue
            known = True
            if row.method == method:
                return row, tuple(unquote(name or "") for name in found.groups()), True
        return None, (), known


def bad_parameter(name: str, why: str = "") -> RefusalError:
    """The platform's refusal of a parameter of the query or the body."""
    text = f"Invalid parameter. The parameter {name} is invalid" + (f": {why}." if why else ".")
    return dispatcher(400, "ModelArts.0104", text)


def number(query: QueryParams, name: str, default: int, least: int = 0, most: int | None = None) -> int:
    """A whole number of the query. Raises the platform's refusal of another value."""
    text = query.get(name, "") or str(default)
    if not text.isascii() or not text.isdigit() or len(text) > 15:
        raise bad_parameter(name, "it must be a whole number")
    value = int(text)
    if value < least or (most is not None and value > most):
        raise bad_parameter(name, f"it must be between {least} and {most}" if most else f"it must be {least} or more")
    return value


def choice(query: QueryParams, name: str, default: str, allowed: frozenset[str]) -> str:
    """A word of the query. Raises the platform's refusal of another value."""
    value = query.get(name, "") or default
    if value not in allowed:
        raise bad_parameter(name, f"it must be one of {', '.join(sorted(allowed))}")
    return value
