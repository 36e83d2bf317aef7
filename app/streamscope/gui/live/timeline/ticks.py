"""Columns of a strip as pictures: each as high as what came in it, in the colours of what it said.

A picture is made of device pixels, so that lines are crisp on every display; what is exported as a drawing is made of
rectangles.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QImage

from streamscope.engine.bins import (
    BYTES_IN,
    BYTES_OUT,
    BYTES_READ,
    CONTROL,
    CONTROL_SENT,
    READ,
    SENT,
    UNREAD,
    Columns,
)
from streamscope.engine.derived import TONES
from streamscope.gui.live.tones import tone_colour
from streamscope.gui.theme import colour

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


_TONE = {name: code for code, name in enumerate(TONES)}
LEAST = 3
"""Pixels that the smallest message is high."""
_FAINT = 0.3
"""How high, of the lane, what only says that somebody lives may become."""
CAP = 9.0
"""A column is drawn at most as high as one that brought so many times what is usual: one giant must not flatten all."""


@dataclass(frozen=True, slots=True)
class Lane:
    """What is drawn in a lane: groups of classes of events, from the base line on, and whose bytes make the height."""

    groups: tuple[tuple[int, ...], ...]
    bytes_of: int
    faint: int
    """From which group on it is only a sign of life."""

    def colours(self) -> list[QColor]:
        """The colour of each group, in the theme as it is now."""
        return [_colour(group[0]) for group in self.groups]


IN = Lane(
    (
        (_TONE["error"],),
        (_TONE["text"],),
        (_TONE[""],),
        (_TONE["reasoning"],),
        (_TONE["tool_call"],),
        (_TONE["refusal"],),
        (_TONE["usage"], _TONE["finish"], _TONE["end"]),
        (UNREAD,),
        (_TONE["alive"], CONTROL),
    ),
    BYTES_IN,
    8,
)
OUT = Lane(((SENT,), (CONTROL_SENT,)), BYTES_OUT, 1)
READS = Lane(((READ,),), BYTES_READ, 1)


def _colour(kind: int) -> QColor:
    if kind < len(TONES):
        return tone_colour(kind)
    tokens = {SENT: "text", UNREAD: "muted", READ: "line_strong", CONTROL_SENT: "line_strong"}
    return colour(tokens.get(kind, "line_strong"))


@dataclass(frozen=True, slots=True)
class Bars:
    """How high each group reaches in each column, in pixels from the base line: `tops[group, column]`."""

    lane: Lane
    tops: "NDArray[np.int64]"
    height: int


def bars(columns: Columns, lane: Lane, height: int, *, by_bytes: bool, least: int = LEAST, cap: float = CAP) -> Bars:
    """Columns as bars of at most `height` pixels, by square roots: bursts stand out, and a single token is seen."""
    import numpy as np

    counts = np.stack([columns.counts[list(group)].sum(0) for group in lane.groups])
    said = counts[: lane.faint].sum(0)
    counts[lane.faint :, said > 0] = 0  # beside a message, a sign of life says nothing more
    total = counts.sum(0)
    values = columns.sizes[lane.bytes_of] if by_bytes else said.astype(np.float64)
    some = values[(said > 0) & (values > 0)]
    cap = min(float(some.max()), cap * float(np.median(some))) if len(some) else 1.0
    share = np.sqrt(np.clip(values / cap, 0, 1))
    full = np.where(said > 0, least + share * max(0, height - least), min(height * _FAINT, 2 * least))
    full = np.where(total > 0, np.minimum(np.round(full), height), 0)
    tops = np.round(np.cumsum(counts, 0) * (full / np.maximum(total, 1))).astype(np.int64)
    if len(lane.groups) > lane.faint > 1:  # an error is seen, whatever else shares its column
        wrong = counts[0] > 0
        tops[:, wrong] = np.maximum(tops[:, wrong], np.minimum(full[wrong], least).astype(np.int64))
    return Bars(lane, _widened(tops, total > 0), height)


def _widened(tops: "NDArray[np.int64]", some: "NDArray[np.bool_]") -> "NDArray[np.int64]":
    """Two pixels for a tick that stands alone, where there is room for it."""
    import numpy as np

    if not some.size or some.mean() > 0.3:
        return tops
    left = np.append(False, some[:-1])
    free = left & ~some & ~np.append(some[1:], False)
    wide = tops.copy()
    wide[:, 1:][:, free[1:]] = tops[:, :-1][:, free[1:]]
    return wide


def picture(made: Bars, pitch: int, ratio: float, *, upward: bool) -> QImage:
    """Bars as a picture: `pitch` device pixels a column, `ratio` device pixels a pixel, growing up or down."""
    import numpy as np

    height, columns = made.height, made.tops.shape[1]
    rows = np.arange(height, 0, -1, dtype=np.int16) if upward else np.arange(1, height + 1, dtype=np.int16)
    # Lines of an image begin at every fourth byte.
    tops = np.pad(made.tops.astype(np.int16), ((0, 0), (0, -columns % 4)))
    code = np.zeros((height, tops.shape[1]), np.uint8)
    shown = [group for group, top in enumerate(tops) if (top > (tops[group - 1] if group else 0)).any()]
    for group in shown:  # those that are nowhere to be seen cost nothing
        code += rows[:, None] > tops[group]
    if pitch > 1:
        code = np.repeat(code, pitch, axis=1)
    image = QImage(code.data, columns * pitch, height, code.shape[1], QImage.Format.Format_Indexed8)
    colours = made.lane.colours()
    image.setColorTable([*(colours[group].rgba() for group in shown), 0])
    image = image.convertToFormat(QImage.Format.Format_ARGB32_Premultiplied)  # which owns its bytes
    image.setDevicePixelRatio(ratio)
    return image


def rectangles(
    made: Bars, column: float, ratio: float, base: float, *, upward: bool
) -> Iterator[tuple[QRectF, QColor]]:
    """Bars as rectangles, neighbours that are alike as one: at most a few thousand, whatever the exchange has."""
    import numpy as np

    below = np.zeros_like(made.tops[0])
    for group, tint in enumerate(made.lane.colours()):
        tops = made.tops[group]
        changes = np.flatnonzero((np.diff(tops) != 0) | (np.diff(below) != 0)) + 1
        starts = np.append(0, changes)
        for start, stop in zip(starts.tolist(), [*changes.tolist(), len(tops)], strict=True):
            low, high = int(below[start]) / ratio, int(tops[start]) / ratio
            if high > low:
                y = base - high if upward else base + low
                yield QRectF(start * column, y, (stop - start) * column, high - low), tint
        below = tops
