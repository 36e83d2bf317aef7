"""./dev shots [DIR]: pictures of the window in every state, light and dark, at 1280×800 and at 4K."""

import os
import subprocess
import sys
from pathlib import Path

LOOKS = (("light", 1), ("dark", 1), ("light", 2), ("dark", 2))


def main(arguments: list[str]) -> int:
    """One process for each look, since Qt's scale is fixed at its start."""
    folder = Path(arguments[0] if arguments else "shots").absolute()
    for appearance, scale in LOOKS:
        target = folder / f"{appearance}-{'4k' if scale == 2 else '1280x800'}"
        target.mkdir(parents=True, exist_ok=True)
        environment = {**os.environ, "QT_SCALE_FACTOR": str(scale)}
        command = [sys.executable, "-m", "tests.gallery.scenes", str(target), appearance, str(scale)]
        subprocess.run(command, env=environment, check=True)
        print(target, flush=True)
    return 0


sys.exit(main(sys.argv[1:]))
