"""What every authentication says of itself."""

from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import ClassVar, Literal

from streamscope.kinds.auth.cache import Token, TokenCache
from streamscope.kinds.net import Net
from streamscope.model.event import Head
from streamscope.model.field import Field
from streamscope.model.phrase import NOTHING, Phrase
from streamscope.model.request import Request, Step
from streamscope.model.service import Account, Route

Audience = Literal["account", "app"]


@dataclass(frozen=True, slots=True)
class Question:
    """Something that only the person knows and that is good once, such as the code of an MFA device."""

    label: Phrase
    about: Phrase
    """Who asks for it, and for what."""


Ask = Callable[[Question], Awaitable[str]]
"""Asks the person; '' where no answer is given."""


@dataclass(frozen=True, slots=True)
class Values:
    """What an authentication is given: its fields' values, the account around it, a token cache and the network.

    `way` says how the account's own addresses are reached: TLS, proxy, and the address in place of the identity
    service's name.
    """

    fields: Mapping[str, str]
    account: Account = Account()
    cache: TokenCache = field(default_factory=TokenCache)
    net: Net | None = None
    way: Route | None = None
    ask: Ask | None = None
    """How the person is asked; None where nobody is there."""

    def __getitem__(self, key: str) -> str:
        return self.fields.get(key, "")


@dataclass(frozen=True, slots=True)
class Lease:
    """Something got for a while: its name in the cache, how it is got, and the digest of what it is got with.

    `fetch` raises CredentialError, and the ConnectErrors of the way to whoever gives it.
    """

    name: str
    fetch: Callable[[], Awaitable[Token]]
    proof: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer that may ask for a renewed credential: its head and its body (a few kilobytes at most)."""

    head: Head
    body: bytes


class Auth(ABC):
    """One way to put a credential on a request."""

    key: ClassVar[str]
    label: ClassVar[Phrase]
    help: ClassVar[Phrase] = NOTHING
    fields: ClassVar[tuple[Field, ...]] = ()
    audience: ClassVar[Audience] = "account"
    readable: ClassVar[bool] = False
    """Whether the credential itself travels, so that plain HTTP would show it."""
    body_limit: ClassVar[int] = 0
    """The largest body, in bytes, that may be sent with it; 0: no limit of its own."""

    leases: ClassVar[bool] = False
    """Whether it gets something for a while, such as a token: see `lease`."""

    dated: ClassVar[bool] = False
    """Whether its proof names the time, so that a clock that is 15 minutes off makes it worthless."""

    accepted_as: ClassVar[frozenset[str]] = frozenset()
    """The platforms' own words for what this satisfies, such as IAM, APP or API_KEY."""

    @abstractmethod
    async def apply(self, request: Request, values: Values) -> Request:
        """The request with the credential on it; the argument is left alone. Raises CredentialError."""

    def adds(self, request: Request, values: Mapping[str, str]) -> tuple[str, ...]:  # noqa: ARG002 - the outline
        """The names of the headers that `apply` would put on this request, in order, without doing it.

        `values` are those of the fields that are known beforehand.
        """
        return ()

    def steps(self, request: Request, values: Values) -> tuple[Step, ...]:  # noqa: ARG002 - the outline
        """How the headers of a request that it was applied to were made, without secrets."""
        return ()

    def lease(self, values: Values) -> Lease | None:  # noqa: ARG002 - the outline
        """What it gets for a while and keeps in the cache, such as a token; None where there is no such thing."""
        return None

    async def renew(self, request: Request, answer: Answer, values: Values) -> Request | None:  # noqa: ARG002 - the outline
        """The request with a fresh credential, where the answer says that the old one is over; else None."""
        return None
