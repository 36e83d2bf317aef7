"""Text as Qt's documents can hold it, and back without a loss. Pure.

A document takes line ends, U+2029 and two noncharacters for its own marks, and no lone surrogate gets into it. These
stand in it as characters of the last private plane; where a text has such ones itself, each stands behind a guard.
"""

import re

_BASE = 0x10F000
_GUARD = "\U0010f8ff"
_KEPT = {"\r": 0x10F80D, "\u2029": 0x10F829, "\ufdd0": 0x10F8D0, "\ufdd1": 0x10F8D1, "\u2028": 0x10F828}
_MEANT = {code: char for char, code in _KEPT.items()}
_OUTSIDE = re.compile("[\r\u2028\u2029\ufdd0\ufdd1\ud800-\udfff\U0010f000-\U0010f8ff]")
_INSIDE = re.compile("\U0010f8ff(.)|[\U0010f000-\U0010f8fe]", re.DOTALL)
STAND_INS = re.compile("[\U0010f000-\U0010f8ff]")


def line_ends(text: str) -> str:
    """The line end of a text: CR LF where every line ends so, else LF (what differs is kept as a character)."""
    if "\r" not in text:
        return "\n"
    pairs = text.count("\r\n")
    return "\r\n" if pairs == text.count("\n") == text.count("\r") else "\n"


def inside(text: str, end: str = "\n") -> str:
    """As a document holds it, lines ending with LF."""
    if end != "\n":
        text = text.replace(end, "\n")
    if text.isascii() and "\r" not in text:  # the quick way for what is large
        return text
    return _OUTSIDE.sub(_stand_in, text) if _OUTSIDE.search(text) else text


def outside(raw: str, end: str = "\n") -> str:
    """What `inside` was given, from the raw text of a document."""
    text = raw.replace("\u2029", "\n")
    if not text.isascii() and STAND_INS.search(text):
        text = _INSIDE.sub(_original, text)
    return text.replace("\n", end) if end != "\n" else text


def unsendable(text: str) -> int | None:
    """Where the first lone surrogate is, which no encoding of text can carry."""
    try:
        text.encode()
    except UnicodeEncodeError as error:
        return error.start
    return None


def units(text: str, length: int) -> int:
    """How many UTF-16 units, by which Qt counts, the first characters of a text are."""
    head = text[:length]
    return len(head) if head.isascii() else len(head) + sum(char > "\uffff" for char in head)


def characters(text: str, length: int) -> int:
    """How many characters the first UTF-16 units of a text are."""
    if text.isascii():
        return length
    return len(text.encode("utf-16-le", "surrogatepass")[: 2 * length].decode("utf-16-le", "surrogatepass"))


def _stand_in(match: re.Match[str]) -> str:
    char = match.group()
    if "\ud800" <= char <= "\udfff":
        return chr(_BASE + ord(char) - 0xD800)
    return chr(_KEPT[char]) if char in _KEPT else _GUARD + char


def _original(match: re.Match[str]) -> str:
    if match.group(1):
        return match.group(1)
    code = ord(match.group())
    if code in _MEANT:
        return _MEANT[code]
    return chr(code - _BASE + 0xD800) if code < _BASE + 0x800 else match.group()
