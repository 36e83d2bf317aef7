"""The window: sidebar, open requests, composer and live pane; what is asked for in one is done here with the core."""

import asyncio
import sys
from collections.abc import Coroutine
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QEvent, QSettings, Qt, Signal
from PySide6.QtGui import QAction, QCloseEvent, QGuiApplication, QPaintEvent
from PySide6.QtWidgets import QApplication, QLineEdit, QMainWindow, QSplitter, QVBoxLayout, QWidget

from streamscope.gui.composer.pane import ComposerPane
from streamscope.gui.composer.preview import PreviewView
from streamscope.gui.drafts import DraftTabs
from streamscope.gui.library.collections import CollectionsPane
from streamscope.gui.library.environment_model import EnvironmentModel
from streamscope.gui.library.history import HistoryPane
from streamscope.gui.live.pane import LivePane
from streamscope.gui.marks import IconView
from streamscope.gui.menus import build_menus
from streamscope.gui.messages import MessagesView
from streamscope.gui.services.pane import ServicesPane
from streamscope.gui.sidebar import SidebarPane
from streamscope.gui.status import StatusView
from streamscope.gui.variables import VariableMarks
from streamscope.gui.walking import enter, holds_focus, stop_of
from streamscope.model.draft import Draft
from streamscope.model.errors import StreamscopeError, UsageError
from streamscope.model.phrase import phrase
from streamscope.store import files
from streamscope.store.settings import limits
from streamscope.tasks import spawn

if TYPE_CHECKING:
    from streamscope.gui.desk import Desk
    from streamscope.gui.session import Session
    from streamscope.store.bench import Bench


