"""What tests of commands on services stand on: a sandbox of their own, commands in this process, a keyring."""

import gc
from collections.abc import Callable, Iterator
from pathlib import Path

import keyring
import pytest
from tests import program
from tests.program import Result, Sandbox
from tests.store.test_secrets import Ring

from streamscope.cli.main import run


@pytest.fixture(scope="session")
def own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    """A sandbox of their own: what is deployed or made here is in nobody else's list."""
    running = program.start_sandbox(tmp_path_factory.mktemp("deploying"))
    yield running
    assert running.stop() == 0


@pytest.fixture
def here(capfd: pytest.CaptureFixture[str]) -> Iterator[Callable[..., Result]]:
    """Run a command in this process: quick, where it is about words and not about a program."""
    before = gc.get_threshold()

    def call(profile: Path, *arguments: str | Path, code: int = 0) -> Result:
        capfd.readouterr()
        ended = run(list(map(str, arguments)), profile)
        out, err = capfd.readouterr()
        assert ended == code, err + out
        return Result(ended, out.encode(), err)

    yield call
    gc.unfreeze()
    gc.set_threshold(*before)


@pytest.fixture
def memory_ring() -> Iterator[Ring]:
    """The keyring that the system has for the time of a test."""
    before, made = keyring.get_keyring(), Ring()
    keyring.set_keyring(made)
    yield made
    keyring.set_keyring(before)
