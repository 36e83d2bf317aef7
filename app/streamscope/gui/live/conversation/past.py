"""What was sent by hand, for each request, as long as the program runs; nothing of it is written anywhere."""

from collections import OrderedDict

from streamscope.gui.texts import size_text
from streamscope.model.draft import Outgoing

_MOST = 100
_LARGEST = 8 << 20
"""Bytes of a request's past; the oldest messages go first."""
_REQUESTS = 50
_SHORT = 48


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


def short(message: Outgoing) -> str:
    """A message as a menu says it."""
    if message.content is not None and message.binary:
        text = f"{size_text(len(message.content))}  {message.content[:12].hex(' ')}"
    else:
        text = " ".join(message.text[:400].split())
    text = text if len(text) <= _SHORT else f"{text[:_SHORT]}…"
    return (f"{message.name}:  {text}" if message.name else text).replace("&", "&&")


def _weight(message: Outgoing) -> int:
    return len(message.text) + len(message.content or b"")
