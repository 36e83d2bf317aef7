"""The words of a command as bash and POSIX shells read them (POSIX.1-2017, XCU 2.2 and 2.3; bash's $'…').

Nothing is run: variables that the text does not set itself become {{variables}}, and of pipes only what echo, printf,
cat and base64 put into them is known.
"""

import base64
import binascii
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from streamscope.interop.curl.commandline import HOW, NO_CURL, Command, after_curl, misplaced, unclosed
from streamscope.model.phrase import Phrase, phrase

_BLANKS = re.compile(r"[ \t\r]+")
_CONTINUED = re.compile(r"\\[ \t]*\r?\n[ \t]*")
_PLAIN = re.compile(r"(?:[^\s'\"\\$`|&;<>]+|\\[^\s])+")
_ESCAPED = re.compile(r"\\(.)")
_SINGLE = re.compile(r"'([^']*)'")
_DOUBLE = re.compile(r'(?:[^"\\$`]+|\\[^\r\n])+')
_ESCAPED_INSIDE = re.compile(r'\\([\\"$`])')
_ANSI = re.compile(r"\$'([^'\\]*(?:\\.[^'\\]*)*)'", re.DOTALL)
_ESCAPE = re.compile(r"\\(x[0-9A-Fa-f]{1,2}|u[0-9A-Fa-f]{1,4}|U[0-9A-Fa-f]{1,8}|[0-7]{1,3}|c.|.)", re.DOTALL)
_LETTERS = dict(zip("abeEfnrtv\\'\"?", "\a\b\x1b\x1b\f\n\r\t\v\\'\"?", strict=True))
_VARIABLE = re.compile(r"\$(?:([A-Za-z_][A-Za-z0-9_]*)|\{([A-Za-z_][A-Za-z0-9_]*)(?::?[-=]([^}]*))?\})")
_REDIRECT = re.compile(r"(?:&>>?|[0-9]?>>?(?:&[0-9-]|[|])?|[0-9]?<&[0-9-])[ \t]*")
_HEREDOC = re.compile(r"<<(-?)[ \t]*(?:'([^'\n]*)'|\"([^\"\n]*)\"|(\\?[^\s;|&<>]+))")
_ASSIGNMENT = re.compile(r"([A-Za-z_][A-Za-z0-9_]*)=(.*)", re.DOTALL)
_MORE_OPTIONS = re.compile(r"\s*(?:\\[ \t]*\r?\n\s*)*-{1,2}[A-Za-z]")


@dataclass(slots=True)
class _Simple:
    """One simple command: its words, and what a here-document gives it."""

    words: list[str] = field(default_factory=list)
    given: bytes | None = None


def bash(text: str) -> Command:
    """The first curl of a text. Raises UsageError where there is none, or a quote is never closed."""
    reader = _Reader(text)
    pipeline: list[_Simple] = []
    for simple, separator in reader.commands():
        arguments = after_curl(simple.words)
        if arguments is not None:
            stdin = simple.given if simple.given is not None else _piped(pipeline)
            if reader.rest():
                reader.notes.append(phrase("What follows the first curl was left out."))
            return Command(arguments, stdin, reader.notes)
        reader.assign(simple.words)
        pipeline = [*pipeline, simple] if separator == "|" else []
    raise misplaced(NO_CURL, HOW)


