"""Ending a notebook before its time: by order, at a limit, or because the host goes down.

Always the same steps: SIGINT to the kernel and its group, so that the cell stops with a traceback
that shows where it was; after the grace time SIGKILL. The cause that came first is the one that is
told.
"""

import asyncio
import threading
from collections import namedtuple

from jupyter_core.utils import ensure_event_loop

#: ``state`` is ``cancelled`` or ``failed``; ``reason``, ``message``, ``limit`` and ``signal`` go into the
#: result; ``ename`` names it in the notebook.
Cause = namedtuple("Cause", "state reason message limit ename signal", defaults=[None])


def cancelled(message):
    return Cause("cancelled", None, message, None, "Cancelled")


def interrupted(message, signal=None):
    return Cause("failed", "interrupted", message, None, "Interrupted", signal)


def timed_out(message, limit):
    return Cause("failed", "timed-out", message, limit, "TimedOut")


def out_of_memory(message, limit):
    return Cause("failed", "out-of-memory", message, limit, "OutOfMemory")


class Ending:
    """Whether, why and how the notebook is being ended. ``begin`` may be called on any thread."""

    def __init__(self, grace):
        self.cause = None
        self._grace = grace
        self._lock = threading.Lock()
        self._loop = ensure_event_loop()
        self._kernel = None

    def begin(self, cause, at_once=False):
        """Starts to end the notebook; what was begun for another cause goes on as it was."""
        with self._lock:
            if self.cause is not None:
                return
            self.cause = cause
        self._loop.call_soon_threadsafe(self._act, at_once)

    def watch(self, kernel):
        """Says what to end: has ``running_cell`` and the coroutines ``interrupt()`` and ``kill()``."""
        self._kernel = kernel

    def after(self, seconds, cause):
        """Ends the notebook in so many seconds; ``cancel()`` what this returns to prevent it."""
        return self._loop.call_later(seconds, self.begin, cause)

    def _act(self, at_once):
        kernel = self._kernel
        if kernel is None:
            return
        # a kernel that only starts or stops has nothing to be interrupted
        gently = kernel.running_cell is not None and not at_once
        asyncio.ensure_future(self._end(kernel, gently), loop=self._loop)

    async def _end(self, kernel, gently):
        cell = kernel.running_cell
        if gently:
            await kernel.interrupt()
            await asyncio.sleep(self._grace)
            if kernel.running_cell is not cell or cell is None:
                return
        await kernel.kill()
