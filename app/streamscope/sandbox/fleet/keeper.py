"""`python keeper.py`: run one command, keep its output, and end it with all that it started.

It is run as a file by an isolated interpreter without site packages, so the standard library is all there is. Orders
come as JSON lines on standard input: the first says what to run, `{"stop": SECONDS}` asks the command to end and kills
it after that time. The end of standard input, which is the end of the sandbox however it came, is such an order too.
Reports leave as JSON lines on standard output: `{"pid": N}` or `{"error": TEXT}`, at last `{"exit": CODE}`.
"""

import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

PIECE = 65_536
LAST_OUTPUT = 0.3
"""Seconds that what a dead command wrote may take to arrive."""
SUBREAPER = 36
"""PR_SET_CHILD_SUBREAPER of <sys/prctl.h>."""


class Log:
    """A file of bounded size and the one before it."""

    def __init__(self, path: str, most: int) -> None:
        self._path = path
        self._most = most
        self._open()

    def _open(self) -> None:
        flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND
        self._file = os.open(self._path, flags, 0o600)
        self._size = os.fstat(self._file).st_size

    def write(self, piece: bytes) -> None:
        """Append; a disk that is full must not stop the command."""
        with contextlib.suppress(OSError):
            if self._size + len(piece) > self._most // 2:
                os.close(self._file)
                Path(self._path).replace(self._path + ".1")
                self._open()
            self._size += os.write(self._file, piece)


class Kept:
    """The command and its descendants."""

    def __init__(self, order: dict[str, Any]) -> None:
        self._log = Log(order["log"], order["bytes"])
        self._ending = threading.Lock()
        self.process = subprocess.Popen(  # noqa: S603 - the command is the person's own
            order["command"],
            stdin=subprocess.PIPE,  # nothing comes there; its end is the keeper's, which many programs heed
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            cwd=order["folder"] or None,
            env=order["environment"],
            start_new_session=sys.platform != "win32",
            creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0),
        )
        self._copying = threading.Thread(target=self._copy, daemon=True)

    def watch(self) -> None:
        """Keep the output, and report the end."""
        self._copying.start()
        threading.Thread(target=self._wait, daemon=True).start()

    def _copy(self) -> None:
        if self.process.stdout is None:
            return
        descriptor = self.process.stdout.fileno()
        while piece := os.read(descriptor, PIECE):
            self._log.write(piece)

    def _wait(self) -> None:
        """Report the end, once nothing of the command is left."""
        code = self.process.wait()
        self.kill()
        self._copying.join(LAST_OUTPUT)
        say({"exit": code})
        os._exit(0)

    def stop(self, grace: float) -> None:
        """Ask the command to end, and kill it when the time is over; asked again, the earlier end counts."""
        self._signal(signal.SIGTERM)
        timer = threading.Timer(grace, self.kill)
        timer.daemon = True
        timer.start()

    def kill(self) -> None:
        """End the command's group at once, and where descendants left it, them too."""
        with self._ending:
            if sys.platform == "win32":
                command = ["taskkill", "/T", "/F", "/PID", str(self.process.pid)]
                subprocess.run(command, check=False, capture_output=True)  # noqa: S603
                return
            self._signal(signal.SIGKILL)
            for _ in range(100):
                left = [pid for pid in children() if pid != self.process.pid]
                if not left:
                    break
                for pid in left:
                    with contextlib.suppress(OSError):
                        os.kill(pid, signal.SIGKILL)
                        os.waitpid(pid, 0)
                time.sleep(0.001)

    def _signal(self, number: int) -> None:
        with contextlib.suppress(OSError):
            if sys.platform == "win32":
                self.process.send_signal(signal.CTRL_BREAK_EVENT)
            else:
                os.killpg(self.process.pid, number)


def children() -> Iterator[int]:
    """This process's children as Linux lists them: those that lost their parent are among them."""
    for thread in Path("/proc/self/task").glob("*/children"):
        with contextlib.suppress(OSError):
            yield from map(int, thread.read_text().split())


def adopt() -> None:
    """Become the parent of descendants that lose theirs, where the system can do that."""
    if sys.platform == "linux":
        with contextlib.suppress(Exception):
            import ctypes

            ctypes.CDLL(None).prctl(SUBREAPER, 1, 0, 0, 0)


def say(report: dict[str, Any]) -> None:
    """Report to the sandbox, which may be gone."""
    with contextlib.suppress(OSError):
        os.write(1, json.dumps(report).encode() + b"\n")


def main() -> None:
    """Run the command that the first line names until it ends or is to end."""
    for number in (signal.SIGINT, signal.SIGTERM):
        # Its end comes through standard input. A signal that is ignored would be ignored by the command as well.
        signal.signal(number, lambda *_: None)
    lines = iter(sys.stdin.buffer.readline, b"")
    order = json.loads(next(lines, b"{}") or b"{}")
    if not order:
        return
    adopt()
    try:
        kept = Kept(order)
    except (OSError, ValueError) as error:
        say({"error": str(error)})
        return
    say({"pid": kept.process.pid})
    kept.watch()
    for line in lines:
        kept.stop(json.loads(line)["stop"])
    kept.stop(order["grace"])
    threading.Event().wait()


if __name__ == "__main__":
    main()
