"""Names, states and times of services as one safe line, whatever a platform put into them."""

import re
import time
from functools import cache, lru_cache

from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QApplication

from streamscope.gui.language import retold
from streamscope.gui.texts import told
from streamscope.model.phrase import Phrase, phrase
from streamscope.model.service import Service

STATE_WORDS: dict[str, Phrase] = {
    "running": phrase("running"),
    "changing": phrase("changing"),
    "concerning": phrase("concerning"),
    "stopped": phrase("stopped"),
    "failed": phrase("failed"),
    "unknown": phrase("not known"),
}

_TELLING = 5
"""Authentications of which a list still tells something."""

_NOTE = 1000
"""Characters of a note of a platform that is told again: one of ours is a few sentences."""

# Line breaks and controls become their pictures (Unicode, Control Pictures); marks that turn the direction of what
# follows go, since they would reach beyond the name.
_PICTURES = {code: chr(0x2400 + code) for code in range(0x20)} | {
    **dict.fromkeys((0x0A, 0x85, 0x2028, 0x2029), 0x2424),
    0x09: 0x20,
    0x7F: 0x2421,
    **dict.fromkeys((0x202A, 0x202B, 0x202C, 0x202D, 0x202E, 0x2066, 0x2067, 0x2068, 0x2069, 0x200E, 0x200F, 0x061C)),
}


@lru_cache(maxsize=4096)
def one_line(text: str) -> str:
    """A text on one line: breaks and control characters are shown as pictures, direction marks are left out."""
    if text.isascii() and text.isprintable():
        return text
    shown = text.replace("\r\n", "\n").translate(_PICTURES)
    return shown if _has_pictures() else shown.replace("\u2424", "\u21b5")


def note(service: Service) -> str:
    """What its platform says of it, sentence by sentence in the person's language where that is known."""
    if len(service.note) > _NOTE:
        return one_line(service.note)
    return one_line(" ".join(map(retold, re.split(r"(?<=\.) ", service.note)))).replace("。 ", "。")


@cache
def _has_pictures() -> bool:
    """Whether the desktop's font draws the picture of a line break; the arrow is in more of them."""
    return QFontMetrics(QApplication.font()).inFontUcs4(0x2424)


def shown_name(service: Service) -> str:
    """The name; where there is none, the id."""
    return one_line(service.name).strip() or one_line(service.id) or QCoreApplication.translate("services", "no name")


def word(service: Service) -> str:
    """The state as a word, with the platform's own where it says more."""
    return _word(service.state, service.status)


@lru_cache(maxsize=256)
def _word(state: str, status: str) -> str:
    said = told(STATE_WORDS[state])
    return said if status.casefold() in ("", said, str(STATE_WORDS[state])) else f"{said} ({one_line(status)})"


def language_changed() -> None:
    """Words are said in another language from now on."""
    _word.cache_clear()


def accepted(service: Service) -> list[str]:
    """A service's protocols and authentications as badges; where any authentication will do, none is told."""
    return badges(service.protocols) + (badges(service.auth) if len(service.auth) <= _TELLING else [])


def badges(keys: tuple[str, ...]) -> list[str]:
    """Kinds as the short words of their badges."""
    return [key.replace("_", " ") for key in keys]


def ago(at: float, now: float | None = None) -> str:
    """How long something is ago (Unix time), in the largest unit that says it."""
    seconds = max(0.0, (time.time() if now is None else now) - at)
    translate = QCoreApplication.translate
    if seconds < 90:
        return translate("services", "just now")
    if seconds < 5400:
        return translate("services", "{count} min ago").format(count=round(seconds / 60))
    if seconds < 129_600:
        return translate("services", "{count} h ago").format(count=round(seconds / 3600))
    return translate("services", "{count} days ago").format(count=round(seconds / 86_400))


def tip(service: Service) -> str:
    """What is known of a service, a line each."""
    lines = [shown_name(service), one_line(service.id), word(service)]
    lines += [note(service)] if service.note else []
    for label, keys in (
        (QCoreApplication.translate("services", "Protocols"), service.protocols),
        (QCoreApplication.translate("services", "Authentication"), service.auth),
        (QCoreApplication.translate("services", "Tags"), tuple(map(one_line, service.tags))),
    ):
        if keys:
            lines.append(f"{label}: {', '.join(badges(keys) if keys is not service.tags else keys)}")
    lines += [f"{channel}: {url}" for channel, url in service.addresses.items()]
    return "\n".join(line if len(line) <= 200 else line[:199] + "…" for line in lines)
