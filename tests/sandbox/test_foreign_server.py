"""A server that was not written here, deployed on both generations, called in every way, scaled, killed and updated."""

import asyncio
import json
import math
import os
import signal
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest
import pytest_asyncio
from tests.sandbox.conftest import Running, start, stop
from tests.sandbox.signing import signed

from streamscope.engine import deploying, discover
from streamscope.engine.core import Core
from streamscope.engine.matrix import Place, plan
from streamscope.engine.send import send
from streamscope.model.deployment import Configuration
from streamscope.model.draft import Body, Choice, Draft, Limits, Outgoing
from streamscope.model.event import Message
from streamscope.model.service import Service
from streamscope.sandbox.packages import Package, Packages
from streamscope.store.bench import open_bench
from streamscope.tasks import end, spawn

HERE = Path(__file__).parent
SERVER = ["-m", "uvicorn", "foreign_server:app", "--host", "127.0.0.1", "--port", "$PORT", "--no-access-log"]
APIS = ["POST /v1/answer", "POST /v1/stream", "POST /v1/bytes"]
PATIENCE = 30.0
WORDS = {"text": "harbour", "words": 3}
LONG = {"text": "harbour", "words": 6, "interval": 0.1}
SLOW = {"text": "harbour", "interval": 0.05}


def package(version: str, name: str = "foreign", **more: Any) -> Package:
    environment = {"VERSION": version, "PYTHONDONTWRITEBYTECODE": "1"}
    return Package(
        name=name, kind="command", command=[sys.executable, *SERVER], folder=str(HERE), environment=environment,
        health="/health", **more,
    )  # fmt: skip


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A sandbox in whose profile the server is registered; all that it ran is gone when it ends."""
    profile = tmp_path_factory.mktemp("foreign")
    packages = Packages(profile / "sandbox")
    packages.add(package("1", apis=APIS))
    packages.add(package("1", "talking", websocket=True, apis=["GET /v1/talk"]))
    running = start(profile, "--while-stdin")
    yield running
    left = psutil.Process(running.process.pid).children(recursive=True)
    assert stop(running) == 0
    assert psutil.wait_procs(left, 10)[1] == []


@pytest_asyncio.fixture
async def core(sandbox: Running) -> AsyncIterator[Core]:
    """Our client with the profile of that sandbox."""
    bench = open_bench(sandbox.profile)
    made = Core(bench)
    yield made
    await made.aclose()
    bench.close()


def servers(sandbox: Running) -> list[psutil.Process]:
    """The processes of the server that the sandbox has."""
    found = []
    for process in psutil.Process(sandbox.process.pid).children(recursive=True):
        try:
            if "foreign_server:app" in process.cmdline():
                found.append(process)
        except psutil.Error:
            continue
    return found


async def there_are(sandbox: Running, count: int) -> None:
    """Wait until so many processes of the server run: an instance that left the service ends soon after."""
    async with asyncio.timeout(PATIENCE):
        while len(servers(sandbox)) != count:  # noqa: ASYNC110 - processes tell nobody
            await asyncio.sleep(0.1)


async def configured(core: Core, generation: str, portion: dict[str, str], **values: str) -> Configuration:
    """What a person gets who fills in these fields of the form and leaves the others as they are."""
    pages = await deploying.pages(core, "sandbox", generation)
    flat = {field.key: field.default for page in pages if not page.repeated for field in page.fields}
    each = {field.key: field.default for page in pages if page.repeated for field in page.fields}
    filled = Configuration(
        {key: value for key, value in {**flat, **values}.items() if value},
        ({key: value for key, value in {**each, **portion}.items() if value},),
    )
    maker = deploying.generation_of(core.bench.workspaces.get("sandbox"), generation)
    assert maker.checked(pages, filled) == {}
    return filled


async def model_of(core: Core, generation: str, name: str, version: str = "0.0.1") -> str:
    site = await deploying.place(core, "sandbox")
    models = await deploying.generation_of(site.workspace, generation).models(site)
    return next(model.id for model in models if (model.name, model.version) == (name, version))


async def deployed(core: Core, generation: str, name: str, model: str, **values: str) -> Service:
    """A service of a package, running."""
    portion = {"v1": {"model": await model_of(core, generation, model), "specification": "modelarts.vm.cpu.2u"},
               "v2": {"image": f"{model}:0.0.1"}}[generation]  # fmt: skip
    configuration = await configured(core, generation, portion, name=name, **values)
    made = await deploying.deploy(core, "sandbox", generation, configuration)
    return await waited(core, made, "running")


async def waited(core: Core, service: Service, state: str) -> Service:
    """Look until a service is in a state, or is gone."""
    async with asyncio.timeout(PATIENCE):
        while True:
            found = await discover.look(core, service)
            if found is None:
                assert state == "gone"
                return service
            if found.state == state:
                return await discover.complete(core, found) if state == "running" else found
            assert found.state != "failed", found.note
            await asyncio.sleep(0.1)


async def called(core: Core, place: Place, path: str, body: Any = None, say: Sequence[str] = ()) -> list[str]:
    """One call through the main path; what came in. It has to have worked."""
    duplex = place.protocol == "websocket"
    draft = Draft(
        auth=Choice(place.auth),
        channel=Choice(place.channel),
        protocol=Choice(place.protocol),
        workspace="sandbox",
        service=place.service.id,
        method="GET" if duplex else "POST",
        path=path,
        body=Body() if duplex else Body("json", text=json.dumps(body)),
        messages=tuple(Outgoing(text=text) for text in say),
        limits=Limits(total=PATIENCE, messages=1 + len(say) if duplex else 0),
    )
    exchange = core.bench.recordings.new(draft, keep=False)
    try:
        outcome = await send(exchange, core)
        events = exchange.events(0, len(exchange))
    finally:
        exchange.close()
    told = [event for event in events if isinstance(event, Message) and event.direction == "in"]
    assert (outcome.outcome, outcome.status) == ("complete", 101 if duplex else 200), (place.key, outcome, told)
    return [event.payload.decode() for event in told]


def offered(service: Service) -> list[Place]:
    return [place for place in plan([service]) if place.why is None]


async def in_every_way(core: Core, service: Service) -> set[tuple[str, str, str]]:
    """Call a service in every combination that it offers; which these were."""
    places = offered(service)

    async def one(place: Place) -> None:
        if place.protocol == "websocket":
            first, *said = await called(core, place, "/v1/talk", say=("harbour", "clock"))
            assert json.loads(first)["text"] == "hello"
            assert said == ["ruobrah", "kcolc"]
        elif place.protocol == "sse":
            first, *said, last = await called(core, place, "/v1/stream", WORDS)
            assert json.loads(first)["version"] == "1"
            assert said == [f"harbour {number}\nof 3" for number in range(3)]
            assert last == ""
        else:
            (answer,) = await called(core, place, "/v1/answer", WORDS)
            assert json.loads(answer)["text"] == "ruobrah"

    await asyncio.gather(*map(one, places))
    return {(place.auth, place.channel, place.protocol) for place in places}


OLD = {
    (auth, channel)
    for auth in ("token", "aksk", "app_code", "app_signature")
    for channel in ("public", "vpc", "direct")
}
"""What the old generation has: any authentication with any channel."""


async def test_every_way_of_the_old_generation(core: Core, sandbox: Running) -> None:
    apps = await deploying.generation_of(core.bench.workspaces.get("sandbox"), "v1").apps.all(
        await deploying.place(core, "sandbox")
    )
    let_in = {"app_auth": "true", "apps": apps[0].name}
    service = await deployed(core, "v1", "old", "foreign", **let_in)
    ways = await in_every_way(core, service)
    assert {(auth, channel) for auth, channel, _ in ways if auth != "none"} >= OLD
    assert {protocol for _, _, protocol in ways} == {"https", "sse"}
    talking = await deployed(core, "v1", "old-talking", "talking", websocket="true", **let_in)
    ways = await in_every_way(core, talking)
    assert {(auth, channel) for auth, channel, _ in ways if auth != "none"} >= OLD
    assert {protocol for _, _, protocol in ways} == {"websocket"}
    await deleted(core, [service, talking])


async def test_every_way_of_the_new_generation(core: Core, sandbox: Running) -> None:
    """Who may call is changed while it runs: the processes stay."""
    services = await asyncio.gather(
        deployed(core, "v2", "new", "foreign", auth_type="TOKEN"),
        deployed(core, "v2", "new-talking", "talking", auth_type="TOKEN", protocol="WSS"),
    )
    running = {process.pid for process in servers(sandbox)}
    for auth in ("TOKEN", "API_KEY", "NONE"):
        key = auth.lower()
        services = await asyncio.gather(*(called_by(core, service, auth) for service in services))
        ways = set[tuple[str, str, str]]().union(*[await in_every_way(core, service) for service in services])
        assert ways >= {
            (key, channel, protocol) for channel in ("public", "vpc") for protocol in ("https", "sse", "websocket")
        }
        assert {way[0] for way in ways} == {key}
    assert {process.pid for process in servers(sandbox)} == running
    await deleted(core, services)


async def called_by(core: Core, service: Service, auth: str) -> Service:
    """A running service once it is called in that way."""
    if auth.lower() in service.auth:
        return service
    before = await deploying.configuration(core, service)
    values = {**before.values, "auth_type": auth, "version": ""}
    await deploying.act(core, service, "update", configuration=Configuration(values, before.portions, before.origin))
    return await waited(core, service, "running")


async def deleted(core: Core, services: list[Service]) -> None:
    outcomes = await deploying.delete(core, services)
    assert all(outcome.done for outcome in outcomes), outcomes
    for service in services:
        await waited(core, service, "gone")


class Load:
    """Calls that follow one upon the other until it is told to stop. All of them must work.

    But for those that began before `calm`: a killed process takes with it what it had in hand, and what is handed to it
    until that is noticed; the platform says so in its own words.
    """

    def __init__(self, sandbox: Running, service: Service, token: str) -> None:
        self._url = service.addresses["public"]
        self._client = httpx.AsyncClient(
            verify=sandbox.context, trust_env=False, timeout=PATIENCE, headers={"X-Auth-Token": token}
        )
        self.answers: list[dict[str, Any]] = []
        self.streams = 0
        self.calm = 0.0
        self.news = asyncio.Event()

    async def caller(self) -> None:
        """Whole answers one after the other."""
        while True:
            answer = await self._post("/v1/answer", SLOW)
            if answer is not None:
                self.answers.append(answer.json())
                self.news.set()
                self.news.clear()

    async def listener(self) -> None:
        """Streams one after the other, each longer than an instance takes to be replaced."""
        while True:
            answer = await self._post("/v1/stream", LONG)
            if answer is not None:
                assert answer.text.count("data: harbour") == LONG["words"]
                assert "event: end" in answer.text
                self.streams += 1

    async def _post(self, path: str, body: dict[str, Any]) -> httpx.Response | None:
        began = time.monotonic()
        try:
            answer = await self._client.post(self._url + path, json=body)
            assert answer.status_code == 200, answer.text
        except (httpx.RemoteProtocolError, AssertionError):
            if began >= self.calm:
                raise
            return None
        return answer

    async def close(self) -> None:
        await self._client.aclose()

    async def until(self, seen: Callable[[], bool]) -> None:
        """Wait until what came is as wanted."""
        async with asyncio.timeout(PATIENCE):
            while not seen():
                await asyncio.wait_for(self.news.wait(), PATIENCE)

    def pids(self, since: int = 0) -> set[int]:
        return {answer["pid"] for answer in self.answers[since:]}


@asynccontextmanager
async def under_load(sandbox: Running, service: Service) -> AsyncIterator[Load]:
    load = Load(sandbox, service, await asyncio.to_thread(sandbox.token))
    work = [load.caller(), load.caller(), load.listener(), load.listener()]
    callers = [spawn(one, name="caller") for one in work]
    try:
        yield load
        for caller in callers:
            if caller.done():
                caller.result()
    finally:
        await end(*callers)
        await load.close()


async def test_scaled_killed_stopped_started_and_updated_while_it_is_called(core: Core, sandbox: Running) -> None:
    """One generation's names for it: what it does to the processes is the same fleet's for both."""
    before = len(servers(sandbox))
    service = await deployed(core, "v2", "loaded", "foreign")
    await there_are(sandbox, before + 1)
    async with under_load(sandbox, service) as load:
        await load.until(lambda: len(load.answers) > 2)
        (first,) = load.pids()
        details = await deploying.details(core, service)
        assert isinstance(details.instances, list), details.instances
        (instance,) = details.instances
        await deploying.act(core, service, "scale", portion=instance.portion, count=2)
        await load.until(lambda: len(load.pids()) == 2)
        await there_are(sandbox, before + 2)
        service = await waited(core, service, "running")
        seen = len(load.answers)
        (killed,) = load.pids() - {first}
        load.calm = math.inf
        os.kill(killed, signal.SIGKILL)
        await waited(core, service, "concerning")
        load.calm = time.monotonic()
        await load.until(lambda: len(load.pids(seen) - {killed}) == 2)
        service = await waited(core, service, "running")
        await there_are(sandbox, before + 2)
        configuration = await deploying.configuration(core, service)
        newer = await newer_version(core, sandbox)
        portion = {**configuration.portions[0], "image": newer}
        await deploying.act(
            core, service, "update",
            configuration=Configuration(configuration.values, (portion,), configuration.origin),
        )  # fmt: skip
        await load.until(lambda: load.answers[-1]["version"] == "2")
        service = await waited(core, service, "running")
        seen = len(load.answers)
        heard = load.streams
        await load.until(lambda: len(load.answers) > seen + 10 and load.streams > heard)
        assert {answer["version"] for answer in load.answers[seen:]} == {"2"}
    await deploying.act(core, service, "scale", portion=instance.portion, count=1)
    service = await waited(core, service, "running")
    await there_are(sandbox, before + 1)
    await deploying.act(core, service, "stop")
    service = await waited(core, service, "stopped")
    await there_are(sandbox, before)
    await deploying.act(core, service, "start")
    service = await waited(core, service, "running")
    (answer,) = await called(core, offered(service)[0], "/v1/answer", WORDS)
    assert json.loads(answer)["version"] == "2"
    await there_are(sandbox, before + 1)
    await deleted(core, [service])
    await there_are(sandbox, before)


async def newer_version(core: Core, sandbox: Running) -> str:
    """The server's second version, registered while the sandbox runs; how it is named."""
    packages = Packages(sandbox.profile / "sandbox")
    if packages.get("foreign", "0.0.2") is None:
        packages.add(package("2", apis=APIS))
    return await model_of(core, "v2", "foreign", "0.0.2")


