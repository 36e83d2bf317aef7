"""What the composer chooses from: three shelves of kinds, and what the core says about a combination of them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from streamscope.model.draft import Draft
from streamscope.model.phrase import Phrase
from streamscope.model.service import Service

if TYPE_CHECKING:  # the kinds bring the whole network along: they are imported after the first paint
    from streamscope.kinds.auth.base import Auth
    from streamscope.kinds.channels.base import Channel
    from streamscope.kinds.protocols.base import Protocol


@dataclass(frozen=True, slots=True)
class Shelves:
    """The kinds by key in the order of the dropdowns; why a combination is not offered; which URL is called."""

    auth: "Mapping[str, Auth]"
    channels: "Mapping[str, Channel]"
    protocols: "Mapping[str, Protocol]"
    reason: Callable[[Service | None, str, str, str], Phrase | None]
    resolved: Callable[[Draft, Service | None], str]
