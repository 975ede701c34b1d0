"""The line to the host: events out, one job and orders in."""

import json
import os
import sys
import threading
from concurrent.futures import Future


class Channel:
    """JSON lines on what were stdin and stdout.

    The real file descriptors 0 and 1 are given away (to nothing and to stderr), so that a library or
    a kernel that prints or reads can't disturb the lines. ``job`` is a future for the job, a dict.
    ``on_closed()`` is called on the listening thread when the host closes the line.
    """

    def __init__(self, on_closed):
        self._in = os.fdopen(os.dup(0), "rb")
        self._out = os.fdopen(os.dup(1), "wb")
        nothing = os.open(os.devnull, os.O_RDONLY)
        os.dup2(nothing, 0)
        os.close(nothing)
        sys.stdout.flush()
        os.dup2(2, 1)
        self._lock = threading.Lock()
        self.job = Future()
        self._on_order = lambda order: None
        self._on_closed = on_closed
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

    def on_order(self, handler):
        """Calls ``handler(order)`` on the listening thread for every line after the job."""
        self._on_order = handler

    def _listen(self):
        for line in self._in:
            # a host that dies while it writes leaves part of a line
            if not line.endswith(b"\n"):
                break
            if self.job.done():
                self._on_order(json.loads(line))
            else:
                self.job.set_result(json.loads(line))
        self._on_closed()
