"""What an authentication did to a request: the headers that it added, and how they were made. Without secrets."""

from streamscope.kinds.auth.base import Auth, Values
from streamscope.model.phrase import phrase
from streamscope.model.redact import masked_header
from streamscope.model.request import Line, Request, Step


def explained(before: Request, after: Request, auth: Auth, values: Values) -> tuple[Step, ...]:
    """The steps from a request before its authentication to the one that leaves, each line with its source."""
    had = {name.lower(): value for name, value in before.headers}
    source = phrase("Added by the authentication '{auth}'.", auth=auth.label)
    lines: list[Line] = []
    for name, value in after.headers:
        if name.lower() in had or name.lower() == "host":  # Host leaves with every request
            continue
        lines.append(Line(f"{name}: {masked_header(name, value, after.secrets)}", source))
    wanted = [name for name in auth.adds(before, values.fields) if name.lower() in before.typed]
    for name in wanted:
        shown = masked_header(name, had[name.lower()], after.secrets)
        lines.append(Line(f"{name}: {shown}", phrase("Typed by you: it stays as it is, the authentication adds none.")))
    if not lines:
        lines.append(Line("", phrase("The authentication '{auth}' adds nothing.", auth=auth.label)))
    return (Step(phrase("Headers"), tuple(lines)), *auth.steps(after, values))