class _Reader:
    """Goes over the text once."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._word: list[str] | None = None
        self._queried = False
        self._simple = _Simple()
        self._waiting: list[tuple[_Simple, str, bool, bool]] = []
        self._known: dict[str, str] = {}
        self._named: set[str] = set()
        self.notes: list[Phrase] = []

    def assign(self, words: list[str]) -> None:
        """Keep the variables that a command sets."""
        if words and words[0] in ("export", "set", "local", "readonly", "declare"):
            words = words[1:]
        found = [_ASSIGNMENT.fullmatch(word) for word in words]
        if all(found):
            self._known |= {match[1]: match[2] for match in found if match}

    def rest(self) -> bool:
        """Whether something but comments follows."""
        lines = self._text[self._at :].split("\n")
        return any(line.strip() and not line.lstrip().startswith("#") for line in lines)

    def commands(self) -> Iterator[tuple[_Simple, str]]:
        """Each simple command, and what ends it: |, or anything else."""
        text, size = self._text, len(self._text)
        while self._at < size:
            char = text[self._at]
            if char in " \t\r":
                self._end_word()
                self._at = self._matched(_BLANKS)
            elif char == "\n":
                self._end_word()
                self._at += 1
                self._documents()
                if not self._goes_on():
                    yield from self._end(";")
            elif char == "#" and self._word is None:
                end = text.find("\n", self._at)
                self._at = size if end < 0 else end
            elif char == "&" and self._inside_address():
                self._piece("&")
                self._at += 1
            elif match := _REDIRECT.match(text, self._at):
                self._redirected(match.end())
            elif char in "|;&":
                double = text.startswith(char * 2, self._at)
                self._at += 1 + double
                yield from self._end("|" if char == "|" and not double else ";")
            elif char == "<":
                self._input()
            else:
                self._part(char)
        self._end_word()
        self._documents()
        yield from self._end("")

    def _goes_on(self) -> bool:
        """Whether the next line goes on with this curl's options: its backslash was lost in copying."""
        return after_curl(self._simple.words) is not None and bool(_MORE_OPTIONS.match(self._text, self._at))

    def _inside_address(self) -> bool:
        """Whether an & stands in the middle of an unquoted URL's query, where it was hardly meant as the shell's."""
        after = self._text[self._at + 1 : self._at + 2]
        inside = self._queried and bool(after) and after not in " \t\r\n&"
        if inside:
            told = phrase("The URL is not quoted: in a shell, & would end the command there.")
            if told not in self.notes:
                self.notes.append(told)
        return inside

    def _end(self, separator: str) -> Iterator[tuple[_Simple, str]]:
        self._end_word()
        if separator == "|":
            self._documents_of_line()
        if self._simple.words or self._simple.given is not None:
            done, self._simple = self._simple, _Simple()
            yield done, separator

    def _documents_of_line(self) -> None:
        """Here-documents of a command that is piped on begin behind the line, not behind the command."""
        if not self._waiting:
            return
        end = self._text.find("\n", self._at)
        if end < 0:
            return
        kept, self._at = self._text[self._at : end + 1], end + 1
        self._documents()
        self._text, self._at = kept + self._text[self._at :], 0

    def _matched(self, pattern: re.Pattern[str]) -> int:
        match = pattern.match(self._text, self._at)
        return match.end() if match else self._at + 1

    def _piece(self, piece: str) -> None:
        if self._word is None:
            self._word = []
        self._word.append(piece)
        self._queried = self._queried or "?" in piece

    def _end_word(self) -> None:
        if self._word is not None:
            self._simple.words.append("".join(self._word))
            self._word, self._queried = None, False

    def _part(self, char: str) -> None:
        """One part of a word: plain, escaped, quoted, a variable."""
        text = self._text
        if match := _PLAIN.match(text, self._at):
            self._piece(_ESCAPED.sub(r"\1", match.group()))
            self._at = match.end()
        elif char == "\\":
            if match := _CONTINUED.match(text, self._at):
                if not (self._word is not None and match.group()[-1] == "\n"):
                    self._end_word()
                self._at = match.end()
            else:
                self._piece(text[self._at + 1 : self._at + 2])
                self._at += 2
        elif char == "'":
            match = _SINGLE.match(text, self._at)
            if match is None:
                raise unclosed(text, self._at, "'")
            self._piece(match[1])
            self._at = match.end()
        elif char == '"':
            self._double()
        elif char == "$":
            self._dollar()
        else:  # a backtick, or a blank that only Unicode knows
            self._piece(char)
            self._at += 1

    def _double(self) -> None:
        text, begin = self._text, self._at
        self._piece("")
        self._at += 1
        while self._at < len(text):
            char = text[self._at]
            if match := _DOUBLE.match(text, self._at):
                self._piece(_ESCAPED_INSIDE.sub(r"\1", match.group()))
                self._at = match.end()
            elif char == '"':
                self._at += 1
                return
            elif char == "\\":
                after = text[self._at + 1 : self._at + 2]
                if after == "\r" and text.startswith("\r\n", self._at + 1):
                    self._at += 1
                if after not in ("\n", "\r"):
                    self._piece("\\" + after)
                self._at += 2
            elif char == "$":
                self._variable()
            else:
                self._piece(char)
                self._at += 1
        raise unclosed(text, begin, '"')

    def _dollar(self) -> None:
        text = self._text
        if text.startswith("$'", self._at):
            match = _ANSI.match(text, self._at)
            if match is None:
                raise unclosed(text, self._at, "$'")
            self._piece(_ansi(match[1]))
            self._at = match.end()
        elif text.startswith('$"', self._at):
            self._at += 1
        else:
            self._variable()

    def _variable(self) -> None:
        match = _VARIABLE.match(self._text, self._at)
        if match is None:
            self._piece("$")
            self._at += 1
            return
        name = match[1] or match[2]
        if name in self._known:
            self._piece(self._known[name])
        elif match[3]:
            self._piece(match[3])
        else:
            self._piece("{{" + name + "}}")
            if not name.startswith("STREAMSCOPE_") and name not in self._named:
                self._named.add(name)
                self.notes.append(phrase("The shell's variable {name} became {{{{{name}}}}}.", name=name))
        self._at = match.end()

    def _redirected(self, end: int) -> None:
        """Output that goes elsewhere does not matter here: its word is passed over."""
        self._end_word()
        joined = self._text[end - 1 : end] in "-0123456789"
        self._at = end
        if joined:
            return
        words, self._simple.words = self._simple.words, []
        while self._at < len(self._text) and self._text[self._at] not in " \t\r\n|;&<>":
            self._part(self._text[self._at])
        self._word, self._simple.words = None, words

    def _input(self) -> None:
        text = self._text
        if text.startswith("<<<", self._at):
            self._at += 3
            self._at = self._matched(_BLANKS) if text[self._at : self._at + 1] in (" ", "\t") else self._at
            self._end_word()
            words, self._simple.words = self._simple.words, []
            while self._at < len(text) and text[self._at] not in " \t\r\n|;&<>":
                self._part(text[self._at])
            given = "".join(self._word or [])
            self._word, self._simple.words = None, words
            self._simple.given = (given + "\n").encode("utf-8", "surrogateescape")
        elif match := _HEREDOC.match(text, self._at):
            self._end_word()
            quoted = match[4] is None or match[4].startswith("\\")
            word = next(part for part in match.groups()[1:] if part is not None).lstrip("\\")
            self._waiting.append((self._simple, word, match[1] == "-", quoted))
            self._at = match.end()
        else:
            self._redirected(self._at + 1)
            self.notes.append(phrase("Standard input from a file is not read."))

    def _documents(self) -> None:
        """The here-documents that begin with this line."""
        for simple, word, tabs, quoted in self._waiting:
            lines: list[str] = []
            while self._at < len(self._text):
                end = self._text.find("\n", self._at)
                end = len(self._text) if end < 0 else end
                line = self._text[self._at : end]
                self._at = min(end + 1, len(self._text))
                line = line.lstrip("\t") if tabs else line
                if line.rstrip("\r") == word:
                    break
                lines.append(line + "\n")
            content = "".join(lines)
            simple.given = (content if quoted else self._filled(content)).encode("utf-8", "surrogateescape")
        self._waiting = []

    def _filled(self, content: str) -> str:
        """An unquoted here-document, with its variables and escapes."""

        def value(match: re.Match[str]) -> str:
            name = match[1] or match[2]
            return self._known.get(name, "{{" + name + "}}")

        return re.sub(r"\\([\\$`])", r"\1", _VARIABLE.sub(value, content))


