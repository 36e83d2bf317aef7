"""What the sandbox says when it is ready: one JSON line for programs, a few lines for people."""

from pathlib import Path
from typing import Any

from streamscope.sandbox.account import Account
from streamscope.sandbox.addresses import Addresses
from streamscope.sandbox.catalogue import protocols
from streamscope.sandbox.records import Record

SECRETS = ("password", "ak", "sk", "app_key", "app_secret", "app_code", "api_key", "unbound_api_key", "mfa_secret")


def announcement(account: Account, addresses: Addresses, ca_file: Path) -> dict[str, Any]:
    """Everything a client needs to know to call everything."""
    identity = account.identity
    return {
        "iam": addresses.iam,
        "management": addresses.management,
        "gateway": addresses.gateway,
        "vpc": addresses.vpc,
        "ca_file": str(ca_file),
        "project_id": identity.project_id,
        "region": identity.region,
        "domain": identity.domain,
        "user": identity.user,
        **{name: getattr(identity, name) for name in SECRETS},
        "resolve": addresses.resolve,
        "services": [_row(service, addresses) for service in account.fleet.all()],
    }


def _row(service: Record, addresses: Addresses) -> dict[str, Any]:
    return {
        "id": service.id,
        "name": service.name,
        "generation": service.generation,
        "status": service.told_status,
        "auth": service.auth,
        "protocols": list(protocols(service)),
        "addresses": addresses.channels(service),
        "app_addresses": addresses.app_channels(service),
    }


def friendly_lines(facts: dict[str, Any], folder: Path) -> list[str]:
    """The addresses, and where the secrets lie."""
    width = max((len(service["name"]) for service in facts["services"]), default=0)
    services = [
        f"  {service['name']:<{width}}  {service['status']:<8}  {service['addresses']['public']}"
        for service in facts["services"]
    ]
    return [
        "The sandbox is running. Press Ctrl+C to end it.",
        f"  identity    {facts['iam']}",
        f"  management  {facts['management']}",
        f"  gateway     {facts['gateway']}",
        f"  secrets     {folder / 'secrets.json'}",
        f"  authority   {facts['ca_file']}",
        "Services:",
        *services,
    ]
