"""Secrets: in the operating system's keyring and nowhere else; without one, in memory for this session.

Calls may block on an unlock prompt: keep them off the window's thread, with `tasks.aside`.
"""

import functools
import logging
import threading
from dataclasses import dataclass
from types import ModuleType

from streamscope.model.errors import KeyringError
from streamscope.model.phrase import NOTHING, Phrase, phrase

PATIENCE = 60.0
"""Seconds that a keyring is given: a person may have to unlock it."""
LONGEST = 1280
"""Characters that every system's keyring takes (Windows has the least)."""
_SERVICE = "streamscope"
_log = logging.getLogger("streamscope.secrets")


@dataclass(frozen=True, slots=True)
class Kept:
    """Where a value went: into the keyring, or, with the reason, into memory only."""

    lasting: bool
    why: Phrase = NOTHING


class Secrets:
    """Named secret values; one call at a time reaches the keyring, so that it prompts once."""

    def __init__(self) -> None:
        self._memory: dict[str, str] = {}
        self._loose: dict[str, Phrase] = {}
        self._turn = threading.Lock()

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
        """The value kept under a name, or None, also where the keyring says no."""
        try:
            return self.read(name)
        except KeyringError as error:
            _log.warning("keyring gave no value: %s", error.cause)
            return None

    def read(self, name: str) -> str | None:
        """The value kept under a name, or None where there is none. Raises KeyringError."""
        return self._memory[name] if name in self._memory else self._asked(name)

    def ask(self, name: str) -> str | None:
        """The value kept under a name, or None where there is none; remembered. Raises KeyringError."""
        if name not in self._memory:
            value = self._asked(name)
            if value is None:
                return None
            self._memory[name] = value
        return self._memory[name]

    def save(self, name: str, value: str) -> bool:
        """Keep a value under a name; False where it stays in memory only."""
        return self.keep(name, value).lasting

    def keep(self, name: str, value: str) -> Kept:
        """Keep a value under a name, and tell where it is now."""
        self._memory[name] = value
        why = self._put(name, value)
        if why is None:
            self._loose.pop(name, None)
            return Kept(True)
        self._loose[name] = why
        return Kept(False, why)

    def loose(self, name: str) -> Phrase | None:
        """Why a value is in memory only; None for one that is not, or that is not known in this session."""
        return self._loose.get(name)

    def _put(self, name: str, value: str) -> Phrase | None:
        ring = self._keyring
        if ring is None:
            return phrase("There is no keyring here: it is kept in memory, for this session.")
        if len(value) > LONGEST:
            self._drop(ring, name)  # or the shorter one of before would come back with the next session
            return phrase(
                "It has {count} characters, more than the {most} that every keyring takes: it is kept in memory, "
                "for this session.",
                count=len(value),
                most=LONGEST,
            )
        try:
            with self._turn:
                ring.set_password(_SERVICE, name, value)
        except Exception as error:  # noqa: BLE001 - every system's keyring has errors of its own
            told = _refused(ring, error)
            _log.warning("keyring refused a value: %s", told.cause)
            return phrase("{message} It is kept in memory, for this session.", message=told.message)
        return None

    def remove(self, name: str) -> None:
        """Forget a value here and in the keyring; nothing where there is none. Raises KeyringError."""
        ring = self._keyring
        if ring is not None and (error := self._drop(ring, name)) is not None:
            raise error
        self._memory.pop(name, None)
        self._loose.pop(name, None)

    def forget(self, name: str) -> None:
        """Forget what is remembered of a value, so that the keyring is asked again."""
        self._memory.pop(name, None)

    def _asked(self, name: str) -> str | None:
        ring = self._keyring
        if ring is None:
            return None
        try:
            with self._turn:
                value: str | None = ring.get_password(_SERVICE, name)
        except Exception as error:
            raise _refused(ring, error) from error
        return value

    def _drop(self, ring: ModuleType, name: str) -> KeyringError | None:
        try:
            with self._turn:
                if ring.get_password(_SERVICE, name) is not None:
                    ring.delete_password(_SERVICE, name)
        except Exception as error:  # noqa: BLE001 - every system's keyring has errors of its own
            return _refused(ring, error)
        return None


def silent(seconds: float) -> KeyringError:
    """The error for a keyring that does not answer."""
    return KeyringError(
        phrase("The keyring did not answer within {seconds} s.", seconds=f"{seconds:g}"),
        phrase("It may be waiting for you to unlock it: look for its window, then try again; or type the secret here."),
        cause="TimeoutError",
    )


def _refused(ring: ModuleType, error: Exception) -> KeyringError:
    """What a keyring's own error means; its text may quote a value and is not told."""
    cause = type(error).__name__
    if isinstance(error, ring.errors.KeyringLocked):
        return KeyringError(
            phrase("The keyring is locked."),
            phrase("Unlock it in the system's own password program, then try again; or type the secret here."),
            cause=cause,
        )
    return KeyringError(
        phrase("The keyring said no ({error}).", error=cause),
        phrase("Allow Streamscope to use it in the system's own password program; or type the secret here."),
        cause=cause,
    )
