"""The scenes of the gallery, played in one look: python -m tests.gallery.scenes DIR APPEARANCE SCALE."""

import asyncio
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from PySide6.QtWidgets import QWidget
from tests.gallery import pages

from streamscope.gui import loop
from streamscope.gui.app import application, living
from streamscope.gui.live.tab import ExchangeView
from streamscope.gui.theme import theme
from streamscope.gui.window import Window
from streamscope.model.draft import Body, Choice, Draft, Limits, Outgoing
from streamscope.store.bench import open_bench
from streamscope.tasks import spawn

CHAT = '{"messages": [{"role": "user", "content": "Tell me about the harbour."}], "stream": true, "max_tokens": 60}'


class Gallery:
    """One window, one folder."""

    def __init__(self, window: Window, folder: Path) -> None:
        self.window = window
        self.folder = folder
        self.number = 0

    def grab(self, name: str) -> None:
        """Keep a picture of the window."""
        self.keep(self.window, name)

    def keep(self, widget: QWidget, name: str) -> None:
        """Keep a picture of any widget."""
        self.number += 1
        widget.grab().save(str(self.folder / f"{self.number:02}-{name}.png"))

    async def until(self, condition: Callable[[], bool]) -> None:
        """Wait for what is seen."""
        async with asyncio.timeout(60):
            while not condition():  # noqa: ASYNC110 - a screen is looked at
                await asyncio.sleep(0.03)

    async def sent(self, draft: Draft) -> ExchangeView:
        """Send and see the end."""
        self.window.send(draft)
        view = self.window.live.current()
        assert view is not None
        await self.until(lambda: not view.live)
        await asyncio.sleep(0.1)
        return view

    async def play(self) -> None:
        """Every scene in turn."""
        self.grab("first paint")
        await self.until(lambda: self.window.composer.service is not None and self.window.composer.service.complete)
        await asyncio.sleep(0.2)
        self.grab("idle")
        await self.streaming()
        await self.conversation()
        await self.errors()
        await self.editors()
        await pages.matrix(self)
        await pages.settings(self)

    async def streaming(self) -> None:
        """A stream in its middle, at its end, its events, its headers."""
        self.window.composer.request_send()
        view = self.window.live.current()
        assert view is not None
        self.grab("waiting")
        await self.until(lambda: view.feed.meter.messages_in > 30)
        self.grab("streaming")
        await self.until(lambda: not view.live)
        self.grab("complete")
        for index, name in ((1, "events"), (2, "headers")):
            view.tabs.setCurrentIndex(index)
            await asyncio.sleep(0.1)
            self.grab(name)
        self.window.composer.request_send()
        stopped = self.window.live.current()
        assert stopped is not None
        await self.until(lambda: stopped.feed.meter.messages_in > 10)
        self.window.stop()
        await self.until(lambda: not stopped.live)
        self.grab("stopped")

    async def conversation(self) -> None:
        """A WebSocket with messages both ways."""
        assert self.window.services.choose("sandbox", "chat-live")
        await self.until(
            lambda: self.window.composer.service is not None and self.window.composer.service.name == "chat-live"
        )
        await self.until(lambda: self.window.composer.service.complete)
        self.window.composer.request_send()
        view = self.window.live.current()
        assert view is not None
        await self.until(lambda: bool(view.feed.transcript.finish))
        self.grab("websocket")
        view.tabs.setCurrentIndex(1)
        await asyncio.sleep(0.1)
        self.grab("websocket events")
        self.window.stop()
        await self.until(lambda: not view.live)

    async def errors(self) -> None:
        """What can go wrong, each as it is shown."""
        service = {"workspace": "sandbox", "service": "chat"}
        chat = {"path": "/v1/chat/completions", "body": Body("text", text=CHAT), "protocol": Choice("sse")}
        scenes: dict[str, Draft] = {
            "wrong password": Draft(
                auth=Choice("token", {"password": "wrong"}), channel=Choice("public"), **service, **chat
            ),
            "wrong secret key": Draft(
                auth=Choice("aksk", {"secret_key": "wrong"}), channel=Choice("public"), **service, **chat
            ),
            "wrong path": Draft(auth=Choice("token"), channel=Choice("public"), path="/nope", **service),
            "old signature": Draft(
                auth=Choice("aksk"),
                channel=Choice("vpc"),
                headers=(("X-Sdk-Date", "20200101T000000Z"),),
                **service,
                **chat,
            ),
            "stopped service": Draft(
                auth=Choice("token"), channel=Choice("public"), workspace="sandbox", service="archive", **chat
            ),
            "unchecked": Draft(auth=Choice("token"), channel=Choice("direct"), **service, **chat),
            "refused": Draft(channel=Choice("address", {"url": "http://127.0.0.1:9/"})),
            "unresolved": Draft(channel=Choice("address", {"url": "https://infer.vpc.invalid/v1"})),
            "self-signed": Draft(channel=Choice("address", {"url": self.gateway()})),
            "plain credentials": Draft(
                auth=Choice("bearer", {"token": "invented"}), channel=Choice("direct"), **service, **chat
            ),
            "large body": Draft(
                auth=Choice("aksk"),
                channel=Choice("public"),
                **service,
                body=Body("bytes", content=b"x" * (13 << 20)),
                path="/v1/chat/completions",
            ),
            "closed with a code": Draft(
                auth=Choice("token"),
                channel=Choice("public"),
                protocol=Choice("websocket"),
                workspace="sandbox",
                service="chat-live",
                path="/echo?close=4001&reason=enough",
                messages=(Outgoing(text="hello"),),
            ),
            "timed out": Draft(
                auth=Choice("token"), channel=Choice("public"), **service, **chat, limits=Limits(total=0.6)
            ),
        }
        for name, draft in scenes.items():
            await self.sent(draft)
            self.grab(name)
            self.window.live.close_current()

    def gateway(self) -> str:
        """The sandbox's gateway, called without its certificate authority."""
        desk = self.window.desk
        sandbox = desk.runtime.core.sandbox if desk is not None else None
        return f"{sandbox.info['gateway']}/v1" if sandbox is not None else ""

    async def editors(self) -> None:
        """The composer's sheets: broken JSON, an authentication's form, a combination that is not offered."""
        composer = self.window.composer
        assert self.window.services.choose("sandbox", "chat")
        await self.until(lambda: composer.service is not None and composer.service.name == "chat")
        composer.body.set_text('{\n  "model": "chat",\n  "messages": [,]\n}')
        await asyncio.sleep(0.4)
        self.grab("broken json")
        composer.choose(auth="api_key", channel="public", protocol="websocket")
        sheets = composer.sheets
        for index in range(sheets.count()):
            sheets.setCurrentIndex(index)
            await asyncio.sleep(0.1)
            self.grab(f"not offered {sheets.tabText(index).lower()}")


def main(folder: Path, appearance: str, scale: int) -> None:
    """Play all scenes in a look."""
    app = application()
    with tempfile.TemporaryDirectory() as profile:
        bench = open_bench(Path(profile))
        theme.wear(app, appearance)
        window = Window(bench)
        window.resize(*((1920, 1080) if scale == 2 else (1280, 800)))
        window.show()
        gallery = Gallery(window, folder)

        async def whole() -> None:
            playing = spawn(gallery.play(), name="gallery")
            playing.add_done_callback(lambda _: window.close())
            await living(window, bench)
            playing.result()

        loop.run(app, whole())


main(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]))
