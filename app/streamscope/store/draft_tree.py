"""A draft as the values of its file, and back: what is at its default is left out, the common is short.

A choice without values is its kind's name, a header one `Name: value`, bytes are Base64.
"""

import base64
import binascii
from typing import Any

import msgspec

from streamscope.model.draft import Choice, Draft
from streamscope.model.phrase import phrase
from streamscope.store.yaml_reading import Unreadable

VERSION = 1
_FIRST = ("name", "note", "workspace", "service", "auth", "channel", "protocol", "method", "path", "headers", "unsent")
ORDER = ("version", *_FIRST, *(name for name in Draft.__struct_fields__ if name not in _FIRST))
"""The names of a file in the order in which they are written."""
_CHOICES = ("auth", "channel", "protocol")


def tree_of(draft: Draft, name: str) -> dict[str, Any]:
    """The values of a draft's file; `name` is what the file's own name says, and is not said twice."""
    found: dict[str, Any] = {"version": VERSION}
    for field in ORDER[1:]:
        value = getattr(draft, field)
        if field == "name":
            if value != name:
                found[field] = value
        elif field in _CHOICES:
            found[field] = value.kind if value == Choice(value.kind) else _plain(value)
        elif value != getattr(_DEFAULT, field):
            found[field] = [tuple(pair) for pair in value] if field == "headers" else _plain(value)
    return found


def draft_of(tree: dict[str, Any], name: str) -> Draft:
    """The draft that a file's values mean. Raises Unreadable: also for one of a later version."""
    version = tree.get("version")
    if version is not None and (not isinstance(version, str) or not version.isdecimal()):
        raise Unreadable(phrase("its version '{version}' is no number", version=str(version)[:40]))
    if version is not None and int(version) > VERSION:
        raise Unreadable(
            phrase("it was written by a later Streamscope (version {version} of drafts)", version=version),
            phrase("Open it with that one; this one leaves it as it is."),
        )
    headers = tree.get("headers")
    values = _given({key: value for key, value in tree.items() if key not in ("version", "headers")})
    values.setdefault("name", name)
    for field in _CHOICES:
        if isinstance(values.get(field), str):
            values[field] = {"kind": values[field]}
    if headers is not None:
        values["headers"] = [_pair(pair) for pair in headers] if isinstance(headers, list) else headers
    body = values.get("body")
    for holder in (body, *_listed(body, "parts"), *_listed(values, "messages")):
        if isinstance(holder, dict) and isinstance(holder.get("content"), str):
            holder["content"] = _bytes(holder["content"])
    try:
        return msgspec.convert(values, Draft, strict=False)
    except (msgspec.ValidationError, ValueError) as error:
        raise Unreadable(
            phrase("a value does not fit: {problem}", problem=str(error)),
            phrase("Mend its YAML in a text editor; a request saved by Streamscope shows what is expected."),
        ) from error


def strangers(tree: dict[str, Any]) -> list[str]:
    """Names in a file that this Streamscope does not know."""
    return [key for key in tree if key not in ORDER]


_DEFAULT = Draft()


def _plain(value: Any) -> Any:
    """A value as YAML has it; of a struct only what is not at its default."""
    if isinstance(value, msgspec.Struct):
        pairs = ((info, getattr(value, info.name)) for info in msgspec.structs.fields(value))
        return {info.name: _plain(inner) for info, inner in pairs if info.required or inner != _default(info)}
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    if isinstance(value, tuple | list):
        return [_plain(inner) for inner in value]
    return dict(value) if isinstance(value, dict) else value


def _default(info: msgspec.structs.FieldInfo) -> Any:
    return info.default if info.default is not msgspec.NODEFAULT else info.default_factory()


def _given(value: Any) -> Any:
    """Without what is null; in a list, where a place counts, it is an empty text."""
    if isinstance(value, dict):
        return {name: _given(inner) for name, inner in value.items() if inner is not None}
    if isinstance(value, list):
        return ["" if inner is None else _given(inner) for inner in value]
    return value


def _listed(holder: Any, key: str) -> list[Any]:
    found = holder.get(key) if isinstance(holder, dict) else None
    return found if isinstance(found, list) else []


def _bytes(text: str) -> bytes:
    try:
        return base64.b64decode("".join(text.split()), validate=True)
    except (binascii.Error, ValueError) as error:
        raise Unreadable(phrase("what stands under 'content' is not Base64")) from error


def _pair(value: Any) -> tuple[str, str]:
    """A header: `Name: value`, `[name, value]`, or `name:` and `value:`. Raises Unreadable."""
    match value:
        case {"name": name, "value": text} if len(value) == 2:
            pair = name, text
        case [name, text]:
            pair = name, text
        case dict() if len(value) == 1:
            (pair,) = value.items()
        case str() if ":" in value:
            name, _, text = value.partition(":")
            pair = name.strip(), text.strip()
        case _:
            pair = (None, [])
    name, text = ("" if part is None else part for part in pair)
    if isinstance(name, str) and isinstance(text, str):
        return name, text
    raise Unreadable(phrase("'{header}' is no header", header=str(value)[:80]), phrase("Write `- Name: value`."))
