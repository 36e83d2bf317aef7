"""Scenes of the live pane: an exchange in each of its states, and each way in which one fails."""

from tests.gallery.stage import Stage

from streamscope.model.draft import Body, Choice, Draft, Limits, Outgoing

CHAT = '{"messages": [{"role": "user", "content": "Tell me about the harbour."}], "stream": true, "max_tokens": 60}'


async def streaming(stage: Stage) -> None:
    """A stream before its answer, in its middle, at its end; its events, its headers; one that was stopped."""
    stage.window.composer.request_send()
    view = stage.view()
    await stage.grab("answer waiting", rest=0)
    await stage.until(lambda: view.feed.meter.messages_in > 30)
    await stage.grab("answer streaming", rest=0)
    await stage.until(lambda: not view.live)
    await stage.grab("answer complete")
    for name in ("events", "headers", "summary", "findings"):
        view.show_view(name)
        await stage.grab(f"answer {name}")
    stage.window.composer.request_send()
    stopped = stage.view()
    await stage.until(lambda: stopped.feed.meter.messages_in > 10)
    stage.window.stop()
    await stage.until(lambda: not stopped.live)
    await stage.grab("answer stopped")


async def conversation(stage: Stage) -> None:
    """A WebSocket with messages both ways."""
    await stage.chosen("chat-live")
    stage.window.composer.request_send()
    view = stage.view()
    await stage.until(lambda: bool(view.feed.transcript.finish))
    await stage.grab("websocket")
    view.tabs.setCurrentIndex(1)
    await stage.grab("websocket events")
    stage.window.stop()
    await stage.until(lambda: not view.live)


async def errors(stage: Stage) -> None:
    """What can go wrong, each as it is shown."""
    for name, draft in _failing(stage).items():
        await stage.sent(draft)
        await stage.grab(f"error {name}")
        stage.window.live.close_current()


def _failing(stage: Stage) -> dict[str, Draft]:
    service = {"workspace": "sandbox", "service": "chat"}
    chat = {"path": "/v1/chat/completions", "body": Body("text", text=CHAT), "protocol": Choice("sse")}
    token, public, direct = Choice("token"), Choice("public"), Choice("direct")
    large = Body("bytes", content=b"x" * (13 << 20))
    return {
        "wrong password": Draft(auth=Choice("token", {"password": "wrong"}), channel=public, **service, **chat),
        "wrong secret key": Draft(auth=Choice("aksk", {"secret_key": "wrong"}), channel=public, **service, **chat),
        "wrong path": Draft(auth=token, channel=public, path="/nope", **service),
        "old signature": Draft(
            auth=Choice("aksk"),
            channel=Choice("vpc"),
            headers=(("X-Sdk-Date", "20200101T000000Z"),),
            **service,
            **chat,
        ),
        "stopped service": Draft(auth=token, channel=public, workspace="sandbox", service="archive", **chat),
        "unchecked": Draft(auth=token, channel=direct, **service, **chat),
        "refused": Draft(channel=Choice("address", {"url": "http://127.0.0.1:9/"})),
        "unresolved": Draft(channel=Choice("address", {"url": "https://infer.vpc.invalid/v1"})),
        "self-signed": Draft(channel=Choice("address", {"url": _gateway(stage)})),
        "plain credentials": Draft(auth=Choice("bearer", {"token": "invented"}), channel=direct, **service, **chat),
        "large body": Draft(
            auth=Choice("aksk"), channel=public, **service, body=large, path="/v1/chat/completions"
        ),
        "closed with a code": Draft(
            auth=token,
            channel=public,
            protocol=Choice("websocket"),
            workspace="sandbox",
            service="chat-live",
            path="/echo?close=4001&reason=enough",
            messages=(Outgoing(text="hello"),),
        ),
        "timed out": Draft(auth=token, channel=public, **service, **chat, limits=Limits(total=0.6)),
    }  # fmt: skip


def _gateway(stage: Stage) -> str:
    """The sandbox's gateway, called without its certificate authority."""
    desk = stage.window.desk
    sandbox = desk.runtime.core.sandbox if desk is not None else None
    return f"{sandbox.info['gateway']}/v1" if sandbox is not None else ""
