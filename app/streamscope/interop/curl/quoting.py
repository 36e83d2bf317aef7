"""Arguments as a shell takes them: text, and variables of the environment in between."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

Shell = Literal["bash", "cmd", "powershell"]


@dataclass(frozen=True, slots=True)
class Variable:
    """A variable of the environment, which the shell fills in."""

    name: str


Piece = str | Variable
_SAFE = re.compile(r"[A-Za-z0-9_@%+=:,./-]+")
_SAFE_CMD = re.compile(r"[A-Za-z0-9_@+=:,./-]+")
_CARET = re.compile(r"[^a-zA-Z0-9\s_\-:=+~'/.',?;()*`\\]")


def quoted(pieces: Sequence[Piece], shell: Shell) -> str:
    """One argument."""
    joined: list[Piece] = []
    for piece in pieces:
        if joined and isinstance(piece, str) and isinstance(last := joined[-1], str):
            joined[-1] = last + piece
        elif piece != "":
            joined.append(piece)
    return _QUOTERS[shell](joined)


def _bash(pieces: Sequence[Piece]) -> str:
    """POSIX: what needs it in '…', a quote in it as '\\'', a variable in "…"."""
    if not pieces:
        return "''"
    return "".join(f'"${piece.name}"' if isinstance(piece, Variable) else _posix(piece) for piece in pieces)


def _posix(text: str) -> str:
    return text if _SAFE.fullmatch(text) else "'" + text.replace("'", "'\\''") + "'"


def _cmd(pieces: Sequence[Piece]) -> str:
    """Plain quotes where they do; else every quote and all that cmd minds behind a caret, as browsers write it."""
    texts = "".join(piece for piece in pieces if isinstance(piece, str))
    if pieces and all(isinstance(piece, str) and _SAFE_CMD.fullmatch(piece) for piece in pieces):
        return texts
    if not any(char in texts for char in '"%\n') or any(isinstance(piece, Variable) for piece in pieces):
        return '"' + _runtime(pieces) + '"'
    made = _CARET.sub(r"^\g<0>", _runtime(pieces))
    made = re.sub(r"\^%(?=[A-Za-z0-9_])", "^%^", made)
    return '^"' + made.replace("\n", "^\n\n") + '^"'


def _powershell(pieces: Sequence[Piece]) -> str:
    """Behind --% nothing is PowerShell's: the program's own rules, and %NAME% for variables."""
    if pieces and all(isinstance(piece, str) and _SAFE.fullmatch(piece) for piece in pieces):
        return "".join(piece for piece in pieces if isinstance(piece, str))
    return '"' + _runtime(pieces) + '"'


def _runtime(pieces: Sequence[Piece]) -> str:
    """The inside of a quoted argument by the rules of CommandLineToArgvW."""
    made = "".join(
        f"%{piece.name}%" if isinstance(piece, Variable) else re.sub(r'(\\*)"', r'\1\1\\"', piece) for piece in pieces
    )
    return re.sub(r"(\\+)\Z", r"\1\1", made)


_QUOTERS = {"bash": _bash, "cmd": _cmd, "powershell": _powershell}


def lined(arguments: Sequence[str], shell: Shell) -> str:
    """A command over several lines, an option a line."""
    if shell == "powershell":
        return " ".join(arguments)
    return (" \\\n  " if shell == "bash" else " ^\n  ").join(arguments)


def comment(text: str, shell: Shell) -> str:
    """A line that the shell passes over."""
    return ("rem " if shell == "cmd" else "# ") + text
