"""The tree of processes under this one: keeping it together, measuring it, ending it.

Linux only, by ``/proc`` and ``prctl``. Elsewhere these functions do nothing, and what leaves the
kernel's process group is not found.
"""

import ctypes
import os
import signal
import sys
import time

LINUX = sys.platform.startswith("linux")
PAGE = os.sysconf("SC_PAGE_SIZE")

_PR_SET_PDEATHSIG = 1
_PR_SET_CHILD_SUBREAPER = 36
_prctl = ctypes.CDLL(None, use_errno=True).prctl if LINUX else None


def adopt_orphans():
    """Makes processes whose parent ends children of this one, whichever group they moved to."""
    if _prctl:
        _prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def die_with_parent():
    """For the child, before it runs its program: SIGKILL when the thread that started it ends."""
    if _prctl:
        _prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)


def set_title(*words):
    """Puts these in the place of the command line that ``ps`` shows, as far as there is room."""
    if not LINUX:
        return
    with open("/proc/self/stat", "rb") as file:
        # from the third field on; the program's name may hold anything
        fields = file.read().rpartition(b")")[2].split()
    start, end = int(fields[45]), int(fields[46])
    if 0 < start < end:
        title = "\0".join(words).encode()[: end - start - 1]
        ctypes.memset(start, 0, end - start)
        ctypes.memmove(start, title, len(title))


def children():
    """The process ids of this process's own children, zombies included."""
    return [pid for pid, parent in _parents() if parent == os.getpid()]


def descendants(root=None):
    """The process ids of everything under ``root`` (this process), zombies included."""
    children = {}
    for pid, parent in _parents():
        children.setdefault(parent, []).append(pid)
    found, waiting = [], [root or os.getpid()]
    while waiting:
        for pid in children.get(waiting.pop(), ()):
            found.append(pid)
            waiting.append(pid)
    return found


def end_descendants(limit=2.0):
    """Ends everything under this process with SIGKILL and waits for it, at most ``limit`` seconds.

    Returns how many processes were ended. A process that is stuck in the kernel (on a dead network
    disk) outlives this; nothing can be done about it.
    """
    if not _has_children():
        return 0
    ended = set()
    deadline = time.monotonic() + limit
    while True:
        pids = descendants()
        kill(pids)
        ended.update(pids)
        if not pids or time.monotonic() > deadline:
            return len(ended)
        time.sleep(0.01)


def kill(pids):
    """Sends SIGKILL to processes, and fetches the end of those that are this one's children."""
    for pid in pids:
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            continue
    _reap(pids)


def memory_used(pids):
    """Bytes of memory that these processes hold, what they share counted once for each."""
    total = 0
    for pid in pids:
        try:
            with open(f"/proc/{pid}/statm", "rb") as file:
                total += int(file.read().split()[1]) * PAGE
        except (OSError, IndexError):
            continue
    return total


def memory_share(pids):
    """As ``memory_used``, with what they share counted once: slower, and not always allowed."""
    total = 0
    for pid in pids:
        try:
            with open(f"/proc/{pid}/smaps_rollup", "rb") as file:
                for line in file:
                    if line.startswith(b"Pss:"):
                        total += int(line.split()[1]) * 1024
                        break
        except OSError:
            continue
    return total


def _has_children():
    try:
        os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
    except ChildProcessError:
        return False
    return True


def _parents():
    if not LINUX:
        return
    for name in os.listdir("/proc"):
        if not name.isdigit():
            continue
        try:
            with open(f"/proc/{name}/stat", "rb") as file:
                # the program's name is in parentheses and may hold anything
                yield int(name), int(file.read().rpartition(b")")[2].split()[1])
        except (OSError, IndexError):
            continue


def _reap(pids):
    for pid in pids:
        try:
            os.waitpid(pid, os.WNOHANG)
        except ChildProcessError:
            continue
