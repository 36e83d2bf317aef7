"""Workspaces handed on in a file: all of them comes back but what is secret."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streamscope.kinds.catalog import secret_fields
from streamscope.model.credential import Credential
from streamscope.model.errors import StoreError
from streamscope.model.service import Workspace
from streamscope.store import workspace_file
from streamscope.store.workspace_file import Handed, read, renamed, written

CANARY = "c4n4ry-s3cr3t"
WORDS = st.text(st.characters(exclude_categories=("Cs", "Cc", "Zl", "Zp")), min_size=1, max_size=12).filter(
    lambda word: word == word.strip()
)
PLAIN = st.text("abcdefghijklmnopqrstuvwxyz0123456789-.中文", max_size=12)
WORKSPACES = st.builds(
    Workspace,
    name=WORDS,
    platform=st.sampled_from(("modelarts", "address")),
    values=st.dictionaries(st.sampled_from(("region", "project", "iam")), PLAIN.filter(bool)),
    ca=PLAIN,
    insecure=st.booleans(),
    proxy=PLAIN,
    resolve=st.lists(PLAIN.filter(bool), max_size=2).map(tuple),
    trusted=st.lists(PLAIN.filter(bool), max_size=2).map(tuple),
    credential=st.just(""),
)


@given(st.lists(WORKSPACES, max_size=4, unique_by=lambda one: one.name))
def test_what_is_handed_on_comes_back(workspaces: list[Workspace]) -> None:
    text, left_out = written(workspaces, [], secret_fields())
    assert read(text) == Handed(tuple(workspaces))
    assert left_out == []


def test_no_secret_is_in_the_file() -> None:
    workspace = Workspace(
        "w",
        "address",
        {"urls": f"a https://u:{CANARY}@host/v1?api_key={CANARY}&x=1\nhttps://b", "token.password": CANARY},
        proxy=f"http://me:{CANARY}@proxy:3128",
        credential="key",
    )
    credential = Credential("key", "token", {"domain": "d", "user": "u", "password": CANARY}, ("password",))
    text, left_out = written([workspace], [credential, Credential("other", "bearer")], secret_fields())
    assert CANARY not in text
    assert len(left_out) == 3
    handed = read(text)
    assert handed.workspaces[0].values == {"urls": "a https://u@host/v1?api_key=&x=1\nhttps://b"}
    assert handed.workspaces[0].proxy == "http://me@proxy:3128"
    assert [(one.name, dict(one.values), one.secrets) for one in handed.credentials] == [
        ("key", {"domain": "d", "user": "u"}, ())
    ]


def test_other_names_hold_together() -> None:
    handed = Handed((Workspace("w", "address", credential="key"),), (Credential("key", "token"),))
    made = renamed(handed, {"w": "w copy"}, {"key": "key 2"})
    assert (made.workspaces[0].name, made.workspaces[0].credential, made.credentials[0].name) == (
        "w copy", "key 2", "key 2",
    )  # fmt: skip


@pytest.mark.parametrize(
    "text",
    [
        "{",
        "",
        "format = 'other'",
        f"format = '{workspace_file.FORMAT}'\nversion = 99",
        f"format = '{workspace_file.FORMAT}'\nversion = 1\n[workspaces.\" \"]\nplatform = 'address'",
    ],
)
def test_what_is_no_such_file_is_refused(text: str) -> None:
    with pytest.raises(StoreError):
        read(text)


@given(st.text(max_size=60))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        read(text)
        read(f"format = '{workspace_file.FORMAT}'\nversion = 1\n{text}")
    except StoreError:
        pass
