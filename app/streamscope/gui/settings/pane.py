"""All settings on one page that can be searched."""

from collections.abc import Mapping
from pathlib import Path

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QAction, QDesktopServices
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QLineEdit, QScrollArea, QVBoxLayout, QWidget

from streamscope.gui.marks import ElidedEdit, dress, muted_label, tool_button
from streamscope.gui.messages import MessageView
from streamscope.gui.settings.model import SettingsModel
from streamscope.gui.settings.row import LABEL_WIDTH, SettingRowView
from streamscope.gui.settings.shortcuts import ShortcutsView
from streamscope.gui.texts import told
from streamscope.gui.theme import strong_font
from streamscope.model.errors import StreamscopeError
from streamscope.model.phrase import Phrase
from streamscope.store.settings_table import SETTINGS, sections

_WIDEST = 720


class SectionView(QWidget):
    """A heading and what is below it; hidden with the last of it."""

    def __init__(self, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.title = title
        heading = QLabel(title)
        heading.setFont(strong_font(1.0))
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(0, 0, 0, 0)
        self.column.setSpacing(12)
        self.column.addWidget(heading)


class SettingsPane(QWidget):
    """A search field, and a section for each family of settings, for the keys, for where things are."""

    def __init__(
        self, model: SettingsModel, actions: Mapping[str, QAction], profile: Path, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.model = model
        self.filter = QLineEdit()
        self.filter.setPlaceholderText(self.tr("Search the settings"))
        self.filter.setAccessibleName(self.tr("Search the settings"))
        self.filter.setClearButtonEnabled(True)
        self.filter.textChanged.connect(self._search)
        glass = QAction(self)
        dress(glass, "search")
        self.filter.addAction(glass, QLineEdit.ActionPosition.LeadingPosition)
        self.rows: dict[str, SettingRowView] = {}
        self._sections: list[tuple[SectionView, list[tuple[QWidget, str]]]] = []
        self._cards = QVBoxLayout()
        self.nothing = muted_label(self.tr("No setting is called so."))
        self.nothing.hide()
        self.shortcuts = ShortcutsView(actions, model)
        self._page = QVBoxLayout()
        for section in sections():
            self._add_section(section)
        self._add(self.tr("Keyboard"), self.shortcuts, self.shortcuts.words())
        self._add_places(profile)
        self._lay_out()
        model.changed.connect(self._changed)
        model.failed.connect(self._complain)
        model.noticed.connect(self._notice)
        self.refresh()

    def refresh(self) -> None:
        """Show what is set."""
        settings = self.model.settings
        for key, row in self.rows.items():
            row.show_value(settings.get(key), changed=settings.changed(key))

    def flush(self) -> None:
        """What is typed counts at once, where it makes sense."""
        for row in self.rows.values():
            row.flush()

    def open_find(self) -> None:
        """Go to the search field."""
        self.filter.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.filter.selectAll()

    def open_section(self, name: str) -> None:
        """Go to a section by its title."""
        for section, _ in self._sections:
            if section.title == name:
                self._area.ensureWidgetVisible(section, 0, 0)
                self._area.verticalScrollBar().setValue(section.y())

    def _changed(self, _key: str) -> None:
        self.refresh()

    def _add_section(self, name: Phrase) -> None:
        view = SectionView(told(name))
        found: list[tuple[QWidget, str]] = []
        for setting in SETTINGS:
            if setting.section != name:
                continue
            row = SettingRowView(setting)
            row.edited.connect(lambda value, key=setting.key: self.model.set(key, value))
            row.reset_requested.connect(lambda key=setting.key: self._reset(key))
            self.rows[setting.key] = row
            view.column.addWidget(row)
            found.append((row, row.words()))
        self._sections.append((view, found))

    def _add(self, title: str, widget: QWidget, words: str) -> None:
        view = SectionView(title)
        view.column.addWidget(widget)
        self._sections.append((view, [(widget, f"{title} {words}".casefold())]))

    def _add_places(self, profile: Path) -> None:
        box = QWidget()
        column = QVBoxLayout(box)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        for label, path in (
            (self.tr("Profile"), profile),
            (self.tr("Settings file"), self.model.settings.path),
        ):
            said = QLabel(label)
            said.setFixedWidth(LABEL_WIDTH)
            shown = ElidedEdit()
            shown.set_text(str(path))
            shown.setAccessibleName(label)
            shown.setMaximumWidth(380)
            button = tool_button("folder", self.tr("Open {place}").format(place=label), self)
            button.clicked.connect(lambda _=False, path=path: QDesktopServices.openUrl(QUrl.fromLocalFile(str(path))))
            row = QHBoxLayout()
            row.setSpacing(12)
            row.addWidget(said)
            row.addWidget(shown, 1)
            row.addWidget(button)
            row.addStretch(1)
            column.addLayout(row)
        note = self.tr(
            "The settings file is readable TOML: edit it, and it counts when this window comes to the front."
        )
        column.addWidget(muted_label(note, wrap=True))
        self._add(self.tr("Where things are"), box, f"{profile} {note}")

    def _lay_out(self) -> None:
        inner = QWidget()
        inner.setMaximumWidth(_WIDEST)
        self._page.setContentsMargins(24, 8, 24, 24)
        self._page.setSpacing(28)
        self._page.addWidget(self.nothing)
        for section, _ in self._sections:
            self._page.addWidget(section)
        self._page.addStretch(1)
        inner.setLayout(self._page)
        self._area = QScrollArea()
        self._area.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # what is in it takes the focus, and is scrolled to
        self._area.setFrameShape(QFrame.Shape.NoFrame)
        self._area.setWidgetResizable(True)
        self._area.setWidget(inner)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        top = QVBoxLayout()
        top.setContentsMargins(24, 16, 24, 8)
        top.setSpacing(8)
        top.addWidget(self.filter)
        top.addLayout(self._cards)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(top)
        column.addWidget(self._area, 1)

    def _search(self, text: str) -> None:
        words = text.casefold().split()
        found = False
        for section, rows in self._sections:
            some = False
            for widget, said in rows:
                fits = all(word in said for word in words)
                widget.setVisible(fits)
                some |= fits
            section.setVisible(some)
            found |= some
        self.nothing.setVisible(not found)

    def _reset(self, key: str) -> None:
        """Back to the default, also where what was typed made no sense and was never kept."""
        row, setting = self.rows[key], self.rows[key].setting
        row.drop()
        self.model.reset(key)
        row.show_value(setting.field.default, changed=False)
        row.editor.setFocus()

    def _complain(self, error: StreamscopeError) -> None:
        self._cards.addWidget(MessageView("error", error.message, error.hint, cause=error.cause, closable=True))

    def _notice(self, notice: Phrase) -> None:
        self._cards.addWidget(MessageView("warning", notice, closable=True))
