"""The platform's own errors by code, for calls that ask to be answered with one.

Platform documentation, "API Gateway error codes" (codes APIG) and "Error codes" of inference (all others). Of a code
with several texts the first is meant, unless the status is said too: `ModelArts.4302/503`.
"""

from streamscope.sandbox.refusals import RefusalError, dispatcher, gateway

NO_API = "The API does not exist or has not been published in the environment."
IAM = "Incorrect IAM authentication information: "
APP = "Incorrect app authentication information: "
ERRORS = (
    ("ModelArts.0201", 401, "Token doesn't exist."),
    ("ModelArts.0202", 401, "The token has expired."),
    ("ModelArts.0203", 401, "Invalid token."),
    ("ModelArts.0204", 401, "Failed to parse the token."),
    ("ModelArts.0204", 400, "Token must contain projectId info."),
    ("ModelArts.0205", 401, "The authorization request header is missing."),
    ("ModelArts.0206", 401, "The authorization request header has a wrong format."),
    ("ModelArts.0206", 403, "Invalid AK/SK."),
    ("ModelArts.0207", 401, "Token must contain project info."),
    ("ModelArts.0208", 401, "Failed to check the authorization request header."),
    ("ModelArts.0209", 401, "There is no appId in the request header."),
    ("ModelArts.0210", 403, "The project ID in the URL does not match the project ID in the token."),
    ("ModelArts.0212", 401, "Token must contain project info of the current region."),
    ("ModelArts.4104", 413, "Invalid Request Content Length. The request body content have beyond limit."),
    ("ModelArts.4201", 400, "Request url need service id. The request url not contain serviceId/requestURI."),
    ("ModelArts.4202", 400, "Request url format invalid."),
    ("ModelArts.4203", 400, "Invalid request. The requested service was not started."),
    ("ModelArts.4203", 401, "Invalid request. Access denied! You do not have permission."),
    ("ModelArts.4204", 404, "Request api error! The API is not exist."),
    ("ModelArts.4204", 400, "Request api error! The API is not subscribed."),
    ("ModelArts.4205", 408, "Request connection error. Connection timeout."),
    ("ModelArts.4206", 429, "Too many requests, reached api."),
    (
        "ModelArts.4302",
        500,
        "Gateway forwarding error. Failed to invoke backend service due to connection refused.",
    ),
    ("ModelArts.4302", 503, "Due to self protection, the backend service is disconnected, please wait moment."),
    ("ModelArts.4503", 500, "Failed to respond due to backend service not found or failed to respond."),
    ("ModelArts.4503", 502, "Backend service ssl handshake error, please check the service is https."),
    ("ModelArts.4503", 504, "Backend service respond timeout."),
    ("ModelArts.4505", 500, "Backend service internal error. Backend service read timed out."),
    ("ModelArts.4901", 404, "The app-auth api doesn't exist."),
    ("ModelArts.4902", 400, "The app-auth api didn't bind to apig app."),
    ("ModelArts.4905", 400, "Verify the authorization header failed."),
    ("ModelArts.8902", 403, "The API key is not bound to the service."),
    ("ModelArts.8909", 504, "The connection to the service timed out."),
    ("ModelArts.8910", 400, "The request protocol HTTPS does not match the protocol WSS of the service."),
    ("CF2.E00003", 504, "request response timeout"),
    ("APIG.0101", 404, NO_API),
    ("APIG.0101", 405, "Method Not Allowed"),
    ("APIG.0106", 400, "Orchestration error."),
    ("APIG.0201", 413, "Request entity too large"),
    ("APIG.0201", 414, "Request URI too large"),
    ("APIG.0201", 494, "Request headers too large"),
    ("APIG.0201", 502, "Backend unavailable"),
    ("APIG.0201", 504, "Backend timeout"),
    ("APIG.0202", 502, "Backend unavailable"),
    ("APIG.0203", 504, "Backend timeout"),
    ("APIG.0204", 400, "SSL protocol is not supported: TLSv1.1"),
    ("APIG.0301", 401, IAM + "decrypt token fail"),
    ("APIG.0302", 403, "The IAM user is not authorized to access the API."),
    ("APIG.0303", 401, APP + "app not found with specified appCode"),
    ("APIG.0304", 403, "The app is not authorized to access the API."),
    ("APIG.0305", 401, "Incorrect authentication information."),
    ("APIG.0306", 403, "API access denied."),
    ("APIG.0307", 401, "The token must be updated."),
    ("APIG.0308", 429, "The throttling threshold has been reached: policy domain over ratelimit."),
    ("APIG.0310", 403, "The project is unavailable."),
    ("APIG.0401", 403, "Unknown client IP address."),
    ("APIG.0402", 403, "The IP address is not authorized to access the API."),
    ("APIG.0501", 405, "The app quota has been used up."),
    ("APIG.0502", 405, "The app has been frozen."),
    ("APIG.0601", 500, "Internal server error."),
    ("APIG.0605", 500, "Failed to resolve the domain name."),
    ("APIG.0610", 502, "No backend available."),
    ("APIG.0613", 503, "The IAM service is unavailable."),
    ("APIG.0802", 403, "The IAM user is forbidden in the currently selected region."),
    ("APIG.1009", 400, "AppKey or AppSecret is invalid"),
)
# The usual error of each status.
OF_STATUS = {
    400: "ModelArts.4203/400",
    401: "APIG.0301/401",
    403: "APIG.0302/403",
    404: "APIG.0101/404",
    405: "APIG.0101/405",
    408: "ModelArts.4205/408",
    413: "APIG.0201/413",
    414: "APIG.0201/414",
    429: "ModelArts.4206/429",
    500: "ModelArts.4302/500",
    502: "APIG.0202/502",
    503: "ModelArts.4302/503",
    504: "APIG.0203/504",
}


def find(text: str) -> tuple[str, int, str] | None:
    """The error that `CODE` or `CODE/STATUS` means, as code, status and text."""
    code, _, status = text.partition("/")
    found = [error for error in ERRORS if error[0] == code and status in {"", str(error[1])}]
    return found[0] if found else None


def by_code(text: str) -> RefusalError:
    """The refusal with this code; raises KeyError for an unknown one."""
    found = find(text)
    if found is None:
        raise KeyError(text)
    code, status, words = found
    return (gateway if code.startswith("APIG") else dispatcher)(status, code, words)


def by_status(status: int) -> RefusalError:
    """The refusal that a status usually comes with."""
    if status in OF_STATUS:
        return by_code(OF_STATUS[status])
    return dispatcher(status, "Sandbox.0002", f"The sandbox was asked for status {status}.")
