"""What a call asks for: the settings read from its header or query, checked against the table."""

import math
from dataclasses import dataclass, field
from urllib.parse import unquote_plus

from streamscope.sandbox.faults.platform_errors import find
from streamscope.sandbox.faults.table import BOTH, BY_NAME, FAULTS, HTTP, SOCKET, Fault
from streamscope.sandbox.inbound import Inbound
from streamscope.sandbox.refusals import RefusalError, dispatcher

HEADER = "x-sandbox-fault"
PARAMETER = "sandbox_fault"
SECONDS = frozenset({"seconds"})
COUNTS = frozenset({"tokens", "byte", "bytes", "fragments", "megabytes"})


@dataclass(frozen=True, slots=True)
class Spec:
    """The faults of one call by name, each with its value as text (its default where none was given)."""

    values: dict[str, str] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.values)

    def __contains__(self, name: str) -> bool:
        return name in self.values

    def number(self, name: str) -> float:
        """A fault's value as a number."""
        return float(self.values[name])


def parse(text: str) -> Spec:
    """Read `name:value,name`; raises ValueError, with the known names where one is unknown or a value is none."""
    values: dict[str, str] = {}
    for piece in filter(None, (part.strip() for part in text.split(","))):
        name, _, value = piece.partition(":")
        fault = BY_NAME.get(name)
        if fault is None:
            known = ", ".join(one.name for one in FAULTS)
            raise ValueError(f"The fault {name!r} is unknown. Known faults: {known}.")
        values[name] = _checked(fault, value or fault.default)
    values.pop("none", None)
    return Spec(values)


def asked(inbound: Inbound, default: Spec) -> Spec:
    """The faults that a request asks for, else the sandbox's own; refuses with 400 what cannot be done to it."""
    over = SOCKET if inbound.websocket else HTTP
    text = inbound.header(HEADER)
    if text is None:
        text = _from_query(inbound.query)
    if text is None:
        return Spec({name: value for name, value in default.values.items() if BY_NAME[name].over in {over, BOTH}})
    try:
        spec = parse(text)
    except ValueError as error:
        raise _refusal(str(error)) from error
    strangers = [name for name in spec.values if BY_NAME[name].over not in {over, BOTH}]
    if strangers:
        raise _refusal(f"The fault {strangers[0]!r} is for {BY_NAME[strangers[0]].over} only.")
    return spec


def without_parameter(query: str) -> str:
    """A query as the service's program gets it."""
    return "&".join(pair for pair in query.split("&") if pair.partition("=")[0] != PARAMETER)


def _from_query(query: str) -> str | None:
    for pair in query.split("&"):
        name, _, value = pair.partition("=")
        if name == PARAMETER:
            return unquote_plus(value)
    return None


def _checked(fault: Fault, value: str) -> str:
    if not fault.parameter and value:
        raise ValueError(f"The fault {fault.name!r} takes no value.")
    if (
        fault.parameter in SECONDS
        and value
        and not _is_seconds(value.removeprefix("-") if fault.name == "clock" else value)
    ):
        raise ValueError(f"The fault {fault.name!r} takes seconds, not {value!r}.")
    if fault.parameter in COUNTS and not (value.isascii() and value.isdigit()):
        raise ValueError(f"The fault {fault.name!r} takes a whole number ({fault.parameter}), not {value!r}.")
    if fault.parameter == "status" and not _is_status(fault, value):
        raise ValueError(f"The fault {fault.name!r} takes a status, not {value!r}.")
    if fault.name == "busy" and value != "date" and not value.isdigit():
        raise ValueError(f"The fault 'busy' takes whole seconds or date, not {value!r}.")
    if fault.name == "ws_close" and not _is_close(value):
        raise ValueError(f"The fault 'ws_close' takes a code up to 65535 and a reason up to 123 bytes, not {value!r}.")
    if fault.name == "platform" and find(value) is None:
        raise ValueError(f"The fault 'platform' takes a code of the platform, not {value!r}.")
    if any(ord(letter) < ord(" ") for letter in value):
        raise ValueError(f"The fault {fault.name!r} takes no control characters.")
    return value


def _is_seconds(value: str) -> bool:
    try:
        return math.isfinite(float(value)) and float(value) >= 0
    except ValueError:
        return False


def _is_status(fault: Fault, value: str) -> bool:
    least, most = (102, 199) if fault.name == "informational" else (200, 599)
    return value.isascii() and value.isdigit() and least <= int(value) <= most


def _is_close(value: str) -> bool:
    code, _, reason = value.partition("/")
    return code.isascii() and code.isdigit() and int(code) <= 65_535 and len(reason.encode()) <= 123


def _refusal(text: str) -> RefusalError:
    return dispatcher(400, "Sandbox.0001", text)
