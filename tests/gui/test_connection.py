"""The views of a connection, fed by recorded exchanges: phases, what is known, headers, the request as it left."""

import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot
from tests.certificates import Certificate, Issued
from tests.engine.test_sent import ACCEPT, KEY, signed
from tests.exchanges import MS, request, retried, stream
from tests.gui.conftest import Story

from streamscope.gui.live.connection.headers import HeadersView
from streamscope.gui.live.connection.request import RequestView
from streamscope.gui.live.connection.sheet import SheetModel
from streamscope.gui.live.connection.view import ConnectionView
from streamscope.gui.live.connection.waterfall import AXIS, LINE
from streamscope.gui.live.feed import Feed
from streamscope.gui.live.spotlight import Spotlight
from streamscope.gui.live.tab import derived_of
from streamscope.gui.theme import theme
from streamscope.model.errors import StoreError
from streamscope.model.event import Closed, Control, Detail, Event, Head, Message, RequestSent, Trace
from streamscope.model.redact import MASK
from streamscope.store.exchange import Exchange
from streamscope.store.recordings import Recordings

pytestmark = pytest.mark.window
TLS: Detail = {
    "host": "infer.example", "sni": "infer.example", "version": "TLSv1.3", "cipher": "TLS_X", "bits": 256,
    "alpn": "h2", "resumed": False, "trust": "system", "chain": "verified",
}  # fmt: skip
REACHED: Detail = {"address": "203.0.113.7", "port": 443, "family": "IPv4", "local": "10.0.0.2", "local_port": 4}


class Scene:
    """A view on an exchange that grows."""

    def __init__(self, made: Callable[..., Any], exchange: Exchange) -> None:
        self.exchange = exchange
        self.feed = Feed(derived_of(exchange))
        self.spotlight = Spotlight()
        self.view = made(self.feed, self.spotlight)

    def follow(self, *events: Event) -> Any:
        """Add events and let the view see all of them."""
        for event in events:
            self.exchange.append(event)
        self.feed.pull()
        for _ in range(100):
            self.view.follow()
        return self.view


Shown = Callable[..., Scene]


@pytest.fixture
def shown(qtbot: QtBot, dressed: QApplication, story: Story) -> Iterator[Shown]:
    def show(made: Callable[..., Any], *events: Event) -> Scene:
        scene = Scene(made, story(*events))
        qtbot.addWidget(scene.view)
        scene.view.resize(480, 700)
        scene.view.show()
        scene.follow()
        return scene

    yield show


@pytest.fixture(scope="module")
def chain(tmp_path_factory: pytest.TempPathFactory) -> list[bytes]:
    made = Issued.made(tmp_path_factory.mktemp("chain"), "infer.example", 12)
    return der(made.file) + der(made.root)


def der(file: Path) -> list[bytes]:
    found = x509.load_pem_x509_certificates(file.read_bytes())
    return [one.public_bytes(serialization.Encoding.DER) for one in found]


def secure(chain: list[bytes], **facts: Any) -> list[Event]:
    """A call by TLS, up to its answer's head."""
    now = datetime.now(UTC).isoformat()
    made = [
        ("dns", 1, 9, {"asked": "infer.example", "addresses": "203.0.113.7", "by": "system"}),
        ("connect", 9, 30, REACHED | {"number": 1, "of": 1}),
        ("tls", 30, 65, TLS | facts),
    ]
    events: list[Event] = [request("https://infer.example/x", headers=[("Host", "infer.example")], started=now)]
    for name, begin, end, known in made:
        told = chain if name == "tls" else []
        events += [Trace(begin * MS, name, "begin"), Trace(end * MS, name, "end", "", known, told)]
    events += [
        Trace(65 * MS, "send", "begin", "", {"http": "HTTP/2"}),
        Trace(66 * MS, "send", "end", "", {"bytes": 99}),
    ]
    return [*events, Trace(66 * MS, "wait", "begin"), Trace(180 * MS, "wait", "end"), Head(180 * MS, 200, "HTTP/2", [])]


