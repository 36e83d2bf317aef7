"""./dev shots [DIR] [LOOK…]: pictures of the window in every state, in every look, and sheets of them to look at."""

import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.gallery.looks import LOOKS, Look
from tests.program import environment

AT_ONCE = max(2, min(4, (os.cpu_count() or 2)))


def main(arguments: list[str]) -> int:
    """Play each look in a process of its own, a few at once; 1 where one of them failed."""
    if "--readme" in arguments:
        from tests.gallery.readme import pictures

        return pictures()
    folder = Path(arguments[0] if arguments else "shots").absolute()
    wanted = [look for look in LOOKS if not arguments[1:] or look.name in arguments[1:]]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        codes = list(pool.map(lambda look: _played(look, folder / look.name), wanted))
    return max(codes, default=2)


def _played(look: Look, folder: Path) -> int:
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("*.png"):
        old.unlink()
    command = [sys.executable, "-m", "tests.gallery.play", str(folder), look.name]
    began = time.monotonic()
    code = subprocess.run(command, env=environment({"QT_SCALE_FACTOR": str(look.scale)}), check=False).returncode
    print(f"{folder}  {len(list(folder.glob('*.png')))} pictures, {time.monotonic() - began:.0f} s", flush=True)
    return abs(code)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
