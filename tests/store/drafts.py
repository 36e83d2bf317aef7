"""Drafts of every shape, for property tests."""

from hypothesis import strategies as st

from streamscope.model.draft import Body, Choice, Draft, Entry, Limits, Outgoing, Part, Unsent

TROUBLESOME = [
    *(
        "yes",
        "null",
        "1e3",
        "~",
        "",
        "0x1F",
        "1_000",
        "2001-01-01",
        "- a",
        "a: b",
        "a #b",
        "#a",
        "{{var}}",
        "[x",
        "'",
        '"',
    ),
    *("\ud83d", "\ud83d\ude00", "\x00\x1b", "\r\n", "\u2028", "\x85", "\ufeffx", "%YAML", "---", "...", "--- a", "? a"),
    *(": a", "!!x", "&a", "*a", "@a", "`a", "|", "> x", "name", "😀", " lead", "trail ", "\ttab", "tab\t", "=", "<<"),
    *("a:", "http://x/y?z#w", "12:30:45", "1:2", ".5", "+1", "-", "/", "..", ".", "<<<<<<< HEAD", "=======", "0o7"),
    *("NaN", ".NaN", "-.inf", "请求", "a" * 200, "k\n" * 3),
]
_LINES = ["a", " b", "\tc", "", "  ", "# no", "- x", "k: v", "d ", "---", "...", "\t", " ", "<<<<<<< HEAD", "中文"]

texts = (
    st.text(max_size=12)
    | st.sampled_from(TROUBLESOME)
    | st.lists(st.sampled_from(_LINES), max_size=6).map("\n".join)
    | st.text(st.characters(exclude_categories=()), max_size=10)
)
pairs = st.lists(st.tuples(texts, texts), max_size=4).map(tuple)
seconds = st.floats(0, 1e9, allow_nan=False)
contents = st.binary(max_size=20)
choices = st.builds(Choice, texts, st.dictionaries(texts, texts, max_size=3), texts)
entries = st.builds(Entry, texts, texts, st.booleans())
unsent = st.builds(Unsent, st.sampled_from(["header", "query"]), st.integers(0, 50), texts, texts)
parts = st.builds(Part, texts, texts, texts, st.none() | contents, texts, st.booleans())
outgoing = st.builds(Outgoing, texts, st.none() | contents, st.booleans(), texts, texts, st.booleans())
limits = st.builds(Limits, seconds, seconds, seconds, seconds, st.integers(0, 10**6), seconds)
kinds = st.sampled_from(["none", "json", "text", "form", "file", "bytes", "multipart"])


def some(values: st.SearchStrategy) -> st.SearchStrategy:  # type: ignore[type-arg]
    """A few of them."""
    return st.lists(values, max_size=3).map(tuple)


bodies = st.builds(Body, kinds, texts, texts, contents, some(parts), some(entries))
drafts = st.builds(
    Draft, choices, choices, choices, texts, texts, texts, texts, pairs, bodies, some(outgoing), limits, texts,
    st.booleans(), some(texts), texts, st.booleans(), st.booleans(), texts, texts, texts, some(unsent), some(texts),
    st.integers(0, 100), st.booleans(),
)  # fmt: skip
