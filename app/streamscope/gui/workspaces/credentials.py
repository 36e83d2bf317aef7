"""The credentials: by name and kind, who uses them, when they were last used; secret values go into the keyring."""

from collections.abc import Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QCoreApplication, Qt, Signal
from PySide6.QtWidgets import QComboBox, QFrame, QGridLayout, QLabel, QLineEdit, QScrollArea, QVBoxLayout, QWidget

from streamscope.gui.form import Form
from streamscope.gui.marks import muted_label, retone, tool_button
from streamscope.gui.texts import told
from streamscope.gui.theme import small_font
from streamscope.gui.workspaces.rows import Row, RowsDialog
from streamscope.gui.workspaces.sections import LABELS, caption
from streamscope.model.credential import Credential, entry
from streamscope.model.draft import Draft
from streamscope.model.errors import UsageError
from streamscope.model.phrase import Phrase
from streamscope.store.credentials import used_by
from streamscope.store.given_names import check_name, free_name
from streamscope.tasks import spawn

if TYPE_CHECKING:
    from streamscope.gui.desk import Desk
    from streamscope.kinds.auth.base import Auth

_SHOWN = 6
"""Names of drafts that are shown; more of them are counted."""
_DAY = 86_400


@dataclass(frozen=True)
class Typed:
    """A credential, and the secret values that were typed for it and are not kept yet."""

    credential: Credential
    secrets: Mapping[str, str]


