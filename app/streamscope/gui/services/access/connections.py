"""Connections from networks to services of a workspace: asked for, approved or refused, taken away."""

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING, ClassVar

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QPushButton, QVBoxLayout, QWidget

from streamscope.gui.form import Form
from streamscope.gui.services.access.base import AccessDialog, Part, day
from streamscope.gui.services.access.facts import FactsView
from streamscope.gui.services.access.looking import insist
from streamscope.gui.services.access.secret import SecretView
from streamscope.gui.services.listing import in_order
from streamscope.gui.texts import breakable
from streamscope.gui.workspaces.sections import LABELS, caption
from streamscope.model.deployment import Connection
from streamscope.model.errors import StreamscopeError
from streamscope.model.field import Field
from streamscope.model.phrase import phrase
from streamscope.model.service import Service

if TYPE_CHECKING:
    from streamscope.gui.desk import Desk
    from streamscope.kinds.platforms.base import Site
    from streamscope.kinds.platforms.generation import Connections

_URLS = Field("custom_urls", phrase("URLs of your own"), "lines", help=phrase("One a line, 10 at most."))
_REVIEWED = ("APPROVE", "REJECT")
_SOON = 2500
"""Milliseconds after which connections that change are looked at again."""
_VPC, _POOL, _GLOBAL = ("scene", "VPC"), ("scene", "POOL"), "GLOBAL"


def fields(services: list[Service]) -> tuple[Field, ...]:
    """What a new connection is asked for."""
    named = tuple((one.id, phrase("{name}", name=one.name)) for one in services)
    return (
        Field(
            "scope",
            phrase("Leads to"),
            "choice",
            "SERVICE",
            choices=(("SERVICE", phrase("One service")), (_GLOBAL, phrase("All services of its dispatcher"))),
        ),
        Field("service", phrase("Service"), "choice", choices=named, required=True),
        Field(
            "scene",
            phrase("Comes from"),
            "choice",
            "VPC",
            choices=(("VPC", phrase("A VPC and its subnet")), ("POOL", phrase("A resource pool"))),
        ),
        Field("vpc_id", phrase("VPC id"), required=True, shown_when=_VPC),
        Field("subnet_id", phrase("Subnet id"), required=True, shown_when=_VPC),
        Field("pool_id", phrase("Pool id"), required=True, shown_when=_POOL),
        _URLS,
    )


