"""`inspect --slo`: times held against objectives, with an exit code of their own; `compare` of many runs."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.exchanges import ALL, MS, stream
from tests.interop.test_lines import written

from streamscope.cli.inspect import NOT_MET
from streamscope.cli.main import run

Save = Callable[..., str]


@pytest.fixture
def saved(tmp_path: Path) -> Save:
    def save(events: list[object], name: str = "file") -> str:
        path = tmp_path / name
        path.write_bytes(written(events))  # type: ignore[arg-type]
        return str(path)

    return save


def test_verdicts_are_printed_and_exit(saved: Save, capfd: pytest.CaptureFixture[str]) -> None:
    path = saved(stream(tuple("abcdefgh"), gap=40 * MS))
    assert run(["inspect", path, "--slo", "mlperf-llama2-70b-interactive"], None) == 0
    out = capfd.readouterr().out
    assert "Meets 2 of 2, 1 close" in out
    assert "close  Time for one token (TPOT)  40 of 40 ms" in out
    assert run(["inspect", path, "--output", "timing", "--slo", "ttft=50ms,tokens_per_s=10"], None) == NOT_MET
    out = capfd.readouterr().out
    assert "Meets 1 of 2" in out
    assert "✗ missed  First token (TTFT)  71 of 50 ms" in out
    assert "at least 10 tokens/s" in out
    assert run(["inspect", path, "--output", "text", "--slo", "ttft=50ms"], None) == NOT_MET
    assert capfd.readouterr().out == "abcdefgh"


def test_a_summary_tells_the_verdicts(saved: Save, capfd: pytest.CaptureFixture[str]) -> None:
    path = saved(ALL["refused"])
    assert run(["inspect", path, "--output", "summary", "--slo", "ttft=50ms"], None) == NOT_MET
    told = json.loads(capfd.readouterr().out)
    assert told["outcome"] == "no connection"
    assert told["objectives"] == [
        {"key": "ttft", "label": "First token (TTFT)", "unit": "ms", "limit": 50.0, "at_least": False, "value": None,
         "verdict": "unknown"}
    ]  # fmt: skip
    assert run(["inspect", path, "--output", "summary"], None) == 0
    assert "objectives" not in json.loads(capfd.readouterr().out)


@pytest.mark.parametrize(
    ("more", "told"),
    [
        (["--slo", "mlperf-llama2-70"], "Did you mean 'mlperf-llama2-70b'?"),
        (["--slo", "ttft=quick"], "is no limit"),
        (["--slo", "ttft=1s", "--output", "events"], "whole exchange"),
        (["--slo", "ttft=1s", "--kind", "read"], "whole exchange"),
    ],
)
def test_what_makes_no_sense_is_refused(
    saved: Save, capfd: pytest.CaptureFixture[str], more: list[str], told: str
) -> None:
    assert run(["inspect", saved(stream()), *more], None) == 2
    assert told in capfd.readouterr().err


def test_many_runs_are_a_table(saved: Save, capfd: pytest.CaptureFixture[str]) -> None:
    paths = [saved(stream(gap=(30 + number % 3) * MS), f"run-{number}") for number in range(8)]
    paths.append(saved(stream(gap=500 * MS), "a-run-with-a-name-that-is-long-" * 3))
    assert run(["compare", *paths], None) == 0
    lines = capfd.readouterr().out.splitlines()
    assert lines[0] == "Runs: 9; times in ms"
    assert len(lines) == 2 + 9 + 3
    assert "*" in lines[10]
    assert "*" not in lines[2]
    assert lines[-3].split()[:2] == ["median", "62"]
    assert run(["compare", *paths, "--output", "json"], None) == 0
    told = json.loads(capfd.readouterr().out)
    assert [row["file"] for row in told["runs"]][:2] == ["run-0", "run-1"]
    assert told["runs"][8]["outlying"][0] == "ttft"
    assert told["spread"]["ttft"]["median"] == 62.0
    assert run(["compare", paths[0]], None) == 2
    assert run(["compare"], None) == 2
