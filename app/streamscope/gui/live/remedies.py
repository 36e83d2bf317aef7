"""What can be done at once about an exchange that went wrong: a button's words, and the draft or the action behind it.

Pure: the same for live and reopened exchanges.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from msgspec.structs import replace

from streamscope.model.draft import Choice, Draft
from streamscope.model.phrase import Phrase, phrase
from streamscope.model.service import Service

TOKEN = "token"  # noqa: S105 - the key of a kind, no secret
_SIGNED = ("aksk", "app_signature")
_UNREACHED = ("NameNotResolved", "Refused", "Unreachable", "ConnectTimeout", "NoAnswer")
_AGAIN = ("Cut", "Silent", "NoAnswer", "Refused", "ConnectTimeout", "Unreachable")
_BAD, _UNAUTHORIZED, _FORBIDDEN, _NOT_FOUND, _UPGRADE, _UNAVAILABLE = 400, 401, 403, 404, 426, (502, 503, 504)


@dataclass(frozen=True, slots=True)
class Remedy:
    """A button: its words, and the draft to send, or else what the window is to do with the old one.

    Actions: `sign_in` (forget the token, send again), `address`, `start_called_service`, else the name of one of its
    actions.
    """

    words: Phrase
    draft: Draft | None = None
    action: str = ""


START = Remedy(phrase("Start the service"), action="start_called_service")


def suspects_service(status: int, error: str, result: str) -> bool:
    """Whether an end like this may be the service's doing: it was stopped, deleted, or is somewhere else by now.

    `error` is the error's name, "" where none ended it; `result` what `Meter.result` says. The old generation's
    dispatcher says 400 where a service does not run.
    """
    return error in (*_UNREACHED, *_AGAIN) or status in (_BAD, _NOT_FOUND, *_UNAVAILABLE) or result == "early"


def of_failure(error: str, draft: Draft, service: Service | None) -> list[Remedy]:
    """What helps where no whole answer came; `error` is the error's name as recordings have it."""
    return list(_of_failure(error, draft, service))


def of_refusal(status: int, draft: Draft, service: Service | None) -> list[Remedy]:
    """What helps where an answer refused."""
    return list(_of_refusal(status, draft, service))


def _of_failure(error: str, draft: Draft, service: Service | None) -> Iterator[Remedy]:
    if error == "BodyTooLarge":
        if draft.auth.kind in _SIGNED and _offers_token(service):
            yield _token_instead(draft)
        yield Remedy(phrase("Send all the same"), replace(draft, allow_large_body=True))
    elif error == "PlainCredentials":
        yield Remedy(phrase("Send all the same"), replace(draft, allow_plain_credentials=True))
    elif error == "UntrustedCertificate" and not draft.workspace:
        yield Remedy(phrase("Send without checking the certificate"), replace(draft, insecure=True))
    elif error == "CredentialError":
        if draft.auth.kind == TOKEN:
            yield Remedy(phrase("Sign in again"), action="sign_in")
        yield Remedy(phrase("Open the credentials"), action="credentials")
    elif error == "TimedOut":
        longer = replace(draft.limits, total=draft.limits.total * 2)
        yield Remedy(phrase("Send again with twice the time"), replace(draft, limits=longer))
    elif error == "ProxyError":
        yield Remedy(phrase("Send without a proxy"), replace(draft, proxy="none"))
    if error in _UNREACHED and service is not None and draft.channel.kind != "public" and "public" in service.addresses:
        yield Remedy(phrase("Use the public network instead"), replace(draft, channel=Choice("public")))
    if error in _AGAIN:
        yield Remedy(phrase("Send again"), draft)


def _of_refusal(status: int, draft: Draft, service: Service | None) -> Iterator[Remedy]:
    if service is not None and service.state == "stopped":
        yield START
    if status in (_UNAUTHORIZED, _FORBIDDEN):
        if draft.auth.kind == TOKEN:
            yield Remedy(phrase("Sign in again"), action="sign_in")
        elif _offers_token(service):
            yield _token_instead(draft)
        yield Remedy(phrase("Open the credentials"), action="credentials")
    elif status == _NOT_FOUND and service is not None:
        sample = service.samples.get(draft.protocol.kind)
        if sample is not None and sample.path and sample.path != draft.path:
            words = phrase("Use the service's path {path}", path=sample.path)
            yield Remedy(words, replace(draft, path=sample.path, method=draft.method or sample.method))
        yield Remedy(phrase("Go to the address"), action="address")
    elif status == _UPGRADE:
        other = "https" if draft.protocol.kind == "websocket" else "websocket"
        words = phrase("Use HTTPS instead") if other == "https" else phrase("Use WebSocket instead")
        yield Remedy(words, replace(draft, protocol=Choice(other)))
    elif status in _UNAVAILABLE:
        yield Remedy(phrase("Send again"), draft)


def _token_instead(draft: Draft) -> Remedy:
    return Remedy(phrase("Use the IAM token instead"), replace(draft, auth=Choice(TOKEN)))


def _offers_token(service: Service | None) -> bool:
    return service is None or TOKEN in service.auth
