"""The limit of memory for a kernel with its children."""

import os
import resource
import threading

from .ending import out_of_memory
from .processes import LINUX, descendants, memory_share, memory_used

SECONDS_BETWEEN_LOOKS = 0.25


class MemoryLimit:
    """Keeps a kernel and its children under so many bytes, in two ways.

    Each process gets the limit as RLIMIT_DATA, so that an allocation beyond it is a MemoryError that
    the notebook shows. What they hold together is looked at from outside, and the kernel is killed if
    it is more.
    """

    def __init__(self, limit, ending):
        self._limit = None if limit is None else int(limit)
        self._ending = ending
        self._stop = threading.Event()

    def start(self, kernel_pid):
        """Puts the limit on a kernel that has started and has no children yet."""
        if not LINUX or self._limit is None:
            return
        _, hard = resource.prlimit(kernel_pid, resource.RLIMIT_DATA)
        most = self._limit if hard == resource.RLIM_INFINITY else min(self._limit, hard)
        resource.prlimit(kernel_pid, resource.RLIMIT_DATA, (most, most))
        threading.Thread(target=self._watch, name="memory", daemon=True).start()

    def stop(self):
        self._stop.set()

    def _watch(self):
        while not self._stop.wait(SECONDS_BETWEEN_LOOKS):
            pids = descendants(os.getpid())
            # pages that forked children share count once, but that takes longer to find out
            if memory_used(pids) > self._limit and memory_share(pids) > self._limit:
                text = f"the notebook's processes held more than {size(self._limit)} (limits.memory)"
                self._ending.begin(out_of_memory(text, f"memory {size(self._limit)}"), at_once=True)
                return


def size(count):
    """Bytes as people write them: ``600 MiB``."""
    for unit in ("bytes", "KiB", "MiB", "GiB"):
        if count < 1024 or unit == "GiB":
            return f"{count:.4g} {unit}"
        count /= 1024
