"""The open requests: a strip of tabs above the one composer, which shows the request in front."""

import secrets
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from msgspec.structs import replace
from PySide6.QtCore import QPoint, Qt, QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QMenu, QToolButton, QWidget

from streamscope.gui.composer.pane import ComposerPane
from streamscope.gui.draft_bar import DraftBarView
from streamscope.gui.marks import tool_button
from streamscope.model.draft import Body, Choice, Draft, Outgoing
from streamscope.model.service import Sample, Service

SOON = 400
"""Milliseconds after the last edit until the request in front is read: reading a large body costs."""
_REOPENABLE = 50


@dataclass(eq=False)
class OpenDraft:
    """One open request: what is composed, what of it is kept in a file, and the composer's own state of it."""

    draft: Draft
    kept: Draft
    path: Path | None = None
    stamp: str = ""
    service: Service | None = None
    title: str = ""
    key: str = field(default_factory=lambda: secrets.token_hex(6))
    state: object | None = None
    sent: bool = False

    @property
    def untouched(self) -> bool:
        """Whether a person did nothing with it yet, so that it may be replaced by another."""
        return not self.dirty and self.path is None and not self.sent

    @property
    def dirty(self) -> bool:
        """Whether something in it is kept nowhere: in a file's case, what differs from the file."""
        return self.draft != self.kept


