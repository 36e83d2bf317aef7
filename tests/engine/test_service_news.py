"""What a list row tells anew of a service that is known whole."""

from dataclasses import replace

from streamscope.engine.discover import updated
from streamscope.engine.watching import difference
from streamscope.model.service import Service

KNOWN = Service("s1", "a", "w", "v2", "RUNNING", "running", note="why", rate_limit="5 / second", version="1.0.0")
ROW = Service("s1", "a", "w", "v2", "RUNNING", "running", complete=False, version="1.0.0")


def test_a_row_that_tells_nothing_new_changes_nothing() -> None:
    assert updated(KNOWN, ROW) is KNOWN
    assert difference([KNOWN], [ROW]) == ((), ())


def test_another_version_has_other_limits() -> None:
    row = replace(ROW, version="1.0.1")
    seen = updated(KNOWN, row)
    assert (seen.rate_limit, seen.complete, seen.version) == ("5 / second", False, "1.0.1")
    assert difference([KNOWN], [seen]) == ((seen,), ())


def test_a_service_that_is_frozen_says_so_at_once() -> None:
    seen = updated(KNOWN, replace(ROW, note="Frozen"))
    assert (seen.note, seen.complete) == ("Frozen", True)
    assert updated(replace(KNOWN, note="Frozen. Further addresses: x"), replace(ROW, note="Frozen")).note.endswith("x")
