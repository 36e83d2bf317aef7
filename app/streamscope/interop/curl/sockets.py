"""A command that opens a WebSocket as a draft of that protocol: the handshake's headers are made anew."""

import re

import msgspec

from streamscope.model.draft import Body, Choice, Draft
from streamscope.model.phrase import Phrase, phrase

_MADE = frozenset({"sec-websocket-key", "sec-websocket-version", "upgrade", "connection", "sec-websocket-extensions"})


def as_websocket(draft: Draft, notes: list[Phrase]) -> Draft:
    """The draft, as a WebSocket's where its URL or its headers ask for one."""
    url = draft.channel.values["url"]
    upgrade = any(name.lower() == "upgrade" and value.lower() == "websocket" for name, value in draft.headers)
    if not upgrade and not re.match(r"wss?://", url, re.IGNORECASE):
        return draft
    url = re.sub(r"^http(s?)://", r"ws\1://", url, flags=re.IGNORECASE)
    values = {}
    wanted = [value for name, value in draft.headers if name.lower() == "sec-websocket-protocol"]
    extensions = [value for name, value in draft.headers if name.lower() == "sec-websocket-extensions"]
    dropped = _MADE
    if len(wanted) == 1:
        values["subprotocols"] = wanted[0]
        dropped = dropped | {"sec-websocket-protocol"}
    if extensions and not any("permessage-deflate" in value for value in extensions):
        dropped = dropped - {"sec-websocket-extensions"}
    if draft.body.kind != "none":
        notes.append(phrase("A WebSocket handshake has no body: it was left out. Send it as a message."))
    headers = tuple(pair for pair in draft.headers if pair[0].lower() not in dropped)
    return msgspec.structs.replace(
        draft,
        channel=Choice("address", {"url": url}),
        protocol=Choice("websocket", values),
        method="GET",
        headers=headers,
        body=Body(),
        without=tuple(name for name in draft.without if name == "user-agent"),
    )
