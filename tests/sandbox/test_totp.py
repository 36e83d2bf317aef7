"""An MFA device's codes are those of RFC 6238, appendix B (the last six of its eight digits)."""

import base64
import time

import pytest

from streamscope.sandbox.totp import code, right

SECRET = base64.b32encode(b"12345678901234567890").decode()


@pytest.mark.parametrize(
    ("at", "wanted"),
    [(59, "287082"), (1111111109, "081804"), (1234567890, "005924"), (2000000000, "279037"), (20000000000, "353130")],
)
def test_the_standards_own_vectors(at: int, wanted: str) -> None:
    assert code(SECRET, at) == wanted


def test_a_code_is_good_for_a_step_around_now() -> None:
    now = time.time()
    assert right(SECRET, code(SECRET, now))
    assert right(SECRET, code(SECRET, now - 30)) or right(SECRET, code(SECRET, now - 29))
    assert not right(SECRET, code(SECRET, now - 300))
    assert not right(SECRET, "")
