"""Whether the JSON that has come so far can still become whole: a call's arguments are checked while they come.

RFC 8259, sections 2 to 7. Incremental and linear: no text is looked at twice.
"""

import re
from typing import Literal

State = Literal["partial", "whole", "broken"]

_RUN = re.compile(r'[^"\\\x00-\x1f]*')
_SPACE = re.compile(r"[ \t\n\r]*")
_SCALAR = re.compile(r"[-+.0-9A-Za-z]*")
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?")
_BEGUN = re.compile(r"-?(?:(?:0|[1-9][0-9]*)(?:\.(?:[0-9]+(?:[eE](?:[-+]?[0-9]*)?)?)?|[eE](?:[-+]?[0-9]*)?)?)?")
_WORDS = ("true", "false", "null")
_ESCAPE = re.compile(r'\\(?:["\\/bfnrt]|u(?:[0-9A-Fa-f]{4})?)?')
_LONGEST_SCALAR = 1024
_CLOSES = {"{": "}", "[": "]"}


class JsonPrefix:
    """Feed it pieces of JSON text; `state` tells what they are so far."""

    def __init__(self) -> None:
        self._stack: list[str] = []
        self._wanted = "value"
        """What comes next: value, item (or the array's end), member (or the object's), key, colon, comma, nothing."""
        self._string = False
        self._escape = ""
        self._scalar = ""
        self._broken = False

    @property
    def state(self) -> State:
        """Whether the text so far is whole JSON, the beginning of some, or neither."""
        if self._broken:
            return "broken"
        if self._scalar:
            return "whole" if not self._stack and self._complete() else "partial"
        return "whole" if self._wanted == "nothing" else "partial"

    def feed(self, text: str) -> State:
        """The state after this piece, too."""
        at = 0
        while at < len(text) and not self._broken:
            at = self._in_string(text, at) if self._string else self._outside(text, at)
        return self.state

    def _in_string(self, text: str, at: int) -> int:
        if self._escape:
            self._escape += text[at]
            matched = _ESCAPE.fullmatch(self._escape) or re.fullmatch(r"\\u[0-9A-Fa-f]{0,3}", self._escape)
            self._broken = matched is None
            if len(self._escape) == (6 if self._escape.startswith("\\u") else 2):
                self._escape = ""
            return at + 1
        run = _RUN.match(text, at)
        at = run.end() if run else at
        if at == len(text):
            return at
        if text[at] == '"':
            self._string = False
            self._wanted = "colon" if self._wanted in ("key", "member") else self._after()
        elif text[at] == "\\":
            self._escape = "\\"
        else:
            self._broken = True
        return at + 1

    def _outside(self, text: str, at: int) -> int:
        scalar = _SCALAR.match(text, at)
        if scalar is not None and scalar.group():
            return self._scalar_goes_on(scalar.group(), scalar.end(), ended=scalar.end() < len(text))
        if self._scalar:
            self._end_scalar()
            return at
        space = _SPACE.match(text, at)
        if space is not None and space.group():
            return space.end()
        self._mark(text[at])
        return at + 1

    def _scalar_goes_on(self, piece: str, end: int, *, ended: bool) -> int:
        if not self._scalar and self._wanted not in ("value", "item"):
            self._broken = True
            return end
        self._scalar += piece
        word = any(known.startswith(self._scalar) for known in _WORDS)
        self._broken = len(self._scalar) > _LONGEST_SCALAR or not (word or _BEGUN.fullmatch(self._scalar))
        if ended and not self._broken:
            self._end_scalar()
        return end

    def _complete(self) -> bool:
        return self._scalar in _WORDS or _NUMBER.fullmatch(self._scalar) is not None

    def _end_scalar(self) -> None:
        self._broken = not self._complete()
        self._scalar, self._wanted = "", self._after()

    def _mark(self, mark: str) -> None:
        wanted = self._wanted
        if mark == '"' and wanted in ("value", "item", "member", "key"):
            self._string = True
        elif mark in "{[" and wanted in ("value", "item"):
            self._stack.append(mark)
            self._wanted = "member" if mark == "{" else "item"
        elif mark == ":" and wanted == "colon":
            self._wanted = "value"
        elif mark == "," and wanted == "comma":
            self._wanted = "key" if self._stack[-1] == "{" else "value"
        elif mark in "}]" and wanted in ("comma", "member", "item") and _CLOSES[self._stack[-1]] == mark:
            self._stack.pop()
            self._wanted = self._after()
        else:
            self._broken = True

    def _after(self) -> str:
        return "comma" if self._stack else "nothing"
