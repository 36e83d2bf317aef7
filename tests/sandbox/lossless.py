"""Whether the SDK's models know all that an answer says: no key unknown or dropped, every type as declared."""

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

ISO = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")
PLAIN: dict[str, tuple[type, ...]] = {"str": (str,), "int": (int,), "float": (int, float), "bool": (bool,)}


def losses(raw: Any, parsed: Any, declared: str, where: str = "answer") -> Iterator[str]:
    """What a model of the SDK lost of the raw JSON, or has as another type than it declares."""
    if raw is None:
        yield f"{where}: null is no value"
    elif declared.startswith("list["):
        yield from _listed(raw, parsed, declared[5:-1], where)
    elif declared.startswith("dict("):
        yield from _mapped(raw, parsed, declared[5:-1].split(", ", 1)[1], where)
    elif declared in PLAIN or declared == "datetime":
        yield from _plain(raw, parsed, declared, where)
    elif declared == "object":
        if raw != parsed:
            yield f"{where}: {raw!r} became {parsed!r}"
    else:
        yield from _model(raw, parsed, where)


def _listed(raw: Any, parsed: Any, item: str, where: str) -> Iterator[str]:
    if not isinstance(raw, list) or not isinstance(parsed, list) or len(raw) != len(parsed):
        yield f"{where}: {raw!r} is no list of {item}, or became {parsed!r}"
        return
    for number, pair in enumerate(zip(raw, parsed, strict=True)):
        yield from losses(*pair, item, f"{where}[{number}]")


def _mapped(raw: Any, parsed: Any, value: str, where: str) -> Iterator[str]:
    if not isinstance(raw, dict) or not isinstance(parsed, dict) or raw.keys() != parsed.keys():
        yield f"{where}: {raw!r} is no object of {value}, or became {parsed!r}"
        return
    for key in raw:
        yield from losses(raw[key], parsed[key], value, f"{where}.{key}")


def _plain(raw: Any, parsed: Any, declared: str, where: str) -> Iterator[str]:
    if declared == "datetime":
        # Without python-dateutil the SDK leaves dates as the strings that they were.
        if not isinstance(raw, str) or not ISO.fullmatch(raw):
            yield f"{where}: {raw!r} is no date"
        return
    kinds = PLAIN[declared]
    if not isinstance(raw, kinds) or (isinstance(raw, bool) and declared != "bool"):
        yield f"{where}: {raw!r} is no {declared}"
    elif type(parsed) is Decimal or parsed != raw:
        yield f"{where}: {raw!r} became {parsed!r}"


def _model(raw: Any, parsed: Any, where: str) -> Iterator[str]:
    if not isinstance(raw, dict):
        yield f"{where}: {raw!r} is no object"
        return
    names = {name: attribute for attribute, name in type(parsed).attribute_map.items()}
    for key, value in raw.items():
        if key not in names:
            yield f"{where}.{key}: {type(parsed).__name__} does not know it"
            continue
        found = getattr(parsed, names[key])
        yield from losses(value, found, type(parsed).openapi_types[names[key]], f"{where}.{key}")
