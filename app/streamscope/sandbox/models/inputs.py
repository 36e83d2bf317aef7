"""What a model's function is given, from a body, a query or a message."""

import json
from collections.abc import Iterable, Sequence
from email.message import Message
from typing import Any
from urllib.parse import parse_qsl

from streamscope.sandbox.models import multipart


class InputError(Exception):
    """A body that is not what its content type says."""


def of_request(body: bytes, content_type: str, query: Iterable[tuple[str, str]]) -> Any:
    """The inputs of an HTTP request. Raises InputError."""
    if not body:
        return _by_name(query)
    header = Message()
    header["content-type"] = content_type
    kind = header.get_content_type() if content_type else ""
    if kind == "application/json" or kind.endswith("+json"):
        return _json(body)
    if kind == "text/plain":
        return _text(body, header.get_content_charset("utf-8"))
    if kind == "multipart/form-data":
        return _by_name((part.name, _field(part)) for part in multipart.parse(content_type, body))
    if kind == "application/x-www-form-urlencoded":
        return _form(body)
    return body


def of_message(message: str | bytes) -> Any:
    """The inputs of a WebSocket message: a JSON object or array as its value, anything else as it is."""
    if isinstance(message, str) and message.lstrip()[:1] in ("{", "["):
        try:
            return json.loads(message)
        except (ValueError, RecursionError):
            return message
    return message


def wants_stream(accepts: Sequence[str], inputs: Any) -> bool:
    """Whether the caller accepts an event stream by name, or the inputs say `"stream": true`."""
    if isinstance(inputs, dict) and inputs.get("stream") in (True, "true"):
        return True
    for entry in ",".join(accepts).split(","):
        name, *parameters = (piece.strip().lower() for piece in entry.split(";"))
        if name == "text/event-stream" and not any(_nothing(parameter) for parameter in parameters):
            return True
    return False


def _nothing(parameter: str) -> bool:
    """Whether it is a weight of zero: not acceptable (RFC 9110, section 12.4.2)."""
    name, _, value = parameter.partition("=")
    return name == "q" and bool(value) and set(value) <= {"0", "."}


def _json(body: bytes) -> Any:
    try:
        return json.loads(body)
    except (ValueError, RecursionError) as error:
        raise InputError(f"The body is not valid JSON: {error}") from error


def _text(body: bytes, charset: str) -> str:
    try:
        return body.decode(charset)
    except (UnicodeDecodeError, LookupError) as error:
        raise InputError(f"The body is not text in {charset}: {error}") from error


def _form(body: bytes) -> Any:
    """The fields; or the JSON that curl's -d sends under this type unless it is told another."""
    if body.lstrip()[:1] in (b"{", b"["):
        try:
            return json.loads(body)
        except (ValueError, RecursionError):
            pass
    return _by_name(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True))


def _field(part: multipart.Part) -> str | bytes:
    if part.filename:
        return part.content
    try:
        return part.content.decode()
    except UnicodeDecodeError:
        return part.content


def _by_name(pairs: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    """A mapping; of a name that comes several times all values, as a list."""
    found: dict[str, list[Any]] = {}
    for name, value in pairs:
        found.setdefault(name, []).append(value)
    return {name: values[0] if len(values) == 1 else values for name, values in found.items()}
