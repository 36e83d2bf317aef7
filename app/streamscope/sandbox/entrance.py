"""Whether a call of the new generation may come the way that it comes: its protocol, its network, its address.

Platform documentation, "Creating a service": `protocol`, `internet_access_enable`, `ip_white_list`, `ip_black_list`.
How a refused address is answered is not documented: it is told as a refused caller is.
"""

import ipaddress
from collections.abc import Sequence
from typing import Any

from starlette.types import Scope

from streamscope.sandbox.catalogue import NEW_NAME
from streamscope.sandbox.inbound import Inbound
from streamscope.sandbox.records import Record
from streamscope.sandbox.refusals import dispatcher


def check(service: Record, inbound: Inbound, scope: Scope, *, any_tls: bool) -> None:
    """Raise the refusal of a call that the service is closed for; `any_tls`: it may come with TLS or without."""
    used, wanted = scope.get("scheme", "https").upper(), service.protocol
    if any_tls:
        used, wanted = used.removesuffix("S"), wanted.removesuffix("S")
    if used != wanted:
        text = f"The request protocol {used} does not match the protocol {wanted} of the service."
        raise dispatcher(400, "ModelArts.8910", text)
    runtime: dict[str, Any] = service.given.get("runtime_config") or {}
    if runtime:
        _network(service, runtime, inbound, scope)


def _network(service: Record, runtime: dict[str, Any], inbound: Inbound, scope: Scope) -> None:
    private = (inbound.header("host") or "").lower().partition(":")[0] == NEW_NAME
    if not private and not runtime["service_invoke"].get("internet_access_enable"):
        raise dispatcher(404, "ModelArts.4204", f"Request api error! The API {service.id} is not exist.")
    limit = runtime["service_limit"]
    address = scope["client"][0] if scope.get("client") else ""
    allowed = limit.get("ip_white_list") or []
    if (allowed and not _among(address, allowed)) or _among(address, limit.get("ip_black_list") or []):
        raise dispatcher(401, "ModelArts.4203", "Invalid request. Access denied! You do not have permission.")


def _among(address: str, networks: Sequence[str]) -> bool:
    """Whether an address is one of some addresses and networks; what is neither holds none."""
    for network in networks:
        try:
            if ipaddress.ip_address(address) in ipaddress.ip_network(network, strict=False):
                return True
        except ValueError:
            continue
    return False
