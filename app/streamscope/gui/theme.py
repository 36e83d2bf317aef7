"""The look: two sets of named colours over Qt's Fusion style, following the desktop where it says which."""

from dataclasses import asdict, dataclass
from string import Template

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontDatabase, QFontMetrics, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication

from streamscope.gui.assets import resource


@dataclass(frozen=True, slots=True)
class Tokens:
    """The colours by what they mean; every pair that meets has a contrast of 4.5:1 or more."""

    name: str
    window: str
    sidebar: str
    surface: str
    raised: str
    hover: str
    pressed: str
    selected: str
    line: str
    line_strong: str
    scroll: str
    text: str
    muted: str
    accent: str
    accent_hover: str
    on_accent: str
    ok: str
    warn: str
    error: str
    info: str
    warn_soft: str
    error_soft: str
    info_soft: str
    warn_line: str
    error_line: str
    info_line: str
    code_key: str
    code_text: str
    code_number: str
    code_word: str


LIGHT = Tokens(
    name="light",
    window="#f7f8fa",
    sidebar="#f0f2f5",
    surface="#ffffff",
    raised="#ffffff",
    hover="#e9ecf1",
    pressed="#dde2ea",
    selected="#d7e2ff",
    line="#dde1e7",
    line_strong="#b6bec9",
    scroll="#c3cad3",
    text="#1a1f26",
    muted="#57616d",
    accent="#2f55d4",
    accent_hover="#2447bb",
    on_accent="#ffffff",
    ok="#17703f",
    warn="#8a5a00",
    error="#b3261e",
    info="#2f55d4",
    warn_soft="#fff6df",
    error_soft="#fdeceb",
    info_soft="#eaf0ff",
    warn_line="#ead29a",
    error_line="#efb8b4",
    info_line="#bccdf8",
    code_key="#2447bb",
    code_text="#17703f",
    code_number="#8a4b00",
    code_word="#8a2b8f",
)

DARK = Tokens(
    name="dark",
    window="#17191e",
    sidebar="#131519",
    surface="#1d2026",
    raised="#24282f",
    hover="#272b33",
    pressed="#30353f",
    selected="#22375f",
    line="#2c3139",
    line_strong="#4a525e",
    scroll="#414854",
    text="#e5e8ec",
    muted="#9ba6b3",
    accent="#7da2ff",
    accent_hover="#9bb8ff",
    on_accent="#0d1527",
    ok="#53c98a",
    warn="#e3b04b",
    error="#ff867d",
    info="#7da2ff",
    warn_soft="#2d2615",
    error_soft="#331d1d",
    info_soft="#1b2740",
    warn_line="#5c4a1e",
    error_line="#6b3532",
    info_line="#34497a",
    code_key="#8db0ff",
    code_text="#7fd1a4",
    code_number="#e5b567",
    code_word="#d79be0",
)


class Theme(QObject):
    """Which tokens count now; tells when that changes."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.tokens = LIGHT
        self._appearance = "system"
        self._followed = False

    def wear(self, app: QApplication, appearance: str) -> None:
        """Dress the program as asked: "light", "dark", or "system" for what the desktop says (else light)."""
        self._appearance = appearance
        if not self._followed:
            self._followed = True
            app.setStyle("Fusion")
            app.styleHints().colorSchemeChanged.connect(lambda _: self.wear(app, self._appearance))
        dark = appearance == "dark"
        if appearance == "system":
            dark = QGuiApplication.styleHints().colorScheme() == Qt.ColorScheme.Dark
        self.tokens = DARK if dark else LIGHT
        app.setPalette(palette(self.tokens))
        app.setStyleSheet(style_sheet(self.tokens))
        self.changed.emit()


theme = Theme()


def colour(name: str) -> QColor:
    """A token's colour as it is now."""
    return QColor(getattr(theme.tokens, name))


def palette(tokens: Tokens) -> QPalette:
    """Fusion's palette from the tokens."""
    role = QPalette.ColorRole
    made = QPalette()
    for which, token in {
        role.Window: tokens.window,
        role.WindowText: tokens.text,
        role.Base: tokens.surface,
        role.AlternateBase: tokens.window,
        role.Text: tokens.text,
        role.PlaceholderText: tokens.muted,
        role.Button: tokens.surface,
        role.ButtonText: tokens.text,
        role.BrightText: tokens.error,
        role.ToolTipBase: tokens.raised,
        role.ToolTipText: tokens.text,
        role.Highlight: tokens.selected,
        role.HighlightedText: tokens.text,
        role.Link: tokens.accent,
        role.LinkVisited: tokens.accent,
        role.Light: tokens.raised,
        role.Midlight: tokens.line,
        role.Mid: tokens.line,
        role.Dark: tokens.line_strong,
        role.Shadow: tokens.line_strong,
        role.Accent: tokens.accent,
    }.items():
        made.setColor(which, QColor(token))
    for which in (role.WindowText, role.Text, role.ButtonText):
        made.setColor(QPalette.ColorGroup.Disabled, which, QColor(tokens.muted))
    return made


def style_sheet(tokens: Tokens) -> str:
    """The program's style sheet with the tokens filled in."""
    template = resource("style.qss").read_text(encoding="utf-8")
    control = max(20, round(QFontMetrics(QApplication.font()).height() * 1.25))  # larger texts are not pressed together
    return Template(template).safe_substitute(asdict(tokens), icons=resource("icons").as_posix(), control=control)


def code_font() -> QFont:
    """The desktop's fixed-width font at the size of the rest."""
    font = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
    font.setPointSizeF(QApplication.font().pointSizeF())
    return font


def prose_font() -> QFont:
    """For text that is read: the answer as it streams."""
    font = QApplication.font()
    font.setPointSizeF(font.pointSizeF() + 1.0)
    return font


def small_font() -> QFont:
    """For second lines and captions."""
    font = QApplication.font()
    font.setPointSizeF(max(7.0, font.pointSizeF() - 1.0))
    return font


def strong_font(larger: float = 0.0) -> QFont:
    """For names and states."""
    font = QApplication.font()
    font.setPointSizeF(font.pointSizeF() + larger)
    font.setWeight(QFont.Weight.DemiBold)
    return font
