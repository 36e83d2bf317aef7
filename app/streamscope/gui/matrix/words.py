"""What the access matrix says in words: of a cell, of a service, of a run."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QDateTime, QLocale, Qt

from streamscope.engine.matrix_changes import WORDS
from streamscope.gui.language import retold
from streamscope.gui.texts import time_text, told

if TYPE_CHECKING:
    from streamscope.gui.matrix.model import Band, Look
    from streamscope.model.matrix import Cell


def state_word(look: "Look") -> str:
    """One word for a cell's state."""
    translate = QCoreApplication.translate
    if look.phase == "running":
        return translate("matrix", "Running")
    if look.phase == "waiting":
        return translate("matrix", "Waiting")
    match look.cell.state:
        case "works":
            return translate("matrix", "Works")
        case "failed":
            return translate("matrix", "Failed")
        case "stopped":
            return translate("matrix", "Stopped")
        case "waiting":
            return translate("matrix", "Not called")
    return translate("matrix", "Not offered")


def cell_said(look: "Look") -> str:
    """All of a cell in a line: for tooltips, screen readers and the clipboard."""
    cell = look.cell
    parts = [state_word(look)]
    if not look.phase:
        if cell.status is not None:
            parts[0] += f" {cell.status}"
        if cell.ttfb_ms is not None:
            parts.append(
                QCoreApplication.translate("matrix", "first byte after {time}").format(time=time_text(cell.ttfb_ms))
            )
        if cell.reason:
            parts.append(retold(cell.reason))
        if look.change is not None:
            parts.append(change_said(look))
    return ", ".join(parts)


def change_said(look: "Look") -> str:
    """What differs from the result before, with that result."""
    one = look.change
    if one is None:
        return ""
    before = one.before
    was = " ".join(
        part for part in (str(before.status or ""), time_text(before.ttfb_ms) if before.ok else "") if part
    ) or retold(before.reason or "–")
    return QCoreApplication.translate("matrix", "{change}, before: {was}").format(change=told(WORDS[one.kind]), was=was)


def change_short(look: "Look") -> str:
    """The same in a few letters, beside the figure."""
    one = look.change
    if one is None:
        return ""
    if not one.ratio:
        return QCoreApplication.translate("matrix", "new")
    times = max(one.ratio, 1 / one.ratio)
    return (
        f"{'↑' if one.ratio > 1 else '↓'}{times:.0f}×"
        if times >= 10
        else f"{'↑' if one.ratio > 1 else '↓'}{times:.1f}×"
    )


def reason_short(cell: "Cell") -> str:
    """Why a combination is not offered, without the name of the service, which stands above."""
    reason = retold(cell.reason or "")
    return reason.removeprefix(cell.service).strip().rstrip(".。") or reason


def band_count(band: "Band") -> str:
    """How many of a service's combinations work, or why there are none."""
    offered, works = band.offered, band.counts.get("works", 0)
    if not offered:
        return band.reason or QCoreApplication.translate("matrix", "nothing is offered")
    return QCoreApplication.translate("matrix", "{count} of {all} work").format(count=works, all=offered)


def band_said(band: "Band") -> str:
    """A service in a line."""
    return f"{band.name} {band.generation}: {band_count(band)}".replace(" :", ":")


def moment(at: str) -> str:
    """A time as the desktop writes it, '' where it is none."""
    when = QDateTime.fromString(at, Qt.DateFormat.ISODate)
    return QLocale().toString(when.toLocalTime(), QLocale.FormatType.ShortFormat)
