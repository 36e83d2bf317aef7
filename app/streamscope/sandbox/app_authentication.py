"""The gateway's check of an application: its code, its key alone, or a signature with key and secret.

Platform documentation, "Accessing a real-time service through App authentication" and "API Gateway error codes".
"""

from streamscope.sandbox.applications import Applications
from streamscope.sandbox.inbound import Inbound
from streamscope.sandbox.records import AppRecord
from streamscope.sandbox.refusals import RefusalError, gateway
from streamscope.sandbox.verification import Claim, date_problem, mismatch, read_claim

CREDENTIALS = frozenset({"x-apig-appcode", "apikey"})


def check(applications: Applications, service: str, inbound: Inbound, body: bytes) -> None:
    """Accept the request or refuse it: with APIG.0303 who is unknown, with APIG.0304 who may not call the service."""
    app = _caller(applications, inbound, body)
    if service not in app.services:
        raise gateway(403, "APIG.0304", "The app is not authorized to access the API.")


def _caller(applications: Applications, inbound: Inbound, body: bytes) -> AppRecord:
    code, key, claim = inbound.header("x-apig-appcode"), inbound.header("apikey"), read_claim(inbound)
    if code is not None:
        app = applications.with_code(code)
        if app is None:
            raise _refusal("app not found with specified appCode")
        return app
    if claim is not None:
        return _signed(applications, inbound, body, claim)
    app = applications.with_key(key or "")
    if app is None:
        raise _refusal(f"app not found, appkey {key or ''}")
    return app


def _signed(applications: Applications, inbound: Inbound, body: bytes, claim: Claim) -> AppRecord:
    app = applications.with_key(claim.access)
    if app is None:
        raise _refusal(f"app not found, appkey {claim.access}")
    late = date_problem(inbound)
    if late is not None:
        raise _refusal(late)
    canonical = mismatch(inbound, body, claim, app.secret)
    if canonical is not None:
        raise _refusal(f"verify signature fail, canonicalRequest:{canonical}")
    return app


def _refusal(text: str) -> RefusalError:
    return gateway(401, "APIG.0303", f"Incorrect app authentication information: {text}")
