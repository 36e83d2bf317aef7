"""What the new generation's requests must be, rule by rule, and what becomes of a body."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.sandbox import requests_v2

from streamscope.sandbox.management_v2 import bodies
from streamscope.sandbox.management_v2.building import following
from streamscope.sandbox.management_v2.rules import checked
from streamscope.sandbox.refusals import RefusalError

UNIT = "group_configs__0__unit_configs__0__"
INVOKE = "runtime_config__service_invoke__"
LIMIT = "runtime_config__service_limit__"
PROBE = {**requests_v2.HEALTH, "check_method": "EXEC", "cmd": "ls"}
BAD: list[tuple[str, Any]] = [
    ("name", ""),
    ("name", "a" * 65),
    ("name", "two words"),
    ("name", "<b>"),
    ("name", None),
    ("name", 7),
    ("version", "0.9.9"),
    ("version", "1.0"),
    ("version", "100.0.0"),
    ("description", "a" * 513),
    ("description", "1 < 2"),
    ("type", "BATCH"),
    ("type", None),
    ("deploy_type", None),
    ("task_type", "POETRY"),
    ("workspace_id", "mine"),
    ("custom_metrics_path", "ftp,8080,metrics"),
    ("custom_metrics_path", "http,8080,/metrics"),
    ("deploy_timeout_minutes", 301),
    ("tags", [{"key": f"k{n}", "value": ""} for n in range(21)]),
    ("tags", [{"key": "_sys_a", "value": ""}]),
    ("tags", [{"key": " a", "value": ""}]),
    ("schedule", [{"type": "START", "time_unit": "HOURS", "duration": 1}]),
    ("schedule", [{"type": "STOP", "time_unit": "HOURS", "duration": 1}] * 2),
    ("lts_strategy", "NEVER"),
    ("log_configs", [{"type": "STDOUT", "status": "MAYBE"}]),
    ("upgrade_config__rolling_update__max_surge", "0%"),
    ("upgrade_config__rolling_update__max_surge", "101%"),
    ("upgrade_config__type", "BLUE"),
    ("runtime_config", None),
    (f"{INVOKE}port", 0),
    (f"{INVOKE}port", 65_536),
    (f"{INVOKE}port", "8080"),
    (f"{INVOKE}port", None),
    (f"{INVOKE}protocol", "FTP"),
    (f"{INVOKE}protocol", None),
    (f"{INVOKE}auth_type", "APP"),
    (f"{INVOKE}auth_type", None),
    (f"{INVOKE}internet_access_enable", "yes"),
    (f"{INVOKE}strategy", "RANDOM"),
    (f"{INVOKE}request_retry_cnt_max", 11),
    (f"{INVOKE}request_retry_interval_ms", 10_001),
    (f"{INVOKE}fuse_configs__error_rate_threshold", 0),
    (f"{INVOKE}fuse_configs__error_rate_threshold", 1.01),
    (f"{INVOKE}elb_connection", {"m_tls": True}),
    (f"{INVOKE}custom_urls", ["ftp://a.example.com/x"]),
    (f"{INVOKE}custom_urls", ["https://a.example.com/"] * 11),
    (f"{LIMIT}rate_limit__num", 0),
    (f"{LIMIT}rate_limit__num", 10_001),
    (f"{LIMIT}rate_limit__unit", "HOURS"),
    (f"{LIMIT}request_size_limit", 0),
    (f"{LIMIT}request_size_limit", 51),
    (f"{LIMIT}request_size_limit", None),
    (f"{LIMIT}request_timeout", 7201),
    (f"{LIMIT}request_timeout", None),
    (f"{LIMIT}ip_white_list", ["everyone"]),
    ("runtime_config__server_task_limit__max_task", 10_001),
    ("group_configs", None),
    ("group_configs", [requests_v2.GROUP] * 2),
    ("group_configs__0__name", None),
    ("group_configs__0__weight", 101),
    ("group_configs__0__weight", None),
    ("group_configs__0__count", 0),
    ("group_configs__0__count", 129),
    ("group_configs__0__priority", 4),
    ("group_configs__0__framework", "TORCH"),
    ("group_configs__0__unit_configs", []),
    (f"{UNIT}image", None),
    (f"{UNIT}image__source", "DISK"),
    (f"{UNIT}image__swr_path", None),
    (f"{UNIT}cmd", "rm -rf /"),
    (f"{UNIT}files", [{"source": "OBS", "address": "obs://a", "mount_path": "/a/"}]),
    (f"{UNIT}models", [{"source": "OBS", "address": "obs://a", "mount_path": "/a/"}]),
    (f"{UNIT}codes", [{"source": "OBS", "address": "obs://a", "mount_path": "/a/"}]),
    (f"{UNIT}dumps", [{"source": "OBS", "address": "obs://a", "mount_path": "/a/"}]),
    (f"{UNIT}termination_grace", {"pre_stop_cmd": "ls"}),
    (f"{UNIT}readiness_health", PROBE),
    (f"{UNIT}readiness_health", {**requests_v2.HEALTH, "period_seconds": 0}),
    (f"{UNIT}startup_health", {**requests_v2.HEALTH, "url": "health"}),
    (f"{UNIT}envs", {"A" * 65: "1"}),
    (f"{UNIT}envs", {"1A": "1"}),
    (f"{UNIT}envs", {"A": "<b>"}),
    (f"{UNIT}envs", {"A": 1}),
    (f"{UNIT}custom_spec", {"cpu": 0.001}),
    (f"{UNIT}custom_spec", {"arch": "mips"}),
    (f"{UNIT}port", 0),
    (f"{UNIT}recovery", "Never"),
    (f"{UNIT}affinity", {"affinity_type": "AFFINITY"}),
    (f"{UNIT}security_config", {"user_id": 0}),
]


@pytest.mark.parametrize(("path", "value"), BAD)
def test_every_rule_refuses(path: str, value: Any) -> None:
    with pytest.raises(RefusalError) as refused:
        checked(bodies.SERVICE_CREATE, requests_v2.service("first", **{path: value}))
    told = json.loads(refused.value.body)
    assert (refused.value.status, told["error_code"]) == (400, "ModelArts.0104")
    last = [part for part in path.split("__") if not part.isdigit()][-1]
    assert last in told["error_msg"]


def test_a_whole_request_is_kept_as_it_is() -> None:
    body = requests_v2.service("第一个服务")
    assert checked(bodies.SERVICE_CREATE, body) == body
    assert checked(bodies.SERVICE_CREATE, {**body, "unheard_of": 1, "version": None}).keys() == body.keys() - {
        "version"
    }


def test_what_is_empty_may_be_said() -> None:
    unit = {**requests_v2.UNIT, "cmd": "", "files": [], "models": []}
    assert checked(bodies.SERVICE_CREATE, requests_v2.service("first", **{UNIT[:-2]: unit}))


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=10),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from([*bodies.SERVICE_CREATE.parts, "unit_configs", "image"]), inner, max_size=6)
    ),
    max_leaves=20,
)


@given(anything)
def test_any_body_is_read_or_refused(body: Any) -> None:
    for rule in (bodies.SERVICE_CREATE, bodies.GROUP, bodies.GROUP_UPDATE, bodies.CONNECTION_CREATE, bodies.HRA):
        try:
            checked(rule, body)
        except RefusalError as refusal:
            assert refusal.status == 400


def test_the_following_version() -> None:
    assert following([]) == "1.0.0"
    assert following(["1.0.0"]) == "1.0.1"
    assert following(["1.0.99", "1.0.2"]) == "1.1.0"
    assert following(["2.99.99"]) == "3.0.0"
