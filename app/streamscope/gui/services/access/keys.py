"""The API keys of a workspace: made here, kept at once, since the platform tells a value only once."""

from typing import TYPE_CHECKING, ClassVar

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from streamscope.gui.form import Form
from streamscope.gui.marks import dress, muted_label, retone
from streamscope.gui.services.access.base import AccessDialog, Part, day
from streamscope.gui.services.access.facts import FactsView
from streamscope.gui.services.access.keeping import keep, proposed
from streamscope.gui.services.access.secret import SecretView
from streamscope.gui.texts import breakable, told
from streamscope.gui.theme import strong_font
from streamscope.gui.workspaces.sections import LABELS, caption
from streamscope.model.deployment import ApiKey
from streamscope.model.errors import StreamscopeError, UsageError
from streamscope.model.field import Field
from streamscope.model.phrase import phrase
from streamscope.store.given_names import check_name
from streamscope.store.secrets import Kept
from streamscope.tasks import spawn

if TYPE_CHECKING:
    from streamscope.gui.desk import Desk

_KIND = "api_key"
_FIELDS = (
    Field(
        "lives",
        phrase("Lives"),
        "choice",
        "long",
        choices=(("long", phrase("Until it is deleted")), ("hours", phrase("For some hours"))),
    ),
    Field("name", phrase("Name"), help=phrase("1 to 64 characters"), required=True, shown_when=("lives", "long")),
    Field(
        "scope",
        phrase("Lets into"),
        "choice",
        "SERVICE",
        choices=(
            ("SERVICE", phrase("The services that it is bound to")),
            ("USER", phrase("Every service of this account")),
        ),
        shown_when=("lives", "long"),
    ),
    Field("description", phrase("Description"), shown_when=("lives", "long")),
    Field("hours", phrase("Hours"), "number", "2", phrase("1 to 24"), required=True, shown_when=("lives", "hours")),
    Field("credential", phrase("Keep as"), help=phrase("The credential's name; the key's own name otherwise.")),
)


