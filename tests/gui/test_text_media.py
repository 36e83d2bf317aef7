"""Pictures and sound in the Text view: cards, shown and saved when it is asked for."""

# ruff: noqa: F811 - a fixture is imported, and named where it is used

import base64
import json
import zlib
from pathlib import Path

import pytest
from PySide6.QtCore import QBuffer, QByteArray, QIODevice
from PySide6.QtGui import QColor, QImage
from pytestqt.qtbot import QtBot
from tests.gui.said import MS, Seen, said, seen, words  # noqa: F401 - a fixture

from streamscope.model.event import Message

pytestmark = pytest.mark.window


def png(width: int, height: int) -> str:
    image = QImage(width, height, QImage.Format.Format_RGB32)
    image.fill(QColor("#00aa00"))
    data = QByteArray()
    buffer = QBuffer(data)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG")
    return base64.b64encode(bytes(data.data())).decode()


def test_pictures_and_sound_are_cards(seen: Seen, qtbot: QtBot, tmp_path: Path) -> None:
    picture = png(600, 300)
    sound = [base64.b64encode(bytes([number]) * 600).decode() for number in range(3)]
    generated = Message(50 * MS, "in", (1, 1), json.dumps({"data": [{"b64_json": picture}]}).encode(), "event")
    spoken = [said(60 + n, {"audio": {"data": piece, "transcript": "hm "}}) for n, piece in enumerate(sound)]
    inline = words(f"See ![x](data:image/png;base64,{picture}) here", begin=90, size=500)
    view, _ = seen(said(30, {"content": "Look: "}), generated, *spoken, *inline)
    qtbot.waitUntil(lambda: not view.media.behind)
    cards = view._files
    assert sorted(card.media.mime for card in cards) == ["audio/pcm", "image/png", "image/png"]
    assert "⟨…⟩" in view.main.document().toPlainText()
    assert picture[:200] not in view.main.document().toPlainText()
    assert picture in view.toPlainText()
    for card in cards:
        if card.media.kind == "image":
            card.show_button.click()
            assert card._picture.pixmap().width() == 320
            assert card.save(tmp_path / "p.png") == ""
            assert (tmp_path / "p.png").read_bytes() == base64.b64decode(picture)
        else:
            assert not card.show_button.isVisible()
            assert card.save(tmp_path / "s.pcm") == ""
            assert (tmp_path / "s.pcm").read_bytes() == b"".join(bytes([n]) * 600 for n in range(3))
            assert card.save(tmp_path / "no" / "s.pcm")


def test_a_picture_that_claims_to_be_huge_is_not_decoded(seen: Seen, qtbot: QtBot) -> None:
    head = b"IHDR" + (60_000).to_bytes(4) * 2 + b"\x08\x02\0\0\0"
    data = b"\x89PNG\r\n\x1a\n" + (13).to_bytes(4) + head + zlib.crc32(head).to_bytes(4)
    data += (600).to_bytes(4) + b"IDAT" + bytes(600) + zlib.crc32(b"IDAT" + bytes(600)).to_bytes(4)
    letters = base64.b64encode(data).decode()
    view, _ = seen(Message(50 * MS, "in", (1, 1), json.dumps({"b64_json": letters}).encode(), "event"))
    qtbot.waitUntil(lambda: len(view._files) == 1)
    view._files[0].show_button.click()
    assert view._files[0]._picture.text() == "It claims to have 60,000 × 60,000 pixels and is not shown."
