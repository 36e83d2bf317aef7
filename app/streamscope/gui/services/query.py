"""What is typed into the filter: words that all must be found, and `status:running` for one part alone. Pure."""

from collections.abc import Callable
from dataclasses import dataclass

from streamscope.gui.services.names import word
from streamscope.model.service import Service

Found = list[tuple[str, Service]]
"""Services, each behind the text that is searched."""

_PARTS: dict[str, Callable[[Service], str]] = {
    "name": lambda service: service.name,
    "id": lambda service: service.id,
    "status": lambda service: f"{service.status} {service.state} {word(service)}",
    "tag": lambda service: "\n".join(service.tags),
    "auth": lambda service: " ".join(service.auth),
    "protocol": lambda service: " ".join(service.protocols),
    "generation": lambda service: service.generation,
    "workspace": lambda service: service.workspace,
}


@dataclass(frozen=True, slots=True)
class Query:
    """Words, casefolded, and (part, word) for those that look at one part."""

    words: tuple[str, ...] = ()
    parts: tuple[tuple[str, str], ...] = ()

    def __bool__(self) -> bool:
        return bool(self.words or self.parts)

    def narrows(self, other: "Query") -> bool:
        """Whether whatever this finds, the other found too."""
        return all(any(old in new for new in self.words) for old in other.words) and all(
            any(part == name and old in new for name, new in self.parts) for part, old in other.parts
        )

    def among(self, pairs: Found) -> Found:
        """Those that match, in their order."""
        for typed in self.words:
            pairs = [pair for pair in pairs if typed in pair[0]]
        for part, typed in self.parts:
            look = _PARTS[part]
            pairs = [pair for pair in pairs if typed in look(pair[1]).casefold()]
        return pairs

    def hits(self, text: str) -> list[tuple[int, int]]:
        """Where the words are in a shown text, as (start, length). Folding may change a length: then none is told."""
        folded = text.casefold()
        if len(folded) != len(text):
            return []
        found = []
        for typed in (*self.words, *(typed for _, typed in self.parts)):
            at = folded.find(typed)
            if at >= 0:
                found.append((at, len(typed)))
        return found


def parsed(text: str) -> Query:
    """Read what was typed. A part that does not exist, or says nothing yet, is no condition but a word or nothing."""
    words, parts = [], []
    for typed in text.casefold().split():
        name, mark, value = typed.partition(":")
        if mark and name in _PARTS:
            if value:
                parts.append((name, value))
        else:
            words.append(typed)
    return Query(tuple(words), tuple(parts))


def haystack(service: Service) -> str:
    """All that plain words are looked for in. A line break keeps a word from being found across two parts."""
    return "\n".join(
        (service.name, service.id, service.status, service.state, word(service), service.generation, *service.tags)
    ).casefold()
