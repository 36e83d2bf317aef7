"""A good answer of any dialect, streamed or whole, has no finding; its figures can be told."""

import pytest
from tests.engine.streams import SSE, Tale

from streamscope.engine.findings import Watch
from streamscope.engine.timing import Meter
from streamscope.engine.transcript import Transcript
from streamscope.kinds.catalog import DIALECTS

samples = pytest.importorskip("tests.kinds.dialects.samples")
TYPES = {
    "event": SSE,
    "line": "application/x-ndjson",
    "element": "application/json",
    "frame": "application/vnd.amazon.eventstream",
    "body": "application/json",
}


@pytest.mark.parametrize("sample", samples.SAMPLES, ids=lambda sample: str(sample.name))
def test_a_good_answer_has_no_finding(sample: "samples.Sample") -> None:
    duplex = sample.form == "message"
    made = Tale().request("websocket" if duplex else "https", url="https://host.example/", body={"model": "m"})
    made.head("" if duplex else TYPES[sample.form], 101 if duplex else sample.status)
    for message in sample.messages():
        made.message(message.payload, form=message.form, event=message.event, opcode=message.opcode)
    made.close(code=1000 if duplex else None)
    transcript = Transcript(DIALECTS.values())
    watch, meter = Watch(transcript), Meter(transcript)
    findings = []
    for event in made.events:
        meter.feed(event, transcript.feed(event))
        findings += watch.feed(event)
    assert findings == []
    assert meter.result() == "complete"
    timing = meter.timing()
    assert (timing.ttft_ms is None) == (transcript.first_token is None)
    assert {figure.key for figure in meter.figures()} >= {"ttfb", "ttfe", "total"}
    if sample.tokens:
        assert timing.tokens == sum(sample.tokens)
