"""Messages as the composer reads and fills them, with a document to undo in."""

from streamscope.gui.code.document import CodeDocument
from streamscope.gui.composer import body
from streamscope.model.draft import Outgoing


class MessagesView(body.MessagesEdit):
    """Messages as blocks of text."""

    def messages(self) -> tuple[Outgoing, ...]:  # type: ignore[override]
        """The blocks."""
        return tuple(Outgoing(text) for text in super().messages())

    def set_messages(self, messages: tuple[Outgoing | str, ...]) -> None:
        """Replace all."""
        super().set_messages(tuple(one if isinstance(one, str) else one.text for one in messages))

    def document(self) -> object:
        """What is written, with what can be undone in it."""
        return self.editor.code_document()

    def set_document(self, document: object) -> None:
        """Go on in another document; a fresh one without."""
        self.editor.set_code_document(document if isinstance(document, CodeDocument) else CodeDocument())
