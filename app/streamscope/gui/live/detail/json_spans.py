"""JSON as spans of its own text: children are found when asked for, nothing is decoded before it is shown. Pure.

Numbers, escapes, the order of names and names that come twice stay as they are written; what is cut off or wrong is
shown as far as it goes. No recursion: ten thousand levels are as good as one.
"""

import json
import re
from array import array
from bisect import bisect_left
from collections.abc import Generator, Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Literal

Kind = Literal["object", "array", "string", "number", "word", "odd"]
Step = str | int
"""A name in an object, a place in an array."""

_BRACKET = re.compile(rb'(?:[^"\[\]{}]++|"(?:[^"\\]++|\\.)*+(?:"|\\?\Z))*+([\[\]{}])', re.DOTALL)
_BETWEEN = re.compile(rb"[\s,]*")
_COLON = re.compile(rb"\s*:?\s*")
_STRING = re.compile(rb'"(?:[^"\\]++|\\.)*+(?:"|\\?\Z)?', re.DOTALL)
_SCALAR = re.compile(rb'[^\s,\[\]{}":]+')
_NUMBER = re.compile(rb"-?[0-9][0-9.eE+-]*")
_WORDS = (b"true", b"false", b"null")
_STEP = 2000
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_CUT_ESCAPE = re.compile(r"\\(?:u[0-9a-fA-F]{0,3})?$")


@dataclass(frozen=True, slots=True)
class Span:
    """A value: where it begins and ends, what it is, and its name or place in what holds it."""

    start: int
    end: int
    kind: Kind
    step: Step = ""

    @property
    def holds(self) -> bool:
        """Whether it holds others."""
        return self.kind in ("object", "array")


class Structure:
    """Which bracket closes which."""

    def __init__(self, size: int) -> None:
        self._opens, self._closes = array("Q"), array("Q")
        self._size = size
        self.deepest = 0

    def add(self, opened: int) -> int:
        """A bracket opens; gives its place among them."""
        self._opens.append(opened)
        self._closes.append(self._size)
        return len(self._opens) - 1

    def close(self, place: int, closed: int) -> None:
        """The bracket of a place is closed before this byte."""
        self._closes[place] = closed

    def end_of(self, opened: int) -> int:
        """Where a value ends that begins with this bracket: behind the one that closes it."""
        place = bisect_left(self._opens, opened)
        found = place < len(self._opens) and self._opens[place] == opened
        return self._closes[place] if found else self._size


def structured(data: bytes) -> Generator[float, None, Structure]:
    """Match the brackets, all of them in one go; gives how far it is (0 to 1)."""
    made = Structure(len(data))
    opened: list[int] = []
    for count, match in enumerate(_BRACKET.finditer(data)):
        at = match.end() - 1
        if match.group(1) in b"[{":
            opened.append(made.add(at))
            made.deepest = max(made.deepest, len(opened))
        elif opened:
            made.close(opened.pop(), at + 1)
        if count % _STEP == 0:
            yield at / len(data)
    return made


def root(data: bytes, structure: Structure) -> Span:
    """The value that the text is."""
    return _value(data, structure, _skipped(data, 0, len(data)), "") or Span(0, len(data), "odd")


def children(data: bytes, structure: Structure, parent: Span, at: int = -1, place: int = 0) -> Iterator[Span]:
    """What a value holds, one after the other; from `at` on, which is where child `place` begins."""
    at = parent.start + 1 if at < 0 else at
    end = (
        parent.end - 1
        if data[parent.end - 1 : parent.end] in (b"}", b"]") and parent.end - 1 > parent.start
        else parent.end
    )
    named = parent.kind == "object"
    while (at := _skipped(data, at, end)) < end:
        step: Step = place
        if named:
            name = _STRING.match(data, at, end)
            step = text_of(name.group()) if name else ""
            at = _COLON.match(data, name.end() if name else at, end).end()  # type: ignore[union-attr]  # may be empty
        found = _value(data, structure, at, step) if at < end else Span(end, end, "odd", step)
        if found is None:
            at += 1  # a colon or bracket that belongs to nothing
            continue
        found = found if found.end <= end else Span(found.start, end, found.kind, step)
        yield found
        at = found.end
        place += 1


def _skipped(data: bytes, at: int, end: int) -> int:
    return _BETWEEN.match(data, at, end).end()  # type: ignore[union-attr]  # it may be empty


def _value(data: bytes, structure: Structure, at: int, step: Step) -> Span | None:
    first = data[at : at + 1]
    if first in (b"{", b"["):
        return Span(at, structure.end_of(at), "object" if first == b"{" else "array", step)
    if first == b'"':
        return Span(at, _STRING.match(data, at).end(), "string", step)  # type: ignore[union-attr]  # it begins so
    scalar = _SCALAR.match(data, at)
    if scalar is None:
        return None
    text = scalar.group()
    kind: Kind = "word" if text in _WORDS else "number" if _NUMBER.fullmatch(text) else "odd"
    return Span(at, scalar.end(), kind, step)


def text_of(token: bytes) -> str:
    """A string as it is meant; one that is cut off or wrong as it is written."""
    written = token.decode(errors="replace")
    with suppress(ValueError):
        return str(json.loads(written, strict=False))
    bare = written.removeprefix('"')
    with suppress(ValueError):
        return str(json.loads(f'"{_CUT_ESCAPE.sub("", bare)}"', strict=False))
    return bare.removesuffix('"') if len(bare) else bare


def json_path(steps: list[Step]) -> str:
    """Where a value is, as a JSONPath (RFC 9535, normalized paths but for plain names)."""
    return "$" + "".join(_json_step(step) for step in steps)


def jq_path(steps: list[Step]) -> str:
    """Where a value is, as jq writes it."""
    made = "".join(
        f"[{step}]"
        if isinstance(step, int)
        else f".{step}"
        if _NAME.fullmatch(step)
        else f"[{json.dumps(step, ensure_ascii=False)}]"
        for step in steps
    )
    return made if made.startswith(".") else f".{made}"


def _json_step(step: Step) -> str:
    if isinstance(step, int):
        return f"[{step}]"
    if _NAME.fullmatch(step):
        return f".{step}"
    escaped = json.dumps(step, ensure_ascii=False)[1:-1].replace('\\"', '"').replace("'", "\\'")
    return f"['{escaped}']"
