"""Whatever a management interface answers, the connector makes values of it, or tells an error of the tree."""

import asyncio
import contextlib
import json
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from streamscope.kinds.net import Reply
from streamscope.kinds.platforms.base import Listed, Site
from streamscope.kinds.platforms.modelarts import new
from streamscope.kinds.platforms.modelarts.new_services import NewServices
from streamscope.model.deployment import Configuration, Instance, Revision
from streamscope.model.errors import StreamscopeError
from streamscope.model.service import Workspace

V2 = NewServices()
KEYS = st.sampled_from([
    "id", "name", "status", "version", "data", "total", "tags", "key", "value", "frozen_infos", "scene", "effect",
    "predict_url", "type", "urls", "runtime_config", "service_invoke", "service_limit", "rate_limit", "num", "unit",
    "instance_groups", "unit_configs", "image", "swr_path", "running_count", "count", "instance_name", "pod_name",
    "update_at", "create_at", "infer_name", "key_id", "services", "api_key", "expire_time", "success_items",
    "failure_items", "service_responses", "url_list", "models", "model_name", "schedule", "due_time", "vcpus", "gpu",
])  # fmt: skip
anything = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=6)
    | st.sampled_from(["PUBLIC", "1.0.0"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=6),
    max_leaves=20,
)
ROW = Listed("s1", "a", "v2", "RUNNING", "running")
MADE = Configuration({"name": "a"}, ({"image": "x", "deployment": "default"},))
Ask = Callable[[Site], Awaitable[Any]]
ASKS: dict[str, Ask] = {
    "services": new.services,
    "one": lambda site: new.one(site, "s1"),
    "details": lambda site: new.details(site, ROW),
    "happenings": lambda site: V2.happenings(site, "s1"),
    "models": V2.models,
    "pages": V2.pages,
    "configuration": lambda site: V2.configuration(site, "s1"),
    "deploy": lambda site: V2.deploy(site, MADE),
    "update": lambda site: V2.update(site, "s1", MADE),
    "delete": lambda site: V2.delete(site, ["s1", "s2"]),
    "scale": lambda site: V2.scale(site, "s1", "", 2),
    "interrupt": lambda site: V2.interrupt(site, "s1"),
    "switch": lambda site: V2.switch(site, "s1", Revision("", "1.0.0", "default")),
    "restart": lambda site: V2.restart(site, "s1", Instance("i", "default", "RUNNING")),
    "instances": lambda site: V2.instances(site, "s1"),
    "figures": lambda site: V2.figures(site, "s1"),
    "revisions": lambda site: V2.revisions(site, "s1"),
    "keys": lambda site: V2.keys.all(site),
    "key": lambda site: V2.keys.create(site, "a", "USER"),
    "temporary key": lambda site: V2.keys.temporary(site, 1),
    "bind": lambda site: V2.keys.bind(site, "s1", ["k1"]),
    "asked": lambda site: V2.connections.asked(site),
    "connection": lambda site: V2.connections.create(site, "s1", {"pool_id": "p"}),
}


@pytest.mark.parametrize("name", ASKS)
@settings(max_examples=12)
@given(answer=anything | st.dictionaries(KEYS, anything, max_size=8))
def test_any_answer_gives_values_or_an_error_of_the_tree(name: str, answer: Any) -> None:
    async def call(method: str, url: str, body: bytes = b"") -> Reply:
        return Reply(200, (), json.dumps(answer).encode())

    site = Site(Workspace("w", "sandbox", {"management": "http://h", "project": "p"}), call)

    async def ask() -> None:
        with contextlib.suppress(StreamscopeError):
            await ASKS[name](site)

    asyncio.run(ask())
