"""What a forked kernel does first: become the process that ``python -m ipykernel_launcher`` is."""

import atexit
import gc
import itertools
import os
import sys
import threading
import traceback
import warnings

from . import kernel_code, processes

#: What the parent has imported for itself, and a kernel would not have.
OURS = ("notebook_runner", "papermill")


def become_kernel(runner, connection_file, ready, preload):
    """Runs a kernel until it is told to end; ``ready`` is a pipe to say that it listens.

    ``runner`` is the process that forked this one. Does not return, and leaves nothing of what was
    called before it to be gone on with.
    """
    code = 1
    try:
        _leave_runner(runner, os.path.dirname(connection_file))
        _forget()
        _reseed()
        code = _run(connection_file, runner, ready, preload)
    except SystemExit as error:
        code = error.code if isinstance(error.code, int) else int(error.code is not None)
    except BaseException:
        traceback.print_exc(file=sys.__stderr__)
    finally:
        _end(code)


def _leave_runner(runner, scratch):
    processes.die_with_parent()
    if os.getppid() != runner:
        os._exit(1)
    os.setsid()
    processes.set_title("ipykernel_launcher", "(forked)")
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    os.dup2(2, 1)
    # where no file can be taken for a module
    os.chdir(scratch)
    os.environ["JPY_PARENT_PID"] = str(runner)


def _forget():
    """Takes back what differs from a Python that was started for this kernel."""
    for name in list(sys.modules):
        if name.partition(".")[0] in OURS:
            del sys.modules[name]
    del sys.path[0]  # the folder of the program that the parent runs
    if hasattr(threading, "_counter"):
        threading._counter = itertools.count(1).__next__


def _reseed():
    """What was seeded in the parent is the same in all that it forks; ``random`` sees to that itself."""
    if "numpy.random" in sys.modules:
        sys.modules["numpy.random"].seed()


def _run(connection_file, runner, ready, preload):
    from ipykernel.kernelapp import IPKernelApp

    import ipykernel_launcher

    arguments = ["-f", connection_file, "--HistoryManager.hist_file=:memory:"]
    sys.argv = [ipykernel_launcher.__file__, *arguments]
    sys.orig_argv = [sys.executable, "-m", "ipykernel_launcher", *arguments]
    _filter_warnings(preload.warning_filters)
    app = IPKernelApp.instance(parent_handle=runner)
    app.initialize(arguments)
    # as if the modules had been imported now
    _filter_warnings(preload.module_filters + warnings.filters)
    exec(kernel_code.PREPARE, {"shell": app.shell})  # noqa: S102
    gc.freeze()
    os.write(ready, b"1")
    os.close(ready)
    app.start()
    return 0


def _filter_warnings(filters):
    warnings.filters[:] = filters
    warnings._filters_mutated()


def _end(code):
    """As Python ends: threads, then what is run at exit, of which the last step is ours (PREPARE)."""
    try:
        threading._shutdown()
        atexit._run_exitfuncs()
    except BaseException:
        traceback.print_exc(file=sys.__stderr__)
    finally:
        os._exit(code)
