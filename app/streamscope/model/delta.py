"""What a dialect reads out of one payload."""

from dataclasses import dataclass
from typing import Literal

DeltaKind = Literal["text", "reasoning", "tool_call", "refusal", "usage", "finish", "error", "end"]


@dataclass(frozen=True, slots=True)
class Delta:
    """A piece of meaning: its kind, its text, and which of several choices it belongs to.

    `usage` carries JSON in `text`; `end` is the dialect's own end mark.
    """

    kind: DeltaKind
    text: str = ""
    choice: int = 0


Deltas = tuple[Delta, ...]
