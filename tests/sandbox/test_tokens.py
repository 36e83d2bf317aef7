"""Tokens carry their own proof: nothing but the whole token is accepted."""

import secrets

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streamscope.sandbox import tokens
from streamscope.sandbox.tokens import Grant, Mint, Problem

MINT = Mint(secrets.token_hex(32))
TOKEN, GRANT = MINT.token("project", 3600)


def test_a_token_gives_its_grant_back() -> None:
    assert MINT.check(TOKEN) == GRANT
    assert TOKEN.startswith("MII")


@given(st.integers(0, len(TOKEN) - 1))
def test_no_beginning_of_a_token_is_one(length: int) -> None:
    assert MINT.check(TOKEN[:length]) is Problem.MALFORMED


@given(st.integers(8, len(TOKEN) - 4), st.sampled_from("AZaz09+-"))
def test_no_changed_token_is_one(place: int, letter: str) -> None:
    changed = TOKEN[:place] + letter + TOKEN[place + 1 :]
    assert MINT.check(changed) == (GRANT if changed == TOKEN else Problem.FOREIGN)


@given(st.text(max_size=60))
def test_any_text_is_answered(text: str) -> None:
    assert isinstance(MINT.check(text), Problem)


def test_other_seals_and_other_kinds_are_foreign() -> None:
    assert Mint(secrets.token_hex(32)).check(TOKEN) is Problem.FOREIGN
    temporary, grant = MINT.temporary_keys(900)
    assert MINT.check(temporary) is Problem.FOREIGN
    assert MINT.check(temporary, "temporary") == grant
    assert MINT.secret(grant.access) != MINT.secret("other")


def test_time_passes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tokens.time, "time_ns", lambda: GRANT.expires_ns - 1)
    assert isinstance(MINT.check(TOKEN), Grant)
    monkeypatch.setattr(tokens.time, "time_ns", lambda: GRANT.expires_ns)
    assert MINT.check(TOKEN) is Problem.EXPIRED


def test_revoked_tokens_are_expired_and_new_ones_are_not() -> None:
    mint = Mint(secrets.token_hex(32))
    before, _ = mint.token("project", 3600)
    mint.revoke_all()
    after, _ = mint.token("project", 3600)
    assert mint.check(before) is Problem.EXPIRED
    assert isinstance(mint.check(after), Grant)
