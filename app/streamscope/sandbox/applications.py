"""Applications of the old generation's App authentication: their keys, secrets and codes, and what they may call.

The identity's own application is there from the start and may call the services that the sandbox brought along.
"""

import hmac
import secrets
import string
import uuid
from collections.abc import Callable, Sequence

from streamscope.sandbox.identity import Identity
from streamscope.sandbox.records import AppRecord, Record, State, now

LETTERS = string.ascii_letters + string.digits
CODE_LENGTH = 64
MOST = 50
MOST_CODES = 5
WAYS = ("app_code", "app_signature")
"""What a service that is registered for applications accepts besides."""


class Applications:
    """All applications of one account; a change is kept by `save`."""

    def __init__(self, state: State, identity: Identity, save: Callable[[], None]) -> None:
        self._state = state
        self._identity = identity
        self._save = save
        self._own()

    def all(self) -> list[AppRecord]:
        """Every application, the oldest first."""
        return list(self._state.apps)

    def get(self, number: str) -> AppRecord | None:
        """An application by its id."""
        return next((app for app in self._state.apps if app.id == number), None)

    def named(self, name: str) -> AppRecord | None:
        """An application by its name."""
        return next((app for app in self._state.apps if app.name == name), None)

    def is_own(self, app: AppRecord) -> bool:
        """Whether an application is the sandbox's own, which the examples call with."""
        return app.id == self._identity.app_id

    def create(self, name: str, remark: str) -> AppRecord:
        """A new application with a key and a secret, and no code yet."""
        app = AppRecord(id=uuid.uuid4().hex, name=name, key=uuid.uuid4().hex, secret=uuid.uuid4().hex, remark=remark)
        self._state.apps.append(app)
        self._save()
        return app

    def delete(self, app: AppRecord) -> None:
        """Take an application out: it may call nothing any more."""
        self._state.apps.remove(app)
        self._save()

    def add_code(self, app: AppRecord, code: str = "") -> str:
        """Give an application a code, a new one where none is given."""
        made = code or new_code()
        app.codes.append(made)
        self.changed(app)
        return made

    def replace_code(self, app: AppRecord, old: str, code: str = "") -> str:
        """Put another code in an old one's place."""
        made = code or new_code()
        app.codes[app.codes.index(old)] = made
        self.changed(app)
        return made

    def replace_secret(self, app: AppRecord) -> None:
        """Give an application another secret."""
        app.secret = uuid.uuid4().hex
        self.changed(app)

    def changed(self, app: AppRecord) -> None:
        """Keep what was changed in an application."""
        app.updated = now()
        self._save()

    def of(self, service: str) -> list[AppRecord]:
        """The applications that may call a service."""
        return [app for app in self._state.apps if service in app.services]

    def register(self, record: Record) -> None:
        """Let a service be one that applications can be let into."""
        record.auth = [*record.auth, *(way for way in WAYS if way not in record.auth)]
        self._save()

    def authorise(self, record: Record, apps: Sequence[AppRecord]) -> None:
        """Let applications call a service."""
        for app in apps:
            if record.id not in app.services:
                app.services.append(record.id)
                app.updated = now()
        self._save()

    def revoke(self, record: Record, apps: Sequence[AppRecord]) -> None:
        """Let applications call a service no more."""
        for app in apps:
            if record.id in app.services:
                app.services.remove(record.id)
                app.updated = now()
        self._save()

    def with_code(self, code: str) -> AppRecord | None:
        """The application that has a code; all are compared, so that the time tells nothing."""
        found = [app for app in self._state.apps if sum(_same(code, one) for one in app.codes)]
        return found[0] if found else None

    def with_key(self, key: str) -> AppRecord | None:
        """The application of a key."""
        found = [app for app in self._state.apps if _same(key, app.key)]
        return found[0] if found else None

    def _own(self) -> None:
        """The identity's application; services that are gone are forgotten by all."""
        identity, there = self._identity, {record.id: record for record in self._state.services}
        mine = self.get(identity.app_id)
        if mine is None:
            self._state.apps[:] = [app for app in self._state.apps if app.name != identity.app_name]
            built_in = [one.id for one in there.values() if one.built_in and one.app_auth]
            mine = AppRecord(
                id=identity.app_id,
                name=identity.app_name,
                key=identity.app_key,
                secret=identity.app_secret,
                codes=[identity.app_code],
                services=built_in,
            )
            self._state.apps.insert(0, mine)
        for app in self._state.apps:
            app.services = [number for number in app.services if number in there]
        self._save()


def new_code() -> str:
    """A random App code."""
    return "".join(secrets.choice(LETTERS) for _ in range(CODE_LENGTH))


def _same(given: str, right: str) -> bool:
    return hmac.compare_digest(given.encode("utf-8", "surrogateescape"), right.encode())
