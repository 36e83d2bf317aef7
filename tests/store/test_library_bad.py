"""Files that are no saved drafts: each says what is wrong and what to try, and is never overwritten."""

from pathlib import Path

import pytest

from streamscope.model.draft import Draft
from streamscope.model.errors import StoreError
from streamscope.store import library
from streamscope.store.glance import glance
from streamscope.store.library import Conflict
from streamscope.store.names import SUFFIX, free_path, natural, slug

BOMB = "a: &a [x, x]\nb: &b [*a, *a]\nc: &c [*b, *b]\n" + "".join(f"k{n}: [*c, *c]\n" for n in range(100))
BAD: dict[str, tuple[bytes, str]] = {
    "empty": (b"", "it is empty"),
    "blank": (b"\n  \n# only a comment\n", "it is empty"),
    "latin-1": ("path: /caf\u00e9\n".encode("latin-1"), "it is not UTF-8 text (byte 10)"),
    "utf-16": ("path: /x\n".encode("utf-16"), "it is not UTF-8 text (byte 0)"),
    "conflict": (b"path: /1\n<<<<<<< HEAD\nmethod: A\n=======\nmethod: B\n>>>>>>> b\n", "conflict marks"),
    "future": (b"version: 99\npath: /x\n", "later Streamscope (version 99"),
    "odd version": (b"version: one\n", "its version 'one' is no number"),
    "list": (b"- a\n- b\n", "not a mapping"),
    "text": (b"just words\n", "not a mapping"),
    "bomb": (BOMB.encode(), "alias"),
    "python": (b"path: !!python/object/apply:os.system ['true']\n", "tag"),
    "binary": (b"path: !!binary aGk=\n", "tag"),
    "twice": (b"path: /1\nmethod: A\npath: /2\n", "line 3 gives 'path' a second time"),
    "broken": (b"path: 'open\nmethod: B\n", "line "),
    "tab": (b"body:\n\ttext: a\n", "line 2"),
    "nul": (b"path: a\0b\n", "special characters are not allowed"),
    "two documents": (b"path: /1\n---\npath: /2\n", "line"),
    "deep": (b"path: " + b"[" * 5000, "nested too deeply"),
    "wrong type": (b"headers: 12\n", "does not fit"),
    "wrong kind": (b"body:\n  kind: nonsense\n", "does not fit"),
    "header": (b"headers:\n  - a: {b: c}\n", "is no header"),
    "base64": (b"body:\n  content: '***'\n", "Base64"),
    "key": (b"? [a, b]\n: c\n", "name that is no text"),
    "escape": (b'path: "\\UFFFFFFFF"\n', ""),
}


@pytest.mark.parametrize("name", BAD)
def test_each_is_told_and_left_alone(tmp_path: Path, name: str) -> None:
    content, why = BAD[name]
    path = tmp_path / "bad.yaml"
    path.write_bytes(content)
    with pytest.raises(StoreError) as caught:
        library.opened(path)
    assert why in str(caught.value.message)
    assert "bad.yaml" in str(caught.value.message)
    for base in ("", "stale", library.stamp_of(content)):
        try:
            assert isinstance(library.save(path, Draft(path="/mine"), base=base), Conflict)
        except StoreError as error:
            assert why in str(error.message)
    assert path.read_bytes() == content


def test_what_is_no_file_or_too_large_is_told(tmp_path: Path) -> None:
    large = tmp_path / "large.yaml"
    with large.open("wb") as file:
        file.truncate(100_000_000)
    loop = tmp_path / "loop.yaml"
    loop.symlink_to(loop)
    (tmp_path / "folder.yaml").mkdir()
    for path, why in ((large, "100 MB"), (loop, "cannot be read"), (tmp_path / "folder.yaml", "no file"),
                      (tmp_path / "none.yaml", "There is no file")):  # fmt: skip
        with pytest.raises(StoreError) as caught:
            library.opened(path)
        assert why in str(caught.value.message)


def test_a_request_that_no_file_takes_is_refused(tmp_path: Path) -> None:
    from streamscope.model.draft import Body

    with pytest.raises(StoreError) as caught:
        library.save(tmp_path / "x.yaml", Draft(body=Body("text", text="x" * 33_000_000)))
    assert "as the body" in str(caught.value.hint)
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(StoreError):
        library.save(tmp_path / "nowhere" / "x.yaml", Draft())


@pytest.mark.parametrize(
    ("name", "made"),
    [
        ("Chat about harbours", "Chat about harbours"),
        ("列出 服务", "列出 服务"),
        ("a/b\\c:d", "a b c d"),
        ("../../etc/passwd", "etc passwd"),
        ("CON", "CON_"),
        ("nul.txt", "nul.txt_"),
        ("trailing. . ", "trailing"),
        (".hidden", "hidden"),
        ("line\nbreak\t", "line break"),
        ("\u202egnp.exe", "gnp.exe"),
        ("...", ""),
        ("\ud800", "?".replace("?", "")),
        ("x" * 300, "x" * 80),
        ("服" * 300, "服" * 60),
    ],
)
def test_names_become_names_of_files(tmp_path: Path, name: str, made: str) -> None:
    assert slug(name) == made
    path = free_path(tmp_path, name)
    path.write_text("")
    assert path.name == (made or "request") + SUFFIX
    assert free_path(tmp_path, name).name == f"{made or 'request'} 2{SUFFIX}"


def test_a_name_that_no_file_has_is_kept_in_the_file(tmp_path: Path) -> None:
    name = "a/b: " + "服" * 300
    path = free_path(tmp_path, name)
    library.save(path, Draft(name=name))
    assert library.opened(path).draft.name == name
    assert glance(path, path.stat().st_size).name == name


def test_names_are_sorted_as_people_do() -> None:
    assert sorted(["b10", "B9", "a", "b1x", "2", "10"], key=natural) == ["2", "10", "a", "b1x", "B9", "b10"]
