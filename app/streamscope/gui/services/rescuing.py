"""After a call that was refused or cut: what became of its service, on the exchange's own cards, and what helps."""

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QPushButton

from streamscope.gui.live import remedies
from streamscope.gui.messages import MessageView
from streamscope.gui.services.acting import Acting
from streamscope.gui.services.names import shown_name
from streamscope.gui.services.page.way import Way
from streamscope.gui.services.refreshing import Refreshing, Start
from streamscope.gui.texts import told
from streamscope.model.errors import StreamscopeError
from streamscope.model.event import Failed, Finding
from streamscope.model.phrase import NOTHING, Phrase, phrase
from streamscope.model.service import Service

if TYPE_CHECKING:
    from streamscope.engine.deploying import Progress
    from streamscope.gui.desk import Desk
    from streamscope.gui.live.tab import ExchangeView
    from streamscope.gui.services.page.following import Following

_RULE = "service"
"""The card of what became of the service: a later one takes the place of the one before."""


class Rescuing(QObject):
    """Looks once at the service of a call that ended badly; starts it where a person wants that, and follows it."""

    def __init__(self, desk: "Desk", refreshing: Refreshing, acting: Acting, start: Start, parent: QObject) -> None:
        super().__init__(parent)
        self._desk = desk
        self._refreshing = refreshing
        self._acting = acting
        self._start = start
        self._sent: dict[ExchangeView, Service] = {}
        self._open: set[ExchangeView] = set()
        self._way = Way()
        self._followed: dict[ExchangeView, Following] = {}

    def sent(self, view: "ExchangeView", _draft: object) -> None:
        """A call is on its way: what becomes of it may be the service's doing."""
        service = view.service
        if service is not None and self._acting.manageable(service):
            self._sent[view] = service
            self._open.add(view)
            view.destroyed.connect(lambda: self._forget(view))

    def ended(self, view: "ExchangeView") -> None:
        """A call is over: where it ended badly, look what became of its service."""
        service = self._sent.pop(view, None)
        meter = view.feed.meter
        failed = meter.failed.error if isinstance(meter.failed, Failed) else ""
        suspects = remedies.suspects_service(meter.status or 0, failed, meter.result())
        if service is not None and suspects and not self._way.ended:
            self._start(self._look(view, service), f"look what became of {service.name}")

    def start(self, view: "ExchangeView") -> None:
        """Start the service of a call, follow that, and offer to send again."""
        service = view.service
        if service is not None and view not in self._followed:
            self._disarm(view)
            self._start(self._started(view, service), f"start {service.name}")

    def _disarm(self, view: "ExchangeView") -> None:
        """Buttons that start it have done their work."""
        for button in view.findings.findChildren(QPushButton):
            if button.text() == told(remedies.START.words):
                button.setEnabled(False)

    def close(self) -> None:
        """Look at nothing and follow nothing any more."""
        self._way.end()
        for following in self._followed.values():
            following.stop()
        self._followed.clear()

    async def _look(self, view: "ExchangeView", before: Service) -> None:
        from streamscope.engine import discover

        runtime = self._desk.runtime
        try:
            now = await self._way.taken(runtime.run(discover.look(runtime.core, before)))
            if now is not None and now.state in ("running", "concerning") and not self._way.ended:
                anew = discover.complete(runtime.core, replace(now, complete=False))
                now = await self._way.taken(runtime.run(anew))
        except StreamscopeError:
            return  # the call's own card says what is known
        if self._way.ended or view not in self._open:
            return
        if now is None:
            self._refreshing.vanished(before)
            self._gone(view, before)
            return
        self._refreshing.learnt(now)
        view.service = now
        if now.state == "changing":
            self._say(view, "info", phrase("“{name}” is changing: {status}.", name=_name(now), status=now.status))
            self._follow(view, now)
        elif now.state in ("stopped", "failed"):
            self._offer_start(view, now, before)
        elif moved(before, now):
            self._moved(view, now)

    def _gone(self, view: "ExchangeView", service: Service) -> None:
        said = phrase("“{name}” was deleted: its platform does not know it any more.", name=_name(service))
        self._say(view, "warning", said, phrase("Choose another service, or deploy it again."))

    def _moved(self, view: "ExchangeView", service: Service) -> None:
        said = phrase("“{name}” has another address since it was started again.", name=_name(service))
        card = self._say(view, "info", said, phrase("It was read anew."))
        button = self._button(card, phrase("Send to the new address"))
        button.clicked.connect(lambda: view.resend_requested.emit(view.exchange.draft))
        view.findings.fit()

    def _offer_start(self, view: "ExchangeView", now: Service, before: Service) -> None:
        if before.state == now.state == "stopped" and not view.feed.meter.failed:
            return  # the card of the refusal offers it already
        said = phrase("“{name}” does not run: {status}.", name=_name(now), status=now.status)
        card = self._say(view, "warning", said)
        if not str(why := self._acting.obstacle(now, "start")):
            self._button(card, remedies.START.words).clicked.connect(lambda: self.start(view))
        else:
            card.setToolTip(told(why))
        view.findings.fit()

    async def _started(self, view: "ExchangeView", service: Service) -> None:
        self._followed[view] = following = self._following(view)
        card = self._say(view, "info", phrase("“{name}” is being started.", name=_name(service)))
        card.show_share(0.0)
        view.findings.fit()
        if await self._acting.perform("start", service):
            following.begin(service)
        else:
            self._followed.pop(view, None)
            error = self._acting.last_error
            self._say(view, "error", error.message if error else NOTHING, error.hint if error else NOTHING)

    def _follow(self, view: "ExchangeView", service: Service) -> None:
        if view not in self._followed:
            self._followed[view] = following = self._following(view)
            following.begin(service)

    def _following(self, view: "ExchangeView") -> "Following":
        from streamscope.gui.services.page.following import Following

        following = Following(self._desk, self._start, self)
        following.advanced.connect(lambda progress: self._advanced(view, progress))
        return following

    def _advanced(self, view: "ExchangeView", progress: "Progress") -> None:
        if progress.percent is not None and (card := view.findings.card(_RULE)) is not None:
            card.show_share(progress.percent / 100)
        if not progress.done:
            return
        self._followed.pop(view, None)
        now = progress.service
        if progress.gone:
            self._gone(view, now)
            return
        view.service = now
        self._refreshing.learnt(now)
        if now.state in ("running", "concerning"):
            card = self._say(view, "info", phrase("“{name}” runs again.", name=_name(now)))
            button = self._button(card, phrase("Send again"))
            button.clicked.connect(lambda: view.resend_requested.emit(view.exchange.draft))
        else:
            why = progress.trouble
            said = phrase("“{name}” does not run: {status}.", name=_name(now), status=now.status)
            card = self._say(view, "error", why.cause if why else said, why.remedy if why else NOTHING)
        view.findings.fit()

    def _say(self, view: "ExchangeView", severity: str, text: Phrase, remedy: Phrase = NOTHING) -> MessageView:
        finding = Finding(0, _RULE, severity, [], str(text), str(remedy))  # type: ignore[arg-type]
        return view.findings.tell(finding)

    def _button(self, card: MessageView, words: Phrase) -> QPushButton:
        return card.offer(told(words))

    def _forget(self, view: "ExchangeView") -> None:
        self._sent.pop(view, None)
        self._open.discard(view)
        if (following := self._followed.pop(view, None)) is not None:
            following.stop()


def moved(before: Service, now: Service) -> bool:
    """Whether calls went to an address that a service no longer has."""
    olds = {*before.addresses.values(), *before.app_addresses.values()}
    return bool(olds) and not olds <= {*now.addresses.values(), *now.app_addresses.values()}


def _name(service: Service) -> str:
    name = shown_name(service)
    return name if len(name) <= 60 else f"{name[:59]}…"
