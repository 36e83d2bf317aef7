"""Texts of others on a terminal: nothing in them that it would obey."""

_PICTURES: dict[int, int | str] = {code: 0x2400 + code for code in range(32) if code not in (9, 10)}
_PICTURES |= {0x7F: 0x2421} | dict.fromkeys(range(0x80, 0xA0), 0xFFFD)
_BREAKS: dict[int, int | str] = {9: " ", 10: "␊", 0x85: "␤", 0x2028: "␤", 0x2029: "␤"}


def clean(text: str) -> str:
    """A text that cannot steer a terminal: control characters are shown as pictures of themselves."""
    return text.translate(_PICTURES)


def line(text: object) -> str:
    """The same on one line."""
    return str(text).translate(_PICTURES | _BREAKS)
