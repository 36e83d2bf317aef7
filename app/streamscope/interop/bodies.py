"""Bodies that were kept as a whole, cut into their messages by content type, else by their first bytes."""

import re
from collections.abc import Iterator

import msgspec

from streamscope.kinds.protocols.event_stream import Comment, EventStreamDecoder, Ignored, Item, Retry, ServerEvent
from streamscope.model.event import Control, Event, Form, Message

EVENT_STREAM = "text/event-stream"
JSON_LINES = "application/x-ndjson"
JSON = "application/json"
_LINES_TYPES = frozenset(
    {JSON_LINES, "application/ndjson", "application/jsonl", "application/x-jsonlines", "application/json-lines",
     "application/jsonlines", "application/x-json-stream"}
)  # fmt: skip
_FIELD = re.compile(rb"(?:^|\r|\n)(?:data|event|id|retry)(?:: ?[^\r\n]*)?(?=\r|\n|\Z)|^:")
_TOKEN = re.compile(rb'"(?:[^"\\]++|\\.)*+(?:"|\Z)|[\[\]{},]', re.DOTALL)
_BOM = b"\xef\xbb\xbf"
_LOOKED_AT = 1 << 16


def sniffed(body: bytes) -> str:
    """The content type of a body by its first bytes that are not blank, '' where nothing tells."""
    start = body[:_LOOKED_AT].removeprefix(_BOM).lstrip()
    if start.startswith(b"["):
        return JSON
    if start.startswith(b"{"):
        first, _, rest = body.removeprefix(_BOM).lstrip().partition(b"\n")
        return JSON_LINES if rest.lstrip().startswith(b"{") and _is_json(first) else JSON
    return EVENT_STREAM if _FIELD.search(start) else ""


def cut(body: bytes, essence: str, t: int) -> Iterator[Event]:
    """The messages and controls of a whole body, all at one time, without reads."""
    if essence == EVENT_STREAM:
        decoder = EventStreamDecoder()
        for item in (*decoder.feed(body), *decoder.finish()):
            yield _of_stream(item, t)
    elif essence in _LINES_TYPES:
        for line in body.split(b"\n"):
            if line.strip():
                yield _message(line.removesuffix(b"\r"), "line", t)
    elif body.lstrip().startswith(b"[") and essence.endswith("json"):
        for element, whole in elements(body):
            yield msgspec.structs.replace(_message(element, "element", t), unfinished=not whole)
    elif body:
        yield _message(body, "body", t)


def elements(body: bytes) -> Iterator[tuple[bytes, bool]]:
    """The elements of a JSON array as bytes, each with whether it is whole: the last of a cut array may not be."""
    depth, begin = 0, 0
    for found in _TOKEN.finditer(body):
        token = found[0]
        if token in (b"[", b"{"):
            depth += 1
            if depth == 1:
                begin = found.end()
        elif token in (b"]", b"}"):
            depth -= 1
            if depth == 0:
                if element := body[begin : found.start()].strip():
                    yield element, True
                return
        elif token == b"," and depth == 1:
            yield body[begin : found.start()].strip(), True
            begin = found.end()
    if depth and (element := body[begin:].strip()):
        yield element, depth == 1 and _is_json(element)


def _of_stream(item: Item, t: int) -> Event:
    match item:
        case Comment(text):
            return Control(t, "in", "comment", text.decode(errors="replace"))
        case Retry(milliseconds):
            return Control(t, "in", "retry", milliseconds)
        case Ignored(line):
            return Control(t, "in", "field", line.decode(errors="replace"))
        case ServerEvent():
            return Message(
                t, "in", (0, 0), item.data, "event", item.event, item.id, retry=item.retry, unfinished=item.unfinished
            )


def _message(payload: bytes, form: Form, t: int) -> Message:
    return Message(t, "in", (0, 0), payload, form)


def _is_json(line: bytes) -> bool:
    try:
        msgspec.json.decode(line)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return False
    return True
