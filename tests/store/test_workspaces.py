"""Workspaces in a file that a person may edit, too."""

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from streamscope.model.errors import UsageError
from streamscope.model.service import Workspace
from streamscope.store.workspaces import Workspaces

OWN = Workspace(
    "own",
    "modelarts",
    {"region": "cn-north-4", "project": "p"},
    ca="/ca.pem",
    insecure=True,
    proxy="none",
    resolve=("a:443:10.0.0.1",),
    trusted=("AA:BB",),
    credential="work",
)


def opened(folder: Path) -> Workspaces:
    return Workspaces(folder / "workspaces.toml", [])


def test_everything_of_a_workspace_comes_back(tmp_path: Path) -> None:
    opened(tmp_path).save(OWN)
    assert opened(tmp_path).get("own") == OWN
    assert opened(tmp_path).names() == ["sandbox", "own"]


def test_rename_duplicate_reorder_and_remove(tmp_path: Path) -> None:
    workspaces = opened(tmp_path)
    for name in ("a", "b", "c"):
        workspaces.save(replace(OWN, name=name))
    workspaces.rename("b", "bee")
    assert workspaces.duplicate("a").name == "a copy"
    assert workspaces.names() == ["sandbox", "a", "a copy", "bee", "c"]
    workspaces.arrange(["c", "sandbox", "bee", "a", "a copy"])
    workspaces.remove("a")
    assert opened(tmp_path).names() == ["c", "sandbox", "bee", "a copy"]
    assert opened(tmp_path).get("bee") == replace(OWN, name="bee")
    for does in (
        lambda: workspaces.rename("c", "bee"),
        lambda: workspaces.remove("sandbox"),
        lambda: workspaces.remove("x"),
    ):
        with pytest.raises(UsageError):
            does()


def test_comments_survive_every_change(tmp_path: Path) -> None:
    file = tmp_path / "workspaces.toml"
    file.write_text(
        '# head\n[workspaces.a]\nplatform = "address" # here\nown = 1\n\n# of b\n[workspaces.b]\nplatform = "x"\n'
    )
    workspaces = opened(tmp_path)
    workspaces.save(replace(workspaces.get("a"), proxy="none"))
    workspaces.arrange(["b", "a"])
    workspaces.rename("a", "c")
    text = file.read_text()
    for part in ("# head", "# here", "own = 1"):
        assert part in text
    assert opened(tmp_path).names() == ["sandbox", "b", "c"]


def test_a_credential_that_is_renamed_is_named_anew(tmp_path: Path) -> None:
    workspaces = opened(tmp_path)
    workspaces.save(OWN)
    workspaces.credential_renamed("work", "home")
    assert opened(tmp_path).get("own").credential == "home"


def test_what_another_program_wrote_is_seen(tmp_path: Path) -> None:
    one, other = opened(tmp_path), opened(tmp_path)
    other.save(OWN)
    assert one.find("own") == OWN


names = st.text(min_size=1, max_size=30).filter(lambda name: name == name.strip() and name.isprintable())


@settings(max_examples=40, deadline=None)
@given(
    st.dictionaries(names, st.text(st.characters(codec="utf-8"), max_size=40), max_size=4),
    st.lists(names, unique=True, max_size=4),
)
def test_any_values_and_names_come_back(
    tmp_path_factory: pytest.TempPathFactory, values: dict[str, str], more: list[str]
) -> None:
    folder = tmp_path_factory.mktemp("any")
    workspaces = opened(folder)
    for name in more:
        workspaces.save(Workspace(name, "address", values))
    workspaces.arrange(sorted(more))
    again = opened(folder)
    for name in more:
        assert again.get(name).values == {key: value for key, value in values.items() if value}
