"""Requests that work on a service, made from the paths that its platform describes."""

import json
from collections.abc import Mapping

from streamscope.kinds.catalog import PROTOCOLS
from streamscope.kinds.platforms.base import Api
from streamscope.model.service import Sample

PROMPT = "Write a short note about a clear stream and the clock that measures it."


def chat_body(*, stream: bool, prompt: str = PROMPT) -> str:
    """A chat-completions body."""
    body: dict[str, object] = {"model": "chat", "messages": [{"role": "user", "content": prompt}]}
    if stream:
        body |= {"stream": True, "stream_options": {"include_usage": True}}
    return json.dumps(body | {"max_tokens": 120}, indent=2, ensure_ascii=False)


def samples(apis: tuple[Api, ...], protocols: tuple[str, ...]) -> Mapping[str, Sample]:
    """A sample for each protocol, from the first path that fits it."""
    found: dict[str, Sample] = {}
    for key in protocols:
        live = PROTOCOLS[key].duplex
        fitting = [api for api in apis if (api.protocol == "WS") is live]
        api = next((api for api in fitting if api.method != "GET"), fitting[0] if fitting else None)
        if api is not None:
            found[key] = _sample(api, key)
    return found


def _sample(api: Api, protocol: str) -> Sample:
    if PROTOCOLS[protocol].duplex:
        message = api.body or json.dumps({"messages": [{"role": "user", "content": PROMPT}], "max_tokens": 120})
        return Sample("GET", api.path, messages=(message,))
    body = api.body
    if api.path.endswith("/chat/completions"):
        body = chat_body(stream=protocol == _streaming())
    return Sample(api.method, api.path, body if api.method != "GET" else "")


def _streaming() -> str:
    """The protocol whose answers go on, by the header that it asks with."""
    return next(key for key, protocol in PROTOCOLS.items() if protocol.streams)
