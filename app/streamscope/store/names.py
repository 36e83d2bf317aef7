"""Names of requests and folders as names of files: readable in any script, possible on any system."""

import os
import re
import unicodedata
from pathlib import Path

SUFFIX = ".yaml"
_LONGEST = 80
_MOST_BYTES = 180
"""Leaves room for a number and an ending within the 255 bytes that file systems give a name."""
# What Windows forbids, controls, line breaks, and marks that turn the direction of writing round.
_FORBIDDEN = re.compile('[\\x00-\\x1f\\x7f-\\x9f<>:"/\\\\|?*\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]+')
_RESERVED = re.compile(r"(con|prn|aux|nul|conin\$|conout\$|com[0-9¹²³]|lpt[0-9¹²³])(\..*)?", re.IGNORECASE)


def slug(name: str) -> str:
    """A file's name (without ending) for a request's name; '' where nothing of it can be kept."""
    text = name.encode("utf-8", "replace").decode()
    text = unicodedata.normalize("NFC", text)
    text = " ".join(_FORBIDDEN.sub(" ", text).split()).strip(". ")
    text = text[:_LONGEST]
    while len(text.encode()) > _MOST_BYTES:
        text = text[:-1]
    text = text.rstrip(". ")
    return f"{text}_" if _RESERVED.fullmatch(text) else text


def free_path(folder: Path, name: str, suffix: str = SUFFIX) -> Path:
    """A path in a folder for that name which nothing has yet: `name.yaml`, `name 2.yaml`, …"""
    stem = slug(name) or "request"
    path = folder / f"{stem}{suffix}"
    number = 1
    while path.exists() or path.is_symlink():
        number += 1
        path = folder / f"{stem} {number}{suffix}"
    return path


def natural(name: str) -> tuple[tuple[int, int, str], ...]:
    """A key for sorting as people do: letters without case, `10` behind `9`."""
    parts = re.split(r"(\d+)", name.casefold())
    return tuple((0, int(part), "") if part.isascii() and part.isdecimal() else (1, 0, part) for part in parts if part)


def is_saved(name: str) -> bool:
    """Whether a file's name is that of a saved draft."""
    return not name.startswith(".") and os.path.splitext(name)[1].lower() in (".yaml", ".yml")  # noqa: PTH122 - a name
