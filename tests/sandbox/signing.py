"""Requests signed by the vendor's own signer, as an independent oracle."""

from typing import Any
from urllib.parse import parse_qsl, urlsplit

from huaweicloudsdkcore.auth.credentials import BasicCredentials
from huaweicloudsdkcore.sdk_request import SdkRequest
from huaweicloudsdkcore.signer.signer import Signer


def signed(
    access: str, secret: str, method: str, url: str, body: bytes = b"", headers: dict[str, str] | None = None
) -> dict[str, str]:
    """The headers that make a request a signed one."""
    parts = urlsplit(url)
    given: dict[str, Any] = dict(headers or {})
    if body:
        given.setdefault("Content-Type", "application/json")
    request = SdkRequest(
        method=method,
        schema="https",
        host=parts.netloc,
        resource_path=parts.path or "/",
        uri=parts.path or "/",
        query_params=parse_qsl(parts.query, keep_blank_values=True),
        header_params=given,
        body=body,
    )
    made = Signer(BasicCredentials(access, secret, "project")).sign(request).header_params
    return {name: str(value) for name, value in made.items()}
