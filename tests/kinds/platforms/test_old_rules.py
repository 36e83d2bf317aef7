"""What is wrong with a configuration of the old generation, and how it is written. Pure."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from streamscope.kinds.platforms.generation import fitted
from streamscope.kinds.platforms.modelarts import old_bodies, old_pages
from streamscope.kinds.platforms.modelarts.old_services import OldServices
from streamscope.model.deployment import App, Configuration, Model

OLD = OldServices()
MODELS = [Model("m1", "chat", "0.0.1"), Model("m2", "chat", "0.0.2"), Model("m3", "old", "1", "building", ready=False)]
SPECIFICATIONS: list[dict[str, Any]] = [
    {"specification": "free", "is_open": True, "cpu_info": {"cpu": 2}, "memory_info": {"memory": 8, "unit": "GB"}},
    {"specification": "closed", "is_open": False},
    {"specification": "full", "over_quota": True, "display_en": "Very large"},
    {},
]
PAGES = (
    old_pages.basics([App("i", "mine")], update=False),
    old_pages.models_page(MODELS, SPECIFICATIONS),
    old_pages.more(update=False),
)
ONE = {"model": "m1", "specification": "free"}


def wrong(
    values: dict[str, str] | None = None, *portions: dict[str, str], origin: dict[str, Any] | None = None
) -> dict[str, str]:
    """What is wrong with a good configuration that is changed like this."""
    all_values = {"name": "good-名_1", **(values or {})}
    told = OLD.checked(PAGES, Configuration(all_values, portions or (ONE,), origin or {}))
    return {key: str(text) for key, text in told.items()}


def test_choices_say_what_cannot_be_had() -> None:
    model, specification = PAGES[1].fields[:2]
    assert [str(label) for _, label in model.choices] == [
        "Choose…", "chat 0.0.1", "chat 0.0.2", "old 1 (not ready: building)",
    ]  # fmt: skip
    assert {key: str(label) for key, label in specification.choices} == {
        "": "Choose…", "free": "free: 2 cores, 8 GB", "closed": "closed (closed)",
        "full": "full: Very large (over quota)", "custom": "Custom, in a dedicated pool",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("values", "key", "told"),
    [
        ({"name": ""}, "name", "needed"),
        ({"name": "a b"}, "name", "letters"),
        ({"name": "x" * 65}, "name", "1 to 64"),
        ({"name": "a\n"}, "name", "letters"),
        ({"description": "x" * 101}, "description", "101"),
        ({"description": "a<b & c"}, "description", "& <"),
        ({"stop_after": "0"}, "stop_after", "whole number"),
        ({"stop_after": "1.5"}, "stop_after", "whole number"),
        ({"stop_after": "nan"}, "stop_after", "whole number"),
        ({"stop_unit": "WEEKS"}, "stop_unit", "none of the choices"),
        ({"vpc": "v", "subnet": "s"}, "security_group", "together"),
        ({"security_group": "g"}, "vpc", "together"),
        ({"priority": "4"}, "priority", "1 to 3"),
        ({"load_balancing": "RANDOM"}, "load_balancing", "none of the choices"),
        ({"grace": "-1"}, "grace", "whole number"),
        ({"max_surge": "x"}, "max_surge", "number"),
        ({"app_auth": "true", "apps": " \n"}, "apps", "Name the applications"),
    ],
)
def test_what_is_wrong_with_a_service(values: dict[str, str], key: str, told: str) -> None:
    assert told in wrong(values)[key]


@pytest.mark.parametrize(
    ("portion", "key", "told"),
    [
        ({"model": ""}, "model", "needed"),
        ({"model": "unknown"}, "model", "none of the choices"),
        ({"specification": ""}, "specification", "needed"),
        ({"count": "0"}, "count", "1 to 128"),
        ({"count": "129"}, "count", "1 to 128"),
        ({"weight": "99"}, "weight", "together are 99"),
        ({"weight": "101"}, "weight", "0 to 100"),
        ({"environment": ": x"}, "environment", "no name"),
        ({"deploy_timeout": "2"}, "deploy_timeout", "3 to 120"),
        ({"specification": "custom", "memory": "100"}, "cpu", "needed"),
        ({"specification": "custom", "cpu": "0", "memory": "100"}, "cpu", "0.01 or more"),
    ],
)
def test_what_is_wrong_with_a_model(portion: dict[str, str], key: str, told: str) -> None:
    assert told in wrong({}, {**ONE, **portion})[f"0.{key}"]


def test_what_is_wrong_with_several_models() -> None:
    half = {**ONE, "weight": "50"}
    assert wrong({}, half, {**half, "model": "m2"}) == {}
    assert "already" in wrong({}, half, half)["1.model"]
    assert "together are 150" in wrong({}, ONE, {**half, "model": "m2"})["1.weight"]
    assert "at most" in wrong({}, *[{**ONE, "weight": "0"}] * 6)["5.model"]
    assert set(OLD.checked(PAGES, Configuration({"name": "a"}))) == {"0.model"}


def test_good_ones_are_good() -> None:
    assert wrong() == {}
    more = {"vpc": "v", "subnet": "s", "security_group": "g", "stop_after": "90", "stop_unit": "MINUTES",
            "priority": "1", "load_balancing": "SOURCE_IP", "grace": "0", "app_auth": "true",
            "apps": "mine"}  # fmt: skip
    custom = {"model": "m2", "specification": "custom", "cpu": "0.5", "memory": "512", "deploy_timeout": "120"}
    assert wrong(more, custom) == {}


def test_a_websocket_cannot_be_switched_off() -> None:
    had = {"additional_properties": {"websocket_upgrade": True}}
    assert "cannot go back" in wrong({}, origin=had)["websocket"]
    assert wrong({"websocket": "true"}, origin=had) == {}


def test_what_a_service_has_stays_among_the_choices() -> None:
    now = Configuration({}, ({"model": "gone", "specification": "special"}, {"model": "gone", "weight": "0"}))
    pages = fitted(PAGES, now)
    model, specification = pages[1].fields[:2]
    assert [key for key, _ in model.choices].count("gone") == 1
    assert str(dict(specification.choices)["special"]) == "special (as it is)"
    assert fitted(PAGES, Configuration({}, (ONE,))) == PAGES


def test_a_new_service_as_it_is_sent() -> None:
    values = {"name": "n", "websocket": "true", "stop_after": "2", "stop_unit": "DAYS", "vpc": "v", "subnet": "s",
              "security_group": "g", "priority": "2", "max_surge": "1", "grace": "30"}  # fmt: skip
    portion = {"model": "m1", "specification": "custom", "cpu": "0.5", "memory": "512", "count": "2", "weight": "100",
               "environment": "A: b:c", "deploy_timeout": "5"}  # fmt: skip
    assert old_bodies.created(Configuration(values, (portion,))) == {
        "service_name": "n", "description": "", "infer_type": "real-time", "vpc_id": "v", "subnet_network_id": "s",
        "security_group_id": "g", "priority": 2, "additional_properties": {"websocket_upgrade": True},
        "schedule": [{"type": "stop", "time_unit": "DAYS", "duration": 2}],
        "config": [{
            "model_id": "m1", "specification": "custom", "custom_spec": {"cpu": 0.5, "memory": 512},
            "instance_count": 2, "weight": 100, "envs": {"A": "b:c"}, "deploy_timeout_in_seconds": 300,
            "additional_properties": {"max_surge": 1, "termination_grace_period_seconds": 30},
        }],
    }  # fmt: skip


WORD = st.text("abcxyz0189-_", min_size=1, max_size=6)
PORTIONS = st.fixed_dictionaries(
    {"model": WORD, "specification": st.sampled_from(["free", "custom"]), "count": st.integers(1, 128).map(str),
     "weight": st.integers(0, 100).map(str)},
    optional={"environment": st.dictionaries(WORD, WORD, min_size=1, max_size=3).map(
        lambda pairs: "\n".join(f"{name}: {value}" for name, value in pairs.items())),
        "deploy_timeout": st.integers(3, 120).map(str)},
)  # fmt: skip
VALUES = st.fixed_dictionaries(
    {"name": WORD},
    optional={"description": WORD, "websocket": st.just("true"), "pool": WORD, "vpc": WORD, "subnet": WORD,
              "priority": st.sampled_from("123"), "load_balancing": st.sampled_from(["ROUND_ROBIN", "SOURCE_IP"]),
              "max_surge": st.integers(0, 9).map(str), "grace": st.integers(0, 99).map(str)},
)  # fmt: skip


@settings(max_examples=40)
@given(VALUES, st.lists(PORTIONS, min_size=1, max_size=3, unique_by=lambda one: one["model"]))
def test_what_is_sent_is_read_again(values: dict[str, str], portions: list[dict[str, str]]) -> None:
    sent = old_bodies.created(Configuration(values, tuple(portions)))
    found = old_bodies.read(sent)
    assert found.values == values
    assert list(found.portions) == portions
    assert old_bodies.created(found) == sent
