"""Find and replace, as a bar inside of the editor."""

import re
from collections.abc import Generator
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QRegularExpression, QRegularExpressionMatch, Qt, QTimer
from PySide6.QtGui import QKeyEvent, QTextCursor
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLineEdit, QPushButton, QTextEdit, QToolButton, QVBoxLayout, QWidget

from streamscope.gui.code.document import Slices
from streamscope.gui.code.exact import inside
from streamscope.gui.marks import muted_label, retone, tool_button
from streamscope.gui.theme import code_font, colour

if TYPE_CHECKING:
    from streamscope.gui.code.edit import CodeEdit

MOST = 20_000
"""Hits that are counted and marked."""
_GROUP = re.compile(r"\\(\d)|\$(\d)|\\([nt\\$])")
_SPELT = {"n": "\n", "t": "\t", "\\": "\\", "$": "$"}


class FindView(QFrame):
    """The bar: what to find, how, where one is among the hits; beneath it what to put in its place."""

    def __init__(self, edit: "CodeEdit") -> None:
        super().__init__(edit)
        self._edit = edit
        self._hits: list[tuple[int, int]] = []
        self._more = False
        self._wrong = ""
        self._search = Slices(self)
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(120)
        self._soon.timeout.connect(self.look)
        self.setObjectName("find")
        self.sought = self._line(self.tr("Find"))
        self.sought.textChanged.connect(lambda: self.look(follow=True))
        self.case = self._switch("Aa", self.tr("Match case"))
        self.word = self._switch("ab", self.tr("Whole words"))
        self.regex = self._switch(".*", self.tr("Regular expression"))
        self.count = muted_label("")
        self.count.setMinimumWidth(58)
        up = tool_button("arrow-up", self.tr("Previous (Shift+F3)"), self)
        up.clicked.connect(lambda: self.go(-1))
        down = tool_button("arrow-down", self.tr("Next (F3)"), self)
        down.clicked.connect(lambda: self.go(1))
        close = tool_button("close", self.tr("Close (Esc)"), self)
        close.clicked.connect(self.close_bar)
        first = QHBoxLayout()
        first.setSpacing(4)
        for widget in (self.sought, self.case, self.word, self.regex, self.count, up, down, close):
            first.addWidget(widget, 1 if widget is self.sought else 0)
        self.replacement = self._line(self.tr("Replace"))
        self._one = QPushButton(self.tr("Replace"))
        self._one.setAccessibleName(self.tr("Replace this one"))
        self._one.clicked.connect(self.replace_one)
        self._all = QPushButton(self.tr("All"))
        self._all.setAccessibleName(self.tr("Replace all"))
        self._all.setToolTip(self.tr("Replace all, as one step to undo"))
        self._all.clicked.connect(self.replace_all)
        self._second = QWidget()
        second = QHBoxLayout(self._second)
        second.setContentsMargins(0, 0, 0, 0)
        second.setSpacing(4)
        second.addWidget(self.replacement, 1)
        second.addWidget(self._one)
        second.addWidget(self._all)
        column = QVBoxLayout(self)
        column.setContentsMargins(6, 5, 6, 5)
        column.setSpacing(4)
        column.addLayout(first)
        column.addWidget(self._second)
        self.hide()

    def open(self, *, replace: bool) -> None:
        """Show the bar with what is selected, and go into it."""
        chosen = self._edit.textCursor().selectedText()
        if chosen and "\u2029" not in chosen and len(chosen) < 200:
            self.sought.setText(QRegularExpression.escape(chosen) if self.regex.isChecked() else chosen)
        self._second.setVisible(replace and not self._edit.isReadOnly())
        self.show()
        self.fit()
        self.sought.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.sought.selectAll()
        self.look()

    def close_bar(self) -> None:
        """Hide the bar; the cursor stays where it is."""
        self.hide()
        self._search.stop()
        self._hits = []
        self._edit.keep_free(0)
        self._edit.mark()
        self._edit.setFocus(Qt.FocusReason.OtherFocusReason)

    def touched(self) -> None:
        """The text changed: look again in a moment."""
        if self.isVisible():
            self._search.stop()
            self._soon.start()

    def look(self, *, follow: bool = False) -> None:
        """Look for all hits; with `follow` the first one from the cursor on is chosen."""
        self._soon.stop()
        self._search.stop()
        self._hits, self._more, self._wrong = [], False, ""
        pattern = self._pattern()
        if not self.sought.text() or self._edit.code_document().busy:
            self._tell()
            return
        if not pattern.isValid():
            self._wrong = pattern.errorString()
            self._tell()
            return
        self._search.start(self._all_hits(pattern), lambda _: self._found(follow=follow))

    def go(self, step: int) -> None:
        """Choose the next hit or the one before, around the end."""
        if not self.isVisible():
            self.open(replace=False)
        self._search.finish()
        if not self._hits:
            return
        cursor = self._edit.textCursor()
        if step > 0:
            at = cursor.selectionEnd() if self._current() is not None else cursor.selectionStart()
            hit = next((hit for hit in self._hits if hit[0] >= at and hit != self._chosen()), self._hits[0])
        else:
            at = cursor.selectionStart()
            hit = next((hit for hit in reversed(self._hits) if hit[0] < at), self._hits[-1])
        self._edit.show_place(*hit)
        self._tell()

    def replace_one(self) -> None:
        """Replace the chosen hit and go on to the next one."""
        self._search.finish()
        current = self._current()
        if current is None:
            self.go(1)
            return
        cursor = self._edit.textCursor()
        text = self._instead(self._subject(), self._pattern(), self._hits[current])
        cursor.insertText(text)
        self._edit.setTextCursor(cursor)
        self.look(follow=True)

    def replace_all(self) -> None:
        """Replace every hit, as one step that can be undone."""
        self._soon.stop()
        self._search.stop()
        pattern, subject = self._pattern(), self._subject()
        if self._edit.isReadOnly() or not pattern.isValid() or not self.sought.text():
            return
        wide = subject.encode("utf-16-le", "surrogatepass")
        pieces: list[str] = []
        count, begin, at = 0, -1, 0
        groups, instead = self.regex.isChecked(), inside(self.replacement.text())
        found = pattern.globalMatch(subject)
        while found.hasNext():
            match = found.next()
            start, end = match.capturedStart(), match.capturedEnd()
            if begin < 0:
                begin = at = start
            pieces.append(wide[2 * at : 2 * start].decode("utf-16-le", "surrogatepass"))
            pieces.append(self._filled(match) if groups else instead)
            count, at = count + 1, end
        if count:
            cursor = QTextCursor(self._edit.code_document())
            cursor.setPosition(begin)
            cursor.setPosition(at, QTextCursor.MoveMode.KeepAnchor)
            self._edit.code_document().insert(cursor, "".join(pieces))
        self.look()
        self._edit.tell(self.tr("{count} replaced").format(count=f"{count:,}"), 5)

    def marks(self) -> list[QTextEdit.ExtraSelection]:
        """The hits in view."""
        if not self._hits or self.isHidden():
            return []
        seen = self._edit.seen()
        first, last = seen[0].position(), seen[-1].position() + seen[-1].length()
        made: list[QTextEdit.ExtraSelection] = []
        for start, end in self._hits:
            if start > last or len(made) > 500:
                break
            if end < first:
                continue
            mark = QTextEdit.ExtraSelection()
            mark.cursor = QTextCursor(self._edit.code_document())
            mark.cursor.setPosition(start)
            mark.cursor.setPosition(end, QTextCursor.MoveMode.KeepAnchor)
            mark.format.setBackground(colour("warn_line"))
            mark.format.setForeground(colour("text"))
            made.append(mark)
        return made

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Keys of the two lines."""
        if isinstance(event, QKeyEvent) and watched in (self.sought, self.replacement):
            if event.type() == QEvent.Type.KeyPress:
                return self._key(watched, event)
            if event.key() == Qt.Key.Key_Escape or self._edit.named(event):  # the window's shortcuts have to wait
                event.accept()
                return True
        return super().eventFilter(watched, event)

    def _key(self, watched: QObject, event: QKeyEvent) -> bool:
        if event.key() == Qt.Key.Key_Escape:
            self.close_bar()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not (
            event.modifiers() & Qt.KeyboardModifier.ControlModifier
        ):
            if watched is self.replacement:
                self.replace_one()
            else:
                self.go(-1 if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else 1)
        elif name := self._edit.named(event):
            self._edit.do(name)
        else:
            return False
        return True

    def _line(self, name: str) -> QLineEdit:
        line = QLineEdit()
        line.setAccessibleName(name)
        line.setPlaceholderText(name)
        line.setFont(code_font())
        line.setMinimumWidth(60)
        line.installEventFilter(self)
        return line

    def _switch(self, text: str, name: str) -> QToolButton:
        button = QToolButton()
        button.setText(text)
        button.setCheckable(True)
        button.setAutoRaise(True)
        button.setToolTip(name)
        button.setAccessibleName(name)
        button.toggled.connect(lambda _: self.look(follow=True))
        return button

    def fit(self) -> None:
        """Take the width of the editor, and its room."""
        if self.isHidden():
            return
        self.adjustSize()
        inner = self._edit.contentsRect()
        height = self.sizeHint().height()
        bar = self._edit.verticalScrollBar()
        width = inner.width() - (bar.width() if bar.isVisible() else 0)
        self.setGeometry(inner.left(), inner.top(), width, height)
        self._edit.keep_free(height)
        self.raise_()

    def _pattern(self) -> QRegularExpression:
        text = self.sought.text()
        pattern = text if self.regex.isChecked() else QRegularExpression.escape(inside(text))
        if self.word.isChecked():
            pattern = rf"\b(?:{pattern})\b"
        option = QRegularExpression.PatternOption
        chosen = option.MultilineOption | option.UseUnicodePropertiesOption
        return QRegularExpression(pattern, chosen if self.case.isChecked() else chosen | option.CaseInsensitiveOption)

    def _subject(self) -> str:
        return self._edit.code_document().toRawText().replace("\u2029", "\n")

    def _all_hits(self, pattern: QRegularExpression) -> Generator[object, None, None]:
        found = pattern.globalMatch(self._subject())
        if not found.isValid():
            self._wrong = self.tr("Tried too often without an end")
        while found.hasNext():
            match = found.next()
            if match.capturedLength():
                self._hits.append((match.capturedStart(), match.capturedEnd()))
            if len(self._hits) >= MOST:
                self._more = True
                return
            if len(self._hits) % 50 == 0:
                yield None

    def _found(self, *, follow: bool) -> None:
        if follow and self._hits:
            at = self._edit.textCursor().selectionStart()
            self._edit.show_place(*next((hit for hit in self._hits if hit[0] >= at), self._hits[0]))
        self._tell()

    def _chosen(self) -> tuple[int, int]:
        cursor = self._edit.textCursor()
        return cursor.selectionStart(), cursor.selectionEnd()

    def _current(self) -> int | None:
        chosen = self._chosen()
        return self._hits.index(chosen) if chosen in self._hits else None

    def _instead(self, subject: str, pattern: QRegularExpression, hit: tuple[int, int]) -> str:
        return self._filled(pattern.match(subject, hit[0]))

    def _filled(self, hit: QRegularExpressionMatch) -> str:
        text = inside(self.replacement.text())
        if not self.regex.isChecked():
            return text
        return _GROUP.sub(
            lambda match: (
                _SPELT[match.group(3)] if match.group(3) else hit.captured(int(match.group(1) or match.group(2)))
            ),
            text,
        )

    def _tell(self) -> None:
        current = self._current()
        if self._wrong:
            said = self.tr("Not a pattern")
        elif not self.sought.text():
            said = ""
        elif not self._hits:
            said = self.tr("None")
        else:
            of = f"{len(self._hits):,}" + ("+" if self._more else "")
            said = self.tr("{number} of {count}").format(
                number="–" if current is None else f"{current + 1:,}", count=of
            )
        self.count.setText(said)
        self.count.setToolTip(self._wrong)
        retone(self.count, "error" if self._wrong or (self.sought.text() and not self._hits) else "muted")
        self._one.setEnabled(bool(self._hits))
        self._all.setEnabled(bool(self._hits))
        self._edit.mark()
