"""Every action of the window, once: its name, menu, words and keys. Menus, palette and shortcuts read this."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QAction, QKeySequence

from streamscope.gui.texts import told
from streamscope.model.phrase import NOTHING, Phrase, phrase

DEFAULTS = "defaults"
"""The property of an action that holds the keys it has unless a person chose others."""


@dataclass(frozen=True, slots=True)
class Act:
    """One action: `keys` are Qt's portable texts, bound by character; a line above it in its menu where `apart`."""

    name: str
    menu: Phrase
    text: Phrase
    keys: tuple[str, ...] = ()
    apart: bool = False


MENUS = (
    phrase("&File"),
    phrase("&Edit"),
    phrase("&Request"),
    phrase("&Service"),
    phrase("&View"),
    phrase("&Help"),
)
_FILE, _EDIT, _REQUEST, _SERVICE, VIEW, _HELP = MENUS

ACTS = (
    Act("new", _FILE, phrase("New request"), ("Ctrl+N", "Ctrl+T")),
    Act("window", _FILE, phrase("New window"), ("Ctrl+Shift+N",)),
    Act("open_collection", _FILE, phrase("Open a collection folder…"), ("Ctrl+O",), apart=True),
    Act("save", _FILE, phrase("Save"), ("Ctrl+S",)),
    Act("save_as", _FILE, phrase("Save as…"), ("Ctrl+Shift+S",)),
    Act("workspaces", _FILE, phrase("Workspaces…"), ("Ctrl+Shift+W",), apart=True),
    Act("credentials", _FILE, phrase("Credentials…"), ("Ctrl+Shift+K",)),
    Act("environments", _FILE, phrase("Environments…"), ("Ctrl+E",)),
    Act("settings", _FILE, phrase("Settings…"), ("Ctrl+,",)),
    Act("close_tab", _FILE, phrase("Close request"), ("Ctrl+W",), apart=True),
    Act("reopen", _FILE, phrase("Reopen closed request"), ("Ctrl+Shift+T",)),
    Act("close_window", _FILE, phrase("Close window"), ("Alt+F4",)),
    Act("quit", _FILE, phrase("Quit"), ("Ctrl+Q",)),
    Act("palette", _EDIT, phrase("Find anything…"), ("Ctrl+K",)),
    Act("requests", _EDIT, phrase("Find a request…"), ("Ctrl+P",)),
    Act("find", _EDIT, phrase("Find in this pane"), ("Ctrl+F",), apart=True),
    Act("duplicate", _EDIT, phrase("Duplicate request"), ("Ctrl+D",)),
    Act("copy_curl", _EDIT, phrase("Copy as cURL"), ("Ctrl+Shift+C",)),
    Act("copy_answer", _EDIT, phrase("Copy the answer"), ("Ctrl+.",)),
    Act("send", _REQUEST, phrase("Send"), ("Ctrl+Return", "Ctrl+Enter")),
    Act("stop", _REQUEST, phrase("Stop"), ("Esc",)),
    Act("again", _REQUEST, phrase("Send the exchange in front again"), ("Ctrl+R",)),
    Act("pause", _REQUEST, phrase("Pause the views, or go on"), ("Ctrl+Shift+Space",)),
    Act("afterwards", _REQUEST, phrase("More to do with the exchange…"), ("Ctrl+Alt+M",)),
    Act("address", _REQUEST, phrase("Go to the address"), ("Ctrl+L",), apart=True),
    Act("auth", _REQUEST, phrase("Choose the authentication"), ("Alt+1",)),
    Act("channel", _REQUEST, phrase("Choose the channel"), ("Alt+2",)),
    Act("protocol", _REQUEST, phrase("Choose the protocol"), ("Alt+3",)),
    Act("environment", _REQUEST, phrase("Choose the environment"), ("Ctrl+Shift+E",)),
    Act("preview", _REQUEST, phrase("Preview what will leave"), ("Ctrl+Shift+P",)),
    Act("matrix", _REQUEST, phrase("Access matrix"), ("Ctrl+M",), apart=True),
    Act("manage", _SERVICE, phrase("Manage the service"), ("Ctrl+Shift+M",)),
    Act("start_service", _SERVICE, phrase("Start the service"), ("Ctrl+Alt+Shift+R",)),
    Act("stop_service", _SERVICE, phrase("Stop the service…"), ("Ctrl+Alt+Shift+S",)),
    Act("update_service", _SERVICE, phrase("Update the service…"), ("Ctrl+Alt+Shift+U",)),
    Act("scale_service", _SERVICE, phrase("Scale the service…")),
    Act("interrupt_service", _SERVICE, phrase("Interrupt the deployment…")),
    Act("delete_service", _SERVICE, phrase("Delete the service…")),
    Act("deploy", _SERVICE, phrase("Deploy a service…"), ("Ctrl+Alt+N",), apart=True),
    Act("package", _SERVICE, phrase("Add a model package…")),
    Act("add_service", _SERVICE, phrase("Add a service by its URL…")),
    Act("apps", _SERVICE, phrase("Apps…"), apart=True),
    Act("keys", _SERVICE, phrase("API keys…")),
    Act("refresh", _SERVICE, phrase("Read the services again"), ("F5",), apart=True),
    Act("services", VIEW, phrase("Services"), ("Ctrl+Shift+B",)),
    Act("details", VIEW, phrase("Details of the service"), ("F4",)),
    Act("collections", VIEW, phrase("Collections"), ("Ctrl+Shift+L",)),
    Act("history", VIEW, phrase("History"), ("Ctrl+Shift+H",)),
    Act("sidebar", VIEW, phrase("Show or hide the sidebar"), ("Ctrl+B", "Ctrl+\\"), apart=True),
    Act("side", VIEW, phrase("Sidebar left or right")),
    Act("swap", VIEW, phrase("Answer beside or below"), ("Ctrl+J",)),
    Act("answer_only", VIEW, phrase("Show or hide the request's sheets"), ("Ctrl+Shift+J",)),
    Act("next_pane", VIEW, phrase("Next pane"), ("F6",)),
    Act("previous_pane", VIEW, phrase("Previous pane"), ("Shift+F6",)),
    Act("next_tab", VIEW, phrase("Next request"), ("Ctrl+Tab", "Ctrl+PgDown"), apart=True),
    Act("previous_tab", VIEW, phrase("Previous request"), ("Ctrl+Shift+Tab", "Ctrl+PgUp")),
    *(
        Act(f"tab_{number}", NOTHING, phrase("Go to request {number}", number=number), (f"Ctrl+{number}",))
        for number in range(1, 9)
    ),
    Act("tab_last", NOTHING, phrase("Go to the last request"), ("Ctrl+9",)),
    *(
        Act(
            f"view_{number}",
            NOTHING,
            phrase("Go to view {number} of the exchange", number=number),
            (f"Ctrl+Alt+{number}",),
        )
        for number in range(1, 10)
    ),
    Act("close_answer", VIEW, phrase("Close the answer in front"), ("Ctrl+F4",)),
    Act("help", _HELP, phrase("Shortcuts"), ("F1", "Ctrl+/")),
    Act("about", _HELP, phrase("About Streamscope")),
)


