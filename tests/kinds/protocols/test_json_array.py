"""Elements of a JSON array while it comes, against the json module, under every split."""

import json
from collections.abc import Iterable

from hypothesis import given, settings
from hypothesis import strategies as st

from streamscope.kinds.protocols.json_array import ArrayDecoder, Element

VALUE = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False, allow_infinity=False),
              st.text(max_size=8), st.sampled_from(['"', "\\", '[{,}]"', "\\\\\"", "]", "}", "中\u2028"])),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=3), inner, max_size=3)),
    max_leaves=8,
)  # fmt: skip
STYLE = st.tuples(st.sampled_from([None, 1]), st.booleans(), st.sampled_from(["", "\n", " \r\n\t"]))


def written(values: list[object], style: tuple[int | None, bool, str]) -> bytes:
    indent, ascii_only, blank = style
    separators = (blank + "," + blank, blank + ":" + blank)
    text = json.dumps(values, indent=indent, ensure_ascii=ascii_only, separators=separators)
    return (blank + text + blank).encode(errors="surrogatepass")


def elements(pieces: Iterable[bytes], largest: int = 1 << 30) -> tuple[list[Element], Element | None]:
    decoder = ArrayDecoder(largest)
    return [element for piece in pieces for element in decoder.feed(piece)], decoder.finish()


def steps(stream: bytes, size: int) -> list[bytes]:
    return [stream[at : at + size] for at in range(0, len(stream), size)]


@settings(max_examples=500, deadline=None)
@given(st.lists(VALUE, max_size=5), STYLE, st.integers(1, 50))
def test_elements_are_those_that_json_reads(
    values: list[object], style: tuple[int | None, bool, str], step: int
) -> None:
    stream = written(values, style)
    found, rest = elements([stream])
    assert rest is None
    assert [json.loads(element.data.decode(errors="surrogatepass")) for element in found] == values
    for element in found:
        assert stream[element.at : element.at + element.size] == element.data
    assert elements(steps(stream, step)) == elements(steps(stream, 1)) == (found, rest)


@settings(max_examples=300, deadline=None)
@given(st.lists(VALUE, min_size=1, max_size=5), STYLE, st.data())
def test_an_array_that_was_cut_gives_its_whole_elements(
    values: list[object], style: tuple[int | None, bool, str], data: st.DataObject
) -> None:
    stream = written(values, style)
    cut = data.draw(st.integers(0, len(stream)))
    found, rest = elements([stream[:cut]])
    whole = elements([stream])[0]
    assert found == whole[: len(found)]
    assert elements(steps(stream[:cut], 1)) == (found, rest)
    if rest is not None and len(found) < len(whole):
        assert rest.at == whole[len(found)].at
        assert whole[len(found)].data.startswith(rest.data)


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=60), st.lists(st.sampled_from(list(b'[]{},"\\ 1a')), max_size=40).map(bytes))
def test_anything_is_read_the_same_under_any_split(noise: bytes, marks: bytes) -> None:
    for stream in (noise, b"[" + marks, noise + b"[" + marks):
        assert elements([stream]) == elements(steps(stream, 1)) == elements(steps(stream, 7))


@given(st.lists(VALUE, max_size=4), STYLE, st.integers(0, 12), st.integers(1, 9))
def test_of_a_large_element_the_beginning_is_held(
    values: list[object], style: tuple[int | None, bool, str], largest: int, step: int
) -> None:
    stream = written(values, style)
    wanted = [Element(data[:largest], at, size) for data, at, size in elements([stream])[0]]
    assert elements([stream], largest)[0] == elements(steps(stream, step), largest)[0] == wanted


def test_what_comes_behind_the_array_is_told() -> None:
    assert elements([b"[1] ", b" x"]) == ([Element(b"1", 1, 1)], Element(b"x", 5, 1))


def test_an_element_that_goes_on_forever_is_only_counted() -> None:
    decoder = ArrayDecoder(1000)
    decoder.feed(b'[{"a":"')
    for _ in range(2000):
        assert decoder.feed(b"x" * 1000) == []
    assert sum(map(len, decoder._rest)) < 3000
    (element,) = decoder.feed(b'"}]')
    assert (len(element.data), element.at, element.size) == (1000, 1, 2_000_008)


def test_depth_is_no_matter() -> None:
    nested = b"[" * 100_000 + b"]" * 100_000
    (element,) = elements(steps(b"[" + nested + b"]", 65_536))[0]
    assert element.data == nested
