"""The door: without a command the window, or the guided demo where there is no screen; else the command line."""

import os
import sys
from pathlib import Path

from streamscope import __version__


def main(arguments: list[str] | None = None) -> int:
    """Run the program and return its exit code."""
    given = sys.argv[1:] if arguments is None else arguments
    profile, rest = split_profile(given)
    if rest == ["--version"]:
        sys.stdout.write(f"streamscope {__version__}\n")
        return 0
    if rest[:1] == ["demo"]:
        return demo(rest[1:], profile)
    if rest:
        from streamscope.cli.main import run

        return run(rest, profile)
    if not has_screen():
        return demo([], profile)
    from streamscope.gui.app import run as window

    return window(profile)


def demo(arguments: list[str], profile: Path | None) -> int:
    """The guided demo: a command whose options are read like the others', played by the window."""
    from streamscope.cli.demo import parsed

    out, folder, code = parsed(arguments)
    if code is not None:
        return code
    if not has_screen():
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
    from streamscope.gui.demo import run

    return run(folder or profile, out)


def split_profile(arguments: list[str]) -> tuple[Path | None, list[str]]:
    """The folder of a --profile before any command, and the other arguments."""
    match arguments:
        case ["--profile", folder, *rest]:
            return Path(folder), rest
        case [first, *rest] if first.startswith("--profile="):
            return Path(first.partition("=")[2]), rest
    return None, arguments


def has_screen() -> bool:
    """Whether a window can be seen here."""
    if sys.platform in ("win32", "darwin") or os.environ.get("QT_QPA_PLATFORM"):
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


if __name__ == "__main__":
    sys.exit(main())
