"""Saved drafts: the same draft comes back, and only the lines of what changed are changed."""

import difflib
import os
import stat
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from ruamel.yaml import YAML
from tests.store.drafts import drafts

from streamscope.model.draft import Body, Choice, Draft, Limits, Outgoing, Part, Unsent
from streamscope.store import library
from streamscope.store.draft_tree import draft_of, tree_of
from streamscope.store.library import Conflict, Saved
from streamscope.store.yaml_reading import read
from streamscope.store.yaml_writing import written

HAND = """\
# My requests, by hand
service: chat   # the one
name: "By hand"    # its title

method: POST
# the way
channel: {kind: address, values: {url: "http://a"}}
headers:
    # first
    - Accept: text/event-stream   # streams
    - X-One:   'one'

    # and then
    - X-Two: two # 2
    - [X-Three, three]
body:
    # the body
    text: |
          {
             "a": 1
          }

    kind: json
my: {own: [1, 2]}
limits:
  total: 30 # s
"""
Change = Callable[[Draft], Draft]
_thorough = settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))


@_thorough
@given(drafts)
def test_a_draft_comes_back_as_it_was(draft: Draft) -> None:
    text = written(tree_of(draft, "x"))
    assert draft_of(read(text.encode().decode()).tree, "x") == draft


@_thorough
@given(drafts)
def test_other_programs_read_texts_as_texts(draft: Draft) -> None:
    """YAML 1.2, as ruamel.yaml reads it, gives texts and nothing else where the draft has texts."""
    tree = tree_of(draft, "x")
    found = YAML(typ="safe", pure=True).load(written(tree))
    assert found == _lists(tree)


def _lists(value: object) -> object:
    """Pairs as other programs see them: a mapping of one, or a list of two where a name is too long for a key."""
    if isinstance(value, tuple):
        return {value[0]: value[1]} if len(str(value[0])) < 100 else list(value)
    if isinstance(value, list):
        return [_lists(inner) for inner in value]
    return {key: _lists(inner) for key, inner in value.items()} if isinstance(value, dict) else value


@settings(max_examples=40, phases=[Phase.reuse, Phase.generate], deadline=None, suppress_health_check=list(HealthCheck))
@given(drafts, drafts)
def test_any_draft_becomes_any_other_in_its_file(
    tmp_path_factory: pytest.TempPathFactory, old: Draft, new: Draft
) -> None:
    path = tmp_path_factory.mktemp("c") / "x.yaml"
    first = library.save(path, old)
    assert isinstance(first, Saved)
    path.write_text("# by hand\n" + path.read_text(encoding="utf-8"), encoding="utf-8")
    loaded = library.opened(path)
    assert loaded.draft == first.draft
    second = library.save(path, new, base=loaded.stamp)
    assert isinstance(second, Saved)
    assert library.opened(path).draft == second.draft
    assert path.read_text(encoding="utf-8").startswith("# by hand\n")


def _header(number: int, value: str) -> Change:
    def change(draft: Draft) -> Draft:
        pairs = [(name, value if at == number else old) for at, (name, old) in enumerate(draft.headers)]
        return msgspec.structs.replace(draft, headers=tuple(pairs))

    return change


def _with(**values: object) -> Change:
    return lambda draft: msgspec.structs.replace(draft, **values)


