"""Any URL is a service: lines of a workspace, read and written back; bodies guessed from paths."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streamscope.engine import byhand, discover
from streamscope.engine.byhand import Entry
from streamscope.engine.core import Core
from streamscope.engine.samples import guessed_body
from streamscope.model.errors import UsageError
from streamscope.model.service import Workspace

NAMES = st.text(st.characters(categories=["L", "N", "S"]), min_size=1, max_size=8).map(str.strip)
URLS = st.sampled_from(["http://h", "https://h:1/a?b=c", "wss://[::1]:8/x", "http://127.0.0.1/v1/chat/completions"])
ENTRIES = st.lists(st.builds(Entry, URLS, st.one_of(st.just(""), NAMES)), max_size=5)


@given(ENTRIES)
def test_entries_come_back(entries: list[Entry]) -> None:
    workspace = Workspace("By hand", "address")
    unique = list({entry.line: entry for entry in entries}.values())
    for entry in entries:
        workspace = byhand.added(workspace, entry)
    assert byhand.entries(workspace) == unique
    for entry in unique:
        place = byhand.place_of(workspace, entry.line)
        assert place is not None and byhand.entries(workspace)[place].url == entry.url
    for _ in unique:
        workspace = byhand.removed(workspace, 0)
    assert byhand.entries(workspace) == []


@pytest.mark.parametrize(
    "text", ["", "chat", "status:running", "http://", "ftp://h/x", "https://u:p@h/", "http://h /x"]
)
def test_what_is_no_url_is_a_filter(text: str) -> None:
    assert byhand.address(text) == ""


def test_a_pasted_url_is_cleaned() -> None:
    assert byhand.address(' "https://h/x"\n') == "https://h/x"
    assert byhand.entry("127.0.0.1:8000/v1", " my \n own ") == Entry("http://127.0.0.1:8000/v1", "my own")
    for wrong in ("http://h/a b", "http://h/\x00", "https://user:secret@h/"):
        with pytest.raises(UsageError):
            byhand.entry(wrong)


async def test_services_by_hand_have_requests_that_work(core: Core) -> None:
    lines = "\n".join([
        "llm http://127.0.0.1:8000/v1", "http://h/v1/chat/completions", "twin http://h/v1/chat/completions",
        "live ws://h/live", "plain https://h/things", "broken http://", "",
    ])  # fmt: skip
    workspace = Workspace("mine", "address", {"urls": lines})
    found = await discover.services(core, workspace)
    assert [one.name for one in found] == ["llm", "h", "twin", "live", "plain", "broken"]
    assert len({one.id for one in found}) == len(found), "one URL on two lines is two services"
    root, chat, twin, live, plain, broken = found
    assert [sample.path for sample in root.apis] == ["/chat/completions", "/completions", "/embeddings", "/models"]
    assert json.loads(root.samples["sse"].body)["stream"] is True
    assert "stream" not in json.loads(root.samples["https"].body)
    assert (chat.samples["sse"].method, chat.samples["sse"].path) == ("POST", "")
    assert json.loads(chat.samples["sse"].body)["messages"]
    assert twin.addresses == chat.addresses == {"address": "http://h/v1/chat/completions"}
    assert live.protocols == ("websocket",) and live.samples["websocket"].messages
    assert (plain.samples["https"].method, plain.samples["https"].body) == ("GET", "")
    assert (broken.state, bool(broken.note)) == ("failed", True)


async def test_a_copy_has_a_name_of_its_own(core: Core) -> None:
    workspace = byhand.added(Workspace("By hand", "address"), Entry("http://h/x", "one"))
    workspace = byhand.duplicated(byhand.duplicated(workspace, 0), 0)
    assert [one.name for one in byhand.entries(workspace)] == ["one", "one 3", "one 2"]
    found = await discover.services(core, workspace)
    assert [byhand.place_of(workspace, one.id) for one in found] == [0, 1, 2]
    assert byhand.place_of(workspace, "nothing") is None


PATHS = (
    "/v1/embeddings /v1/infers/7/v1/completions /v1/responses /v1/messages?beta=1 /api/generate /predict "
    "/v2/models/a/infer /v1/models/a:predict /v1beta/models/g:streamGenerateContent /generate_stream/"
)


@pytest.mark.parametrize("path", PATHS.split())
def test_widespread_paths_have_bodies(path: str) -> None:
    assert isinstance(json.loads(guessed_body(path, stream=False)), dict)
    assert guessed_body("/things", stream=True) == ""
