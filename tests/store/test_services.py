"""What is remembered of services comes back, and what cannot be read does no harm."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from streamscope.model.errors import StoreError
from streamscope.model.phrase import Phrase
from streamscope.model.service import Sample, Service
from streamscope.store.services import RECENT, KnownServices

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
SAMPLES = st.builds(Sample, TEXT, TEXT, TEXT, st.lists(TEXT, max_size=2).map(tuple), TEXT)
SERVICES = st.builds(
    Service, TEXT, TEXT, TEXT, TEXT, TEXT, st.sampled_from(["running", "failed", "unknown"]),
    auth=st.lists(TEXT, max_size=2).map(tuple), addresses=st.dictionaries(TEXT, TEXT, max_size=2),
    samples=st.dictionaries(TEXT, SAMPLES, max_size=2), tags=st.lists(TEXT, max_size=2).map(tuple),
    apis=st.lists(SAMPLES, max_size=2).map(tuple), complete=st.booleans(),
)  # fmt: skip


@given(st.lists(SERVICES, max_size=4), st.text(max_size=40))
@settings(max_examples=60)
def test_a_list_comes_back_as_it_was(tmp_path_factory: pytest.TempPathFactory, services: list, name: str) -> None:
    folder = tmp_path_factory.mktemp("known")
    KnownServices(folder, []).keep(name, services, at=12.5)
    found = KnownServices(folder, []).last_known(name)
    assert found is not None
    assert (found.at, found.services) == (12.5, services)


def test_marks_come_back(tmp_path: Path) -> None:
    store = KnownServices(tmp_path, [])
    store.star("work", "1", on=True)
    store.star("home", "2", on=True)
    store.star("work", "1", on=True)
    store.star("home", "2", on=False)
    for number in range(RECENT + 3):
        store.note_used("work", str(number))
    store.note_used("work", "5")
    store.fold("recent", folded=True)
    again = KnownServices(tmp_path, [])
    assert again.favourites() == [("work", "1")]
    assert again.recent()[:2] == [("work", "5"), ("work", "12")]
    assert len(again.recent()) == RECENT
    assert again.collapsed() == {"recent"}
    again.renamed(("work", "1"), ("work", "one"))
    again.forget("nothing")
    again.keep("work", [Service("one", "1", "work")], at=3.0)
    again.workspace_renamed("work", "office")
    assert again.last_known("office").services == [Service("one", "1", "office")]
    assert again.last_known("work") is None
    assert again.favourites() == [("office", "one")]
    again.workspace_renamed("office", "work")
    assert KnownServices(tmp_path, []).favourites() == [("work", "one")]
    again.forget("work")
    assert again.last_known("work") is None
    assert again.favourites() == [("work", "one")], "a removal can be undone"


BROKEN = [
    b"",
    b"{",
    b"\xff\xfe",
    b"[]",
    b'{"version": 2, "workspace": "w", "at": 1, "services": []}',
    b'{"version": 1, "workspace": "other", "at": 1, "services": []}',
    b"[" * 100_000,
]


@pytest.mark.parametrize("content", BROKEN)
def test_a_list_that_cannot_be_read_is_none(tmp_path: Path, content: bytes) -> None:
    store = KnownServices(tmp_path, [])
    store.keep("w", [Service("1", "one")])
    (path,) = (tmp_path / "known").iterdir()
    path.write_bytes(content)
    assert KnownServices(tmp_path, []).last_known("w") is None
    assert store.last_known("never") is None


@pytest.mark.parametrize("content", ["{", "[1]", '{"favourites": 3}', "\ud800".encode("utf-8", "surrogatepass")])
def test_marks_that_cannot_be_read_are_set_aside_and_named(tmp_path: Path, content: str | bytes) -> None:
    path = tmp_path / "marks.json"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    notices: list[Phrase] = []
    store = KnownServices(tmp_path, notices)
    assert store.favourites() == []
    assert len(notices) == 1
    store.star("work", "1", on=True)
    kept = content if isinstance(content, bytes) else content.encode()
    assert (tmp_path / "marks.json.unreadable-1").read_bytes() == kept, "never overwritten"


def test_an_unchanged_list_is_not_written_again(tmp_path: Path) -> None:
    store = KnownServices(tmp_path, [])
    store.keep("w", [Service("1", "one")], at=100.0)
    store.keep("w", [Service("1", "one")], at=101.0)
    assert store.last_known("w").at == 100.0
    store.keep("w", [Service("1", "two")], at=102.0)
    assert store.last_known("w").at == 102.0
    store.keep("w", [Service("1", "two")], at=5000.0)
    assert store.last_known("w").at == 5000.0, "when it was known last is kept, too"


def test_where_nothing_can_be_written_it_holds_for_the_session(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    store = KnownServices(tmp_path / "file", [])
    with pytest.raises(StoreError):
        store.star("work", "1", on=True)
    assert store.favourites() == [("work", "1")]


def test_what_is_kept_is_for_its_owner_alone(tmp_path: Path) -> None:
    store = KnownServices(tmp_path / "services", [])
    store.keep("../../etc/passwd", [])
    store.star("w", "1", on=True)
    kept = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert len(kept) == 2
    assert {path.stat().st_mode & 0o077 for path in kept} == {0}
