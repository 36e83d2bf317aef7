"""Colours for what is seen: a line is coloured when it comes into view, and again when it changes."""

import re

from PySide6.QtGui import QSyntaxHighlighter, QTextBlock, QTextCharFormat, QTextDocument, QTextLayout

from streamscope.gui.code.exact import units
from streamscope.gui.theme import colour, theme

LONGEST_LINE = 20_000
"""Characters of a line that is coloured; laying a longer one out in many colours costs more than it helps."""
LARGEST_COLOURED = 2_000_000
"""Characters of a text that a view which colours all at once colours."""

_VARIABLE = r'(?P<variable>\{\{[^{}"\n]*\}\})'
_STRANGE = re.compile("[\U0010f000-\U0010f8ff\x00-\x08\x0b-\x1f]")
"""Controls, and what stands for characters that a document cannot hold."""
JSON = re.compile(
    r'(?P<key>"(?:[^"\\]|\\.)*+"(?=\s*:))|(?P<text>"(?:[^"\\]|\\.)*+"?)|(?P<variable>\{\{[^{}"\n]*\}\})'
    r"|(?P<number>-?\b\d+(?:\.\d+)?(?:[eE][+-]?\d+)?\b)|(?P<word>\b(?:true|false|null)\b)"
)
MARKUP = re.compile(
    r'(?P<variable>\{\{[^{}"\n]*\}\})|(?P<word><!--.*?(?:-->|$)|<[!?][^>]*>?)|(?P<key></?[\w:.-]+|/?>)'
    r"""|(?P<number>(?<=\s)[\w:.-]+(?==))|(?P<text>(?<==)(?:"[^"]*"?|'[^']*'?))|(?P<word2>&\#?\w+;)"""
)
PLAIN = re.compile(_VARIABLE)
LANGUAGES = {"json": JSON, "markup": MARKUP, "plain": PLAIN}
_TOKENS = {
    "key": "code_key",
    "text": "code_text",
    "number": "code_number",
    "word": "code_word",
    "word2": "code_word",
    "variable": "accent",
    "odd": "error",
}


def language_of(text: str) -> str:
    """What a text looks like: json, markup or plain."""
    first = text[:2000].lstrip()[:1]
    return "json" if first in ("{", "[") else "markup" if first == "<" else "plain"


def formats() -> dict[str, QTextCharFormat]:
    """The theme's formats by the names of the patterns' groups."""
    made: dict[str, QTextCharFormat] = {}
    for name, token in _TOKENS.items():
        made[name] = QTextCharFormat()
        made[name].setForeground(colour(token))
    made["odd"].setBackground(colour("error_soft"))
    return made


class Colours:
    """Gives blocks of a document their colours; a block's state tells with which colours it was dressed."""

    def __init__(self) -> None:
        self.language = "json"
        self.stamp = 1
        self.formats = formats()

    def redress(self, language: str | None = None) -> None:
        """Other colours from now on: every block is dressed anew when it is seen."""
        self.language = language or self.language
        self.formats = formats()
        self.stamp += 1

    def dress(self, block: QTextBlock) -> bool:
        """Colour a block where it is not coloured yet; whether anything was done."""
        if block.userState() == self.stamp:
            return False
        block.setUserState(self.stamp)
        layout = block.layout()
        ranges = self._ranges(block.text()) if block.length() <= LONGEST_LINE else []
        if not ranges and not layout.formats():
            return False
        layout.setFormats(ranges)
        block.document().markContentsDirty(block.position(), block.length())
        return True

    def _ranges(self, text: str) -> list[QTextLayout.FormatRange]:
        wide, dressed, made = not text.isascii(), self.formats, []
        for match in LANGUAGES[self.language].finditer(text):
            begin, end = match.span()
            if wide:
                begin, end = units(text, begin), units(text, end)
            one = QTextLayout.FormatRange()
            one.start, one.length, one.format = begin, end - begin, dressed[match.lastgroup or "text"]
            made.append(one)
        for match in _STRANGE.finditer(text):
            one = QTextLayout.FormatRange()
            one.start, one.length, one.format = units(text, match.start()), 2, dressed["odd"]
            if match.group() < "\x20":
                one.length = 1
            made.append(one)
        return made


class JsonHighlighter(QSyntaxHighlighter):
    """Colours JSON in a small view, line by line, all of it."""

    def __init__(self, document: QTextDocument) -> None:
        super().__init__(document)
        self._formats = formats()
        theme.changed.connect(self._redress)

    def highlightBlock(self, text: str) -> None:
        """Qt's. A very long line stays plain."""
        if len(text) > LONGEST_LINE or self.document().characterCount() > LARGEST_COLOURED:
            return
        for match in JSON.finditer(text):
            begin = units(text, match.start())
            self.setFormat(begin, units(text, match.end()) - begin, self._formats[match.lastgroup or "text"])

    def _redress(self) -> None:
        self._formats = formats()
        self.rehighlight()
