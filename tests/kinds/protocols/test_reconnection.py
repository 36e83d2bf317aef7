"""What a person chose about reconnecting, and when it is done."""

import pytest

from streamscope.kinds.protocols.reconnection import LONGEST, Reconnection, may_pass
from streamscope.model.errors import CredentialError, Refused, Silent, UntrustedCertificate, UsageError
from streamscope.model.event import Closed
from streamscope.model.phrase import phrase

SAID = phrase("x")


def test_it_is_off_unless_it_is_asked_for() -> None:
    assert Reconnection.of({}) is None
    assert Reconnection.of({"reconnect": "off", "reconnect_after": "nonsense"}) is None
    assert Reconnection.of({"reconnect": "fixed"}) == Reconnection(False, 1.0, 10)


@pytest.mark.parametrize(
    "wrong",
    [
        {"reconnect": "often"},
        {"reconnect": "fixed", "reconnect_after": "soon"},
        {"reconnect": "fixed", "reconnect_after": "nan"},
        {"reconnect": "exponential", "reconnect_tries": "-1"},
        {"reconnect": "fixed", "reconnect_after": "inf"},
    ],
)
def test_what_makes_no_sense_is_refused(wrong: dict[str, str]) -> None:
    with pytest.raises(UsageError):
        Reconnection.of(wrong)


def test_a_fixed_time_stays_the_same() -> None:
    fixed = Reconnection(False, 2.5, 0)
    assert {fixed.wait(number, 0.7) for number in range(1, 50)} == {2.5}


def test_a_growing_time_doubles_and_has_an_end_and_its_half_is_chance() -> None:
    growing = Reconnection(True, 1.0, 0)
    assert [growing.wait(number, 1.0) for number in (1, 2, 3, 4)] == [1.0, 2.0, 4.0, 8.0]
    assert growing.wait(3, 0.0) == 2.0
    assert growing.wait(10_000, 1.0) == LONGEST
    assert growing.wait(10_000, 0.0) == LONGEST / 2


def test_tries_are_counted() -> None:
    assert [Reconnection(False, 1, 2).more(number) for number in (1, 2, 3)] == [True, True, False]
    assert Reconnection(False, 1, 0).more(10**6)


@pytest.mark.parametrize(
    ("end", "wanted", "always"),
    [
        (Closed(0, "network", 1006), True, True),
        (Closed(0, "server", 1001), True, True),
        (Closed(0, "server", 1011), True, True),
        (Closed(0, "server", 4000), True, True),
        (Closed(0, "server", 1000), False, True),
        (Closed(0, "server", 1005), False, True),
        (Closed(0, "client", 1000), False, False),
        (Closed(0, "client", 4000), False, False),
        (Closed(0, "user", 1006), False, False),
    ],
)
def test_which_ends_are_followed_by_another_connection(end: Closed, wanted: bool, always: bool) -> None:
    assert Reconnection(False, 1, 0).wanted(end) is wanted
    assert Reconnection(False, 1, 0, always=True).wanted(end) is always


def test_what_may_be_over_in_a_moment() -> None:
    assert all(may_pass(ended) for ended in (500, 503, 429, 408, Refused(SAID), Silent(SAID)))
    assert not any(
        may_pass(ended)
        for ended in (0, 101, 400, 401, 404, UntrustedCertificate(SAID), CredentialError(SAID), UsageError(SAID))
    )
