"""Requests that work on a service, made from the paths that its platform describes."""

import json
import re
from collections.abc import Mapping

from streamscope.kinds.catalog import PROTOCOLS
from streamscope.kinds.platforms.base import Api
from streamscope.model.service import Sample

PROMPT = "Write a short note about a clear stream and the clock that measures it."
_TEXT = "What a calm and lovely morning."
_MESSAGES = [{"role": "user", "content": PROMPT}]

# What a path's end tells of its body, the first that fits; `stream` is added where answers can go on.
_KNOWN: tuple[tuple[str, dict[str, object], bool], ...] = (
    (r"/completions/?$", {"model": "chat", "prompt": PROMPT, "max_tokens": 120}, True),
    (r"/responses/?$", {"model": "chat", "input": PROMPT, "max_output_tokens": 120}, True),
    (r"/v1/messages/?$", {"model": "chat", "max_tokens": 120, "messages": _MESSAGES}, True),
    (r"/embeddings/?$", {"model": "embedding", "input": [_TEXT]}, False),
    (r"/api/embed/?$", {"model": "embedding", "input": [_TEXT]}, False),
    (r"/rerank/?$", {"model": "rerank", "query": _TEXT, "documents": [PROMPT, _TEXT]}, False),
    (r"/images/generations/?$", {"model": "image", "prompt": PROMPT, "n": 1}, False),
    (r"/audio/speech/?$", {"model": "speech", "input": _TEXT, "voice": "alloy"}, False),
    (r"/moderations/?$", {"input": _TEXT}, False),
    (r"/tokenize/?$", {"prompt": PROMPT}, False),
    (r"/api/chat/?$", {"model": "chat", "messages": _MESSAGES}, True),
    (r"/api/generate/?$", {"model": "chat", "prompt": PROMPT}, True),
    (r"/generate(_stream)?/?$", {"inputs": PROMPT, "parameters": {"max_new_tokens": 120}}, False),
    (r":(streamG|g)enerateContent$", {"contents": [{"role": "user", "parts": [{"text": PROMPT}]}]}, False),
    (r"/v2/models/[^/]+/infer/?$", {"inputs": [{"name": "input", "shape": [1], "datatype": "BYTES", "data": [_TEXT]}]},
     False),
    (r"/v1/models/[^/]+:predict$", {"instances": [_TEXT]}, False),
    (r"/invocations/?$", {"inputs": [_TEXT]}, False),
    (r"/(classify|predict|infer)/?$", {"data": {"req_data": [{"text": _TEXT}]}}, False),
)  # fmt: skip


def chat_body(*, stream: bool, prompt: str = PROMPT) -> str:
    """A chat-completions body."""
    body: dict[str, object] = {"model": "chat", "messages": [{"role": "user", "content": prompt}]}
    if stream:
        body |= {"stream": True, "stream_options": {"include_usage": True}}
    return _json(body | {"max_tokens": 120})


def guessed_body(path: str, *, stream: bool) -> str:
    """A body that a path of a widespread interface understands; '' where the path tells nothing."""
    path = path.partition("?")[0]
    if re.search(r"/chat/completions/?$", path):
        return chat_body(stream=stream)
    for pattern, body, streams in _KNOWN:
        if re.search(pattern, path):
            return _json(body | {"stream": stream} if streams else body)
    return ""


def samples(apis: tuple[Api, ...], protocols: tuple[str, ...], base: str = "") -> Mapping[str, Sample]:
    """A sample for each protocol, from the first path that fits it. `base` is the path of the service's address."""
    found: dict[str, Sample] = {}
    for key in protocols:
        live = PROTOCOLS[key].duplex
        fitting = [api for api in apis if (api.protocol == "WS") is live]
        api = next((api for api in fitting if api.method != "GET"), fitting[0] if fitting else None)
        if api is not None:
            found[key] = _sample(api, key, base)
    return found


def described(apis: tuple[Api, ...], protocols: tuple[str, ...], base: str = "") -> tuple[Sample, ...]:
    """Every path as a request, in the platform's order; one whose answers go on is for the protocol that streams."""
    found = []
    for api in apis:
        live = [key for key in protocols if PROTOCOLS[key].duplex is (api.protocol == "WS")]
        streams = [key for key in live if PROTOCOLS[key].streams]
        plain = [key for key in live if key not in streams]
        told = "stream" in api.answers or bool(guessed_stream(base + api.path))
        key = next(iter((streams if told else plain) or live), "")
        if key:
            found.append(_sample(api, key, base))
    return tuple(found)


def guessed_stream(path: str) -> bool:
    """Whether a path of a widespread interface can answer as a stream."""
    return '"stream"' in guessed_body(path, stream=True)


def _sample(api: Api, protocol: str, base: str) -> Sample:
    if PROTOCOLS[protocol].duplex:
        message = api.body or json.dumps({"messages": [{"role": "user", "content": PROMPT}], "max_tokens": 120})
        return Sample("GET", api.path, messages=(message,), protocol=protocol)
    guessed = guessed_body(base + api.path, stream=protocol == _streaming())
    method = api.method or ("POST" if guessed else "GET")
    if method == "GET":
        return Sample(method, api.path, protocol=protocol)
    if api.path.endswith("/chat/completions"):
        return Sample(method, api.path, guessed, protocol=protocol)
    return Sample(method, api.path, api.body or guessed, protocol=protocol)


def _json(body: dict[str, object]) -> str:
    return json.dumps(body, indent=2, ensure_ascii=False)


def _streaming() -> str:
    """The protocol whose answers go on, by the header that it asks with."""
    return next(key for key, protocol in PROTOCOLS.items() if protocol.streams)
