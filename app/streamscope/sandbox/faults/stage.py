"""The step that every fault is made of: pieces in, pieces out, with the fourth token told apart."""

from streamscope.sandbox.faults.pieces import FOURTH, Piece


class Stage:
    """Passes everything on; a fault replaces the part that it is about. No stage waits: it only moves due times."""

    def __init__(self, value: str, begun: float) -> None:
        self.value = value
        self.begun = begun
        self.tokens = 0

    def feed(self, piece: Piece) -> list[Piece]:
        """What becomes of one piece."""
        if not piece.token:
            return self.other(piece)
        self.tokens += 1
        return self.fourth(piece) if self.tokens == FOURTH else self.token(piece)

    def fourth(self, piece: Piece) -> list[Piece]:
        """What becomes of the fourth token."""
        return self.token(piece)

    def token(self, piece: Piece) -> list[Piece]:
        """What becomes of any other token."""
        return self.other(piece)

    def other(self, piece: Piece) -> list[Piece]:
        """What becomes of a piece without token, and of tokens unless something else is said."""
        return [piece]

    def end(self, at: float) -> list[Piece]:  # noqa: ARG002  most have nothing left
        """What comes when the model's answer is over."""
        return []


class Line:
    """Stages one behind the other."""

    def __init__(self, stages: list[Stage]) -> None:
        self._stages = stages

    def feed(self, pieces: list[Piece], begin: int = 0) -> list[Piece]:
        """Pieces through all stages from one on."""
        for stage in self._stages[begin:]:
            pieces = [out for piece in pieces for out in stage.feed(piece)]
        return pieces

    def end(self, at: float) -> list[Piece]:
        """What is left in each stage, through the stages behind it."""
        last: list[Piece] = []
        for number, stage in enumerate(self._stages):
            last += self.feed(stage.end(at), number + 1)
        return last
