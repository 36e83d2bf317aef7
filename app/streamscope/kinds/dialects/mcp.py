"""Model Context Protocol over HTTP: JSON-RPC messages, as events or as a body.

Source: Model Context Protocol specification, "Transports: Streamable HTTP", "Progress" and "Tools".
"""

from typing import Any

from streamscope.kinds.dialects.base import NOTHING, Dialect, Reader, dug, error_text, json_text, objects_of, text_of
from streamscope.model.delta import Delta, Deltas
from streamscope.model.event import Message
from streamscope.model.phrase import phrase


class Mcp(Dialect):
    """JSON-RPC: progress on the way, a result or an error at the end."""

    key = "mcp.streamable_http"
    label = phrase("Model Context Protocol")
    ends = True
    paths = ("/mcp",)

    def marked(self, value: dict[str, Any], message: Message) -> float:  # noqa: ARG002 - the outline
        """Sure by the version of JSON-RPC."""
        spoken = value.get("jsonrpc") == "2.0"
        return 1.0 if spoken and any(name in value for name in ("method", "result", "error")) else 0.0

    def score(self, value: Any, message: Message, path: str) -> float:
        """Messages may come as a batch."""
        return super().score(next(objects_of(value), value), message, path)

    def reader(self) -> Reader:
        """A fresh reader."""
        return _Reader()


class _Reader(Reader):
    def read(self, value: Any, message: Message) -> Deltas:  # noqa: ARG002 - the outline
        if type(value) is list:
            return tuple(delta for item in objects_of(value) for delta in _said(item))
        return _said(value) if type(value) is dict else NOTHING


def _said(value: dict[str, Any]) -> Deltas:
    if "method" in value:  # a notification, or a request to this side
        words = text_of(dug(value, "params", "message"))
        return (Delta("text", f"{words}\n"),) if words else NOTHING
    if "error" in value:
        return (Delta("error", error_text(value["error"])), Delta("end"))
    if "result" not in value:
        return NOTHING
    result = value["result"]
    parts = [text_of(part.get("text")) for part in objects_of(dug(result, "content"))]
    words = "".join(parts) or (json_text(result) if result else "")
    kind = Delta("error", words) if dug(result, "isError") is True else Delta("text", words)
    return (kind, Delta("end")) if words else (Delta("end"),)
