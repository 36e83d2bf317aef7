"""Any configuration of the new generation that its rules allow."""

from hypothesis import strategies as st

from streamscope.kinds.platforms.modelarts.new_pages import PROBES
from streamscope.model.deployment import Configuration

NAMES = st.from_regex(r"[A-Za-z0-9_一-鿿-]{1,64}", fullmatch=True)
LETTERS = st.characters(codec="utf-8", exclude_characters="<^>", exclude_categories=["Cs", "Cc", "Zs", "Zl", "Zp"])
WORDS = st.text(LETTERS, min_size=1, max_size=20)
VARIABLES = st.from_regex(r"[A-Za-z_][A-Za-z0-9_.-]{0,20}", fullmatch=True)


def whole(low: int, high: int) -> st.SearchStrategy[str]:
    return st.integers(low, high).map(str)


def maybe(found: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.just("") | found


def pairs(names: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.dictionaries(names, WORDS, max_size=4).map(
        lambda all_of: "\n".join(f"{k}: {v}" for k, v in all_of.items())
    )


networks = st.lists(st.ip_addresses().map(str), max_size=3).map("\n".join)
values = st.fixed_dictionaries(
    {
        "name": NAMES,
        "version": st.tuples(whole(1, 99), whole(0, 99), whole(0, 99)).map(".".join),
        "description": maybe(WORDS),
        "task_type": st.sampled_from(["", "TEXT_GENERATION", "EMBEDDING"]),
        "stop_after": maybe(whole(1, 7)),
        "tags": pairs(VARIABLES),
        "protocol": st.sampled_from(["HTTP", "HTTPS", "WS", "WSS"]),
        "auth_type": st.sampled_from(["TOKEN", "API_KEY", "NONE"]),
        "public": st.sampled_from(["", "true"]),
        "approval": st.sampled_from(["", "true"]),
        "custom_urls": st.lists(st.sampled_from(["https://own.example/a", "wss://1.2.3.4:80/b"]), max_size=2).map(
            "\n".join
        ),
        "rate": whole(1, 10_000),
        "rate_unit": st.sampled_from(["SECONDS", "MINUTES"]),
        "size": whole(1, 50),
        "timeout": whole(1, 7200),
        "allowed": networks,
        "blocked": networks,
        "surge": whole(1, 100),
        "unavailable": whole(1, 100),
        "deploy_timeout": whole(1, 300),
    }
)
specification = st.one_of(
    st.fixed_dictionaries({"flavor": st.sampled_from(["modelarts.vm.cpu.2u", "gpu.1"])}),
    st.fixed_dictionaries(
        {
            "flavor": st.just("custom"),
            "cpu": st.sampled_from(["0.01", "0.5", "4"]),
            "memory": whole(1, 100_000),
            "gpu": st.sampled_from(["", "0.25", "1"]),
            "ascend": maybe(whole(1, 8)),
            "arch": st.sampled_from(["", "x86", "arm64"]),
        }
    ),
)


def probe(key: str) -> st.SearchStrategy[dict[str, str]]:
    on = st.fixed_dictionaries(
        {
            key: st.just("true"),
            f"{key}_method": st.sampled_from(["HTTP", "HTTPS", "WS", "WSS", "EXEC"]),
            f"{key}_target": st.sampled_from(["/health", "/a/b:c", "/bin/true"]),
            **{f"{key}_{what}": whole(1, 900) for what in ("delay", "timeout", "period", "failures")},
        }
    )
    return st.just({}) | on


portion = st.tuples(
    st.fixed_dictionaries(
        {
            "deployment": NAMES,
            "image": st.sampled_from(["chat:0.0.1", "swr.r.example/g/n:t"]),
            "source": st.sampled_from(["SWR", "IMAGE"]),
            "category": st.sampled_from(["CPU", "GPU", "ASCEND"]),
            "pool": st.sampled_from(["", "pool-1"]),
            "count": whole(1, 128),
            "weight": whole(0, 100),
            "port": whole(1, 65_535),
            "container_protocol": st.sampled_from(["HTTP", "WS"]),
            "command": maybe(WORDS),
            "environment": pairs(VARIABLES),
            "metrics": st.sampled_from(["", "http,9,a", "https,8080,m/n"]),
        }
    ),
    specification,
    *(probe(key) for key, _, _ in PROBES),
).map(lambda parts: {key: value for part in parts for key, value in part.items()})


@st.composite
def configurations(draw: st.DrawFn) -> Configuration:
    made = draw(values)
    if made["stop_after"]:
        made["stop_unit"] = draw(st.sampled_from(["MINUTES", "HOURS", "DAYS"]))
    return Configuration(_known(made), (_known(draw(portion)),))


def _known(found: dict[str, str]) -> dict[str, str]:
    return {key: value for key, value in found.items() if value}
