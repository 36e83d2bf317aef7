"""Which stage is which fault, and in what order an answer goes through them: content, bytes, time, coding.

Faults that are not here shape the head, the connection or the frames, and are the writers' own business.
"""

from collections.abc import Callable

from streamscope.sandbox.faults import coding, events, lines, timing
from streamscope.sandbox.faults.spec import Spec
from streamscope.sandbox.faults.stage import Line, Stage

Make = Callable[[str, float], Stage]


def _with(make: Make, value: str) -> Make:
    def made(_value: str, begun: float) -> Stage:
        return make(value, begun)

    return made


# A fault may be two stages, one behind the other.
STAGES: tuple[tuple[str, Make], ...] = (
    ("no_usage", events.NoUsage),
    ("no_finish", events.NoFinish),
    ("no_end", events.NoEnd),
    ("model", events.Model),
    ("error", events.Error),
    ("bad_utf8", _with(events.Addition, lines.WRONG)),
    ("split_utf8", _with(events.Addition, lines.MANY_BYTES)),
    ("bad_json", events.BadJson),
    ("duplicate", events.Duplicate),
    ("gap", events.Gap),
    ("slow_first", timing.SlowFirst),
    ("stall", timing.Stall),
    ("stall_alive", timing.StallAlive),
    ("keep_alive", timing.KeepAlive),
    ("jitter", timing.Jitter),
    ("time_limit", timing.TimeLimit),
    ("two_json", events.TwoJson),
    ("raw_line", lines.RawLine),
    ("nul_id", lines.NulId),
    ("bad_retry", lines.BadRetry),
    ("glued", lines.Glued),
    ("burst", timing.Burst),
    ("coalesce", timing.Coalesce),
    ("bad_utf8", lines.BadUtf8),
    ("unfinished", lines.Unfinished),
    ("cr", lines.Cr),
    ("mixed_ends", lines.MixedEnds),
    ("bom", lines.Bom),
    ("split_utf8", lines.SplitUtf8),
    ("gzip", coding.Gzip),
    ("deflate", coding.Deflate),
    ("br", coding.Brotli),
    ("zstd", coding.Zstandard),
    ("buffer", timing.Buffer),
)


def line(spec: Spec, begun: float) -> Line:
    """The stages that a call asked for."""
    return Line([make(spec.values[name], begun) for name, make in STAGES if name in spec])
