"""What the composer chooses from: three shelves of kinds, and what the core says about a combination of them."""

import itertools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from typing import Protocol as Shape

from streamscope.model.draft import Draft
from streamscope.model.phrase import Phrase, phrase
from streamscope.model.service import Service

if TYPE_CHECKING:  # the kinds bring the whole network along: they are imported after the first paint
    from streamscope.kinds.auth.base import Auth
    from streamscope.kinds.channels.base import Channel
    from streamscope.kinds.protocols.base import Protocol

Marks = dict[str, Phrase | None]


class Automatic(Shape):
    """A header that is added by itself: a Phrase in place of its value where that is made when it is sent."""

    @property
    def name(self) -> str: ...

    @property
    def value(self) -> str | Phrase: ...

    @property
    def source(self) -> Phrase: ...

    @property
    def switchable(self) -> bool: ...

    @property
    def off(self) -> bool: ...


class Labelled(Shape):
    """What is chosen by a label alone."""

    @property
    def label(self) -> Phrase: ...


def _none(_draft: Draft, _service: Service | None) -> Sequence[Automatic]:
    return ()


@dataclass(frozen=True, slots=True)
class Shelves:
    """The kinds by key in the order of the dropdowns; why a combination is not offered; which URL is called; which
    headers are added by themselves; the dialects by key."""

    auth: "Mapping[str, Auth]"
    channels: "Mapping[str, Channel]"
    protocols: "Mapping[str, Protocol]"
    reason: Callable[[Service | None, str, str, str], Phrase | None]
    resolved: Callable[[Draft, Service | None], str]
    automatic: Callable[[Draft, Service | None], Sequence[Automatic]] = _none
    dialects: "Mapping[str, Labelled]" = field(default_factory=dict)

    def why(self, service: Service | None, auth: str, channel: str, protocol: str) -> Phrase | None:
        """Why a combination is not offered; a kind that is on no shelf is one that no service offers."""
        for shelf, key in ((self.auth, auth), (self.channels, channel), (self.protocols, protocol)):
            if key not in shelf:
                return self.unknown(key)
        return self.reason(service, auth, channel, protocol)

    def known(self, auth: str, channel: str, protocol: str) -> bool:
        """Whether all three kinds are on their shelves: only then can a draft be sent."""
        return auth in self.auth and channel in self.channels and protocol in self.protocols

    def unknown(self, key: str) -> Phrase:
        """What is said of a kind that is on no shelf, such as one of a later version."""
        return phrase("'{kind}' is not known to this version.", kind=key)

    def marks(self, service: Service | None, auth: str, channel: str, protocol: str) -> tuple[Marks, Marks, Marks]:
        """For each dropdown, why a kind is not offered beside the other two choices.

        Where a dropdown holds nothing that would be, the fault is another choice's: then only what the service
        offers in no combination at all is marked, and nothing where that is everything.
        """
        why = self.why
        never = [set(self.auth), set(self.channels), set(self.protocols)]
        for key in itertools.product(self.auth, self.channels, self.protocols):
            if why(service, *key) is None:
                for shelf, part in zip(never, key, strict=True):
                    shelf.discard(part)
        marks: list[Marks] = [
            {key: why(service, key, channel, protocol) for key in self.auth},
            {key: why(service, auth, key, protocol) for key in self.channels},
            {key: why(service, auth, channel, key) for key in self.protocols},
        ]
        for shelf, found in zip(never, marks, strict=True):
            if all(found.values()):
                found.update({key: None for key in found if key not in shelf or len(shelf) == len(found)})
        return marks[0], marks[1], marks[2]
