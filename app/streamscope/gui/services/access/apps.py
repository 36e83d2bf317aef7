"""The Apps of a workspace: who calls with an App code, or signs as an App."""

from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Any, ClassVar

from PySide6.QtWidgets import QHBoxLayout, QPushButton, QToolButton, QVBoxLayout, QWidget

from streamscope.gui.form import Form
from streamscope.gui.marks import dress, muted_label, tool_button
from streamscope.gui.services.access.base import AccessDialog, Part, day
from streamscope.gui.services.access.facts import FactsView
from streamscope.gui.services.access.secret import SecretView
from streamscope.gui.texts import breakable
from streamscope.gui.workspaces.sections import LABELS, caption
from streamscope.model.deployment import App
from streamscope.model.field import Field
from streamscope.model.phrase import phrase

if TYPE_CHECKING:
    from streamscope.gui.desk import Desk

Make = Callable[[Any, Any], Coroutine[Any, Any, Any]]
_FIELDS = (
    Field("name", phrase("Name"), help=phrase("1 to 64 letters, digits, - and _"), required=True),
    Field("description", phrase("Description"), help=phrase("200 characters at most")),
)


class AppsDialog(AccessDialog[App]):
    """Apps with their codes and secrets; secret values are masked until somebody asks to see them."""

    part: ClassVar[Part] = "apps"

    def __init__(self, desk: "Desk", parent: QWidget | None = None, *, workspace: str = "") -> None:
        super().__init__(desk, "", parent, workspace=workspace)
        self.setWindowTitle(self.tr("Apps"))
        self.list.setAccessibleName(self.tr("Apps"))
        self.title = caption("")
        self.title.setWordWrap(True)
        self.form = Form(_FIELDS, label_width=LABELS)
        self.create_button = QPushButton(self.tr("Create"))
        self.create_button.setProperty("role", "primary")
        self.create_button.setAutoDefault(False)
        self.create_button.clicked.connect(self.create_app)
        self._shown: QWidget | None = None
        line = QHBoxLayout()
        line.addWidget(self.create_button)
        line.addStretch(1)
        self._making = QWidget()
        making = QVBoxLayout(self._making)
        making.setContentsMargins(0, 0, 0, 0)
        making.setSpacing(12)
        making.addWidget(self.form)
        making.addLayout(line)
        self.column.insertWidget(0, self.title)
        self.column.addWidget(self._making)
        self.column.addStretch(1)
        self.show_value(None)
        self.read()

    def read(self) -> None:
        """Ask for the Apps."""
        if not self.workspace():
            self.about.setText(self.tr("No workspace here has Apps: add one of a platform that has."))
            self._making.setEnabled(False)
            return
        self.inquire(lambda apps, site: apps.all(site), self.tr("Reading the Apps…"), self.take, reading=True)

    def texts(self, value: App) -> tuple[str, str]:
        """The name; how many codes, and how many services it may call."""
        counts = self.tr("App codes: {codes} · services: {services}")
        return value.name, counts.format(codes=len(value.codes), services=value.services)

    def key(self, value: App) -> str:
        """The platform's id."""
        return value.id

    def show_value(self, value: App | None) -> None:
        """An App's codes and secret; or what a new one is asked for."""
        if self._shown is not None:
            self.column.removeWidget(self._shown)
            self._shown.hide()
            self._shown.deleteLater()
            self._shown = None
        self._making.setVisible(value is None)
        self.title.setText(breakable(value.name) if value is not None else self.tr("New App"))
        self.about.show()
        if value is None:
            self.about.setText(
                self.tr(
                    "An App is who calls: it has a key, a secret to sign with, and codes to send. Which services it "
                    "may call is decided for each service."
                )
            )
            return
        self.about.setText(breakable(value.description))
        self.about.setVisible(bool(value.description))
        self._shown = self._facts(value)
        self.column.insertWidget(2, self._shown)

    def focus_new(self) -> None:
        """The name."""
        self.form.focus_first()

    def create_app(self) -> None:
        """Make an App of what the form holds."""
        if self.acting or not self.form.complete():
            return
        values = self.form.values()
        name, description = values["name"], values.get("description", "")

        def made(app: App) -> None:
            self.form.set_values({})
            self.altered(app.id)

        self.inquire(
            lambda apps, site: apps.create(site, name, description),
            self.tr("Creating {name}…").format(name=name),
            made,
        )

    def remove(self) -> None:
        """Delete the App that is chosen."""
        app = self.value()
        if app is None:
            return
        lost = self.tr("Its codes and its secret stop working at once.")
        services = self.tr("Its codes and its secret stop working at once. Services that it may call: {count}.")
        self.confirm(
            self.tr("Delete the App {name}?").format(name=app.name),
            services.format(count=app.services) if app.services else lost,
            self.tr("Delete"),
            lambda: self._do(
                lambda apps, site: apps.delete(site, app.id), self.tr("Deleting {name}…").format(name=app.name)
            ),
        )

    def _facts(self, app: App) -> QWidget:
        whole = QWidget()
        column = QVBoxLayout(whole)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        facts = FactsView()
        key = SecretView(self.tr("App key"), app.key, masked=False)
        facts.put(self.tr("App key"), key)
        secret = SecretView(self.tr("App secret"), app.secret)
        secret.add(self._button("refresh", self.tr("Reset the secret"), lambda: self._reset_secret(app)))
        secret.add(
            self._button(
                "key",
                self.tr("Keep as credential: App signature"),
                lambda: self.keep_as(app.name, "app_signature", {"app_key": app.key, "app_secret": app.secret}),
            )
        )
        facts.put(self.tr("App secret"), secret)
        for number, code in enumerate(app.codes, 1):
            label = self.tr("App code {number}").format(number=number) if len(app.codes) > 1 else self.tr("App code")
            facts.put(label, self._code(app, label, code))
        facts.say(self.tr("Created"), day(app.created))
        column.addWidget(facts)
        if not app.codes:
            column.addWidget(muted_label(self.tr("It has no App code yet: with one, a header is enough to call.")))
        add = QPushButton(self.tr("Add an App code"))
        add.setAutoDefault(False)
        dress(add, "plus")
        add.clicked.connect(
            lambda: self._do(lambda apps, site: apps.add_code(site, app.id), self.tr("Adding an App code…"))
        )
        line = QHBoxLayout()
        line.addWidget(add)
        line.addStretch(1)
        column.addLayout(line)
        return whole

    def _code(self, app: App, label: str, code: str) -> SecretView:
        view = SecretView(label, code)
        view.add(
            self._button("refresh", self.tr("Replace {code}").format(code=label), lambda: self._reset_code(app, code))
        )
        view.add(
            self._button(
                "key",
                self.tr("Keep as credential: {code}").format(code=label),
                lambda: self.keep_as(app.name, "app_code", {"app_code": code}),
            )
        )
        view.add(
            self._button("trash", self.tr("Delete {code}").format(code=label), lambda: self._delete_code(app, code))
        )
        return view

    def _reset_secret(self, app: App) -> None:
        self.confirm(
            self.tr("Give {name} another secret?").format(name=app.name),
            self.tr("Whoever signs with the present one is refused from then on."),
            self.tr("Reset the secret"),
            lambda: self._do(lambda apps, site: apps.reset_secret(site, app.id), self.tr("Resetting the secret…")),
        )

    def _reset_code(self, app: App, code: str) -> None:
        self.confirm(
            self.tr("Replace an App code of {name}?").format(name=app.name),
            self.tr("Whoever sends the present one is refused from then on."),
            self.tr("Replace"),
            lambda: self._do(lambda apps, site: apps.reset_code(site, app.id, code), self.tr("Replacing the code…")),
        )

    def _delete_code(self, app: App, code: str) -> None:
        self.confirm(
            self.tr("Delete an App code of {name}?").format(name=app.name),
            self.tr("Whoever sends it is refused from then on."),
            self.tr("Delete"),
            lambda: self._do(lambda apps, site: apps.delete_code(site, app.id, code), self.tr("Deleting the code…")),
        )

    def _do(self, make: Make, words: str) -> None:
        self.inquire(make, words, lambda _: self.altered())

    def _button(self, name: str, text: str, do: Callable[[], object]) -> QToolButton:
        button = tool_button(name, text)
        button.clicked.connect(lambda _=False: do())
        return button
