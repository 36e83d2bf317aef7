"""Credentials by name: their secret values in the keyring, everything else in a readable file."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from keyring.errors import KeyringLocked
from tests.store.test_secrets import Ring, ring  # noqa: F401 - a fixture

from streamscope.model.credential import Credential
from streamscope.model.draft import Choice, Draft
from streamscope.model.errors import CredentialError, KeyringError, StoreError, UsageError
from streamscope.model.service import Workspace
from streamscope.store.bench import Bench, open_bench
from streamscope.store.credentials import used_by

CANARY = "c4n4ry-s3cr3t"
LONG = "L0NG-c4n4ry-" * 200


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    """A profile; after the test none of its files may hold a secret value."""
    made = open_bench(tmp_path / "profile")
    yield made
    held = [path.read_bytes() for path in made.profile.rglob("*") if path.is_file()]
    assert not any(CANARY.encode() in content or LONG.encode() in content for content in held)


def work(bench: Bench, name: str = "office") -> Credential:
    bench.credentials.save(Credential(name, "token", {"domain": "acme", "user": "me"}), {"password": CANARY})
    return bench.credentials.get(name)


def test_a_credential_outlives_the_session_its_secret_in_the_keyring(ring: Ring, bench: Bench) -> None:  # noqa: F811
    work(bench)
    again = open_bench(bench.profile)
    found = again.credentials.get("office")
    assert (found.auth, found.values, found.secrets) == ("token", {"domain": "acme", "user": "me"}, ("password",))
    assert again.credentials.secrets("office") == {"password": CANARY}
    assert ring.kept == {("streamscope", "credential/office/password"): CANARY}
    assert found.created
    assert not found.used


def test_rename_duplicate_remove_and_undo_move_the_secret_along(ring: Ring, bench: Bench) -> None:  # noqa: F811
    work(bench)
    work(bench, "other")
    bench.credentials.rename("office", "团队 / team")
    assert [one.name for one in bench.credentials.all()] == ["团队 / team", "other"]
    assert bench.credentials.duplicate("团队 / team").name == "团队 / team copy"
    assert sorted(name for _, name in ring.kept) == [
        "credential/other/password",
        "credential/团队 / team copy/password",
        "credential/团队 / team/password",
    ]
    removed = bench.credentials.remove("团队 / team")
    assert ("streamscope", "credential/团队 / team/password") not in ring.kept
    assert bench.credentials.find("团队 / team") is None
    bench.credentials.restore(removed)
    assert [one.name for one in bench.credentials.all()] == ["团队 / team", "团队 / team copy", "other"]
    assert bench.credentials.secrets("团队 / team") == {"password": CANARY}


def test_a_value_is_replaced_kept_or_taken_out(ring: Ring, bench: Bench) -> None:  # noqa: F811
    bench.credentials.save(Credential("k", "aksk", {"access_key": "AK"}), {"secret_key": CANARY, "security_token": "t"})
    bench.credentials.save(replace(bench.credentials.get("k"), values={"access_key": "AK2"}), {"security_token": ""})
    assert bench.credentials.get("k").values == {"access_key": "AK2"}
    assert bench.credentials.secrets("k") == {"secret_key": CANARY}


def test_a_value_that_is_too_long_stays_in_memory_and_that_is_said(ring: Ring, bench: Bench) -> None:  # noqa: F811
    bench.credentials.save(Credential("b", "bearer"), {"token": CANARY})
    kept = bench.credentials.save(bench.credentials.get("b"), {"token": LONG})
    assert not kept["token"].lasting
    assert "1280" in str(kept["token"].why)
    assert bench.credentials.secrets("b") == {"token": LONG}
    assert ring.kept == {}, "the shorter one of before must not come back"
    with pytest.raises(CredentialError) as caught:
        open_bench(bench.profile).credentials.secrets("b")
    assert "type it again" in str(caught.value.hint)


def test_without_a_keyring_values_live_for_the_session(bench: Bench) -> None:
    kept = bench.credentials.save(Credential("b", "bearer"), {"token": CANARY})
    assert not kept["token"].lasting
    assert "no keyring" in str(kept["token"].why)
    assert bench.credentials.secrets("b") == {"token": CANARY}


@pytest.mark.parametrize(("error", "words"), [(KeyringLocked("x"), "locked"), (ConnectionError(CANARY), "said no")])
def test_a_keyring_that_says_no_is_told_with_what_to_try(
    ring: Ring,  # noqa: F811
    bench: Bench,
    monkeypatch: pytest.MonkeyPatch,
    error: Exception,
    words: str,
) -> None:
    work(bench)

    def no(*_: object) -> str:
        raise error

    fresh = open_bench(bench.profile)
    for name in ("get_password", "set_password", "delete_password"):
        monkeypatch.setattr(ring, name, no)
    for does in (fresh.credentials.secrets, fresh.credentials.remove):
        with pytest.raises(KeyringError) as caught:
            does("office")
        assert words in str(caught.value)
        assert CANARY not in str(caught.value) + caught.value.cause
        assert str(caught.value.hint)
    assert fresh.credentials.get("office"), "what could not be removed from the keyring is not gone from the list"
    kept = fresh.credentials.save(fresh.credentials.get("office"), {"password": "new"})
    assert words in str(kept["password"].why)


def test_what_another_program_changed_is_seen(ring: Ring, bench: Bench) -> None:  # noqa: F811
    work(bench)
    assert bench.credentials.secrets("office") == {"password": CANARY}
    other = open_bench(bench.profile)
    other.credentials.save(replace(other.credentials.get("office"), values={"user": "you"}), {"password": "n3w"})
    assert bench.credentials.get("office").values == {"user": "you"}
    assert bench.credentials.secrets("office") == {"password": "n3w"}


def test_who_uses_a_credential_is_known() -> None:
    workspaces = [Workspace("a", "modelarts", credential="office"), Workspace("b", "modelarts")]
    drafts = [("one", Draft(auth=Choice("token", credential="office"))), ("two", Draft())]
    assert used_by("office", workspaces, drafts) == (["a"], ["one"])


def test_use_is_noted_without_writing_each_time(ring: Ring, bench: Bench) -> None:  # noqa: F811
    work(bench)
    bench.credentials.note_use("office")
    first = bench.credentials.get("office").used
    before = (bench.profile / "credentials.toml").read_bytes()
    bench.credentials.note_use("office")
    assert bench.credentials.get("office").used >= first > ""
    assert (bench.profile / "credentials.toml").read_bytes() == before


@pytest.mark.parametrize("name", ["", " ", "a\nb", " a", "x" * 301, "\ud800"])
def test_what_cannot_be_a_name_is_refused(bench: Bench, name: str) -> None:
    with pytest.raises(UsageError):
        bench.credentials.save(Credential(name, "bearer"), {"token": CANARY})


def test_comments_unknown_keys_and_newer_files_are_kept(ring: Ring, tmp_path: Path, bench: Bench) -> None:  # noqa: F811
    work(bench)
    file = bench.profile / "credentials.toml"
    file.write_text("# mine\n" + file.read_text().replace('auth = "token"', 'auth = "token" # why\nteam = "red"'))
    bench.credentials.save(replace(bench.credentials.get("office"), values={"user": "you"}))
    text = file.read_text()
    assert "# mine" in text
    assert "# why" in text
    assert 'team = "red"' in text
    file.write_text("version = 9\n[credentials.x]\nauth = 'bearer'\n")
    newer = open_bench(bench.profile)
    assert newer.credentials.find("x") is not None
    with pytest.raises(StoreError):
        newer.credentials.save(Credential("y", "bearer"), {})
    assert file.read_text().startswith("version = 9")


@pytest.mark.parametrize(
    "text", ["credentials = 3", "[credentials]\nx = 1", "[credentials.x]\nvalues = 2\nsecrets = 1"]
)
def test_a_file_of_another_shape_is_no_obstacle(tmp_path: Path, text: str) -> None:
    (tmp_path / "credentials.toml").write_text(text)
    assert all(one.secrets == () for one in open_bench(tmp_path).credentials.all())
