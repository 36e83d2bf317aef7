"""HAR entries in the manner of other programs, with what each of them does and leaves out."""

import json
from typing import Any

BEGUN = 1_795_509_000.0  # 2026-11-24T08:30:00Z
SSE = 'data: {"a":1}\n\n: alive\n\nevent: done\nid: 7\ndata: [DONE]\n\n'


def pairs(**values: str) -> list[dict[str, str]]:
    return [{"name": name.replace("_", "-"), "value": value} for name, value in values.items()]


CHROME_STREAM: dict[str, Any] = {
    "_initiator": {"type": "script", "stack": {"callFrames": []}},
    "_priority": "High",
    "_resourceType": "fetch",
    "cache": {},
    "connection": "443",
    "request": {
        "method": "POST",
        "url": "https://api.example.com/v1/chat/completions?x=1",
        "httpVersion": "h2",
        "headers": [{"name": ":authority", "value": "api.example.com"}, *pairs(authorization="Bearer sk-123456")],
        "queryString": pairs(x="1"),
        "cookies": [],
        "headersSize": -1,
        "bodySize": 15,
        "postData": {"mimeType": "application/json", "text": '{"stream":true}'},
    },
    "response": {
        "status": 200,
        "statusText": "",
        "httpVersion": "h2",
        "headers": pairs(content_type="text/event-stream; charset=utf-8"),
        "cookies": [],
        "content": {"size": len(SSE), "mimeType": "text/event-stream", "text": SSE},
        "redirectURL": "",
        "headersSize": -1,
        "bodySize": -1,
        "_transferSize": 300,
        "_error": None,
    },
    "serverIPAddress": "203.0.113.7",
    "startedDateTime": "2026-11-24T08:30:00.000Z",
    "time": 1000.5,
    "timings": {
        "blocked": 10.25, "dns": 5, "ssl": 20, "connect": 50, "send": 1, "wait": 100, "receive": 834.25,
        "_blocked_queueing": 2,
    },
}  # fmt: skip
CHROME_SOCKET: dict[str, Any] = {
    "_resourceType": "websocket",
    "_webSocketMessages": [
        {"type": "send", "time": BEGUN + 0.5, "opcode": 1, "data": "hé"},
        {"type": "receive", "time": BEGUN + 0.75, "opcode": 1, "data": '{"ok":true}'},
        {"type": "receive", "time": BEGUN + 1.25, "opcode": 2, "data": "AP8B"},
    ],
    "request": {
        "method": "GET", "url": "wss://example.com/live", "httpVersion": "HTTP/1.1",
        "headers": pairs(Upgrade="websocket", Cookie="sid=12345"), "queryString": [], "cookies": [],
        "headersSize": 500, "bodySize": 0,
    },
    "response": {
        "status": 101, "statusText": "Switching Protocols", "httpVersion": "HTTP/1.1",
        "headers": pairs(Upgrade="websocket"), "cookies": [],
        "content": {"size": 0, "mimeType": "x-unknown"}, "redirectURL": "", "headersSize": 100, "bodySize": 0,
    },
    "startedDateTime": "2026-11-24T08:30:00.000Z",
    "time": 400,
    "timings": {"blocked": -1, "dns": -1, "ssl": -1, "connect": -1, "send": 0, "wait": 400, "receive": 0},
}  # fmt: skip
FIREFOX: dict[str, Any] = {
    "startedDateTime": "2026-11-24T09:30:00.000+01:00",
    "request": {
        "bodySize": 0, "method": "GET", "url": "http://localhost:8000/list", "httpVersion": "HTTP/1.1",
        "headers": pairs(Accept="*/*"), "cookies": [], "queryString": [], "headersSize": 300,
    },
    "response": {
        "status": 200, "statusText": "OK", "httpVersion": "HTTP/1.1",
        "headers": pairs(content_type="application/json"), "cookies": [],
        "content": {"mimeType": "application/json", "size": 4, "encoding": "base64", "text": "WzEsIFsyXV0="},
        "redirectURL": "", "headersSize": 200, "bodySize": 204,
    },
    "cache": {},
    "timings": {"blocked": 0, "dns": 0, "connect": 0, "ssl": 0, "send": 0, "wait": 12, "receive": 3},
    "time": 15,
    "_securityState": "insecure",
}  # fmt: skip
MITMPROXY: dict[str, Any] = {
    "startedDateTime": "2026-11-24T08:30:00.123456+00:00",
    "time": 30.0,
    "request": {
        "method": "GET", "url": "http://example.com/lines", "httpVersion": "HTTP/1.1", "cookies": [],
        "headers": pairs(host="example.com"), "queryString": [], "headersSize": 60, "bodySize": 0,
    },
    "response": {
        "status": 200, "statusText": "OK", "httpVersion": "HTTP/1.1", "cookies": [],
        "headers": pairs(content_type="application/x-ndjson"), "redirectURL": "", "headersSize": 90, "bodySize": 20,
        "content": {"size": 16, "compression": 0, "mimeType": "application/x-ndjson", "text": '{"n":1}\n{"n":2}\n'},
    },
    "cache": {},
    "timings": {"connect": -1.0, "ssl": -1.0, "send": 2.0, "receive": 18.0, "wait": 10.0},
    "serverIPAddress": "203.0.113.8",
    "_webSocketMessages": [],
}  # fmt: skip
POSTMAN: dict[str, Any] = {
    "request": {
        "method": "post", "url": "http://user:hunter2@example.com/form", "headers": {"content-type": "text/plain"},
        "postData": {"params": [{"name": "a", "value": "1 2"}, {"name": "b"}]},
    },
    "response": {"status": "201", "content": None},
    "time": "12.5",
}  # fmt: skip
SPARSE: list[dict[str, Any]] = [
    {},
    {"request": None, "response": None},
    {"request": {"url": "http://a/"}, "response": {"status": 0, "_error": "net::ERR_CONNECTION_REFUSED"}},
    {"request": {"url": "ws://a/"}, "_webSocketMessages": [{"data": "x"}, {"type": "receive", "data": {"j": 1}}, {}]},
    {"response": {"status": 200, "content": {"text": "data: x\n\n"}}},
    {"response": {"status": 200, "content": {"text": "***", "encoding": "base64"}}},
    {"response": {"status": 200, "content": {"size": 900, "mimeType": "text/html"}}},
    {
        "response": {
            "status": 200,
            "headers": [{"name": None}, 5, {"name": "X", "value": 7}],
            "content": {"text": {"a": 1}},
        }
    },
    {
        "startedDateTime": "soon",
        "timings": {"wait": "NaN", "dns": 1e300, "send": None},
        "time": -5,
        "response": {"status": 1e9},
    },
]
ALL = {
    "chrome stream": CHROME_STREAM, "chrome socket": CHROME_SOCKET, "firefox": FIREFOX, "mitmproxy": MITMPROXY,
    "postman": POSTMAN, **{f"sparse {number}": entry for number, entry in enumerate(SPARSE)},
}  # fmt: skip


def har(*entries: Any) -> bytes:
    creator = {"name": "WebInspector", "version": "537.36"}
    return json.dumps({"log": {"version": "1.2", "creator": creator, "pages": [], "entries": list(entries)}}).encode()
