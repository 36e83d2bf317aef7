"""The gateway's check of an application: its code, its key alone, or a signature with key and secret.

Platform documentation, "Accessing a real-time service through App authentication" and "API Gateway error codes".
"""

import hmac

from streamscope.sandbox.identity import Identity
from streamscope.sandbox.inbound import Inbound
from streamscope.sandbox.refusals import RefusalError, gateway
from streamscope.sandbox.verification import Claim, date_problem, mismatch, read_claim

CREDENTIALS = frozenset({"x-apig-appcode", "apikey"})


def check(identity: Identity, inbound: Inbound, body: bytes) -> None:
    """Accept the request or refuse it with APIG.0303."""
    code, key, claim = inbound.header("x-apig-appcode"), inbound.header("apikey"), read_claim(inbound)
    if code is not None:
        if not _same(code, identity.app_code):
            raise _refusal("app not found with specified appCode")
    elif claim is not None:
        _signature(identity, inbound, body, claim)
    elif key is None or not _same(key, identity.app_key):
        raise _refusal(f"app not found, appkey {key or ''}")


def _signature(identity: Identity, inbound: Inbound, body: bytes, claim: Claim) -> None:
    if claim.access != identity.app_key:
        raise _refusal(f"app not found, appkey {claim.access}")
    late = date_problem(inbound)
    if late is not None:
        raise _refusal(late)
    canonical = mismatch(inbound, body, claim, identity.app_secret)
    if canonical is not None:
        raise _refusal(f"verify signature fail, canonicalRequest:{canonical}")


def _same(given: str, right: str) -> bool:
    return hmac.compare_digest(given.encode("utf-8", "surrogateescape"), right.encode())


def _refusal(text: str) -> RefusalError:
    return gateway(401, "APIG.0303", f"Incorrect app authentication information: {text}")
