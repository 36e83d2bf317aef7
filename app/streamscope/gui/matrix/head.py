"""Above the grid: how it stands, what runs it, which rows are shown, and where it can be taken."""

from PySide6.QtCore import QCoreApplication, Qt, Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QProgressBar, QPushButton, QVBoxLayout, QWidget

from streamscope.gui.marks import ElidedLabel, dress, retone
from streamscope.gui.matrix.exports import format_button
from streamscope.gui.texts import told
from streamscope.gui.theme import small_font, strong_font
from streamscope.model.phrase import Phrase


class MatrixHeadView(QWidget):
    """Two rows: the state with its buttons; what is shown, and copy and save."""

    run_requested = Signal()
    failed_requested = Signal()
    copy_requested = Signal(str)
    save_requested = Signal(str)
    rows_chosen = Signal(str)

    def __init__(self, workspace: str, service: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        of = (
            self.tr("Access matrix of {service} in {workspace}") if service else self.tr("Access matrix of {workspace}")
        )
        self._title = of.format(workspace=workspace, service=service)
        self._running = False
        self.state = ElidedLabel(self._title)
        self.state.setFont(strong_font(1.0))
        self.more = ElidedLabel(
            self.tr("Calls every combination that is offered, once, asking for a short answer."), "muted"
        )
        self.more.setFont(small_font())
        self.run_button = QPushButton(self.tr("Run"))
        self.run_button.setProperty("role", "primary")
        self.run_button.setToolTip(self.tr("Call every combination (Ctrl+Return, F9)"))
        dress(self.run_button, "send", "on_accent")
        self.run_button.clicked.connect(self.run_requested)
        self.failed_button = QPushButton()
        self.failed_button.clicked.connect(self.failed_requested)
        dress(self.failed_button, "refresh")
        self.failed_button.hide()
        self.rows = QComboBox()
        self.rows.setAccessibleName(self.tr("Rows that are shown"))
        for key, label in (
            ("offered", self.tr("What is offered")),
            ("all", self.tr("Everything, with reasons")),
            ("failed", self.tr("What failed")),
            ("changed", self.tr("What changed")),
        ):
            self.rows.addItem(label, key)
        self.rows.currentIndexChanged.connect(lambda _: self.rows_chosen.emit(str(self.rows.currentData())))
        translate = QCoreApplication.translate
        self.copy_button = format_button(
            "copy", translate("matrix", "Copy"), self.tr("Copy the matrix"), self.copy_requested.emit, self
        )
        self.save_button = format_button(
            "arrow-in",
            translate("matrix", "Save"),
            self.tr("Save the matrix as a file"),
            self.save_requested.emit,
            self,
        )
        self.progress = QProgressBar()
        self.progress.setTextVisible(False)
        self.progress.setAccessibleName(self.tr("Progress"))
        kept = self.progress.sizePolicy()
        kept.setRetainSizeWhenHidden(True)
        self.progress.setSizePolicy(kept)
        self.progress.hide()
        self.show_cells(there=False)
        self._lay_out()

    def show_cells(self, *, there: bool) -> None:
        """Offer what needs a grid only where there is one."""
        for widget in (self.rows, self.copy_button, self.save_button):
            widget.setEnabled(there)

    def show_running(self, *, running: bool) -> None:
        """Offer Stop, or Run."""
        self._running = running
        self.progress.setVisible(running)
        self.progress.setRange(0, 0)
        self.run_button.setText(self.tr("Stop") if running else self.tr("Run again"))
        self.run_button.setToolTip(
            self.tr("Stop (Esc)") if running else self.tr("Call every combination (Ctrl+Return, F9)")
        )
        dress(self.run_button, "stop" if running else "send", "on_accent")
        if running:
            self.failed_button.hide()

    def show_last(self, when: str, works: int, failed: int) -> None:
        """The results that were kept from before."""
        if not when:
            return
        said = self.tr("Called last {when}: {works} work, {failed} failed").format(
            when=when, works=works, failed=failed
        )
        self.more.set_text(said)
        self.run_button.setText(self.tr("Run again"))
        self._offer_failed(failed)

    def show_counts(
        self,
        *,
        works: int,
        failed: int,
        missing: int,
        seconds: float,
        left: int,
        of: int,
        over: bool | None,
        stopped: bool,
        changed: list[Phrase] | None,
    ) -> None:
        """How it stands: `over` is None while it runs, False where it could not; `left` of `of` calls are to come."""
        tone = "error" if failed else ""
        if over is None and not of:
            said = self.tr("Reading the services…")
        elif over is None:
            self.progress.setRange(0, of)
            self.progress.setValue(of - left)
            said = self.tr("{done} of {all} called").format(done=of - left, all=of)
        elif not over:
            said, tone = self._title, ""
        elif stopped:
            said = self.tr("Stopped: {works} work, {failed} failed").format(works=works, failed=failed)
        elif failed:
            said = self.tr("{works} work, {failed} failed").format(works=works, failed=failed)
        elif works:
            said, tone = self.tr("All {count} work").format(count=works), "ok"
        else:
            said = self.tr("Nothing is offered")
        self.state.set_text(said)
        retone(self.state, tone)
        parts = [self.tr("{seconds} s").format(seconds=f"{seconds:.1f}")]
        if missing:
            parts.append(self.tr("{count} not offered").format(count=missing))
        if changed is not None:
            parts.append(", ".join(map(told, changed)) or self.tr("nothing changed since the last run"))
        self.more.set_text(" · ".join(parts))
        if over is not None:
            self._offer_failed(failed)

    def _offer_failed(self, failed: int) -> None:
        self.failed_button.setVisible(bool(failed))
        said = self.tr("Run {count} failed again").format(count=failed)
        self.failed_button.setText(said)
        self.failed_button.setAccessibleName(said)

    def _lay_out(self) -> None:
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(self.state)
        words.addWidget(self.more)
        first = QHBoxLayout()
        first.setSpacing(8)
        first.addLayout(words, 1)
        first.addWidget(self.failed_button, 0, Qt.AlignmentFlag.AlignVCenter)
        first.addWidget(self.run_button, 0, Qt.AlignmentFlag.AlignVCenter)
        second = QHBoxLayout()
        second.setSpacing(4)
        second.addWidget(self.rows)
        second.addStretch(1)
        second.addWidget(self.copy_button)
        second.addWidget(self.save_button)
        rows = QVBoxLayout()
        rows.setContentsMargins(12, 10, 12, 6)
        rows.setSpacing(8)
        rows.addLayout(first)
        rows.addLayout(second)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(rows)
        column.addWidget(self.progress)
