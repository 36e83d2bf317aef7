"""Which instance takes a call: weights over portions, the ready ones of a portion in turn; and what was counted."""

import time
from collections import deque
from collections.abc import Callable, Sequence

from streamscope.sandbox.fleet.instance import Instance
from streamscope.sandbox.records import Portion

MINUTE = 60
SERVER_ERROR = 500


class Turns:
    """One service's order of turns: spread as evenly as the weights allow, and the same every time."""

    def __init__(self) -> None:
        self._credit: dict[str, int] = {}
        self._next: dict[str, int] = {}

    def choose(self, instances: Sequence[Instance]) -> Instance | None:
        """The next of those that are ready, None where none is. Portions of weight 0 get no calls beside others."""
        ready: dict[str, list[Instance]] = {}
        for one in instances:
            if one.state == "running":
                ready.setdefault(one.portion.id, []).append(one)
        if not ready:
            return None
        weights = {key: found[0].portion.weight for key, found in ready.items()}
        if not any(weights.values()):
            weights = dict.fromkeys(weights, 1)
        chosen = ready[self._portion(weights)]
        number = self._next[chosen[0].portion.id] = self._next.get(chosen[0].portion.id, -1) + 1
        return chosen[number % len(chosen)]

    def _portion(self, weights: dict[str, int]) -> str:
        """Smooth weighted round robin: everybody gains its weight, who has most is taken and pays the whole."""
        if len(weights) == 1:
            return next(iter(weights))
        self._credit = {key: self._credit.get(key, 0) + weight for key, weight in weights.items()}
        best = max((key for key in weights if weights[key]), key=self._credit.__getitem__)
        self._credit[best] -= sum(weights.values())
        return best


class Minute:
    """Calls in the last minute, counted by seconds."""

    def __init__(self) -> None:
        self._seconds: deque[list[int]] = deque()

    def add(self) -> None:
        """Count a call."""
        second = int(time.monotonic())
        if not self._seconds or self._seconds[-1][0] != second:
            self._seconds.append([second, 0])
        self._seconds[-1][1] += 1
        self._drop(second)

    def count(self) -> int:
        """Calls in the last minute."""
        self._drop(int(time.monotonic()))
        return sum(count for _, count in self._seconds)

    def _drop(self, second: int) -> None:
        while self._seconds and self._seconds[0][0] <= second - MINUTE:
            self._seconds.popleft()


class NoneReadyError(Exception):
    """No instance of a service is ready to take a call."""


class Passage:
    """A call's way to an instance; whoever bears the call says whether it failed."""

    def __init__(self, turns: Turns, instances: Callable[[], Sequence[Instance]]) -> None:
        chosen = turns.choose(instances())
        if chosen is None:
            raise NoneReadyError
        self.failed = False
        self._turns = turns
        self._instances = instances
        self._instance = chosen
        self._refused: list[Instance] = []
        self._take()

    @property
    def port(self) -> int:
        """Where the program listens."""
        return self._instance.program.port

    @property
    def portion(self) -> Portion:
        """What the call goes to."""
        return self._instance.portion

    def elsewhere(self) -> bool:
        """The program did not accept the call: go to another one, False where there is none."""
        self._refused.append(self._instance)
        chosen = self._turns.choose([one for one in self._instances() if one not in self._refused])
        if chosen is None:
            return False
        self.end()
        self.portion.calls -= 1
        self._instance = chosen
        self._take()
        return True

    def _take(self) -> None:
        """From its beginning on a call counts for its model."""
        self._instance.called(+1)
        self.portion.calls += 1

    def end(self) -> None:
        """The call has ended."""
        self._instance.called(-1)

    def answered(self, status: int) -> None:
        """The answer's status: one of 500 and above is a failure."""
        self.failed = status >= SERVER_ERROR