class CredentialsDialog(RowsDialog[Typed]):
    """Not modal: `open()` it. `drafts` gives the drafts that are open or saved, with their titles.

    `renamed` tells the old and the new name, for the drafts that name it.
    """

    renamed = Signal(str, str)

    def __init__(
        self,
        desk: "Desk",
        drafts: Callable[[], Sequence[tuple[str, Draft]]] = list,
        parent: QWidget | None = None,
        *,
        credential: str = "",
    ) -> None:
        self._desk = desk
        self._drafts = drafts
        super().__init__("", parent)
        self.setWindowTitle(self.tr("Credentials"))
        self.list.setAccessibleName(self.tr("Credentials"))
        self.form = CredentialForm(desk.shelves.auth)
        self.form.changed.connect(self.note_edit)
        self.users = muted_label("", wrap=True)
        self.times = muted_label("", wrap=True)
        self.empty = muted_label(
            self.tr(
                "A credential is a name for a user and a password, a key and its secret, or a token. Add one here, and "
                "choose it by its name in a request's Auth sheet or in a workspace."
            ),
            wrap=True,
        )
        self.keyring = muted_label("", wrap=True)
        self._lay_out()
        self.refresh(credential)
        spawn(self._say_keyring(), name="ask for the keyring")

    def refresh(self, chosen: str = "") -> None:
        """Credentials may have changed elsewhere: show them as they are now; unsaved edits stay."""
        now = self.row()
        name = chosen or (now.shown.credential.name if now is not None else "")
        self.fill([Typed(credential, {}) for credential in self._desk.bench.credentials.all()], name)

    def texts(self, value: Typed) -> tuple[str, str]:
        """The name; the kind and when it was last used."""
        credential = value.credential
        auth = self._desk.shelves.auth.get(credential.auth)
        label = told(auth.label) if auth is not None else credential.auth
        return credential.name, f"{label} · {used_text(credential.used)}"

    def fresh(self) -> Typed:
        """A new one, of the first kind that has fields."""
        names = [row.shown.credential.name for row in self.rows]
        kinds = self._desk.shelves.auth
        name = free_name(self.tr("New credential"), names)
        return Typed(Credential(name, next(key for key, auth in kinds.items() if auth.fields)), {})

    def add(self) -> None:
        """Add a new one, and let it be named."""
        super().add()
        self.form.name.setFocus(Qt.FocusReason.OtherFocusReason)
        self.form.name.selectAll()

    def edited(self) -> Typed:
        """What the form holds."""
        row = self.row()
        before = row.shown.credential if row is not None else None
        return self.form.typed(before)

    def show_value(self, row: Row[Typed] | None) -> None:
        """Fill the form."""
        self.form.setVisible(row is not None)
        self._about.setVisible(row is not None and row.saved is not None)
        self.empty.setVisible(row is None)
        if row is None:
            return
        saved = row.saved.credential if row.saved is not None else None
        loose = {key: self._desk.bench.secrets.loose(entry(saved.name, key)) for key in saved.secrets} if saved else {}
        self.form.show_typed(row.shown, fixed=saved is not None, loose=loose)
        if saved is not None:
            self._show_users(saved)

    def complete(self) -> bool:
        """Whether the form can be saved: a name of its own, and all that the kind needs."""
        row = self.row()
        others = [one.saved.credential.name for one in self.rows if one.saved is not None and one is not row]
        fits = self.form.complete()
        try:
            check_name(self.form.name.text().strip(), others)
        except UsageError as error:
            self.form.tell(told(error.message))
            return False
        return fits

    async def store(self, row: Row[Typed]) -> Typed:
        """Save it; with another name its secret values move along."""
        made = row.shown
        name, credentials = made.credential.name, self._desk.bench.credentials
        before = row.saved.credential.name if row.saved is not None else name
        if before != name:
            await self.waiting.asked(credentials.rename, before, name)
            self._desk.bench.workspaces.credential_renamed(before, name)
            self.renamed.emit(before, name)
        await self.waiting.asked(credentials.save, made.credential, made.secrets)
        return Typed(credentials.get(name), {})

    async def copied(self, row: Row[Typed]) -> Row[Typed]:
        """A copy under a free name, its secret values too."""
        name = row.saved.credential.name if row.saved is not None else ""
        return Row(Typed(await self.waiting.asked(self._desk.bench.credentials.duplicate, name), {}))

    async def dropped(self, row: Row[Typed]) -> Callable[[], Coroutine[Any, Any, None]]:
        """Remove it, from the keyring too; its values are remembered until the dialog is closed."""
        assert row.saved is not None  # noqa: S101 - only saved ones are dropped
        credentials = self._desk.bench.credentials
        removed = await self.waiting.asked(credentials.remove, row.saved.credential.name)

        async def back() -> None:
            await self.waiting.asked(credentials.restore, removed)

        return back

    def _lay_out(self) -> None:
        self._about = QWidget()
        about = QVBoxLayout(self._about)
        about.setContentsMargins(0, 0, 0, 0)
        about.setSpacing(4)
        about.addWidget(caption(self.tr("Used by")))
        about.addWidget(self.users)
        about.addWidget(self.times)
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(0, 0, 8, 0)
        column.setSpacing(12)
        column.addWidget(self.empty)
        column.addWidget(self.form)
        column.addWidget(self._about)
        column.addStretch(1)
        area = QScrollArea()
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # what is in it takes the focus, and is scrolled to
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(inside)
        self.page.addLayout(self.messages)
        self.page.addWidget(area, 1)
        self.page.addWidget(self.waiting)
        self.page.addWidget(self.keyring)
        self.page.addLayout(self.buttons)
        self.resize(820, 560)

    def _show_users(self, credential: Credential) -> None:
        workspaces, drafts = used_by(credential.name, self._desk.bench.workspaces.all(), self._drafts())
        lines = [self.tr("Workspace {name}").format(name=name) for name in workspaces]
        lines += [self.tr("Request {name}").format(name=name) for name in drafts[:_SHOWN]]
        if len(drafts) > _SHOWN:
            lines.append(self.tr("and more requests: {count}").format(count=len(drafts) - _SHOWN))
        self.users.setText("\n".join(" ".join(line.split()) for line in lines) or self.tr("Nothing names it."))
        said = self.tr("created {created} · {used}")
        self.times.setText(said.format(created=credential.created[:10] or "–", used=used_text(credential.used)))

    async def _say_keyring(self) -> None:
        there = await self.waiting.asked(lambda: self._desk.bench.secrets.available)
        self.keyring.setText(
            self.tr("Secret values are kept in the system's keyring and in no file.")
            if there
            else self.tr("There is no keyring here: secret values are kept in memory, for this session.")
        )
        retone(self.keyring, "muted" if there else "warn")


