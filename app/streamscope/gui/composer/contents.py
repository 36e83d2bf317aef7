"""What a draft sends, as the composer reads and fills it: body and messages, each with a document to undo in."""

from typing import Literal

from streamscope.gui.code.document import CodeDocument
from streamscope.gui.composer import body
from streamscope.model.draft import Body, Outgoing


class BodyView(body.BodyView):
    """A body of text; another kind is shown as far as it is text, and kept until it is edited."""

    _kind: Literal["json", "text"] = "text"

    def body(self) -> Body:
        """What is written."""
        return Body(self._kind, self.text()) if self.text() else Body()

    def set_body(self, given: Body) -> None:
        """Show another body."""
        self._kind = "json" if given.kind == "json" else "text"
        self.set_text(given.text)

    def document(self) -> object:
        """What is written, with what can be undone in it."""
        return self._kind, self.editor.code_document()

    def set_document(self, document: object) -> None:
        """Go on in another document; a fresh one without."""
        if isinstance(document, tuple):
            self._kind, document = document
        _swap(self, document)
        self.editor.check()


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
        _swap(self, document)


def _swap(view: BodyView | MessagesView, document: object) -> None:
    view.editor.set_code_document(document if isinstance(document, CodeDocument) else CodeDocument())
