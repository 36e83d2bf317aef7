"""A tolerant reader of multipart/form-data bodies (RFC 7578)."""

import re
from dataclasses import dataclass
from email.message import Message
from email.parser import BytesHeaderParser
from email.policy import HTTP


@dataclass(frozen=True, slots=True)
class Part:
    """One field of a form."""

    name: str
    filename: str
    content: bytes


def parse(content_type: str, body: bytes) -> list[Part]:
    """The parts of a body; line ends may be CRLF or LF, and what is no part is passed over."""
    header = Message()
    header["content-type"] = content_type
    boundary = header.get_param("boundary")
    if not isinstance(boundary, str):
        return []
    border = re.compile(rb"(?:^|\r?\n)--" + re.escape(boundary.encode()) + rb"(?:--)?[ \t]*(?:\r?\n|$)")
    return [part for piece in border.split(body) if (part := _part(piece)) is not None]


def _part(piece: bytes) -> Part | None:
    head, separator, content = _split(piece)
    if not separator:
        return None
    fields = BytesHeaderParser(policy=HTTP).parsebytes(head + b"\r\n\r\n")
    disposition = fields["content-disposition"]
    if disposition is None:
        return None
    name = fields.get_param("name", "", "content-disposition")
    return Part(str(name), fields.get_filename() or "", content)


def _split(piece: bytes) -> tuple[bytes, bytes, bytes]:
    crlf, lf = piece.find(b"\r\n\r\n"), piece.find(b"\n\n")
    by_crlf = crlf >= 0 and (lf < 0 or crlf < lf)
    return piece.partition(b"\r\n\r\n" if by_crlf else b"\n\n")
