"""Collections: what is in a folder, what can be done with it, and noticing what others do."""

import os
from pathlib import Path

import pytest

from streamscope.model.draft import Body, Choice, Draft
from streamscope.model.errors import StoreError
from streamscope.store import library
from streamscope.store.bench import open_bench
from streamscope.store.collections import Collections, Folder


@pytest.fixture
def collections(tmp_path: Path) -> Collections:
    return open_bench(tmp_path / "profile").collections


@pytest.fixture
def folder(tmp_path: Path, collections: Collections) -> Path:
    place = tmp_path / "requests"
    (place / "inner" / "deep").mkdir(parents=True)
    library.save(place / "b10.yaml", Draft(name="b10", body=Body("text", text="x")))
    library.save(place / "b9.yaml", Draft(name="Nine: a/b", protocol=Choice("websocket")))
    library.save(place / "inner" / "get.yaml", Draft(name="get", protocol=Choice("websocket", {"ping": "1"})))
    library.save(place / "inner" / "deep" / "put.yaml", Draft(name="put", method="PUT"))
    (place / ".git").mkdir()
    (place / ".git" / "x.yaml").write_text("a: b")
    (place / "notes.txt").write_text("no request")
    return collections.open(place)


def names(tree: Folder) -> list[object]:
    """A tree as lists."""
    return [*([one.name, names(one)] for one in tree.folders), *((one.name, one.method) for one in tree.items)]


def test_a_collection_is_shown_in_order(collections: Collections, folder: Path) -> None:
    tree = collections.tree(folder)
    assert tree.name == "requests"
    assert names(tree) == [
        ["inner", [["deep", [("put", "PUT")]], ("get", "WS")]],
        ("b10", "POST"),
        ("Nine: a/b", "WS"),
    ]
    assert tree.count() == 4


def test_open_ones_are_remembered(tmp_path: Path, collections: Collections, folder: Path) -> None:
    made = collections.create(tmp_path, "new: one")
    assert made.name == "new one"
    collections.open(folder)
    again = open_bench(tmp_path / "profile").collections
    assert again.all() == [folder, made]
    again.close(folder)
    assert collections.all() == [made]
    assert folder.is_dir()
    assert again.holding(made / "x" / "y.yaml") == made
    with pytest.raises(StoreError):
        collections.open(tmp_path / "nowhere")


def test_rename_duplicate_move(collections: Collections, folder: Path) -> None:
    path = collections.rename(folder / "b10.yaml", "列出/all")
    assert path.name == "列出 all.yaml"
    assert library.opened(path).draft.name == "列出/all"
    path = collections.rename(path, "plain")
    assert library.opened(path).draft.name == "plain"
    assert "name" not in path.read_text()
    copy = collections.duplicate(path)
    assert copy.name == "plain copy.yaml"
    assert library.opened(copy).draft.body.text == "x"
    moved = collections.move(copy, folder / "inner")
    assert moved == folder / "inner" / "plain copy.yaml"
    assert not copy.exists()
    second = collections.move(collections.duplicate(path), folder / "inner")
    assert second.name == "plain copy 2.yaml"
    inner = collections.rename(folder / "inner", "Inner")
    assert inner.is_dir()
    with pytest.raises(StoreError):
        collections.move(inner, inner / "deep")
    with pytest.raises(StoreError):
        collections.rename(path, " ")
    assert collections.rename(path, "b9").name == "b9 2.yaml"


def test_deleted_ones_come_back(collections: Collections, folder: Path) -> None:
    before = (folder / "b10.yaml").read_text()
    gone = collections.delete(folder / "b10.yaml")
    assert (gone.name, (folder / "b10.yaml").exists()) == ("b10", False)
    assert collections.restore(gone).read_text() == before
    gone = collections.delete(folder / "inner")
    (folder / "inner").mkdir()
    back = collections.restore(gone)
    assert back.name == "inner 2"
    assert (back / "deep" / "put.yaml").is_file()
    kept = collections.delete(back)
    assert [one.origin for one in collections.trash.all()] == [kept.origin]
    collections.trash.prune(days=0)
    assert collections.trash.all() == []
    with pytest.raises(StoreError):
        collections.restore(kept)
    with pytest.raises(StoreError):
        collections.delete(folder / "nothing.yaml")


