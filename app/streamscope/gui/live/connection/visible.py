"""Texts of strangers in one line: nothing in them turns the direction, breaks the line or hides."""

from html import escape

SHOWN = 1000
"""Characters of a value that a cell shows; all of it can be read below and copied."""
READ = 20_000
"""Characters that are laid out where a value is read."""
_PICTURES = {code: chr(0x2400 + code) for code in range(32)}
_PICTURES |= {0x7F: "\u2421"} | {code: f"\\x{code:02x}" for code in range(0x80, 0xA0)}
_TURNING = (0x061C, 0x200B, 0x200E, 0x200F, 0x2028, 0x2029, *range(0x202A, 0x202F), *range(0x2066, 0x206A), 0xFEFF)
_PICTURES |= {code: f"\\u{code:04x}" for code in _TURNING} | dict.fromkeys(range(0xD800, 0xE000), "\ufffd")
_BROKEN = {code: text for code, text in _PICTURES.items() if code not in (9, 10)}


def line(text: str) -> str:
    """A text as one line of a cell, cut where it is long."""
    cut = text[:SHOWN].translate(_PICTURES)
    return cut if len(text) <= SHOWN else f"{cut}…"


def lines(text: str, most: int = READ) -> str:
    """A text that may have several lines, cut where it is long."""
    cut = text[:most].translate(_BROKEN)
    return cut if len(text) <= most else f"{cut}…"


def tip(text: str) -> str:
    """A text for a tooltip, where Qt takes what looks like HTML for it: nothing in it is."""
    return f"<span>{escape(lines(text, 2000))}</span>".replace("\n", "<br>") if "<" in text else lines(text, 2000)
