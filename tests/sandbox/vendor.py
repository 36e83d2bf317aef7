"""The vendor's client, made for the sandbox: it knows operations by name and bodies by their JSON."""

import gc
import json
import time
import warnings
from typing import Any

import pytest
from huaweicloudsdkcore.auth.credentials import BasicCredentials
from huaweicloudsdkcore.exceptions.exceptions import ClientRequestException
from huaweicloudsdkcore.http.http_config import HttpConfig
from huaweicloudsdkmodelarts import v1 as sdk
from tests.sandbox import requests_v2
from tests.sandbox.conftest import Running
from tests.sandbox.lossless import losses

SECONDS = 20


class Vendor:
    """The vendor's client with credentials of the sandbox; every answer is checked for losses."""

    def __init__(self, running: Running, secret: str = "") -> None:
        self.running = running
        facts = running.facts
        config = HttpConfig(ssl_ca_cert=facts["ca_file"], timeout=(5, 20))
        credentials = BasicCredentials(facts["ak"], secret or facts["sk"], facts["project_id"])
        builder = sdk.ModelArtsClient.new_builder().with_http_config(config).with_credentials(credentials)
        self.client = builder.with_endpoints([facts["management"]]).build()

    def close(self) -> None:
        """End its connections, and its threads, which the SDK's own `close` leaves running."""
        self.client.close()
        self.client.get_http_client().executor.shutdown()
        gc.collect()  # refused requests hold their connections in cycles

    def __call__(self, operation: str, /, **values: Any) -> Any:
        """Call an operation by its name; a body may be given as the JSON that it is to be."""
        request = getattr(sdk, _class(operation) + "Request")()
        for name, value in values.items():
            setattr(request, name, value)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ImportWarning)  # dates stay strings without python-dateutil
            answer = getattr(self.client, operation)(request)
        if hasattr(answer, "raw_content") and answer.raw_content:
            raw = json.loads(answer.raw_content)
            whole = {"body": raw} if isinstance(raw, list) else raw
            lost = list(losses(whole, answer, type(answer).__name__))
            assert not lost, "\n".join(lost)
        return answer

    def until(self, service: str, *statuses: str) -> Any:
        """A service as soon as it has one of some statuses."""
        end = time.monotonic() + SECONDS
        while time.monotonic() < end:
            found = self("show_infer_service", service_id=service)
            if found.status in statuses:
                return found
            time.sleep(0.02)
        raise AssertionError(f"{service} is {found.status}: {found.failure_reason}")


def _class(operation: str) -> str:
    return "".join(part.capitalize() for part in operation.split("_"))


def model(vendor: Vendor, kind: str, values: Any) -> Any:
    """One of the SDK's request models, made of the JSON that it is to send."""
    return vendor.client._deserialize(values, kind)


def create(vendor: Vendor, name: str, **changes: Any) -> Any:
    """Make a service by the test's complete request."""
    body = model(vendor, "ServiceCreateRequest", requests_v2.service(name, **changes))
    return vendor("create_infer_service", body=body)


def refused(vendor: Vendor, operation: str, **values: Any) -> tuple[int, str]:
    """Status and code of a refusal."""
    with pytest.raises(ClientRequestException) as told:
        vendor(operation, **values)
    return told.value.status_code, told.value.error_code


def running(vendor: Vendor, service: str, count: int) -> Any:
    """A running service's running instances, as soon as there are so many."""
    vendor.until(service, "RUNNING")
    end = time.monotonic() + SECONDS
    while time.monotonic() < end:
        found = vendor("list_infer_deployment_instances", id=service, name="all", status=["RUNNING"])
        if found.total == count:
            vendor.until(service, "RUNNING")
            return found
        time.sleep(0.02)
    raise AssertionError(f"{found.total} instances run instead of {count}")
