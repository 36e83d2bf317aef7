"""Words as bash itself splits them: any mixture of quotes, escapes and blanks."""

import re
import shutil
import subprocess

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from streamscope.interop.curl.shell import bash
from streamscope.model.errors import UsageError

_OTHER = re.compile(r"\$(?!['\"]|A(?!\w)|\{A\}|\s|\Z)|~|\\[ \t]+\n")
"""Variables that bash does not know here, and blanks behind a backslash at a line's end."""

pytestmark = pytest.mark.skipif(shutil.which("bash") is None, reason="bash is not installed")

PIECES = st.lists(
    st.sampled_from(
        (
            *("'", '"', "\\", "$'", "a", "n", "x41", "u00e9", " ", "\n", "é", "101"),
            *("#", "$", "${A}", "$A", "b=", "~", "\t"),
        )
    ),
    max_size=12,
).map("".join)


@settings(max_examples=120, deadline=None, suppress_health_check=list(HealthCheck))
@given(PIECES)
@example("$'\\x41\\u00e9\\n\\101\\q'")
@example('"\\a\\\\\\"\\$"')
@example("a\\\nb 'c\n' \"d\\\ne\"")
@example("''\"\" x")
@example("a#b #c")
def test_words(text: str) -> None:
    script = "curl() { if (( $# )); then printf '%s\\0' \"$@\"; fi; }\ncurl " + text + "\n"
    ran = subprocess.run(
        [shutil.which("bash") or "bash", "-c", script],
        capture_output=True,
        env={"PATH": "/nowhere", "LC_ALL": "C.UTF-8", "A": "{{A}}"},
        check=False,
    )
    unclosed = b"unexpected EOF" in ran.stderr
    try:
        ours = bash("curl " + text + "\n").arguments
    except UsageError:
        assert unclosed, text
        return
    if unclosed:  # behind the first command, which is all that is read
        assert "\n" in text
        return
    theirs = ran.stdout.decode("utf-8", "surrogateescape").split("\0")[:-1]
    assert ours == theirs or lenient(text + "\n"), (text, ours, theirs)


def lenient(text: str) -> bool:
    """Where pasted text is read more kindly than bash does: unquoted values that would be split or expanded."""
    return bool(_OTHER.search(text))


def test_it_is_lenient_only_there() -> None:
    assert not lenient("'a' \"b\" \\c")
