"""Dialects from the command line: chosen, given as a path, kept under a name, sticky in a saved draft."""

from collections.abc import Callable
from pathlib import Path

from tests.program import Result
from tests.raw import Peer, Served

Bare = Callable[..., Result]
Serve = Callable[..., Served]


async def own(peer: Peer) -> None:
    """A format of nobody's."""
    await peer.request()
    await peer.stream(*(b'data: {"out": {"piece": "%s"}, "why": null}\n\n' % word for word in (b"Hel", b"lo")),
                      b'data: {"out": {"piece": ""}, "why": "length"}\n\n', b"data: over\n\n")  # fmt: skip


def test_a_path_is_a_dialect(bare: Bare, serve: Serve) -> None:
    told = bare("send", serve(own).http, "--dialect", "$.out.piece", "--output", "summary").json
    assert (told["text"], told["dialect"], told["end"]) == ("Hello", "$.out.piece", "none needed")
    assert bare("send", serve(own).http, "--dialect", "$.out[").code == 2
    assert "Did you mean 'openai.chat'" in bare("send", serve(own).http, "--dialect", "openai.chatt").err


def test_one_of_ones_own_is_kept_and_sticks_to_a_draft(bare: Bare, serve: Serve, tmp_path: Path) -> None:
    profile = ("--profile", tmp_path / "profile")
    paths = ("--text", "$.out.piece", "--finish", "$.why", "--end", "over")
    listed = bare("dialects", "--save", "mine", *paths, *profile)
    assert "user.mine" in listed.text
    draft = tmp_path / "draft.yaml"
    address = f"channel: {{kind: address, values: {{url: {serve(own).http}}}}}"
    draft.write_text(f"{address}\nprotocol: {{kind: sse}}\nmethod: POST\ndialect: user.mine\n")
    saved = tmp_path / "saved.jsonl"
    result = bare("send", "--draft", draft, "--output", "summary", "--save", saved, *profile)
    assert (result.code, result.json["text"], result.json["end"]) == (0, "Hello", "seen")
    assert result.json["choices"][0]["finish_reason"] == "length"
    again = bare("inspect", saved, "--output", "text", *profile)
    assert again.text == "Hello"
    assert "user.mine" not in bare("dialects", "--remove", "mine", *profile).text


def test_a_broken_one_of_ones_own_is_no_obstacle(bare: Bare, serve: Serve, tmp_path: Path) -> None:
    (tmp_path / "dialects.toml").write_text('[dialects.bad]\ntext = "$.["\n')
    result = bare("send", serve(own).http, "--output", "summary", "--profile", tmp_path)
    assert result.code == 0
    assert result.json["dialect"] == "raw"
