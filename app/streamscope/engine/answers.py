"""What the platform's refusals mean: code to meaning and remedy, and which layer answered.

Source: the platform's error code references of API Gateway and ModelArts, and its troubleshooting pages.
"""

import json
from dataclasses import dataclass

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

Row = tuple[str, str, Phrase, Phrase]

_RENEW = phrase("Send again: a new token is fetched. A token copied by hand must be replaced.")

# (the code's number, part of the message, meaning, remedy): the first row that fits counts.
GATEWAY_ROWS: tuple[Row, ...] = (
    (
        "0101",
        "",
        phrase("Gateway knows no such API: path, row of address or method do not fit."),
        phrase(
            "Check the path (a missing or a trailing slash counts), the row (App authentication has an address of its "
            "own), the region and the method (POST is usual)."
        ),
    ),
    ("0106", "", phrase("The parameters do not fit the API."), phrase("Check query and headers.")),
    (
        "0201",
        "entity too large",
        phrase("The body is over the gateway's 12 MB."),
        phrase("Send less; a file may be passed by address instead."),
    ),
    ("0201", "URI too large", phrase("The URI is over 32 KB."), phrase("Move parameters into the body.")),
    (
        "0201",
        "headers too large",
        phrase("One header is over 32 KB, or all are over 128 KB."),
        phrase("Look for a value pasted twice; a token is some kilobytes long."),
    ),
    ("0202", "", phrase("The service is not reachable for the gateway."), phrase("Look at the service's state.")),
    (
        "0203",
        "",
        phrase("The model did not answer within the gateway's time (40 s)."),
        phrase("Ask for fewer tokens, stream, or add instances."),
    ),
    (
        "0301",
        "decrypt token fail",
        phrase("This is no token of this platform: cut off, of another region, or no token at all."),
        phrase("Take the whole token of this region's identity service, without a line break."),
    ),
    (
        "0301",
        "not exist",
        phrase("The access key does not exist."),
        phrase("Check the access key (AK); an App's key belongs to the App address."),
    ),
    (
        "0301",
        "reach the limit",
        phrase("The access key is locked for five minutes after more than five failures."),
        phrase("Wait five minutes, then send once with the right secret key."),
    ),
    (
        "0301",
        "signature expired",
        phrase("The signature's time is more than 15 minutes off the gateway's."),
        phrase("Set this machine's clock, or leave the X-Sdk-Date header to Streamscope."),
    ),
    (
        "0301",
        "signature fail",
        phrase("The signature does not match: a wrong secret key, or something changed on the way."),
        phrase("Compare the gateway's canonical request in its answer with the one in the Headers tab."),
    ),
    ("0301", "", phrase("The gateway does not accept this IAM authentication."), _RENEW),
    (
        "0302",
        "",
        phrase("The user may not call this API."),
        phrase("Ask for the permission, or use the account of the service's owner."),
    ),
    (
        "0303",
        "signature expired",
        phrase("The signature's time is more than 15 minutes off the gateway's."),
        phrase("Set this machine's clock, or leave the X-Sdk-Date header to Streamscope."),
    ),
    (
        "0303",
        "",
        phrase("The gateway knows no such App: wrong code, key or secret."),
        phrase("Check the App's credentials, and that the address is the App's row."),
    ),
    (
        "0304",
        "",
        phrase("The App is not authorised for this service."),
        phrase("Bind the App to the service in its authorisation."),
    ),
    (
        "0305",
        "",
        phrase("The authentication is wrong for this address."),
        phrase("Check which authentication this row of address takes."),
    ),
    ("0307", "", phrase("The token's life is over, or a permission changed."), _RENEW),
    ("0308", "", phrase("Too many requests: the throttle has closed."), phrase("Slow down, or raise the limit.")),
    ("1009", "", phrase("AppKey or AppSecret is wrong."), phrase("Copy both again from the App's page.")),
)

