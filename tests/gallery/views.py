"""Scenes of the views of an exchange: each of them, full, in trouble, over a WebSocket, beside others."""

from tests.gallery import stories
from tests.gallery.stage import Stage

from streamscope.gui.live.tab import ExchangeView
from streamscope.model.event import Event


async def views(stage: Stage) -> None:
    """Every view of a stream with everything in it."""
    view = await shown(stage, stories.stream(), "Tides")
    for kind in view.kinds:
        view.show_view(kind.key)
        await stage.grab(f"view {kind.key}", rest=0.4)
    view.show_view("events")
    row = next(number for number in range(len(view.exchange)) if number > 80)
    view.spotlight.look_at(row)
    await stage.grab("view events chosen", rest=0.3)
    view.spotlight.narrow((2_000 * stories.MS, 5_000 * stories.MS))
    await stage.grab("view events narrowed", rest=0.3)
    view.show_view("timeline")
    await stage.grab("view timeline narrowed", rest=0.5)
    stage.close_answers()
    await shown(stage, stories.choices(), "Choices")
    await stage.grab("view text choices", rest=0.3)
    stage.close_answers()


async def talking(stage: Stage) -> None:
    """Every view of a WebSocket that is new to it."""
    view = await shown(stage, stories.talk(), "Talk", "websocket")
    for key in ("conversation", "events", "timeline", "connection"):
        view.show_view(key)
        await stage.grab(f"talk {key}", rest=0.3)
    stage.close_answers()


async def shown(stage: Stage, events: list[Event], title: str, protocol: str = "sse") -> ExchangeView:
    """A tab with these events."""
    exchange = stories.recorded(events, protocol)
    view = stage.session.sendings.reopen(exchange, title)
    await stage.until(lambda: not view.live)
    return view
