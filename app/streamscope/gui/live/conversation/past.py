"""What was sent by hand, for each request, as long as the program runs; nothing of it is written anywhere."""

from collections import OrderedDict

from streamscope.model.draft import Outgoing

_MOST = 100
_LARGEST = 8 << 20
"""Bytes of a request's past; the oldest messages go first."""
_REQUESTS = 50


class Past:
    """Messages as they were typed, with their {{variables}}: the newest last, each once."""

    def __init__(self) -> None:
        self.messages: list[Outgoing] = []
        self.unsent: Outgoing | None = None
        """What was being written when its connection ended."""

    def add(self, message: Outgoing) -> None:
        """One was sent."""
        if message in self.messages:
            self.messages.remove(message)
        self.messages.append(message)
        weight = sum(map(_weight, self.messages))
        while len(self.messages) > 1 and (len(self.messages) > _MOST or weight > _LARGEST):
            weight -= _weight(self.messages.pop(0))


_pasts: "OrderedDict[str, Past]" = OrderedDict()


def past_of(key: str) -> Past:
    """The past of a request, by its key."""
    found = _pasts.setdefault(key, Past())
    _pasts.move_to_end(key)
    while len(_pasts) > _REQUESTS:
        _pasts.popitem(last=False)
    return found


def _weight(message: Outgoing) -> int:
    return len(message.text) + len(message.content or b"")
