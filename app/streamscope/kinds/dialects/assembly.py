"""What deltas add up to: the text, the reasoning, the calls and the refusal of each choice, joined when asked for."""

import msgspec

from streamscope.kinds.dialects.json_prefix import JsonPrefix, State
from streamscope.model.delta import Delta
from streamscope.model.exchange import ChoiceOutcome, ToolCall


class CallSoFar(msgspec.Struct, frozen=True):
    """A tool call so far: `state` tells whether its arguments are whole JSON, the beginning of some, or neither."""

    choice: int
    call: str
    name: str
    arguments: str
    state: State


class Joined:
    """Text in pieces; adding is cheap, and asking for it joins only what was added since."""

    __slots__ = ("pieces",)

    def __init__(self) -> None:
        self.pieces: list[str] = []

    def __str__(self) -> str:
        if len(self.pieces) > 1:
            self.pieces[:] = ["".join(self.pieces)]
        return self.pieces[0] if self.pieces else ""

    def add(self, text: str, *, whole: bool) -> str:
        """Add a piece, or put it in the place of all others; what is new of it."""
        if not whole:
            self.pieces.append(text)
            return text
        before, self.pieces[:] = str(self), [text]
        return text[_common(before, text) :]


class Call:
    """One tool call; its arguments are checked as far as somebody looks."""

    __slots__ = ("_check", "_checked", "arguments", "name")

    def __init__(self) -> None:
        self.name = ""
        self.arguments = Joined()
        self._check = JsonPrefix()
        self._checked = 0

    def add(self, delta: Delta) -> None:
        """Another piece."""
        self.name = delta.name or self.name
        if delta.whole:
            self._check, self._checked = JsonPrefix(), 0
        if delta.text or delta.whole:
            self.arguments.add(delta.text, whole=delta.whole)

    def state(self) -> State:
        """What the arguments are so far."""
        text = str(self.arguments)
        state = self._check.feed(text[self._checked :])
        self._checked = len(text)
        return state


class Choice:
    """What one choice came to so far."""

    __slots__ = ("calls", "finish", "reasoning", "refusal", "text")

    def __init__(self) -> None:
        self.text, self.reasoning, self.refusal = Joined(), Joined(), Joined()
        self.calls: dict[str, Call] = {}
        self.finish = ""

    def add(self, delta: Delta) -> str:
        """Take up a delta; what it adds to the visible text."""
        match delta.kind:
            case "text" | "transcript":
                return self.text.add(delta.text, whole=delta.whole)
            case "reasoning":
                self.reasoning.add(delta.text, whole=delta.whole)
            case "refusal":
                self.refusal.add(delta.text, whole=delta.whole)
            case "tool_call":
                self.calls.setdefault(delta.call, Call()).add(delta)
            case "finish":
                self.finish = delta.text or self.finish
        return ""

    def outcome(self) -> ChoiceOutcome:
        """The choice as it is told."""
        calls = [ToolCall(call.name, str(call.arguments)) for call in self.calls.values()]
        return ChoiceOutcome(str(self.text), str(self.reasoning), calls, str(self.refusal), self.finish)


def _common(one: str, other: str) -> int:
    """How many characters two texts begin with in common."""
    low, high = 0, min(len(one), len(other))
    while low < high:
        middle = (low + high + 1) // 2
        if one.startswith(other[low:middle], low):
            low = middle
        else:
            high = middle - 1
    return low
