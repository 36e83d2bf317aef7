"""The draft's choices as kinds, and what they are about."""

from dataclasses import dataclass

from streamscope.kinds.auth.base import Auth
from streamscope.kinds.channels.base import Channel
from streamscope.kinds.protocols.base import Protocol
from streamscope.model.draft import Draft
from streamscope.model.service import Service, Workspace


@dataclass(frozen=True, slots=True)
class Chosen:
    """A draft, the kinds that it names, and its workspace and service where it has them."""

    draft: Draft
    auth: Auth
    channel: Channel
    protocol: Protocol
    workspace: Workspace | None
    service: Service | None
