"""How true text is laid out: what could deceive or freeze the screen is shown as marks, and can be told back. Pure.

The rule looks at one character after another, so pieces give together what the whole gives at once.
"""

import re
import unicodedata
from functools import cache
from itertools import pairwise
from typing import NamedTuple

LONGEST = 2000
"""Characters of one line on the screen; a longer unbroken one would freeze Qt's layout."""
SOFT = 1500
"""From here on a line is broken after the next blank."""
MOST_MARKS = 8
"""Combining marks over one character that are drawn; writing systems need four or five."""
LEFT_OUT = "⟨…⟩"
"""Stands for what is not drawn: marks without end, the letters of a file."""
SHOWN = 32
"""Letters of base64 that are shown."""
_TAIL = 120
_BIDI = {
    0x202A: "LRE", 0x202B: "RLE", 0x202C: "PDF", 0x202D: "LRO", 0x202E: "RLO",
    0x2066: "LRI", 0x2067: "RLI", 0x2068: "FSI", 0x2069: "PDI", 0x2028: "LS", 0x2029: "PS",
}  # fmt: skip
# Controls but tab and line feed; CR; separators and bidi controls (UAX 9); noncharacters, surrogates, tags (invisible).
_SPECIAL = re.compile(
    "[\0-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ufdd0-\ufdef\ufffe\uffff\ud800-\udfff\U000e0000-\U000e007f]"
)
# What base64 stands behind: a data URI, and the names under which payloads carry files. Ordinary words have blanks.
_HEADER = re.compile(
    r"data:[A-Za-z0-9.+/;=_-]{0,80}base64,"
    r'|"(?:b64_json|partial_image_b64|bytesBase64Encoded|data|image|audio|result)":[ ]?"'
)
_LETTERS = re.compile(r"[A-Za-z0-9+/=_%-]+")
# Where the combining marks of Unicode are; to look everywhere takes 70 ms.
_PLACES = (
    (0x300, 0x3100), (0xA66F, 0xABEE), (0xFB1E, 0xFB1F), (0xFE00, 0xFE30), (0x101FD, 0x12000), (0x13440, 0x13460),
    (0x16AF0, 0x16FE5), (0x1BC9D, 0x1BC9F), (0x1CF00, 0x1E94B), (0xE0100, 0xE01F0),
)  # fmt: skip
_BLANK = re.compile(r"[ \t\u3000]")


class Carry(NamedTuple):
    """What the rule knows at the border of two pieces."""

    column: int = 0
    marks: int = 0
    """Combining marks at the end, counted to one more than are drawn."""
    returned: bool = False
    """Whether the last character was CR: alone it is shown, before LF it is not."""
    letters: int = 0
    """Within base64: 1 and how many letters came, to one more than are shown; else 0."""
    tail: str = ""
    """The last characters, in which the head of a data URI may begin."""


Change = tuple[int, int, str]
"""From which character on how many are shown as this."""


def displayed(text: str, carry: Carry = Carry()) -> tuple[str, list[Change], Carry]:  # noqa: B008 - a frozen value
    """The text as it is laid out, where that differs from it, and what the next piece has to know."""
    changes, letters, tail = _files(text, carry)
    marks = _marks(text, carry, changes)
    returned = _specials(text, carry, changes)
    if changes:
        changes.sort(key=lambda change: (change[0], change[1]))
        changes = _apart(changes)
    changes, column = _broken(text, changes, carry.column)
    shown = _changed(text, changes) if changes else text
    return shown, changes, Carry(column, marks, returned, letters, tail)


def spelt(char: str) -> str:
    """How a character that must not act is shown."""
    code = ord(char)
    if code < 0x20:
        return chr(0x2400 + code)
    if code == 0x7F:
        return "␡"
    if code in _BIDI:
        return f"⟨{_BIDI[code]}⟩"
    return f"⟨U+{code:04X}⟩"


def visible(text: str, most: int = 400) -> str:
    """A short text for labels: as `displayed`, on one line."""
    shown, _, _ = displayed(text[:most])
    return " ".join(shown.split()) + ("…" if len(text) > most else "")


