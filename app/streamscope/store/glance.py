"""What the tree shows of a saved draft, seen at a glance: name and method, or what is wrong; nothing is parsed."""

import re
from dataclasses import dataclass
from pathlib import Path

from streamscope.model.phrase import Phrase, phrase
from streamscope.store.draft_tree import VERSION
from streamscope.store.library import LARGEST
from streamscope.store.yaml_reading import marked

_LOOKED_AT = 1 << 16
"""Bytes of a file that are looked at; what stands behind a large body is not worth the time."""
_LINE = re.compile(rb"^(version|name|method|protocol|body|auth):[ \t]*([^\r\n]*)", re.MULTILINE)
_KIND = re.compile(rb"^protocol:[^\r\n]*\r?\n(?:[ \t]+[^\r\n]*\r?\n)*?[ \t]+kind:[ \t]*['\"]?(\w+)", re.MULTILINE)
_ESCAPE = re.compile(r"\\(?:x([0-9a-f]{2})|u([0-9a-f]{4})|U([0-9a-f]{8})|(.))", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Item:
    """A saved request as a row: `trouble` says why it cannot be opened, `method` is 'WS' for a WebSocket."""

    path: Path
    name: str
    method: str = ""
    trouble: Phrase | None = None


def glance(path: Path, size: int) -> Item:
    """Look at a file of that size (bytes)."""
    stem = path.stem
    if size == 0:
        return Item(path, stem, trouble=phrase("The file is empty."))
    if size > LARGEST:
        return Item(path, stem, trouble=phrase("The file has {size} MB: too large.", size=size // 1_000_000))
    try:
        with path.open("rb", buffering=0) as file:
            begin = file.read(_LOOKED_AT)
    except OSError as error:
        return Item(path, stem, trouble=phrase("It cannot be read: {reason}.", reason=error.strerror or str(error)))
    try:
        text = begin.decode()
    except UnicodeDecodeError as error:
        if error.start < len(begin) - 4 or len(begin) < _LOOKED_AT:
            return Item(path, stem, trouble=phrase("It is not UTF-8 text."))
        text = ""
    if b"<<<<<<<" in begin and marked(text):
        return Item(path, stem, trouble=phrase("It has conflict marks of a merge."))
    found = dict(reversed(_LINE.findall(begin)))
    if not found and len(begin) < _LOOKED_AT and b":" not in begin:
        return Item(path, stem, trouble=phrase("It is not a saved draft."))
    version = found.get(b"version", b"").split(b"#")[0].strip()
    if version.isdigit() and int(version) > VERSION:
        return Item(path, stem, trouble=phrase("A later Streamscope wrote it."))
    return Item(path, _text(found.get(b"name", b"")) or stem, _method(begin, found))


def _method(begin: bytes, found: dict[bytes, bytes]) -> str:
    protocol = _text(found.get(b"protocol", b""))
    if not protocol and (kind := _KIND.search(begin)):
        protocol = kind.group(1).decode(errors="replace")
    if protocol == "websocket":
        return "WS"
    method = _text(found.get(b"method", b""))
    return method.upper()[:12] if method else "POST" if b"body" in found else "GET"


def _text(value: bytes) -> str:
    """A scalar in one line, as far as it can be told without parsing."""
    text = value.decode(errors="replace").strip()
    if text[:1] == "'":
        return text[1 : text.rfind("'")].replace("''", "'") if len(text) > 1 else ""
    if text[:1] == '"':
        return _ESCAPE.sub(_sign, text[1 : text.rfind('"')]) if len(text) > 1 else ""
    return re.split(r"\s#", text, maxsplit=1)[0].strip()


def _sign(found: "re.Match[str]") -> str:
    code = found.group(1) or found.group(2) or found.group(3)
    if code:
        number = int(code, 16)
        return chr(number) if number < 0x110000 and not 0xD800 <= number < 0xE000 else "\ufffd"
    return {"n": "\n", "t": "\t", "r": "\r", "0": "\0"}.get(found.group(4), found.group(4))