def _ansi(content: str) -> str:
    """The inside of $'…'; bytes that are no UTF-8 become surrogates (PEP 383), and a NUL ends it, as in bash."""
    if "\\" not in content:
        return content

    def char(match: re.Match[str]) -> bytes:
        told = match[1]
        if told[0] == "x" and len(told) > 1:
            return bytes((int(told[1:], 16),))
        if told[0] in "uU" and len(told) > 1:
            code = int(told[1:], 16)
            return chr(code).encode("utf-8", "replace") if code < 0x110000 else b"?"
        if told[0] in "01234567":
            return bytes((int(told, 8) & 0xFF,))
        if told[0] == "c" and len(told) > 1:
            return bytes((ord(told[1]) & 0x1F,))
        return _LETTERS.get(told, "\\" + told).encode()

    made, at = bytearray(), 0
    for match in _ESCAPE.finditer(content):
        made += content[at : match.start()].encode("utf-8", "surrogateescape") + char(match)
        at = match.end()
    made += content[at:].encode("utf-8", "surrogateescape")
    return bytes(made).partition(b"\x00")[0].decode("utf-8", "surrogateescape")


def _piped(pipeline: list[_Simple]) -> bytes | None:
    """What commands that only write put into a pipe; None where that is not known."""
    content: bytes | None = None
    for simple in pipeline:
        name, *arguments = simple.words or [""]
        if name == "cat" and arguments in ([], ["-"]):
            content = simple.given if simple.given is not None else content
        elif name == "echo":
            quiet = bool(arguments) and arguments[0] == "-n"
            content = _encoded(" ".join(arguments[quiet:]) + ("" if quiet else "\n"))
        elif name == "printf" and len(arguments) == 2 and arguments[0] in ("%s", "%s\\n"):
            content = _encoded(arguments[1] + ("\n" if arguments[0] != "%s" else ""))
        elif name == "printf" and len(arguments) == 1 and "%" not in arguments[0]:
            content = _encoded(_ansi(arguments[0]))
        elif name == "base64" and arguments in (["-d"], ["-D"], ["--decode"]) and content is not None:
            try:
                content = base64.b64decode(content)
            except binascii.Error:
                return None
        else:
            return None
    return content


def _encoded(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")