def names(view: ConnectionView) -> list[str]:
    return [one.name for one in view.waterfall.lines if one.bar >= 0]


def said(model: SheetModel) -> str:
    rows = [model.row(at) for at in range(model.rowCount())]
    return "\n".join(f"{row.name}: {row.value}" for row in rows if row is not None)


def press(qtbot: QtBot, widget: QWidget, *keys: Qt.Key) -> None:
    for key in keys:
        qtbot.keyClick(widget, key)


# --- Connection


def test_phases_way_encryption_and_certificates(shown: Shown, chain: list[bytes]) -> None:
    view = shown(ConnectionView, *secure(chain), Closed(300 * MS, "server")).view
    assert names(view) == ["dns", "connect", "tls", "send", "wait", "receive"]
    text = said(view.sheet.model)
    for part in (
        "Name: infer.example is 203.0.113.7", "Address: 203.0.113.7 port 443, IPv4", "From here: 10.0.0.2:4",
        "HTTP version: HTTP/2, agreed on by ALPN: h2", "TLS: TLSv1.3", "Cipher: TLS_X, 256 bits",
        "Proxy: none", "Subject: CN=Root", "It ends within 12 days",
    ):  # fmt: skip
        assert part in text, part
    tones = [section.tone for section in view.sheet.model.sections]
    assert tones == ["", "", "warning", "", ""]


