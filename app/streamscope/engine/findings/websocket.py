"""Rules about WebSocket frames: pings, fragments, sizes (RFC 6455, sections 5.4 and 5.5). Pure."""

from streamscope.engine.findings.case import Case, Family, seconds
from streamscope.engine.findings.pacing import too_slow
from streamscope.model.event import Closed, Control, Failed, Message, RequestSent
from streamscope.model.phrase import phrase

_PATIENCE = 500_000_000
"""Nanoseconds that a pong may take before the end of a connection makes its ping an unanswered one."""
_SLOW = 1_000_000_000
_USUAL_LIMIT = 1 << 20
"""Bytes of a message that many libraries refuse to go beyond unless they are told to."""
_GATEWAY_FRAME = 65536
"""Bytes of payload in the frames into which the platform's gateway splits larger messages."""
_RSV1 = 4


class WebSocket(Family):
    """unanswered_ping, slow_pong, fragmented, frame_split_64k, oversize_message, compressed_frames, reconnected,
    client_too_slow."""

    def __init__(self, case: Case) -> None:
        super().__init__(case)
        self._lost: tuple[int, str] | None = None
        self._begin()

    def _begin(self) -> None:
        self._open: list[tuple[int, int, str]] = []
        self._asked: tuple[int, int] | None = None

    def request(self, event: RequestSent) -> None:  # noqa: ARG002 - the outline
        """A new connection."""
        self._begin()

    def framed(self, event: Message) -> None:
        """How this message was cut into frames, and how large it is."""
        size = event.size
        if size > _USUAL_LIMIT:
            text = phrase("A message has {size} bytes; many programs take 1,048,576 at most.", size=f"{size:,}")
            remedy = phrase("Clients of this service must raise their limit, or they close with 1009.")
            self.case.tell(event.t, "oversize_message", "info", text, remedy)
        if event.frames:
            self._cut(event)

    def _cut(self, event: Message) -> None:
        frames = event.frames
        if frames[0].rsv & _RSV1:
            wire = sum(frame.length for frame in frames)
            text = phrase(
                "Messages are compressed: {wire} bytes on the wire held {size}.",
                wire=f"{wire:,}",
                size=f"{event.size:,}",
            )
            self.case.tell(event.t, "compressed_frames", "info", text, counted=False)
        if len(frames) < 2:
            return
        if all(frame.length == _GATEWAY_FRAME for frame in frames[:-1]):
            text = phrase(
                "A message of {size} bytes came in {n} frames of 64 KB: the gateway splits larger ones.",
                size=f"{event.size:,}",
                n=len(frames),
            )
            remedy = phrase("It is allowed: a client must wait for the last frame before it reads the message.")
            self.case.tell(event.t, "frame_split_64k", "info", text, remedy)
        else:
            text = phrase("A message came in {n} fragments.", n=len(frames))
            remedy = phrase("It is allowed: a frame is not a message.")
            self.case.tell(event.t, "fragmented", "info", text, remedy)

    def control(self, event: Control) -> None:
        """Pings and their pongs, both ways."""
        if event.name == "ping" and event.direction == "out":
            self._open.append((event.t, self.case.index, _data(event)))
        elif event.name == "ping":
            self._asked = (event.t, self.case.index)
        elif event.name == "pong" and event.direction == "in":
            self._answered(event)
        elif event.name in ("reconnect", "reconnected"):
            self._lost_or_open(event)
        elif event.name == "pong" and self._asked is not None:
            at, index = self._asked
            self._asked = None
            if event.detail.get("automatic", True):
                too_slow(self.case, event.t, (event.t - at) / 1e6, [index, self.case.index])

    def _lost_or_open(self, event: Control) -> None:
        """A connection was lost and is tried again, or the next one is open: then the gap is told."""
        if event.name == "reconnect":
            self._lost = self._lost or (self.case.index, _data(event))
        elif self._lost is not None:
            at, why = self._lost
            self._lost = None
            gap = event.detail.get("gap_ns")
            text = phrase(
                "The connection was lost ({why}) and open again after {gap}.",
                why=why,
                gap=seconds(gap if isinstance(gap, int) else 0),
            )
            remedy = phrase("What the server sent in between never came: a client must ask for it again.")
            self.case.tell(event.t, "reconnected", "warning", text, remedy, [at, self.case.index])

    def _answered(self, pong: Control) -> None:
        """A pong answers its ping and all before it (RFC 6455, section 5.5.3)."""
        data = _data(pong)
        at = next((place for place, row in enumerate(self._open) if row[2] == data), None)
        if at is None:
            return  # unsolicited: a heartbeat of its own
        asked, index, _ = self._open[at]
        del self._open[: at + 1]
        told = pong.detail.get("rtt_ns")
        spent = told if isinstance(told, int) else pong.t - asked
        if spent > _SLOW:
            text = phrase("A ping was answered after {span}.", span=seconds(spent))
            remedy = phrase("The server is busy, or data before it filled the way.")
            self.case.tell(pong.t, "slow_pong", "warning", text, remedy, [index, self.case.index])

    def end(self, event: Closed | Failed) -> None:
        """Pings that nobody answered, though there was time."""
        late = [index for at, index, _ in self._open if event.t - at >= _PATIENCE]
        if late:
            text = phrase("{n} pings were never answered.", n=len(late))
            if len(late) == 1:
                text = phrase("A ping was never answered.")
            remedy = phrase("The server, or a proxy on the way, does not answer pings: keep-alives by ping close it.")
            self.case.tell(event.t, "unanswered_ping", "warning", text, remedy, late)
        if self._asked is not None and event.t - self._asked[0] >= _PATIENCE:
            text = phrase("The server's ping was not answered from here.")
            remedy = phrase("Automatic pongs are switched off, or this program was too slow: the server may close.")
            self.case.tell(event.t, "server_ping_unanswered", "info", text, remedy, [self._asked[1]])


def _data(event: Control) -> str:
    if isinstance(event.data_base64, bytes):
        return event.data_base64.decode("latin-1")
    return event.data if isinstance(event.data, str) else ""
