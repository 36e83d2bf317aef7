"""What curl's data and form options put into a body (curl's manual: -d, --data-urlencode, --json, -F)."""

import json
import re
from dataclasses import dataclass, field
from urllib.parse import quote, unquote_plus, urlencode

from streamscope.interop.curl.commandline import misplaced
from streamscope.model.draft import Body, Entry, Part
from streamscope.model.phrase import Phrase, phrase

FORM = "application/x-www-form-urlencoded"
JSON = "application/json"
# The types that curl tells by a file's ending.
_TYPES = {
    ".gif": "image/gif", ".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".png": "image/png", ".svg": "image/svg+xml",
    ".txt": "text/plain", ".htm": "text/html", ".html": "text/html", ".pdf": "application/pdf",
    ".xml": "application/xml",
}  # fmt: skip
_FORMED = re.compile(r"[A-Za-z0-9_.~+%&=-]+")
"""What a form's writer writes (WHATWG URL, section 5.2): any other text is no form that would be written the same."""
_ITEM = re.compile(r'"((?:[^"\\]|\\.)*)"|([^;]*)', re.DOTALL)


@dataclass(slots=True)
class Data:
    """Pieces of data, joined as curl joins them; a file among them is named and not read."""

    text: str = ""
    file: str = ""
    pieces: int = 0
    is_json: bool = False
    notes: list[Phrase] = field(default_factory=list)

    def add(self, name: str, value: str, stdin: bytes | None) -> None:
        """One option's piece."""
        if name == "json":
            self.is_json = True
        if name == "data-urlencode":
            piece = self._encoded(value)
        elif value.startswith("@") and name != "data-raw":
            piece = self._from_file(value[1:], name, stdin)
        else:
            piece = value
        if piece is None:
            return
        mark = "" if name == "json" or self.pieces == 0 else "&"
        self.text += mark + piece
        self.pieces += 1

    def _from_file(self, path: str, name: str, stdin: bytes | None) -> str | None:
        if path == "-":
            if stdin is None:
                self.notes.append(phrase("The body comes from standard input, which the command does not tell."))
                return ""
            content = stdin if name in ("data-binary", "json") else re.sub(rb"[\r\n\x00]", b"", stdin)
            return content.decode("utf-8", "surrogateescape")
        if self.pieces or self.file:
            self.notes.append(phrase("The file {path} is one of several pieces of data: it was left out.", path=path))
            return None
        self.file = path
        if name in ("data", "data-ascii"):
            self.notes.append(phrase("curl takes the line ends out of {path}; here it is sent as it is.", path=path))
        return None

    def _encoded(self, value: str) -> str | None:
        name, mark, content = value.partition("=")
        at = value.find("@")
        if at >= 0 and (not mark or at < len(name)):
            self.notes.append(phrase("The file {path} is to be encoded: it was left out.", path=value[at + 1 :]))
            return None
        if not mark:
            return escaped(value)
        return f"{name}={escaped(content)}" if name else escaped(content)


def escaped(text: str) -> str:
    """Encoded as curl does it: all but letters, digits and -._~ in percents, blanks as plus signs."""
    return quote(text.encode("utf-8", "surrogateescape"), safe="").replace("%20", "+")


def entries(text: str) -> tuple[Entry, ...] | None:
    """The pairs of a form's text, where they make the very same text again; else None."""
    if not text:
        return ()
    if _FORMED.fullmatch(text) is None:
        return None
    try:
        pairs = [
            (unquote_plus(name, errors="strict"), unquote_plus(value, errors="strict"))
            for name, _, value in (piece.partition("=") for piece in text.split("&"))
        ]
    except UnicodeDecodeError:
        return None
    same = urlencode(pairs) == text
    return tuple(Entry(name, value) for name, value in pairs) if same else None


