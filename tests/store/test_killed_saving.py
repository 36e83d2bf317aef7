"""A process that is killed while it saves, a hundred times at random moments: an old file or a new one, never half."""

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from streamscope.model.draft import Draft
from streamscope.store import files, library
from streamscope.store.drafts import Drafts

# Saves one request and one open draft over and over, each time with a larger number all through its body.
SAVING = """
import os, sys
from pathlib import Path
from streamscope.model.draft import Body, Draft
from streamscope.store import library
from streamscope.store.drafts import Drafts

def draft(number):
    return Draft(path=f"/{number}", body=Body("text", text=f"{number} line\\n" * 300), name="x")

for line in sys.stdin:
    child = os.fork()
    if child == 0:
        folder = Path(line.strip())
        drafts = Drafts(folder / "drafts", [])
        path, number = folder / "x.yaml", 0
        base = library.opened(path).stamp if path.exists() else ""
        os.write(1, b"%d\\n" % os.getpid())
        while True:
            number += 1
            base = library.save(path, draft(number), base=base).stamp
            drafts.keep("k", draft(number), path=str(path), base=base)
            drafts.arrange(["k"], "k")
            drafts.flush()
    os.waitpid(child, 0)
    os.write(1, b"gone\\n")
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
@pytest.mark.slow
def test_saving_is_all_or_nothing_at_any_moment(tmp_path: Path) -> None:
    chance = random.Random(1)
    with subprocess.Popen([sys.executable, "-c", SAVING], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as parent:
        assert parent.stdin is not None
        assert parent.stdout is not None
        for _ in range(100):
            parent.stdin.write(f"{tmp_path}\n".encode())
            parent.stdin.flush()
            child = int(parent.stdout.readline())
            time.sleep(chance.uniform(0, 0.02))
            os.kill(child, signal.SIGKILL)
            assert parent.stdout.readline() == b"gone\n"
            if (tmp_path / "x.yaml").exists():
                whole(library.opened(tmp_path / "x.yaml").draft)
            drafts = Drafts(tmp_path / "drafts", [])
            for kept in drafts.load_all():
                whole(kept.draft)
            drafts.end()
            assert not list((tmp_path / "drafts").glob(f"{files.TEMPORARY}*"))
            assert not list((tmp_path / "drafts").glob("*unreadable*"))
    assert (tmp_path / "x.yaml").exists()


def whole(draft: Draft) -> None:
    """All of it is of one saving."""
    number = draft.path.removeprefix("/")
    assert draft.body.text == f"{number} line\n" * 300
