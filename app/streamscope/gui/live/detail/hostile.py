"""Characters that act on the text around them, spelt as JSON's escapes: the meaning of JSON stays the same. Pure."""

import re

_MARKS = "\u0300-\u036f\u0483-\u0489\u0610-\u061a\u064b-\u065f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f"
_HOSTILE = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\xad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff"
    f"\ufff9-\ufffb\ud800-\udfff\U000e0000-\U000e0fff]|(?<=[{_MARKS}]{{4}})[{_MARKS}]"
)
_SHORT = {"\b": "\\b", "\f": "\\f"}


def harmless(text: str) -> str:
    """The text with what is invisible, turns the direction or floods a line spelt; line ends and tabs stay."""
    return text if text.isascii() and text.isprintable() else _HOSTILE.sub(_spelt, text)


def one_line(text: str, longest: int = 400) -> str:
    """A text for one line of a list: line ends spelt, too, and no longer than so many characters."""
    cut = text[: longest + 1]
    flat = harmless(cut.replace("\r", "\u240d").replace("\n", "\u23ce").replace("\t", " "))
    return flat[:longest] + "…" if len(cut) > longest else flat


def _spelt(match: re.Match[str]) -> str:
    char = match.group()
    if char in _SHORT:
        return _SHORT[char]
    code = ord(char)
    if code > 0xFFFF:
        high, low = 0xD800 + (code - 0x10000 >> 10), 0xDC00 + (code - 0x10000 & 0x3FF)
        return f"\\u{high:04x}\\u{low:04x}"
    return f"\\u{code:04x}"
