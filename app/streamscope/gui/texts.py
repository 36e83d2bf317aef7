"""Texts that a person reads: the core's phrases in the person's language, and numbers as people read them."""

import re

from PySide6.QtCore import QCoreApplication

from streamscope.model.phrase import Phrase

_UNBROKEN = re.compile(r"\S{25,}")
_LETTER = re.compile(r"\(&.\)$")


def told(phrase: Phrase) -> str:
    """A phrase of the core, translated (its context is empty: see model/phrase.py)."""
    return phrase.told(lambda template: QCoreApplication.translate("", template) if template else "")


def plain(text: str) -> str:
    """What a menu or an action is called, without the mark of its letter: `&File`, in Chinese `文件(&F)`."""
    return _LETTER.sub("", text).replace("&", "")


def breakable(text: str) -> str:
    """A text in which what has no blanks for long may be wrapped all the same; for labels, never for what is copied."""
    return _UNBROKEN.sub(lambda word: "\u200b".join(re.findall(".{1,12}", word.group())), text)


def size_text(count: int) -> str:
    """Bytes as people read them."""
    if count < 1000:
        return QCoreApplication.translate("texts", "{count} B").format(count=count)
    value = float(count)
    for unit in ("kB", "MB", "GB"):
        value /= 1000
        if value < 999.5 or unit == "GB":
            return f"{value:.1f} {unit}" if value < 100 else f"{value:.0f} {unit}"
    return str(count)


def time_text(milliseconds: float | None) -> str:
    """A span of time with three or four digits; a dash where there is none."""
    if milliseconds is None:
        return "–"
    if milliseconds < 10:
        return f"{milliseconds:.1f} ms"
    if milliseconds < 1000:
        return f"{milliseconds:.0f} ms"
    if milliseconds < 100_000:
        return f"{milliseconds / 1000:.2f} s"
    return f"{milliseconds / 60_000:.1f} min"
