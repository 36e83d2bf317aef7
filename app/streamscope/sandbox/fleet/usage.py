"""What processes use, read from the system only when it is asked for; children count with their parent."""

import contextlib
import time


class Usage:
    """CPU since it was asked for last, or since the start; memory as it is now."""

    def __init__(self) -> None:
        self._before: dict[int, tuple[float, float]] = {}

    def of(self, pid: int) -> tuple[float, int]:
        """Cores and bytes of a process and its children; nothing where there is none."""
        import psutil

        if not pid:
            return 0.0, 0
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
        at = time.time()
        since, used = self._before.get(pid, (begun, 0.0))
        if since < begun:  # another process had this number
            since, used = begun, 0.0
        self._before[pid] = (at, seconds)
        return max(0.0, seconds - used) / max(0.001, at - since), memory

    def kill(self, pid: int) -> bool:
        """End a process at once; False where there is none."""
        import psutil

        try:
            psutil.Process(pid).kill()
        except (psutil.Error, ValueError):
            return False
        return True
