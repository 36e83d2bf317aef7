"""./dev bench [NAME…] [--json]: run benchmarks and print a table, or a line of JSON for each row."""

import dataclasses
import json
import sys
from collections.abc import Callable

from tests.benchmarks import (
    core,
    decoding,
    deploying,
    dialects,
    editor,
    gui,
    library,
    live,
    managing,
    recording,
    sending,
    services,
    stamps,
    watching,
    window,
)
from tests.benchmarks.counterpart import Row

BENCHMARKS: dict[str, Callable[[], list[Row]]] = {
    "window_ready": window.window_ready,
    "version": core.version,
    "keystroke": editor.keystroke,
    "paste": editor.paste,
    "switch_document": editor.switch_document,
    "https_call": core.https_call,
    "first_token": window.first_token,
    "token_requests": core.token_requests,
    "matrix": core.matrix,
    "sse_decoder_64k": decoding.sse_decoder_64k,
    "sse_decoder_one": decoding.sse_decoder_one,
    "sse_20mb_line": decoding.sse_20mb_line,
    "sse_2000_lines": decoding.sse_2000_lines,
    "sse_send": sending.sse_send,
    "ws_send": sending.ws_send,
    "sse_save": sending.sse_save,
    "ws_save": sending.ws_save,
    "body_1gb": sending.body_1gb,
    "record_append": recording.record_append,
    "record_memory": recording.record_memory,
    "record_open": recording.record_open,
    "record_page": recording.record_page,
    "record_search": recording.record_search,
    "services": services.services,
    "watching": watching.watching,
    "deploying": deploying.deploying,
    "managing": managing.managing,
    "save_request": library.save_request,
    "open_collection": library.open_collection,
    "open_history": library.open_history,
    "stamp_idle": stamps.stamp_idle,
    "stamp_busy": stamps.stamp_busy,
    "dialects": dialects.dialects,
    "whole_window": gui.gui,
    "live_flood": live.live_flood,
    "live_websocket": live.live_websocket,
    "live_ten": live.live_ten,
    "live_thousand": live.live_thousand,
    "live_text": live.live_text,
    "live_large": live.live_large,
    "live_xvfb": live.live_xvfb,
    "dev_run": core.dev_run,
}

LONG: dict[str, Callable[[], list[Row]]] = {"live_flood_60": live.live_flood_60}
"""Those that are run only where they are named."""

GROUPS = {
    "gui": (
        *("whole_window", "keystroke", "paste", "switch_document", "services"),
        *("save_request", "open_collection", "open_history"),
        *(name for name in BENCHMARKS if name.startswith("live_")),
    )
}
"""Several benchmarks under one name."""


def main(arguments: list[str]) -> int:
    """Run the named benchmarks, all without a name; 1 where a figure is out of reach."""
    given = [name for name in arguments if name != "--json"]
    names = [one for name in given for one in GROUPS.get(name, (name,))]
    known = BENCHMARKS | LONG
    if unknown := [name for name in names if name not in known]:
        sys.stderr.write(f"no benchmark {', '.join(unknown)}; there are: {', '.join([*GROUPS, *known])}\n")
        return 2
    as_json = "--json" in arguments
    if not as_json:
        print(f"{'what':<30}{'value':>10}{'floor':>10}{'ratio':>8}   {'reach':<20}ok")
    good = True
    for name in names or BENCHMARKS:
        for row in known[name]():
            good &= row.ok
            if as_json:
                print(json.dumps(dataclasses.asdict(row)), flush=True)
            else:
                print(
                    f"{row.name:<30}{row.value:>10.2f}{row.floor:>10.2f}{row.ratio:>8.2f}   {row.reach:<20}"
                    f"{'yes' if row.ok else 'NO'}",
                    flush=True,
                )
    return 0 if good else 1


sys.exit(main(sys.argv[1:]))
