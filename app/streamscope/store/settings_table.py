"""Every setting, described as data: the page, the command line and the checks read this."""

from dataclasses import dataclass
from pathlib import Path

from streamscope.model.draft import Limits
from streamscope.model.errors import UsageError
from streamscope.model.field import Field
from streamscope.model.objective import PRESETS, objectives
from streamscope.model.phrase import Phrase, phrase
from streamscope.model.service import NO_PROXY
from streamscope.model.url import parse_url

APPEARANCE, NETWORK = phrase("Appearance"), phrase("Network")
RECORDINGS, LIVE, START = phrase("Recordings"), phrase("Live"), phrase("Start")


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting: its section, its field, and for numbers from what to what; `folder` where a path is a folder's.

    `again` says that it counts when the program is started again.
    """

    section: Phrase
    field: Field
    least: float = 0.0
    most: float = 0.0
    folder: bool = False
    again: bool = False

    @property
    def key(self) -> str:
        """Its name in the file."""
        return self.field.key

    def problem(self, value: str) -> Phrase | None:
        """What is wrong with a value; None where nothing is."""
        field = self.field
        if field.kind == "choice" and value not in (known := [key for key, _ in field.choices]):
            return phrase("'{value}' is none of: {known}.", value=value, known=", ".join(known))
        if field.kind == "switch" and value not in ("true", ""):
            return phrase("'{value}' is neither true nor false.", value=value)
        if field.kind == "number":
            return _number(value, self.least, self.most)
        if field.key == "proxy" and value not in ("", NO_PROXY):
            return _proxy(value)
        if field.key == "slo_own":
            return _objectives(value)
        if field.kind == "file" and value and not _is_file(value):
            return phrase("There is no file {path}.", path=value)
        if self.folder and value and not _is_whole(value):
            return phrase("'{path}' is no whole path.", path=value)
        return None

    def written(self, value: str) -> str | int | float | bool:
        """A good value as TOML writes it."""
        if self.field.kind == "switch":
            return value == "true"
        if self.field.kind == "number":
            number = float(value)
            return int(number) if number.is_integer() else number
        return value

    def read(self, value: object) -> str:
        """What TOML read as a value's text; numbers and switches may stand in quotes, too."""
        if isinstance(value, bool):
            return "true" if value else "false" if self.field.kind != "switch" else ""
        if self.field.kind == "switch" and str(value).lower() in ("false", "no", "off", "0"):
            return ""
        if self.field.kind == "switch" and str(value).lower() in ("yes", "on", "1"):
            return "true"
        if isinstance(value, float) and value.is_integer():
            return str(int(value))
        return str(value)


def _is_file(path: str) -> bool:
    try:
        return Path(path).expanduser().is_file()
    except (OSError, ValueError, RuntimeError):  # too long a name, a NUL, no such user
        return False


def _is_whole(path: str) -> bool:
    try:
        return Path(path).expanduser().is_absolute()
    except (ValueError, RuntimeError):  # a home of nobody
        return False


def _number(value: str, least: float, most: float) -> Phrase | None:
    try:
        number = float(value)
    except ValueError:
        return phrase("'{value}' is no number.", value=value)
    if not least <= number <= most:  # also what is not a number at all
        return phrase("{value} is not between {least} and {most}.", value=value, least=f"{least:g}", most=f"{most:g}")
    return None


def _proxy(value: str) -> Phrase | None:
    try:
        url = parse_url(value)
    except UsageError as error:
        return error.message
    if url.scheme not in ("http", "https"):
        return phrase("A proxy's address begins with http:// or https://.")
    return None


def _objectives(value: str) -> Phrase | None:
    try:
        objectives(value)
    except UsageError as error:
        return error.message
    return None


_LIMITS = Limits()
_SECONDS = 86_400.0
_FOR_NEW = phrase("For new requests, in seconds; 0 is without limit.")

