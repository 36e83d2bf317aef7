"""The headers of every attempt, as sent and as received, with what the authentication left masked."""

from typing import TYPE_CHECKING

from msgspec import UNSET
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QToolButton, QVBoxLayout, QWidget

from streamscope.gui.composer.preview import USUAL
from streamscope.gui.live.connection.following import Following
from streamscope.gui.live.connection.header_words import meaning
from streamscope.gui.live.connection.sheet import Row, Section
from streamscope.gui.live.connection.sheet_view import SheetView
from streamscope.gui.live.feed import Feed
from streamscope.gui.live.spotlight import Spotlight
from streamscope.gui.marks import muted_label, tool_button
from streamscope.gui.texts import size_text, told
from streamscope.model.event import Control, Head
from streamscope.model.redact import MASK, masked_header

if TYPE_CHECKING:
    from streamscope.engine.waterfall import Attempt

_REST = 150
"""Milliseconds without a key after which the list is filtered."""


class HeadersView(QWidget):
    """For each attempt: request, interim answers, answer, trailers; names as they were written, repeated ones kept."""

    def __init__(self, feed: Feed, spotlight: Spotlight, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._sections: dict[int, int] = {}
        """The section by the event that it shows."""
        self._following = Following(feed)
        self._shown: set[tuple[int, str]] = set()
        self._from = 0
        """The first attempt of which more may come."""
        self.sheet = SheetView(self.tr("Headers"), explained=True)
        self.sheet.more = [(self.tr("Copy as options of curl"), as_curl)]
        self.model = self.sheet.model
        self.filter = QLineEdit()
        self.filter.setPlaceholderText(self.tr("Filter names and values"))
        self.filter.setAccessibleName(self.filter.placeholderText())
        self.filter.setClearButtonEnabled(True)
        self.by_name = QToolButton()
        self.by_name.setText(self.tr("By name"))
        self.by_name.setAccessibleName(self.tr("Sort by name instead of as received"))
        self.by_name.setToolTip(self.by_name.accessibleName())
        self.by_name.setCheckable(True)
        self.by_name.setProperty("segment", True)
        self.copy = tool_button("copy", self.tr("Copy all"), self)
        self.hits: QLabel = muted_label("")
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(_REST)
        self._soon.timeout.connect(self._filter)
        self.filter.textChanged.connect(self._soon.start)
        self.by_name.toggled.connect(self._filter)
        self.copy.clicked.connect(lambda: self.sheet.put(self.sheet.text()))
        bar = QHBoxLayout()
        bar.setContentsMargins(8, 6, 8, 6)
        bar.setSpacing(6)
        bar.addWidget(self.filter, 1)
        bar.addWidget(self.hits)
        bar.addWidget(self.by_name)
        bar.addWidget(self.copy)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(bar)
        column.addWidget(self.sheet, 1)
        self.setFocusProxy(self.sheet.tree)
        self.sheet.tree.empty = self.tr("Nothing was sent so far.")
        spotlight.chosen_changed.connect(self._pointed)

    def follow(self) -> None:
        """Show what is new."""
        if not self._following.follow():
            return
        new: list[Section] = []
        attempts = self._following.attempts
        for at in range(self._from, len(attempts)):
            new += self._of(at, attempts[at], len(new))
            if attempts[at].end is not None and at == self._from:
                self._from += 1
        self.model.add_sections(new)
        if new and self.filter.text():
            self._count()

    def _of(self, at: int, attempt: "Attempt", before: int) -> list[Section]:
        """The sections of an attempt that are not shown yet; trailers come with its end, all at once.

        `before`: how many others come before them.
        """
        made: list[Section] = []
        number = at + 1
        sent = attempt.request
        if sent is not None and self._first(at, "request"):
            title = self.tr("Request") if number == 1 else self.tr("Request, attempt {number}").format(number=number)
            rows = tuple(self._row(name, value, sent=True) for name, value in sent.headers)
            self._sections[attempt.event] = len(self.model.sections) + before + len(made)
            made.append(self._section(title, f"{sent.method} {sent.url}", rows))
        for event, interim in attempt.interim:
            if self._first(at, f"interim {event}"):
                made.append(self._interim(interim))
        if attempt.head is not None and self._first(at, "head"):
            self._sections[attempt.head_event] = len(self.model.sections) + before + len(made)
            made.append(self._head(attempt.head))
        if attempt.trailers and attempt.end is not None and self._first(at, "trailers"):
            pairs = [pair.partition(": ")[::2] for _, one in attempt.trailers if isinstance(pair := one.data, str)]
            rows = tuple(self._row(name, value, sent=False) for name, value in pairs)
            made.append(self._section(self.tr("Trailers"), self.tr("behind the body"), rows))
        return made

    def _first(self, at: int, what: str) -> bool:
        known = (at, what) in self._shown
        self._shown.add((at, what))
        return not known

    def _head(self, head: Head) -> Section:
        rows = tuple(self._row(name, value, sent=False) for name, value in head.headers)
        return self._section(self.tr("Answer"), f"{head.http_version} {head.status}", rows)

    def _interim(self, interim: Control) -> Section:
        said = "" if interim.data is UNSET else str(interim.data)
        lines = [line.partition(": ") for line in str(interim.detail.get("headers") or "").split("\n")]
        rows = tuple(self._row(name, value, sent=False) for name, _, value in lines if name)
        return self._section(self.tr("Interim answer"), said, rows)

    def _section(self, title: str, about: str, rows: tuple[Row, ...]) -> Section:
        size = sum(len(row.name) + len(row.value) + 4 for row in rows)
        more = self.tr("headers: {count}").format(count=f"{len(rows):,}")
        return Section(title, f"{about} · {more} · {size_text(size)}", rows)

    def _row(self, name: str, value: str, *, sent: bool) -> Row:
        shown = _shown(name, value)
        hint = told(meaning(name))
        masked = MASK in shown
        if masked and sent:
            hint = f"{hint} {self.tr('Masked: it left as it is; recordings do not hold it.')}".strip()
        elif masked:
            hint = f"{hint} {self.tr('Masked: the recording holds it, views do not show it.')}".strip()
        return Row(name, shown, hint=hint, masked=masked)

    def _pointed(self, event: int) -> None:
        """Another view looks at a request or a head: it is brought into view."""
        if event in self._sections:
            self.sheet.show_section(self._sections[event])

    def _filter(self) -> None:
        wanted = self.filter.text().strip()
        self.sheet.tree.empty = self.tr("No header has that.") if wanted else self.tr("Nothing was sent so far.")
        self.model.filter(self.filter.text().strip(), by_name=self.by_name.isChecked())
        self._count()

    def _count(self) -> None:
        self.hits.setText(
            self.tr("found: {count}").format(count=f"{self.model.hits():,}") if self.filter.text().strip() else ""
        )


def _shown(name: str, value: str) -> str:
    """A header's value as it may be shown."""
    if name.lower() == "set-cookie":
        pair, semicolon, attributes = value.partition(";")
        return f"{pair.partition('=')[0]}={MASK}{semicolon}{attributes}"
    return value if MASK in value else masked_header(name, value)


def as_curl(rows: list[Row]) -> str:
    """Rows as options of curl for the usual shell of this system."""
    from streamscope.interop.curl.quoting import quoted

    return " ".join("-H " + quoted((f"{row.name}: {row.value}",), USUAL) for row in rows)
