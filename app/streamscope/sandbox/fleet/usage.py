"""What processes use, read from the system only when it is asked for; children count with their parent."""

import contextlib
import time

SAME = 0.5
"""Seconds in which an answer holds: CPU and memory are asked for one after the other."""
MOST = 1000
"""Processes whose last answer is remembered."""
Answer = tuple[float, int]


class Usage:
    """CPU since it was asked for last, or since the start; memory as it is now."""

    def __init__(self) -> None:
        self._before: dict[int, tuple[float, float, Answer]] = {}

    def of(self, pid: int) -> Answer:
        """Cores and bytes of a process and its children; nothing where there is none."""
        import psutil

        at = time.time()
        since, used, answer = self._before.get(pid, (0.0, 0.0, (0.0, 0)))
        if not pid or at - since < SAME:
            return answer
        try:
            process = psutil.Process(pid)
            family = [process, *process.children(recursive=True)]
            begun = process.create_time()
        except psutil.Error:
            return 0.0, 0
        seconds, memory = 0.0, 0
        for one in family:
            with contextlib.suppress(psutil.Error), one.oneshot():
                times = one.cpu_times()
                seconds += times.user + times.system
                memory += one.memory_info().rss
        if since < begun:  # asked for the first time, or another process had this number
            since, used = begun, 0.0
        answer = max(0.0, seconds - used) / max(0.001, at - since), memory
        if len(self._before) >= MOST:
            self._before.clear()
        self._before[pid] = (at, seconds, answer)
        return answer

    def kill(self, pid: int) -> bool:
        """End a process at once; False where there is none."""
        import psutil

        try:
            psutil.Process(pid).kill()
        except (psutil.Error, ValueError):
            return False
        return True
