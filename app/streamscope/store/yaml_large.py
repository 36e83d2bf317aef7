"""Large texts in a YAML file, taken out before it is read: the YAML reader takes most of a second for each megabyte.

Taken out is only what is written as this program does it: `name: |` with its block, or quotes that end with their line.
line. A short word stands in the text instead; whatever else there is, the YAML reader reads.
"""

import re
from dataclasses import dataclass, field

from streamscope.store.yaml_writing import ODD

LEAST = 1 << 16
"""Characters of a text that is worth taking out."""
_HEADER = re.compile(r"( *(?:- )?)[A-Za-z_][\w-]*: \|([1-9]?)([-+]?)")
_QUOTED = re.compile(r" *(?:- )?[A-Za-z_][\w-]*: (?=['\"])")
_INSIDE = re.compile(r'(?:[^"\\]|\\[\\"tnr0]|\\x[0-9a-f]{2}|\\u[0-9a-f]{4}|\\U000[0-9a-f]{5})*')
_ESCAPE = re.compile(r"\\(?:x(..)|u(....)|U(.{8})|(.))")
_SIGNS = {"t": "\t", "n": "\n", "r": "\r", "0": "\0"}


@dataclass(slots=True)
class Small:
    """A text without its large scalars; `values` and `pieces` are these, as read and as written, by their words."""

    text: str
    values: dict[str, str] = field(default_factory=dict)
    pieces: dict[str, str] = field(default_factory=dict)

    def whole(self, text: str) -> str:
        """A text in which these words stand, with what they stand for."""
        for word, piece in self.pieces.items():
            text = text.replace(f" {word}\n", f" {piece}\n", 1)
        return text


def small(text: str, least: int = LEAST) -> Small:
    """The text with its large scalars taken out, `least` characters or more; itself where there is none."""
    if len(text) < least:
        return Small(text)
    stem = "TAKEN-OUT"
    while stem in text:
        stem += "-X"
    lines = text.split("\n")
    found = Small("")
    kept: list[str] = []
    at = 0
    while at < len(lines):
        line = lines[at]
        word = f"{stem}-{len(found.pieces)}-"
        if (header := _HEADER.fullmatch(line)) is not None:
            end = _block_end(lines, at + 1, len(header.group(1)))
            size = sum(len(inner) + 1 for inner in lines[at + 1 : end])
            value = _block_value(lines[at + 1 : end], header) if size >= least else None
            if value is not None:
                mark = line.rindex("|")
                kept.append(line[:mark] + word)
                found.values[word] = value
                found.pieces[word] = "\n".join([line[mark:], *lines[at + 1 : end]])
            else:
                kept += lines[at:end]
            at = end
            continue
        if len(line) >= least and (quoted := _QUOTED.match(line)) is not None:
            value = _quoted_value(line[quoted.end() :])
            if value is not None:
                found.values[word] = value
                found.pieces[word] = line[quoted.end() :]
                line = quoted.group() + word
        kept.append(line)
        at += 1
    found.text = "\n".join(kept)
    return found


def _block_end(lines: list[str], start: int, column: int) -> int:
    """Where a block's lines end: before the first that is no further in than its name. Blank ones at its end are its
    own: what they mean, its header says."""
    end = start
    inside = " " * (column + 1)
    while end < len(lines) and (lines[end].startswith(inside) or not lines[end].strip(" ")):
        end += 1
    if end == len(lines) and end > start and not lines[end - 1]:
        end -= 1  # the text's last line end is none of a further line
    return end


def _block_value(lines: list[str], header: "re.Match[str]") -> str | None:
    """What a block means; None where that is not plain to see."""
    column = len(header.group(1))
    first = next((line for line in lines if line.strip(" ")), "")
    indent = column + int(header.group(2)) if header.group(2) else len(first) - len(first.lstrip(" "))
    body: list[str] = []
    before = True
    for line in lines:
        bare = line.strip(" ")
        if bare and not line.startswith(" " * indent):
            return None
        if before and not bare and len(line) > indent:
            return None
        before = before and not bare
        body.append(line[indent:])
    text = "\n".join(body)
    if not first or ODD.search(text):
        return None
    chomp = header.group(3)
    if chomp == "+":
        return text + "\n"
    return text.rstrip("\n") + ("" if chomp == "-" else "\n")


def _quoted_value(text: str) -> str | None:
    """What a text in quotes means; None where the quotes do not end with the line."""
    inner = text[1:-1]
    if len(text) < 2 or text[0] != text[-1] or ODD.search(text):
        return None
    if text[0] == "'":
        return None if "'" in inner.replace("''", "") else inner.replace("''", "'")
    return _ESCAPE.sub(_sign, inner) if _INSIDE.fullmatch(inner) else None


def _sign(found: "re.Match[str]") -> str:
    code = found.group(1) or found.group(2) or found.group(3)
    return chr(int(code, 16)) if code else _SIGNS.get(found.group(4), found.group(4))
