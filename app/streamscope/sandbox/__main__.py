"""`python -m streamscope.sandbox`: the embedded platform alone, in the foreground."""

import argparse
import sys
from pathlib import Path

from streamscope.sandbox.platform import run


def main() -> int:
    """Read the command line and run until told to stop."""
    parser = argparse.ArgumentParser(prog="streamscope.sandbox")
    parser.add_argument("--profile", type=Path, required=True)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--json", action="store_true", dest="as_json")
    parser.add_argument("--while-stdin", action="store_true")
    parser.add_argument("--time-limit", type=float, default=40.0)
    parser.add_argument("--lock-seconds", type=float, default=300.0)
    parser.add_argument("--request-timeout", type=float, default=300.0)
    parser.add_argument("--fault", default="")
    parser.add_argument("--realistic", action="store_true")
    parser.add_argument("--quirk", action="append", default=[], dest="quirks")
    return run(**vars(parser.parse_args()))


if __name__ == "__main__":
    sys.exit(main())
