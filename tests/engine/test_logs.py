"""What processes printed is read from its files, also while these grow, are put aside and taken away."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streamscope.engine.core import Core
from streamscope.engine.logs import Tail, folder, has_logs
from streamscope.model.service import Service
from streamscope.store.bench import open_bench

ONE = Service("id/1", "one", "sandbox", "v2")


@pytest.fixture
def place(core: Core) -> Iterator[Path]:
    made = folder(core, ONE)
    made.mkdir(parents=True)
    yield made


def test_only_the_sandbox_keeps_it(core: Core) -> None:
    assert has_logs(core, ONE)
    assert not has_logs(core, Service("1", "one", "nowhere"))
    assert Tail(core, ONE).last(5) == [], "there is no folder yet"


def test_the_last_lines_then_what_is_added(core: Core, place: Path) -> None:
    (place / "a.log").write_bytes(b"1\n2\r\n3")
    tail = Tail(core, ONE)
    assert tail.last(1) == [("a", "2")]
    with (place / "a.log").open("ab") as file:
        file.write(b" and a half\n\xff\n")
    (place / "b.log").write_bytes(b"other\n")
    assert tail.more() == [("a", "3 and a half"), ("a", "�"), ("b", "other")]
    assert tail.more() == []


def test_a_log_that_is_full_goes_on_in_another_file(core: Core, place: Path) -> None:
    log = place / "a.log"
    log.write_bytes(b"1\n")
    tail = Tail(core, ONE, "a")
    tail.last(9)
    with log.open("ab") as file:
        file.write(b"2\n")
    log.rename(place / "a.log.1")
    log.write_bytes(b"3\n")
    os.utime(log, (2e9, 2e9))
    (place / "ab.log").write_bytes(b"another's\n")
    assert tail.more() == [("a", "2"), ("a", "3")]
    log.write_bytes(b"")
    log.write_bytes(b"4\n")
    assert tail.more() in ([("a", "4")], []), "emptied and as long as before looks as if nothing came"
    log.unlink()
    assert tail.more() == []


@given(st.lists(st.binary(max_size=12), max_size=12))
def test_however_it_is_written_each_line_comes_once(
    tmp_path_factory: pytest.TempPathFactory, pieces: list[bytes]
) -> None:
    bench = open_bench(tmp_path_factory.mktemp("logs"))
    core = Core(bench)
    place = folder(core, ONE)
    place.mkdir(parents=True)
    tail, found = Tail(core, ONE), []
    for piece in pieces:
        with (place / "a.log").open("ab") as file:
            file.write(piece)
        found += [text for _, text in tail.more()]
    whole = b"".join(pieces).split(b"\n")[:-1]
    assert found == [one.rstrip(b"\r").decode("utf-8", "replace") for one in whole]
    bench.close()
