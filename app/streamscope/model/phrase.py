"""Texts for people: a constant template and its values, so that a face can translate the template.

`phrase("...")` is the marker that the translation tools look for (it stands for QT_TR_NOOP with an empty context).
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Phrase:
    """A template with `{named}` holes and what fills them; `str()` gives the English text."""

    template: str
    values: dict[str, object] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.told(str)

    def told(self, translate: Callable[[str], str]) -> str:
        """The text with its template translated; phrases among the values are translated too."""
        if not self.values:
            return translate(self.template)
        values = {
            name: known.told(translate) if isinstance(known := _known(value), Phrase) else value
            for name, value in self.values.items()
        }
        return translate(self.template).format(**values)


def phrase(template: str, /, **values: object) -> Phrase:
    """Mark a text as one that a person reads. The template must be a literal, or the tools cannot find it."""
    return Phrase(template, values)


def listed(phrases: Iterable[Phrase]) -> Phrase:
    """Some phrases as one, with what stands between the members of a list; NOTHING where there are none."""
    first, *others = [*phrases] or [NOTHING]
    return phrase("{one}, {others}", one=first, others=listed(others)) if others else first


def _known(value: object) -> object:
    """A value that the system said in English and that has a translation, as a phrase."""
    return SYSTEM.get(value, value) if isinstance(value, str) else value


NOTHING = Phrase("")
SYSTEM = {
    said.template: said
    for said in (
        phrase("No such file or directory"),
        phrase("Permission denied"),
        phrase("Operation not permitted"),
        phrase("File exists"),
        phrase("Is a directory"),
        phrase("Not a directory"),
        phrase("Directory not empty"),
        phrase("File name too long"),
        phrase("No space left on device"),
        phrase("Disk quota exceeded"),
        phrase("Read-only file system"),
        phrase("Input/output error"),
        phrase("Too many levels of symbolic links"),
        phrase("Too many open files"),
        phrase("Text file busy"),
        phrase("Connection refused"),
        phrase("Connection reset by peer"),
        phrase("Network is unreachable"),
        phrase("No route to host"),
        phrase("Name or service not known"),
    )
}
"""What operating systems say of files and connections, which errors hold as their reasons."""
