"""The frames of one message, whole or wrong, as a fault wants them; RFC 6455, section 5."""

import struct

from websockets.extensions import Extension
from websockets.frames import Frame, Opcode

from streamscope.sandbox.faults.pieces import Piece
from streamscope.sandbox.faults.spec import Spec

MEBIBYTE = 1024 * 1024
RSV2 = 0b0010_0000


class Frames:
    """Makes the frames of one connection."""

    def __init__(self, spec: Spec, extensions: list[Extension]) -> None:
        self._spec = spec
        self.extensions = extensions

    def message(self, piece: Piece) -> list[bytes]:
        """A message's frames, with what a fault puts between them; each is a write of its own."""
        parts = self._parts(piece.data, piece.frame_size)
        opcode = Opcode.TEXT if piece.text else Opcode.BINARY
        frames: list[bytes] = []
        for number, part in enumerate(parts):
            if number and "ws_fragments" in self._spec:
                frames.append(self.ping(b"between"))
            frame = Frame(opcode if number == 0 else Opcode.CONT, part, fin=number == len(parts) - 1)
            made = bytearray(frame.serialize(mask=piece.flaw == "ws_masked", extensions=self.extensions))
            if piece.flaw == "ws_reserved":
                made[0] |= RSV2
            frames.append(bytes(made))
        return frames

    def ping(self, payload: bytes = b"alive") -> bytes:
        """A ping."""
        return Frame(Opcode.PING, payload).serialize(mask=False)

    def close(self, code: int, reason: str) -> bytes:
        """A close frame with any code, also one that may not travel; 0 leaves the code out."""
        body = struct.pack("!H", code) + reason.encode() if code else b""
        return Frame(Opcode.CLOSE, body).serialize(mask=False)

    def bad_text(self) -> bytes:
        """A text frame that is no UTF-8."""
        return Frame(Opcode.TEXT, b"caf\xe9 \xff").serialize(mask=False, extensions=self.extensions)

    def _parts(self, data: bytes, frame_size: int) -> list[bytes]:
        size = frame_size or len(data)
        for name in ("ws_split", "ws_tiny"):
            if name in self._spec:
                size = int(self._spec.number(name))
        if "ws_fragments" in self._spec:
            size = -(-len(data) // max(1, int(self._spec.number("ws_fragments"))))
        size = max(1, size)
        return [data[at : at + size] for at in range(0, len(data), size)] or [b""]