def test_the_waterfall_is_walked_with_keys_and_pointed_at(shown: Shown, chain: list[bytes], qtbot: QtBot) -> None:
    scene = shown(ConnectionView, *secure(chain), Closed(300 * MS, "server"))
    view = scene.view
    press(qtbot, view.waterfall, Qt.Key.Key_Home, Qt.Key.Key_Down, Qt.Key.Key_Down, Qt.Key.Key_Down)
    assert view.waterfall.current().name == "tls"
    assert scene.spotlight.chosen == 6, "the event that told the end of the phase"
    assert "TLS: from 30 ms to 65 ms, 35 ms, 12 % of all" in view.waterfall.accessibleDescription()
    assert "TLS: from 30 ms" in view.about.accessibleName()
    press(qtbot, view.waterfall, Qt.Key.Key_End)
    assert view.waterfall.current().name == "receive"
    point = QPoint(100, AXIS + LINE + LINE // 2)
    qtbot.mouseClick(view.waterfall.viewport(), Qt.MouseButton.LeftButton, pos=point)
    assert view.waterfall.current().name == "dns"
    scene.spotlight.look_at(4)
    assert view.waterfall.current().name == "connect", "another view looked at its end"


def test_the_table_says_the_same_with_pauses(shown: Shown, chain: list[bytes], tmp_path: Path, qtbot: QtBot) -> None:
    view = shown(ConnectionView, *secure(chain), Closed(300 * MS, "server")).view
    view.as_table.click()
    rows = [view.phases.cells(at) for at in range(view.phases.rowCount())]
    assert rows[0] == ("1", "(pause)", "0.000", "1.000", "1.000", "0.3", "")
    assert rows[1][1:6] == ("Name lookup", "1.000", "9.000", "8.000", "2.7")
    assert rows[3] == ("1", "TLS", "30.000", "65.000", "35.000", "11.7", "")
    view.table.selectRow(3)
    press(qtbot, view.table, Qt.Key.Key_Up)
    assert view.waterfall.current().name == "connect"
    qtbot.keyClick(view.table, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text().startswith("1\tConnect\t9.000")
    for suffix in ("csv", "png", "svg"):
        view.save(tmp_path / f"a.{suffix}")
    assert "1,TLS,30.000,65.000,35.000,11.7," in (tmp_path / "a.csv").read_text()
    assert QImage(str(tmp_path / "a.png")).width() == 1200
    assert b"<svg" in (tmp_path / "a.svg").read_bytes()
    with pytest.raises(StoreError):
        view.save(tmp_path / "none" / "a.csv")


def test_each_attempt_has_its_own_connection(shown: Shown) -> None:
    kept = REACHED | TLS | {"reused": True, "requests": 1, "idle_ms": 20.0, "http": "HTTP/1.1"}
    again = [request("https://infer.example/", t=200 * MS, attempt=2)]
    sending = [Trace(201 * MS, "send", "begin", "on a warm connection", kept), Trace(202 * MS, "send", "end")]
    scene = shown(ConnectionView, *secure([]), *again, *sending, Closed(300 * MS, "server"))
    view = scene.view
    assert "kept: no name lookup, no TLS; requests before: 1" in said(view.sheet.model)
    view.waterfall.look_at((0, 1))
    view.waterfall.chosen.emit(view.waterfall.current())
    assert "Connection: new" in said(view.sheet.model)


def test_it_grows_while_nothing_comes_and_stands_still_when_paused(shown: Shown, qtbot: QtBot) -> None:
    scene = shown(ConnectionView, request(), Trace(0, "connect", "begin", "host"))
    view = scene.view
    first = view.waterfall.lines[-1]
    assert first.open
    qtbot.waitUntil(lambda: view.waterfall.lines[-1].end > first.end)
    scene.feed.pause(True)
    view._tick()
    still = view.waterfall.lines[-1].end
    view._tick()
    assert view.waterfall.lines[-1].end == still
    scene.feed.pause(False)
    scene.follow(Trace(5 * MS, "connect", "end"), Closed(9 * MS, "user"))
    assert not view.waterfall.lines[-1].open
    assert not view._timer.isActive()


def test_a_connection_that_was_lost_and_opened_again(shown: Shown) -> None:
    lost = [Message(190 * MS, "in", (1, 1), b"x", "message"), Control(200 * MS, "out", "reconnect", "1006 gone")]
    again = request("https://infer.example/", t=900 * MS, attempt=2)
    view = shown(ConnectionView, *secure([]), *lost, again, Closed(999 * MS, "server")).view
    assert view.waterfall.lines[0].failed
    assert view.waterfall.lines[-1].gap == 700 * MS
    view.waterfall.look_at((0, -1))
    view.waterfall.chosen.emit(view.waterfall.current())
    assert "Lost: 1006 gone; it was opened again" in said(view.sheet.model)


def test_the_last_attempt_is_followed_until_a_person_scrolls(shown: Shown, qtbot: QtBot) -> None:
    many = [event for number in range(30) for event in (request(attempt=number + 1), Head(9, 200, "H", []))]
    scene = shown(ConnectionView, *many)
    bar = scene.view.waterfall.verticalScrollBar()
    qtbot.waitUntil(lambda: bar.value() == bar.maximum() > 0)
    bar.triggerAction(bar.SliderAction.SliderToMinimum)
    scene.follow(request(attempt=31), Head(9, 200, "H", []), Closed(10, "server"))
    assert scene.view.waterfall.current().attempt == 30
    assert bar.value() == 0, "what a person reads stays where it is"


def test_a_failed_handshake_shows_whose_certificate_was_refused(shown: Shown, tmp_path: Path) -> None:
    own = Certificate.made(tmp_path, "other.example")
    events = secure(der(own.file), trust="", failed="self-signed certificate")[:7]
    view = shown(ConnectionView, *events, Closed(70 * MS, "client")).view
    assert view.waterfall.lines[-1].failed
    text = said(view.sheet.model)
    assert "It was refused: self-signed certificate." in text
    assert "It is not for infer.example, but for: other.example." in text


def test_recordings_without_facts_say_that_they_have_none(shown: Shown) -> None:
    view = shown(ConnectionView, *stream()).view
    assert "Connection: not recorded" in said(view.sheet.model)
    assert names(view) == ["dns", "connect", "send", "wait", "receive"]


def test_a_recording_is_reopened_with_all_of_it(shown: Shown, chain: list[bytes], tmp_path: Path, qtbot: QtBot) -> None:
    from streamscope.model.draft import Draft

    exchange = Recordings(tmp_path).new(Draft())
    exchange.extend([*secure(chain), Closed(300 * MS, "server")])
    exchange.close()
    again = Exchange.opened(exchange.path)
    scene = Scene(ConnectionView, again)
    qtbot.addWidget(scene.view)
    assert "Subject: CN=Root" in said(scene.follow().sheet.model)
    again.close()


def test_messages_are_passed_over_unseen(shown: Shown, monkeypatch: pytest.MonkeyPatch) -> None:
    talk = [Message(200 * MS + n, "in", (1, 1), b"x", "event", "message") for n in range(5000)]
    pings = [Control(200 * MS + n, "in", "comment", "x") for n in range(5000)]
    looked: list[int] = []
    one = Exchange.event
    monkeypatch.setattr(Exchange, "event", lambda self, number: (looked.append(number), one(self, number))[1])
    shown(ConnectionView, *secure([]), *talk, *pings, Closed(300 * MS, "server"))
    assert len(looked) < 1100, "the head of it, its end, and where trailers would be"


def test_an_exchange_of_endless_phases_is_cut(shown: Shown, monkeypatch: pytest.MonkeyPatch) -> None:
    from streamscope.gui.live.connection import following

    monkeypatch.setattr(following, "MOST", 50)
    view = shown(ConnectionView, request(), *(Trace(n, "dns", "begin") for n in range(300))).view
    assert len(view.waterfall.lines) == 50
    assert "There is more" in view.about.accessibleName()


# --- Headers


HEAD = [("Server", "ModelArts"), ("Set-Cookie", "sid=s3cret; Path=/"), ("Via", "a"), ("Via", "b")]


def headed(*, trailers: bool = True) -> list[Event]:
    sent = request("https://h/", headers=[("X-Auth-Token", MASK), ("Accept", "*/*")])
    early = Control(5, "in", "informational", "103 Early Hints", detail={"headers": "Link: </a>"})
    events: list[Event] = [sent, early, Head(9, 200, "HTTP/1.1", HEAD), Message(10, "in", (1, 1), b"x")]
    return [*events, *([Control(11, "in", "trailer", "X-Sum: 7")] if trailers else [])]


def test_headers_of_all_kinds_are_there(shown: Shown) -> None:
    scene = shown(HeadersView, *headed())
    titles = [section.title for section in scene.view.model.sections]
    assert titles == ["Request", "Interim answer", "Answer"], "trailers are known once it is over"
    scene.follow(Closed(12, "server"))
    assert [section.title for section in scene.view.model.sections][3:] == ["Trailers"]
    text = said(scene.view.model)
    assert "Link: </a>" in text
    assert "Via: a\nVia: b" in text
    assert "X-Sum: 7" in text
    assert f"Set-Cookie: sid={MASK}; Path=/" in text
    assert "s3cret" not in text


def test_another_view_points_at_a_head(shown: Shown, qtbot: QtBot) -> None:
    heads = [event for number in range(40) for event in (request(attempt=number + 1), Head(9, 200 + number, "H", HEAD))]
    scene = shown(HeadersView, *heads, Closed(9, "server"))
    tree, model = scene.view.sheet.tree, scene.view.model
    qtbot.waitUntil(lambda: tree.verticalScrollBar().maximum() > 100)
    scene.spotlight.look_at(41)
    top = tree.rowAt(2)
    assert model.row(top) is None
    assert model.section(top).about.startswith("H 220 ")


def test_what_looks_like_html_is_none(shown: Shown, chain: list[bytes]) -> None:
    evil = "<img src='file:///x'><b>bold"
    view = shown(ConnectionView, *secure(chain, failed=evil)[:7], Closed(70 * MS, "client")).view
    view.waterfall.look_at((0, 2))
    view._show()
    view._fill_table()
    tip = view.phases.index(3, 6).data(Qt.ItemDataRole.ToolTipRole)
    assert "&lt;img" in tip
    assert "<img" not in tip
    assert view.about.textFormat() == Qt.TextFormat.PlainText
    view.about.resize(40, 20)
    assert "<img" not in view.about.toolTip()


def test_the_headers_of_many_attempts_at_once(shown: Shown) -> None:
    many = [event for number in range(40) for event in (request(attempt=number + 1), Head(9, 200, "HTTP/1.1", HEAD))]
    view = shown(HeadersView, *many).view
    assert [section.title for section in view.model.sections][-2:] == ["Request, attempt 40", "Answer"]
    assert len(view.model.sections) == 80


def test_masked_ones_say_why_and_known_ones_what_they_mean(shown: Shown) -> None:
    view = shown(HeadersView, *headed(), Closed(12, "server")).view
    rows = {row.name: row for row in view.model.rows()}
    assert rows["X-Auth-Token"].masked
    assert "it left as it is" in rows["X-Auth-Token"].hint
    assert "views do not show it" in rows["Set-Cookie"].hint
    assert "Proxies and gateways" in rows["Via"].hint
    assert not rows["Accept"].masked


def test_headers_are_found_sorted_and_copied(shown: Shown, qtbot: QtBot) -> None:
    view = shown(HeadersView, *headed(), Closed(12, "server")).view
    qtbot.keyClicks(view.filter, "VIA")
    qtbot.waitUntil(lambda: view.hits.text() == "found: 2")
    view.filter.clear()
    qtbot.waitUntil(lambda: view.hits.text() == "")
    view.by_name.click()
    assert [row.name for row in view.model.sections[0].rows] == ["X-Auth-Token", "Accept"]
    assert [row.name for row in view.model.rows()][:2] == ["Accept", "X-Auth-Token"]
    view.sheet.tree.setCurrentIndex(view.model.index(1, 0))
    press(qtbot, view.sheet.tree, Qt.Key.Key_Down)
    qtbot.keyClick(view.sheet.tree, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text() == f"X-Auth-Token: {MASK}"
    menu = view.sheet.menu()
    actions = {action.text(): action for action in menu.actions()}
    for words, wanted in (
        ("Copy name", "X-Auth-Token"), ("Copy value", MASK), ("Copy as options of curl", f"-H 'X-Auth-Token: {MASK}'"),
    ):  # fmt: skip
        actions[words].trigger()
        assert QGuiApplication.clipboard().text() == wanted
    actions["Copy all"].trigger()
    assert QGuiApplication.clipboard().text().count("\nVia: ") == 2
    menu.deleteLater()


def test_hostile_headers(shown: Shown) -> None:
    odd = [("X-" + "long" * 100, "1"), ("X-Bidi", "a\u202eb"), ("X-Nul", "a\0b"), ("X-Big", "A" * 1_000_000)]
    many = [(f"X-{number}", "v") for number in range(10_000)]
    view = shown(HeadersView, request(headers=odd), Head(9, 200, "HTTP/1.1", [*odd, *many]), Closed(9, "server")).view
    assert view.model.rowCount() == 2 + 2 * len(odd) + len(many)
    shown_values = [view.model.index(row, 1).data() for row in range(1, 5)]
    assert shown_values[1:3] == ["a\\u202eb", "a␀b"]
    assert len(shown_values[3]) < 1100
    view.sheet.tree.setCurrentIndex(view.model.index(4, 0))
    assert "1.0 MB" in view.sheet.reader.toPlainText()
    before = time.process_time()
    view.model.filter("x-99", by_name=True)
    assert view.model.hits() == 111
    assert time.process_time() - before < 5, "it is a matter of milliseconds"


# --- Request as sent


def test_the_request_is_shown_as_it_left_and_explained(shown: Shown, qtbot: QtBot) -> None:
    view = shown(RequestView, signed(body='{"a":1}'), Head(9, 200, "HTTP/1.1", []), Closed(10, "server")).view
    text = view.code.toPlainText()
    assert text.startswith("POST /p/q?b=2&a=1 HTTP/1.1\nHost: h.example\nX-Sdk-Date: 20261124T083000Z\n")
    assert text.endswith('\n\n{"a":1}')
    view.pretty.click()
    assert view.code.toPlainText().endswith('{\n  "a": 1\n}')
    row = next(row for row in view.sheet.model.rows() if str(row.key).startswith("x-sdk-date#"))
    view.sheet.look_at(row.key)
    (mark,) = view.code.extraSelections()
    assert mark.cursor.block().text().startswith("X-Sdk-Date")
    assert "The time of signing" in view.sheet.reader.toPlainText()
    press(qtbot, view.sheet.tree, Qt.Key.Key_Up)
    assert view.code.extraSelections()[0].cursor.block().text() == "Host: h.example"
    for made in (view.as_curl(), view.as_python(), view.as_http()):
        assert "Access=AK" in made
        assert MASK in made
        assert '{"a":1}' in made
    assert "SHA-256 of the body's 7 bytes: checked, it is." in [row.hint for row in view.sheet.model.rows()]


def test_attempts_are_chosen_and_the_last_is_followed(shown: Shown, qtbot: QtBot) -> None:
    scene = shown(RequestView, *retried()[:8])
    view = scene.view
    assert view.attempts.count() == 1
    assert not view.attempts.isVisible()
    scene.follow(*retried()[8:])
    assert [view.attempts.itemText(at) for at in range(2)] == ["Attempt 1 · 401", "Attempt 2 · 200"]
    assert view.attempts.currentIndex() == 1
    press(qtbot, view.attempts, Qt.Key.Key_Up)
    assert scene.spotlight.chosen == 0


def test_a_handshake_is_explained_and_checked(shown: Shown) -> None:
    sent = request("ws://h/", method="GET", protocol="websocket", body="", headers=[("Sec-WebSocket-Key", KEY)])
    answer = [("Upgrade", "websocket"), ("Sec-WebSocket-Accept", ACCEPT)]
    view = shown(RequestView, sent, Head(9, 101, "HTTP/1.1", answer), Closed(10, "server")).view
    rows = {row.name: row for row in view.sheet.model.rows()}
    assert "computed here, it is the same" in rows["Sec-WebSocket-Accept"].hint
    assert "websockets" in view.as_python()
    wrong = shown(RequestView, sent, Head(9, 101, "HTTP/1.1", [answer[0]]), Closed(10, "server")).view
    assert wrong.sheet.model.sections[-1].tone == "error"


@pytest.mark.parametrize(
    ("fields", "part"),
    [
        ({"body": "A" * 500_000}, "more"),
        ({"body_base64": bytes(range(256)) * 40}, "00000000  00 01 02 03"),
        ({"body": "[" * 10_000}, "[[[["),
        ({"body": "a\u202eb\0"}, "that are no text:"),
        ({"body": "a\u202eb"}, "a\\u202eb"),
        ({"headers": [("Content-Length", "9")]}, "The body of 9 bytes is not recorded."),
        ({"notes": [("Sent from disk", "a.bin (9 bytes)")]}, "a.bin (9 bytes)"),
        ({"url": "nonsense \u202e"}, "POST / HTTP/1.1"),
        ({"headers": [("X", "y" * 1_000_000)] * 3}, "X: yyyy"),
    ],
)
def test_bodies_of_all_kinds_stay_small_on_the_screen(shown: Shown, fields: dict[str, Any], part: str) -> None:
    base: dict[str, Any] = {
        "t": 0, "started": "", "method": "POST", "url": "https://h/", "headers": [], "auth": "none",
        "channel": "address", "protocol": "https",
    }  # fmt: skip
    view = shown(RequestView, RequestSent(**(base | fields)), Closed(10, "user")).view
    text = view.code.toPlainText()
    assert part in text
    assert len(text) < 80_000
    assert max(map(len, text.split("\n"))) < 5000
    view.as_curl(), view.as_python(), view.as_http()


@pytest.mark.parametrize("made", [ConnectionView, HeadersView, RequestView])
def test_nothing_is_shown_of_nothing_and_it_changes_its_clothes(
    shown: Shown, made: type[QWidget], dressed: QApplication
) -> None:
    scene = shown(made)
    scene.follow(request(), Head(9, 200, "HTTP/1.1", HEAD), Closed(10, "server"))
    theme.wear(dressed, "dark")
    scene.view.grab()
    theme.wear(dressed, "light")
    scene.view.resize(360, 400)
    assert not scene.view.grab().isNull()
    assert scene.view.minimumSizeHint().width() <= 360
