"""What a name is to be resolved to: HOST:PORT:ADDRESS, as curl has it."""

import pytest

from streamscope.kinds.channels.base import check_resolve, resolved
from streamscope.model.errors import UsageError


@pytest.mark.parametrize("entry", ["a.b:443:10.0.0.7", "a.b:*:127.0.0.1", "a.b:1:::1", "a.b:443:[fe80::1]"])
def test_an_address_will_do(entry: str) -> None:
    check_resolve((entry,))
    host, port, address = entry.split(":", 2)
    assert resolved((entry,), host, 443 if port == "*" else int(port)).strip("[]") == address.strip("[]")


@pytest.mark.parametrize("entry", ["", "a.b", "a.b:443", "a.b:443:", ":443:10.0.0.7", "a.b:x:10.0.0.7", "a.b:443:c.d"])
def test_anything_else_is_refused(entry: str) -> None:
    with pytest.raises(UsageError, match="does not say"):
        check_resolve((entry,))
