"""JSON as text: cut into tokens, laid out and packed by moving blanks only, and judged in words. Pure.

Nothing is parsed into values, so that numbers, escapes, the order of names and names that come twice stay as they are
written. `{{variables}}` may stand where a value or a name does. Long work is a generator that gives its progress.
"""

import re
from collections.abc import Generator, Iterator
from typing import NamedTuple

import msgspec

from streamscope.model.phrase import Phrase, phrase

TOKEN = re.compile(
    r'(?P<text>"(?:[^"\\\x00-\x1f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*+")'
    r'|(?P<odd>"(?:[^"\\\r\n]|\\[^\r\n])*+"?)'
    r'|(?P<scalar>(?:\{\{[^{}"\r\n]*+\}\}|[^ \t\r\n"{}\[\]:,])++)'
    r"|(?P<mark>[{}\[\]:,])"
    r"|(?P<blank>[ \t\r\n]++)"
)
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")
_VARIABLE = re.compile(r'\{\{[^{}"\r\n]*\}\}')
_BAD_IN_TEXT = re.compile(r'[\x00-\x1f]|\\(?!["\\/bfnrt]|u[0-9a-fA-F]{4})')
_OTHER_SPELLINGS = {"True": "true", "False": "false", "None": "null", "undefined": "null", "nil": "null"}
_STEP = 1000  # tokens between two signs of life


class Mistake(NamedTuple):
    """The first mistake: where (in characters from 0) and what."""

    at: int
    what: Phrase


def formatted(text: str, indent: int = 2) -> Generator[int, None, str]:
    """Laid out, one value a line; gives how far it is, returns the text. What is cut off stays cut off."""
    pieces: list[str] = []
    depth, before, count = 0, "", 0
    for match in TOKEN.finditer(text):
        kind, written = match.lastgroup, match.group()
        if kind == "blank":
            continue
        if written in ("}", "]"):
            depth = max(0, depth - 1)
            pieces.append("" if before in ("{", "[") else "\n" + " " * (indent * depth))
        elif before in ("{", "[", ","):
            pieces.append("\n" + " " * (indent * depth))
        elif before == ":" or (before and written not in (",", ":")):
            pieces.append(" ")
        pieces.append(written)
        if written in ("{", "["):
            depth += 1
        before = written
        if (count := count + 1) % _STEP == 0:
            yield match.end()
    return "".join(pieces)


def packed(text: str) -> Generator[int, None, str]:
    """Without the blanks between tokens; gives how far it is, returns the text."""
    pieces: list[str] = []
    before: str | None = "mark"
    for count, match in enumerate(TOKEN.finditer(text)):
        kind = match.lastgroup
        if kind != "blank":
            if before != "mark" and kind != "mark":  # two values without a comma: a mistake, and kept as one
                pieces.append(" ")
            pieces.append(match.group())
            before = kind
        if count % _STEP == 0:
            yield match.end()
    return "".join(pieces)


def loose(text: str) -> bool:
    """Whether there is a text whose end is not sure, so that moving blanks could change what it means."""
    return any(match.lastgroup == "odd" for match in TOKEN.finditer(text))


def sound(text: str) -> bool:
    """A quick look: True means that it is JSON, False that it has to be looked at closely."""
    try:
        msgspec.json.decode(text.encode(), type=msgspec.Raw)
    except (ValueError, RecursionError):
        return False
    return True


