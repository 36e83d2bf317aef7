"""The keys of every action: found by name or by pressing them, changed by pressing others."""

from collections.abc import Mapping

from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import (
    QHBoxLayout,
    QHeaderView,
    QKeySequenceEdit,
    QLabel,
    QLineEdit,
    QPushButton,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from streamscope.gui.marks import dress, muted_label, tool_button
from streamscope.gui.messages import MessageView
from streamscope.gui.settings import keys
from streamscope.gui.settings.model import KEYS, SettingsModel
from streamscope.gui.theme import strong_font

_NAME = Qt.ItemDataRole.UserRole


class ShortcutsView(QWidget):
    """A list of actions; below it the keys of the chosen one, and a field that takes a new one."""

    def __init__(self, actions: Mapping[str, QAction], model: SettingsModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._actions = actions
        self._model = model
        self._bound: list[keys.Bound] = []
        self.filter = QLineEdit()
        self.filter.setPlaceholderText(self.tr("Find an action by its name"))
        self.filter.setAccessibleName(self.tr("Find an action by its name"))
        self.filter.setClearButtonEnabled(True)
        self.filter.textChanged.connect(self._search)
        self.pressed = _key_field(self.tr("Find an action by its keys"))
        self.pressed.keySequenceChanged.connect(self._search)
        self.list = QTreeWidget()
        self.list.setAccessibleName(self.tr("Actions and their keys"))
        self.list.setHeaderLabels([self.tr("Action"), self.tr("Menu"), self.tr("Keys")])
        self.list.setObjectName("shortcuts")
        self.list.setRootIsDecorated(False)
        self.list.setUniformRowHeights(True)
        self.list.setAllColumnsShowFocus(True)
        self.list.setMinimumHeight(260)
        header = self.list.header()
        header.setStretchLastSection(True)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        header.setSectionResizeMode(1, QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(2, QHeaderView.ResizeMode.ResizeToContents)
        self.list.currentItemChanged.connect(lambda *_: self._choose())
        self.list.itemActivated.connect(lambda *_: self._enter())
        self.title = QLabel()
        self.title.setFont(strong_font())
        self.new = _key_field(self.tr("New keys: press them"))
        self.new.keySequenceChanged.connect(self._typed)
        self.add_button = QPushButton(self.tr("Add"))
        self.add_button.clicked.connect(self.add_new)
        self.reset_button = QPushButton(self.tr("Reset"))
        self.reset_button.setToolTip(self.tr("Give this action its own keys again"))
        self.reset_button.clicked.connect(self._reset)
        self.reset_all_button = QPushButton(self.tr("Reset all keys"))
        dress(self.reset_all_button, "undo")
        self.reset_all_button.clicked.connect(model.reset_keys)
        self._keys = QHBoxLayout()
        self._cards = QVBoxLayout()
        self._lay_out()
        model.changed.connect(lambda key: self.refresh() if key == KEYS else None)
        self.refresh()

    def words(self) -> str:
        """What a search over all settings looks at."""
        return " ".join(f"{one.text} {' '.join(one.keys)}" for one in self._bound)

    def refresh(self) -> None:
        """Show the keys as they are."""
        chosen = self.current()
        self._bound = keys.bound(self._actions, self._model.settings.keys())
        self.list.blockSignals(True)
        self.list.clear()
        for one in self._bound:
            said = ", ".join(keys.shown(key) for key in one.keys) or "–"
            item = QTreeWidgetItem([one.text, one.menu, said])
            item.setData(0, _NAME, one.name)
            item.setData(
                2, Qt.ItemDataRole.AccessibleTextRole, f"{said} {self.tr('changed') if one.changed else ''}".strip()
            )
            if one.changed:
                item.setFont(2, strong_font())
            self.list.addTopLevelItem(item)
            if chosen is not None and one.name == chosen.name:
                self.list.setCurrentItem(item)
        self.list.blockSignals(False)
        self.reset_all_button.setEnabled(any(one.changed for one in self._bound))
        self._search()
        self._choose()

    def current(self) -> keys.Bound | None:
        """The chosen action."""
        item = self.list.currentItem()
        name = item.data(0, _NAME) if item is not None else None
        return next((one for one in self._bound if one.name == name), None)

    def add_new(self) -> None:
        """Give the chosen action the keys that were pressed, where nobody else has them."""
        one, key = self.current(), self._pressed_new()
        if one is None or not key:
            return
        if why := keys.unfit(key):
            self._say(why)
        elif (other := keys.owner(key, self._bound, one.name)) is not None:
            said = self.tr("{key} belongs to “{action}”.").format(key=keys.shown(key), action=other.text)
            card = self._say(said)
            card.offer(self.tr("Take it from there")).clicked.connect(lambda: self._take(one, key, other))
        else:
            self._write(one, (*one.keys, key))

    def _take(self, one: keys.Bound, key: str, other: keys.Bound) -> None:
        self._write(other, tuple(known for known in other.keys if known != key))
        self._write(one, (*one.keys, key))

    def _remove(self, one: keys.Bound, key: str) -> None:
        self._write(one, tuple(known for known in one.keys if known != key))

    def _reset(self) -> None:
        """The chosen action's own keys, unless others have got them meanwhile."""
        if (one := self.current()) is None:
            return
        own = keys.normal(self._actions[one.name].property(keys.DEFAULTS) or ())
        taken = [(key, other) for key in own if (other := keys.owner(key, self._bound, one.name)) is not None]
        if taken:
            key, other = taken[0]
            self._say(self.tr("{key} belongs to “{action}”.").format(key=keys.shown(key), action=other.text))
        else:
            self._write(one, own)

    def _write(self, one: keys.Bound, chosen: tuple[str, ...]) -> None:
        own = keys.normal(self._actions[one.name].property(keys.DEFAULTS) or ())
        self._model.set_keys(one.name, None if chosen == own else chosen)
        self.new.clear()

    def _choose(self) -> None:
        """Show the keys of the chosen action, each with a button that takes it away."""
        one = self.current()
        _clear(self._keys)
        _clear(self._cards)
        self.title.setText(one.text if one is not None else self.tr("Choose an action to change its keys."))
        for widget in (self.new, self.add_button, self.reset_button):
            widget.setVisible(one is not None)
        if one is None:
            return
        self.reset_button.setEnabled(one.changed)
        for key in one.keys:
            label = QLabel(keys.shown(key))
            label.setObjectName("key")
            self._keys.addWidget(label)
            button = tool_button("close", self.tr("Take {key} away").format(key=keys.shown(key)), self)
            button.clicked.connect(lambda _=False, one=one, key=key: self._remove(one, key))
            self._keys.addWidget(button)
        if not one.keys:
            self._keys.addWidget(muted_label(self.tr("no keys")))
        self._typed()

    def _enter(self) -> None:
        self.new.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _typed(self) -> None:
        self.add_button.setEnabled(bool(self._pressed_new()))
        _clear(self._cards)

    def _pressed_new(self) -> str:
        return self.new.keySequence().toString(QKeySequence.SequenceFormat.PortableText)

    def _say(self, text: str) -> MessageView:
        _clear(self._cards)
        card = MessageView("warning", text)
        self._cards.addWidget(card)
        return card

    def _search(self, *_: object) -> None:
        words = self.filter.text().casefold().split()
        key = self.pressed.keySequence().toString(QKeySequence.SequenceFormat.PortableText)
        for row, one in enumerate(self._bound):
            said = f"{one.text} {one.menu} {one.name} {' '.join(one.keys)}".casefold()
            fits = all(word in said for word in words) and (not key or key in one.keys)
            self.list.setRowHidden(row, QModelIndex(), not fits)

    def _lay_out(self) -> None:
        top = QHBoxLayout()
        top.setSpacing(8)
        top.addWidget(self.filter, 3)
        top.addWidget(self.pressed, 2)
        edit = QHBoxLayout()
        edit.setSpacing(8)
        self._keys.setSpacing(2)
        edit.addLayout(self._keys)
        edit.addWidget(self.new, 1)
        edit.addWidget(self.add_button)
        edit.addWidget(self.reset_button)
        foot = QHBoxLayout()
        foot.addWidget(self.title, 1)
        foot.addWidget(self.reset_all_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addLayout(top)
        column.addWidget(self.list)
        column.addLayout(foot)
        column.addLayout(edit)
        column.addLayout(self._cards)


def _key_field(said: str) -> QKeySequenceEdit:
    """A field that takes one key with what is held beside it."""
    field = QKeySequenceEdit()
    field.setMaximumSequenceLength(1)
    field.setClearButtonEnabled(True)
    field.setAccessibleName(said)
    line = field.findChild(QLineEdit)
    if line is not None:
        line.setPlaceholderText(said)
        line.setAccessibleName(said)
    return field


def _clear(layout: QHBoxLayout | QVBoxLayout) -> None:
    while (item := layout.takeAt(0)) is not None:
        if (widget := item.widget()) is not None:
            widget.hide()
            widget.deleteLater()
