"""The forms of the three choices, each where its fields are shown, read together into the choices of a draft."""

from collections.abc import Callable, Mapping, Sequence

from streamscope.gui import defaults
from streamscope.gui.composer.auth import AuthForm
from streamscope.gui.composer.channel import ChannelForm
from streamscope.gui.composer.choices import ChoicesView
from streamscope.gui.composer.chosen import Chosen
from streamscope.gui.composer.settings import SettingsForm
from streamscope.gui.composer.shelves import Shelves
from streamscope.gui.composer.target import behind, target
from streamscope.model.draft import Choice, Draft
from streamscope.model.phrase import Phrase
from streamscope.model.service import Service

Others = Mapping[str, Choice]


class ChoiceForms:
    """Which form is shown for which choice, and what it holds; `told` hears of each authentication that is shown."""

    def __init__(
        self,
        choices: ChoicesView,
        auth: AuthForm,
        channel: ChannelForm,
        settings: SettingsForm,
        told: Callable[[str, str], None],
    ) -> None:
        self._choices, self._auth, self._channel, self._settings = choices, auth, channel, settings
        self._told = told
        self._shelves: Shelves | None = None
        self._workspace = ""
        self._told_last: tuple[str, str] | None = None
        self._all = (
            Chosen(choices.auth, self._read_auth, self._show_auth),
            Chosen(choices.channel, lambda: Choice("", channel.values()), self._show_channel),
            Chosen(choices.protocol, lambda: Choice("", settings.protocol_values()), self._show_protocol),
        )

    def fill(self, shelves: Shelves) -> None:
        """The kinds are there."""
        self._shelves = shelves

    def show(self, draft: Draft, others: Sequence[Others], *, recall: bool = False) -> None:
        """Show a draft's choices, and keep at hand what was entered for other kinds."""
        self._workspace = draft.workspace
        for chosen, choice, known in zip(self._all, (draft.auth, draft.channel, draft.protocol), others, strict=True):
            chosen.others = dict(known)
            chosen.put(choice, recall=recall)

    def choices(self) -> tuple[Choice, ...]:
        """Authentication, channel and protocol as they are entered."""
        return tuple(chosen.choice() for chosen in self._all)

    def others(self) -> tuple[Others, ...]:
        """What was entered for other kinds."""
        return tuple(dict(chosen.others) for chosen in self._all)

    def turn(self) -> bool:
        """Follow the dropdowns; whether any was turned."""
        turned = [chosen.turn() for chosen in self._all]
        return any(turned)

    def go(self, text: str, service: Service | None) -> str | None:
        """Follow a whole URL: to the channel whose address it begins with, else to the one that is typed by hand. The
        path that is left; None where the text is no URL."""
        found = target(text)
        if found is None or self._shelves is None:
            return None
        known = {**service.app_addresses, **service.addresses} if service is not None else {}
        place = behind(text, known, self._choices.channel.key())
        self._choices.channel.choose(place[0] if place is not None else defaults.BY_HAND)
        self.turn()
        if place is None:
            self._channel.set_address(found.base)
        self._speak(found.scheme)
        return place[1] if place is not None else found.path

    def split(self, text: str, *, movable: bool) -> str | None:
        """The path of a URL in the channel's own field, which leaves it where it may; None where it stays."""
        if (found := target(text)) is None:
            return None
        self._speak(found.scheme)
        if not movable or found.path in ("", "/"):
            return None
        self._channel.set_address(found.base)
        return found.path

    def _speak(self, scheme: str) -> None:
        """ws:// and wss:// name the protocol; http:// leaves the choice as it is."""
        if self._shelves is not None and scheme in ("ws", "wss"):
            fitting = [key for key, kind in self._shelves.protocols.items() if scheme in (kind.plain, kind.secure)]
            if fitting and self._choices.protocol.key() not in fitting:
                self._choices.protocol.choose(fitting[0])
                self.turn()

    def _read_auth(self) -> Choice:
        return self._auth.choice() if self._auth.isEnabled() else Choice("")

    def _show_auth(self, kind: str, choice: Choice | None) -> Choice:
        if self._shelves is None or kind not in self._shelves.auth:
            self._auth.setEnabled(False)
            return Choice(kind)
        self._auth.setEnabled(True)
        auth = self._shelves.auth[kind]
        self._auth.show_auth(self._workspace, auth)
        if choice is not None and choice != self._auth.choice():
            self._auth.set_choice(choice)
        if self._told_last != (self._workspace, kind):
            self._told_last = (self._workspace, kind)
            self._told(self._workspace, kind)
        found = self._auth.choice()
        ordinary = {one.key: one.default for one in auth.fields}
        values = {key: value for key, value in found.values.items() if value != ordinary.get(key, "")}
        return Choice(kind, values, found.credential)

    def _show_channel(self, kind: str, choice: Choice | None) -> Choice:
        known = self._shelves.channels.get(kind) if self._shelves is not None else None
        values = choice.values if choice is not None else {}
        self._channel.show_fields(kind, known.fields if known is not None else (), values)
        return Choice(kind)

    def _show_protocol(self, kind: str, choice: Choice | None) -> Choice:
        known = self._shelves.protocols.get(kind) if self._shelves is not None else None
        values = choice.values if choice is not None else {}
        if known is not None:
            self._settings.show_protocol(known.label, known.fields, values)
        else:
            self._settings.show_protocol(Phrase(kind), (), values)
        return Choice(kind)
