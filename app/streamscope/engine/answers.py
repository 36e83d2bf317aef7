"""What the platform's refusals mean: code to meaning and remedy, and which layer answered.

The codes are in `refusals.py`. A forwarded answer without a code of the platform is the model's own.
"""

import json
from dataclasses import dataclass

from streamscope.engine.refusals import DISPATCHER_ROWS, GATEWAY_ROWS, MODEL_ROWS, Row
from streamscope.model.event import Head
from streamscope.model.phrase import NOTHING, Phrase, phrase


@dataclass(frozen=True, slots=True)
class Explanation:
    """Which layer answered, what its code means, what to try."""

    layer: Phrase
    meaning: Phrase
    remedy: Phrase


GATEWAY = phrase("the API gateway")
DISPATCHER = phrase("the platform's dispatcher")
MODEL = phrase("the model's own server")
SERVER = phrase("the server")

# What a bare status means where the body says nothing that is known (RFC 9110).
STATUSES: dict[int, tuple[Phrase, Phrase]] = {
    400: (phrase("The request is not what the server expects."), phrase("Read the body: it often names the field.")),
    401: (phrase("The authentication was refused."), phrase("Check which one this address takes, and its values.")),
    403: (phrase("This is not allowed for who signed in."), phrase("Check the permission and the account.")),
    404: (phrase("There is nothing at this path."), phrase("Check the path behind the address.")),
    405: (phrase("The method is not allowed here."), phrase("Model services usually take POST.")),
    408: (phrase("The server waited too long for the request."), phrase("Try again.")),
    413: (phrase("The body is too large."), phrase("Send less.")),
    415: (phrase("The content type is not taken."), phrase("Set the Content-Type that the model reads.")),
    422: (phrase("The model does not take these fields."), phrase("Compare with the model's own interface.")),
    426: (
        phrase("The server wants another protocol here."),
        phrase("Choose WebSocket where HTTPS was refused, or the reverse."),
    ),
    414: (phrase("The URI is too long."), phrase("Move parameters into the body.")),
    429: (phrase("Too many requests."), phrase("Slow down.")),
    494: (
        phrase("One header is over 32 KB, or all are over 128 KB."),
        phrase("Look for a value pasted twice; a token is some kilobytes long."),
    ),
    500: (phrase("The model or the platform failed."), phrase("Look at the model's logs.")),
    502: (phrase("A gateway got no good answer."), phrase("Look at the service's state.")),
    503: (phrase("The service is not available."), phrase("Try again later, or look at the service's state.")),
    504: (phrase("A gateway waited too long for the model."), phrase("Ask for less, or stream.")),
}


def explain(head: Head, body: bytes) -> Explanation | None:
    """What a refusal means; None for an answer that is none."""
    if head.status < 400:
        return None
    code, message = coded(body)
    known = explain_code(code, message, head.status)
    if known is not None:
        return known
    meaning, remedy = STATUSES.get(head.status, (phrase("The server refused the request."), NOTHING))
    return Explanation(_layer(head, code), meaning, remedy)


def explain_code(code: str, message: str, status: int = 0) -> Explanation | None:
    """What one of the platform's codes means, whatever the status; None for a code of somebody else."""
    layer, rows = _table(code)
    number = code.rpartition(".")[2]
    said = message.lower()
    for known, at, part, meaning, remedy in rows:
        if known == number and (not at or at == status) and part.lower() in said:
            return Explanation(layer, meaning, remedy)
    return None


def coded(body: bytes) -> tuple[str, str]:
    """The platform's error code and message in a body, '' where there are none; also those of its model template."""
    try:
        read = json.loads(body)
    except (ValueError, RecursionError):
        return "", ""
    if not isinstance(read, dict):
        return "", ""
    for code, message in (("error_code", "error_msg"), ("erno", "msg")):
        if read.get(code):
            return str(read[code]), str(read.get(message) or "")
    return "", str(read.get("error_msg") or "")


def _table(code: str) -> tuple[Phrase, tuple[Row, ...]]:
    if code.startswith("APIG"):
        return GATEWAY, GATEWAY_ROWS
    if code.startswith(("ModelArts.", "CF2.")):
        return DISPATCHER, DISPATCHER_ROWS
    return MODEL, MODEL_ROWS if code.startswith(("MR.", "DL.")) else ()


def _layer(head: Head, code: str) -> Phrase:
    """Who answered, by its code, else by the name it gives itself."""
    if code.startswith(("APIG", "ModelArts.", "CF2.", "MR.", "DL.")):
        return _table(code)[0]
    names = {"modelarts": MODEL, "api-gateway": GATEWAY}
    return names.get(head.header("Server").lower(), SERVER)
