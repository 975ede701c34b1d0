"""The parent: a process with papermill and the kernels' modules, of which each runner is forked.

It runs nothing of a notebook, has no thread and no 0MQ, and does nothing but fork, wait and tell.
"""

import gc
import json
import os
import select
import sys
import time

from . import processes, versions
from .forkable import LoadedFiles, NotForkable, interpreter_options, native_threads
from .failure import signal_name
from .forked_runner import run_forked
from .kernels import NoKernel, find_kernel

#: How long to go on ending what a runner that was killed has left.
SECONDS_TO_END_STRAYS = 2.0


def run(warmth):
    """Imports what there is to import, then forks a runner for each order, until stdin closes.

    ``warmth`` has ``kernel`` and ``preload``, and ``left_out`` where this process has begun again: the
    modules that must not be imported before a fork, each with the reason. Does not return.
    """
    line = Line()
    processes.adopt_orphans()
    try:
        parent = _prepare(warmth, line)
    except ImportError as error:
        line.send("failed", reason="not-started", message=versions.no_papermill(error))
        os._exit(1)
    except (NotForkable, NoKernel) as error:
        line.send("ready", **_versions(), warm={"problem": str(error), "forkable": False})
        os._exit(0)
    about = {"kernel": parent.spec_name, "missing": parent.missing}
    line.send("ready", **_versions(), warm=about)
    parent.serve()
    os._exit(0)


class Line:
    """JSON lines to and from the host, on descriptors that a runner lets go of."""

    def __init__(self):
        self.descriptors = [os.dup(0), os.dup(1)]
        nothing = os.open(os.devnull, os.O_RDONLY)
        os.dup2(nothing, 0)
        os.close(nothing)
        sys.stdout.flush()
        os.dup2(2, 1)
        self._begun = b""

    def send(self, event, **fields):
        line = json.dumps({"event": event, **fields}).encode("ascii") + b"\n"
        try:
            while line:
                line = line[os.write(self.descriptors[1], line) :]
        except BrokenPipeError:
            # the host is gone, which the other direction tells
            pass

    def read(self):
        """The orders that are there; None at the end."""
        data = os.read(self.descriptors[0], 65536)
        if not data:
            return None
        *lines, self._begun = (self._begun + data).split(b"\n")
        return [json.loads(line) for line in lines]

    def give_back(self):
        """Makes them stdin and stdout again, for a program that takes the place of this one."""
        os.dup2(self.descriptors[0], 0)
        os.dup2(self.descriptors[1], 1)


class Parent:
    """What is forked, and the runners that were. ``serve`` returns when the host closes the line."""

    def __init__(self, name, spec, preload, line):
        self.spec_name = name
        self.missing = preload.missing
        self._spec = spec
        self._preload = preload
        self._line = line
        self._files = LoadedFiles()
        self._poll = select.poll()
        #: by the descriptor that tells its end: the id that the host gave, and the process id
        self._runners = {}

    def serve(self):
        orders = self._line.descriptors[0]
        self._poll.register(orders, select.POLLIN)
        while True:
            for descriptor, _ in self._poll.poll():
                if descriptor != orders:
                    self._ended(descriptor)
                    continue
                lines = self._line.read()
                if lines is None:
                    return
                for order in lines:
                    self._fork(order["id"], order["scratch"])

    def _fork(self, number, scratch):
        changed = self._files.changed()
        if changed is not None:
            self._line.send("changed", id=number, file=changed)
            return
        try:
            pid = os.fork()
        except OSError as error:
            self._line.send("refused", id=number, message=f"it can't be forked: {error}")
            return
        if pid == 0:
            self._become_runner(scratch)
        descriptor = os.pidfd_open(pid)
        self._runners[descriptor] = (number, pid)
        self._poll.register(descriptor, select.POLLIN)
        self._line.send("forked", id=number, pid=pid)

    def _become_runner(self, scratch):
        try:
            for descriptor in (*self._line.descriptors, *self._runners):
                os.close(descriptor)
            run_forked(scratch, self.spec_name, self._spec, self._preload)
        except BaseException:
            sys.excepthook(*sys.exc_info())
        finally:
            os._exit(1)

    def _ended(self, descriptor):
        self._poll.unregister(descriptor)
        os.close(descriptor)
        number, pid = self._runners.pop(descriptor)
        _, status = os.waitpid(pid, 0)
        code = os.waitstatus_to_exitcode(status)
        # one that exits by itself has ended all that it started
        left = [] if code == 0 else self._end_strays()
        fields = {"exitCode": code if code >= 0 else None}
        fields["signal"] = signal_name(-code) if code < 0 else None
        self._line.send("ended", id=number, left=left, **fields)

    def _end_strays(self):
        """Ends what a killed runner has left, which are children of this process now; the rest of it."""
        known = {pid for _, pid in self._runners.values()}
        deadline = time.monotonic() + SECONDS_TO_END_STRAYS
        while True:
            strays = set(processes.children()) - known
            processes.kill(strays)
            if not strays or time.monotonic() > deadline:
                return sorted(strays)
            time.sleep(0.01)


def _prepare(warmth, line):
    name, spec = find_kernel(warmth["kernel"])
    left_out = warmth.get("left_out", {})
    options = interpreter_options(spec)
    if sys.orig_argv[1 : 1 + len(options)] != options:
        _begin_again(line, warmth, options)
    from .preload import Preload

    preload = Preload(warmth["preload"], left_out)
    preload.missing.update({name: why for name, why in left_out.items() if name in warmth["preload"]})
    if not preload.unsafe:
        _import_papermill()
        _settle()
        if os.fork() == 0:
            os._exit(0)
        os.wait()
        preload.check_threads()
    if preload.unsafe:
        preload.undo()
        _begin_again(line, {**warmth, "left_out": {**left_out, **preload.unsafe}}, options)
    if native_threads() > 0:
        raise NotForkable("papermill or ipykernel start threads while they are imported")
    return Parent(name, spec, preload, line)


def _import_papermill():
    from .prime import import_papermill, prime_papermill

    import_papermill()
    prime_papermill()
    # a notebook that imports it gets it
    if sys.modules.get("pyarrow", True) is None:
        del sys.modules["pyarrow"]


def _settle():
    """What there is now will stay: nothing to look through, and no page to copy for it."""
    gc.collect()
    gc.freeze()
    sys.stdout.flush()
    sys.stderr.flush()


def _begin_again(line, warmth, options):
    line.give_back()
    program = os.path.abspath(sys.argv[0])
    os.execv(sys.executable, [sys.executable, *options, program, "fork", json.dumps(warmth)])


def _versions():
    return {"python": versions.python(), "packages": versions.packages()}
