"""Findings as a list: one of each rule, the worst first, changed in place."""

from collections.abc import Iterable, Sequence

from PySide6.QtCore import QAbstractListModel, QCoreApplication, QModelIndex, QObject, QPersistentModelIndex, Qt

from streamscope.gui.language import retold
from streamscope.model.event import Finding

Index = QModelIndex | QPersistentModelIndex
FINDING = int(Qt.ItemDataRole.UserRole)
_ORDER = {"error": 0, "warning": 1, "info": 2}


def counted(findings: Iterable[Finding]) -> tuple[int, str]:
    """How many rules have something to say, and the worst severity among the last of each; ('' for none)."""
    last = {finding.rule: finding.severity for finding in findings}
    return len(last), min(last.values(), key=_ORDER.__getitem__, default="")


def severity_word(severity: str) -> str:
    """A severity as a person reads it."""
    translate = QCoreApplication.translate
    return {
        "error": translate("findings", "Error"),
        "warning": translate("findings", "Warning"),
        "info": translate("findings", "Note"),
    }[severity]


def evidence_text(finding: Finding) -> str:
    """How many events show it and which is the first, counted from 1 as their table does; '' where none does."""
    translate, count = QCoreApplication.translate, len(finding.events)
    if not count:
        return ""
    first = f"#{min(finding.events) + 1:,}"
    if count == 1:
        return translate("findings", "Show event {first}").format(first=first)
    return translate("findings", "Show {count} events, first {first}").format(count=f"{count:,}", first=first)


def as_text(findings: Iterable[Finding]) -> str:
    """Findings for another program or person: severity, sentence, remedy, evidence."""
    blocks = []
    for finding in findings:
        lines = [f"{severity_word(finding.severity)} ({finding.rule}): {retold(finding.text)}"]
        if finding.remedy:
            lines.append(retold(finding.remedy))
        if finding.events:
            shown = ", ".join(f"#{event + 1}" for event in finding.events[:20])
            more = f" … ({len(finding.events):,})" if len(finding.events) > 20 else ""
            lines.append(shown + more)
        blocks.append("\n".join(lines))
    return "\n\n".join(blocks) + "\n" if blocks else ""


class FindingsModel(QAbstractListModel):
    """A row for each rule that has told something: what it told last."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.findings: list[Finding] = []
        self._first: dict[str, int] = {}
        """The order in which rules were first told."""

    def tell(self, found: Sequence[Finding]) -> None:
        """More findings; one of a rule that was told before takes its place."""
        for finding in {finding.rule: finding for finding in found}.values():
            self._first.setdefault(finding.rule, len(self._first))
            self._put(finding)

    def _put(self, finding: Finding) -> None:
        old = next((at for at, known in enumerate(self.findings) if known.rule == finding.rule), -1)
        place = self._key(finding)
        new = sum(1 for at, known in enumerate(self.findings) if at != old and self._key(known) < place)
        if old < 0:
            self.beginInsertRows(QModelIndex(), new, new)
            self.findings.insert(new, finding)
            self.endInsertRows()
            return
        if old != new:
            self.beginMoveRows(QModelIndex(), old, old, QModelIndex(), new if new < old else new + 1)
            del self.findings[old]
            self.findings.insert(new, finding)
            self.endMoveRows()
        self.findings[new] = finding
        self.dataChanged.emit(self.index(new), self.index(new))

    def _key(self, finding: Finding) -> tuple[int, int]:
        return _ORDER[finding.severity], self._first[finding.rule]

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's signature
        """Qt's."""
        return 0 if parent.isValid() else len(self.findings)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Qt's."""
        finding = self.findings[index.row()]
        if role == FINDING:
            return finding
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return f"{severity_word(finding.severity)}: {retold(finding.text)}"
        if role == Qt.ItemDataRole.AccessibleDescriptionRole:
            return " ".join(part for part in (retold(finding.remedy), evidence_text(finding)) if part)
        return None
