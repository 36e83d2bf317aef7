"""Overlong lines broken for display, where what is shown is never copied as text: previews and details."""

LONGEST = 1000
"""Characters of one line on the screen; a longer unbroken one would freeze Qt's layout."""


def broken(text: str, column: int = 0, longest: int = LONGEST) -> tuple[str, int]:
    """The text with overlong lines broken for display, and the column at which it ends."""
    if "\n" not in text and column + len(text) <= longest:
        return text, column + len(text)
    lines = text.split("\n")
    out = []
    for number, line in enumerate(lines):
        start = column if number == 0 else 0
        if start + len(line) > longest:
            room = max(0, longest - start)
            parts = [line[:room], *(line[at : at + longest] for at in range(room, len(line), longest))]
            line = "\n".join(parts)
            start = 0
        out.append(line)
        column = start + len(line.rpartition("\n")[2])
    return "\n".join(out), column
