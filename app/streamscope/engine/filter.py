"""Which events are wanted: an expression as a value, and how it is written.

    kind:message dir:in size>1k t>2s name:delta data~"error"      all of them
    error or /time.?out/ or (tone:refusal -marked)                any of them; `-` and `not` turn one round

A bare word is looked for in what an event holds. `engine.filter_reading` reads the text, `engine.filter_rows` finds the
events; `read(written(wanted))` is `wanted` again.
"""

import re
from dataclasses import dataclass

from streamscope.engine.derived import TONES
from streamscope.model.event import Form
from streamscope.store.rows import FORMS, OPCODES

KINDS = ("request", "trace", "read", "head", "message", "control", "finding", "closed", "failed")
"""Kinds of events as the language calls them, by their places in `store.rows.KINDS`."""
TONE_WORDS = ("other", *(tone.replace("_", "-") for tone in TONES[1:]))
"""What messages say as the language calls it, by its place in `engine.derived.TONES`."""
FORM_WORDS: tuple[Form, ...] = FORMS
CHOICES: dict[str, tuple[str, ...]] = {
    "kind": KINDS,
    "dir": ("in", "out"),
    "tone": TONE_WORDS,
    "form": FORM_WORDS,
    "opcode": tuple(opcode for opcode in OPCODES if opcode),
}
"""Fields that have one of some words."""
TEXTS = ("name", "comment")
"""Fields that are text: `:` for what they contain, `=` for all of it, `~` for a regular expression."""
FLAGS = ("marked", "unfinished")
SIZE = {"": 1, "b": 1, "k": 10**3, "kb": 10**3, "m": 10**6, "mb": 10**6, "g": 10**9, "gb": 10**9,
        "ki": 1 << 10, "kib": 1 << 10, "mi": 1 << 20, "mib": 1 << 20, "gi": 1 << 30, "gib": 1 << 30}  # fmt: skip
TIME = {"ns": 1, "us": 10**3, "µs": 10**3, "ms": 10**6, "s": 10**9, "m": 60 * 10**9, "min": 60 * 10**9,
        "h": 3600 * 10**9}  # fmt: skip
COUNT = {"": 1, "k": 10**3, "m": 10**6}
NUMBERS = {"size": SIZE, "t": TIME, "gap": TIME, "number": COUNT, "read": COUNT, "status": {"": 1}}
"""Fields that are numbers, and what one of each of their units is: bytes, ns, or a count."""
LARGEST = 1 << 62
OPERATORS = (">=", "<=", ">", "<", "=")


@dataclass(frozen=True, slots=True)
class Text:
    """The words are in what the event holds; small letters find capitals too, and where a server wrote other letters
    than ASCII as JSON's escapes, these are found."""

    words: str


@dataclass(frozen=True, slots=True)
class Regex:
    """The regular expression is found in what the event holds."""

    source: str


@dataclass(frozen=True, slots=True)
class Words:
    """A field of CHOICES is one of the words (operator ":"), or a field of TEXTS contains, is, or matches one."""

    field: str
    operator: str
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Compare:
    """A number compares so; one that the event does not have never does."""

    field: str
    operator: str
    value: int


@dataclass(frozen=True, slots=True)
class Between:
    """A number lies between two, both included."""

    field: str
    low: int
    high: int


@dataclass(frozen=True, slots=True)
class Flag:
    """The event is marked, or unfinished."""

    name: str


@dataclass(frozen=True, slots=True)
class Not:
    """The other events."""

    of: "Wanted"


@dataclass(frozen=True, slots=True)
class All:
    """All of these hold; of none: every event."""

    of: "tuple[Wanted, ...]"


@dataclass(frozen=True, slots=True)
class Any:
    """One of these holds."""

    of: "tuple[Wanted, ...]"


Wanted = Text | Regex | Words | Compare | Between | Flag | Not | All | Any
EVERYTHING = All(())
RUN = r'[^\s()"]'
"""A sign of a bare word."""
FIELD = re.compile(r"([A-Za-z_]+)(>=|<=|!=|[:=~<>])")
JOINTS = frozenset({"and", "or", "not", "&&", "||", "&", "|"})
_BARE = re.compile(rf"(?![-!/]){RUN}+")
_LISTED = re.compile(r'(?!/)[^\s()",]+')


def written(wanted: Wanted) -> str:
    """The expression as text."""
    match wanted:
        case Text(words):
            return words if _is_bare(words) else quoted(words)
        case Regex(source):
            return f"data~{quoted(source)}" if "/" in source else f"/{source}/"
        case Words(field, operator, words):
            return f"{field}{operator}{','.join(word if _LISTED.fullmatch(word) else quoted(word) for word in words)}"
        case Compare(field, operator, value):
            return f"{field}{operator}{amount(field, value)}"
        case Between(field, low, high):
            return f"{field}:{amount(field, low)}..{amount(field, high)}"
        case Flag(name):
            return name
        case Not(of):
            return f"-{_within(of)}"
        case All(parts):
            return " ".join(map(_within, parts)) if len(parts) > 1 else "".join(f"({written(one)})" for one in parts)
        case Any(parts):
            return " or ".join(map(_within, parts))


def amount(field: str, value: int) -> str:
    """A number with the largest unit that it has a whole number of."""
    units = NUMBERS[field]
    short = {of: unit for unit, of in reversed(units.items())}  # the first unit of a size is the one that is written
    unit = next(of for of in sorted(short, reverse=True) if value % of == 0 and (value or of == 1) and _is_plain(of))
    return f"{value // unit}{short[unit]}"


def quoted(text: str) -> str:
    """In quotes, in which a backslash is itself unless another or a quote follows."""
    return '"' + re.sub(r'\\(?=[\\"]|$)|"', r"\\\g<0>", text) + '"'


def asks(wanted: Wanted) -> frozenset[str]:
    """The fields and flags that the expression looks at; what an event holds is `data`."""
    match wanted:
        case Text() | Regex():
            return frozenset({"data"})
        case Words(field) | Compare(field) | Between(field):
            return frozenset({field})
        case Flag(name):
            return frozenset({name})
        case Not(of):
            return asks(of)
        case All(parts) | Any(parts):
            return frozenset().union(*map(asks, parts))


def _is_plain(of: int) -> bool:
    """Whether a unit counts in tens or minutes; a number of bytes is not told in KiB."""
    return of < 1 << 10 or of & (of - 1) != 0


def _is_bare(words: str) -> bool:
    return bool(_BARE.fullmatch(words)) and words.lower() not in JOINTS | {*FLAGS} and not FIELD.match(words)


def _within(wanted: Wanted) -> str:
    return f"({written(wanted)})" if isinstance(wanted, All | Any) else written(wanted)
