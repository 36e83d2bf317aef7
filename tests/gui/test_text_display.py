"""What is shown and what is meant: any text, in any pieces, is copied as it came, and every place is found again."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streamscope.gui.live.text import display, pages
from streamscope.gui.live.text.display import LEFT_OUT, LONGEST, Carry, displayed
from streamscope.gui.live.text.pages import Pages

ODD = st.sampled_from(
    ["\u202e", "\u2066", "\0", "\x1b[31m", "\r", "\n", "\r\n", "\u0301" * 12, "e\u0301", "\U0001f600", "漢", "\u2029",
     "data:image/png;base64,", "QUJD" * 9, ",", " ", "\ufffe", "word " * 40, "x" * 150, "da", '"data"', '"data":"',
     ': "', "A" * 31,
     "ta:a/b;base64", "\U000e0041"]
)  # fmt: skip
TEXTS = st.lists(ODD | st.text(max_size=8), max_size=14)


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Short lines and pages: borders everywhere."""
    monkeypatch.setattr(display, "LONGEST", 100)
    monkeypatch.setattr(display, "SOFT", 60)
    monkeypatch.setattr(pages, "PAGE", 32)


def laid(text: str) -> tuple[Pages, bytes]:
    data = text.encode(errors="replace")
    made = Pages(lambda start, stop: data[start:stop])
    return made, data


@given(TEXTS)
def test_pieces_show_what_the_whole_shows(pieces: list[str]) -> None:
    text = "".join(pieces)
    shown, carry = "", Carry()
    for piece in pieces:
        new, _, carry = displayed(piece, carry)
        shown += new
    assert shown == displayed(text)[0]
    assert max(map(len, shown.split("\n"))) <= 100 + len("⟨U+E0041⟩")
    assert not set(shown) & {"\u202e", "\u2066", "\0", "\x1b", "\r", "\u2029", "\ufffe", "\U000e0041"}


@given(TEXTS)
def test_all_that_is_laid_out_is_copied_as_it_came(pieces: list[str]) -> None:
    text = "".join(pieces)
    made, data = laid(text)
    shown, upto = "", 0
    for piece in pieces:
        upto += len(piece.encode(errors="replace"))
        shown += made.append(upto)
    assert made.length == pages.units(shown)
    assert made.end == len(data)
    start, end = made.byte(0), made.byte(made.length, end=True)
    assert data[start:end].strip(b"\r") == data.strip(b"\r"), "a CR at an end is not seen"


@given(TEXTS, st.data())
def test_a_range_is_found_again(pieces: list[str], more: st.DataObject) -> None:
    text = "".join(pieces)
    made, data = laid(text)
    made.append(len(data))
    borders = [len(text[:at].encode(errors="replace")) for at in range(len(text) + 1)]
    start, end = sorted((more.draw(st.sampled_from(borders)), more.draw(st.sampled_from(borders))))
    first, last = made.place(start), made.place(end, end=True)
    if start < end and first < last and LEFT_OUT not in displayed(text)[0]:  # within what is left out there is no place
        back = made.byte(first), made.byte(last, end=True)
        assert data[back[0] : start].strip(b"\r") == b""
        assert data[start : back[0]].strip(b"\r") == b"", "a CR is not seen"
        assert data[back[1] : end].strip(b"\r") == b""
        assert data[end : back[1]].strip(b"\r") == b""


@given(TEXTS, st.integers(1, 80), st.integers(0, 300))
def test_pages_before_are_laid_out_later(pieces: list[str], size: int, start: int) -> None:
    made, data = laid("".join(pieces))
    made.reset(pages.border(lambda one, other: data[one:other], min(start, len(data))))
    shown = made.append(len(data))
    while made.start:
        shown = made.prepend(size) + shown
        assert made.length == pages.units(shown)
    if data:
        assert data[made.byte(0) : made.byte(made.length, end=True)].strip(b"\r") == data.strip(b"\r")
    while made.pages:
        made.drop(first=bool(len(made.pages) % 2))
    assert made.length == 0


def test_what_deceives_is_marked() -> None:
    assert displayed("a\u202eb\u2066c\0\x1b[1m\x7f\r\nd\re")[0] == "a⟨RLO⟩b⟨LRI⟩c␀␛[1m␡\nd␍e"
    flood = "e" + "\u0301" * 50 + "f"
    assert displayed(flood)[0] == "e" + "\u0301" * display.MOST_MARKS + LEFT_OUT + "f"
    assert (
        displayed("![x](data:image/png;base64," + "QUJD" * 90 + ")")[0]
        == f"![x](data:image/png;base64,{'QUJD' * 8}⟨…⟩)"
    )
    assert displayed('{"data": "' + "QUJD" * 90 + '"}')[0] == '{"data": "' + "QUJD" * 8 + '⟨…⟩"}'
    assert displayed('{"data":"short words are words"}')[0] == '{"data":"short words are words"}'
    assert LONGEST == 2000
