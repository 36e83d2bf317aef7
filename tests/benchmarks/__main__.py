"""./dev bench [NAME…] [--json]: run benchmarks and print a table, or a line of JSON for each row."""

import dataclasses
import json
import sys
from collections.abc import Callable

from tests.benchmarks import core, dialects, window
from tests.benchmarks.counterpart import Row

BENCHMARKS: dict[str, Callable[[], list[Row]]] = {
    "window_ready": window.window_ready,
    "version": core.version,
    "https_call": core.https_call,
    "first_token": window.first_token,
    "token_requests": core.token_requests,
    "matrix": core.matrix,
    "dialects": dialects.dialects,
    "dev_run": core.dev_run,
}


def main(arguments: list[str]) -> int:
    """Run the named benchmarks, all without a name; 1 where a figure is out of reach."""
    names = [name for name in arguments if name != "--json"]
    if unknown := [name for name in names if name not in BENCHMARKS]:
        sys.stderr.write(f"no benchmark {', '.join(unknown)}; there are: {', '.join(BENCHMARKS)}\n")
        return 2
    as_json = "--json" in arguments
    if not as_json:
        print(f"{'what':<18}{'value':>10}{'floor':>10}{'ratio':>8}   {'reach':<20}ok")
    good = True
    for name in names or BENCHMARKS:
        for row in BENCHMARKS[name]():
            good &= row.ok
            if as_json:
                print(json.dumps(dataclasses.asdict(row)), flush=True)
            else:
                print(
                    f"{row.name:<18}{row.value:>10.2f}{row.floor:>10.2f}{row.ratio:>8.2f}   {row.reach:<20}"
                    f"{'yes' if row.ok else 'NO'}",
                    flush=True,
                )
    return 0 if good else 1


sys.exit(main(sys.argv[1:]))
