"""A WebSocket's handshake, explained and checked (RFC 6455, section 4). Pure."""

import base64
import binascii
from dataclasses import dataclass
from typing import Literal

from streamscope.engine.replay_steps import accept
from streamscope.model.event import Head, RequestSent
from streamscope.model.phrase import Phrase, phrase

_KEY_BYTES = 16
_SWITCHED = 101


@dataclass(frozen=True, slots=True)
class Step:
    """One thing of a handshake: the header, its value, what it means, and whether it is as it must be."""

    header: str
    value: str
    about: Phrase
    state: Literal["right", "wrong", "open"] = "open"


def handshake(sent: RequestSent, head: Head | None) -> tuple[Step, ...]:
    """What was asked and answered; nothing where it is no WebSocket."""
    key = sent.header("Sec-WebSocket-Key")
    if not key and not sent.url.startswith(("ws://", "wss://")):
        return ()
    steps = [Step("Sec-WebSocket-Key", key or "–", *_key(key))]
    offered = sent.header("Sec-WebSocket-Extensions")
    if head is None:
        return (*steps, Step("", "–", phrase("There was no answer.")))
    if head.status != _SWITCHED:
        return (*steps, Step("", str(head.status), phrase("The server refused: only 101 opens a WebSocket."), "wrong"))
    steps.append(Step("Sec-WebSocket-Accept", head.header("Sec-WebSocket-Accept") or "–", *_accepted(key, head)))
    upgrade = head.header("Upgrade")
    right = upgrade.lower() == "websocket"
    steps.append(Step("Upgrade", upgrade or "–", phrase("It must say websocket."), "right" if right else "wrong"))
    chosen = head.header("Sec-WebSocket-Extensions")
    if offered or chosen:
        taken = phrase("Taken of what was offered: {offered}.", offered=offered or "–")
        none = phrase("Nothing was taken of what was offered: {offered}.", offered=offered)
        steps.append(Step("Sec-WebSocket-Extensions", chosen or "–", taken if chosen else none))
    asked, given = sent.header("Sec-WebSocket-Protocol"), head.header("Sec-WebSocket-Protocol")
    if asked or given:
        wanted = [one.strip() for one in asked.split(",")]
        about = phrase("The subprotocol that was chosen of: {offered}.", offered=asked or "–")
        steps.append(Step("Sec-WebSocket-Protocol", given or "–", about, _among(given, wanted)))
    return tuple(steps)


def _key(key: str) -> tuple[Phrase, Literal["right", "wrong", "open"]]:
    try:
        size = len(base64.b64decode(key, validate=True))
    except (binascii.Error, ValueError):
        size = -1
    if size == _KEY_BYTES:
        return phrase("16 random bytes in base64; they name this handshake and are no secret."), "right"
    return phrase("It should be 16 random bytes in base64."), "wrong"


def _accepted(key: str, head: Head) -> tuple[Phrase, Literal["right", "wrong", "open"]]:
    computed = accept(key).decode()
    if head.header("Sec-WebSocket-Accept").strip() == computed:
        return phrase(
            "Base64 of the SHA-1 of the key and the protocol's fixed text: computed here, it is the same."
        ), "right"
    return phrase(
        "Base64 of the SHA-1 of the key and the protocol's fixed text would be {value}.", value=computed
    ), "wrong"


def _among(given: str, wanted: list[str]) -> Literal["right", "wrong", "open"]:
    if not given:
        return "open"
    return "right" if given in wanted else "wrong"
