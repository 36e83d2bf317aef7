"""Which action has which keys: a person's choice over the defaults, and who else has a key already. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QAction, QKeySequence

from streamscope.gui.actions import ACTS, DEFAULTS
from streamscope.gui.texts import plain, told

_EDITING = frozenset(
    "Space Tab Backtab Backspace Return Enter Del Ins Left Right Up Down Home End PgUp PgDown".split()  # noqa: SIM905
)


__all__ = ["DEFAULTS", "Bound", "bound", "normal", "owner", "shown", "unfit"]


@dataclass(frozen=True, slots=True)
class Bound:
    """An action with the keys that it has now, as Qt's portable texts."""

    name: str
    text: str
    menu: str
    keys: tuple[str, ...]
    changed: bool


def bound(actions: Mapping[str, QAction], chosen: Mapping[str, Iterable[str]]) -> list[Bound]:
    """Every action in the order of the menus."""
    menus = {act.name: plain(told(act.menu)) for act in ACTS}
    found = []
    for name, action in actions.items():
        defaults = normal(action.property(DEFAULTS) or ())
        keys = normal(chosen[name]) if name in chosen else defaults
        found.append(Bound(name, plain(action.text()), menus.get(name, ""), keys, keys != defaults))
    return found


def normal(keys: Iterable[str]) -> tuple[str, ...]:
    """Keys as Qt writes them, each once, without what is none."""
    texts = (QKeySequence(key).toString(QKeySequence.SequenceFormat.PortableText) for key in keys)
    return tuple(dict.fromkeys(text for text in texts if text))


def shown(key: str) -> str:
    """A key as the desktop writes it."""
    return QKeySequence(key).toString(QKeySequence.SequenceFormat.NativeText)


def owner(key: str, among: Iterable[Bound], besides: str) -> Bound | None:
    """Which other action has a key."""
    return next((one for one in among if one.name != besides and key in one.keys), None)


def unfit(key: str) -> str:
    """Why a key cannot be an action's; '' where it can: one that types or walks needs Ctrl or Alt."""
    bare = key.removeprefix("Shift+")
    if len(bare) == 1 or bare in _EDITING:
        return QCoreApplication.translate("shortcuts", "This key is for typing: hold Ctrl or Alt with it.")
    return ""
