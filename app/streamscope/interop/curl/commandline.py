"""A command line taken apart: the words of its curl, what is piped into it, and what was passed over."""

import re
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from streamscope.model.errors import UsageError
from streamscope.model.phrase import Phrase, phrase

_BEFORE = frozenset({"$", "%", "sudo", "time", "command", "exec", "env", "winpty", "&", "call", "@"})
_ASSIGNED = re.compile(r"[A-Za-z_][A-Za-z0-9_]*=", re.ASCII)
_SURROGATES = re.compile("[\ud800-\udfff]")
NO_CURL = phrase("This is no curl command.")
HOW = phrase("Paste a command that begins with curl, such as: curl https://host/path.")


@dataclass(slots=True)
class Command:
    """curl's arguments, without its own name, and its standard input where the command line tells it."""

    arguments: list[str]
    stdin: bytes | None = None
    notes: list[Phrase] = field(default_factory=list)


def after_curl(words: list[str]) -> list[str] | None:
    """The words behind curl's name, None where the command is another one."""
    at = 0
    while at < len(words) and (words[at] in _BEFORE or _ASSIGNED.match(words[at])):
        at += 1
    if at == len(words):
        return None
    name = PurePosixPath(words[at].replace("\\", "/")).name.lower()
    return words[at + 1 :] if name in ("curl", "curl.exe") else None


def cleaned(text: str) -> str:
    """The text as a shell could be given it: lone surrogates are replaced. Raises UsageError for a NUL."""
    if (at := text.find("\x00")) >= 0:
        raise misplaced(phrase("There is a NUL character {place}.", place=place(text, at)), phrase("Take it out."))
    if _SURROGATES.search(text):
        text = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return text.removeprefix("\ufeff")


def place(text: str, at: int) -> Phrase:
    """Where a character stands, for a person."""
    line = text.count("\n", 0, at) + 1
    column = at - text.rfind("\n", 0, at)
    return phrase("in line {line}, column {column}", line=line, column=column)


def unclosed(text: str, at: int, quote: str) -> UsageError:
    """The error for a quote that is opened and never closed."""
    return misplaced(
        phrase("The quote {quote} that opens {place} is never closed.", quote=quote, place=place(text, at)),
        phrase("Copy the whole command; a quote inside of quotes has to be escaped as the shell asks for it."),
    )


def misplaced(message: Phrase, hint: Phrase) -> UsageError:
    """An error of a pasted command."""
    return UsageError(message, hint)
