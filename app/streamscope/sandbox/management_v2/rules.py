"""What a request's body must be: rules as data, and the one function that reads a body by them."""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from streamscope.sandbox.operations import bad_parameter as invalid

__all__ = [
    "Choice",
    "Flag",
    "Many",
    "Never",
    "Number",
    "Pairs",
    "Rule",
    "Shape",
    "Text",
    "Whole",
    "checked",
    "invalid",
    "shape",
]


@dataclass(frozen=True, slots=True)
class Text:
    """A string of so many characters, wholly of a pattern, without some characters."""

    most: int = 4096
    least: int = 0
    pattern: str = ""
    without: str = ""


@dataclass(frozen=True, slots=True)
class Whole:
    """A whole number in a range."""

    least: int = 0
    most: int = 2**31 - 1


@dataclass(frozen=True, slots=True)
class Number:
    """A number in a range; the least itself may be excluded."""

    least: float = 0.0
    most: float = math.inf
    above: bool = False


@dataclass(frozen=True, slots=True)
class Flag:
    """True or false."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One of some words."""

    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Many:
    """A list of so many."""

    item: "Rule"
    most: int = 1000
    least: int = 0


@dataclass(frozen=True, slots=True)
class Pairs:
    """An object of which any names are allowed, as far as they fit a pattern."""

    key: Text
    value: Text


@dataclass(frozen=True, slots=True)
class Shape:
    """An object of named parts. What is not named is left out, as the platform does with what it does not know."""

    parts: Mapping[str, "Rule"]
    required: frozenset[str] = field(default_factory=frozenset)


@dataclass(frozen=True, slots=True)
class Never:
    """Something that the sandbox cannot be told over HTTP; empty values are let through."""

    why: str


Rule = Text | Whole | Number | Flag | Choice | Many | Pairs | Shape | Never


def shape(required: str, /, **parts: Rule) -> Shape:
    """A shape whose required parts are named in one string."""
    return Shape(parts, frozenset(required.split()))


def checked(rule: Rule, value: Any, path: str = "body") -> Any:
    """The value as far as the rule knows it. Raises the refusal that names the first wrong parameter."""
    match rule:
        case Text():
            return _text(rule, value, path)
        case Whole() | Number():
            return _number(rule, value, path)
        case Flag():
            return _flag(value, path)
        case Choice():
            if not isinstance(value, str) or value.upper() not in {word.upper() for word in rule.words}:
                raise invalid(path, f"it must be one of {', '.join(rule.words)}")
            return next(word for word in rule.words if word.upper() == value.upper())
        case Many():
            return _many(rule, value, path)
        case Pairs():
            return _pairs(rule, value, path)
        case Shape():
            return _shape(rule, value, path)
        case Never():
            if value in (None, "", [], {}, False):
                return value
            raise invalid(path, rule.why)


def _text(rule: Text, value: Any, path: str) -> str:
    if not isinstance(value, str):
        raise invalid(path, "it must be a string")
    if not rule.least <= len(value) <= rule.most:
        raise invalid(path, f"it must be {rule.least} to {rule.most} characters long")
    if rule.pattern and not re.fullmatch(rule.pattern, value):
        raise invalid(path, f"it must be of the form {rule.pattern}")
    found = [mark for mark in rule.without if mark in value]
    if found:
        raise invalid(path, f"it must not contain {' '.join(found)}")
    return value


def _number(rule: Whole | Number, value: Any, path: str) -> int | float:
    kinds = (int,) if isinstance(rule, Whole) else (int, float)
    if not isinstance(value, kinds) or isinstance(value, bool):
        raise invalid(path, "it must be a whole number" if isinstance(rule, Whole) else "it must be a number")
    above = isinstance(rule, Number) and rule.above and value == rule.least
    if above or not rule.least <= value <= rule.most:
        raise invalid(path, f"it must be {rule.least} to {rule.most}")
    number: int | float = value
    return number


def _flag(value: Any, path: str) -> bool:
    if not isinstance(value, bool):
        raise invalid(path, "it must be true or false")
    return value


def _many(rule: Many, value: Any, path: str) -> list[Any]:
    if not isinstance(value, list):
        raise invalid(path, "it must be a list")
    if not rule.least <= len(value) <= rule.most:
        raise invalid(path, f"it must have {rule.least} to {rule.most} elements")
    return [checked(rule.item, item, f"{path}[{number}]") for number, item in enumerate(value)]


def _pairs(rule: Pairs, value: Any, path: str) -> dict[str, str]:
    if not isinstance(value, dict):
        raise invalid(path, "it must be an object")
    return {_text(rule.key, key, path): _text(rule.value, one, f"{path}.{key}") for key, one in value.items()}


def _shape(rule: Shape, value: Any, path: str) -> dict[str, Any]:
    """Parts in the order in which they were given; null is the same as nothing."""
    if not isinstance(value, dict):
        raise invalid(path, "it must be an object")
    given = {key: one for key, one in value.items() if one is not None}
    under = "" if path == "body" else f"{path}."
    for name in sorted(rule.required):
        if name not in given:
            raise invalid(f"{under}{name}", "it must not be null")
    return {key: checked(rule.parts[key], one, f"{under}{key}") for key, one in given.items() if key in rule.parts}
