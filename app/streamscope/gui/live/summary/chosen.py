"""The objectives that a person chose: one for the whole window, kept in its settings where there are any."""

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from streamscope.model.errors import UsageError
from streamscope.model.objective import PRESETS, Objectives, objectives

if TYPE_CHECKING:
    from streamscope.gui.settings.model import SettingsModel

NONE, OWN = "none", "own"
CHOSEN_KEY, OWN_KEY = "slo", "slo_own"


class ObjectivesModel(QObject):
    """Which objectives count now; `changed` tells when that is another.

    `choice` is NONE, OWN or the key of a preset; `own` is the text of the person's own.
    """

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.choice, self.own = NONE, ""
        self._kept: SettingsModel | None = None
        self._writing = 0
        """What was given to the settings and is not told by them yet: until then they know less."""

    @property
    def now(self) -> Objectives:
        """The limits that count."""
        if self.choice in PRESETS:
            return PRESETS[self.choice].objectives
        try:
            return objectives(self.own) if self.choice == OWN else Objectives()
        except UsageError:
            return Objectives()

    def keep_in(self, settings: "SettingsModel | None") -> None:
        """Take what the settings say, follow them, and write there what is chosen from now on, while they are there."""
        if self._kept is not None:
            self._kept.changed.disconnect(self._read)
        self._kept, self._writing = settings, 0
        if settings is not None:
            settings.changed.connect(self._read)
            settings.destroyed.connect(partial(self._gone, id(settings)))
            self._read(CHOSEN_KEY)

    def _gone(self, settings: int, _object: object = None) -> None:
        if id(self._kept) == settings:
            self._kept = None

    def choose(self, choice: str) -> None:
        """Choose others. A person's own begin as those that were chosen before."""
        if choice == OWN and not self.own:
            self.own = ", ".join(str(self.now).split(","))
            self._write(OWN_KEY, self.own)
        if choice != self.choice:
            self.choice = choice
            self._write(CHOSEN_KEY, choice)
            self.changed.emit()

    def write_own(self, text: str) -> None:
        """Set a person's own. Raises UsageError where it is none."""
        objectives(text)
        if text != self.own:
            self.own = text
            self._write(OWN_KEY, text)
            self.changed.emit()

    def _write(self, key: str, value: str) -> None:
        if self._kept is not None:
            self._writing += 1
            self._kept.set(key, value)

    def _read(self, key: str) -> None:
        if self._kept is None or key not in (CHOSEN_KEY, OWN_KEY):
            return
        self._writing = max(0, self._writing - 1)
        if self._writing:
            return
        settings = self._kept.settings
        found = (settings.get(CHOSEN_KEY), settings.get(OWN_KEY))
        if found != (self.choice, self.own):
            self.choice, self.own = found
            self.changed.emit()


chosen = ObjectivesModel()
