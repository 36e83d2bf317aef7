"""Faults of time: the same pieces, due at other moments."""

import math
import random
from dataclasses import replace

from streamscope.sandbox.faults.pieces import FOURTH, KEEP_ALIVE, MESSAGE, Piece
from streamscope.sandbox.faults.stage import Stage

ALIVE_SECONDS = 0.25


def alive(piece: Piece, at: float) -> Piece:
    """A sign of life in the form of a piece: a comment, an empty line, or a ping."""
    action = "ping" if piece.form == MESSAGE else ""
    return Piece(at, KEEP_ALIVE[piece.form], piece.form, action=action)


class SlowFirst(Stage):
    """Everything from the first token on is late."""

    def other(self, piece: Piece) -> list[Piece]:
        """Late once a token was seen."""
        return [piece.late(float(self.value) if self.tokens else 0)]


class Stall(Stage):
    """Everything after the fourth token is late."""

    stalled = False

    def fourth(self, piece: Piece) -> list[Piece]:
        """The last before the stall."""
        self.stalled = True
        return [piece, *self.meanwhile(piece)]

    def meanwhile(self, piece: Piece) -> list[Piece]:  # noqa: ARG002  a stall with signs of life uses it
        """What comes during the stall."""
        return []

    def other(self, piece: Piece) -> list[Piece]:
        """Late once the stall began."""
        return [piece.late(float(self.value) if self.stalled else 0)]


class StallAlive(Stall):
    """A stall in which the server shows that it lives."""

    def meanwhile(self, piece: Piece) -> list[Piece]:
        """A keep-alive each quarter of a second."""
        steps = math.ceil(float(self.value) / ALIVE_SECONDS)
        return [alive(piece, piece.at + step * ALIVE_SECONDS) for step in range(1, steps)]


class Jitter(Stage):
    """Each piece is late by another time; the dice are the same for every call."""

    def __init__(self, value: str, begun: float) -> None:
        super().__init__(value, begun)
        self._dice = random.Random(value)  # noqa: S311  delays, no secrets
        self._last = 0.0

    def other(self, piece: Piece) -> list[Piece]:
        """Never before the one ahead of it."""
        self._last = max(self._last, piece.at + self._dice.random() * float(self.value))
        return [replace(piece, at=self._last)]


class Burst(Stage):
    """Tokens gather and leave together."""

    def __init__(self, value: str, begun: float) -> None:
        super().__init__(value, begun)
        self._held: list[Piece] = []
        self._group = 0

    def token(self, piece: Piece) -> list[Piece]:
        """Held until there are enough."""
        self._held.append(piece)
        return self._release(piece.at) if len(self._held) >= int(self.value) else []

    def other(self, piece: Piece) -> list[Piece]:
        """Everything else pushes out what is held."""
        return [*self._release(piece.at), piece]

    def end(self, at: float) -> list[Piece]:
        """The rest."""
        return self._release(at)

    def _release(self, at: float) -> list[Piece]:
        self._group += 1
        held, self._held = self._held, []
        return [replace(piece, at=at, group=self._group) for piece in held]


class Coalesce(Stage):
    """Everything waits for the next tick of a clock that started with the answer."""

    def other(self, piece: Piece) -> list[Piece]:
        """Due at the next tick, together with all else that is."""
        tick = float(self.value) or 0.1
        number = math.floor((piece.at - self.begun) / tick) + 1
        return [replace(piece, at=self.begun + number * tick, group=number)]


class Buffer(Stage):
    """Everything comes at the end, in one write."""

    def __init__(self, value: str, begun: float) -> None:
        super().__init__(value, begun)
        self._held: list[Piece] = []

    def other(self, piece: Piece) -> list[Piece]:
        """Held."""
        self._held.append(piece)
        return []

    def end(self, at: float) -> list[Piece]:
        """All at once."""
        return [replace(piece, at=at, group=1) for piece in self._held]


class KeepAlive(Stage):
    """Signs of life from the beginning on, between tokens where they are slow."""

    def __init__(self, value: str, begun: float) -> None:
        super().__init__(value, begun)
        self._next = begun

    def other(self, piece: Piece) -> list[Piece]:
        """Those that were due before this piece, at least one at the very beginning."""
        before: list[Piece] = []
        while self._next <= piece.at:
            before.append(alive(piece, self._next))
            self._next += float(self.value) or ALIVE_SECONDS
        return [*before, piece]


class TimeLimit(Stage):
    """Nothing comes after the fourth token, and the gateway ends the connection when its time is over."""

    def fourth(self, piece: Piece) -> list[Piece]:
        """The last thing that comes, and the end at the limit."""
        reason = b"" if piece.form != MESSAGE else b"1011/Backend timeout"
        action = "close" if piece.form == MESSAGE else "cut"
        return [piece, Piece(self.begun + float(self.value or 40), reason, piece.form, action=action)]

    def other(self, piece: Piece) -> list[Piece]:
        """Nothing after the fourth."""
        over = self.tokens > FOURTH or (self.tokens == FOURTH and not piece.token)
        return [] if over else [piece]
