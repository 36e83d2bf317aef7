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
            name: value.told(translate) if isinstance(value, Phrase) else value for name, value in self.values.items()
        }
        return translate(self.template).format(**values)


def phrase(template: str, /, **values: object) -> Phrase:
    """Mark a text as one that a person reads. The template must be a literal, or the tools cannot find it."""
    return Phrase(template, values)


def listed(phrases: Iterable[Phrase]) -> Phrase:
    """Some phrases as one, with what stands between the members of a list; NOTHING where there are none."""
    first, *others = [*phrases] or [NOTHING]
    return phrase("{one}, {others}", one=first, others=listed(others)) if others else first


NOTHING = Phrase("")