@pytest.mark.parametrize(
    ("change", "gone", "come"),
    [
        (_header(0, "a: b"), ["    - Accept: text/event-stream   # streams"], ["    - Accept: 'a: b'   # streams"]),
        (_header(1, "uno"), ["    - X-One:   'one'"], ["    - X-One:   uno"]),
        (_header(3, "tre"), ["    - [X-Three, three]"], ["    - X-Three: tre"]),
        (_with(method="PUT"), ["method: POST"], ["method: PUT"]),
        (_with(method=""), ["method: POST"], []),
        (_with(path="/v1"), [], ["path: /v1"]),
        (_with(limits=Limits(total=1.5)), ["  total: 30 # s"], ["  total: 1.5 # s"]),
        (_with(name="Other"), ['name: "By hand"    # its title'], ["name: Other    # its title"]),
        (_with(channel=Choice("public")), ['channel: {kind: address, values: {url: "http://a"}}'], ["channel: public"]),
        (lambda d: _with(headers=d.headers[1:])(d), ["    - Accept: text/event-stream   # streams"], []),
        (lambda d: _with(headers=(*d.headers, ("N", "n")))(d), [], ["    - N: n"]),
        (lambda d: _with(headers=(d.headers[0], ("N", "n"), *d.headers[1:]))(d), [], ["    - N: n"]),
        (_with(body=Body("json", text='{\n   "a": 2\n}\n')), ['             "a": 1'], ['             "a": 2']),
        (_with(messages=(Outgoing("a\nb"), Outgoing())), [],
         ["messages:", "  - text: |-", "      a", "      b", "  - {}"]),
    ],
)  # fmt: skip
def test_only_the_edited_lines_change(tmp_path: Path, change: Change, gone: list[str], come: list[str]) -> None:
    path = tmp_path / "x.yaml"
    path.write_text(HAND)
    loaded = library.opened(path)
    assert isinstance(library.save(path, change(loaded.draft), base=loaded.stamp), Saved)
    assert library.opened(path).draft == change(loaded.draft)
    lines = list(difflib.ndiff(HAND.splitlines(), path.read_text().splitlines()))
    assert [line[2:] for line in lines if line.startswith("- ")] == gone
    assert [line[2:] for line in lines if line.startswith("+ ")] == come


def test_a_file_reads_well(tmp_path: Path) -> None:
    path = tmp_path / "Chat.yaml"
    draft = Draft(
        Choice("aksk", credential="mine"), Choice("public"), Choice("sse"), "sandbox", "chat", "POST", "/v1/chat",
        (("Accept", "text/event-stream"), ("X-Trace", "{{trace}}")),
        Body("json", text='{\n  "stream": true\n}'), name="Chat",
        unsent=(Unsent("header", 1, "X-Off", "1"),),
    )  # fmt: skip
    library.save(path, draft)
    assert path.read_text() == (
        "version: 1\nworkspace: sandbox\nservice: chat\nauth:\n  kind: aksk\n  credential: mine\nchannel: public\n"
        "protocol: sse\nmethod: POST\npath: /v1/chat\n"
        "headers:\n  - Accept: text/event-stream\n  - X-Trace: '{{trace}}'\n"
        "unsent:\n  - place: header\n    at: 1\n    name: X-Off\n    value: '1'\n"
        'body:\n  kind: json\n  text: |-\n    {\n      "stream": true\n    }\n'
    )


def test_what_changed_outside_is_not_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "x.yaml"
    first = library.save(path, Draft(name="x", path="/1"))
    assert isinstance(first, Saved)
    assert library.changed_outside(path, first.stamp) is None
    path.write_text("path: /theirs\n")
    noticed = library.changed_outside(path, first.stamp)
    conflict = library.save(path, Draft(name="x", path="/mine"), base=first.stamp)
    assert isinstance(conflict, Conflict)
    assert conflict == noticed
    assert conflict.theirs is not None
    assert conflict.theirs.draft.path == "/theirs"
    assert path.read_text() == "path: /theirs\n"
    beside = library.save_beside(path, Draft(name="x", path="/mine"))
    assert isinstance(beside, Saved)
    assert (beside.path.name, library.opened(beside.path).draft.path) == ("x (yours).yaml", "/mine")
    mine = library.save(path, Draft(name="x", path="/mine"), base=conflict.stamp)
    assert isinstance(mine, Saved)
    assert library.opened(path).draft.path == "/mine"


def test_a_new_file_overwrites_nothing_and_a_deleted_one_is_told(tmp_path: Path) -> None:
    path = tmp_path / "x.yaml"
    path.write_text("path: /there\n")
    assert isinstance(library.save(path, Draft(path="/new")), Conflict)
    stamp = library.opened(path).stamp
    path.unlink()
    gone = library.save(path, Draft(path="/new"), base=stamp)
    assert isinstance(gone, Conflict)
    assert (gone.theirs, gone.stamp, gone.trouble) == (None, "", None)
    assert isinstance(library.save(path, Draft(path="/new"), base=gone.stamp), Saved)