SETTINGS: tuple[Setting, ...] = (
    Setting(
        APPEARANCE,
        Field(
            "appearance",
            phrase("Theme"),
            "choice",
            "system",
            choices=(("system", phrase("As the system")), ("light", phrase("Light")), ("dark", phrase("Dark"))),
        ),
    ),
    Setting(
        APPEARANCE,
        Field(
            "language",
            phrase("Language"),
            "choice",
            "system",
            phrase("Counts when Streamscope is started again."),
            (("system", phrase("As the system")), ("en", Phrase("English")), ("zh_CN", Phrase("简体中文"))),
        ),
        again=True,
    ),
    Setting(
        APPEARANCE,
        Field("text_size", phrase("Text size"), "number", "100", phrase("Per cent of the desktop's, 70 to 200.")),
        70,
        200,
    ),
    Setting(
        APPEARANCE,
        Field("editor_wrap", phrase("Wrap long lines"), "switch", "true", phrase("In the editors of bodies")),
    ),
    Setting(
        NETWORK,
        Field(
            "proxy",
            phrase("Proxy"),
            help=phrase(
                "http://host:port; 'none' for no proxy, empty for the system's. Workspaces may name their own."
            ),
        ),
    ),
    Setting(
        NETWORK,
        Field(
            "ca",
            phrase("CA file"),
            "file",
            help=phrase(
                "Certificates (PEM) that are trusted in place of the system's, where a workspace names no others."
            ),
        ),
    ),
    Setting(
        NETWORK,
        Field("timeout_connect", phrase("Time to connect"), "number", f"{_LIMITS.connect:g}", _FOR_NEW),
        most=_SECONDS,
    ),
    Setting(
        NETWORK,
        Field("timeout_wait", phrase("Time to wait for data"), "number", f"{_LIMITS.wait:g}", _FOR_NEW),
        most=_SECONDS,
    ),
    Setting(
        NETWORK,
        Field("timeout_total", phrase("Time in all"), "number", f"{_LIMITS.total:g}", _FOR_NEW),
        most=_SECONDS,
    ),
    Setting(
        RECORDINGS,
        Field(
            "recordings_days",
            phrase("Days"),
            "number",
            "30",
            phrase("How long exchanges are kept; 0 is without limit."),
        ),
        most=36_500,
    ),
    Setting(
        RECORDINGS,
        Field(
            "recordings_megabytes",
            phrase("Megabytes"),
            "number",
            "4000",
            phrase("How much they may take in all, the oldest go first; 0 is without limit."),
        ),
        most=100_000_000,
    ),
    Setting(
        RECORDINGS,
        Field(
            "recordings_folder",
            phrase("Folder"),
            help=phrase("Empty for the profile's own. Counts when Streamscope is started again."),
        ),
        folder=True,
        again=True,
    ),
    Setting(
        LIVE,
        Field(
            "live_tabs",
            phrase("Answers kept open"),
            "number",
            "30",
            phrase("Beyond these the oldest finished ones are closed; their recordings stay."),
        ),
        1,
        200,
    ),
    Setting(
        LIVE,
        Field(
            "slo",
            phrase("Objectives"),
            "choice",
            "none",
            phrase("Limits that the times of an answer are held against."),
            (
                ("none", phrase("None")),
                ("own", phrase("My own")),
                *((preset.key, preset.label) for preset in PRESETS.values()),
            ),
        ),
    ),
    Setting(
        LIVE,
        Field("slo_own", phrase("My own objectives"), help=phrase("As ttft=500ms, tpot=40ms, itl_p99=100ms, e2e=10s.")),
    ),
    Setting(
        START,
        Field("workspace", phrase("Workspace"), default="sandbox", help=phrase("What is chosen at the start.")),
    ),
)

BY_KEY = {setting.key: setting for setting in SETTINGS}


def sections() -> list[Phrase]:
    """The sections in their order."""
    return list({setting.section.template: setting.section for setting in SETTINGS}.values())