class Window(QMainWindow):
    """One window on a bench; with `restores` off it begins empty, whatever was open before."""

    painted = Signal()
    closed = Signal()
    ready = Signal()
    another_requested = Signal()
    quit_requested = Signal()

    def __init__(self, bench: "Bench") -> None:
        super().__init__()
        self.bench = bench
        self.desk: Desk | None = None
        self.session: Session | None = None
        self.restores = True
        self._painted = False
        self.closing = False
        files.own(bench.profile / "window.ini")
        self._geometry = QSettings(str(bench.profile / "window.ini"), QSettings.Format.IniFormat)
        self.sidebar = SidebarPane()
        self.services = ServicesPane()
        self.composer = ComposerPane()
        self.drafts = DraftTabs(self.composer)
        self.preview = PreviewView()
        self.collections = CollectionsPane()
        self.history = HistoryPane()
        self.environments = EnvironmentModel(bench, self)
        self.live = LivePane()
        self.messages = MessagesView()
        self._lay_out()
        self.actions_by_name: dict[str, QAction] = build_menus(self)
        self._connect()
        self.setWindowTitle(self.tr("Streamscope"))
        self.composer.address.path.setFocus()
        for notice in bench.notices:
            self.messages.tell("warning", notice)

    def settle(self, desk: "Desk", place: str = "") -> None:
        """The core is there: fill the panes, open what was open before, read the services. `place` names this window
        among those whose requests are kept."""
        from streamscope.gui.session import Session

        self.desk = desk
        self.session = session = Session(self, desk, place)
        session.choosing.ready.connect(self.ready)
        session.choosing.sandbox_said.connect(self._sandbox.set_text)
        session.begin()

    def send(self, draft: Draft) -> None:
        """Send a draft and watch it in a tab of its own."""
        if self.session is not None:
            self.session.send(draft)

    def refresh(self) -> None:
        """Read the services of every workspace again."""
        if self.session is not None:
            self.session.refreshing.refresh()

    def open_matrix(self) -> None:
        """Open the access matrix of the composer's workspace."""
        if self.session is not None:
            self.session.open_matrix()

    def new_request(self) -> None:
        """Open an empty request and go to its address."""
        self.new_draft()
        self.composer.focus_address()

    def new_draft(self) -> None:
        """Open an empty request, with the limits that the settings say."""
        draft = Draft(limits=limits(self.bench.settings))
        self.drafts.open_draft(draft, kept=draft)

    def open_collection(self) -> None:
        """Show the collections and ask for a folder."""
        self.sidebar.show_pane("collections")
        self.collections.choose_folder()

    def save(self) -> None:
        """Write the request in front into its file, or ask for one."""
        front = self.drafts.current()
        if self.session is not None and front is not None:
            self.session.keeping.save(front)

    def save_as(self) -> None:
        """Write the request in front into another file."""
        self.drafts.read()
        if self.session is not None and (front := self.drafts.current()) is not None:
            self.session.ask_name(front)

    def find_anything(self, *, requests: bool = False) -> None:
        """Open the palette: of everything, or of requests only."""
        from streamscope.gui.palette import open_palette

        open_palette(self, requests=requests)

    def stop(self) -> None:
        """Stop the exchange in front."""
        if self.session is not None and (view := self.live.current()) is not None:
            self.session.sendings.stop(view)

    def pause(self) -> None:
        """Let the views of the exchange in front stand still, or go on."""
        if (view := self.live.current()) is not None:
            view.pause()

    def again(self) -> None:
        """Send the exchange in front once more."""
        if (view := self.live.current()) is not None:
            self.send(view.exchange.draft)

    def show_view(self, number: int) -> None:
        """Bring a view of the exchange in front to the front, counted from 0, and go into it."""
        if (view := self.live.current()) is not None and number < len(view.kinds):
            key = view.kinds[number].key
            view.show_view(key)
            view.view(key).setFocus(Qt.FocusReason.ShortcutFocusReason)

    def afterwards(self) -> None:
        """The menu of the exchange in front."""
        if (view := self.live.current()) is not None:
            view.header.menu.click()

    def compose(self, draft: Draft) -> None:
        """Open a request for a draft that came from elsewhere."""
        self.drafts.open_draft(draft, service=self.session.service_of(draft) if self.session else None, kept=Draft())

    def copy_answer(self) -> None:
        """Copy the text of the answer in front."""
        if (view := self.live.current()) is not None:
            QGuiApplication.clipboard().setText(view.text.toPlainText())
            self.statusBar().showMessage(self.tr("The answer's text was copied."), 6000)

    def close_front(self) -> None:
        """Close the answer where the focus is in one, else the request in front."""
        if holds_focus(self.live) and self.live.tabs.count():
            self.live.close_current()
        else:
            self.drafts.close_current()

    def walk(self, by: int) -> None:
        """Put the focus into the next pane, or the one before: sidebar, address, sheets, answer."""
        stops: list[tuple[QWidget, QWidget]] = [
            (self.sidebar, self.sidebar.front),
            (self.composer.head, self.composer.address.path),
            (self.composer.sheets, self.composer.sheets.currentWidget() or self.composer.sheets),
            (self.live, self.live.tabs if self.live.tabs.count() else self.live),
        ]
        stops = [stop for stop in stops if stop[0].isVisible() and stop_of(stop[1]) is not None]
        here = next((at for at, (pane, _) in enumerate(stops) if holds_focus(pane)), -1 if by > 0 else 0)
        enter(stops[(here + by) % len(stops)][1])

    def change_side(self) -> None:
        """Put the sidebar on the other side of the window."""
        sizes = self._outer.sizes()
        self._outer.insertWidget(1 - self._outer.indexOf(self.sidebar), self.sidebar)
        self._outer.setSizes(sizes[::-1])
        self._outer.setStretchFactor(self._outer.indexOf(self.sidebar), 0)
        self._outer.setStretchFactor(1 - self._outer.indexOf(self.sidebar), 1)

    def swap(self) -> None:
        """Show the answer below the request instead of beside it, or the other way round."""
        split = self.composer.split
        beside = split.orientation() == Qt.Orientation.Horizontal
        split.setOrientation(Qt.Orientation.Vertical if beside else Qt.Orientation.Horizontal)

    def find_here(self) -> None:
        """Find in the pane that has the focus: its own search, else the filter of the sidebar."""
        focus = QApplication.focusWidget()
        while focus is not None and focus is not self:
            if callable(find := getattr(focus, "open_find", None)):
                find()
                return
            focus = focus.parentWidget()
        self.sidebar.show()
        pane = self.sidebar.front
        field = getattr(pane, "filter", pane)
        field.setFocus(Qt.FocusReason.ShortcutFocusReason)
        if isinstance(field, QLineEdit):
            field.selectAll()

    def wear(self, appearance: str) -> None:
        """Change the look and keep the choice."""
        if self.session is not None:
            self.session.dialogs.settings_model.set("appearance", appearance)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Qt's: remember the places of things, stop looking; whoever opened the window ends the rest."""
        self._geometry.setValue("window", self.saveGeometry())
        self._geometry.setValue("outer", self._outer.saveState())
        self._geometry.setValue("right", self._outer.indexOf(self.sidebar) == 1)
        self._geometry.setValue("inner", self.composer.split.saveState())
        self._geometry.setValue("details", self.services.split.saveState())
        self._geometry.setValue("columns", self.columns())
        self.closing = True
        self.drafts.read()
        if self.session is not None:
            self.session.close()
        self.preview.stop()
        super().closeEvent(event)
        self.closed.emit()

    def columns(self) -> str:
        """How the columns of the table of events are arranged, as text."""
        loaded = sys.modules.get("streamscope.gui.live.events.columns")  # not for this: it may never have been needed
        return str(loaded.kept.state() if loaded is not None else self._geometry.value("columns", ""))

    def changeEvent(self, event: QEvent) -> None:
        """Qt's: nobody sees a minimised window, so no platform is asked for it."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.WindowStateChange and self.session is not None:
            self.session.refreshing.set_looking(not self.isMinimized())
            self.session.managing.set_looking(not self.isMinimized())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Qt's."""
        super().paintEvent(event)
        if not self._painted:
            self._painted = True
            self.painted.emit()

    def forget(self) -> None:
        """Close the requests: the window will not come back; they can be reopened elsewhere."""
        if self.session is not None:
            self.session.keeping.close_all()

    def release(self) -> None:
        """Close the recordings; nothing is written into them any more."""
        if self.session is not None:
            self.session.sendings.release()

    def start(self, coroutine: Coroutine[Any, Any, None], name: str) -> "asyncio.Task[None]":
        """Run a coroutine of the window; what goes wrong in it is a message in its place, a bug too."""

        async def shown() -> None:
            try:
                await coroutine
            except asyncio.CancelledError:
                pass  # stopped: what there is to say, the exchange says itself
            except StreamscopeError as error:
                self.tell_error(error)
            except Exception as error:  # noqa: BLE001 - a bug is told in the window, the program goes on
                if not _gone(error):
                    self.tell_bug(error)

        return spawn(shown(), name=name)

    def tell_error(self, error: StreamscopeError) -> None:
        """Show what went wrong: what, why, what to try."""
        self.messages.tell("error", error.message, error.hint, cause=error.cause)

    def tell_bug(self, error: BaseException) -> None:
        """Show what should never happen."""
        told = phrase("Something went wrong inside of Streamscope: {error}", error=f"{type(error).__name__}: {error}")
        self.messages.tell("error", told, UsageError(told).hint)

    def _lay_out(self) -> None:
        self.sidebar.add("services", self.tr("Services"), "server", self.services)
        self.sidebar.add("collections", self.tr("Collections"), "folder", self.collections)
        self.sidebar.add("history", self.tr("History"), "clock", self.history)
        self.composer.add_sheet(self.preview, self.tr("Preview"))
        self.drafts.add_corner(IconView("layers"))
        self.drafts.add_corner(self.environments.choice)
        for editor in (self.composer.address.path, self.composer.body.editor, self.composer.messages.editor):
            VariableMarks(editor)
        self._outer = QSplitter(Qt.Orientation.Horizontal)
        self._outer.addWidget(self.sidebar)
        right = QWidget()
        column = QVBoxLayout(right)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.messages)
        column.addWidget(self.drafts)
        column.addWidget(self.composer, 1)
        self._outer.addWidget(right)
        self._outer.setStretchFactor(1, 1)
        self._outer.setSizes([264, 1016])
        self._outer.setCollapsible(1, False)
        self.composer.split.addWidget(self.live)
        self.composer.split.setStretchFactor(0, 2)
        self.composer.split.setStretchFactor(1, 3)
        self.composer.split.setSizes([420, 612])
        self.setCentralWidget(self._outer)
        self._sandbox = StatusView("server")
        self._keyring = StatusView("key")
        self.statusBar().setSizeGripEnabled(False)
        self.statusBar().addWidget(self._sandbox)
        self.statusBar().addPermanentWidget(self._keyring)
        self._sandbox.set_text(self.tr("Starting…"))
        self.resize(1280, 800)
        if (kept := self._geometry.value("window")) is not None:
            self.restoreGeometry(kept)
            if self._geometry.value("right", False, type=bool):
                self.change_side()
            splits = ((self._outer, "outer"), (self.composer.split, "inner"), (self.services.split, "details"))
            for splitter, name in splits:
                if (state := self._geometry.value(name)) is not None:
                    splitter.restoreState(state)

    def _connect(self) -> None:
        self.composer.stop_requested.connect(self.stop)
        self.drafts.new_requested.connect(self.new_request)
        self.live.state_changed.connect(self.show_running)
        self.composer.edited.connect(self.preview.touch)
        self.drafts.turned.connect(self.preview.touch)
        self.drafts.changed.connect(self.preview.touch)
        self.preview.copied.connect(lambda text: self.statusBar().showMessage(text, 6000))
        self.collections.started.connect(lambda task: self.start(task, "read the collections"))
        self.history.started.connect(lambda task: self.start(task, "read the history"))
        self.environments.started.connect(lambda task: self.start(task, "read the environments"))
        self.environments.changed.connect(self.preview.touch)

    def show_running(self) -> None:
        """Whether there is something to stop, and a connection for the messages of the request in front."""
        view = self.live.current()
        self.composer.address.set_running(view is not None and view.live)
        front = self.drafts.current()
        talking = self.session.sendings.running(front.key) if self.session is not None and front is not None else []
        self.composer.messages.set_connected(bool(talking))

    def show_keyring(self, text: str) -> None:
        """Say in the status line whether there is a keyring."""
        self._keyring.set_text(text)


def _gone(error: Exception) -> bool:
    """Whether work was done for a dialog that a person closed meanwhile: there is nothing to show it in."""
    return isinstance(error, RuntimeError) and str(error).endswith(("already deleted.", "has been deleted"))
