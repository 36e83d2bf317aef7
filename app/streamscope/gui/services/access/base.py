"""What the dialogs about access have in common: a workspace, and the part of its platform that they are about."""

from collections.abc import Callable, Coroutine, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar, Literal, TypeVar

from PySide6.QtWidgets import QComboBox, QHBoxLayout, QWidget

from streamscope.gui.marks import muted_label
from streamscope.gui.services.access.keeping import keep, proposed
from streamscope.gui.services.listing import ListDialog
from streamscope.gui.workspaces.keyring import KeyringView
from streamscope.model.errors import StreamscopeError
from streamscope.tasks import spawn

if TYPE_CHECKING:
    from streamscope.gui.desk import Desk
    from streamscope.kinds.platforms.base import Site
    from streamscope.kinds.platforms.generation import Generation
    from streamscope.model.service import Workspace

_T = TypeVar("_T")
_A = TypeVar("_A")
Part = Literal["apps", "keys", "connections"]


def offering(workspace: "Workspace", part: Part) -> "Generation | None":
    """The generation of a workspace that has Apps, keys or connections."""
    from streamscope.engine import deploying

    found = deploying.generations(workspace).values()
    return next((one for one in found if getattr(one, part) is not None), None)


class AccessDialog(ListDialog[_T]):
    """A list of what one workspace's platform has of one part; the workspace is chosen above the list."""

    part: ClassVar[Part]

    def __init__(self, desk: "Desk", title: str, parent: QWidget | None = None, *, workspace: str = "") -> None:
        super().__init__(desk, title, parent)
        self.list.setAccessibleName(title)
        self.keyring = KeyringView()
        self._wanted: str | None = None
        self._found: list[_T] = []
        self.place = QComboBox()
        self.place.setAccessibleName(self.tr("Workspace"))
        self.place.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        for one in desk.bench.workspaces.all():
            if offering(one, self.part) is not None:
                self.place.addItem(one.name, one.name)
        wanted = workspace or desk.bench.settings.get("workspace")
        self.place.setCurrentIndex(max(0, self.place.findData(wanted)))
        self.place.activated.connect(lambda _: self._place_chosen())
        holder = QWidget()
        row = QHBoxLayout(holder)
        row.setContentsMargins(8, 8, 8, 8)
        row.addWidget(self.place)
        self.side.insertWidget(0, holder)
        self.page.insertWidget(1, self.keyring)
        self.about = muted_label("", wrap=True)
        self.column.addWidget(self.about)

    def workspace(self) -> str:
        """The workspace's name; '' where none has this part."""
        return str(self.place.currentData() or "")

    def inquire(
        self,
        make: Callable[[Any, "Site"], Coroutine[Any, Any, _A]],
        words: str,
        then: Callable[[_A], object],
        *,
        failed: Callable[[StreamscopeError], object] | None = None,
        reading: bool = False,
    ) -> None:
        """Ask the workspace's platform: `make` is given the part (Apps, Keys, Connections) and the site."""
        from streamscope.engine import deploying

        name, core = self.workspace(), self.desk.runtime.core
        if not name or self.acting:
            return
        self.acting = not reading
        part = getattr(offering(self.desk.bench.workspaces.get(name), self.part), self.part)

        async def asked() -> _A:
            return await make(part, await deploying.place(core, name))

        self.asking.ask(asked, words, then, failed=failed, stopped=self._unread if reading else None)

    def _unread(self) -> None:
        if not self.list.count() and self.isVisible():
            self.asking.say_stopped(self.read)

    def altered(self, chosen: str | None = None) -> None:
        """Something is other than before: tell it, and read again what there is now; `chosen` is shown then."""
        self._wanted = chosen
        self.changed.emit(self.workspace())
        self.read()

    def take(self, found: Sequence[_T]) -> None:
        """Show what there is; where nothing is other than before, whoever is typing is left alone."""
        wanted, self._wanted = self._wanted, None
        if wanted is not None or list(found) != self._found:
            self._found = list(found)
            self.show_rows(found, wanted)
        elif not found:
            self.show_rows(found)

    def keep_as(self, name: str, auth: str, values: Mapping[str, str]) -> None:
        """Make a credential of what the platform gave, under a free name; what became of it is a card."""
        free = proposed(self.desk, name)

        async def kept() -> None:
            try:
                where = await self.keyring.asked(keep, self.desk, free, auth, values)
            except StreamscopeError as error:
                self.asking.tell(error, lambda: self.keep_as(name, auth, values))
                return
            self.credentials_changed.emit()
            lasting = all(one.lasting for one in where.values())
            said = self.tr("It is the credential {name} now, kept in the keyring.")
            loose = self.tr("It is the credential {name} now, kept in memory for this session.")
            self.note((said if lasting else loose).format(name=free))

        spawn(kept(), name="keep a credential")

    def _place_chosen(self) -> None:
        self.asking.clear()
        self._found = []
        self.show_rows([])
        self.read()


def day(at: float) -> str:
    """A day and a minute as people write them; a dash where it is not known."""
    return f"{datetime.fromtimestamp(at).astimezone():%Y-%m-%d %H:%M}" if at else "–"