class CredentialForm(QWidget):
    """Name, kind, and the kind's own fields; a secret that is kept shows that it is, never what it is."""

    changed = Signal()

    def __init__(self, kinds: Mapping[str, "Auth"], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._kinds = kinds
        self._kind = ""
        self._form: Form | None = None
        self._gone: frozenset[str] = frozenset()
        self._filling = False
        self.name = QLineEdit()
        self.name.setAccessibleName(self.tr("Name"))
        self.name.textEdited.connect(lambda _: self._edited())
        self.problem = QLabel()
        self.problem.setFont(small_font())
        self.problem.setWordWrap(True)
        retone(self.problem, "error")
        self.problem.hide()
        self.kind = QComboBox()
        self.kind.setAccessibleName(self.tr("Authentication"))
        for key, auth in kinds.items():
            if auth.fields:
                self.kind.addItem(told(auth.label), key)
        self.kind.activated.connect(lambda _: self._kind_chosen())
        self.help = muted_label("", wrap=True)
        grid = QGridLayout()
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(4)
        grid.setColumnStretch(1, 1)
        for row, (text, widget) in enumerate(((self.tr("Name *"), self.name), (self.tr("Authentication"), self.kind))):
            label = QLabel(text)
            label.setProperty("tone", "muted")
            label.setMinimumHeight(28)
            label.setMinimumWidth(LABELS)
            label.setBuddy(widget)
            grid.addWidget(label, row * 2, 0)
            grid.addWidget(widget, row * 2, 1)
        grid.addWidget(self.problem, 1, 1)
        grid.addWidget(self.help, 3, 1)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(8)
        self._column.addLayout(grid)
        self._column.addSpacing(8)
        self._column.addWidget(caption(self.tr("Values")))

    def show_typed(self, typed: Typed, *, fixed: bool, loose: Mapping[str, Phrase | None]) -> None:
        """Fill the form; a `fixed` one keeps its kind. `loose` tells which secrets are in memory only, and why."""
        self._filling = True
        credential = typed.credential
        self.name.setText(credential.name)
        self.tell("")
        self.kind.setEnabled(not fixed)
        self.kind.setCurrentIndex(self.kind.findData(credential.auth))
        self._gone = frozenset()
        self._show_kind(credential.auth)
        if self._form is not None:
            self._form.set_values({**credential.values, **typed.secrets})
            for key in credential.secrets:
                why = loose.get(key)
                kept = (
                    self.tr("kept in the keyring; type to replace it")
                    if why is None
                    else self.tr("kept in memory only")
                )
                self._form.hint(key, kept)
                self._form.mark(key, told(why) if why is not None else "")
                if not self._required(key):
                    self._offer_removal(key, gone=typed.secrets.get(key) == "")
        self._filling = False

    def typed(self, before: Credential | None) -> Typed:
        """What the form holds, over what is known of the credential."""
        values = self._form.values() if self._form is not None else {}
        secret = (
            {field.key for field in self._kinds[self._kind].fields if field.kind == "secret"} if self._kind else set()
        )
        plain = {key: value for key, value in values.items() if key not in secret}
        hidden = {key: value for key, value in values.items() if key in secret}
        hidden = {**dict.fromkeys(self._gone, ""), **hidden}
        base = before if before is not None and before.auth == self._kind else Credential("", self._kind)
        return Typed(replace(base, name=self.name.text().strip(), values=plain), hidden)

    def _required(self, key: str) -> bool:
        return any(field.key == key and field.required for field in self._kinds[self._kind].fields)

    def _offer_removal(self, key: str, *, gone: bool) -> None:
        """A button that takes a kept value out with the next Save; pressed again it stays."""
        assert self._form is not None  # noqa: S101 - its fields are being filled
        form = self._form
        button = tool_button("minus", self.tr("Take the kept value out"))
        button.setCheckable(True)

        def toggled(out: bool) -> None:
            self._gone = self._gone | {key} if out else self._gone - {key}
            form.hint(key, self.tr("leaves with the next Save") if out else self.tr("kept; type to replace it"))
            self._edited()

        button.toggled.connect(toggled)
        button.setChecked(gone)
        form.editor(key).box.addWidget(button)

    def complete(self) -> bool:
        """Whether all that is required is there; what is not is marked."""
        return self._form is None or self._form.complete()

    def tell(self, problem: str) -> None:
        """Say below the name what is wrong with it."""
        self.problem.setText(problem)
        self.problem.setVisible(bool(problem))
        self.name.setProperty("invalid", bool(problem))
        self.name.style().polish(self.name)
        if problem:
            self.name.setFocus(Qt.FocusReason.OtherFocusReason)

    def _kind_chosen(self) -> None:
        self._show_kind(str(self.kind.currentData()))
        self._edited()

    def _show_kind(self, key: str) -> None:
        typed = self._form.values() if self._form is not None and not self._filling else {}
        if self._form is not None:
            self._column.removeWidget(self._form)
            self._form.hide()
            self._form.deleteLater()
            self._form = None
        auth = self._kinds.get(key)
        self._kind = key if auth is not None else ""
        self.help.setText(told(auth.help) if auth is not None else "")
        if auth is not None:
            self._form = Form(auth.fields, label_width=LABELS)
            known = {field.key for field in auth.fields}
            self._form.set_values({name: value for name, value in typed.items() if name in known})
            self._form.changed.connect(self._edited)
            self._column.addWidget(self._form)

    def _edited(self) -> None:
        if not self._filling:
            self.tell("")
            self.changed.emit()


def used_text(used: str) -> str:
    """When something was last used, in days."""
    try:
        days = int((datetime.now(UTC) - datetime.fromisoformat(used)).total_seconds() // _DAY)
    except (ValueError, TypeError):
        return QCoreApplication.translate("credentials", "never used")
    if days < 1:
        return QCoreApplication.translate("credentials", "used today")
    if days == 1:
        return QCoreApplication.translate("credentials", "used yesterday")
    return QCoreApplication.translate("credentials", "used {days} days ago").format(days=days)
