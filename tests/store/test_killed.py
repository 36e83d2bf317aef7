"""A process that is killed while it records, fifty times at random moments."""

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from streamscope.model.event import WIRE, Message, Read
from streamscope.store.recordings import opened

# Records as the main path does, flushes now and then, and says after each flush how many events were in it.
RECORDING = """
import os, sys
from pathlib import Path
from streamscope.model.draft import Draft
from streamscope.model.event import WIRE, Message, Read
from streamscope.store.exchange import Exchange

for line in sys.stdin:
    child = os.fork()
    if child == 0:
        exchange, number = Exchange(Draft(), Path(line.strip())), 0
        os.write(1, b"%d\\n" % os.getpid())
        while True:
            number += 1
            data = b"data: number %d\\n\\n" % number
            exchange.append(Read(number, number, len(data), data))
            at = exchange.stream_size(WIRE) - len(data) + 6
            exchange.append(Message(number, "in", (number, number), data[6:-2], "event", "message", at=at, stream=WIRE))
            if number % 2 == 0:
                exchange.append(Message(number, "in", (number, number), data, "line", id=str(number)))
            if number % 50 == 0:
                exchange.flush()
                os.write(1, b"%d\\n" % len(exchange))
    os.waitpid(child, 0)
    os.write(1, b"gone\\n")
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
@pytest.mark.slow
def test_what_was_flushed_survives_a_kill_at_any_moment(tmp_path: Path) -> None:
    chance = random.Random(1)
    with subprocess.Popen([sys.executable, "-c", RECORDING], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as parent:
        assert parent.stdin is not None
        assert parent.stdout is not None
        for round_number in range(50):
            folder = tmp_path / str(round_number)
            parent.stdin.write(f"{folder}\n".encode())
            parent.stdin.flush()
            child = int(parent.stdout.readline())
            time.sleep(chance.uniform(0, 0.04))
            os.kill(child, signal.SIGKILL)
            flushed = 0
            while (line := parent.stdout.readline()) != b"gone\n":
                flushed = int(line)
            check(folder, flushed)


def check(folder: Path, flushed: int) -> None:
    """Everything that was flushed is there, and all that is there is right."""
    exchange = opened(folder)
    assert len(exchange) >= flushed
    events = exchange.events(0, len(exchange))
    number = 0
    for event in events:
        if isinstance(event, Read):
            number += 1
            assert event == Read(number, number, len(event.data), b"data: number %d\n\n" % number)
        else:
            assert isinstance(event, Message)
            assert event.t == number
            assert event.payload.strip().removeprefix(b"data: ") == b"number %d" % number
            assert (event.stream == WIRE) is (event.form == "event")
