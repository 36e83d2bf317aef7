"""The words of a command as the Windows shells hand them to curl.exe.

cmd takes carets away before the program's runtime splits what is left (the rules of CommandLineToArgvW); PowerShell has
quotes of its own. "Copy as cURL (cmd)" of browsers writes every quote as ^" and doubles backslashes.
"""

import re

from streamscope.interop.curl.commandline import HOW, NO_CURL, Command, after_curl, misplaced, unclosed
from streamscope.model.phrase import Phrase, phrase

_VARIABLE = re.compile(r"%(STREAMSCOPE_[A-Z0-9_]+|[G-Z][A-Z0-9]*_[A-Z0-9_]+)%")
_CARETS = re.compile(r'(?:[^\^"\n\r&|<>]+|\^[^\s])+')
_CARET = re.compile(r"\^(.)", re.DOTALL)
_INSIDE = re.compile(r'[^"\r\n]+')
_PLAIN = re.compile(r'[^\\"\s]+')
_QUOTED = re.compile(r'[^\\"]+')
_SLASHES = re.compile(r"\\+")


def cmd(text: str) -> Command:
    """The first curl of a text for cmd. Raises UsageError."""
    notes: list[Phrase] = []
    at = 0
    while at < len(text):
        line, at = _line(text, at)
        words = _split(line, text, doubled="^\\^\\" in text)
        arguments = after_curl(words)
        if arguments is not None:
            if text[at:].strip(" \t\r\n&"):
                notes.append(phrase("What follows the first curl was left out."))
            return Command([_named(word, notes) for word in arguments], None, notes)
    raise misplaced(NO_CURL, HOW)


def _named(word: str, notes: list[Phrase]) -> str:
    def name(match: re.Match[str]) -> str:
        if not match[1].startswith("STREAMSCOPE_"):
            notes.append(phrase("The shell's variable {name} became {{{{{name}}}}}.", name=match[1]))
        return "{{" + match[1] + "}}"

    return _VARIABLE.sub(name, word)


def _line(text: str, at: int) -> tuple[str, int]:
    """A command without its carets, and where the next one begins."""
    made: list[str] = []
    quoted = False
    while at < len(text):
        char = text[at]
        if not quoted and (match := _CARETS.match(text, at)):
            made.append(_CARET.sub(r"\1", match.group()))
            at = match.end()
        elif char == '"':
            quoted = not quoted
            made.append(char)
            at += 1
        elif quoted and (match := _INSIDE.match(text, at)):
            made.append(match.group())
            at = match.end()
        elif char == "^":
            at = _caret(text, at + 1, made)
        elif char in "\r\n":
            at += 1
            if not _goes_on(text, at, "".join(made[:1])):
                return "".join(made), at
            made.append(" ")
        elif char in "&|":
            return "".join(made), at + 1
        else:  # a redirection
            return "".join(made), _end_of_line(text, at)
    return "".join(made), at


def _caret(text: str, at: int, made: list[str]) -> int:
    """What follows a caret: at the end of a line it goes on, with a second line end that one is meant."""
    after = re.compile(r"[ \t]*\r?\n(\r?\n)?").match(text, at)
    if after is None:
        made.append(text[at : at + 1])
        return at + 1
    if after[1]:
        made.append("\n")
    return after.end()


def _goes_on(text: str, at: int, first: str) -> bool:
    return "curl" in first[:64].lower() and bool(re.compile(r"\s*-{1,2}[A-Za-z]").match(text, at))


def _end_of_line(text: str, at: int) -> int:
    end = text.find("\n", at)
    return len(text) if end < 0 else end + 1


def _split(line: str, text: str, *, doubled: bool = False) -> list[str]:
    """The words as the C runtime splits them; `doubled`: a backslash stands twice everywhere, as browsers write it."""
    words: list[str] = []
    word: list[str] | None = None
    quoted, at, quotes, opened = False, 0, 0, 0
    while at < len(line):
        char = line[at]
        if match := (_QUOTED if quoted else _PLAIN).match(line, at):
            word = _joined(word, match.group())
            at = match.end()
        elif char == "\\":
            run = _SLASHES.match(line, at)
            count = len(run.group()) if run else 1
            at += count
            before_quote = line.startswith('"', at)
            kept = count // 2 if before_quote or (doubled and count % 2 == 0) else count
            word = _joined(word, "\\" * kept)
            if before_quote and count % 2:
                word = _joined(word, '"')
                quotes, at = quotes + 1, at + 1
        elif char == '"':
            if quoted and line.startswith('""', at):
                word = _joined(word, '"')
                quotes, at = quotes + 2, at + 2
                continue
            quoted = not quoted
            opened = quotes if quoted else opened
            word = _joined(word, "")
            quotes, at = quotes + 1, at + 1
        else:
            if word is not None:
                words.append("".join(word))
                word = None
            at += 1
    if quoted:
        raise unclosed(text, _nth(text, opened), '"')
    return words if word is None else [*words, "".join(word)]


