"""Bytes taken to the clipboard: as text, hex, base64 or a C array."""

import base64
from collections.abc import Callable

from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QMenu

LARGEST_COPY = 16 << 20
"""Bytes that a copy takes at most; more are saved into a file."""


def as_text(data: bytes) -> str:
    """UTF-8; what is none is a question mark in a black diamond."""
    return data.decode(errors="replace")


def as_hex(data: bytes) -> str:
    """Two digits a byte, blanks between them."""
    return data.hex(" ")


def as_base64(data: bytes) -> str:
    """RFC 4648, section 4."""
    return base64.b64encode(data).decode()


def as_c_array(data: bytes) -> str:
    """An array of C, twelve bytes a line."""
    lines = ["  " + ", ".join(f"0x{byte:02x}" for byte in data[at : at + 12]) + "," for at in range(0, len(data), 12)]
    return "\n".join([f"const unsigned char data[{len(data)}] = {{", *lines, "};"])


def put(text: str) -> None:
    """Into the clipboard; a NUL would end the text there."""
    QGuiApplication.clipboard().setText(text.replace("\0", "\u2400"))


def add_copies(menu: QMenu, selected: Callable[[], bytes]) -> None:
    """Entries that copy some bytes; none of them where nothing is selected."""
    translate = QCoreApplication.translate
    there = bool(selected())
    for label, made in (
        (translate("detail", "Copy as text"), as_text),
        (translate("detail", "Copy as hex"), as_hex),
        (translate("detail", "Copy as base64"), as_base64),
        (translate("detail", "Copy as a C array"), as_c_array),
    ):
        action = menu.addAction(label)
        action.setEnabled(there)
        action.triggered.connect(lambda _=False, made=made: put(made(selected())))
