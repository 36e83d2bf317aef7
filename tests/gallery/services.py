"""Scenes of services managed: a page in every part and state, questions, menus, a call that met a stopped one."""

import random
import time
from dataclasses import replace

from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QApplication
from tests.gallery import browsing, filling
from tests.gallery.stage import Stage

from streamscope.engine.deploying import Progress, Trouble
from streamscope.gui.services.confirm import ConfirmDialog
from streamscope.gui.services.menu import open_adding, open_menu
from streamscope.gui.services.page.configuration import Known as Configured
from streamscope.gui.services.page.overview import Known
from streamscope.gui.services.page.view import ServiceView
from streamscope.gui.services.scaling import ScaleDialog
from streamscope.model.deployment import Configuration, Figures, Instance, Page, Pod, Revision, Usage
from streamscope.model.errors import ConnectTimeout, PlatformRefusal
from streamscope.model.field import Field
from streamscope.model.phrase import phrase
from streamscope.model.service import Happening, Service, State

PLACE = "https://infer.cn-southwest-2.example.com/v2/infer/0605767d-6f80-d576-2ff9-c0179ddbea0e"
STEPS = (
    "start to deploy service",
    "building image for model [harbour 1.4.2]",
    "schedule resource success",
    "pulling model image",
    "pull image success",
    "Readiness probe failed: Get http://10.0.0.1:8080/health: connect: connection refused",
)


def service(state: State = "running", status: str = "RUNNING", name: str = "harbour-chat") -> Service:
    """A service of the new generation as a platform tells it."""
    return Service(
        "0605767d-6f80-d576-2ff9-c0179ddbea0e", name, "sandbox", "v2", status, state, ("api_key",), ("https", "sse"),
        {"public": PLACE, "intranet": "https://10.11.12.13/v2/infer/0605767d"}, body_limit=20 * 1024 * 1024,
        time_limit=300.0, rate_limit="200 / second", tags=("team=harbour", "gpu"),
        description="Chat for the harbour master, streaming.",
    )  # fmt: skip


def happenings() -> list[Happening]:
    """The events of a deployment, the newest first."""
    now = time.time()
    ends = {len(STEPS) - 1: "error", len(STEPS) - 2: "warning"}
    told = [Happening(now - 8.0 * (30 - at), STEPS[at % 6], ends.get(at % 6, "info")) for at in range(30)]  # type: ignore[arg-type]
    return told[::-1]


def instances() -> list[Instance]:
    """Three, with their pods: one well, one not, one on its way."""
    now = time.time()
    told: tuple[tuple[State, str], ...] = (
        ("running", ""),
        ("concerning", "Liveness probe failed: HTTP probe failed with statuscode: 500"),
        ("changing", ""),
    )
    return [
        Instance(
            f"harbour-chat-7d9f-{at}", "harbour", state.upper(), state, f"10.0.0.{at}", at, now - 4000 * at, note,
            (Pod(f"pod-{at}-0", state.upper(), state, f"10.0.0.{at}", at, now - 900), Pod(f"pod-{at}-1", "RUNNING")),
        )
        for at, (state, note) in enumerate(told)
    ]  # fmt: skip


def figures() -> list[Figures]:
    """Ten minutes of a monitor, with a gap in which nobody looked."""
    dice, calls, now = random.Random(3), 120.0, time.time()
    found = []
    for at in range(200):
        calls = max(0.0, calls + dice.gauss(0, 12))
        usage = Usage(
            "harbour", at * 10, 0, 2.5 + dice.random(), 8, 5300 + 8.0 * at, 16_384, 1.2 + dice.random() / 4, 2,
            30_000, 65_536, 3, 3,
        )  # fmt: skip
        if not 90 < at < 110:
            found.append(Figures(now - 600 + at * 3, calls, 3, 3, (usage,)))
    return found


def configured() -> Configured:
    """A configuration with what its values are called."""
    basics = (Field("name", phrase("Name")), Field("timeout", phrase("Request timeout (s)")))
    portion = (
        Field("image", phrase("Image")),
        Field("flavor", phrase("Specification")),
        Field("count", phrase("Instances")),
        Field("envs", phrase("Environment variables"), "pairs"),
    )
    pages = (Page("service", phrase("Service"), basics), Page("portion", phrase("Deployment"), portion, repeated=True))
    image = "swr.cn-southwest-2.example.com/harbour/chat:1.4.2"
    values = {"image": image, "flavor": "modelarts.vm.gpu.2u", "count": "3", "envs": "MODEL=chat\nLANG=zh_CN.UTF-8"}
    made = Configuration({"name": "harbour-chat", "timeout": "300"}, (values,), stops_at=time.time() + 5400)
    return Configured(made, pages)


def revisions() -> list[Revision]:
    """Three versions, the newest in use."""
    now = time.time()
    return [
        Revision("3", "1.4.2", "harbour", now - 3600, "RUNNING", current=True),
        Revision("2", "1.4.1", "harbour", now - 86_400, "", note="rolled back"),
        Revision("1", "1.0.0", "harbour", now - 864_000),
    ]