class KeysDialog(AccessDialog[ApiKey]):
    """API keys: created, bound elsewhere, deleted. A value that could not be kept stays shown until it is."""

    part: ClassVar[Part] = "keys"

    def __init__(self, desk: "Desk", parent: QWidget | None = None, *, workspace: str = "") -> None:
        super().__init__(desk, "", parent, workspace=workspace)
        self.setWindowTitle(self.tr("API keys"))
        self.list.setAccessibleName(self.tr("API keys"))
        self.title = caption("")
        self.title.setWordWrap(True)
        self.form = Form(_FIELDS, label_width=LABELS)
        self.form.changed.connect(self._propose)
        self.keeping = muted_label("", wrap=True)
        self.create_button = QPushButton(self.tr("Create"))
        self.create_button.setProperty("role", "primary")
        self.create_button.setAutoDefault(False)
        self.create_button.clicked.connect(self.create_key)
        self.given: GivenView | None = None
        self._creating = False
        self._shown: QWidget | None = None
        line = QHBoxLayout()
        line.addWidget(self.create_button)
        line.addStretch(1)
        self._making = QWidget()
        making = QVBoxLayout(self._making)
        making.setContentsMargins(0, 0, 0, 0)
        making.setSpacing(12)
        for widget in (self.form, self.keeping):
            making.addWidget(widget)
        making.addLayout(line)
        self.column.insertWidget(0, self.title)
        self.column.addWidget(self._making)
        self.column.addStretch(1)
        self.show_value(None)
        spawn(self._say_keyring(), name="ask for the keyring")
        self.read()

    def read(self) -> None:
        """Ask for the keys."""
        if not self.workspace():
            self.about.setText(self.tr("No workspace here has API keys: add one of a platform that has."))
            self._making.setEnabled(False)
            return
        self.inquire(lambda keys, site: keys.all(site), self.tr("Reading the API keys…"), self.take, reading=True)

    def texts(self, value: ApiKey) -> tuple[str, str]:
        """The name; what it lets into."""
        if value.scope == "USER":
            return value.name, self.tr("every service of this account")
        names = ", ".join(name for _, name in value.services)
        return value.name, names or self.tr("bound to no service")

    def key(self, value: ApiKey) -> str:
        """The platform's id."""
        return value.id

    def show_value(self, value: ApiKey | None) -> None:
        """What is known of a key; or what a new one is asked for."""
        if self._shown is not None:
            self.column.removeWidget(self._shown)
            self._shown.hide()
            self._shown.deleteLater()
            self._shown = None
        self._making.setVisible(value is None)
        self.title.setText(breakable(value.name) if value is not None else self.tr("New API key"))
        self.about.setVisible(value is None)
        self.about.setText(
            self.tr("The platform tells a key's value once, when it is made. It is kept at once, as a credential.")
        )
        if value is not None:
            self._shown = self._facts(value)
            self.column.insertWidget(2, self._shown)

    def focus_new(self) -> None:
        """The name."""
        self.form.editor("name").setFocus(Qt.FocusReason.OtherFocusReason)

    def create_key(self) -> None:
        """Make a key of what the form holds, and keep its value."""
        if self.acting or not self._fits():
            return
        values = self.form.values()
        temporary = values.get("lives") == "hours"
        wanted = values.get("credential", "").strip() or values.get("name", "")
        name = proposed(self.desk, wanted or self.tr("temporary key"))
        if temporary:
            hours = int(float(values["hours"]))
            words = self.tr("Creating a key for some hours…")
            self._create(lambda keys, site: keys.temporary(site, hours), words, name)
            return
        words = self.tr("Creating {name}…").format(name=values["name"])
        said = values["name"], values.get("scope", "SERVICE"), values.get("description", "")
        self._create(lambda keys, site: keys.create(site, *said), words, name)

    def remove(self) -> None:
        """Delete the key that is chosen."""
        key = self.value()
        if key is None:
            return
        names = ", ".join(name for _, name in key.services)
        lost = self.tr("Who calls with it is refused at once: {services}.").format(services=names)
        everyone = self.tr("Who calls with it is refused at once.")
        self.confirm(
            self.tr("Delete the API key {name}?").format(name=key.name),
            lost if names else everyone,
            self.tr("Delete"),
            lambda: self.inquire(
                lambda keys, site: keys.delete(site, key.id),
                self.tr("Deleting {name}…").format(name=key.name),
                lambda _: self.altered(""),
            ),
        )

    def reject(self) -> None:
        """Qt's, for Escape: a value that is kept nowhere is not let go without a word."""
        if not self.not_asked_any_more() and self._may_close():
            super().reject()

    def done(self, result: int) -> None:
        """Qt's: a key that is being made is waited for, or its value would be lost."""
        if self._creating:
            self.hide()
            return
        super().done(result)

    def _may_close(self) -> bool:
        if self.given is None or self.given.kept:
            return True
        self.confirm(
            self.tr("The value of this key is kept nowhere."),
            self.tr("The platform never tells it again: copy it, or keep it, before it is gone."),
            self.tr("Close all the same"),
            self._let_go,
        )
        return False

    def _let_go(self) -> None:
        self._put_away()
        self.reject()

    def _create(self, make: "object", words: str, name: str) -> None:
        assert callable(make)  # noqa: S101 - for the reader: given Keys and a site
        self._creating = True
        self._put_away()

        def made(key: ApiKey) -> None:
            self._creating = False
            self._show_given(key, name)
            self.form.set_values({})
            self.altered(key.id)

        def failed(_: StreamscopeError) -> bool:
            self._creating = False
            return False

        self.inquire(make, words, made, failed=failed)

    def _show_given(self, key: ApiKey, name: str) -> None:
        self.given = GivenView(key)
        self.page.insertWidget(0, self.given)
        self.given.again.clicked.connect(lambda: self._keep(name))
        self.given.close_button.clicked.connect(self._put_away)
        self.given.secret.copy.setFocus()
        self._keep(name)

    def _keep(self, name: str) -> None:
        """Keep the value as a credential; where that fails, it stays shown with the reason."""
        given = self.given
        assert given is not None  # noqa: S101 - it is being shown
        free = proposed(self.desk, name)

        async def kept() -> None:
            try:
                values = {"api_key": given.key.value, "type": "temp" if given.key.expires else ""}
                where = await self.keyring.asked(keep, self.desk, free, _KIND, values)
            except StreamscopeError as error:
                if self.given is given:
                    given.show_error(error)
                    self.show()  # it may have been closed meanwhile: this is the last chance
                return
            self.credentials_changed.emit()
            if self.given is given:
                given.show_kept(free, where.get("api_key"))
                if self.isHidden():
                    super(KeysDialog, self).done(0)

        spawn(kept(), name="keep an API key")

    def _put_away(self) -> None:
        if self.given is not None:
            self.page.removeWidget(self.given)
            self.given.hide()
            self.given.deleteLater()
            self.given = None

    def _propose(self) -> None:
        name = self.form.values().get("name", "")
        self.form.hint("credential", proposed(self.desk, name) if name else "")

    def _fits(self) -> bool:
        """Whether a key can be made: what is wrong is told before the platform makes one that cannot be kept."""
        fits = self.form.complete()
        values = self.form.values()
        hours = values.get("hours", "")
        if values.get("lives") == "hours" and fits and not (hours.isdecimal() and 1 <= int(hours) <= 24):
            self.form.mark("hours", self.tr("A whole number from 1 to 24."))
            return False
        if name := values.get("credential", ""):
            try:
                check_name(name, [one.name for one in self.desk.bench.credentials.all()])
            except UsageError as error:
                self.form.mark("credential", told(error.message))
                return False
        return fits

    async def _say_keyring(self) -> None:
        there = await self.keyring.asked(lambda: self.desk.bench.secrets.available)
        self.keeping.setText(
            self.tr("The value goes into the system's keyring, and into no file.")
            if there
            else self.tr(
                "There is no keyring here: the value is kept in memory, for this session. Copy it to a safe place "
                "once it is made."
            )
        )
        retone(self.keeping, "muted" if there else "warn")

    def _facts(self, key: ApiKey) -> QWidget:
        facts = FactsView()
        facts.say(self.tr("Lets into"), self.texts(key)[1])
        facts.say(self.tr("Description"), key.description)
        facts.say(self.tr("Created"), day(key.created))
        facts.say(self.tr("Expires"), day(key.expires) if key.expires else self.tr("never"))
        facts.say(self.tr("Id"), key.id)
        facts.say(self.tr("Value"), self.tr("told once, when it was made"))
        return facts


