"""Lines edited by hand in any way: everything that reads, plays, compares or exports them goes on."""

import json
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.exchanges import ALL
from tests.interop.har_schema import complaints
from tests.interop.test_foreign_har import places, values
from tests.interop.test_lines import written

from streamscope.engine.compare import compare
from streamscope.engine.replay_steps import script
from streamscope.engine.report import report, walk
from streamscope.interop.capture import opened
from streamscope.interop.har import Har, har_of
from streamscope.model.errors import StoreError
from streamscope.model.event import encode

numbers = st.sampled_from([-1, 0, 1, 2**31, 2**63 - 1, 2**63, 10**30])
words = st.sampled_from(
    ["ws://[", "1970-01-01", "Cut", "in", "client", "message", "event", "body", "close", "", "\x00"]
)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_edited_lines_never_break_anything(tmp_path: Path, data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(sorted(ALL)))
    lines: list[Any] = [json.loads(line) for line in written(ALL[name]).splitlines()]
    for _ in range(data.draw(st.integers(1, 5))):
        found = places(lines)
        path = found[data.draw(st.integers(1, len(found) - 1))] if len(found) > 1 else ()
        if not path:
            continue
        holder: Any = lines
        for key in path[:-1]:
            holder = holder[key]
        if data.draw(st.integers(0, 3)) == 0:
            del holder[path[-1]]
        else:
            holder[path[-1]] = data.draw(numbers | words | values)
    text = b"\n".join(json.dumps(line).encode() for line in lines)
    file = tmp_path / "file"
    file.write_bytes(text)
    try:
        capture = opened(file)
    except StoreError as error:
        assert str(error.message)
        return
    try:
        events = list(walk(capture.exchange))
        for event in events:
            encode(event)
        told = report(events)
        compare(told, report(ALL[name]))
        har = har_of(events)
        assert complaints(json.loads(har)) == []
        list(Har(har).events())
        try:
            plan = script(capture.exchange)
        except StoreError:
            return
        for t, piece in plan.steps("key"):
            assert t >= 0
            assert isinstance(piece, bytes)
    finally:
        capture.exchange.close()
