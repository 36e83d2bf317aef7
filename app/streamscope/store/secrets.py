"""Secrets: in the operating system's keyring and nowhere else; without one, in memory for this session.

Calls may block on an unlock prompt: keep them off the window's thread.
"""

import functools
import logging
from types import ModuleType

_SERVICE = "streamscope"
_LONGEST = 1280
"""Characters that every system's keyring takes (Windows has the least)."""
_log = logging.getLogger("streamscope.secrets")


class Secrets:
    """Named secret values of workspaces."""

    def __init__(self) -> None:
        self._memory: dict[str, str] = {}

    @functools.cached_property
    def _keyring(self) -> ModuleType | None:
        import keyring
        from keyring.backends import fail, null

        return None if isinstance(keyring.get_keyring(), fail.Keyring | null.Keyring) else keyring

    @property
    def available(self) -> bool:
        """Whether there is a keyring that keeps secrets beyond this session."""
        return self._keyring is not None

    def get(self, workspace: str, auth: str, field: str) -> str | None:
        """The value kept for a field, or None."""
        return self.load(f"{workspace}/{auth}/{field}")

    def set(self, workspace: str, auth: str, field: str, value: str) -> bool:
        """Keep a value; False where it stays in memory only."""
        return self.save(f"{workspace}/{auth}/{field}", value)

    def load(self, name: str) -> str | None:
        """The value kept under a name, or None."""
        if name in self._memory:
            return self._memory[name]
        return self._asked("get_password", name)

    def save(self, name: str, value: str) -> bool:
        """Keep a value under a name; False where it is too long for a keyring or there is none."""
        self._memory[name] = value
        if self._keyring is None or len(value) > _LONGEST:
            return False
        try:
            self._keyring.set_password(_SERVICE, name, value)
        except self._keyring.errors.KeyringError as error:
            _log.warning("keyring refused a value: %s", type(error).__name__)
            return False
        return True

    def _asked(self, function: str, name: str) -> str | None:
        if self._keyring is None:
            return None
        try:
            value: str | None = getattr(self._keyring, function)(_SERVICE, name)
        except self._keyring.errors.KeyringError as error:
            _log.warning("keyring gave no value: %s", type(error).__name__)
            return None
        return value