DISPATCHER_ROWS: tuple[Row, ...] = (
    ("0201", "Token doesn't exist", phrase("The token is missing."), phrase("Choose the IAM token.")),
    ("0202", "expired", phrase("The token has expired."), _RENEW),
    (
        "0203",
        "Invalid token",
        phrase("The token belongs to another account than the service."),
        phrase("Sign in with the account and project of the service's owner."),
    ),
    (
        "0204",
        "projectId",
        phrase("The token is for an account, not for a project."),
        phrase("Fetch it with the project as its scope."),
    ),
    (
        "0204",
        "",
        phrase("The token cannot be read: cut off or damaged."),
        phrase("Take the whole token, without a line break."),
    ),
    ("0205", "", phrase("The Authorization header is missing."), phrase("Choose the API key.")),
    ("0206", "", phrase("The Authorization header has another form."), phrase("It is 'Bearer', a blank and the key.")),
    ("0208", "", phrase("The check of the Authorization header failed."), phrase("Check the key.")),
    (
        "4203",
        "",
        phrase("The service is not running."),
        phrase("Start the service, then call again; a restarted one may have a new address."),
    ),
    ("4204", "", phrase("This path is not one of the service's APIs."), phrase("Check the path behind the address.")),
    ("4205", "", phrase("The connection to the model timed out."), phrase("Try again; the model may be slow.")),
    ("4206", "", phrase("The service's own flow limit is reached."), phrase("Slow down, or raise its limit.")),
    (
        "4104",
        "",
        phrase("The body is over this service's limit."),
        phrase("Send less, or raise the service's request size limit."),
    ),
    (
        "4302",
        "",
        phrase("The model refuses connections, or the platform protects itself from its errors."),
        phrase("Look at the model's logs and instances; slow down."),
    ),
    (
        "4503",
        "ssl",
        phrase("The model speaks another protocol than the service says (HTTP, not HTTPS)."),
        phrase("Deploy with the protocol that the container speaks."),
    ),
    (
        "4503",
        "",
        phrase("The model did not answer in time or closed the connection."),
        phrase("Ask for less, stream, or look at the model's logs."),
    ),
    ("4505", "", phrase("Reading the model's answer timed out."), phrase("Look at the model's logs.")),
    ("4901", "", phrase("There is no such App API."), phrase("Copy the App address of the service again.")),
    ("4902", "", phrase("The App is not bound to this service."), phrase("Bind the App to the service.")),
    ("4905", "", phrase("The key in the Authorization header is wrong."), phrase("Check the API key.")),
    ("8902", "", phrase("The API key is not bound to this service."), phrase("Bind the key to the service.")),
    (
        "8910",
        "",
        phrase("The service is deployed for another protocol."),
        phrase("Choose the protocol that the service speaks (HTTP or WebSocket, with or without TLS)."),
    ),
    (
        "E00003",
        "",
        phrase("The service's own request timeout is over."),
        phrase("Ask for fewer tokens, or raise the service's timeout."),
    ),
)

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
    429: (phrase("Too many requests."), phrase("Slow down.")),
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
    layer = _layer(head, code)
    rows = GATEWAY_ROWS if layer is GATEWAY else DISPATCHER_ROWS if layer is DISPATCHER else ()
    for number, part, meaning, remedy in rows:
        if code.endswith(number) and part.lower() in message.lower():
            return Explanation(layer, meaning, remedy)
    meaning, remedy = STATUSES.get(head.status, (phrase("The server refused the request."), NOTHING))
    return Explanation(layer, meaning, remedy)


def coded(body: bytes) -> tuple[str, str]:
    """The platform's error code and message in a body, '' where there are none."""
    try:
        read = json.loads(body)
    except (ValueError, RecursionError):
        return "", ""
    if not isinstance(read, dict):
        return "", ""
    return str(read.get("error_code") or ""), str(read.get("error_msg") or "")


def _layer(head: Head, code: str) -> Phrase:
    if code.startswith("APIG"):
        return GATEWAY
    if code.startswith(("ModelArts.", "CF2.")):
        return DISPATCHER
    return MODEL if head.header("Server").lower() == "modelarts" else SERVER
