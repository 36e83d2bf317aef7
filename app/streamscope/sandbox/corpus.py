"""Where the sandbox's own texts are: beside the package when installed, at the top of a checkout otherwise."""

from pathlib import Path

HERE = Path(__file__)


def folder() -> Path:
    """The folder of the sandbox's resources."""
    for base in (HERE.parents[1], HERE.parents[3]):
        found = base / "resources" / "sandbox"
        if found.is_dir():
            return found
    raise FileNotFoundError("resources/sandbox")


def prose() -> str:
    """All prose, file after file, paragraphs apart by an empty line."""
    files = sorted((folder() / "corpus").glob("*.txt"))
    return "\n\n".join(file.read_text(encoding="utf-8").strip() for file in files)


def labelled() -> list[tuple[str, str]]:
    """The labelled sentences: a label, a tab, a sentence, one a line."""
    lines = (folder() / "moods.tsv").read_text(encoding="utf-8").splitlines()
    pairs = [line.split("\t", 1) for line in lines if "\t" in line]
    return [(label, text) for label, text in pairs]