def _files(text: str, carry: Carry) -> tuple[list[Change], int, str]:
    """The letters of base64, but the first of them."""
    changes: list[Change] = []
    at, letters, tail = 0, carry.letters, carry.tail
    while True:
        if letters:
            found = _LETTERS.match(text, at)
            if found is not None:
                end, seen = found.end(), letters - 1
                if (hidden := at + max(0, SHOWN - seen)) < end:
                    changes.append((hidden, end - hidden, LEFT_OUT if seen <= SHOWN else ""))
                letters, at = 1 + min(SHOWN + 1, seen + end - at), end
            if at == len(text):
                return changes, letters, ""
            letters, tail = 0, ""
        joined = tail + text[at:]
        head = _HEADER.search(joined) if "base64," in joined or '":' in joined else None
        if head is None:
            return changes, 0, joined[-_TAIL:]
        at += head.end() - len(tail)
        letters = 1


def _marks(text: str, carry: Carry, changes: list[Change]) -> int:
    """Marks beyond what is drawn over one character; how many stand at the end."""
    if text.isascii():
        return 0 if text else carry.marks
    marks, flood = _combining()
    at = 0
    if carry.marks and (run := marks.match(text)) is not None:
        at = run.end()
        if (room := max(0, MOST_MARKS - carry.marks)) < at:
            changes.append((room, at - room, "" if carry.marks > MOST_MARKS else LEFT_OUT))
        if at == len(text):
            return min(MOST_MARKS + 1, carry.marks + at)
    changes += [
        (run.start() + MOST_MARKS, run.end() - run.start() - MOST_MARKS, LEFT_OUT) for run in flood.finditer(text, at)
    ]
    if not text or unicodedata.category(text[-1]) not in ("Mn", "Me"):
        return 0 if text else carry.marks
    count = 0
    while count <= MOST_MARKS and count < len(text) and marks.match(text[-count - 1]):
        count += 1
    return count


def _specials(text: str, carry: Carry, changes: list[Change]) -> bool:
    """Characters that must not act; whether the last one is CR."""
    if carry.returned and text and text[0] != "\n":
        changes.append((0, 0, "␍"))
    for found in _SPECIAL.finditer(text):
        at, char = found.start(), found.group()
        if char == "\r":
            alone = at + 1 < len(text) and text[at + 1] != "\n"
            changes.append((at, 1, "␍" if alone else ""))
        else:
            changes.append((at, 1, spelt(char)))
    return text.endswith("\r") if text else carry.returned


def _apart(changes: list[Change]) -> list[Change]:
    """Without what lies within another one."""
    kept: list[Change] = []
    end = 0
    for change in changes:
        if change[0] >= end:
            kept.append(change)
            end = change[0] + change[1]
    return kept


def _broken(text: str, changes: list[Change], column: int) -> tuple[list[Change], int]:
    """With overlong lines broken, and the column at the end."""
    if not changes and column + len(text) < SOFT and "\n" not in text:
        return changes, column + len(text)
    out: list[Change] = []
    at = 0
    for start, length, shown in changes:
        column = _lines(text, at, start, column, out)
        if shown and column >= LONGEST:
            out.append((start, 0, "\n"))
            column = 0
        out.append((start, length, shown))
        column += len(shown)
        at = start + length
    return out, _lines(text, at, len(text), column, out)


def _lines(text: str, at: int, stop: int, column: int, out: list[Change]) -> int:
    while at < stop:
        end = text.find("\n", at, stop)
        line = stop if end < 0 else end
        while column + line - at > SOFT:
            first = max(at, at + SOFT - column)
            last = max(at, at + LONGEST - column)
            blank = _BLANK.search(text, first, min(line, last))
            if blank is None and last >= line:
                break
            cut = blank.end() if blank is not None else last
            out.append((cut, 0, "\n"))
            column, at = 0, cut
        column += line - at
        if end < 0:
            return column
        column, at = 0, end + 1
    return column


def _changed(text: str, changes: list[Change]) -> str:
    pieces, at = [], 0
    for start, length, shown in changes:
        pieces.append(text[at:start])
        pieces.append(shown)
        at = start + length
    pieces.append(text[at:])
    return "".join(pieces)


@cache
def _combining() -> tuple[re.Pattern[str], re.Pattern[str]]:
    """Runs of combining marks, and runs of more than are drawn."""
    codes = [code for start, stop in _PLACES for code in range(start, stop) if _is_mark(code)]
    starts = [codes[0], *(after for before, after in pairwise(codes) if after != before + 1)]
    ends = [*(before for before, after in pairwise(codes) if after != before + 1), codes[-1]]
    chars = "".join(f"{chr(start)}-{chr(end)}" for start, end in zip(starts, ends, strict=True))
    return re.compile(f"[{chars}]+"), re.compile(f"[{chars}]{{{MOST_MARKS + 1},}}")


def _is_mark(code: int) -> bool:
    return unicodedata.category(chr(code)) in ("Mn", "Me")
