"""Answers that say no, in each layer's own words, headers and JSON."""

import json
import uuid

from starlette.types import Message, Scope, Send

Header = tuple[bytes, bytes]


class RefusalError(Exception):
    """A request ends here, with this status, body and headers; raised by checks, sent by a listener."""

    def __init__(self, status: int, body: bytes, headers: list[Header]) -> None:
        super().__init__(status)
        self.status = status
        self.body = body
        self.headers = headers


def request_id() -> str:
    """A new request id."""
    return uuid.uuid4().hex


def gateway(status: int, code: str, message: str, number: str = "") -> RefusalError:
    """An error of the API gateway; platform documentation, "API Gateway error codes"."""
    number = number or request_id()
    body = {"error_code": code, "error_msg": message, "request_id": number}
    return _json(status, body, [(b"server", b"api-gateway"), (b"x-request-id", number.encode())])


def dispatcher(status: int, code: str, message: str, number: str = "") -> RefusalError:
    """An error of the inference dispatcher or of management; platform documentation, "Error codes"."""
    headers = [(b"server", b"ModelArts"), (b"x-request-id", (number or request_id()).encode())]
    return _json(status, {"error_code": code, "error_msg": message}, headers)


def keystone(status: int, title: str, message: str) -> RefusalError:
    """An error of the identity service's token interface."""
    return _json(status, {"error": {"code": status, "message": message, "title": title}}, [])


def iam(status: int, code: str, message: str) -> RefusalError:
    """An error of the identity service's other interfaces."""
    return _json(status, {"error_msg": message, "error_code": code}, [])


def _json(status: int, body: object, headers: list[Header]) -> RefusalError:
    content = (b"content-type", b"application/json")
    text = json.dumps(body, ensure_ascii=False).encode("utf-8", "backslashreplace")
    return RefusalError(status, text, [content, *headers])


async def send_refusal(refusal: RefusalError, scope: Scope, send: Send) -> None:
    """Send a refusal; a WebSocket handshake gets it as a plain HTTP answer."""
    prefix = "websocket.http.response" if scope["type"] == "websocket" else "http.response"
    length = (b"content-length", str(len(refusal.body)).encode())
    start: Message = {
        "type": f"{prefix}.start",
        "status": refusal.status,
        "headers": [*refusal.headers, length],
    }
    await send(start)
    await send({"type": f"{prefix}.body", "body": refusal.body, "more_body": False})