def _joined(word: list[str] | None, piece: str) -> list[str]:
    word = [] if word is None else word
    word.append(piece)
    return word


def _nth(text: str, count: int) -> int:
    """Where the quote of a number stands: taking carets away takes no quote away."""
    at = text.find('"')
    for _ in range(count):
        at = text.find('"', at + 1)
    return max(at, 0)


_POWER = re.compile(
    r"(?P<blank>[ \t\r]+)|(?P<more>`[ \t]*\r?\n)|(?P<here>@'\r?\n(?P<in_here>.*?)\r?\n'@)|(?P<end>[\n;|])"
    r"|(?P<single>'(?P<in_single>[^']*(?:''[^']*)*)')"
    r'|(?P<double>"(?P<in_double>[^"`]*(?:(?:""|`.)[^"`]*)*)")'
    r"|(?P<escaped>`.)|(?P<variable>\$(?:env:)?[A-Za-z_]\w*|\$\{env:[^}]+\})|(?P<plain>[^\s'\"`;|$]+|.)",
    re.DOTALL,
)
_ESCAPES = {"n": "\n", "r": "\r", "t": "\t", "0": "", "a": "\a", "b": "\b", "f": "\f", "v": "\v", "e": "\x1b"}
_IN_DOUBLE = re.compile(r'""|`(.)|\$(?:env:)?([A-Za-z_]\w*)|\$\{env:([^}]+)\}', re.DOTALL)
_CMDLETS = re.compile(r"\b(Invoke-WebRequest|Invoke-RestMethod|iwr|irm)\b", re.IGNORECASE)


def powershell(text: str) -> Command:
    """The first curl of a text for PowerShell. Raises UsageError."""
    notes: list[Phrase] = []
    words: list[str] = []
    word: list[str] | None = None
    at = 0
    while at <= len(text):
        match = _POWER.match(text, at)
        if match is None:
            break
        at = match.end()
        if match["blank"] is not None or match["more"] is not None or match["end"] is not None:
            if word is not None:
                words.append("".join(word))
                word = None
            if words and words[-1] == "--%":
                end = _end_of_line(text, at)
                verbatim = _split(text[at:end].rstrip("\r\n"), text[at:])
                words, at = [*words[:-1], *(_named(one, notes) for one in verbatim)], end
                match = None
            if match is None or match["end"] is not None:
                arguments = after_curl(words)
                if arguments is not None:
                    return Command(arguments, None, notes)
                words = []
            continue
        word = _joined(word, _power_part(match, text, notes))
    if word is not None:
        words.append("".join(word))
    arguments = after_curl(words)
    if arguments is not None:
        return Command(arguments, None, notes)
    if _CMDLETS.search(text):
        raise misplaced(
            phrase("This is PowerShell's own Invoke-WebRequest, no curl."),
            phrase("In the browser's menu choose 'Copy as cURL' instead of 'Copy as PowerShell'."),
        )
    raise misplaced(NO_CURL, HOW)


def _power_part(match: re.Match[str], text: str, notes: list[Phrase]) -> str:
    """One part of a word."""
    if match["here"] is not None:
        return _native(match["in_here"])
    if match["single"] is not None:
        return _native(match["in_single"].replace("''", "'"))
    if match["double"] is not None:
        return _native(_IN_DOUBLE.sub(lambda found: _in_double(found, notes), match["in_double"]))
    if match["escaped"] is not None:
        return match["escaped"][1]
    if match["variable"] is not None:
        return _power_variable(match["variable"].strip("${}").removeprefix("env:"), notes)
    plain = match["plain"]
    if plain in ("'", '"'):
        raise unclosed(text, match.start(), plain)
    return plain


def _in_double(match: re.Match[str], notes: list[Phrase]) -> str:
    if match.group() == '""':
        return '"'
    if match[1] is not None:
        return _ESCAPES.get(match[1], match[1])
    return _power_variable(match[2] or match[3], notes)


def _power_variable(name: str, notes: list[Phrase]) -> str:
    if not name.startswith("STREAMSCOPE_"):
        notes.append(phrase("The shell's variable {name} became {{{{{name}}}}}.", name=name))
    return "{{" + name + "}}"


def _native(word: str) -> str:
    """A quoted word as a program gets it: Windows PowerShell wants the quotes in it written as \\"."""
    return word.replace('\\"', '"') if '\\"' in word else word
