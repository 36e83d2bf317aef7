"""Bytes saved into a file: atomically, away from the window's thread, with progress and a way to stop."""

import threading
from collections.abc import Iterator
from pathlib import Path

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QProgressBar, QWidget

from streamscope.gui.live.detail.text_rows import Source
from streamscope.gui.marks import ElidedLabel, retone, tool_button
from streamscope.gui.texts import told
from streamscope.model.errors import StoreError
from streamscope.model.phrase import phrase
from streamscope.store.files import write_pieces

_PIECE = 1 << 20
_LOOKED = 50
_PATIENCE = 500
"""Milliseconds after which progress is shown."""
_READ_FOR = 6_000


class Stopped(Exception):
    """A person has had enough."""


class Job:
    """One file that is being written, by a thread of its own; no part of it is a Qt object."""

    def __init__(self, source: Source, path: Path) -> None:
        self.path, self._source = path, source
        self.total = source.size()
        self.written = 0
        self.trouble: StoreError | OSError | None = None
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="streamscope save", daemon=True)
        self._thread.start()

    @property
    def done(self) -> bool:
        """Whether it has ended, in one way or the other."""
        return not self._thread.is_alive()

    @property
    def stopped(self) -> bool:
        """Whether it was told to stop."""
        return self._stopped.is_set()

    def stop(self) -> None:
        """Write no more; the file stays as it was before."""
        self._stopped.set()

    def wait(self) -> None:
        """Until it has ended."""
        self._thread.join()

    def _run(self) -> None:
        try:
            write_pieces(self.path, self._pieces(), 0o600)
        except Stopped:
            pass
        except (StoreError, OSError) as error:
            self.trouble = error

    def _pieces(self) -> Iterator[bytes]:
        while self.written < self.total:
            if self._stopped.is_set():
                raise Stopped
            try:
                piece = self._source.read(self.written, min(_PIECE, self.total - self.written))
            except OSError as error:
                reason = error.strerror or str(error)
                raise StoreError(phrase("The recording cannot be read any more: {reason}.", reason=reason)) from error
            if not piece:
                return
            yield piece
            self.written += len(piece)


class SavingView(QWidget):
    """The line that tells how far a file is, and that it is there; hidden while there is nothing to tell."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.job: Job | None = None
        self.said = ElidedLabel("", "muted")
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setRange(0, 1000)
        self.bar.setAccessibleName(self.tr("Saving"))
        self.halt = tool_button("stop", self.tr("Stop saving"), self)
        self.halt.clicked.connect(self.stop)
        self._shows = QTimer(self)
        self._shows.setSingleShot(True)
        self._shows.setInterval(_PATIENCE)
        self._shows.timeout.connect(self._show_progress)
        self._looks = QTimer(self)
        self._looks.setInterval(_LOOKED)
        self._looks.timeout.connect(self._look)
        self._hides = QTimer(self)
        self._hides.setSingleShot(True)
        self._hides.setInterval(_READ_FOR)
        self._hides.timeout.connect(self.hide)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 2, 8, 2)
        row.setSpacing(8)
        row.addWidget(self.said, 1)
        row.addWidget(self.bar, 1)
        row.addWidget(self.halt)
        self.hide()

    def ask(self, source: Source, name: str) -> QFileDialog:
        """Ask where to, then save all of these bytes there."""
        dialog = QFileDialog(self, self.tr("Save as"))
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.selectFile(name)
        dialog.fileSelected.connect(lambda path: self.save(source, Path(path)))
        dialog.open()
        return dialog

    def save(self, source: Source, path: Path) -> None:
        """Save all of these bytes; what is being saved is stopped before."""
        self.stop()
        self._hides.stop()
        self.hide()
        self.job = Job(source, path)
        self.destroyed.connect(self.job.stop)
        self._shows.start()
        self._looks.start()

    def stop(self) -> None:
        """Save no further."""
        if self.job is not None:
            self.job.stop()

    def _show_progress(self) -> None:
        self.said.set_text(self.tr("Saving {name}…").format(name=self.job.path.name if self.job is not None else ""))
        retone(self.said, "muted")
        self.bar.show()
        self.halt.show()
        self.show()

    def _look(self) -> None:
        job = self.job
        if job is None:
            return
        self.bar.setValue(round(1000 * job.written / max(1, job.total)))
        if not job.done:
            return
        self._looks.stop()
        self._shows.stop()
        self.job = None
        if job.trouble is not None:
            message = job.trouble.message if isinstance(job.trouble, StoreError) else str(job.trouble)
            self._tell(message if isinstance(message, str) else told(message), "error")
        elif job.stopped:
            self._tell(self.tr("It was not saved."), "muted")
        else:
            self._tell(self.tr("Saved as {path}").format(path=job.path), "muted")

    def _tell(self, text: str, tone: str) -> None:
        self.bar.hide()
        self.halt.hide()
        self.said.set_text(text)
        retone(self.said, tone)
        self.show()
        if tone != "error":
            self._hides.start()
