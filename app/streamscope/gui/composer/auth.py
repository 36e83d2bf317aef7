"""The chosen authentication's form; what is typed stays with its workspace and kind while the program runs."""

import asyncio
import os
from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QScrollArea, QVBoxLayout, QWidget

from streamscope.gui import defaults
from streamscope.gui.composer.credential import CredentialView
from streamscope.gui.composer.token import TokenView
from streamscope.gui.form import Form
from streamscope.gui.marks import muted_label
from streamscope.gui.texts import told
from streamscope.gui.theme import strong_font
from streamscope.gui.workspaces.keyring import KeyringView
from streamscope.model.credential import Credential, entry
from streamscope.model.draft import Choice, Draft
from streamscope.model.errors import StreamscopeError
from streamscope.store import secrets
from streamscope.tasks import aside, spawn

if TYPE_CHECKING:
    from streamscope.gui.desk import Desk
    from streamscope.kinds.auth.base import Auth

_SOON = 300


class AuthForm(QWidget):
    """Label, help, credential and fields of an authentication, and the life of its token.

    `keep_requested` tells workspace, kind and secret values; `credentials_requested` asks for the list of credentials;
    `credentials_changed` tells that one was added; `explain_requested` asks what the authentication would do.
    """

    changed = Signal()
    keep_requested = Signal(str, str, object)
    explain_requested = Signal()
    credentials_requested = Signal()
    credentials_changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._values: dict[tuple[str, str], dict[str, str]] = {}
        self._named: dict[tuple[str, str], str] = {}
        self._shown: tuple[str, str] = ("", "")
        self._auth: Auth | None = None
        self._form: Form | None = None
        self._forms: dict[str, Form] = {}
        self._desk: Desk | None = None
        self._draft: Callable[[], Draft] = Draft
        self._told_hints: dict[str, str] = {}
        self._keepable = True
        self._due = True
        self._lay_out()
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(_SOON)
        self._soon.timeout.connect(self._settled)

    def settle(self, desk: "Desk", draft: Callable[[], Draft]) -> None:
        """The core is there; `draft` gives what is composed now, for its token's sake."""
        self._desk, self._draft = desk, draft
        self.refresh()

    def refresh(self) -> None:
        """Credentials or workspaces may have changed: show them as they are now."""
        self._fill()
        self._ask_kept()

    def show_auth(self, workspace: str, auth: "Auth") -> None:
        """Show another authentication's form, or the same one for another workspace."""
        if self._shown == (workspace, auth.key):
            return
        self._remember()
        self._shown = (workspace, auth.key)
        self._auth = auth
        self._title.setText(told(auth.label))
        self._help.setText(told(auth.help))
        self._form = self._form_of(auth)
        self._form.set_values(self._values.get(self._shown, {}))
        self.credential.align(self._form.label_width())
        self._told_hints = {}
        self._kept.setText("")
        self.credential.end()
        self.credential.choose(self._named.get(self._shown, ""))
        self.token.tell(None)
        self._fill()
        self._keepable = True
        self._edited()
        self._ask_kept()

    def _form_of(self, auth: "Auth") -> Form:
        """The form of a kind, made once: another tab's kind is a matter of a millisecond."""
        if self._form is not None:
            self._form.hide()
        if auth.key not in self._forms:
            made = self._forms[auth.key] = Form(auth.fields, label_width=self.credential.label_width())
            made.changed.connect(self._edited)
            self._column.insertWidget(self._column.indexOf(self.waiting), made)
        self._forms[auth.key].show()
        return self._forms[auth.key]

    def values(self) -> dict[str, str]:
        """What is entered for the authentication that is shown."""
        return self._form.values() if self._form is not None else {}

    def set_values(self, values: dict[str, str]) -> None:
        """Fill the form that is shown."""
        if self._form is not None:
            self._form.set_values(values)

    def choice(self) -> Choice:
        """The authentication that is shown, what is typed for it, and the credential that fills the rest."""
        return Choice(self._shown[1] or "none", self.values(), self.credential.name())

    def set_choice(self, choice: Choice) -> None:
        """Fill the form that is shown, where the choice is of its kind."""
        if choice.kind != self._shown[1]:
            return
        self.credential.choose(choice.credential)
        self._show_hints()
        self.set_values(dict(choice.values))
        self._look()

    def explain(self, workspace: str, auth: str, hints: dict[str, str], note: str, *, keepable: bool = True) -> None:
        """Say where empty fields get their values from, if that authentication is still the one shown."""
        if (workspace, auth) != self._shown or self._form is None:
            return
        self._told_hints = dict(hints)
        self._kept.setText(note)
        self._show_hints()
        self._keepable = keepable
        self._keep.setVisible(keepable and bool(self._secrets()))

    def showEvent(self, event: QShowEvent) -> None:
        """Qt's: the token's life is looked at while it is seen."""
        super().showEvent(event)
        self.token.set_watching(True)
        self._soon.start()

    def hideEvent(self, event: QHideEvent) -> None:
        """Qt's."""
        super().hideEvent(event)
        self.token.set_watching(False)

    def _lay_out(self) -> None:
        self._title = QLabel()
        self._title.setFont(strong_font())
        self.explain_button = QPushButton(self.tr("Explain"))
        self.explain_button.setToolTip(self.tr("Show what the authentication does to the request, line by line"))
        self.explain_button.clicked.connect(self.explain_requested)
        head = QHBoxLayout()
        head.addWidget(self._title, 1)
        head.addWidget(self.explain_button)
        self._help = muted_label("", wrap=True)
        self._kept = muted_label("", wrap=True)
        self.credential = CredentialView()
        self.credential.chosen.connect(self._chosen)
        self.credential.keep_requested.connect(self._keep_as)
        self.credential.manage_requested.connect(self.credentials_requested)
        self.waiting = KeyringView()
        self.token = TokenView()
        self.token.renew_requested.connect(lambda: self._start(self._renew(), "get a token"))
        self.token.forget_requested.connect(lambda: self._start(self._forget(), "forget a token"))
        self.token.looked.connect(self._look)
        self._keep = QPushButton(self.tr("Keep as a credential…"))
        self._keep.clicked.connect(self._begin_keeping)
        row = QHBoxLayout()
        row.addWidget(self._keep)
        row.addWidget(self._kept, 1)
        inside = QWidget()
        self._column = QVBoxLayout(inside)
        self._column.setContentsMargins(12, 12, 12, 12)
        self._column.setSpacing(8)
        self._column.addLayout(head)
        self._column.addWidget(self._help)
        self._column.addSpacing(4)
        self._column.addWidget(self.credential)
        self._column.addWidget(self.waiting)
        self._column.addLayout(row)
        self._column.addWidget(self.token)
        self._column.addStretch(1)
        area = QScrollArea()
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # what is in it takes the focus, and is scrolled to
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(inside)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(area)

    def _secrets(self) -> dict[str, str]:
        if self._auth is None:
            return {}
        secret = {field.key for field in self._auth.fields if field.kind == "secret"}
        return {key: value for key, value in self.values().items() if key in secret}

    def _fill(self) -> None:
        """The dropdown's rows, the hints and the card, as the stores are now."""
        auth = self._auth
        usable = self._desk is not None and auth is not None and bool(auth.fields)
        self.credential.setVisible(usable)
        self.explain_button.setVisible(auth is not None and bool(auth.fields))
        self.token.setVisible(usable and auth is not None and auth.leases)
        if self._desk is not None and auth is not None:
            known = [one for one in self._desk.bench.credentials.all() if one.auth == auth.key]
            self.credential.fill(known)
        self._show_hints()

    def _credential(self) -> Credential | None:
        name = self.credential.name()
        return self._desk.bench.credentials.find(name) if self._desk is not None and name else None

    def _show_hints(self) -> None:
        if self._form is None:
            return
        named = self._credential()
        for field in self._form.fields:
            self._form.hint(field.key, self._hint(field.key, named))
        self.credential.describe("")
        if named is None and self._desk is not None:
            workspace = self._desk.bench.workspaces.find(self._shown[0])
            own = self._desk.bench.credentials.find(workspace.credential) if workspace is not None else None
            if own is not None and own.auth == self._shown[1]:
                said = self.tr("What is empty here comes from {name}, which the workspace signs in with.")
                self.credential.describe(said.format(name=own.name))
                for key in (*own.values, *own.secrets):
                    self._form.hint(key, self.tr("from {name}").format(name=own.name))

    def _hint(self, key: str, named: Credential | None) -> str:
        if named is None:
            return self._told_hints.get(key, "")
        if key in named.secrets:
            loose = self._desk is not None and self._desk.bench.secrets.loose(entry(named.name, key)) is not None
            kept = self.tr("kept in memory as {name}") if loose else self.tr("kept in the keyring as {name}")
            return kept.format(name=named.name)
        if value := named.values.get(key):
            return self.tr("{value} (from {name})").format(value=value, name=named.name)
        return ""

    def _ask_kept(self) -> None:
        """What was kept is to be asked again: once somebody looks, since a keyring may want to be unlocked for it."""
        self._due = True
        self._soon.start()

    def _settled(self) -> None:
        """Nothing was changed for a moment."""
        if not self.isVisible():
            return
        self._look()
        if self._due and self._desk is not None and self._auth is not None and self._auth.fields:
            self._due = False
            self._start(self._say_kept(self._desk, self._auth), "look into the keyring")

    async def _say_kept(self, desk: "Desk", auth: "Auth") -> None:
        """Say in the empty fields what was kept for the workspace alone, or stands in a variable."""
        from streamscope.engine.credentials import variable

        shown, bench = self._shown, desk.bench
        workspace = bench.workspaces.find(shown[0])
        if workspace is not None and defaults.fills_secrets(workspace):
            hints = {field.key: self.tr("filled in by the sandbox") for field in auth.fields if field.required}
            note = self.tr("The sandbox knows its own secrets; what is typed here is sent instead.")
            self.explain(*shown, hints, note, keepable=False)
            return
        secret = [field.key for field in auth.fields if field.kind == "secret"]

        def look() -> tuple[list[str], bool]:
            kept = [key for key in secret if bench.secrets.get(shown[0], auth.key, key)]
            return kept, bench.secrets.available

        try:
            kept, available = await aside(look, limit=secrets.PATIENCE)
        except TimeoutError:
            return
        names = {field.key: variable(auth.key, field.key) for field in auth.fields}
        said = self.tr("from the variable {name}")
        hints = {key: said.format(name=name) for key, name in names.items() if os.environ.get(name)}
        hints |= dict.fromkeys(kept, self.tr("kept in the keyring for this workspace"))
        note = "" if available else self.tr("There is no keyring here: secrets are kept in memory for this session.")
        self.explain(*shown, hints, note)

    def _chosen(self, name: str) -> None:
        self._named[self._shown] = name
        self._show_hints()
        self._edited()
        self._look()

    def _begin_keeping(self) -> None:
        if self._desk is None:
            if typed := self._secrets():
                self.keep_requested.emit(*self._shown, typed)
            return
        workspace, kind = self._shown
        user = next((value for key, value in self.values().items() if key in ("user", "domain")), "")
        self.credential.begin(" ".join(part for part in (workspace, user or kind) if part))

    def _keep_as(self, name: str) -> None:
        self._start(self._save_as(name), "keep a credential")

    async def _save_as(self, name: str) -> None:
        desk, auth, shown = self._desk, self._auth, self._shown
        if desk is None or auth is None:
            return
        typed = self.values()
        secret = {field.key for field in auth.fields if field.kind == "secret"}
        try:
            if not typed:
                self.credential.tell(self.tr("Nothing is typed yet."))
                return
            if desk.bench.credentials.find(name) is not None:
                self.credential.tell(self.tr("There is one of this name already."))
                return
            plain = {key: value for key, value in typed.items() if key not in secret}
            hidden = {key: value for key, value in typed.items() if key in secret}
            kept = await self.waiting.asked(desk.bench.credentials.save, Credential(name, auth.key, plain), hidden)
        except StreamscopeError as error:
            self.credential.tell(f"{told(error.message)} {told(error.hint)}".strip())
            return
        self._named[shown] = name
        self.credentials_changed.emit()
        if self._shown != shown:
            self._values.pop(shown, None)
            return
        self.credential.end()
        self.credential.choose(name)
        self._fill()
        self.set_values({})
        loose = [told(one.why) for one in kept.values() if not one.lasting]
        self._kept.setText(loose[0] if loose else self.tr("Kept in the keyring."))
        self._edited()

    def _look(self) -> None:
        """The token's life as it is now; nothing is fetched and no keyring is asked."""
        desk = self._desk
        if desk is None or self._auth is None or not self._auth.leases:
            return
        from streamscope.engine import leases

        draft, workspace = self._now(), desk.bench.workspaces.find(self._shown[0])
        try:
            found = leases.known(desk.runtime.core, draft, workspace)
        except StreamscopeError:
            found = None
        self.token.show_token(found.expires if found else None, found.fetched if found else 0.0)

    async def _renew(self) -> None:
        from streamscope.engine import leases

        desk = self._desk
        if desk is None:
            return
        self.token.tell(None)
        self.token.set_busy(True)
        try:
            workspace = desk.bench.workspaces.find(self._shown[0])
            await asyncio.wrap_future(desk.runtime.run(leases.renewed(desk.runtime.core, self._now(), workspace)))
        except StreamscopeError as error:
            self.token.tell(error)
        finally:
            self.token.set_busy(False)
        self._look()

    async def _forget(self) -> None:
        from streamscope.engine import leases

        desk = self._desk
        if desk is None:
            return
        self.token.tell(None)
        try:
            workspace = desk.bench.workspaces.find(self._shown[0])
            await asyncio.wrap_future(desk.runtime.run(leases.forgotten(desk.runtime.core, self._now(), workspace)))
        except StreamscopeError as error:
            self.token.tell(error)
        self._look()

    def _now(self) -> Draft:
        from msgspec.structs import replace

        return replace(self._draft(), auth=self.choice(), workspace=self._shown[0])

    def _start(self, coroutine: Coroutine[Any, Any, None], name: str) -> None:
        spawn(coroutine, name=name)

    def _edited(self) -> None:
        self._keep.setVisible(self._keepable and bool(self._secrets()))
        self._soon.start()
        self.changed.emit()

    def _remember(self) -> None:
        if self._form is not None:
            self._values[self._shown] = self._form.values()
            self._named[self._shown] = self.credential.name()