def body_of(text: str, content_type: str) -> Body:
    """The body that says by its kind what its type says, where that is exact."""
    try:
        raw = text.encode()
    except UnicodeEncodeError:
        return Body("bytes", content=text.encode("utf-8", "surrogateescape"))
    kind = content_type.partition(";")[0].strip().lower()
    if kind == FORM and (found := entries(text)) is not None:
        return Body("form", entries=found)
    if kind == JSON and raw:
        return Body("json", text=text)
    return Body("text", text=text) if text else Body()


def is_json(text: str) -> bool:
    """Whether a text is JSON."""
    try:
        json.loads(text, parse_constant=_no_constant)
    except (ValueError, RecursionError):
        return False
    return True


def _no_constant(name: str) -> None:
    raise ValueError(name)


def part(value: str, *, literal: bool, stdin: bytes | None) -> tuple[list[Part], list[Phrase]]:
    """The parts of one -F (or --form-string, taken literally). Raises UsageError."""
    name, mark, content = value.partition("=")
    if not mark:
        raise misplaced(
            phrase("A form's part is written name=value; this one has no '='."),
            phrase("Write -F name=value or -F name=@file."),
        )
    if literal:
        return [Part(name, content)], []
    if content.startswith("(") or (not name and content == ")"):
        return [], [phrase("Nested parts of a form are not supported: one was left out.")]
    sign = content[:1] if content[:1] in ("@", "<") else ""
    items = _items(content[len(sign) :])
    settings, notes = _settings(items[1:])
    content_type, filename = settings.get("type", ""), settings.get("filename", "")
    if not sign:
        return [Part(name, items[0], content_type=content_type, filename=filename)], notes
    if items[0] == "-":
        if stdin is None:
            return [], [*notes, phrase("A part comes from standard input, which the command does not tell.")]
        shown = filename or ("-" if sign == "@" else "")
        return [Part(name, content=stdin, content_type=content_type, filename=shown)], notes
    if sign == "<":
        notes.append(phrase("The part {name} is sent as a file of that name, not as a plain value.", name=name))
        return [Part(name, file=items[0], content_type=content_type, filename=filename)], notes
    files = items[0].split(",") if "," in items[0] and not content[1:].startswith('"') else [items[0]]
    return [Part(name, file=path, content_type=content_type or _type(path), filename=filename) for path in files], notes


def _items(content: str) -> list[str]:
    """What stands between semicolons; a value in quotes may hold them. Only known settings end a value."""
    first = _ITEM.match(content)
    if first is None or first[1] is None:
        cut = re.search(r";\s*(?:type|filename|headers|encoder)=", content)
        value = content[: cut.start()] if cut else content
        rest = content[cut.start() + 1 :] if cut else ""
    else:
        value = re.sub(r'\\([\\"])', r"\1", first[1])
        rest = content[first.end() :].lstrip(" ;")
    found = [value]
    while rest:
        key, mark, rest = rest.partition("=")
        match = _ITEM.match(rest) if mark else None
        if match is None:
            break
        told = re.sub(r'\\([\\"])', r"\1", match[1]) if match[1] is not None else match[2]
        rest = rest[match.end() :].lstrip(" ;")
        if key.strip() == "type":  # a type has settings of its own
            while (more := re.match(r"\s*(?!type=|filename=|headers=|encoder=)([^;=]+=[^;]*)", rest)) is not None:
                told += f"; {more[1].strip()}" if match[1] is None else ""
                rest = rest[more.end() :].lstrip(" ;")
        found.append(f"{key.strip()}={told}")
    return found


def _settings(items: list[str]) -> tuple[dict[str, str], list[Phrase]]:
    settings = dict(item.split("=", 1) for item in items if "=" in item)
    left = [key for key in settings if key not in ("type", "filename")]
    return settings, [phrase("A part's setting '{key}' was left out.", key=key) for key in left]


def _type(path: str) -> str:
    return next((kind for ending, kind in _TYPES.items() if path.lower().endswith(ending)), "")
