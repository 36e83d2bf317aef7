"""Environments: named sets of variables, and filling {{variables}} in texts.

A hole is `{{name}}`, blanks inside the braces do not count; a name is made of letters of any script, digits, `_`, `-`
and `.`. `\\{{name}}` is no hole: it is sent as `{{name}}`. Values are put in as they are written, without quotes or
escapes of JSON or of URLs, and may hold holes themselves. Where no environment is chosen and no variable is known every
text is left exactly as it is; else a hole without a value is an error.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

import msgspec

from streamscope.model.errors import UsageError
from streamscope.model.field import unknown
from streamscope.model.phrase import phrase

_HOLE = re.compile(r"\{\{\s*([\w.-]+)\s*\}\}")
_NAME = re.compile(r"[\w.-]+")
_LARGEST = 64 << 20
"""Characters that a filled text may have: nested variables could grow without end."""


class Variable(msgspec.Struct, frozen=True, omit_defaults=True):
    """A name and its value; a secret one's value is kept in the keyring, one that is off counts as not there."""

    name: str
    value: str = ""
    secret: bool = False
    on: bool = True


class Environment(msgspec.Struct, frozen=True, omit_defaults=True):
    """A named set of variables, in the order of a person; of two with one name the later one that is on counts."""

    name: str
    variables: tuple[Variable, ...] = ()


@dataclass(frozen=True, slots=True)
class Scope:
    """Where a call's variables come from, the nearest first: `given` for this call, the chosen environment, what the
    collection's folder shares, the globals."""

    environment: str = ""
    collection: Path | None = None
    given: Mapping[str, str] = field(default_factory=dict)


EVERYWHERE = Scope()
"""No environment is chosen: the globals and the process's environment are asked alone."""


@dataclass(frozen=True, slots=True)
class Known:
    """What a variable is worth as it is written, and who says so; None for a secret that nobody has typed yet."""

    value: str | None
    source: str
    secret: bool = False


@dataclass(frozen=True, slots=True)
class Variables:
    """All that is known of variables; `chosen`: there is an environment, so that a hole without a value is wrong."""

    known: Mapping[str, Known] = field(default_factory=dict)
    chosen: bool = False

    @classmethod
    def of(cls, values: Mapping[str, str], source: str = "") -> "Variables":
        """Plain values from one source."""
        return cls({name: Known(value, source) for name, value in values.items()})

    @property
    def strict(self) -> bool:
        """Whether holes are filled at all."""
        return self.chosen or bool(self.known)

    @property
    def secrets(self) -> frozenset[str]:
        """The secret values, to be masked wherever they are shown."""
        return frozenset(known.value for known in self.known.values() if known.secret and known.value)

    def worth(self, name: str) -> str:
        """A variable's value with its own holes filled. Raises UsageError."""
        return Filling(self).text("{{" + name + "}}")


NO_VARIABLES = Variables()


class Hole(NamedTuple):
    """A place that a variable fills: from `start` to before `end`, braces included."""

    start: int
    end: int
    name: str


def holes(text: str) -> list[Hole]:
    """The holes of a text, in order; escaped ones are none."""
    if "{{" not in text:
        return []
    return [Hole(found.start(), found.end(), found.group(1)) for found in _HOLE.finditer(text) if not _escaped(found)]


def _escaped(found: re.Match[str]) -> bool:
    return found.start() > 0 and found.string[found.start() - 1] == "\\"


def check_name(name: str) -> None:
    """Refuse what cannot stand between braces. Raises UsageError."""
    if not _NAME.fullmatch(name):
        raise UsageError(
            phrase("'{name}' is no name of a variable.", name=name),
            phrase("Names are made of letters, digits, '_', '-' and '.'."),
        )


def fill(text: str, variables: Variables) -> str:
    """The text with its {{variables}} filled. Raises UsageError for one without a value, and for a circle of them."""
    return Filling(variables).text(text)


