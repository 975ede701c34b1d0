"""The line to the host: events out, one job and orders in."""

import json
import os
import queue
import sys
import threading


class Channel:
    """JSON lines on what were stdin and stdout.

    The real file descriptors 0 and 1 are given away (to nothing and to stderr), so that a library or
    a kernel that prints or reads can't disturb the lines.
    """

    def __init__(self):
        self._in = os.fdopen(os.dup(0), "rb")
        self._out = os.fdopen(os.dup(1), "wb")
        nothing = os.open(os.devnull, os.O_RDONLY)
        os.dup2(nothing, 0)
        os.close(nothing)
        sys.stdout.flush()
        os.dup2(2, 1)
        self._lock = threading.Lock()
        self._job = queue.Queue(1)
        self._on_order = lambda order: None
        self._on_closed = None
        threading.Thread(target=self._listen, name="orders", daemon=True).start()

    def send(self, event, **fields):
        """Reports an event. A host that is gone is noticed by the listening side."""
        line = json.dumps({"event": event, **fields}).encode("ascii") + b"\n"
        with self._lock:
            try:
                self._out.write(line)
                self._out.flush()
            except BrokenPipeError:
                pass

    def job(self):
        """Waits for the job: a dict, or None if the host closed the line without one."""
        return self._job.get()

    def on_order(self, handler):
        """Calls ``handler(order)`` on the listening thread for every line after the job."""
        self._on_order = handler

    def on_closed(self, handler):
        """Calls ``handler()`` on the listening thread when the host closes the line during a job."""
        self._on_closed = handler

    def _listen(self):
        first = self._in.readline()
        # a host that dies while it writes leaves part of a line
        whole = first.endswith(b"\n")
        self._job.put(json.loads(first) if whole else None)
        if not whole:
            return
        for line in self._in:
            if line.endswith(b"\n"):
                self._on_order(json.loads(line))
        if self._on_closed:
            self._on_closed()
