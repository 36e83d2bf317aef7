"""Every documented rule of the new generation is told at its field, before anything is sent."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streamscope.kinds.platforms.modelarts.new_checks import RULES, problems
from streamscope.kinds.platforms.modelarts.new_obstacles import obstacle
from streamscope.kinds.platforms.modelarts.new_pages import flavor_label, pages
from streamscope.kinds.platforms.modelarts.new_services import NewServices
from streamscope.model.deployment import Action, Configuration, Model
from streamscope.model.phrase import NOTHING

FLAVORS = [{"id": "cpu.2u", "vcpus": 2, "memory": 8, "sold_out": True}, {"id": "gpu.1", "vcpus": 8, "memory": 65536,
           "gpu": {"gpu": 1, "type": "V100"}}]  # fmt: skip
PAGES = pages([Model("chat:0.0.1", "chat", "0.0.1"), Model("x:1", "x", "1", ready=False)], FLAVORS)
GOOD = {field.key: field.default for page in PAGES if not page.repeated for field in page.fields} | {"name": "a"}
RUNS = {field.key: field.default for page in PAGES if page.repeated for field in page.fields} | {"image": "chat:0.0.1"}


def wrong(values: dict[str, str] | None = None, **portion: str) -> dict[str, str]:
    found = problems(PAGES, Configuration({**GOOD, **(values or {})}, ({**RUNS, **portion},)))
    return {key: str(why) for key, why in found.items()}


def test_the_defaults_with_a_name_and_an_image_are_enough() -> None:
    assert wrong() == {}
    assert RUNS["flavor"] == "gpu.1", "what is sold out is not what is chosen at first"


@pytest.mark.parametrize(
    ("key", "good", "bad"),
    [
        ("name", ["a", "名字-1_x", "a" * 64], ["", "a" * 65, "a b", "a.b"]),
        ("version", ["1.0.0", "99.99.99", ""], ["0.9.9", "1.0", "1.0.100", "100.0.0", "v1.0.0"]),
        ("description", ["", "a" * 512], ["a" * 513, "a<b", "a>b"]),
        ("stop_after", ["", "1", "168"], ["0", "169", "1.5", "x"]),
        ("tags", ["a: b", "\n".join(f"k{n}: v" for n in range(20))], ["\n".join(f"k{n}: v" for n in range(21))]),
        ("protocol", ["HTTP", "WSS"], ["FTP"]),
        ("custom_urls", ["https://own.example/a/b\nwss://10.0.0.1:8080", "http://a-b.example"],
         ["own.example", "ftp://a.example", "https://-a.example", "https://a.example/ä", "https://a.b1", "https://a.example:0",
          "https://" + "a" * 64 + ".example", "https://a.example/" + "x" * 1024, "\n".join(["http://a.example"] * 11)]),
        ("rate", ["1", "10000"], ["", "0", "10001", "x", "1.5", "nan"]),
        ("size", ["1", "50"], ["", "0", "51"]),
        ("timeout", ["1", "7200"], ["", "0", "7201", "inf"]),
        ("allowed", ["10.0.0.1", "10.0.0.0/8\n2001:db8::/32", ""], ["10.0.0", "a.example"]),
        ("surge", ["1", "100", ""], ["0", "101"]),
        ("deploy_timeout", ["1", "300"], ["0", "301"]),
    ],
)  # fmt: skip
def test_a_rule_of_the_service(key: str, good: list[str], bad: list[str]) -> None:
    for value in good:
        assert key not in wrong({key: value}), value
    for value in bad:
        assert key in wrong({key: value}), value


@pytest.mark.parametrize(
    ("key", "good", "bad"),
    [
        ("image", ["x"], [""]),
        ("flavor", ["cpu.2u"], ["", "other"]),
        ("count", ["1", "128"], ["", "0", "129"]),
        ("weight", ["0", "100", ""], ["-1", "101"]),
        ("port", ["1", "65535"], ["", "0", "65536"]),
        ("environment", ["A: b\nx.y-z_1: c=d:e", ""], ["1A: b", "A B: c", "A" * 65 + ": b", "A: <b>", "A: b^", ": x"]),
        ("metrics", ["", "http,8080,metrics", "https,1,a/b"], ["http,0,a", "http,8080,/a", "tcp,1,a", "http,99999,a"]),
    ],
)
def test_a_rule_of_what_runs(key: str, good: list[str], bad: list[str]) -> None:
    for value in good:
        assert wrong(**{key: value}) == {}, value
    for value in bad:
        assert set(wrong(**{key: value})) == {f"0.{key}"}, value


def test_what_is_not_shown_is_not_judged() -> None:
    assert wrong(cpu="0", readiness_delay="0") == {}
    assert set(wrong(flavor="custom", cpu="0.001", memory="")) == {"0.cpu", "0.memory"}
    assert set(wrong(readiness="true", readiness_delay="0", readiness_target="")) == {
        "0.readiness_delay",
        "0.readiness_target",
    }


def test_a_health_check_is_a_path_or_a_command() -> None:
    on = {"liveness": "true"}
    assert wrong(**on, liveness_target="/v1/health:x") == {}
    assert set(wrong(**on, liveness_target="health")) == {"0.liveness_target"}
    assert wrong(**on, liveness_method="EXEC", liveness_target="test -f /ready") == {}
    assert set(wrong(**on, liveness_method="EXEC", liveness_target="a | b")) == {"0.liveness_target"}
    assert set(wrong(**on, liveness_target="/" + "a" * 1024)) == {"0.liveness_target"}


def test_there_is_one_thing_that_runs() -> None:
    assert set(problems(PAGES, Configuration(GOOD, ()))) == {"0.image"}
    two = problems(PAGES, Configuration(GOOD, (RUNS, RUNS)))
    assert set(two) == {"1.image"}


def test_choices_are_what_the_platform_offers() -> None:
    fields = {field.key: field for page in PAGES for field in page.fields}
    assert [key for key, _ in fields["image"].choices] == ["chat:0.0.1"]
    assert fields["image"].kind == "text", "any other image may be typed"
    assert [(key, str(label)) for key, label in fields["flavor"].choices] == [
        ("cpu.2u", "2 vCPUs, 8 GB (cpu.2u), sold out"),
        ("gpu.1", "8 vCPUs, 64 GB, 1 × V100 (gpu.1)"),
        ("custom", "Custom"),
    ]
    now = {field.key: field for page in pages((), (), update=True) for field in page.fields}
    assert (now["flavor"].kind, now["flavor"].default) == ("text", "custom")
    assert str(flavor_label({"name": "x"})) == "x"
    assert len({field.key for page in PAGES for field in page.fields}) == sum(len(page.fields) for page in PAGES)


def test_every_rule_belongs_to_a_field() -> None:
    assert {field.key for page in PAGES for field in page.fields} >= set(RULES)


@given(st.sampled_from(sorted(RULES)), st.text(max_size=40))
def test_any_text_can_be_judged(key: str, value: str) -> None:
    RULES[key](value, {"stop_unit": "DAYS", "readiness_method": "EXEC"})


@pytest.mark.parametrize(
    ("status", "allowed"),
    [
        ("RUNNING", "update stop delete scale switch restart"),
        ("CONCERNING", "update stop delete scale switch restart"),
        ("STOPPED", "update start delete switch"),
        ("FAILED", "update start delete switch"),
        ("ERROR", "update start stop delete switch"),
        ("INIT", "update start delete switch"),
        ("DEPLOYING", "interrupt delete"),
        ("UPGRADING", "interrupt delete"),
        ("INTERRUPTING", ""),
        ("STOPPING", ""),
        ("DELETING", ""),
        ("SOMETHING_NEW", "update start stop delete scale interrupt switch restart"),
        ("", "update start stop delete scale interrupt switch restart"),
    ],
)
def test_an_action_is_offered_where_it_makes_sense(status: str, allowed: str) -> None:
    generation = NewServices()
    every: list[Action] = ["update", "start", "stop", "delete", "scale", "interrupt", "switch", "restart"]
    assert {action for action in every if generation.obstacle(action, status) == NOTHING} == set(allowed.split())
    assert obstacle("deploy", status) == NOTHING
    assert all(str(obstacle(action, status)).endswith(".") for action in every if obstacle(action, status) != NOTHING)