def test_the_same_change_on_both_sides_is_no_conflict(tmp_path: Path) -> None:
    path = tmp_path / "x.yaml"
    first = library.save(path, Draft(name="x", path="/1"))
    assert isinstance(first, Saved)
    path.write_text("# theirs\npath: /2\n")
    assert isinstance(library.save(path, Draft(name="x", path="/2"), base=first.stamp), Saved)
    assert path.read_text() == "# theirs\npath: /2\n"


def test_mode_symlink_line_ends_and_byte_order_mark_stay(tmp_path: Path) -> None:
    real = tmp_path / "real.yaml"
    real.write_bytes("\ufeff# c\r\npath: /1\r\n".encode())
    real.chmod(0o640)
    link = tmp_path / "link.yaml"
    link.symlink_to(real)
    loaded = library.opened(link)
    assert loaded.draft == Draft(name="link", path="/1")
    library.save(link, Draft(name="link", path="/2"), base=loaded.stamp)
    assert link.is_symlink()
    assert real.read_bytes() == "\ufeff# c\r\npath: /2\r\n".encode()
    assert stat.S_IMODE(real.stat().st_mode) == 0o640
    fresh = tmp_path / "fresh.yaml"
    umask = os.umask(0o022)
    try:
        library.save(fresh, Draft(name="fresh"))
    finally:
        os.umask(umask)
    assert stat.S_IMODE(fresh.stat().st_mode) == 0o644
    assert sorted(found.name for found in tmp_path.iterdir()) == ["fresh.yaml", "link.yaml", "real.yaml"]


def test_nothing_is_written_where_nothing_changed(tmp_path: Path) -> None:
    path = tmp_path / "x.yaml"
    path.write_text(HAND)
    before = path.stat()
    loaded = library.opened(path)
    assert isinstance(library.save(path, loaded.draft, base=loaded.stamp), Saved)
    assert (path.stat().st_mtime_ns, path.stat().st_ino) == (before.st_mtime_ns, before.st_ino)
    assert "my" in str(loaded.notices[0])


def test_secrets_are_left_out_and_that_is_said(tmp_path: Path) -> None:
    path = tmp_path / "x.yaml"
    draft = Draft(
        Choice("aksk", {"access_key": "AK", "secret_key": "hush-1"}),
        Choice("address", {"url": "https://me:hush-2@host/v1?api_key=hush-3&b=2"}),
        headers=(("A", "1"), ("Authorization", "Bearer hush-4"), ("X-Auth-Token", "{{token}}"), ("B", "2")),
        unsent=(Unsent("header", 1, "Off"), Unsent("header", 5, "Cookie", "hush-5")),
        proxy="http://u:hush-6@p:1",
        name="x",
    )
    saved = library.save(path, draft, secret={("aksk", "secret_key")})
    assert isinstance(saved, Saved)
    assert "hush" not in path.read_text()
    assert len(saved.dropped) == 6
    kept = library.opened(path).draft
    assert kept.headers == (("A", "1"), ("X-Auth-Token", "{{token}}"), ("B", "2"))
    assert kept.unsent == (
        Unsent("header", 1, "Off"),
        Unsent("header", 2, "Authorization"),
        Unsent("header", 5, "Cookie"),
    )
    assert kept.auth.values == {"access_key": "AK"}
    assert kept.channel.values == {"url": "https://me@host/v1?api_key=&b=2"}


def test_files_are_found_beside_the_draft(tmp_path: Path) -> None:
    (tmp_path / "x.yaml").write_text(
        "ca: ca.pem\nbody:\n  kind: multipart\n  file: b.bin\n  parts:\n    - name: a\n      file: sub/a.txt\n"
        "    - name: b\n      file: /abs\n    - name: c\n      file: '{{where}}/c'\n"
    )
    draft = library.load(tmp_path / "x.yaml")
    assert (draft.ca, draft.body.file) == (str(tmp_path / "ca.pem"), str(tmp_path / "b.bin"))
    assert [part.file for part in draft.body.parts] == [str(tmp_path / "sub/a.txt"), "/abs", "{{where}}/c"]
    assert library.opened(tmp_path / "x.yaml").draft.body.parts[0] == Part("a", file="sub/a.txt")
