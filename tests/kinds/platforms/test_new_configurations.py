"""A configuration of the new generation, sent and read again, is the same; what no field knows survives."""

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.configurations import configurations

from streamscope.kinds.platforms.modelarts.new_bodies import body
from streamscope.kinds.platforms.modelarts.new_checks import problems
from streamscope.kinds.platforms.modelarts.new_configurations import configuration
from streamscope.kinds.platforms.modelarts.new_pages import pages
from streamscope.kinds.platforms.modelarts.new_updates import bumped, differences
from streamscope.model.deployment import Configuration


def echo(sent: dict[str, Any], **unknown: Any) -> dict[str, Any]:
    """What the platform tells of a service that was made with a body, and what else it knows."""
    groups = [
        {**group, "id": "g-1", "status": "RUNNING", "running_count": 1, "traffic_ratio": "100.00%", "lts_state": "OFF",
         "later": {"kept": True}}
        for group in sent["group_configs"]
    ]  # fmt: skip
    version = {
        "id": "v-1",
        "version": sent["version"],
        "runtime_config": {**sent["runtime_config"], "smart_routing_enable": False},
        "upgrade_config": sent["upgrade_config"],
        "instance_groups": groups,
        "deploy_timeout_minutes": sent["deploy_timeout_minutes"],
    }
    plain = {key: sent[key] for key in ("name", "description", "type", "deploy_type", "workspace_id", "tags")}
    schedule = [{**plan, "due_time": 1, "processed": False} for plan in sent["schedule"]]
    return {
        **plain,
        "id": "s-1",
        "task_type": sent.get("task_type"),
        "schedule": schedule,
        "version": version,
        **unknown,
    }


@settings(max_examples=30)
@given(configurations())
def test_what_is_sent_and_told_again_is_the_same(made: Configuration) -> None:
    read = configuration(echo(body(made)))
    assert read.values == made.values
    assert read.portions == made.portions
    assert differences(read) == (), "read and sent back it changes nothing"


@settings(max_examples=30)
@given(configurations())
def test_what_is_drawn_is_what_the_rules_allow(made: Configuration) -> None:
    assert problems(pages((), (), update=True), made) == {}


@settings(max_examples=25)
@given(configurations(), configurations())
def test_changing_all_fields_sends_what_would_have_been_sent_at_first(
    before: Configuration, after: Configuration
) -> None:
    origin = echo(body(before))
    changed = Configuration(after.values, after.portions, origin)
    sent = body(changed)
    plain = body(after)
    assert sent["runtime_config"]["service_limit"] == plain["runtime_config"]["service_limit"]
    assert sent["group_configs"][0]["later"] == {"kept": True}, "what no field knows survives"
    assert sent["group_configs"][0]["id"] == "g-1"
    assert "status" not in sent["group_configs"][0]
    again = configuration(echo(sent))
    assert again.portions == changed.portions


KEYS = st.sampled_from([
    "version", "runtime_config", "service_invoke", "service_limit", "rate_limit", "instance_groups", "unit_configs",
    "image", "custom_spec", "readiness_health", "schedule", "tags", "envs", "advanced_config", "upgrade_config",
    "rolling_update", "name", "port", "num", "custom_urls", "ip_white_list", "processed", "elb_connection",
    "predict_url", "urls", "id",
])  # fmt: skip
anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=5),
    max_leaves=25,
)


@given(st.dictionaries(KEYS, anything, max_size=8))
def test_any_answer_can_be_read_and_sent(detail: dict[str, Any]) -> None:
    read = configuration(detail)
    assert all(isinstance(value, str) and value for value in read.values.values())
    body(read)


def test_environment_that_no_line_can_hold_goes_back_untouched() -> None:
    odd = {"A": "two\nlines", "B": "  blanks  ", "C": 7}
    made = body(Configuration({"name": "a"}, ({"image": "i", "environment": "X: y"},)))
    made["group_configs"][0]["unit_configs"][0]["envs"] = odd
    read = configuration(echo(made))
    assert body(read)["group_configs"][0]["unit_configs"][0]["envs"] == odd
    other = Configuration(read.values, ({**read.portions[0], "environment": "A: b"},), read.origin)
    assert body(other)["group_configs"][0]["unit_configs"][0]["envs"] == {"A": "b"}


def test_only_what_is_different_is_sent() -> None:
    made = Configuration({"name": "a", "rate": "5"}, ({"image": "i", "deployment": "d"},))
    read = configuration(echo(body(made)))
    described = Configuration({**read.values, "description": "new"}, read.portions, read.origin)
    assert differences(described) == ({"description": "new"},)
    both = Configuration({**described.values, "stop_after": "2"}, read.portions, read.origin)
    first, second = differences(both)
    assert (set(first), set(second)) == ({"description"}, {"schedule"}), "a stop counts only without a description"
    scaled = Configuration(read.values, ({**read.portions[0], "count": "3"},), read.origin)
    (sent,) = differences(scaled)
    assert set(sent) == {"group_configs"}


def test_custom_urls_that_are_told_among_the_addresses_are_not_lost() -> None:
    told = [
        {"type": "PUBLIC", "urls": ["https://h/v2/infer/s-1", "https://own.example/chat", "own.example", None]},
        {"type": "INTERNAL", "urls": ["https://own.example", "wss://other.example/a?b"]},
        {"type": "CONSOLE", "urls": None},
    ]
    read = configuration(echo(body(Configuration({"name": "a"}, ())), predict_url=told))
    assert read.values["custom_urls"] == "https://own.example/chat\nwss://other.example/a?b"
    (sent,) = differences(Configuration({**read.values, "rate": "3"}, (), read.origin))
    assert sent["runtime_config"]["service_invoke"]["custom_urls"] == read.values["custom_urls"].split("\n")
    assert differences(read) == ()


def test_a_renamed_deployment_keeps_what_it_had() -> None:
    read = configuration(echo(body(Configuration({"name": "a"}, ({"image": "i", "deployment": "d"},)))))
    renamed = Configuration(read.values, ({**read.portions[0], "deployment": "e"},), read.origin)
    (group,) = body(renamed)["group_configs"]
    assert (group["name"], group["id"], group["later"]) == ("e", "g-1", {"kept": True})


def test_an_automatic_stop_that_is_over_is_none() -> None:
    detail = echo(body(Configuration({"name": "a", "stop_after": "2"}, ())))
    assert configuration(detail).values["stop_after"] == "2"
    detail["schedule"][0]["due_time"] = "1700000000000"
    assert configuration(detail).stops_at == 1_700_000_000
    detail["schedule"][0]["processed"] = True
    assert "stop_after" not in configuration(detail).values
    assert configuration(detail).stops_at == 0


def test_versions_go_up_and_never_over_the_end() -> None:
    steps = {"1.0.0": "1.0.1", "1.0.9": "1.0.10", "1.0.99": "1.1.0", "1.99.99": "2.0.0", "99.99.99": "99.99.99"}
    assert {before: bumped(before) for before in steps} == steps
    assert [bumped(odd) for odd in ("", "1", "v1.2.3", "1.2.x")] == ["1.0.1"] * 4
