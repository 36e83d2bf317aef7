"""A configuration as its pages ask for it: one below the other, portions as cards."""

from collections.abc import Mapping, Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from streamscope.gui.marks import muted_label
from streamscope.gui.services.deploy.portions import PortionsView
from streamscope.gui.services.deploy.section import SectionForm
from streamscope.gui.texts import told
from streamscope.gui.workspaces.sections import caption
from streamscope.model.deployment import Configuration, Page


class PagesView(QWidget):
    """Every page under its title. `edited` tells the key of what a person changed: KEY, or N.KEY of portion N."""

    edited = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.pages: tuple[Page, ...] = ()
        self.sections: dict[str, SectionForm] = {}
        self.portions: PortionsView | None = None
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 8, 0)
        self._column.setSpacing(8)
        self._origin: Mapping[str, object] = {}

    def show_pages(self, pages: Sequence[Page], configuration: Configuration) -> None:
        """Ask for these pages, filled with a configuration."""
        self._clear()
        self.pages = tuple(pages)
        self._origin = configuration.origin
        for number, page in enumerate(self.pages):
            made: SectionForm | PortionsView
            title = told(page.label)
            if page.repeated:
                made = self.portions = PortionsView(page, configuration.portions)
            else:
                made = self.sections[page.key] = SectionForm(page.fields, configuration.values, title=title)
            if not (isinstance(made, SectionForm) and made.folded):
                if number:
                    self._column.addSpacing(12)
                self._column.addWidget(caption(title))
                if text := told(page.help):
                    self._column.addWidget(muted_label(text, wrap=True))
            made.edited.connect(self.edited)
            self._column.addWidget(made)
        self._column.addStretch(1)

    def configuration(self) -> Configuration:
        """What is entered."""
        values: dict[str, str] = {}
        for section in self.sections.values():
            values.update(section.values())
        portions = self.portions.values() if self.portions is not None else ()
        return Configuration(values, portions, self._origin)

    def problems(self, found: Mapping[str, str]) -> dict[str, str]:
        """What is wrong, in the order of the pages: what was found by rules, and what is missing or no number."""
        wrong: dict[str, str] = {}
        for page in self.pages:
            part = self.portions if page.repeated else self.sections[page.key]
            assert part is not None  # noqa: S101 - every page has its part
            wrong.update(part.problems(found))
        return {**wrong, **{key: text for key, text in found.items() if key not in wrong and text}}

    def tell(self, problems: Mapping[str, str], *, everything: bool = False) -> None:
        """Show what is wrong at the fields: at those that were touched, or at all."""
        for section in self.sections.values():
            section.tell(
                {key: text for key, text in problems.items() if key in section.values()}, everything=everything
            )
        if self.portions is not None:
            self.portions.tell(problems, everything=everything)

    def focus(self, key: str) -> QWidget | None:
        """Put the focus into a field; None where there is none of that key."""
        if self.portions is not None and (found := self.portions.focus(key)) is not None:
            return found
        for section in self.sections.values():
            if key in section.values():
                return section.focus(key)
        return None

    def section_of(self, key: str) -> SectionForm | None:
        """The section that holds a field."""
        return next((one for one in self.sections.values() if key in one.values()), None)

    def stops(self) -> list[QWidget]:
        """Where the focus goes on its way through."""
        found: list[QWidget] = []
        for page in self.pages:
            part = self.portions if page.repeated else self.sections[page.key]
            found += part.stops() if part is not None else []
        return found

    def focus_first(self) -> None:
        """Put the focus into the first field that is shown."""
        cards = self.portions.cards if self.portions is not None else []
        parts: list[SectionForm] = []
        for page in self.pages:
            parts += [card.section for card in cards] if page.repeated else [self.sections[page.key]]
        any(part.focus_first() for part in parts)

    def _clear(self) -> None:
        self.pages, self.sections, self.portions = (), {}, None
        while (item := self._column.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