class DraftTabs(QWidget):
    """Opens, shows, closes and reopens requests; exactly one is in front, and the composer shows it.

    `changed` tells a request whose content or place may have changed, `closed` one that is gone, `turned` one that came
    to the front.
    """

    changed = Signal(object)
    closed = Signal(object)
    turned = Signal(object)
    new_requested = Signal()

    def __init__(self, composer: ComposerPane, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.composer = composer
        self.requests: list[OpenDraft] = []
        self._gone: list[OpenDraft] = []
        self._front: OpenDraft | None = None
        self._showing = False
        self.setObjectName("strip")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.bar = DraftBarView(self.tr("Open requests"), self.tr("Close this request (Ctrl+W)"))
        self.bar.customContextMenuRequested.connect(self._menu)
        self.bar.currentChanged.connect(self._turn)
        self.bar.tabMoved.connect(self._moved)
        self.add_button: QToolButton = tool_button("plus", self.tr("New request (Ctrl+N)"), self)
        self.add_button.clicked.connect(self.new_requested)
        self.bar.close_button.clicked.connect(self.close_current)
        self.bar.tab_closed.connect(lambda index: self.close_request(self.requests[index]))
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 8, 0)
        self._row.setSpacing(0)
        self._row.addWidget(self.bar, 0)
        self._row.addSpacing(4)
        self._row.addWidget(self.add_button)
        self._row.addSpacing(8)
        self._row.addStretch(1)
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(SOON)
        self._soon.timeout.connect(self.read)
        composer.edited.connect(self._edited)

    def add_corner(self, widget: QWidget) -> None:
        """A widget at the right end of the strip."""
        self._row.addWidget(widget)

    def current(self) -> OpenDraft | None:
        """The request in front."""
        return self._front

    def open_draft(
        self,
        draft: Draft,
        *,
        path: Path | None = None,
        stamp: str = "",
        service: Service | None = None,
        kept: Draft | None = None,
        key: str = "",
        at: int | None = None,
        front: bool = True,
    ) -> OpenDraft:
        """Open a request in a tab of its own, in front unless told otherwise; a file's stands once only."""
        if path is not None and (known := self.of_file(path)) is not None:
            self.show_request(known)
            return known
        made = OpenDraft(draft, draft if kept is None else kept, path, stamp, service)
        made.key = key or made.key
        made.title = title_of(made)
        where = len(self.requests) if at is None else at
        self.requests.insert(where, made)
        blocked = self.bar.blockSignals(True)
        self.bar.insertTab(where, "")
        self.bar.blockSignals(blocked)
        self._name(made)
        if front or self._front is None:
            self.show_request(made)
        self.changed.emit(made)
        return made

    def show_request(self, request: OpenDraft) -> None:
        """Bring a request to the front, while it is open."""
        if request not in self.requests:
            return
        index = self.requests.index(request)
        if self.bar.currentIndex() != index:
            self.bar.setCurrentIndex(index)
        else:
            self._turn(index)

    def read(self) -> None:
        """Read the composer into the request in front; says so where it changed."""
        self._soon.stop()
        if self._front is None or self._showing:
            return
        draft = self.composer.draft()
        if draft != self._front.draft:
            self._front.draft = draft
            self._front.service = self.composer.service
            self._name(self._front)
            self.changed.emit(self._front)

    def rebase(self, request: OpenDraft, kept: Draft, *, path: Path | None = None, stamp: str = "") -> None:
        """What of a request is kept now, and where."""
        request.kept = kept
        if path is not None:
            request.path, request.stamp = path, stamp
        self._tell(request)

    def replace(self, request: OpenDraft, draft: Draft, service: Service | None = None) -> None:
        """Other content for a request, as new: nothing of it was edited yet."""
        request.draft = request.kept = draft
        request.service, request.state = service, None
        if request is self._front:
            self._show(request)
        self._tell(request)

    def change(self, request: OpenDraft, draft: Draft) -> None:
        """Other content for a request, as an edit of it: what is kept of it stays what it was."""
        request.draft, request.state = draft, None
        if request is self._front:
            self._show(request)
        self._tell(request)

    def know(self, services: Iterable[Service]) -> None:
        """Services that are known now: requests about them that did not know theirs yet get it."""
        known = {(service.workspace, service.id): service for service in services}
        for request in self.requests:
            service = known.get((request.draft.workspace, request.draft.service))
            if service is not None and (request.service is None or not request.service.complete):
                request.service = service
                self._name(request)
                if request is self._front:
                    self.composer.update_service(service)

    def fill(self, filling: Callable[[], None]) -> None:
        """Let the request in front be filled from outside of the tabs; what it holds then counts as untouched."""
        if self._front is None:
            return
        filling()
        self._soon.stop()
        self._front.draft = self._front.kept = self.composer.draft()
        self._front.service = self.composer.service
        self._name(self._front)
        self.changed.emit(self._front)

    def duplicate(self, request: OpenDraft | None = None) -> None:
        """The same request once more beside it, in no file yet; the one in front unless another is named."""
        self.read()
        if (same := request or self._front) in self.requests:
            at = self.requests.index(same) + 1
            self.open_draft(same.draft, service=same.service, kept=Draft(), at=at)

    def close_request(self, request: OpenDraft) -> None:
        """Close a request; it can be reopened with all that was composed. The last one leaves an empty one."""
        if request not in self.requests:
            return
        if request is self._front:
            self.read()
            request.state = self.composer.take_state()
        index = self.requests.index(request)
        self.requests.pop(index)
        self._gone = [*self._gone[-_REOPENABLE + 1 :], request]
        if request is self._front:
            self._front = None
        blocked = self.bar.blockSignals(True)
        self.bar.removeTab(index)
        self.bar.blockSignals(blocked)
        self.closed.emit(request)
        if not self.requests:
            self.open_draft(Draft())
        elif self._front is None:
            self.show_request(self.requests[min(index, len(self.requests) - 1)])

    def close_current(self) -> None:
        """Close the request in front."""
        if self._front is not None:
            self.close_request(self._front)

    def close_others(self, request: OpenDraft) -> None:
        """Close all requests but one."""
        for other in [known for known in self.requests if known is not request]:
            self.close_request(other)

    def reopen(self) -> None:
        """Open the request that was closed last."""
        if self._gone:
            gone = self._gone.pop()
            again = self.open_draft(
                gone.draft, path=gone.path, stamp=gone.stamp, service=gone.service, kept=gone.kept, front=False
            )
            again.state = gone.state
            self.show_request(again)

    def remember_closed(self, requests: list[OpenDraft]) -> None:
        """What an earlier run closed, the last one at the end."""
        self._gone = [*requests, *self._gone][-_REOPENABLE:]

    def step(self, by: int) -> None:
        """Go some tabs to the right or left, around the ends."""
        if self.requests:
            self.bar.setCurrentIndex((self.bar.currentIndex() + by) % len(self.requests))

    def go(self, number: int) -> None:
        """Go to the n-th tab from 0, to the last one with -1."""
        if -1 <= number < len(self.requests):
            self.bar.setCurrentIndex(number if number >= 0 else len(self.requests) - 1)

    def of_file(self, path: Path) -> OpenDraft | None:
        """The open request of a file."""
        return next((known for known in self.requests if known.path == path), None)

    def of_service(self, service: Service) -> OpenDraft | None:
        """The open request of a service, in no file: the one in front before any other, else the last one."""
        fitting = [
            known
            for known in self.requests
            if known.path is None and (known.draft.workspace, known.draft.service) == (service.workspace, service.id)
        ]
        return self._front if self._front in fitting else fitting[-1] if fitting else None

    def _tell(self, request: OpenDraft) -> None:
        """A request changed; one that was closed meanwhile (a save takes its time) has no tab to say so."""
        if request in self.requests:
            self._name(request)
            self.changed.emit(request)

    def _edited(self) -> None:
        if not self._showing:
            self._soon.start()

    def _turn(self, index: int) -> None:
        if not 0 <= index < len(self.requests) or self.requests[index] is self._front:
            return
        self.read()
        if self._front is not None:
            self._front.state = self.composer.take_state()
        self._front = self.requests[index]
        self._show(self._front)
        self.turned.emit(self._front)

    def _show(self, request: OpenDraft) -> None:
        self._showing = True
        try:
            self.composer.set_service_of(request.service, request.draft.workspace)
            if request.state is not None:
                self.composer.show_state(request.state)
            else:
                self.composer.show_draft(request.draft)
        finally:
            self._showing = False
        self._soon.stop()

    def _moved(self, after: int, before: int) -> None:
        self.requests.insert(after, self.requests.pop(before))
        self.changed.emit(self.requests[after])

    def _name(self, request: OpenDraft) -> None:
        """The tab's words: a mark before those with something unsaved."""
        request.title = title_of(request)
        index = self.requests.index(request)
        name = request.title or self.tr("New request")
        shown = " ".join(name[:200].replace("&", "&&").split())
        self.bar.name_tab(index, f"● {shown}" if request.dirty and request.path is not None else shown)
        unsaved = self.tr("{name}: changed, not saved").format(name=name)
        where = f"\n{request.path}" if request.path is not None else ""
        self.bar.setTabToolTip(index, (unsaved if request.dirty else name) + where)
        self.bar.setAccessibleTabName(index, unsaved if request.dirty and request.path is not None else name)

    def _menu(self, point: QPoint) -> None:
        index = self.bar.tabAt(point)
        if index < 0:
            return
        request = self.requests[index]
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction(self.tr("Close"), lambda: self.close_request(request))
        menu.addAction(self.tr("Close the others"), lambda: self.close_others(request))
        menu.addSeparator()
        menu.addAction(self.tr("Duplicate"), lambda: self.duplicate(request))
        menu.popup(self.bar.mapToGlobal(point))


def with_sample(draft: Draft, sample: Sample) -> Draft:
    """A draft with the path, the method and what is sent of a sample."""
    kind: Literal["json", "text"] = "json" if sample.body.lstrip()[:1] in ("{", "[") else "text"
    other = sample.protocol and sample.protocol != draft.protocol.kind
    return replace(
        draft,
        protocol=Choice(sample.protocol) if other else draft.protocol,
        path=sample.path,
        method="" if sample.messages else sample.method,
        body=Body(kind, sample.body) if sample.body else Body(),
        messages=tuple(Outgoing(text) for text in sample.messages),
    )


def title_of(request: OpenDraft) -> str:
    """What a request is called: its own name, its file's, its service's, or the host that it goes to."""
    draft = request.draft
    if draft.name:
        return draft.name
    if request.path is not None:
        return request.path.stem
    service = request.service
    if service is not None and service.id == draft.service:
        return service.name
    return draft.service or draft.channel.values.get("url", "").partition("://")[2].partition("/")[0]
