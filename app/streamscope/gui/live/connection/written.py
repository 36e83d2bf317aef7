"""A request as text: its head, and of its body as much as a person reads; where which header stands."""

from dataclasses import dataclass, field

from PySide6.QtCore import QCoreApplication

from streamscope.engine.sent import HEX_START, PartSeen, head_lines, parts
from streamscope.gui.live.connection.visible import lines
from streamscope.gui.live.events.rows import laid_out
from streamscope.gui.texts import size_text
from streamscope.model.event import Detail, Head, RequestSent

SHOWN = 64_000
"""Characters of a body that are laid out, and of one header."""
HEADERS = 2_000
"""Headers that are laid out; the Headers view has all of them."""
_HEADER = 4_000
_LONGEST = 2_000
"""Characters of a line from which on it is broken for display."""


@dataclass(frozen=True, slots=True)
class Written:
    """The text, and the number of the line in which a header (in small letters) first stands; the body's first line."""

    text: str
    places: dict[str, int] = field(default_factory=dict)
    body: int = 0


def written(sent: RequestSent, head: Head | None, facts: Detail, *, pretty: bool) -> Written:
    """All of it; `pretty` lays JSON out."""
    first, *rest = head_lines(sent, head, facts)
    told, places = [_short(first)], {":path": 0, ":method": 0}
    if first.startswith(":"):
        places = {first[:7]: 0}
    for row in rest[:HEADERS]:
        name = row[1:].partition(":")[0] if row.startswith(":") else row.partition(":")[0]
        key = f":{name}" if row.startswith(":") else name.lower()
        places.setdefault("host" if key == ":authority" else key, len(told))
        told.append(_short(row))
    if len(rest) > HEADERS:
        told.append(QCoreApplication.translate("written", "… {count} more headers …").format(count=len(rest) - HEADERS))
    told.append("")
    return Written("\n".join(told) + "\n" + body(sent, pretty=pretty), places, len(told))


def body(sent: RequestSent, *, pretty: bool) -> str:
    """What of the body is shown: parts as a list, text as it is, bytes as hex."""
    content = sent.content
    if not content:
        return _missing(sent)
    found = parts(sent)
    if found:
        return "\n".join(_part(number, one) for number, one in enumerate(found, 1))
    try:
        text = content.decode()
    except UnicodeDecodeError:
        text = ""
    if not text or "\0" in text[:SHOWN]:
        left = max(0, len(content) - HEX_START)
        more = [QCoreApplication.translate("written", "… {size} more").format(size=size_text(left))] if left else []
        return "\n".join(
            [
                QCoreApplication.translate("written", "{size} that are no text:").format(size=size_text(len(content))),
                *hexed(content),
                *more,
            ]
        )
    if pretty and len(text) <= SHOWN:
        text = laid_out(text)
    shown = _broken(lines(text.replace("\r\n", "\n"), SHOWN))
    if len(text) > SHOWN:
        shown += "\n" + QCoreApplication.translate("written", "… {size} more").format(
            size=size_text(len(content) - len(text[:SHOWN].encode()))
        )
    return shown


def hexed(content: bytes) -> list[str]:
    """The beginning of bytes: offset, hex, letters."""
    rows = []
    for at in range(0, min(len(content), HEX_START), 16):
        part = content[at : at + 16]
        seen = "".join(chr(byte) if 32 <= byte < 127 else "." for byte in part)
        rows.append(f"{at:08x}  {part[:8].hex(' '):<23}  {part[8:].hex(' '):<23}  {seen}")
    return rows


def is_json(sent: RequestSent) -> bool:
    """Whether the body is JSON that can be laid out."""
    return isinstance(sent.body, str) and sent.body.lstrip()[:1] in ("{", "[") and len(sent.body) <= SHOWN


def _missing(sent: RequestSent) -> str:
    read = [text for label, text in sent.notes if label == "Sent from disk"]
    if read:
        return QCoreApplication.translate(
            "written", "Read from disk while it was sent, and not recorded: {files}"
        ).format(files=", ".join(read))
    said = sent.header("Content-Length")
    if said not in ("", "0"):
        return QCoreApplication.translate("written", "The body of {count} bytes is not recorded.").format(
            count=lines(said, 20)
        )
    return ""


def _part(number: int, one: PartSeen) -> str:
    title = QCoreApplication.translate("written", "Part {number}: {name}").format(
        number=number, name=lines(one.name, 200) or "–"
    )
    told = [title, *([lines(one.filename, 200)] if one.filename else []), one.kind, size_text(len(one.content))]
    start = one.content[:200]
    try:
        seen = lines(start.decode(), 200)
    except UnicodeDecodeError:
        seen = start[:24].hex(" ") + (" …" if len(one.content) > 24 else "")
    return " · ".join(told) + "\n    " + seen.replace("\n", "\n    ")


def _short(row: str) -> str:
    name, mark, value = row.partition(": ")
    name = lines(name, 400)
    if not mark:
        return _flat(lines(row, _HEADER))
    return _flat(f"{name}: {lines(value, _HEADER)}")


def _flat(text: str) -> str:
    return text.replace("\n", "␊")


def _broken(text: str) -> str:
    """Lines no longer than what is laid out fast."""
    if len(text) <= _LONGEST:
        return text
    return "\n".join(row[at : at + _LONGEST] for row in text.split("\n") for at in range(0, max(1, len(row)), _LONGEST))
