"""One environment: its name, its variables, what went wrong with it."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QPushButton, QVBoxLayout, QWidget

from streamscope.gui.library.import_variables import ImportDialog
from streamscope.gui.library.variables_table import VariablesTableModel, VariablesView
from streamscope.gui.marks import muted_label
from streamscope.gui.messages import MessageView
from streamscope.gui.theme import strong_font
from streamscope.gui.variables import VariablesModel
from streamscope.model.environment import Variable


class EnvironmentForm(QWidget):
    """The right side of the dialog; `table.edited` tells changes of the variables."""

    renamed = Signal(str)
    closed = Signal()

    def __init__(self, known: VariablesModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.name = QLineEdit()
        self.name.setAccessibleName(self.tr("Name of the environment"))
        self.name.setFont(strong_font(2.0))
        self.name.setPlaceholderText(self.tr("Name"))
        self.name.editingFinished.connect(self._named)
        self.about = muted_label("", wrap=True)
        self.table = VariablesTableModel(self)
        self.view = VariablesView(self.table, known)
        self.teaching = QLabel(self._lesson())
        self.teaching.setTextFormat(Qt.TextFormat.RichText)
        self.teaching.setWordWrap(True)
        self.teaching.setProperty("tone", "muted")
        self.table.edited.connect(self._teach)
        self._cards = QVBoxLayout()
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 16)
        column.setSpacing(8)
        column.addWidget(self.name)
        column.addWidget(self.about)
        column.addWidget(self.view, 1)
        column.addWidget(self.teaching)
        column.addLayout(self._cards)
        column.addLayout(self._foot())

    def _foot(self) -> QHBoxLayout:
        self.new = QPushButton(self.tr("Add variable"))
        self.new.clicked.connect(self.view.begin)
        self.importing = QPushButton(self.tr("Import .env…"))
        self.importing.setToolTip(self.tr("Paste lines NAME=VALUE"))
        self.importing.clicked.connect(self._import)
        leave = QPushButton(self.tr("Close"))
        leave.clicked.connect(self.closed)
        row = QHBoxLayout()
        row.setSpacing(8)
        for button in (self.new, self.importing, leave):
            button.setAutoDefault(False)
            if button is leave:
                row.addStretch(1)
            row.addWidget(button)
        return row

    def show_environment(self, variables: tuple[Variable, ...], name: str, about: str, *, fixed: bool) -> None:
        """Show another environment; the name of a `fixed` one cannot be changed."""
        self.table.show_variables(variables)
        self.name.setText(name)
        self.name.setReadOnly(fixed)
        self.name.setProperty("flat", fixed)
        self.name.style().polish(self.name)
        self.about.setText(about)
        self.about.setVisible(bool(about))
        self._teach()

    def tell(self, card: MessageView) -> MessageView:
        """Show a card below the variables."""
        self._cards.addWidget(card)
        return card

    def quiet(self) -> None:
        """Take the cards away."""
        while (item := self._cards.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()

    def _named(self) -> None:
        if self.name.isModified():  # a name that only looks different here was not changed
            self.renamed.emit(self.name.text().strip())

    def _teach(self) -> None:
        self.teaching.setVisible(not self.table.variables())

    def _lesson(self) -> str:
        return self.tr(
            "A variable stands between double braces: {example} in an address, a header, a body or a message is "
            "replaced by its value when the request is sent. Switch <i>Secret</i> on for keys and passwords: their "
            "values go into the keyring, and only their names into a file."
        ).format(example="<code>{{host}}</code>")

    def _import(self) -> None:
        dialog = ImportDialog(self)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.imported.connect(self.table.add)
        dialog.open()
