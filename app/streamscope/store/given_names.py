"""Names that a person gives: what may be one, and a free one for a copy."""

import unicodedata
from collections.abc import Collection

from streamscope.model.errors import UsageError
from streamscope.model.phrase import phrase

LONGEST = 300


def check_name(name: str, taken: Collection[str] = ()) -> None:
    """Refuse what cannot be a name: nothing, blanks around it, line breaks, or one that is taken. Raises UsageError."""
    if not name.strip():
        raise UsageError(phrase("A name is missing."))
    if name != name.strip() or any(unicodedata.category(character) in ("Cc", "Cs", "Zl", "Zp") for character in name):
        raise UsageError(phrase("A name has no line breaks, and no blanks around it."))
    if len(name) > LONGEST:
        raise UsageError(
            phrase("A name has {most} characters at most; this one has {count}.", most=LONGEST, count=len(name))
        )
    if name in taken:
        raise UsageError(phrase("There is one called '{name}' already.", name=name))


def free_name(name: str, taken: Collection[str]) -> str:
    """A name that is not taken, made from one that is: 'name copy', 'name copy 2'."""
    number, made = 1, name
    while made in taken:
        number += 1
        ending = " copy" if number == 2 else f" copy {number - 1}"
        made = name[: LONGEST - len(ending)] + ending
    return made
