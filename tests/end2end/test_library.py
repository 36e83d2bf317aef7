"""Saved requests and history from the command line."""

from collections.abc import Callable
from pathlib import Path

from tests.program import Result
from tests.raw import Peer, Served

from streamscope.model.draft import Body, Choice, Draft, Part
from streamscope.store import library


async def ok(peer: Peer) -> None:
    await peer.request()
    await peer.answer(b"fine", Content_Type="text/plain")


def test_collections_are_opened_listed_and_shown(bare: Callable[..., Result], tmp_path: Path) -> None:
    place = tmp_path / "requests"
    (place / "内部").mkdir(parents=True)
    library.save(place / "chat.yaml", Draft(name="chat", method="POST"))
    library.save(place / "内部" / "list.yaml", Draft(name="list"))
    (place / "empty.yaml").write_text("")
    assert "No collection" in bare("collections").err
    assert bare("collections", "open", place).text.strip() == str(place)
    (row,) = bare("collections", "list", "--output", "json").json
    assert (row["name"], row["requests"]) == ("requests", 3)
    shown = bare("collections", "tree", place)
    assert shown.code == 1
    assert shown.text.splitlines() == [
        "requests", "  内部", "    GET     list", "  POST    chat", "  !       empty  The file is empty.",
    ]  # fmt: skip
    assert bare("collections", "close", place).code == 0
    assert bare("collections", "list", "--output", "json").json == []
    refused = bare("collections", "open", tmp_path / "nowhere")
    assert (refused.code, "is no folder" in refused.err) == (2, True)


def test_a_saved_request_is_sent_with_the_files_beside_it(
    bare: Callable[..., Result], serve: Callable[..., Served], tmp_path: Path
) -> None:
    served = serve(ok)
    place = tmp_path / "requests"
    place.mkdir()
    (place / "body.txt").write_text("from a file beside it")
    draft = Draft(
        channel=Choice("address", {"url": served.http + "/x"}),
        headers=(("X-One", "1"),),
        body=Body("file", file="body.txt"),
        name="one",
    )
    library.save(place / "one.yaml", draft)
    result = bare("send", "--draft", place / "one.yaml", "--output", "body")
    assert (result.code, result.out) == (0, b"fine"), result.err
    served.wait()
    assert served.request.body == b"from a file beside it"
    served = serve(ok)
    (place / "two.yaml").write_text(
        f"channel: {{kind: address, values: {{url: '{served.http}'}}}}\n"
        "body:\n  kind: multipart\n  parts:\n    - name: a\n      file: body.txt\n"
    )
    assert bare("send", "--draft", place / "two.yaml", "--output", "body").code == 0
    assert library.opened(place / "two.yaml").draft.body.parts == (Part("a", file="body.txt"),)
    (place / "bad.yaml").write_text("path: 'open\n")
    refused = bare("send", "--draft", place / "bad.yaml")
    assert refused.code == 2
    assert "is not a saved draft: line" in refused.err


def test_history_is_listed_for_people_and_programs(bare: Callable[..., Result], tmp_path: Path) -> None:
    from streamscope.model.event import Closed, Head, RequestSent
    from streamscope.store.bench import open_bench

    assert "Nothing" in bare("history").err
    bench = open_bench(tmp_path / "bare")
    exchange = bench.recordings.new(Draft())
    started = exchange.started.isoformat()
    exchange.append(RequestSent(0, started, "POST", "https://host/v1/chat", [], "none", "address", "sse"))
    exchange.append(Head(1, 503, "HTTP/1.1", []))
    exchange.append(Closed(40_000_000, "server"))
    exchange.close()
    path = exchange.path
    del exchange
    bench.close()
    (row,) = bare("history", "--json").json
    assert (row["path"], row["status"], row["outcome"]) == (str(path), 503, "error")
    shown = bare("history", "--find", "CHAT 503")
    assert "503 error" in shown.text
    assert bare("history", "--find", "nothing like it", "--json").json == []
    assert bare("history", "--day", "1999-01-01", "--json").json == []
