"""One of the three choices as the composer holds it: its dropdown, the form of its fields, and what was given."""

from collections.abc import Callable, Mapping

from streamscope.gui.composer.choice import ChoiceView
from streamscope.model.draft import Choice

Values = Mapping[str, str]


class KeptValues:
    """Values that a form shows: what nobody touched is given back to the letter, also what the form cannot show."""

    def __init__(self) -> None:
        self._given: Values = {}
        self._read: Values = {}

    def show(self, given: Values, read: Values) -> None:
        """These were given, and the form gave those back right after."""
        self._given, self._read = given, read

    def now(self, read: Values) -> dict[str, str]:
        """What counts, as the form reads now."""
        kept = {key: value for key, value in self._given.items() if read.get(key, "") == self._read.get(key, "")}
        return kept | {key: value for key, value in read.items() if value != self._read.get(key, "")}


class Chosen:
    """A choice with its values. What was entered for another kind waits until that one is chosen again."""

    def __init__(
        self, view: ChoiceView, read: Callable[[], Choice], show: Callable[[str, Choice | None], Choice]
    ) -> None:
        """`read` reads the form; `show` shows a kind's form as chosen, or as it was at hand without, and tells what
        counts then."""
        self.view = view
        self.others: dict[str, Choice] = {}
        self._read, self._show = read, show
        self._given = Choice("")
        self._kept = KeptValues()
        self._credential = ""

    def choice(self) -> Choice:
        """The kind, its values, its credential."""
        now = self._read()
        same = now.credential == self._credential
        credential = self._given.credential if same else now.credential
        return Choice(self._given.kind, self._kept.now(now.values), credential)

    def put(self, choice: Choice, *, recall: bool = False) -> None:
        """Show another choice; with `recall` what the form has at hand counts."""
        self.view.choose(choice.kind)
        found = self._show(choice.kind, None if recall else choice)
        self._given = found if recall else choice
        now = self._read()
        self._kept.show(self._given.values, now.values)
        self._credential = now.credential

    def turn(self) -> bool:
        """Follow the dropdown; whether it was turned at all."""
        if (kind := self.view.key()) == self._given.kind:
            return False
        if self._given.kind:
            self.others[self._given.kind] = self.choice()
        known = self.others.pop(kind, None)
        self.put(known or Choice(kind), recall=known is None)
        return True
