"""The sandbox's model packages: a Python file or a command becomes something that can be deployed."""

import asyncio
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QShortcut
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QPushButton, QWidget

from streamscope.gui.marks import dress, muted_label, retone, tool_button
from streamscope.gui.services.deploy import package_fields
from streamscope.gui.services.deploy.sample import SAMPLE
from streamscope.gui.services.deploy.section import SectionForm
from streamscope.gui.services.listing import ListDialog, in_order
from streamscope.gui.texts import breakable, told
from streamscope.gui.workspaces.sections import caption
from streamscope.model.errors import StreamscopeError
from streamscope.sandbox.packages import Package, Packages
from streamscope.store import files
from streamscope.tasks import aside, spawn

if TYPE_CHECKING:
    from streamscope.gui.desk import Desk

_CHECK = 250
"""Milliseconds after a key until a package is checked anew: that looks at the disk."""


class PackageDialog(ListDialog[Package]):
    """`deploy_requested` carries a package's key: NAME:VERSION."""

    deploy_requested = Signal(str)

    def __init__(self, desk: "Desk", parent: QWidget | None = None) -> None:
        super().__init__(desk, "", parent)
        self.setWindowTitle(self.tr("Model packages"))
        self.list.setAccessibleName(self.tr("Model packages"))
        self._packages = Packages(desk.bench.profile / "sandbox")
        self._looks = 0
        self._key = ""
        self._typed: dict[str, dict[str, str]] = {}
        self.about = muted_label("", wrap=True)
        self.title = caption("")
        self.form: SectionForm | None = None
        self.verdict = muted_label("", wrap=True)
        self.register_button = QPushButton(self.tr("Register"))
        self.deploy_button = QPushButton(self.tr("Deploy it"))
        self.sample_button = QPushButton(self.tr("Start from a sample…"))
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_CHECK)
        self._timer.timeout.connect(self._check)
        self._lay_out()
        self.show_value(None)
        self.read()

    def read(self) -> None:
        """Read the packages."""
        self._show_packages()

    def texts(self, value: Package) -> tuple[str, str]:
        """Name and version; what it is."""
        what = {
            "python": Path(value.file).name,
            "command": " ".join([Path(value.command[0]).name, *value.command[1:]]) if value.command else "",
        }.get(value.kind, self.tr("built in"))
        return f"{value.name} {value.version}", what

    def key(self, value: Package) -> str:
        """Name and version."""
        return value.key

    def removable(self, value: Package) -> bool:
        """All but the built-in ones."""
        return value.kind != "built-in"

    def show_value(self, value: Package | None) -> None:
        """Fill the form: with a package, to be deployed or to become the next version; or with nothing."""
        self._put_away()
        self._key = value.key if value is not None else ""
        built_in = value is not None and value.kind == "built-in"
        self.title.setText(self.tr("New package") if value is None else f"{value.name} {value.version}")
        self.verdict.setText("")
        self.register_button.setVisible(not built_in)
        self.deploy_button.setVisible(value is not None)
        self.sample_button.setVisible(value is None)
        self.about.setText(self._words(value))
        if built_in:
            return
        known = package_fields.values(value) if value is not None else {}
        typed = self._typed.pop(self._key, None)
        self.form = SectionForm(package_fields.FIELDS, typed or known, whole=True)
        if typed:
            self.form.touch(typed)
        choose = tool_button("folder", self.tr("Choose the folder"))
        choose.clicked.connect(self._ask_folder)
        self.form.form.editor("folder").box.addWidget(choose)
        self.form.edited.connect(self._edited)
        self.column.insertWidget(2, self.form)
        in_order([self.form.last_stop(), self.register_button, self.deploy_button, self.sample_button])
        self._show_words()
        self._show_buttons()

    def focus_new(self) -> None:
        """The file."""
        if self.form is not None:
            self.form.focus("file")

    def _put_away(self) -> None:
        """The form leaves; what was typed into it is there when its package is chosen again."""
        form, self.form = self.form, None
        if form is None:
            return
        if form.edits():
            self._typed[self._key] = form.values()
        self.column.removeWidget(form)
        form.hide()
        form.deleteLater()

    def register(self) -> None:
        """Register what the form holds; one of its name gets the next version."""
        if self.form is None or self.acting:
            return
        problems = self.form.problems(self._rules())
        self.form.tell(problems, everything=True)
        if problems:
            self.form.focus(next(iter(problems)))
            return
        package = package_fields.package(self.form.values())
        packages = self._packages

        async def add() -> tuple[Package, list[Package]]:
            made = await asyncio.to_thread(packages.add, package)
            return made, await asyncio.to_thread(packages.all)

        self.acting = True
        self.asking.ask(add, self.tr("Registering {name}…").format(name=package.name), lambda got: self._added(*got))

    def remove(self) -> None:
        """Take a version out."""
        value = self.value()
        if value is None:
            return
        packages = self._packages

        async def drop() -> list[Package]:
            await asyncio.to_thread(packages.remove, value.name, value.version)
            return await asyncio.to_thread(packages.all)

        def drop_it() -> None:
            self.acting = True
            self.asking.ask(drop, self.tr("Removing {name}…").format(name=value.name), gone)

        def gone(left: list[Package]) -> None:
            self._show(left, "")
            self.changed.emit("sandbox")

        self.confirm(
            self.tr("Remove the package {name}?").format(name=self.texts(value)[0]),
            self.tr("The file or program itself stays. Services that were deployed from it cannot be started again."),
            self.tr("Remove"),
            drop_it,
        )

    def save_sample(self, path: Path) -> None:
        """Write the sample to a place and fill it in, ready to be registered."""

        async def write() -> None:
            await asyncio.to_thread(files.write, path, SAMPLE)

        def written(_: None) -> None:
            if self.form is not None:
                self.form.take("kind", "python")
                self.form.take("file", str(path))
                if not self.form.values().get("name"):
                    self.form.take("name", _name(path.stem))
                self._edited("file")
                self.register_button.setFocus()

        self.asking.ask(write, self.tr("Writing {path}…").format(path=path.name), written)

    def _show_packages(self) -> None:
        packages = self._packages

        async def look() -> list[Package]:
            return await asyncio.to_thread(packages.all)

        self.asking.ask(look, self.tr("Reading the packages…"), self._show)

    def _show(self, found: list[Package], chosen: str | None = None) -> None:
        own = [one for one in found if one.kind != "built-in"]
        built_in = [one for one in found if one.kind == "built-in"]
        self.show_rows([*reversed(own), *built_in], chosen)

    def _added(self, made: Package, found: list[Package]) -> None:
        if self.form is not None:
            self.form.forget_edits()
        self._show(found, made.key)
        card = self.note(self.tr("{name} is registered.").format(name=f"{made.name} {made.version}"))
        button = card.offer(self.tr("Deploy it"))
        button.clicked.connect(lambda: self.deploy_requested.emit(made.key))
        button.setFocus()
        self.changed.emit("sandbox")

    def _edited(self, key: str) -> None:
        if self.form is None:
            return
        if key == "file" and not self.form.touched("name") and self.value() is None:
            self.form.set_value("name", _name(Path(self.form.values().get("file", "")).stem))
        self._show_words()
        self._timer.start()

    def _show_words(self) -> None:
        """The command line as its arguments: what a quote or a blank makes of it is seen before it runs."""
        assert self.form is not None  # noqa: S101 - it is being edited
        line = self.form.values().get("command", "")
        try:
            words = package_fields.words(line)
        except ValueError:
            words = []
        self.form.form.note("command", breakable("  ·  ".join(words)))

    def _rules(self) -> dict[str, str]:
        assert self.form is not None  # noqa: S101 - it is being edited
        try:
            package_fields.words(self.form.values().get("command", ""))
        except ValueError:
            return {"command": self.tr("A quote is left open.")}
        return {}

    def _check(self) -> None:
        """Look, aside, whether it can be registered."""
        if self.form is None or self.acting:
            return
        problems = self.form.problems(self._rules())
        self.form.tell(problems, everything=False)
        if problems:
            self._say("")
            return
        self._looks += 1
        spawn(self._look(package_fields.package(self.form.values()), self._looks), name="check a package")

    async def _look(self, package: Package, number: int) -> None:
        """What registering would say: it looks for files and programs, which may be far away."""
        from streamscope.sandbox.registration import checked

        problem = ""
        try:
            await aside(checked, package)
        except StreamscopeError as error:
            problem = " ".join(part for part in (told(error.message), told(error.hint)) if part)
        with suppress(RuntimeError):  # the dialog may be gone by now
            if number == self._looks:
                self._say(problem)

    def _say(self, problem: str) -> None:
        self.verdict.setText(breakable(problem))
        retone(self.verdict, "error" if problem else "muted")

    def _words(self, value: Package | None) -> str:
        if value is None:
            return self.tr(
                "The sandbox deploys your own model as the platform would: a Python file with predict(inputs), or any "
                "command that listens on the port in $PORT. It stays on this machine."
            )
        if value.kind == "built-in":
            return value.description or self.tr("A model that the sandbox brings along.")
        return self.tr("Deploy it, or change something and register it as the next version.")

    def _show_buttons(self) -> None:
        value = self.value()
        self.register_button.setText(self.tr("Register") if value is None else self.tr("Register the next version"))
        role = "primary" if value is None else ""
        for button, wanted in ((self.register_button, role), (self.deploy_button, "" if role else "primary")):
            button.setProperty("role", wanted)
            button.style().polish(button)

    def _ask_folder(self) -> None:
        dialog = QFileDialog(self, self.tr("The folder that it starts in"))
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(lambda path: self.form.take("folder", path) if self.form is not None else None)
        dialog.open()

    def _ask_where(self) -> None:
        dialog = QFileDialog(self, self.tr("Save a sample"), str(Path.home() / "predict.py"))
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setNameFilter("Python (*.py)")
        dialog.setDefaultSuffix("py")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(lambda path: self.save_sample(Path(path)))
        dialog.open()

    def _lay_out(self) -> None:
        dress(self.sample_button, "file")
        for button in (self.register_button, self.deploy_button, self.sample_button):
            button.setAutoDefault(False)
        self.register_button.clicked.connect(self.register)
        self.deploy_button.clicked.connect(self._deploy)
        self.sample_button.clicked.connect(self._ask_where)
        for keys in ("Ctrl+Return", "Ctrl+S"):
            QShortcut(keys, self, self.register)
        for widget in (self.title, self.about, self.verdict):
            self.column.addWidget(widget)
        self.column.addStretch(1)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        for button in (self.register_button, self.deploy_button, self.sample_button):
            buttons.addWidget(button)
        buttons.addStretch(1)
        self.page.addLayout(buttons)

    def _deploy(self) -> None:
        value = self.value()
        if value is not None:
            self.deploy_requested.emit(value.key)


def _name(stem: str) -> str:
    """A package's name after a file's."""
    return "".join(sign if sign.isalnum() or sign in "-_" else "-" for sign in stem).strip("-")[:64]
