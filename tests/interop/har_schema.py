"""HAR 1.2 (softwareishard.com/blog/har-12-spec) as a JSON schema, and the little of JSON Schema that it needs."""

import math
import re
from typing import Any

TEXT = {"type": "string"}
NUMBER = {"type": "number"}
SIZE = {"type": "integer", "minimum": -1}
TIME = {"type": "number", "minimum": -1}
MOMENT = {"type": "string", "pattern": r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)"}


def of(required: dict[str, Any], **optional: Any) -> dict[str, Any]:
    return {"type": "object", "required": list(required), "properties": required | optional | {"comment": TEXT}}


def many(item: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": item}


PAIR = of({"name": TEXT, "value": TEXT})
COOKIE = of(
    {"name": TEXT, "value": TEXT}, path=TEXT, domain=TEXT, expires=MOMENT,
    httpOnly={"type": "boolean"}, secure={"type": "boolean"},
)  # fmt: skip
POST = of(
    {"mimeType": TEXT, "params": many(of({"name": TEXT}, value=TEXT, fileName=TEXT, contentType=TEXT)), "text": TEXT}
)
REQUEST = of(
    {
        "method": TEXT, "url": TEXT, "httpVersion": TEXT, "cookies": many(COOKIE), "headers": many(PAIR),
        "queryString": many(PAIR), "headersSize": SIZE, "bodySize": SIZE,
    },
    postData=POST,
)  # fmt: skip
CONTENT = of({"size": SIZE, "mimeType": TEXT}, compression={"type": "integer"}, text=TEXT, encoding=TEXT)
RESPONSE = of(
    {
        "status": {"type": "integer", "minimum": 0}, "statusText": TEXT, "httpVersion": TEXT, "cookies": many(COOKIE),
        "headers": many(PAIR), "content": CONTENT, "redirectURL": TEXT, "headersSize": SIZE, "bodySize": SIZE,
    }
)  # fmt: skip
CACHED = of({"lastAccess": MOMENT, "eTag": TEXT, "hitCount": SIZE}, expires=MOMENT)
SOCKET = {
    "type": "object",
    "required": ["type", "time", "opcode", "data"],
    "properties": {"type": {"enum": ["send", "receive"]}, "time": NUMBER, "opcode": {"enum": [1, 2]}, "data": TEXT},
}
STREAMED = {
    "type": "object",
    "required": ["time", "eventName", "eventId", "data"],
    "properties": {"time": NUMBER, "eventName": TEXT, "eventId": TEXT, "data": TEXT},
}
ENTRY = of(
    {
        "startedDateTime": MOMENT,
        "time": {"type": "number", "minimum": 0},
        "request": REQUEST,
        "response": RESPONSE,
        "cache": of({}, beforeRequest=CACHED, afterRequest=CACHED),
        "timings": of(
            {"send": {"type": "number", "minimum": 0}, "wait": {"type": "number", "minimum": 0},
             "receive": {"type": "number", "minimum": 0}},
            blocked=TIME, dns=TIME, connect=TIME, ssl=TIME,
        ),
    },
    pageref=TEXT, serverIPAddress=TEXT, connection=TEXT,
    _webSocketMessages=many(SOCKET), _eventStreamMessages=many(STREAMED), _resourceType=TEXT,
)  # fmt: skip
PROGRAM = of({"name": TEXT, "version": TEXT})
HAR = of({"log": of({"version": {"enum": ["1.2"]}, "creator": PROGRAM, "entries": many(ENTRY)}, browser=PROGRAM)})
_TYPES: dict[str, Any] = {
    "string": str, "number": (int, float), "integer": int, "boolean": bool, "object": dict, "array": list,
}  # fmt: skip


def complaints(value: Any, schema: dict[str, Any] = HAR, at: str = "$") -> list[str]:
    """What breaks the schema. A name beyond the standard's must begin with an underscore."""
    if "enum" in schema:
        return [] if value in schema["enum"] else [f"{at}: {value!r} is none of {schema['enum']}"]
    kind = schema["type"]
    if not isinstance(value, _TYPES[kind]) or (kind != "boolean" and isinstance(value, bool)):
        return [f"{at}: {value!r} is no {kind}"]
    found: list[str] = []
    if kind in ("number", "integer") and not (math.isfinite(value) and value >= schema.get("minimum", -math.inf)):
        found.append(f"{at}: {value} is out of range")
    if "pattern" in schema and not re.fullmatch(schema["pattern"], value):
        found.append(f"{at}: {value!r} has another form")
    if kind == "array":
        return found + [c for n, item in enumerate(value) for c in complaints(item, schema["items"], f"{at}[{n}]")]
    if kind == "object":
        known = schema["properties"]
        found += [f"{at}.{name} is missing" for name in schema["required"] if name not in value]
        for name, item in value.items():
            if name in known:
                found += complaints(item, known[name], f"{at}.{name}")
            elif not name.startswith("_"):
                found.append(f"{at}.{name} is not in the standard")
    return found
