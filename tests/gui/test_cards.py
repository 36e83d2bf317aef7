"""Every error card: raised by its cause in a real window, its button pressed, and what that did."""

import pytest
from msgspec.structs import replace
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton
from tests.gui.conftest import Played
from tests.gui.test_window import ready, until
from tests.program import Sandbox

from streamscope.gui.actions import ACTS
from streamscope.gui.live import remedies
from streamscope.gui.live.tab import ExchangeView
from streamscope.gui.window import Window
from streamscope.model import errors
from streamscope.model.draft import Body, Choice, Draft, Limits
from streamscope.model.service import Service

pytestmark = pytest.mark.window

ERRORS = [name for name, kind in vars(errors).items() if isinstance(kind, type)]

CHAT = '{"messages": [{"role": "user", "content": "Tell me about the harbour."}], "max_tokens": 8}'
BASE = Draft(
    auth=Choice("token"),
    channel=Choice("public"),
    protocol=Choice("sse"),
    workspace="sandbox",
    service="chat",
    path="/v1/chat/completions",
    body=Body("json", CHAT),
)


async def sent(window: Window, draft: Draft) -> ExchangeView:
    window.send(draft)
    view = window.live.current()
    assert view is not None
    await until(lambda: not view.live)
    return view


def buttons(view: ExchangeView) -> dict[str, QPushButton]:
    return {button.text(): button for button in view.findings.findChildren(QPushButton) if button.text()}


async def pressed(window: Window, view: ExchangeView, words: str) -> ExchangeView:
    """Press a card's button and wait for the exchange that comes of it."""
    assert words in buttons(view), list(buttons(view))
    QTest.mouseClick(buttons(view)[words], Qt.MouseButton.LeftButton)
    await until(lambda: window.live.current() is not view)
    again = window.live.current()
    assert again is not None
    await until(lambda: not again.live)
    return again


CASES = [
    ("wrong path", replace(BASE, path="/nope"), "Use the service's path /v1/chat/completions", "Complete"),
    (
        "large body",
        replace(BASE, auth=Choice("aksk"), body=Body("bytes", content=b" " * (12 << 20) + CHAT.encode())),
        "Use the IAM token instead",
        "Error",
    ),
    ("time", replace(BASE, limits=Limits(total=0.05)), "Send again with twice the time", ""),
    ("silence", replace(BASE, limits=Limits(wait=0.05)), "Send again", ""),
    (
        "no listener",
        replace(
            BASE,
            service="",
            workspace="",
            auth=Choice("none"),
            channel=Choice("address", {"url": "http://127.0.0.1:9/"}),
        ),
        "Send again",
        "No connection",
    ),
    ("proxy", replace(BASE, proxy="http://127.0.0.1:9"), "Send without a proxy", "Complete"),
    (
        "wrong secret",
        replace(BASE, auth=Choice("aksk", {"secret_key": "wrong"})),
        "Use the IAM token instead",
        "Complete",
    ),
]


@pytest.mark.parametrize(("draft", "words", "end"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_a_card_has_a_button_that_does_it(sandbox: Sandbox, played: Played, draft: Draft, words: str, end: str) -> None:
    async def script(window: Window) -> None:
        await ready(window)
        service = window.composer.service
        assert service is not None
        wanted = replace(draft, service=service.id) if draft.service else draft
        again = await pressed(window, await sent(window, wanted), words)
        if end:
            assert again.header.word() == end, [again.header.word(), again.findings.count()]

    played(sandbox.profile, script)


def test_a_refused_token_is_fetched_again(sandbox: Sandbox, played: Played) -> None:
    async def script(window: Window) -> None:
        await ready(window)
        service = window.composer.service
        assert service is not None
        view = await sent(window, replace(BASE, service=service.id, headers=(("X-Auth-Token", "cut off"),)))
        assert "Sign in again" in buttons(view)
        cache = window.desk.runtime.core.cache
        await sent(window, replace(BASE, service=service.id))
        before = dict(cache._tokens)
        assert before
        shown = window.live.current()
        QTest.mouseClick(buttons(view)["Sign in again"], Qt.MouseButton.LeftButton)
        await until(lambda: window.live.current() is not shown)
        await until(lambda: not window.live.current().live)
        assert not before.items() & cache._tokens.items()

    played(sandbox.profile, script)


def test_what_is_refused_before_sending_can_be_sent_all_the_same() -> None:
    draft = replace(BASE, auth=Choice("bearer", {"token": "invented"}))
    (remedy,) = remedies.of_failure("PlainCredentials", draft, None)
    assert remedy.draft == replace(draft, allow_plain_credentials=True)
    assert [one.action for one in remedies.of_failure("CredentialError", BASE, None)] == ["sign_in", "credentials"]


def test_every_action_of_a_card_is_one_of_the_window() -> None:
    known = {act.name for act in ACTS} | {"sign_in", remedies.START.action}
    archive = Service("archive", "archive", "sandbox", state="stopped", auth=("token",))
    found = [one for status in range(400, 600) for one in remedies.of_refusal(status, BASE, archive)]
    found += [one for name in ERRORS for one in remedies.of_failure(name, BASE, None)]
    assert {one.action for one in found if one.draft is None} <= known
    assert remedies.START in found


def test_an_untrusted_certificate_can_be_trusted(sandbox: Sandbox, played: Played) -> None:
    async def script(window: Window) -> None:
        await ready(window)
        gateway = window.desk.runtime.core.sandbox.info["gateway"]
        draft = Draft(channel=Choice("address", {"url": f"{gateway}/v1"}))
        again = await pressed(window, await sent(window, draft), "Send without checking the certificate")
        assert again.feed.meter.status is not None

    played(sandbox.profile, script)
