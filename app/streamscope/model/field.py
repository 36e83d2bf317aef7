"""One setting of a kind, described as data: forms, command line, checks and keyring all read it."""

import difflib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from streamscope.model.errors import UsageError
from streamscope.model.phrase import NOTHING, Phrase, phrase

_TOLD = 30
"""Known words that are told at most."""
FieldKind = Literal["text", "secret", "choice", "switch", "number", "lines", "file", "pairs"]


@dataclass(frozen=True, slots=True)
class Field:
    """A setting; `shown_when` is (other field's key, its value)."""

    key: str
    label: Phrase
    kind: FieldKind = "text"
    default: str = ""
    help: Phrase = NOTHING
    choices: tuple[tuple[str, Phrase], ...] = ()
    required: bool = False
    shown_when: tuple[str, str] | None = None


def check(fields: Sequence[Field], values: Mapping[str, str], owner: str) -> None:
    """Refuse values whose key no field has, with the nearest key as a suggestion.

    Raises UsageError.
    """
    known = [field.key for field in fields]
    for key in values:
        if key not in known:
            raise unknown(phrase("{owner} has no field '{key}'.", owner=owner, key=key), key, known)


def missing(fields: Sequence[Field], values: Mapping[str, str]) -> list[Field]:
    """The required fields that have no value."""
    return [field for field in fields if field.required and not values.get(field.key)]


def unknown(message: Phrase, word: str, known: Iterable[str]) -> UsageError:
    """The error for a word that is none of the known ones: did you mean…?"""
    known = list(known)
    near = difflib.get_close_matches(word, known, n=1, cutoff=0.5)
    if near:
        return UsageError(message, phrase("Did you mean '{word}'?", word=near[0]))
    words = ", ".join(known[:_TOLD]) + (", …" if len(known) > _TOLD else "")
    return UsageError(message, phrase("Known are: {words}.", words=words or "-"))