class ConnectionsDialog(AccessDialog[Connection]):
    """What this account asked for, then what it is asked for by others; each can be answered as its state allows."""

    part: ClassVar[Part] = "connections"

    def __init__(
        self, desk: "Desk", parent: QWidget | None = None, *, workspace: str = "", service: Service | None = None
    ) -> None:
        super().__init__(desk, "", parent, workspace=workspace or (service.workspace if service is not None else ""))
        self.setWindowTitle(self.tr("Intranet connections"))
        self.list.setAccessibleName(self.tr("Intranet connections"))
        self._service = service
        self._reviews: set[str] = set()
        self._asked: set[str] = set()
        self._again = QTimer(self)
        self._again.setSingleShot(True)
        self._again.setInterval(_SOON)
        self._again.timeout.connect(self._look_again)
        self.title = caption("")
        self.title.setWordWrap(True)
        self.form: Form | None = None
        self.reason = QLineEdit()
        self.create_button = QPushButton(self.tr("Ask for it"))
        self.create_button.setProperty("role", "primary")
        self.create_button.setAutoDefault(False)
        self.create_button.clicked.connect(self.create_connection)
        self._shown: QWidget | None = None
        line = QHBoxLayout()
        line.addWidget(self.create_button)
        line.addStretch(1)
        self._making = QWidget()
        self._fields = QVBoxLayout(self._making)
        self._fields.setContentsMargins(0, 0, 0, 0)
        self._fields.setSpacing(12)
        self._fields.addLayout(line)
        self.column.insertWidget(0, self.title)
        self.column.addWidget(self._making)
        self.column.addStretch(1)
        self._make_form()
        self.show_value(None)
        self.read()

    def read(self) -> None:
        """Ask for both lists."""
        if not self.workspace():
            self.about.setText(self.tr("No workspace here has such connections: add one of a platform that has."))
            self._making.setEnabled(False)
            return

        from streamscope.engine import discover

        core, name = self.desk.runtime.core, self.workspace()

        async def both(part: "Connections", site: "Site") -> tuple[list[Connection], list[Connection]]:
            if name not in core.services:  # where a new one can lead to
                with suppress(StreamscopeError):
                    await discover.services(core, core.bench.workspaces.get(name))
            return await asyncio.gather(part.asked(site), part.reviews(site))

        self.inquire(both, self.tr("Reading the connections…"), self._take_both, reading=True)

    def texts(self, value: Connection) -> tuple[str, str]:
        """Where it leads to; how far it is, and where it comes from."""
        where = value.service or self.tr("all services")
        who = (
            self.tr("asked by {name}").format(name=value.applicant or "?")
            if value.id in self._reviews
            else value.network
        )
        return where, f"{value.status} · {who}"

    def key(self, value: Connection) -> str:
        """The platform's id."""
        return value.id

    def removable(self, value: Connection) -> bool:
        """One's own."""
        return value.id not in self._reviews

    def show_value(self, value: Connection | None) -> None:
        """What is known of a connection, and what can be done with it; or what a new one is asked for."""
        if self._shown is not None:
            self.column.removeWidget(self._shown)
            self._shown.hide()
            self._shown.deleteLater()
            self._shown = None
        self._making.setVisible(value is None)
        self.about.setVisible(value is None)
        self.about.setText(
            self.tr(
                "A connection lets callers in a network of yours reach a service without the internet. Whoever owns "
                "the service approves it first."
            )
        )
        self.title.setText(breakable(self.texts(value)[0]) if value is not None else self.tr("New connection"))
        if value is not None:
            self._shown = self._facts(value)
            self.column.insertWidget(2, self._shown)

    def focus_new(self) -> None:
        """Where it leads to."""
        if self.form is not None:
            self.form.focus_first()

    def create_connection(self) -> None:
        """Ask for a connection."""
        if self.acting or self.form is None or not self.form.complete():
            return
        values = {key: value for key, value in self.form.values().items() if key in self.form.shown()}
        service = values.pop("service", "")
        self.inquire(
            lambda part, site: part.create(site, service, values),
            self.tr("Asking for a connection…"),
            lambda made: self.altered(made.id),
        )

    def answer(self, connection: Connection, action: str) -> None:
        """Approve, reject, cancel or try again."""
        reason = self.reason.text().strip() if action == "REJECT" else ""
        self.inquire(
            lambda part, site: part.answer(site, connection.id, action, reason),
            self.tr("Answering…"),
            lambda _: self.altered(connection.id),
        )

    def remove(self) -> None:
        """Take a connection away."""
        connection = self.value()
        if connection is None:
            return
        self.confirm(
            self.tr("Delete the connection to {name}?").format(name=self.texts(connection)[0]),
            self.tr("Callers in {network} cannot reach it any more.").format(network=connection.network),
            self.tr("Delete"),
            lambda: self._delete(connection),
        )

    def _delete(self, connection: Connection) -> None:
        async def delete(part: "Connections", site: "Site") -> None:
            insist(await part.delete(site, [connection.id]))

        self.inquire(delete, self.tr("Deleting the connection…"), lambda _: self.altered(""))

    def _look_again(self) -> None:
        """Something was changing: is it done by now?"""
        if self.isVisible() and not self.asking.asking and self.asking.card is None:
            self.read()

    def _take_both(self, found: tuple[list[Connection], list[Connection]]) -> None:
        own, others = found
        if any(one.state == "changing" for one in (*own, *others)):
            self._again.start()
        self._make_form()
        known = {one.id for one in own}
        self._reviews = {one.id for one in others if one.id not in known}
        self._asked = {one.id for one in others}
        self.take([*own, *(one for one in others if one.id not in known)])

    def _make_form(self) -> None:
        rows = list(self.desk.runtime.core.services.get(self.workspace(), {}).values())
        offered = [one for one in rows if one.generation == self._generation()]
        if self._service is not None and self._service.id not in {one.id for one in offered}:
            offered.insert(0, self._service)
        made = fields(offered)
        if self.form is not None and self.form.fields == made:
            return
        typed = self.form.values() if self.form is not None else {}
        if self.form is not None:
            self._fields.removeWidget(self.form)
            self.form.hide()
            self.form.deleteLater()
        self.form = Form(made, label_width=LABELS)
        first = {"service": self._service.id} if self._service is not None else {}
        self.form.set_values({**first, **typed})
        self._fields.insertWidget(0, self.form)
        last = self.form.editor(_URLS.key).last_focus()
        in_order([last, self.create_button])

    def _generation(self) -> str:
        from streamscope.gui.services.access.base import offering

        workspace = self.desk.bench.workspaces.find(self.workspace())
        found = offering(workspace, self.part) if workspace is not None else None
        return found.key if found is not None else ""

    def _facts(self, connection: Connection) -> QWidget:
        whole = QWidget()
        column = QVBoxLayout(whole)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        facts = FactsView()
        facts.say(self.tr("Status"), connection.status)
        facts.say(self.tr("Reason"), connection.reason)
        facts.say(self.tr("Comes from"), f"{connection.scene} {connection.network}".strip())
        facts.say(self.tr("Asked by"), connection.applicant)
        facts.say(self.tr("Created"), day(connection.created))
        for url in (*connection.urls, *connection.custom_urls):
            facts.put(self.tr("URL"), SecretView(self.tr("URL"), url, masked=False))
        facts.say(self.tr("Id"), connection.id)
        column.addWidget(facts)
        column.addLayout(self._answers(connection))
        if self.removable(connection):
            self._offer_urls(connection, column)
        return whole

    def _offer_urls(self, connection: Connection, column: QVBoxLayout) -> None:
        """URLs of one's own can be changed at any time."""
        form = Form((_URLS,), label_width=LABELS)
        form.set_values({_URLS.key: "\n".join(connection.custom_urls)})
        button = QPushButton(self.tr("Change the URLs"))
        button.setAutoDefault(False)
        button.setEnabled(False)
        form.changed.connect(lambda: button.setEnabled(True))
        button.clicked.connect(
            lambda _=False: self.inquire(
                lambda part, site: part.change(site, connection.id, form.values().get(_URLS.key, "").splitlines()),
                self.tr("Changing the URLs…"),
                lambda _: self.altered(connection.id),
            )
        )
        line = QHBoxLayout()
        line.addWidget(button)
        line.addStretch(1)
        column.addWidget(form)
        column.addLayout(line)

    def _answers(self, connection: Connection) -> QHBoxLayout:
        """The buttons that this state allows; approving and refusing are for whoever is asked."""
        labels = {
            "APPROVE": self.tr("Approve"),
            "REJECT": self.tr("Reject"),
            "CANCEL": self.tr("Cancel it"),
            "RETRY": self.tr("Try again"),
        }
        line = QHBoxLayout()
        line.setSpacing(8)
        from streamscope.gui.services.access.base import offering

        found = offering(self.desk.bench.workspaces.get(self.workspace()), self.part)
        allowed = found.connections.answers(connection.status) if found is not None and found.connections else ()
        if connection.id not in self._asked:
            allowed = tuple(action for action in allowed if action not in _REVIEWED)
        for action in allowed:
            button = QPushButton(labels.get(action, action))
            button.setAutoDefault(False)
            button.clicked.connect(lambda _=False, action=action: self.answer(connection, action))
            line.addWidget(button)
        if "REJECT" in allowed:
            self.reason = QLineEdit()
            self.reason.setPlaceholderText(self.tr("Why it is rejected"))
            self.reason.setAccessibleName(self.tr("Why it is rejected"))
            line.addWidget(self.reason, 1)
        line.addStretch(1 if "REJECT" not in allowed else 0)
        return line
