"""The services that the sandbox has, and what each accepts; deployed so that every combination exists."""

from dataclasses import dataclass

from streamscope.sandbox.identity import Identity

OLD_NAME = "infer-modelarts.sandbox.internal"
NEW_NAME = "infer-v2.sandbox.internal"
PRIVATE_NAMES = [OLD_NAME, NEW_NAME]

OLD_AUTH = ("token", "aksk", "app_code", "app_signature")


@dataclass(frozen=True, slots=True)
class Api:
    """A path of a service's own program, the methods registered for it, and a body to try."""

    path: str
    methods: tuple[str, ...]
    content_type: str = "application/json"
    sample: str = ""
    answers: str = "application/json"


@dataclass(frozen=True, slots=True)
class Service:
    """One deployed service."""

    name: str
    generation: str
    status: str
    auth: tuple[str, ...]
    protocols: tuple[str, ...]
    model: str
    id: str = ""
    error: str = ""
    description: str = ""

    @property
    def running(self) -> bool:
        """Whether it can be called."""
        return self.status.lower() == "running"

    @property
    def websocket(self) -> bool:
        """Whether it speaks WebSocket instead of HTTP."""
        return "websocket" in self.protocols

    @property
    def app_auth(self) -> bool:
        """Whether it is registered for applications, on the gateway's second row."""
        return "app_code" in self.auth


STREAM = "text/event-stream"
CHAT_SAMPLE = '{"messages": [{"role": "user", "content": "Tell me about the harbour."}], "stream": true}'
LIVE_SAMPLE = '{"messages": [{"role": "user", "content": "Tell me about the harbour."}]}'
COMPLETIONS_SAMPLE = '{"prompt": "Tell me about the harbour.", "stream": true}'
RESPONSES_SAMPLE = '{"input": "Tell me about the harbour.", "stream": true}'
MESSAGES_SAMPLE = (
    '{"max_tokens": 256, "messages": [{"role": "user", "content": "Tell me about the harbour."}], "stream": true}'
)
CLASSIFY_SAMPLE = '{"data": {"req_data": [{"text": "What a calm and lovely morning."}]}}'

APIS: dict[str, tuple[Api, ...]] = {
    "chat": (
        Api("/v1/chat/completions", ("POST",), sample=CHAT_SAMPLE, answers=STREAM),
        Api("/v1/models", ("GET",)),
        Api("/v1/completions", ("POST",), sample=COMPLETIONS_SAMPLE, answers=STREAM),
        Api("/v1/responses", ("POST",), sample=RESPONSES_SAMPLE, answers=STREAM),
        Api("/v1/messages", ("POST",), sample=MESSAGES_SAMPLE, answers=STREAM),
        Api("/api/chat", ("POST",), sample=LIVE_SAMPLE, answers="application/x-ndjson"),
    ),
    "chat-live": (Api("/v1/chat", ("GET",), sample=LIVE_SAMPLE), Api("/echo", ("GET",), sample="hello")),
    "classify": (
        Api("/", ("POST",), sample=CLASSIFY_SAMPLE),
        Api("/", ("POST",), content_type="multipart/form-data"),
    ),
    "ticks": (Api("/", ("GET", "POST"), sample='{"count": 10, "interval": 0.1}', answers=STREAM),),
}

CALLS = ("https", "sse")
SOCKET = ("websocket",)

SERVICES = (
    Service("chat", "v1", "running", OLD_AUTH, CALLS, "chat", description="A small language model over HTTP"),
    Service("chat-live", "v1", "running", OLD_AUTH, SOCKET, "chat-live", description="The same over WebSocket"),
    Service("classify", "v1", "running", OLD_AUTH, ("https",), "classify", description="Mood of texts, colour of PNGs"),
    Service("ticks", "v1", "running", OLD_AUTH, CALLS, "ticks", description="A clock as an event stream"),
    Service("archive", "v1", "stopped", ("token", "aksk"), CALLS, "chat", description="Stopped, to see how that looks"),
    Service(
        "vision", "v1", "failed", ("token", "aksk"), ("https",), "classify",
        error="Model start failed: the health check of the container did not pass within 20 minutes.",
        description="Failed, to see how that looks",
    ),
    Service("chat-v2-token", "v2", "RUNNING", ("token",), CALLS, "chat"),
    Service("chat-v2-key", "v2", "RUNNING", ("api_key",), CALLS, "chat"),
    Service("chat-v2-open", "v2", "RUNNING", ("none",), CALLS, "chat"),
    Service("live-v2-token", "v2", "RUNNING", ("token",), SOCKET, "chat-live"),
    Service("live-v2-key", "v2", "RUNNING", ("api_key",), SOCKET, "chat-live"),
    Service("live-v2-open", "v2", "RUNNING", ("none",), SOCKET, "chat-live"),
)  # fmt: skip

NAMES = [service.name for service in SERVICES]


def deployed(identity: Identity) -> dict[str, Service]:
    """Every service under its id."""
    found = {}
    for service in SERVICES:
        number = identity.service_id(service.name)
        found[number] = Service(
            name=service.name,
            generation=service.generation,
            status=service.status,
            auth=service.auth,
            protocols=service.protocols,
            model=service.model,
            id=number,
            error=service.error,
            description=service.description,
        )
    return found
