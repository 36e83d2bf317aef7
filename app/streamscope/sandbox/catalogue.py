"""The services that the sandbox has, and what each accepts; deployed so that every combination exists."""

import uuid
from dataclasses import dataclass

import msgspec

from streamscope.sandbox.identity import Identity
from streamscope.sandbox.records import Event, Portion, Record, Status

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
    """One service that a new sandbox has."""

    name: str
    generation: str
    status: str
    auth: tuple[str, ...]
    protocols: tuple[str, ...]
    model: str
    error: str = ""
    description: str = ""
    plain: bool = False

    @property
    def running(self) -> bool:
        """Whether it can be called."""
        return self.status.lower() == "running"

    @property
    def websocket(self) -> bool:
        """Whether it speaks WebSocket instead of HTTP."""
        return "websocket" in self.protocols


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

# The platform counts milliseconds; a fixed moment keeps answers equal from profile to profile.
PUBLISHED = 1_764_000_000_000
MINUTE = 60_000
DEPLOYED = {
    "v1": (
        "start to deploy service",
        "building image for model [{model} 0.0.1]",
        "model ({model} 0.0.1) build image success",
        "preparing environment",
        "[{model} 0.0.1] prepare environment success",
        "schedule resource success",
        "pulling model image",
        "pull image success",
        "starting model",
    ),
    "v2": ("start to deploy service", "schedule resource success", "pull image success", "start instance success"),
}


def seeds(identity: Identity) -> list[Record]:
    """The services that a new sandbox has, with what happened to them until then."""
    return [_record(service, identity, order) for order, service in enumerate(SERVICES)]


def _record(service: Service, identity: Identity, order: int) -> Record:
    number = identity.service_id(service.name)
    texts = [("normal", text.format(model=service.model)) for text in DEPLOYED[service.generation]]
    if service.status == "failed":
        texts.append(("abnormal", service.error))
    if service.status == "stopped":
        texts.append(("normal", "stop service success"))
    events = [
        Event(
            id=str(uuid.uuid5(uuid.UUID(number), text)), at=PUBLISHED + place * MINUTE,
            level="abnormal" if level == "abnormal" else "normal", text=text,
        )
        for place, (level, text) in enumerate(texts)
    ]  # fmt: skip
    portion = Portion(
        id=str(uuid.uuid5(uuid.UUID(number), "portion")), name=service.model, package=service.model,
        created=PUBLISHED, updated=PUBLISHED,
    )  # fmt: skip
    moved = PUBLISHED + len(DEPLOYED[service.generation]) * MINUTE
    new = service.generation == "v2"
    return Record(
        id=number,
        name=service.name,
        generation="v2" if new else "v1",
        description=service.description,
        status=msgspec.convert(service.status.lower(), Status),
        wanted="stopped" if service.status == "stopped" else "running",
        progress=100 if service.running else 0,
        error=service.error,
        portions=[portion],
        auth=list(service.auth),
        websocket=service.websocket,
        protocol="WSS" if service.websocket else "HTTPS",
        created=PUBLISHED,
        # The new generation lists what was updated last first: in the order of the catalogue.
        updated=moved + (len(SERVICES) - order) * MINUTE if new else PUBLISHED,
        moved=moved,
        built_in=True,
        events=events,
    )


def protocols(record: Record) -> tuple[str, ...]:
    """The protocols of a service: what answers in one piece only is known of the built-in packages alone."""
    if record.websocket:
        return SOCKET
    apis = [api for portion in record.portions for api in APIS.get(portion.package, ())]
    return ("https",) if apis and all(api.answers != STREAM for api in apis) else CALLS
