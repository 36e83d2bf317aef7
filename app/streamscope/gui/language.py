"""The language of the window: what is translated in resources/i18n, Qt's own words along with it.

The `.ts` files are read as they are: no compiled copies that could be older than them.
"""

import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from xml.etree import ElementTree

from PySide6.QtCore import QCoreApplication, QLibraryInfo, QLocale, QObject, QTranslator
from PySide6.QtGui import QFont, QFontDatabase, QFontInfo, QGuiApplication

from streamscope.gui.assets import resource

ENGLISH = "en"
LANGUAGES = {ENGLISH: "English", "zh_CN": "简体中文"}
"""The languages by their codes, each named in itself."""

_CHINESE = ("Noto Sans CJK SC", "Source Han Sans SC", "Microsoft YaHei UI", "PingFang SC", "WenQuanYi Micro Hei")
"""Fonts for Chinese by preference."""

_LONGEST = 8192
_TELLING = 8
"""Letters from which a template tells a text from others."""
_HOLE = re.compile(r"\{(\w*)[^{}]*\}")


class Translations(QTranslator):
    """The finished translations of a file: (context, source) to text."""

    def __init__(self, texts: dict[tuple[str, str], str], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._texts = texts

    def translate(
        self,
        context: str | bytes,
        source: str | bytes,
        disambiguation: str | bytes | None = None,  # noqa: ARG002 - Qt's signature
        n: int = -1,  # noqa: ARG002 - Qt's signature
    ) -> str:
        """Qt's: the text, None where there is none, so that the next translator is asked."""
        if context in ("QShortcut", b"QShortcut"):
            return _text(source)  # keys are called in texts and on keyboards as in English: Ctrl+Return
        return self._texts.get((_text(context), _text(source)))  # type: ignore[return-value]  # None is Qt's null string

    def core(self) -> list[tuple[str, str]]:
        """The core's own texts, which have no context: source and translation."""
        return [(source, text) for (context, source), text in self._texts.items() if not context]

    def isEmpty(self) -> bool:
        """Qt's."""
        return not self._texts


def _text(value: str | bytes) -> str:
    return value.decode() if isinstance(value, bytes) else value


def read(path: Path) -> dict[tuple[str, str], str]:
    """The finished texts of a `.ts` file (Qt Linguist's format) by context and source."""
    found = {}
    for context in ElementTree.parse(path).getroot().iter("context"):  # noqa: S314 - shipped with the program
        name = context.findtext("name") or ""
        for message in context.iter("message"):
            text = message.find("translation")
            if text is not None and text.text and text.get("type") not in ("unfinished", "vanished", "obsolete"):
                found[name, message.findtext("source") or ""] = text.text
    return found


def spoken(setting: str) -> str:
    """The code of the language that a setting asks for: one of ours, the system's where we speak it, else English."""
    if setting in LANGUAGES:
        return setting
    return "zh_CN" if QLocale.system().language() == QLocale.Language.Chinese else ENGLISH


def speak(setting: str) -> str:
    """Let the program speak a language from now on; gives its code. What is shown already stays as it is."""
    app, code = QCoreApplication.instance(), spoken(setting)
    if app is None:
        return ENGLISH
    for old in app.findChildren(QTranslator):
        QCoreApplication.removeTranslator(old)
        old.setParent(None)
        old.deleteLater()
    _templates.cache_clear()
    retold.cache_clear()
    QLocale.setDefault(QLocale(code))
    _write_in(app, code)
    if code == ENGLISH:
        return code
    qt = QTranslator(app)
    if qt.load(f"qtbase_{code}", QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)):
        QCoreApplication.installTranslator(qt)
    ours = Translations(read(resource(f"i18n/streamscope_{code}.ts")), app)
    QCoreApplication.installTranslator(ours)
    return code


def _write_in(app: QCoreApplication, code: str) -> None:
    """Name the font for Chinese letters: left alone, Qt takes any that has them, often a bold one.

    The desktop's own font stays the first; in English it is alone again.
    """
    if not isinstance(app, QGuiApplication):
        return
    font, own = QFont(app.font()), QFontInfo(app.font()).family()
    there = set(QFontDatabase.families()) if code == "zh_CN" else set()
    chinese = next((family for family in _CHINESE if family in there), "")
    if chinese and chinese != own:
        font.setFamilies([own, chinese])
    elif len(font.families()) > 1:
        font.setFamilies(font.families()[:1])
    app.setFont(font)


@lru_cache(maxsize=16384)
def retold(text: str) -> str:
    """A recorded English text of the core, in the language of the window where its template is known.

    Recordings hold what was told in English; a view tells it again in the person's own language.
    """
    if len(text) > _LONGEST:
        return text
    exact, templates = _templates()
    if (same := exact.get(text)) is not None:
        return same
    for one in templates:
        if (values := one.values(text)) is not None:
            again = {name: retold(value) for name, value in values.items()}
            if one.telling or again != values:
                return _filled(one.translated, again)
    return text


@dataclass(frozen=True, slots=True)
class Template:
    """A text of the core with holes: how it begins and ends, what fits it, and what it is in the person's language."""

    start: str
    end: str
    pattern: re.Pattern[str]
    translated: str
    longest: int
    """Characters of a text that is looked at where the template is not telling: its values are told again in turn."""
    telling: bool
    """Has words enough of its own. One like `{one}, {other}` fits most texts: it counts where a value is known."""

    def values(self, text: str) -> dict[str, str] | None:
        """What fills the holes of a text that was made of this one."""
        if not (text.startswith(self.start) and text.endswith(self.end)) or (
            not self.telling and len(text) > self.longest
        ):
            return None
        found = self.pattern.fullmatch(text)
        return found.groupdict() if found is not None else None


def _filled(template: str, values: dict[str, str]) -> str:
    return _HOLE.sub(lambda hole: values.get(hole.group(1), hole.group()), template)


@lru_cache(maxsize=1)
def _templates() -> tuple[dict[str, str], list[Template]]:
    """What of the core is translated: texts without holes, and templates, the most specific first."""
    app = QCoreApplication.instance()
    ours = app.findChildren(Translations) if app is not None else []
    rows = [row for one in ours for row in one.core()]
    rows.sort(key=lambda row: -len(_HOLE.sub("", row[0])))
    exact = {source: text for source, text in rows if _HOLE.search(source) is None}
    return exact, [
        _template(source, text) for source, text in rows if source not in exact and _HOLE.sub("", source).strip()
    ]


def _template(source: str, translated: str) -> Template:
    start, *_, end = _HOLE.split(source)[::2]
    own = sum(letter.isalpha() for letter in _HOLE.sub("", source))
    return Template(start, end, _pattern(source), translated, 600 if own else 200, own >= _TELLING)


def _pattern(template: str) -> re.Pattern[str]:
    pieces, at, seen = [], 0, set()
    for hole in _HOLE.finditer(template):
        name = hole.group(1)
        pieces.append(re.escape(template[at : hole.start()]))
        pieces.append(f"(?P={name})" if name in seen else f"(?P<{name}>.*?)")
        seen.add(name)
        at = hole.end()
    return re.compile("".join([*pieces, re.escape(template[at:])]), re.DOTALL)
