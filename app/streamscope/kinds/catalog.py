"""Every kind on every shelf: one row each, in the order of the dropdowns."""

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Protocol as Shape
from typing import TypeVar

from streamscope.kinds.auth.aksk import AkSk
from streamscope.kinds.auth.api_key import ApiKey
from streamscope.kinds.auth.app_code import AppCode
from streamscope.kinds.auth.app_signature import AppSignature
from streamscope.kinds.auth.base import Auth
from streamscope.kinds.auth.basic import Basic
from streamscope.kinds.auth.bearer import Bearer
from streamscope.kinds.auth.none import NoAuth
from streamscope.kinds.auth.token import IamToken
from streamscope.kinds.channels.address import Address
from streamscope.kinds.channels.base import Channel
from streamscope.kinds.channels.direct import Direct
from streamscope.kinds.channels.public import Public
from streamscope.kinds.channels.vpc import Vpc
from streamscope.kinds.dialects.anthropic_messages import ANTHROPIC
from streamscope.kinds.dialects.aws import AWS_CONVERSE
from streamscope.kinds.dialects.base import Dialect
from streamscope.kinds.dialects.cohere import COHERE
from streamscope.kinds.dialects.gemini import GEMINI_INTERACTIONS, GeminiGenerate, GeminiLive
from streamscope.kinds.dialects.generate import LlamaCpp, Sglang, Tgi, Triton
from streamscope.kinds.dialects.mcp import Mcp
from streamscope.kinds.dialects.mistral import MISTRAL_CONVERSATIONS
from streamscope.kinds.dialects.modelarts_classic import ModelArtsClassic
from streamscope.kinds.dialects.ollama import Ollama
from streamscope.kinds.dialects.openai_chat import OpenAiChat, OpenAiCompletions
from streamscope.kinds.dialects.openai_responses import REALTIME, RESPONSES
from streamscope.kinds.dialects.raw import Raw
from streamscope.kinds.platforms.address import ByHand
from streamscope.kinds.platforms.base import Platform
from streamscope.kinds.platforms.modelarts import ModelArts
from streamscope.kinds.platforms.sandbox import Sandbox
from streamscope.kinds.protocols.base import Protocol
from streamscope.kinds.protocols.https import Https
from streamscope.kinds.protocols.sse import Sse
from streamscope.kinds.protocols.websocket import WebSocket
from streamscope.model.field import unknown
from streamscope.model.phrase import Phrase, phrase


class Keyed(Shape):
    """Anything with a key and a label."""

    @property
    def key(self) -> str:
        """What it is called in drafts and recordings."""

    @property
    def label(self) -> Phrase:
        """What a person reads."""


_K = TypeVar("_K", bound=Keyed)


def shelf(kinds: Iterable[_K]) -> Mapping[str, _K]:
    """Kinds by key, in order; two of the same key are a mistake."""
    found: dict[str, _K] = {}
    for kind in kinds:
        if kind.key in found:
            raise ValueError(f"two kinds are called {kind.key}")
        found[kind.key] = kind
    return MappingProxyType(found)


AUTH: Mapping[str, Auth] = shelf((NoAuth(), IamToken(), AkSk(), AppCode(), AppSignature(), ApiKey(), Bearer(), Basic()))
CHANNELS: Mapping[str, Channel] = shelf((Address(), Public(), Vpc(), Direct()))
PROTOCOLS: Mapping[str, Protocol] = shelf((Https(), Sse(), WebSocket()))
DIALECTS: Mapping[str, Dialect] = shelf(
    (
        *(OpenAiChat(), OpenAiCompletions(), RESPONSES, REALTIME, ANTHROPIC),
        *(GeminiGenerate(), GEMINI_INTERACTIONS, GeminiLive(), COHERE, MISTRAL_CONVERSATIONS, AWS_CONVERSE),
        *(Ollama(), LlamaCpp(), Sglang(), Tgi(), Triton(), Mcp(), ModelArtsClassic(), Raw()),
    )
)
PLATFORMS: Mapping[str, Platform] = shelf((Sandbox(), ModelArts(), ByHand()))

SHELVES: Mapping[str, Mapping[str, Keyed]] = MappingProxyType(
    {"auth": AUTH, "channels": CHANNELS, "protocols": PROTOCOLS, "dialects": DIALECTS, "platforms": PLATFORMS}
)


def kind(shelf_name: str, shelf: Mapping[str, _K], key: str) -> _K:
    """The kind of a key. Raises UsageError with the nearest key."""
    if key not in shelf:
        raise unknown(phrase("There is no {shelf} '{key}'.", shelf=shelf_name, key=key), key, shelf)
    return shelf[key]


def secret_fields() -> frozenset[tuple[str, str]]:
    """Kind's key and field's key of every field that holds a secret: what is never written into a file."""
    kinds: tuple[Auth | Channel | Protocol, ...] = (*AUTH.values(), *CHANNELS.values(), *PROTOCOLS.values())
    return frozenset((kind.key, field.key) for kind in kinds for field in kind.fields if field.kind == "secret")
