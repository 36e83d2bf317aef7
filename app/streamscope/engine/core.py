"""What the main path needs and keeps warm, on one event loop."""

from dataclasses import dataclass, field

from streamscope.engine.process import SandboxProcess
from streamscope.kinds.auth.base import Ask
from streamscope.kinds.auth.cache import Token, TokenCache
from streamscope.kinds.net import Net
from streamscope.kinds.net.client import prefer_proxy
from streamscope.kinds.net.cookies import Jar
from streamscope.model.service import Service
from streamscope.store.bench import Bench
from streamscope.store.secrets import Secrets


@dataclass
class Core:
    """The bench, the network, the tokens, the services that were seen, and the sandbox where it was started."""

    bench: Bench
    net: Net = field(default_factory=Net)
    cache: TokenCache = field(init=False)
    sandbox: SandboxProcess | None = None
    services: dict[str, dict[str, Service]] = field(default_factory=dict)
    jars: dict[str, Jar] = field(default_factory=dict)
    """Cookies by workspace, '' for calls without one; in memory for this session."""
    ask: Ask | None = None
    """How a face asks the person for what is good once; None: nobody is there."""

    def jar(self, workspace: str) -> Jar:
        """The cookies that servers set in a workspace."""
        return self.jars.setdefault(workspace, Jar())

    def __post_init__(self) -> None:
        self.cache = TokenCache(_Kept(self.bench.secrets))
        prefer_proxy(lambda: self.bench.settings.get("proxy"))

    async def aclose(self) -> None:
        """Close connections, then end the sandbox that was started from here."""
        await self.net.aclose()
        if self.sandbox is not None:
            await self.sandbox.stop()
            self.sandbox = None


@dataclass(frozen=True, slots=True)
class _Kept:
    """Tokens in the keyring, where they fit."""

    secrets: Secrets

    def load(self, name: str) -> Token | None:
        kept = self.secrets.load(_key(name))
        match (kept or "").split(" "):
            case [expires, proof, value]:
                return Token(value, float(expires), proof)
            case [expires, proof, value, fetched]:
                return Token(value, float(expires), proof, fetched=float(fetched))
        return None

    def save(self, name: str, token: Token) -> None:
        self.secrets.save(_key(name), f"{token.expires} {token.proof} {token.value} {token.fetched}")

    def drop(self, name: str) -> None:
        self.secrets.save(_key(name), "")


def _key(name: str) -> str:
    return "iam-token/" + name.replace("\n", "/")