def shown(stage: Stage, one: Service) -> ServiceView:
    """A page that shows what it is given and asks for nothing."""
    managing = stage.session.managing
    managing.set_looking(False)
    page = managing.open(one)
    page.listed = False
    return page


async def page(stage: Stage) -> None:
    """Every part of a page."""
    stage.close_answers()
    stage.window.sidebar.show_pane("services")
    view, known = shown(stage, service()), configured()
    view.overview.finish(Known(service(), known.configuration))
    await stage.grab("page overview", rest=0.2)
    for section, value in (
        (view.instances, instances()),
        (view.events, happenings()),
        (view.configuration, known),
        (view.versions, revisions()),
    ):
        view.show_section(section.key)
        section.finish(value)  # type: ignore[attr-defined]
        await stage.grab(f"page {section.key}")
    view.show_section("monitor")
    view.monitor.finish(None)
    await stage.grab("page monitor none")
    view.monitor.kept.extend(figures())
    view.monitor.finish(None)
    await stage.grab("page monitor")
    view.show_section("instances")
    view.instances.tree.expandAll()
    await stage.grab("page pods")
    view.instances.finish([])
    await stage.grab("page no instances")
    stage.close_answers()


async def states(stage: Stage) -> None:
    """A page while it is deployed, after that failed, stopped with a hard name, busy, in error, deleted."""
    going = service("changing", "DEPLOYING")
    view = shown(stage, going)
    view.progress.show_progress(Progress(going, 47, tuple(reversed(happenings()))[:6]))
    view.show_section("events")
    view.events.finish(happenings()[-6:])
    await stage.grab("page deploying", rest=0.2)
    view.progress.show_problem(ConnectTimeout(phrase("The platform did not answer within 10 s.")))
    await stage.grab("page deploying unheard")
    failed = replace(service("failed", "FAILED"), note="Readiness probe failed: connection refused")
    view.show_service(failed)
    cause = phrase("The image could not be made or pulled.")
    remedy = phrase("Check its name, its version and that it is in this region, then update or deploy again.")
    view.progress.show_trouble(Trouble(cause, remedy, "update"))
    view.show_section("overview")
    view.overview.finish(Known(failed))
    await stage.grab("page failed")
    stage.close_answers()
    view = shown(stage, replace(service("stopped", "STOPPED", filling.LONG), addresses={}))
    await stage.grab("page stopped, long name", rest=0.2)
    view.show_service(replace(service("concerning", "CONCERNING", browsing.NAMES[1]), note="1 of 3 instances is down"))
    await stage.grab("page concerning, Chinese name")
    view.show_section("versions")
    view.versions.begin()
    await stage.until(lambda: view.versions.busy)
    await stage.grab("page busy")
    view.versions.fail(ConnectTimeout(phrase("The platform did not answer within 10 s."), phrase("Try again later.")))
    await stage.grab("page section error")
    hint = phrase("The permission for it is {permission}.", permission="modelarts:service:delete")
    view.show_error(PlatformRefusal(phrase("The platform refused to delete services (403)."), hint, status=403))
    await stage.grab("page permission")
    view.show_gone()
    await stage.grab("page deleted")
    stage.close_answers()
    stage.session.managing.set_looking(True)


async def asking(stage: Stage) -> None:
    """Questions before something is lost, and menus."""
    managing, window = stage.session.managing, stage.window
    await stage.chosen("chat")
    chat = window.services.model.known("sandbox", "chat")
    assert chat is not None
    managing.acting.ask("delete", chat)
    await stage.grab("delete asked")
    _close(ConfirmDialog)
    managing.acting.ask_all("stop", list(window.services.model.branches[0].services))
    await stage.grab("stop many asked")
    _close(ConfirmDialog)
    managing.acting.ask("scale", chat)
    await stage.until(lambda: _open(ScaleDialog))
    await stage.grab("scale asked")
    _close(ScaleDialog)
    tree = window.services.tree
    menu = open_menu(window.services, chat, tree.viewport().mapToGlobal(QPoint(60, 60)))
    await stage.grab("service menu")
    menu.close()
    menu = open_adding(window.services)
    await stage.grab("add menu")
    menu.close()


async def stopped(stage: Stage) -> None:
    """A call that met a stopped service, its start followed, what can be done then."""
    stage.close_answers()
    archive = stage.window.services.model.known("sandbox", "archive")
    assert archive is not None
    await stage.chosen("archive")
    view = await stage.sent(stage.window.composer.draft())
    await stage.until(lambda: view.findings.count())
    await stage.grab("call met a stopped service", rest=0.4)
    stage.session.rescuing.start(view)
    await stage.until(lambda: view.findings.card("service") is not None)
    await stage.grab("service being started")
    stage.close_answers()


def _open(kind: type) -> list[object]:
    return [one for one in QApplication.topLevelWidgets() if isinstance(one, kind) and one.isVisible()]


def _close(kind: type) -> None:
    for dialog in _open(kind):
        dialog.close()  # type: ignore[attr-defined]
