"""The portions of a service as cards: added, removed, and their weights, which make 100 together."""

from collections.abc import Mapping, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from streamscope.gui.marks import dress, muted_label, retone, tool_button
from streamscope.gui.services.deploy.section import SectionForm
from streamscope.gui.services.deploy.sentence import named
from streamscope.gui.theme import strong_font
from streamscope.model.deployment import Page

WEIGHT = "weight"
"""The key of the field that tells how many of a hundred calls a portion gets."""


class PortionsView(QWidget):
    """One card a portion. `edited` tells N.KEY, or N where a portion came or went."""

    edited = Signal(str)

    def __init__(self, page: Page, portions: Sequence[Mapping[str, str]], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._page = page
        self._weighted = any(field.key == WEIGHT for field in page.fields)
        self.cards: list[PortionView] = []
        self.add_button = QPushButton(self.tr("Add another"))
        self.add_button.setAutoDefault(False)
        self.add_button.clicked.connect(self.add)
        dress(self.add_button, "plus")
        self.sum = muted_label("")
        self.share_button = QPushButton(self.tr("Share equally"))
        self.share_button.setAutoDefault(False)
        self.share_button.clicked.connect(self.share)
        self._cards = QVBoxLayout()
        self._cards.setContentsMargins(0, 0, 0, 0)
        self._cards.setSpacing(8)
        foot = QHBoxLayout()
        foot.setContentsMargins(0, 0, 0, 0)
        foot.setSpacing(8)
        foot.addWidget(self.add_button)
        foot.addStretch(1)
        foot.addWidget(self.sum)
        foot.addWidget(self.share_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addLayout(self._cards)
        column.addLayout(foot)
        for values in portions or ({},):
            self._put(values)
        self._arrange()

    def values(self) -> tuple[dict[str, str], ...]:
        """What each portion holds."""
        return tuple(card.section.values() for card in self.cards)

    def add(self) -> None:
        """One more, with what is left of the weights."""
        left = max(0, 100 - sum(self._weights()))
        card = self._put({WEIGHT: str(left)} if self._weighted else {})
        self._arrange()
        self.edited.emit(str(len(self.cards) - 1))
        card.section.form.focus_first()

    def remove(self, card: "PortionView") -> None:
        """Take one away; the last one gets all calls."""
        number = self.cards.index(card)
        self.cards.remove(card)
        self._cards.removeWidget(card)
        card.hide()
        card.deleteLater()
        if self._weighted and len(self.cards) == 1:
            self.cards[0].section.set_value(WEIGHT, "100")
        self._arrange()
        self.edited.emit(str(number))
        self.cards[min(number, len(self.cards) - 1)].section.form.focus_first()

    def share(self) -> None:
        """Give every portion as many calls as the others; what is left over goes to the first ones."""
        each, over = divmod(100, len(self.cards))
        for number, card in enumerate(self.cards):
            card.section.set_value(WEIGHT, str(each + (number < over)))
        self._arrange()
        self.edited.emit(f"0.{WEIGHT}")

    def stops(self) -> list[QWidget]:
        """Where the focus goes on its way through: a card is left before it can be taken away."""
        cards = [stop for card in self.cards for stop in (*card.section.stops(), card.remove_button)]
        return [*cards, self.add_button, self.share_button]

    def problems(self, found: Mapping[str, str]) -> dict[str, str]:
        """What is wrong, as N.KEY."""
        wrong: dict[str, str] = {}
        for number, card in enumerate(self.cards):
            own = card.section.problems(_own(found, number))
            wrong.update({f"{number}.{key}": text for key, text in own.items()})
        return wrong

    def tell(self, problems: Mapping[str, str], *, everything: bool) -> None:
        """Show what is wrong."""
        for number, card in enumerate(self.cards):
            card.section.tell(_own(problems, number), everything=everything)

    def focus(self, key: str) -> QWidget | None:
        """Put the focus into a field by N.KEY; None where there is none."""
        number, _, own = key.partition(".")
        if own and number.isdecimal() and int(number) < len(self.cards):
            section = self.cards[int(number)].section
            return section.focus(own) if own in section.values() else None
        return None

    def _put(self, values: Mapping[str, str]) -> "PortionView":
        card = PortionView(self._page, values)
        card.section.edited.connect(lambda key: self._edited(card, key))
        card.remove_button.clicked.connect(lambda: self.remove(card))
        self.cards.append(card)
        self._cards.addWidget(card)
        return card

    def _edited(self, card: "PortionView", key: str) -> None:
        self._arrange()
        self.edited.emit(f"{self.cards.index(card)}.{key}")

    def _arrange(self) -> None:
        """Titles, weights and buttons as so many portions need them."""
        several = len(self.cards) > 1
        for number, card in enumerate(self.cards):
            card.show_title(number + 1 if several else 0)
            card.remove_button.setVisible(several)
            weight = card.section.values().get(WEIGHT, "100")
            alone = self._weighted and not several and weight in ("", "100")
            card.section.keep_apart([WEIGHT] if alone else [])
        self.add_button.setVisible(self._page.most > 1)
        self.add_button.setEnabled(len(self.cards) < self._page.most)
        weighted = self._weighted and several
        self.share_button.setVisible(weighted)
        self.sum.setVisible(weighted)
        weights = self._weights()
        told = " + ".join(f"{weight:g}" for weight in weights)
        self.sum.setText(self.tr("Weights: {weights} = {sum}").format(weights=told, sum=f"{sum(weights):g}"))
        retone(self.sum, "muted" if sum(weights) == 100 else "warn")

    def _weights(self) -> list[float]:
        return [_number(values.get(WEIGHT, "")) for values in self.values()]


class PortionView(QFrame):
    """One portion: what it is called, and its fields."""

    def __init__(self, page: Page, values: Mapping[str, str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("card")
        self._page = page
        self.title = QLabel()
        self.title.setFont(strong_font())
        self.title.setTextFormat(Qt.TextFormat.PlainText)
        self.remove_button = tool_button("minus", self.tr("Take this one away"))
        self.section = SectionForm(page.fields, values, whole=True)
        self._head = QWidget()
        head = QHBoxLayout(self._head)
        head.setContentsMargins(0, 0, 0, 0)
        head.addWidget(self.title, 1)
        head.addWidget(self.remove_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 8, 12, 8)
        column.setSpacing(8)
        column.addWidget(self._head)
        column.addWidget(self.section)

    def show_title(self, number: int) -> None:
        """Say which one it is; nothing where it is the only one."""
        self._head.setVisible(number > 0)
        what = named(self._page, self.section.values())
        self.title.setText(f"{number} · {what}" if what else str(number))
        self.remove_button.setAccessibleName(self.tr("Take {what} away").format(what=self.title.text()))


def _own(problems: Mapping[str, str], number: int) -> dict[str, str]:
    head = f"{number}."
    return {key.removeprefix(head): text for key, text in problems.items() if key.startswith(head)}


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return 0.0
