"""Whether a process may fork kernels: what would not survive it, and what has changed since."""

import os
import sys
import threading
import time

from .processes import LINUX

#: Files are looked at for changes at most so often.
SECONDS_BETWEEN_LOOKS = 1.0


class NotForkable(Exception):
    """Kernels can't be forked here at all; the message says why."""


def interpreter_options(spec):
    """What a kernel specification gives to Python itself, before ``-m``; raises ``NotForkable``.

    Only a kernel that would be started as ``python … -m ipykernel_launcher`` with this very Python, and
    with nothing of its own in the environment, is the same when it is forked.
    """
    if not LINUX:
        raise NotForkable("kernels can be forked on Linux only")
    if spec.env:
        names = ", ".join(sorted(spec.env))
        raise NotForkable(f"its kernel specification sets environment variables ({names})")
    program, *rest = spec.argv
    if not _is_this_python(program):
        raise NotForkable(f"its kernel is run by {program}, not by {sys.executable}")
    if "-m" not in rest or rest[rest.index("-m") :][1:] != _LAUNCHER:
        raise NotForkable(f"its kernel is started in another way: {' '.join(spec.argv)}")
    return rest[: rest.index("-m")]


_LAUNCHER = ["ipykernel_launcher", "-f", "{connection_file}"]


def _is_this_python(program):
    major, minor = sys.version_info[:2]
    if program in {"python", f"python{major}", f"python{major}.{minor}"}:
        # as jupyter_client reads them
        return True
    # not by what a link points to: the environment is found by the path of the link
    return os.path.normpath(program) == os.path.normpath(sys.executable)


def python_threads():
    """How many threads Python knows of besides this one."""
    return threading.active_count() - 1


def native_threads():
    """How many threads this process has besides this one, those of libraries included."""
    return len(os.listdir("/proc/self/task")) - 1


def descriptors():
    """What this process has open, by number: with a fork they are shared, and their position too."""
    with os.scandir("/proc/self/fd") as found:
        # the scan's own is among them, and gone when this returns
        numbers = {int(each.name) for each in found}
    return {number for number in numbers if _is_open(number)}


def _is_open(number):
    try:
        os.fstat(number)
    except OSError:
        return False
    return True


class LoadedFiles:
    """The files of all modules that are loaded, as they are now."""

    def __init__(self):
        files = {getattr(module, "__file__", None) for module in list(sys.modules.values())}
        self._stats = {file: _stat(file) for file in files if isinstance(file, str)}
        self._looked = time.monotonic()
        self._changed = None

    def changed(self):
        """The name of a file that is not any more what it was when it was loaded, or None."""
        now = time.monotonic()
        if self._changed is None and now - self._looked > SECONDS_BETWEEN_LOOKS:
            self._looked = now
            self._changed = next((f for f, was in self._stats.items() if _stat(f) != was), None)
        return self._changed


def _stat(file):
    try:
        found = os.stat(file)
    except OSError:
        return None
    return (found.st_mtime_ns, found.st_size, found.st_ino)
