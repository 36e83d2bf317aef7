"""What the composer holds of a request that is not in front."""

from dataclasses import dataclass

from streamscope.gui.composer.body_document import BodyDocument
from streamscope.gui.composer.forms import Others
from streamscope.gui.composer.message_document import MessagesDocument
from streamscope.gui.switched_rows import Past
from streamscope.model.draft import Draft


@dataclass(frozen=True, slots=True)
class ComposerState:
    """All that is composed, and what can be undone in it."""

    draft: Draft
    others: tuple[Others, ...] = ({}, {}, {})
    body: BodyDocument | None = None
    messages: MessagesDocument | None = None
    pasts: tuple[Past, ...] = ()
