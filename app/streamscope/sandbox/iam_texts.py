"""What the identity service's answers hold; platform documentation, "Obtaining a user token through password"."""

import datetime
from typing import Any

from streamscope.sandbox.identity import Identity
from streamscope.sandbox.tokens import Grant


def moment(nanoseconds: int) -> str:
    """A time as the identity service writes it, with microseconds."""
    then = datetime.datetime.fromtimestamp(nanoseconds / 1e9, datetime.UTC)
    return then.strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def domain(identity: Identity) -> dict[str, str]:
    """The account."""
    return {"id": identity.domain_id, "name": identity.domain}


def project(identity: Identity) -> dict[str, Any]:
    """The project, as in the list of projects."""
    return {
        "id": identity.project_id,
        "name": identity.region,
        "domain_id": identity.domain_id,
        "parent_id": identity.domain_id,
        "description": "",
        "enabled": True,
        "is_domain": False,
        "links": {"self": f"/v3/projects/{identity.project_id}"},
    }


def token_body(identity: Identity, grant: Grant, *, catalog: bool) -> dict[str, Any]:
    """The description of a token."""
    token: dict[str, Any] = {
        "methods": ["password"],
        "issued_at": moment(grant.issued_ns),
        "expires_at": moment(grant.expires_ns),
        "user": {
            "id": identity.user_id,
            "name": identity.user,
            "domain": domain(identity),
            "password_expires_at": "",
        },
        "roles": [{"id": "0", "name": "te_admin"}, {"id": "0", "name": "op_gated_modelarts"}],
        "catalog": _catalog(identity) if catalog else [],
    }
    if grant.project_id:
        token["project"] = {"id": identity.project_id, "name": identity.region, "domain": domain(identity)}
    else:
        token["domain"] = domain(identity)
    return {"token": token}


def _catalog(identity: Identity) -> list[dict[str, Any]]:
    endpoint = {"id": identity.user_id, "interface": "public", "region": "*", "region_id": "*", "url": "/v3"}
    return [{"id": identity.domain_id, "name": "iam", "type": "identity", "endpoints": [endpoint]}]
