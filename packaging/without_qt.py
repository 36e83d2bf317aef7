"""Filter a hash-pinned requirements file (standard input to output): leave out Qt and what needs it."""

import sys

LEFT_OUT = ("pyside6-essentials", "shiboken6", "qasync", "pyqtgraph", "pytest-qt")


def main() -> None:
    """Copy every requirement with its hashes but those that are left out."""
    keep = True
    for line in sys.stdin:
        if line[:1] not in (" ", "#", "\n"):
            keep = line.partition("==")[0].strip().lower() not in LEFT_OUT
        if keep:
            sys.stdout.write(line)


main()
