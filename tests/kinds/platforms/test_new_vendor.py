"""What is sent to the new generation, against models of others: the vendor's, and the sandbox's rules."""

import re
from typing import Any

import huaweicloudsdkmodelarts.v1.model as vendor
import pytest
from hypothesis import given, settings
from tests.configurations import configurations

from streamscope.kinds.platforms.modelarts.new_bodies import body
from streamscope.kinds.platforms.modelarts.new_obstacles import _ALLOWED, _BUSY
from streamscope.model.deployment import Configuration
from streamscope.sandbox.management_v2 import bodies
from streamscope.sandbox.management_v2.rules import checked

SIMPLE = {"str": (str,), "int": (int,), "float": (int, float), "bool": (bool,)}
SENT_AS_LIST = {("ServiceUpdateRequest", "tags")}
"""The vendor's update calls tags a text, which its own service's answers are not."""


def unknown(kind: str, value: Any, path: str = "") -> list[str]:
    """Every part of a value that the vendor's model of this kind would lose, or that is of another type."""
    if value is None:
        return []
    if kind in SIMPLE:
        fits = isinstance(value, SIMPLE[kind]) and (kind == "bool" or not isinstance(value, bool))
        return [] if fits else [f"{path}: {value!r} is no {kind}"]
    if found := re.fullmatch(r"list\[(.*)\]", kind):
        if not isinstance(value, list):
            return [f"{path} is no list"]
        return [wrong for at, one in enumerate(value) for wrong in unknown(found[1], one, f"{path}[{at}]")]
    if found := re.fullmatch(r"dict\(str, (.*)\)", kind):
        return [wrong for key, one in value.items() for wrong in unknown(found[1], one, f"{path}.{key}")]
    model = getattr(vendor, kind)
    kinds = {model.attribute_map[name]: kind for name, kind in model.openapi_types.items()}
    lost = [f"{path}.{key} is unknown to {kind}" for key in value if key not in kinds]
    parts = [(key, one) for key, one in value.items() if key in kinds and (kind, key) not in SENT_AS_LIST]
    return lost + [wrong for key, one in parts for wrong in unknown(kinds[key], one, f"{path}.{key}")]


@settings(max_examples=25)
@given(configurations())
def test_the_vendors_models_know_all_that_is_sent(made: Configuration) -> None:
    sent = body(made)
    assert unknown("ServiceCreateRequest", sent) == []
    changed = {key: value for key, value in sent.items() if key not in ("type", "deploy_type")}
    assert unknown("ServiceUpdateRequest", changed) == []
    for group in sent["group_configs"]:
        assert unknown("GroupConfig", group) == []


@settings(max_examples=25)
@given(configurations())
def test_the_sandboxs_rules_lose_nothing_of_what_is_sent(made: Configuration) -> None:
    """But for what no request may bring to the sandbox: a command of its own."""
    portion = {key: "HTTP" if value == "EXEC" else value for key, value in made.portions[0].items() if key != "command"}
    sent = body(Configuration(made.values, (portion,)))
    assert checked(bodies.SERVICE_CREATE, sent) == sent


def test_a_value_of_another_type_would_be_seen() -> None:
    sent = body(Configuration({"name": "a"}, ({"image": "i"},)))
    sent["later"] = 1
    sent["runtime_config"]["service_limit"]["rate_limit"]["num"] = "200"
    sent["group_configs"][0]["weight"] = True
    assert len(unknown("ServiceCreateRequest", sent)) == 3


@pytest.mark.parametrize(
    "kind", ["ServiceItemResponseData", "InferDeploymentItemResponseData", "ShowInferServiceResponse"]
)
def test_the_table_of_actions_knows_every_status_that_the_vendor_names(kind: str) -> None:
    said = getattr(vendor, kind).__init__.__doc__ or ""
    status = next(line for line in said.splitlines() if ":param status:" in line)
    words = set(re.findall(r"- ([A-Z]+)\s*：", status))
    assert words
    assert words <= set(_BUSY) | set().union(*_ALLOWED.values())