class GivenView(QFrame):
    """A value that was given just now, and where it is kept."""

    def __init__(self, key: ApiKey, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.key = key
        self.kept = False
        self.setObjectName("card")
        title = QLabel(self.tr("The value of {name}").format(name=breakable(key.name)))
        title.setWordWrap(True)
        title.setFont(strong_font())
        title.setTextFormat(Qt.TextFormat.PlainText)
        self.secret = SecretView(self.tr("API key"), key.value)
        self.words = muted_label(self.tr("The platform never tells it again."), wrap=True)
        self.where = QLabel(self.tr("Keeping it…"))
        self.where.setWordWrap(True)
        self.where.setTextFormat(Qt.TextFormat.PlainText)
        self.again = QPushButton(self.tr("Keep it"))
        self.again.setAutoDefault(False)
        self.again.hide()
        self.close_button = QPushButton(self.tr("Done"))
        self.close_button.setAutoDefault(False)
        self.close_button.hide()
        dress(self.again, "key")
        line = QHBoxLayout()
        line.setSpacing(8)
        line.addWidget(self.again)
        line.addWidget(self.close_button)
        line.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 8, 12, 8)
        column.setSpacing(8)
        for widget in (title, self.secret, self.where, self.words):
            column.addWidget(widget)
        column.addLayout(line)

    def show_kept(self, name: str, kept: Kept | None) -> None:
        """Say under which name it is kept, and whether that lasts."""
        self.kept = kept is not None
        lasting = kept is not None and kept.lasting
        said = self.tr("It is the credential {name} now, kept in the keyring.")
        loose = self.tr("It is the credential {name} now, in memory for this session only: copy it to a safe place.")
        self.where.setText((said if lasting else loose).format(name=name))
        retone(self.where, "ok" if lasting else "warn")
        self.again.hide()
        self.close_button.show()

    def show_error(self, error: StreamscopeError) -> None:
        """Say why it is kept nowhere."""
        self.where.setText(" ".join(part for part in (told(error.message), told(error.hint)) if part))
        retone(self.where, "error")
        self.again.show()
