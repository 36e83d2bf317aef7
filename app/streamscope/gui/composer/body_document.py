"""What a draft holds as its body, of every kind, with its past: it outlives the view that shows it."""

from typing import Literal

from streamscope.gui.code import CodeDocument
from streamscope.gui.composer.body_form import entries_of, entry_rows, part_rows, parts_of
from streamscope.gui.switched_rows import Past
from streamscope.model.draft import Body

BodyKind = Literal["none", "json", "text", "form", "file", "bytes", "multipart"]


class BodyDocument:
    """One body. Each kind keeps what it held while another is chosen; JSON and text are two readings of one text."""

    def __init__(self, body: Body | None = None) -> None:
        given = body or Body()
        self.kind: BodyKind = given.kind
        self.code = CodeDocument(given.text)
        self.entries: Past = entry_rows(given.entries)
        self.parts: Past = part_rows(given.parts)
        self.file = given.file if given.kind != "bytes" else ""
        self.content = given.content
        self.origin = given.file if given.kind == "bytes" else ""

    def body(self) -> Body:
        """The body as it is sent and kept: of its kind alone."""
        match self.kind:
            case "json" | "text":
                return Body(self.kind, text=self.code.text())
            case "form":
                return Body("form", entries=entries_of(self.entries.counted()))
            case "multipart":
                return Body("multipart", parts=parts_of(self.parts.counted()))
            case "file":
                return Body("file", file=self.file)
            case "bytes":
                return Body("bytes", file=self.origin, content=self.content)
        return Body()