def test_what_is_wrong_is_shown_in_its_row(collections: Collections, folder: Path) -> None:
    bad = {
        "empty.yaml": (b"", "empty"),
        "latin.yaml": (b"path: \xe9\n", "UTF-8"),
        "merge.yaml": (b"a: b\n<<<<<<< HEAD\na: c\n", "conflict marks"),
        "future.yaml": (b"version: 7\n", "later"),
        "words.yaml": (b"words", "not a saved draft"),
    }
    for name, (content, _) in bad.items():
        (folder / name).write_bytes(content)
    with (folder / "large.yaml").open("wb") as file:
        file.truncate(100_000_000)
    (folder / "broken.yaml").symlink_to(folder / "nowhere")
    found = {item.path.name: str(item.trouble or "") for item in collections.tree(folder).items}
    for name, (_, why) in bad.items():
        assert why in found[name]
    assert "too large" in found["large.yaml"]
    assert "cannot be read" in found["broken.yaml"]
    assert found["b10.yaml"] == ""


def test_what_opening_found_stays_marked_until_the_file_changes(collections: Collections, folder: Path) -> None:
    path = folder / "odd.yaml"
    path.write_text("path: 'open\n")
    with pytest.raises(StoreError) as caught:
        library.opened(path)
    collections.mark(path, caught.value.message)
    assert any(item.trouble for item in collections.tree(folder).items if item.path == path)
    path.write_text("path: mended\n")
    assert not any(item.trouble for item in collections.tree(folder).items)


def test_loops_gone_and_closed_folders_are_told(collections: Collections, folder: Path) -> None:
    (folder / "inner" / "loop").symlink_to(folder)
    (loop,) = [one for one in collections.tree(folder).folders[0].folders if one.name == "loop"]
    assert "leads back" in str(loop.trouble)
    assert "gone" in str(collections.tree(folder / "nothing").trouble)
    assert collections.look() == (set(), set())


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_cannot_be_written_says_so(collections: Collections, folder: Path) -> None:
    folder.chmod(0o500)
    try:
        assert not collections.tree(folder).writable
        for work in (
            lambda: collections.new_folder(folder, "x"),
            lambda: collections.rename(folder / "b10.yaml", "c"),
            lambda: collections.delete(folder / "b10.yaml"),
            lambda: library.save(folder / "n.yaml", Draft()),
        ):
            with pytest.raises(StoreError):
                work()
    finally:
        folder.chmod(0o700)


def test_changes_from_outside_are_noticed(collections: Collections, folder: Path) -> None:
    open_one = folder / "b10.yaml"
    assert collections.look([open_one], thorough=True) == (set(), set())
    assert collections.look([open_one], thorough=True) == (set(), set())
    (folder / "inner" / "new.yaml").write_text("path: /x\n")
    assert collections.look([open_one]) == ({folder}, set())
    with open_one.open("a") as file:
        file.write("# in place\n")
    assert collections.look([open_one]) == (set(), {open_one})
    with (folder / "b9.yaml").open("a") as file:
        file.write("# in place\n")
    assert collections.look([open_one], thorough=True) == ({folder}, set())
    (folder / "inner" / "deep" / "put.yaml").unlink()
    assert collections.look([open_one]) == ({folder}, set())
    open_one.unlink()
    assert collections.look([open_one]) == ({folder}, {open_one})


def test_what_a_killed_program_was_writing_is_removed_in_time(collections: Collections, folder: Path) -> None:
    fresh, old = folder / ".streamscope-1", folder / ".streamscope-2"
    for path in (fresh, old):
        path.write_text("half")
    os.utime(old, (1e9, 1e9))
    collections.tree(folder)
    assert (fresh.exists(), old.exists()) == (True, False)