def build(owner: QObject, does: Mapping[str, Callable[[], object]]) -> dict[str, QAction]:
    """The actions by name, each doing what `does` says; one that nothing is said for does not exist."""
    made: dict[str, QAction] = {}
    for act in ACTS:
        if act.name not in does:
            continue
        action = QAction(told(act.text), owner)
        action.setObjectName(act.name)
        action.setProperty(DEFAULTS, list(act.keys))
        action.setShortcuts([QKeySequence(one) for one in act.keys])
        action.setShortcutContext(Qt.ShortcutContext.WindowShortcut)
        action.triggered.connect(_calling(does[act.name]))
        made[act.name] = action
    return made


def bind(actions: Mapping[str, QAction], chosen: Mapping[str, Iterable[str]]) -> None:
    """Give the actions the keys that a person chose, and the others their own; unknown names are left alone."""
    for name, action in actions.items():
        keys = chosen.get(name)
        action.setShortcuts([QKeySequence(one) for one in (action.property(DEFAULTS) if keys is None else keys)])


def _calling(function: Callable[[], object]) -> Callable[[bool], None]:
    def call(_checked: bool) -> None:
        function()

    return call


def keys_text(action: QAction) -> str:
    """The first key of an action as the desktop writes it, '' where it has none."""
    return action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
