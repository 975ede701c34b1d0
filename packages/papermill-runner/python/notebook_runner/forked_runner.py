"""What a runner does that was forked from the parent: the line to the host, its kernel, its notebook."""

import os
import socket

from . import processes, program


def run_forked(scratch, name, spec, preload):
    """Runs the one job that the host sends over the sockets ``line`` and ``log`` in ``scratch``.

    Called in a process that has been forked and has done nothing yet. Does not return.
    """
    os.setsid()
    processes.set_title("prompt_papermill_runner.py", "run", "(forked)")
    _connect(scratch)
    from .forked_kernel import ForkedKernel

    kernel = ForkedKernel(name, spec, scratch, preload)
    # before there is a thread, an event loop or a socket of 0MQ, none of which survives it
    kernel.launch()
    if preload.sets_backend:
        del os.environ["MPLBACKEND"]
    program.run_warm(scratch, kernel)


def _connect(scratch):
    """Puts the host in the place of stdin, stdout and stderr."""
    back = os.open(".", os.O_RDONLY | os.O_DIRECTORY)
    # by the short name: a path of a socket has room for some hundred bytes
    os.chdir(scratch)
    for name, descriptors in (("log", (2,)), ("line", (0, 1))):
        with socket.socket(socket.AF_UNIX) as host:
            host.connect(name)
            for descriptor in descriptors:
                os.dup2(host.fileno(), descriptor)
    os.fchdir(back)
    os.close(back)
