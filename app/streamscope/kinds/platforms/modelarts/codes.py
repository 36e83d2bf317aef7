"""The management interface's error codes: code to meaning and remedy. Data.

Source: API reference, "Error codes", of ModelArts and of API Gateway. A row is (the code's end, the status or 0 for
any, meaning, remedy); the first row that fits counts. Rows without a code are for a status alone.
"""

from dataclasses import dataclass

from streamscope.model.phrase import Phrase, phrase


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a code means, and what to try."""

    meaning: Phrase
    remedy: Phrase


_READ = phrase("Read the platform's text: it names the parameter.")
_ASK = phrase("Ask the account's administrator for it.")
_SIGN_IN = phrase("Sign in again; check the workspace's credential and its region.")
_KEY = phrase("Check the access key and this machine's clock.")
_LATER = phrase("Try again in a moment; where it lasts, tell the platform's support.")
_STATE = phrase("Wait until the service's state no longer changes, then try again.")
_QUOTA = phrase("Delete what is no longer needed, or ask the platform for a higher quota.")
_APPS = phrase("Look at the list of applications.")
_SLOWER = phrase("Wait some seconds, then try again.")

_ROWS: tuple[tuple[str, int, Phrase, Phrase], ...] = (
    ("ModelArts.0101", 0, phrase("A parameter of the request is wrong."), _READ),
    ("ModelArts.0104", 0, phrase("A parameter of the request is wrong."), _READ),
    ("ModelArts.0108", 0, phrase("The user lacks a permission."), _ASK),
    ("ModelArts.0112", 0, phrase("The user lacks a permission."), _ASK),
    ("ModelArts.0201", 0, phrase("The request bears no token."), _SIGN_IN),
    ("ModelArts.0202", 0, phrase("The token has expired."), _SIGN_IN),
    ("ModelArts.0203", 0, phrase("The token's user may not do this here."), _SIGN_IN),
    (
        "ModelArts.0204", 400, phrase("The token is not for a project."),
        phrase("Fetch it with the project of the workspace's region as its scope."),
    ),
    ("ModelArts.0204", 0, phrase("The token is damaged."), _SIGN_IN),
    ("ModelArts.0206", 403, phrase("The access key is wrong."), _KEY),
    (
        "ModelArts.0207", 0, phrase("The token is not for a project of this region."),
        phrase("Fetch it with the project of the workspace's region as its scope."),
    ),
    (
        "ModelArts.0210", 403, phrase("The token is for another project."),
        phrase("Check the workspace's project id: it must be that of the region."),
    ),
    (
        "ModelArts.0212", 0, phrase("The token is not for a project of this region."),
        phrase("Fetch it with the project of the workspace's region as its scope."),
    ),
    (
        "ModelArts.3001", 0, phrase("There is no such model any more."),
        phrase("Choose another model; the list may be old."),
    ),
    (
        "ModelArts.3502", 0, phrase("It is not there any more."),
        phrase("Refresh the list: somebody may have deleted it."),
    ),
    ("ModelArts.3503", 0, phrase("The name is taken already."), phrase("Choose another name.")),
    (
        "ModelArts.3507", 0, phrase("There is no such model any more."),
        phrase("Choose another model; the list may be old."),
    ),
    (
        "ModelArts.3515", 0, phrase("The model is still being published."),
        phrase("Wait until the model is ready, then deploy it."),
    ),
    (
        "ModelArts.3516", 0, phrase("The same version of a model is named twice."),
        phrase("Choose different models or versions, or raise the number of instances."),
    ),
    ("ModelArts.3519", 0, phrase("The service's state does not allow this now."), _STATE),
    ("ModelArts.3520", 0, phrase("The quota of services is used up."), _QUOTA),
    ("ModelArts.3521", 0, phrase("The quota of services is used up."), _QUOTA),
    ("ModelArts.3522", 0, phrase("The quota of instances is used up."), _QUOTA),
    (
        "ModelArts.3534", 0, phrase("The security group lets no calls in."),
        phrase("Let it allow TCP port 8080 from 0.0.0.0/0."),
    ),
    ("ModelArts.3540", 0, phrase("The service belongs to another user."), phrase("Let its owner do it.")),
    (
        "ModelArts.3547", 0, phrase("There is no such resource pool."),
        phrase("Check the pool's name or the cluster's id."),
    ),
    (
        "ModelArts.3562", 0, phrase("The moment of the automatic stop is over already."),
        phrase("Choose a longer time."),
    ),
    (
        "ModelArts.3589", 0, phrase("The model cannot be deployed as a real-time service."),
        phrase("Choose another model, or import it so that it can be."),
    ),
    ("ModelArts.3610", 0, phrase("A mandatory parameter is empty."), _READ),
    ("ModelArts.3612", 0, phrase("The service's API could not be registered."), _LATER),
    ("ModelArts.3613", 0, phrase("The service's API could not be registered."), _LATER),
    ("ModelArts.3923", 0, phrase("There is no such application any more."), _APPS),
    (
        "ModelArts.3929", 0, phrase("The application could not be created: its name may be taken."),
        phrase("Choose another name, or delete an application: an account has 50 at most."),
    ),
    (
        "ModelArts.3935", 0, phrase("The service is not registered for applications."),
        phrase("Authorise an application: the service is registered with it."),
    ),
    ("ModelArts.3936", 0, phrase("The service is registered for applications already."), _APPS),
    (
        "ModelArts.8031", 0, phrase("This version exists already."),
        phrase("Choose a higher version."),
    ),
    ("ModelArts.8037", 0, phrase("The service wants a rate limit."), phrase("Fill in the rate limit.")),
    (
        "ModelArts.8902", 0, phrase("The API key is not bound to this service."), phrase("Bind the key to the service.")
    ),
    (".0101", 404, phrase("The management interface knows no such request."),
     phrase("The region may not have this generation; check region, project and address.")),
    (".0106", 0, phrase("The parameters do not fit the request."), _READ),
    (".0201", 413, phrase("The request is too large."), phrase("Send less.")),
    (".0201", 0, phrase("The management interface cannot be reached by its gateway."), _LATER),
    (".0202", 0, phrase("The management interface cannot be reached by its gateway."), _LATER),
    (".0203", 0, phrase("The management interface did not answer in time."), _LATER),
    (".0301", 0, phrase("The authentication was refused."), _SIGN_IN),
    (".0302", 0, phrase("The user may not call the management interface."), _ASK),
    (".0303", 0, phrase("The authentication was refused."), _SIGN_IN),
    (".0304", 0, phrase("The caller is not let in."), _ASK),
    (".0305", 0, phrase("The authentication was refused."), _SIGN_IN),
    (".0306", 0, phrase("The caller is not let in."), _ASK),
    (".0307", 0, phrase("The token has expired."), _SIGN_IN),
    (".0308", 0, phrase("Too many requests."), _SLOWER),
    (".0310", 0, phrase("The project cannot be used."), phrase("Check the project, and whether bills are open.")),
    (".0401", 0, phrase("Requests from this address are not let in."), _ASK),
    (".0402", 0, phrase("Requests from this address are not let in."), _ASK),
    (".0802", 0, phrase("The user may not use this region."), _ASK),
    ("", 400, phrase("The request is not valid."), _READ),
    ("", 401, phrase("The authentication was refused."), _SIGN_IN),
    ("", 403, phrase("The user lacks a permission."), _ASK),
    ("", 405, phrase("The management interface knows no such request."),
     phrase("The region may not have this generation; check region, project and address.")),
    ("", 409, phrase("It conflicts with what is there."), phrase("Refresh the list, then try again.")),
    ("", 413, phrase("The request is too large."), phrase("Send less.")),
    ("", 429, phrase("Too many requests."), _SLOWER),
    ("", 500, phrase("The platform met something unexpected."), _LATER),
    ("", 502, phrase("The management interface cannot be reached by its gateway."), _LATER),
    ("", 503, phrase("The platform is busy."), _LATER),
    ("", 504, phrase("The management interface did not answer in time."), _LATER),
)  # fmt: skip


def meaning(code: str, status: int) -> Meaning | None:
    """What a refusal means; None where neither its code nor its status is known. Gateway codes have any prefix."""
    for end, wanted, told, remedy in _ROWS:
        gateway = end.startswith(".") and code.partition(".")[0].startswith("APIG")
        fits = code == end if end.startswith("M") else code.endswith(end) if gateway else not end
        if fits and wanted in (0, status):
            return Meaning(told, remedy)
    return None
