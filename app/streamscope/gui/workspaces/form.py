"""A workspace's form: its name, the platform's own fields, who signs in, and how its hosts are reached."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QGridLayout, QHBoxLayout, QLabel, QLineEdit, QVBoxLayout, QWidget

from streamscope.gui.editors import TextEditor
from streamscope.gui.form import Form
from streamscope.gui.marks import muted_label, retone, tool_button
from streamscope.gui.texts import told
from streamscope.gui.theme import code_font, small_font
from streamscope.gui.workspaces.sections import LABELS, caption
from streamscope.model.credential import Credential
from streamscope.model.field import Field
from streamscope.model.phrase import phrase
from streamscope.model.service import Project, Workspace

if TYPE_CHECKING:
    from streamscope.kinds.platforms.base import Platform

SIGN_IN = "sign_in"
"""The field that a credential stands for; it is kept, and shown only where it says something."""
_WAY = (
    Field("ca", phrase("CA file"), "file", help=phrase("Trust the authorities in this file alone (PEM).")),
    Field("proxy", phrase("Proxy"), help=phrase("http://host:port, or 'none'; the system's where empty.")),
    Field("resolve", phrase("Names"), "lines", help=phrase("HOST:PORT:ADDRESS, one a line.")),
    Field("insecure", phrase("Certificates"), "switch", help=phrase("Do not check them (anybody could listen)")),
)


class WorkspaceForm(QWidget):
    """All of a workspace; what belongs to another platform stays while one looks around."""

    changed = Signal()
    credentials_requested = Signal(str)

    def __init__(self, platforms: Mapping[str, "Platform"], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._platforms = platforms
        self._values: dict[str, dict[str, str]] = {}
        self._shown = ""
        self._kept: dict[str, str] = {}
        self._form: Form | None = None
        self._filling = False
        self._trusted: list[str] = []
        self._account: QWidget | None = None
        self.name = QLineEdit()
        self.name.setAccessibleName(self.tr("Name"))
        self.name.textEdited.connect(lambda _: self._edited())
        self.problem = QLabel()
        self.problem.setFont(small_font())
        self.problem.setWordWrap(True)
        retone(self.problem, "error")
        self.problem.hide()
        self.platform = QComboBox()
        self.platform.setAccessibleName(self.tr("Platform"))
        for key, platform in platforms.items():
            self.platform.addItem(told(platform.label), key)
        self.platform.activated.connect(lambda _: self._platform_chosen())
        self.help = muted_label("", wrap=True)
        self.credential = QComboBox()
        self.credential.setAccessibleName(self.tr("Signs in as"))
        self.credential.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.credential.setMinimumContentsLength(12)
        self.credential.activated.connect(lambda _: self._edited())
        self.open_credential = tool_button("key", self.tr("Open the credentials"))
        self.open_credential.clicked.connect(
            lambda: self.credentials_requested.emit(str(self.credential.currentData() or ""))
        )
        self.way = Form(_WAY, label_width=LABELS)
        self.way.editor("resolve").setMaximumHeight(60)
        self.way.changed.connect(self._edited)
        self.trusted = QVBoxLayout()
        self._lay_out()

    def fill_credentials(self, known: Sequence[Credential], labels: Mapping[str, str]) -> None:
        """The credentials to choose from; `labels` are those of their kinds."""
        chosen = self.credential.currentData()
        self.credential.clear()
        self.credential.addItem(self.tr("None: typed, kept or set elsewhere"), "")
        for one in known:
            text = self.tr("{name} — {kind}").format(
                name=" ".join(one.name.split()), kind=labels.get(one.auth, one.auth)
            )
            self.credential.addItem(text, one.name)
        self._choose_credential(str(chosen or ""))

    def show_workspace(self, workspace: Workspace, *, fixed: bool = False) -> None:
        """Fill the form; a `fixed` one keeps its name and platform."""
        self._filling = True
        self._values = {workspace.platform: dict(workspace.values)}
        self._trusted = list(workspace.trusted)
        self.name.setText(workspace.name)
        self.name.setReadOnly(fixed)
        self.platform.setEnabled(not fixed)
        self.tell("")
        self._shown = ""
        self.platform.setCurrentIndex(max(0, self.platform.findData(workspace.platform)))
        self._show_platform(workspace.platform)
        self._choose_credential(workspace.credential)
        self.way.set_values(
            {
                "ca": workspace.ca,
                "proxy": workspace.proxy,
                "resolve": "\n".join(workspace.resolve),
                "insecure": "true" if workspace.insecure else "",
            }
        )
        self._show_trusted()
        self._filling = False

    def workspace(self) -> Workspace:
        """What the form holds."""
        way = self.way.values()
        lines = (line.strip() for line in way.get("resolve", "").splitlines())
        return Workspace(
            self.name.text().strip(),
            self._shown,
            {**self._kept, **(self._form.values() if self._form is not None else {})},
            ca=way.get("ca", ""),
            insecure=way.get("insecure") == "true",
            proxy=way.get("proxy", "").strip(),
            resolve=tuple(line for line in lines if line),
            trusted=tuple(self._trusted),
            credential=str(self.credential.currentData() or ""),
        )

    def complete(self) -> bool:
        """Whether it can be saved; what is wrong is marked and has the focus."""
        fields = self._form is None or self._form.complete()
        return self.way.complete() and fields

    def tell(self, problem: str) -> None:
        """Say below the name what is wrong with it."""
        self.problem.setText(problem)
        self.problem.setVisible(bool(problem))
        self.name.setProperty("invalid", bool(problem))
        self.name.style().polish(self.name)
        if problem:
            self.name.setFocus(Qt.FocusReason.OtherFocusReason)

    def trust(self, fingerprint: str) -> None:
        """Add a certificate to those that are trusted."""
        if fingerprint and fingerprint not in self._trusted:
            self._trusted.append(fingerprint)
            self._show_trusted()
            self._edited()

    def show_account(self, account: QWidget) -> None:
        """Take in what is told of whoever signs in, below the platform's own fields."""
        self._account = account
        self._column.insertWidget(self._column.indexOf(self._after_fields) - 1, account)
        self._show_platform(self._shown)

    def offer_projects(self, projects: Sequence[Project]) -> None:
        """Let a project be chosen; the only one of the region is filled in where there was none."""
        editor = self._form.editor("project") if self._form is not None and self._has("project") else None
        if not isinstance(editor, TextEditor):
            return
        known = tuple((one.id, phrase("{name} — {id}", name=one.name, id=one.id)) for one in projects if one.enabled)
        editor.suggest(known)
        region = self._form.values().get("region", "") if self._form is not None else ""
        own = [one for one in projects if one.name == region or one.name.startswith(f"{region}_")]
        if not editor.value() and len(own) == 1:
            editor.set_value(own[0].id)
        else:
            editor.setFocus(Qt.FocusReason.OtherFocusReason)
            editor.offer()

    def _has(self, key: str) -> bool:
        return self._form is not None and any(field.key == key for field in self._form.fields)

    def focus_on(self, action: str) -> None:
        """Put the focus where a broken link wants it."""
        if action in ("proxy", "ca"):
            self.way.editor(action).setFocus(Qt.FocusReason.OtherFocusReason)
        elif action == "credential":
            self.credential.setFocus(Qt.FocusReason.OtherFocusReason)
        elif self._form is not None and self._form.fields:
            if self._form.complete():
                self._form.focus_first()
        else:
            self.name.setFocus(Qt.FocusReason.OtherFocusReason)

    def _lay_out(self) -> None:
        grid = QGridLayout()
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(4)
        grid.setColumnStretch(1, 1)
        holder = QWidget()
        signs = QHBoxLayout(holder)
        signs.setContentsMargins(0, 0, 0, 0)
        signs.setSpacing(4)
        signs.addWidget(self.credential, 1)
        signs.addWidget(self.open_credential)
        rows: tuple[tuple[str, QWidget, QWidget], ...] = (
            (self.tr("Name *"), self.name, self.name),
            (self.tr("Platform"), self.platform, self.platform),
            (self.tr("Signs in as"), holder, self.credential),
        )
        for row, (text, widget, buddy) in enumerate(rows):
            label = QLabel(text)
            label.setProperty("tone", "muted")
            label.setMinimumHeight(28)
            label.setMinimumWidth(LABELS)
            label.setBuddy(buddy)
            grid.addWidget(label, row * 2, 0)
            grid.addWidget(widget, row * 2, 1)
        grid.addWidget(self.problem, 1, 1)
        grid.addWidget(self.help, 3, 1)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(8)
        self._column.addLayout(grid)
        self._fields = caption(self.tr("Place"))
        self._column.addSpacing(8)
        self._column.addWidget(self._fields)
        self._after = self._column.count()
        self._after_fields = caption(self.tr("Connection"))
        self._column.addSpacing(8)
        self._column.addWidget(self._after_fields)
        self._column.addWidget(self.way)
        self.trusted.setSpacing(4)
        self._column.addLayout(self.trusted)
        self._column.addStretch(1)

    def _platform_chosen(self) -> None:
        self._show_platform(str(self.platform.currentData()))
        self._edited()

    def _show_platform(self, key: str) -> None:
        if self._form is not None:
            if self._shown:
                self._values[self._shown] = {**self._kept, **self._form.values()}
            self._column.removeWidget(self._form)
            self._form.deleteLater()
            self._form = None
        self._shown = key
        platform = self._platforms.get(key)
        values = self._values.get(key, {})
        fields = tuple(field for field in (platform.fields if platform is not None else ()) if field.key != SIGN_IN)
        shown = {field.key for field in fields}
        self._kept = {name: value for name, value in values.items() if name not in shown}
        self.help.setText(told(platform.help) if platform is not None else "")
        self._fields.setVisible(bool(fields))
        if self._account is not None:
            self._account.setVisible(platform is not None and bool(platform.account(Workspace("", key, values)).iam))
        if fields:
            self._form = Form(fields, label_width=LABELS)
            self._form.set_values(values)
            self._form.changed.connect(self._edited)
            self._column.insertWidget(self._after, self._form)

    def _choose_credential(self, name: str) -> None:
        at = self.credential.findData(name)
        if at < 0:
            self.credential.addItem(self.tr("{name} (not there any more)").format(name=name), name)
            at = self.credential.count() - 1
        self.credential.setCurrentIndex(at)

    def _show_trusted(self) -> None:
        while (item := self.trusted.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.deleteLater()
        if self._trusted:
            self.trusted.addWidget(caption(self.tr("Trusted certificates (SHA-256)")))
        for number, mark in enumerate(self._trusted):
            line = QLineEdit(mark)
            line.setReadOnly(True)
            line.setFont(code_font())
            line.setCursorPosition(0)
            line.setAccessibleName(self.tr("Trusted certificate {number}").format(number=number + 1))
            remove = tool_button("close", self.tr("Trust it no more"))
            remove.clicked.connect(lambda _=False, gone=mark: self._distrust(gone))
            holder = QWidget()
            row = QHBoxLayout(holder)
            row.setContentsMargins(0, 0, 0, 0)
            row.setSpacing(4)
            row.addWidget(line, 1)
            row.addWidget(remove)
            self.trusted.addWidget(holder)

    def _distrust(self, mark: str) -> None:
        self._trusted.remove(mark)
        self._show_trusted()
        self._edited()

    def _edited(self) -> None:
        if not self._filling:
            self.tell("")
            self.changed.emit()
