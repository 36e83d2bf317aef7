"""Tokens that were fetched, kept until shortly before they expire, one fetch at a time for each."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from typing import Literal, Protocol

from streamscope.tasks import aside

Origin = Literal["memory", "keyring", "fetched", "renewed", "later"]

PATIENCE = 20.0
"""Seconds that the store is given; a new token is sooner had than a longer wait is over."""
EARLY = 300.0
"""Seconds before `expires_at` from which a token is no longer used."""


@dataclass(frozen=True, slots=True)
class Token:
    """A token's value, the end of its life in seconds since the epoch, and what it was got with.

    `proof` is a digest of the secret that fetched it: whoever gives another secret must not profit from it. `origin`
    tells where it was had from this time; "later" stands for one that sending would fetch. `fetched` is when it was
    got, 0 where that is not known.
    """

    value: str
    expires: float
    proof: str = ""
    origin: Origin = field(default="memory", compare=False)
    fetched: float = 0.0

    def lives(self) -> bool:
        """Whether it can still be used for a while."""
        return time.time() < self.expires - EARLY


class TokenStore(Protocol):
    """A place that outlives the process; it may refuse a token that is too long for it."""

    def load(self, name: str) -> Token | None:
        """The token kept under a name."""

    def save(self, name: str, token: Token) -> None:
        """Keep a token, if it fits."""

    def drop(self, name: str) -> None:
        """Forget a token."""


@dataclass(slots=True)
class TokenCache:
    """Tokens by name, in memory and, where given, in a store behind it. Belongs to one event loop."""

    store: TokenStore | None = None
    _tokens: dict[str, Token] = field(default_factory=dict)
    _locks: dict[str, asyncio.Lock] = field(default_factory=dict)

    async def get(
        self,
        name: str,
        fetch: Callable[[], Awaitable[Token]],
        *,
        proof: str = "",
        worn: str = "",
        since: float = 0.0,
    ) -> Token:
        """A living token: from memory, from the store, or fetched once for all who wait.

        `worn` is the value of a token that was refused: it is not given again. Nor is one that was got before `since`
        (Unix time in seconds).
        """
        async with self._locks.setdefault(name, asyncio.Lock()):
            token = self._tokens.get(name)
            origin: Origin = "memory"
            if token is None:
                token, origin = await self._stored("load", name), "keyring"
            if (
                token is None
                or not token.lives()
                or token.value == worn
                or token.proof != proof
                or token.fetched < since
            ):
                origin = "renewed" if worn or since else "fetched"
                token = replace(await fetch(), proof=proof, fetched=time.time())
                await self._stored("save", name, token)
            self._tokens[name] = token = replace(token, origin=origin)
            return token

    async def renew(self, name: str, fetch: Callable[[], Awaitable[Token]], *, proof: str = "") -> Token:
        """A new token, whatever the old one is worth; several who want one at the same time share it."""
        return await self.get(name, fetch, proof=proof, since=time.time())

    async def forget(self, name: str = "") -> None:
        """Forget a token, or all of them, also where they are kept beyond this process."""
        for known in [name] if name else list(self._tokens):
            self._tokens.pop(known, None)
            await self._stored("drop", known)

    async def living(self, name: str, *, proof: str = "") -> Token | None:
        """A living token that is kept already, in memory or in the store; nothing is fetched."""
        token = self._tokens.get(name)
        if token is None:
            token = await self._stored("load", name)
            token = token and replace(token, origin="keyring")
        return token if token is not None and token.lives() and token.proof == proof else None

    def known(self, name: str) -> Token | None:
        """The token in memory, for showing its remaining life."""
        return self._tokens.get(name)

    async def _stored(self, does: str, *arguments: object) -> Token | None:
        """Ask the store, where there is one. One that does not answer in time is left alone from then on."""
        if self.store is None:
            return None
        try:
            token: Token | None = await aside(getattr(self.store, does), *arguments, limit=PATIENCE)
        except TimeoutError:
            self.store = None
            return None
        return token