def test_through_the_interfaces_themselves(sandbox: Running, tmp_path: Path) -> None:
    """Both generations' own JSON over HTTP, as any program would send it; a command that comes this way never runs."""
    made = tmp_path / "made"
    facts = sandbox.facts
    headers = {"X-Auth-Token": sandbox.token()}
    project = facts["project_id"]

    def ask(method: str, path: str, body: Any = None) -> Any:
        answer = sandbox.send(method, facts["management"] + path, json=body, headers=headers)
        assert answer.status_code < 300, answer.text
        return answer.json() if answer.content else None

    def until(path: str, status: str) -> Any:
        limit = time.monotonic() + PATIENCE
        while time.monotonic() < limit:
            told = ask("GET", path)
            if told["status"].lower() == status:
                return told
            time.sleep(0.1)
        pytest.fail(f"it is not {status}: {told}")

    before = len(servers(sandbox))
    models = ask("GET", f"/v1/{project}/models?limit=1000")["models"]
    model = next(row for row in models if (row["model_name"], row["model_version"]) == ("foreign", "0.0.1"))
    config = {"model_id": model["model_id"], "weight": 100, "specification": "modelarts.vm.cpu.2u", "instance_count": 1}
    old = ask("POST", f"/v1/{project}/services",
              {"service_name": "by-http-old", "infer_type": "real-time", "config": [config]})["service_id"]  # fmt: skip
    unit = {"image": {"source": "SWR", "swr_path": "foreign:0.0.1", "category": "CPU"},
            "custom_spec": {"cpu": 1, "memory": 1024}, "port": 8080}  # fmt: skip
    runtime = {
        "service_invoke": {"protocol": "HTTPS", "auth_type": "TOKEN", "internet_access_enable": True, "port": 8080},
        "service_limit": {
            "rate_limit": {"num": 200, "unit": "SECONDS"},
            "request_size_limit": 20,
            "request_timeout": 60,
        },
    }
    body = {
        "name": "by-http-new", "version": "1.0.0", "type": "REAL_TIME", "deploy_type": "SINGLE",
        "runtime_config": runtime,
        "group_configs": [{"name": "default", "weight": 100, "count": 1, "unit_configs": [unit]}],
    }  # fmt: skip
    new = ask("POST", f"/v2/{project}/services", body)["id"]
    unit["cmd"] = f"touch {made}"
    url = f"{facts['management']}/v2/{project}/services"
    assert sandbox.send("POST", url, json={**body, "name": "x"}, headers=headers).status_code == 400
    imported = {"model_name": "x", "model_version": "0.0.1", "model_type": "Image", "source_location": str(made)}
    url = f"{facts['management']}/v1/{project}/models"
    assert sandbox.send("POST", url, json=imported, headers=headers).status_code == 400
    assert Packages(sandbox.profile / "sandbox").get("x") is None
    told = [until(f"/v1/{project}/services/{old}", "running"), until(f"/v2/{project}/services/{new}", "running")]
    for url in (told[0]["access_address"], told[1]["predict_url"][0]["urls"][0]):
        answer = sandbox.send("POST", f"{url}/v1/answer", json=WORDS, headers=headers)
        assert answer.json()["text"] == "ruobrah"
        assert sandbox.send("POST", f"{url}/v1/answer", json={}, headers=headers).status_code == 422
        stream = sandbox.send("POST", f"{url}/v1/stream", json=WORDS, headers=headers)
        assert stream.text.count("harbour") == 3
    url, content = f"{told[0]['access_address']}/v1/answer", json.dumps(WORDS).encode()
    by_vendor = signed(facts["ak"], facts["sk"], "POST", url, content)
    assert sandbox.send("POST", url, content=content, headers=by_vendor).json()["text"] == "ruobrah"
    assert len(servers(sandbox)) == before + 2
    ask("DELETE", f"/v1/{project}/services/{old}")
    ask("POST", f"/v2/{project}/services/delete", {"service_ids": [new]})
    limit = time.monotonic() + PATIENCE
    while len(servers(sandbox)) > before and time.monotonic() < limit:
        time.sleep(0.1)
    assert len(servers(sandbox)) == before
    assert not made.exists()
