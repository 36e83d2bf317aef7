"""The rules of event streams, written down once more as plainly as the standard says them.

HTML standard, section 9.2.6 "Interpreting an event stream": the whole stream at once, nothing incremental.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Dispatched:
    """What a listener would be told."""

    event: str
    data: str
    id: str


def interpreted(stream: bytes) -> tuple[list[Dispatched], int | None]:
    """The events of a whole stream, and the reconnection time where it set one."""
    text = stream.decode("utf-8", "replace").removeprefix("\ufeff")
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    lines.pop()  # what has no line end behind it is never interpreted
    data = event = buffered_id = last_id = ""
    retry: int | None = None
    told: list[Dispatched] = []
    for line in lines:
        if line == "":
            last_id = buffered_id
            if data != "":
                told.append(Dispatched(event or "message", data.removesuffix("\n"), last_id))
            data = event = ""
        elif not line.startswith(":"):
            name, _, value = line.partition(":")
            value = value.removeprefix(" ")
            if name == "event":
                event = value
            elif name == "data":
                data += value + "\n"
            elif name == "id" and "\0" not in value:
                buffered_id = value
            elif name == "retry" and value != "" and set(value) <= set("0123456789"):
                retry = int(value)
    return told, retry