class Filling:
    """Fills one text after the other; each variable is worked out once. Raises what `fill` raises."""

    def __init__(self, variables: Variables) -> None:
        self._variables = variables
        self._done: dict[str, str] = {}
        self._open: list[str] = []

    def text(self, text: str) -> str:
        """The text without holes."""
        if not self._variables.strict or "{{" not in text:
            return text
        size = len(text)
        pieces, at = [], 0
        for found in _HOLE.finditer(text):
            if _escaped(found):
                pieces += [text[at : found.start() - 1], found.group()]
            else:
                pieces += [text[at : found.start()], self._worth(found.group(1))]
                size += len(pieces[-1])
                if size > _LARGEST:
                    raise UsageError(
                        phrase("The text with its variables filled is too long."),
                        phrase("The variable '{name}' holds others, which make it grow.", name=found.group(1)),
                    )
            at = found.end()
        return "".join([*pieces, text[at:]])

    def _worth(self, name: str) -> str:
        if name in self._done:
            return self._done[name]
        if name in self._open:
            circle = " → ".join([*self._open[self._open.index(name) :], name])
            raise UsageError(
                phrase("The variables go round in a circle: {circle}.", circle=circle),
                phrase("Give one of them a value without the others in it."),
            )
        known = self._variables.known.get(name)
        if known is None or known.value is None:
            raise _nothing(name, self._variables)
        self._open.append(name)
        self._done[name] = self.text(known.value)
        self._open.pop()
        return self._done[name]


def _nothing(name: str, variables: Variables) -> UsageError:
    known = variables.known.get(name)
    if known is not None:
        return UsageError(
            phrase("The secret variable '{name}' of {source} has no value.", name=name, source=known.source),
            phrase("Type it in the environment; it is kept in the keyring. Or set {variable}.", variable=outer(name)),
        )
    told = phrase("The variable '{name}' has no value.", name=name)
    return unknown(told, name, sorted(variables.known)[:20])


def outer(name: str) -> str:
    """The process's environment variable that gives a variable's value: STREAMSCOPE_VARIABLE_<NAME>."""
    return "STREAMSCOPE_VARIABLE_" + re.sub(r"\W", "_", name).upper()


def reached(names: set[str], value_of: Callable[[str], str | None]) -> Iterator[str]:
    """These names and those that their values hold, and so on; each once."""
    waiting, seen = sorted(names), set(names)
    while waiting:
        name = waiting.pop()
        yield name
        more = {hole.name for hole in holes(value_of(name) or "")} - seen
        seen |= more
        waiting += sorted(more)


def merged(
    before: tuple[Variable, ...], after: tuple[Variable, ...], now: tuple[Variable, ...]
) -> tuple[Variable, ...]:
    """What `after` changed of `before`, done to what is there `now`: two people change one environment.

    Variables that only one side changed, added or took away are as that side has them; where both did, `after` counts.
    """
    if now == before:
        return after
    was, is_, other = _numbered(before), _numbered(after), _numbered(now)
    kept = [key for key in is_ if key in other or is_[key] != was.get(key)]
    kept += [key for key in other if key not in is_ and (key not in was or other[key] != was[key])]
    return tuple(
        other[key] if key in other and is_.get(key, was.get(key)) == was.get(key) else is_[key] for key in kept
    )


def _numbered(variables: tuple[Variable, ...]) -> dict[tuple[str, int], Variable]:
    """Variables by name, and by number among those of one name."""
    found: dict[tuple[str, int], Variable] = {}
    for one in variables:
        number = sum(1 for name, _ in found if name == one.name)
        found[one.name, number] = one
    return found


_ASSIGNED = re.compile(r"\s*(?:export\s+|set\s+)?([\w.-]+)\s*[=:]\s*(.*)$")


def from_lines(text: str) -> tuple[Variable, ...]:
    """Variables from lines `NAME=VALUE` as .env files have them: comments, `export` and quotes understood.

    Names that sound like a secret become secret ones. Raises UsageError for a line that is none of this.
    """
    found = []
    for number, line in enumerate(text.lstrip("\ufeff").splitlines(), 1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        match = _ASSIGNED.match(line)
        if match is None:
            raise UsageError(
                phrase("Line {number} is no variable: {line}", number=number, line=line.strip()[:40]),
                phrase("Write NAME=VALUE, one a line."),
            )
        name, value = match.group(1), match.group(2).strip()
        if len(value) > 1 and value[0] == value[-1] and value[0] in "'\"`":
            value = value[1:-1]
        else:
            value = value.partition(" #")[0].rstrip()
        found.append(Variable(name, value, secret=sounds_secret(name)))
    return tuple(found)


_SECRET_WORDS = re.compile(
    r"secret|passw|token(?!s)|api_?key|app_?code|credential|(?:^|_)(?:sk|pwd)(?:$|_)", re.IGNORECASE
)


def sounds_secret(name: str) -> bool:
    """Whether a variable of this name had better be kept in the keyring."""
    return _SECRET_WORDS.search(name) is not None
