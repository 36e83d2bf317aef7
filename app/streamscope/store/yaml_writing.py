"""YAML of saved drafts, written: two blanks a step, bodies as literal blocks, quotes only where a text needs them.

Any other YAML program reads the same: texts that it would take for numbers, switches, dates or nothing are quoted.
What cannot stand in a file as it is (controls, lone surrogates, odd line breaks) is escaped in double quotes.
"""

import re
from collections.abc import Sequence
from typing import Any

STEP = 2
LONGEST_KEY = 120
"""Characters; YAML takes no simple key over 1,024."""

# Letters and digits of any script; signs that begin nothing in YAML. Inside also blanks and most signs.
_PLAIN = re.compile(r"[^\W_][\w ./+@%=(){}\[\],;&*!|<>?~^$\"'\\`:#-]*|[/._][\w./+-]*")
_NOT_PLAIN = re.compile(r": |:$| #|^- | $")
# What YAML 1.1 or 1.2 takes for a number, a date, a switch or nothing.
_OTHER = re.compile(
    r"[-+]?[0-9][0-9_,.:eExXoObBa-fA-F+-]*([TtZz ][0-9:.tzTZ+ -]*)?|[-+]?\.[0-9_]*([eE][-+]?[0-9]+)?"
    r"|[-+]?\.(inf|nan)|yes|no|on|off|true|false|null|~|=|<<|\.",
    re.IGNORECASE,
)
# What may stand in a file as it is: no controls but tab, no line breaks of YAML 1.1, no BOM, no surrogates.
ODD = re.compile("[^\t\n -~\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]")
_ESCAPED = re.compile('["\\\\\t\n]|' + ODD.pattern)
_ESCAPES = {'"': '\\"', "\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r", "\0": "\\0"}


def written(tree: dict[str, Any], column: int = 0) -> str:
    """A mapping as lines, indented to `column`. Values: texts, bool, int, float, lists, mappings, pairs (tuples)."""
    return "".join(entry(key, value, column) for key, value in tree.items())


def entry(key: str, value: Any, column: int, *, block: int = STEP) -> str:
    """One name and its value, as lines; a block of text stands `block` blanks further in."""
    name = scalar(key)
    if len(name) > LONGEST_KEY:
        return f"{' ' * column}? {quoted(key)}\n{' ' * column}:{_value(value, column, block)}"
    return f"{' ' * column}{name}:{_value(value, column, block)}"


def item(value: Any, column: int) -> str:
    """One item of a list, its dash at `column`, as lines."""
    start = f"{' ' * column}- "
    if isinstance(value, tuple):
        return start + _pair(value) + "\n"
    if isinstance(value, dict) and value:
        return start + written(value, column + STEP).lstrip(" ")
    if isinstance(value, list) and value:
        return f"{start}[{', '.join(quoted(str(inner)) for inner in value)}]\n"
    return f"{' ' * column}-{_value(value, column, STEP)}"


def scalar(value: Any) -> str:
    """A value in one line."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return repr(int(value)) if float(value).is_integer() else repr(value)
    if value is None:
        return "null"
    text = str(value)
    if _PLAIN.fullmatch(text) and not _NOT_PLAIN.search(text) and not _OTHER.fullmatch(text):
        return text
    if "\n" not in text and "\t" not in text and not ODD.search(text):
        return "'" + text.replace("'", "''") + "'"
    return quoted(text)


def quoted(text: str) -> str:
    """A text in double quotes, in one line, all that is odd escaped."""
    return '"' + _ESCAPED.sub(_escape, text) + '"'


def _value(value: Any, column: int, block: int) -> str:
    """What stands behind a colon or a dash, to the line's end and below."""
    if isinstance(value, dict):
        return "\n" + written(value, column + STEP) if value else " {}\n"
    if isinstance(value, list):
        return "\n" + "".join(item(inner, column + STEP) for inner in value) if value else " []\n"
    if isinstance(value, tuple):
        return f" {{{_pair(value)}}}\n"
    if isinstance(value, str) and _fits_block(value):
        return _block(value, column + block, block)
    return f" {scalar(value)}\n"


def _pair(value: Sequence[str]) -> str:
    name, text = value
    if len(scalar(name)) > LONGEST_KEY:
        return f"[{quoted(name)}, {quoted(text)}]"
    return f"{scalar(name)}: {scalar(text)}"


def _fits_block(text: str) -> bool:
    """Whether a text may be a literal block: several lines, nothing odd, and not only blanks."""
    return "\n" in text and not ODD.search(text) and not text.isspace()


def _block(text: str, column: int, block: int) -> str:
    body = text.rstrip("\n")
    ends = len(text) - len(body)
    # A first line that is blank or begins with a blank would hide where the text begins.
    sign = str(block) if text[0] in " \n\t" else ""
    sign += "-" if ends == 0 else "" if ends == 1 else "+"
    lines = "\n".join(" " * column + line if line else "" for line in body.split("\n"))
    return f" |{sign}\n{lines}\n" + "\n" * max(0, ends - 1)


def _escape(found: "re.Match[str]") -> str:
    sign = found.group()
    code = ord(sign)
    if sign in _ESCAPES:
        return _ESCAPES[sign]
    return f"\\x{code:02x}" if code < 256 else f"\\u{code:04x}" if code < 65536 else f"\\U{code:08x}"
