"""Scenes of the composer: every sheet empty and filled, every authentication's form, every kind of body, many tabs."""

from msgspec.structs import replace
from tests.gallery import filling
from tests.gallery.stage import Stage

from streamscope.model.draft import Body, Choice, Draft


async def empty(stage: Stage) -> None:
    """A new request: no service, nothing typed; and every sheet of it."""
    stage.window.new_request()
    sheets = stage.window.composer.sheets
    for index, name in enumerate(("params", "body", "headers", "auth", "settings", "preview")):
        sheets.setCurrentIndex(index)
        await stage.grab(f"empty {name}")


async def filled(stage: Stage) -> None:
    """Every sheet of a request that uses all of them."""
    composer = stage.window.composer
    stage.compose(filling.every_setting())
    for name, widget in (
        ("params", composer.parameters),
        ("headers", composer.headers),
        ("settings", composer.settings),
        ("preview", stage.window.preview),
    ):
        composer.show_sheet(widget)
        await stage.grab(f"sheet {name}", rest=0.4)
    bar = composer.settings.verticalScrollBar()
    composer.show_sheet(composer.settings)
    bar.setValue(bar.maximum())
    await stage.grab("sheet settings below")


async def bodies(stage: Stage) -> None:
    """Body of each kind, JSON that is broken, a search in it, and the messages of a conversation."""
    composer, base = stage.window.composer, filling.every_setting()
    composer.sheets.setCurrentIndex(1)
    for name, body in {
        "none": Body(),
        "json": base.body,
        "broken json": Body("json", '{\n  "model": "chat",\n  "messages": [,]\n}'),
        "text": Body(
            "text", "The tide comes back at nine.\n潮水在九点回来。\n\u202eright to left\u202c and a tab\there"
        ),
        "form": filling.FORM,
        "multipart": filling.PARTS,
        "file": Body("file", file=__file__),
        "missing file": Body("file", file="/home/someone/nowhere/2026-01-31 harbour at nine.wav"),
    }.items():
        stage.compose(replace(base, body=body))
        await stage.grab(f"body {name}", rest=0.5)
    stage.compose(base)
    composer.body.editor.setFocus()
    stage.window.find_here()
    await stage.grab("body find")
    stage.compose(replace(base, protocol=Choice("websocket"), body=Body(), messages=filling.MESSAGES))
    await stage.grab("messages")
    stage.compose(replace(base, protocol=Choice("websocket"), body=Body()))
    await stage.grab("messages none")


async def auths(stage: Stage) -> None:
    """The form of each authentication, on a service and without one."""
    await stage.chosen("chat")
    composer = stage.window.composer
    composer.show_sheet(composer.auth_form)
    assert composer.shelves is not None
    for key in composer.shelves.auth:
        composer.choose(auth=key, channel="public", protocol="sse")
        await stage.grab(f"auth {key}", rest=0.25)
    front = composer.draft()
    stage.compose(replace(front, auth=Choice("token", credential="work account")))
    await stage.grab("auth with a credential", rest=0.25)
    composer.choose(auth="api_key", channel="public", protocol="websocket")
    await stage.grab("not offered")
    composer.auth.combo.showPopup()
    await stage.grab("list of authentications")
    composer.auth.combo.hidePopup()
    composer.choose(channel="vpc", auth="token", protocol="sse")
    await stage.grab("channel vpc")


async def tabs(stage: Stage) -> None:
    """Many requests, with long names; one of a file that was changed."""
    drafts = stage.window.drafts
    for name in (
        "Short note",
        "转写会议录音",
        filling.LONG,
        "Models",
        "a",
        "Delete a session",
        "chat",
        "Speech",
        "Echo",
    ):
        drafts.open_draft(Draft(name=name), front=False)
    await stage.grab("many tabs")
    stage.window.collections.refresh()
    await stage.until(lambda: next(iter(stage.window.collections.model.requests()), None))
    stage.session.keeping.open_file(next(iter(stage.window.collections.model.requests())).path)
    await stage.until(lambda: any(one.path for one in drafts.requests))
    stage.window.composer.address.path.insert("/changed")
    drafts.read()
    await stage.grab("changed file")
    for request in [one for one in drafts.requests if one is not drafts.current()]:
        drafts.close_request(request)
    drafts.close_current()