def judged(text: str) -> Generator[int, None, Mistake | None]:
    """Look for the first mistake; gives how far it is, returns the mistake (RFC 8259, and variables)."""
    opened: list[tuple[str, int]] = []
    wanted = "value"  # or: value or end, name, name or end, colon, comma, nothing
    comma = 0
    for count, match in enumerate(TOKEN.finditer(text)):
        kind, written, at = match.lastgroup, match.group(), match.start()
        if count % _STEP == 0:
            yield at
        if kind == "blank":
            continue
        if kind == "odd":
            return _odd(written, at)
        if kind == "mark" and written in "}]":
            if not opened:
                return Mistake(at, phrase("{bracket} closes nothing", bracket=written))
            if (opened[-1][0] == "{") != (written == "}"):
                return Mistake(at, phrase("{bracket} is missing before this", bracket="}" if written == "]" else "]"))
            if wanted in ("comma", "value or end", "name or end"):
                opened.pop()
                wanted = "comma" if opened else "nothing"
                continue
            if wanted == "colon" or (wanted == "value" and text[comma] == ":"):
                return Mistake(at, phrase("a value is missing"))
            return Mistake(comma, phrase("a comma too many"))
        if wanted == "nothing":
            return Mistake(at, phrase("nothing may follow the end of the JSON"))
        if wanted == "comma":
            if written != ",":
                return Mistake(at, phrase("a comma is missing before this"))
            wanted, comma = ("name" if opened[-1][0] == "{" else "value"), at
        elif wanted == "colon":
            if written != ":":
                return Mistake(at, phrase("a colon is missing after the name"))
            wanted, comma = "value", at
        elif wanted.startswith("name"):
            if kind != "text" and not (kind == "scalar" and _VARIABLE.search(written)):
                return Mistake(at, phrase("a name in double quotes is expected"))
            wanted = "colon"
        elif kind == "mark":
            if written not in "{[":
                return Mistake(at, phrase("a value is missing"))
            opened.append((written, at))
            wanted = "name or end" if written == "{" else "value or end"
        else:
            if kind == "scalar" and (mistake := _scalar(written, at)):
                return mistake
            wanted = "comma" if opened else "nothing"
    if opened:
        start, place = opened[-1]
        line = text.count("\n", 0, place) + 1
        return Mistake(len(text), phrase("the {bracket} of line {line} is not closed", bracket=start, line=line))
    return Mistake(len(text), phrase("a value is missing")) if wanted == "value" and text.strip() else None


def mistake_in(text: str) -> Mistake | None:
    """The first mistake, looked for at once."""
    if sound(text):
        return None
    search = judged(text)
    try:
        while True:
            next(search)
    except StopIteration as end:
        found: Mistake | None = end.value
        return found


def place(text: str, at: int) -> tuple[int, int]:
    """Line and column, from 1."""
    return text.count("\n", 0, at) + 1, at - text.rfind("\n", 0, at)


def brackets(line: str) -> Iterator[tuple[int, str]]:
    """The brackets of a line that stand outside of texts and variables, with their places."""
    for match in TOKEN.finditer(line):
        if match.lastgroup == "mark" and match.group() in "{}[]":
            yield match.start(), match.group()


def _odd(written: str, at: int) -> Mistake:
    bad = _BAD_IN_TEXT.search(written)
    if len(written) < 2 or not written.endswith('"') or (bad and bad.end() == len(written)):
        return Mistake(at, phrase("the text is not closed: its quotation mark is missing"))
    if bad is None:
        return Mistake(at, phrase("the text is not closed: its quotation mark is missing"))
    if bad.group() == "\\":
        return Mistake(at + bad.start(), phrase("{escape} is no escape of JSON", escape=written[bad.start() :][:2]))
    code = f"U+{ord(bad.group()):04X}"
    return Mistake(at + bad.start(), phrase("the control character {code} must be escaped in a text", code=code))


def _scalar(written: str, at: int) -> Mistake | None:
    if written in ("true", "false", "null") or _VARIABLE.search(written) or _NUMBER.fullmatch(written):
        return None
    if written in _OTHER_SPELLINGS:
        meant = _OTHER_SPELLINGS[written]
        return Mistake(at, phrase("{word} is written {meant} in JSON", word=written, meant=meant))
    if written[0] in "'`\u2018\u201c":
        return Mistake(at, phrase("a text stands in straight double quotes"))
    if written[0] in "/#":
        return Mistake(at, phrase("JSON has no comments"))
    if written[0] in "-+.0123456789":
        return Mistake(at, phrase("{word} is no number of JSON", word=_short(written)))
    return Mistake(at, phrase("{word} is no value of JSON", word=_short(written)))


def _short(written: str) -> str:
    shown = "".join(char if char.isprintable() else f"U+{ord(char):04X}" for char in written[:40])
    return shown + ("…" if len(written) > 40 else "")
