"""Refusals explained: which layer answered, what its code means, what to try; the platform's own texts."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streamscope.engine.answers import DISPATCHER, GATEWAY, MODEL, SERVER, STATUSES, coded, explain, explain_code
from streamscope.engine.refusals import DISPATCHER_ROWS, GATEWAY_ROWS, MODEL_ROWS
from streamscope.model.event import Head
from streamscope.model.phrase import Phrase

# Status, code, message as the platform writes it; a part of what it means, a part of what to try.
GATEWAY_TEXTS = [
    (404, "0101", "The API does not exist or has not been published in the environment.", "knows no such API", "slash"),
    (400, "0106", "Orchestration error.", "parameters", "headers"),
    (413, "0201", "Request entity too large", "12 MB", "Send less"),
    (414, "0201", "Request URI too large", "32 KB", "body"),
    (494, "0201", "Request headers too large", "128 KB", "pasted twice"),
    (502, "0201", "Backend unavailable", "not reachable", "state"),
    (504, "0201", "Backend timeout", "40 s", "fewer tokens"),
    (500, "0201", "An unexpected error", "unexpected", "moment"),
    (400, "0201", "API request error", "cannot take", "headers"),
    (502, "0202", "Backend unavailable", "not reachable", "state"),
    (504, "0203", "Backend timeout", "40 s", "fewer tokens"),
    (400, "0204", "SSL protocol is not supported: TLSv1.1", "TLS", "1.2"),
    (
        401,
        "0301",
        "Incorrect IAM authentication information: decrypt token fail",
        "no token of this platform",
        "region",
    ),
    (
        401,
        "0301",
        "Incorrect IAM authentication information: Get secretKey failed,ak:X,err:ak not exist",
        "access key",
        "App address",
    ),
    (
        401,
        "0301",
        "Incorrect IAM authentication information: AK access failed to reach the limit,forbidden",
        "locked",
        "five minutes",
    ),
    (
        401,
        "0301",
        "Incorrect IAM authentication information: verify aksk signature fail, canonicalRequest:GET|/|",
        "does not match",
        "canonical request",
    ),
    (
        401,
        "0301",
        "calc aksk signature fail:signature expired, signature time:20211217T064303Z,server time:20211217T065804Z",
        "15 minutes",
        "clock",
    ),
    (401, "0301", "Unauthorized", "IAM authentication", "token"),
    (403, "0302", "The IAM user is not authorized to access the API.", "may not", "permission"),
    (401, "0303", "Incorrect app authentication information: app not found, appkey X", "AppKey", "row"),
    (401, "0303", "Incorrect app authentication information: app not found with specified appCode", "AppCode", "row"),
    (401, "0303", "signature expired, signature time:T1,server time:T2", "15 minutes", "clock"),
    (401, "0303", "verify signature failed", "AppSecret", "signed"),
    (403, "0304", "The app is not authorized to access the API.", "not authorised", "Bind"),
    (401, "0305", "Incorrect authentication information", "wrong", "row of address"),
    (403, "0306", "API access denied.", "denied", "permission"),
    (401, "0307", "The token must be updated.", "over", "new token"),
    (429, "0308", "The throttling threshold has been reached.", "Too many", "Slow down"),
    (403, "0310", "The project is unavailable.", "project", "frozen"),
    (403, "0401", "Unknown client IP address.", "address", "network"),
    (403, "0402", "The IP address is not authorized", "access list", "added"),
    (403, "0405", "The app is not accessed from a trusted IP address.", "App", "trusted"),
    (405, "0501", "The app quota is used up.", "quota", "raise"),
    (405, "0502", "The app has been frozen.", "frozen", "release"),
    (500, "0601", "Internal server error.", "inside", "moment"),
    (400, "0602", "Bad request.", "cannot read", "headers"),
    (500, "0605", "Domain name resolution failed.", "name", "state"),
    (500, "0606", "Failed to load the API configurations.", "configuration", "moment"),
    (400, "0607", "The following protocol is supported: {xxx}", "another protocol", "names"),
    (502, "0610", "No backend available.", "No instance", "state"),
    (503, "0613", "IAM unavailable", "identity service", "moment"),
    (403, "0802", "The IAM user is forbidden in the currently selected region.", "region", "region"),
    (400, "1009", "AppKey or AppSecret is invalid", "AppKey or AppSecret", "Copy"),
]
DISPATCHER_TEXTS = [
    (401, "0201", "Token doesn't exist.", "missing", "IAM token"),
    (401, "0202", "The token has expired", "expired", "new token"),
    (401, "0203", "Invalid token.", "another account", "owner"),
    (401, "0204", "Failed to parse the token.", "cut off", "line break"),
    (400, "0204", "Token must contain projectId info.", "not for a project", "scope"),
    (401, "0205", "The authorization request header is missing", "missing", "API key"),
    (401, "0206", "wrong format", "another form", "Bearer"),
    (403, "0206", "Invalid AK/SK", "access key", "Copy"),
    (401, "0207", "token must contain project info", "region", "scope"),
    (401, "0208", "check failed", "failed", "key"),
    (401, "0209", "no appId in header", "no App", "row"),
    (401, "0210", "no apiId in header", "no API", "row"),
    (403, "0210", "project id in URL does not match the token", "project", "scope"),
    (401, "0212", "token must contain project info of current region", "region", "scope"),
    (400, "4200", "invalid request", "not valid", "path"),
    (
        400,
        "4201",
        "Request url need service id. The request url not contain serviceId/requestURI.",
        "no service",
        "Copy",
    ),
    (400, "4202", "Request url format invalid.", "another form", "Copy"),
    (400, "4203", "Invalid request. The requested service x was not started.", "not running", "Start"),
    (401, "4203", "Invalid request. Access denied! You do not have permission.", "may not", "owner"),
    (400, "4204", "Request api error! The API x is not subscribed.", "subscribed", "Subscribe"),
    (404, "4204", "Request api error! The API x is not exist.", "not one of", "path"),
    (408, "4205", "Request connection error. Connection timeout.", "timed out", "slow"),
    (413, "4104", "Invalid Request Content Length. The request body content have beyond limit.", "over this", "raise"),
    (429, "4206", "Too many requests, reached api x.", "flow limit", "Slow down"),
    (
        500,
        "4302",
        "Gateway forwarding error. Failed to invoke backend service due to connection refused.",
        "refuses",
        "logs",
    ),
    (
        500,
        "4302",
        "Due to self protection, the backend service is disconnected, please wait moment.",
        "protects itself",
        "moment",
    ),
    (503, "4302", "Backend service is not available, please retry later.", "refuses", "logs"),
    (
        500,
        "4503",
        "Failed to respond due to backend service not found or failed to respond.",
        "closed the connection",
        "idle connections",
    ),
    (
        500,
        "4503",
        "Backend service ssl handshake error, please check the service is https.",
        "another protocol",
        "container",
    ),
    (500, "4503", "Failed to connect to backend service.", "did not answer", "logs"),
    (500, "4503", "The response timed out", "40 s", "fewer tokens"),
    (504, "4503", "Backend service respond timeout.", "in time", "logs"),
    (500, "4505", "Backend service internal error. Backend service read timed out.", "timed out", "logs"),
    (404, "4901", "The app-auth api doesn't exist.", "no such App API", "again"),
    (400, "4902", "The app-auth api didn't bind to apig app x.", "not bound", "Bind"),
    (400, "4905", "Verify the authorization header failed.", "wrong", "API key"),
    (400, "8902", "API key is not bound", "not bound", "Bind"),
    (500, "8909", "connection to service timed out", "timed out", "message"),
    (400, "8910", "protocol", "another protocol", "WebSocket"),
]


def answer(status: int, server: str = "") -> Head:
    return Head(0, status, "HTTP/1.1", [("Server", server)] if server else [])


def body(code: str, message: str) -> bytes:
    return json.dumps({"error_code": code, "error_msg": message, "request_id": "r"}).encode()


@pytest.mark.parametrize(("status", "number", "message", "meaning", "remedy"), GATEWAY_TEXTS)
@pytest.mark.parametrize("prefix", ["APIG", "APIGW"])
def test_the_gateways_codes(prefix: str, status: int, number: str, message: str, meaning: str, remedy: str) -> None:
    said = explain(answer(status, "api-gateway"), body(f"{prefix}.{number}", message))
    assert said is not None
    assert said.layer == GATEWAY
    assert meaning in str(said.meaning)
    assert remedy in str(said.remedy)


@pytest.mark.parametrize(("status", "number", "message", "meaning", "remedy"), DISPATCHER_TEXTS)
def test_the_dispatchers_codes(status: int, number: str, message: str, meaning: str, remedy: str) -> None:
    said = explain(answer(status), body(f"ModelArts.{number}", message))
    assert said is not None
    assert said.layer == DISPATCHER
    assert meaning in str(said.meaning)
    assert remedy in str(said.remedy)


def test_the_new_generations_timeout_and_the_models_template() -> None:
    said = explain(answer(504), body("CF2.E00003", "request response timeout"))
    assert said is not None
    assert (said.layer, "own request timeout" in str(said.meaning)) == (DISPATCHER, True)
    failed = json.dumps({"erno": "MR.0105", "msg": "Recognition failed", "words_result": {}}).encode()
    said = explain(answer(500, "ModelArts"), failed)
    assert said is not None
    assert (said.layer, "own code failed" in str(said.meaning)) == (MODEL, True)
    assert coded(failed) == ("MR.0105", "Recognition failed")
    assert explain_code("MR.0105", "") is not None
    assert explain_code("somebody.0105", "") is None


@pytest.mark.parametrize(
    ("server", "code", "layer"),
    [("ModelArts", "", MODEL), ("api-gateway", "", GATEWAY), ("nginx", "", SERVER), ("", "Other.1", SERVER),
     ("ModelArts", "APIG.9999", GATEWAY), ("", "ModelArts.9999", DISPATCHER)],
)  # fmt: skip
def test_the_layer_of_what_is_not_known(server: str, code: str, layer: Phrase) -> None:
    """A code that is not in the tables is explained by its status, but its layer is known."""
    said = explain(answer(405, server), body(code, ""))
    assert said is not None
    assert (said.layer, said.meaning) == (layer, STATUSES[405][0])


@pytest.mark.parametrize(
    "status", [400, 401, 403, 404, 405, 408, 413, 414, 415, 422, 426, 429, 494, 500, 502, 503, 504]
)
def test_bare_statuses(status: int) -> None:
    said = explain(answer(status), b"")
    assert said is not None
    assert str(said.remedy)
    assert str(said.layer) == "the server"


def test_no_refusal_is_not_explained() -> None:
    assert explain(answer(200), body("APIG.0101", "")) is None
    assert explain(answer(101), b"") is None


def test_a_row_is_reached_by_something() -> None:
    """No row is hidden behind an earlier one."""
    for rows in (GATEWAY_ROWS, DISPATCHER_ROWS, MODEL_ROWS):
        for at, (number, status, part, _, remedy) in enumerate(rows):
            hidden = any(
                (earlier[0], earlier[1]) in ((number, 0), (number, status)) and earlier[2].lower() in part.lower()
                for earlier in rows[:at]
            )
            assert not hidden, (number, status, part)
            assert str(remedy)


@given(st.integers(100, 999), st.binary(max_size=200))
def test_any_body_is_taken(status: int, content: bytes) -> None:
    assert (explain(answer(status), content) is None) == (status < 400)
