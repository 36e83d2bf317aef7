"""The looks that the gallery is made in, each played by a process of its own: Qt fixes its scale at its start."""

from dataclasses import dataclass
from typing import Literal

Appearance = Literal["light", "dark"]
Language = Literal["en", "zh_CN"]
APPEARANCES: tuple[Appearance, ...] = ("light", "dark")
LANGUAGES: tuple[Language, ...] = ("en", "zh_CN")


@dataclass(frozen=True, slots=True)
class Look:
    """Colours, language, logical size of the window, pixels for each of its points, and size of texts in per cent."""

    name: str
    appearance: Appearance
    language: Language
    width: int = 1280
    height: int = 800
    scale: int = 1
    percent: int = 100


LOOKS = (
    *(
        Look(f"{appearance}-{size}-{language[:2]}", appearance, language, width, height, scale)
        for language in LANGUAGES
        for size, width, height, scale in (("1280x800", 1280, 800, 1), ("4k", 1920, 1080, 2))
        for appearance in APPEARANCES
    ),
    Look("light-narrow-en", "light", "en", width=900),
    Look("dark-narrow-zh", "dark", "zh_CN", width=900),
    Look("light-text200-en", "light", "en", percent=200),
)
