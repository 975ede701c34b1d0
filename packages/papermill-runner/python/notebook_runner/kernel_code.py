"""What an IPython kernel is told besides the notebook's cells.

Sent with ``silent`` and without history, run in a namespace of its own: the notebook sees none of it.
"""

import json

# Run once in every kernel, before the first cell.
PREPARE = """
import atexit, ctypes, gc, os, sys, zmq

kernel, pid = shell.kernel, os.getpid()

# Without it a kernel drops what it can't send at once: of 300,000 prints a third was lost.
thread = kernel.iopub_thread
thread.schedule(lambda: thread.socket.setsockopt(zmq.XPUB_NODROP, 1))


# When it ends, ipykernel looks through all processes of the machine for children: only if it has any.
def has_children():
    try:
        os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
    except ChildProcessError:
        return False
    return True


find_children = getattr(kernel, "_process_children", None)
if find_children and hasattr(os, "waitid"):
    kernel._process_children = lambda: find_children() if has_children() else []


def leave():
    if os.getpid() != pid:
        return
    atexit.unregister(leave)
    # ipykernel's control thread flushes after its last message, and waits for ten seconds if the
    # thread that writes has ended before: one end in twelve
    control = kernel.control_thread
    if control is not None and control.is_alive():
        control.stop()
        control.join(1)
    # everything that is run at exit, the notebook's variables let go (which closes its files) and
    # C's own exit functions (HDF5 has one): all but taking apart the modules, which takes longer
    atexit._run_exitfuncs()
    gc.collect()
    sys.__stdout__.flush()
    sys.__stderr__.flush()
    ctypes.PyDLL(None).exit(0)


if os.name == "posix":
    atexit.register(leave)
"""

# Run once in a warm kernel, after its modules were imported: what there is will stay.
_SETTLE = """
import gc

gc.collect()
gc.freeze()
"""

# Run in a warm kernel that has matplotlib: the first figure takes twice as long as the second, for fonts,
# the labels of a logarithmic axis and PNG. Drawn without pyplot, so that its state stays as it was.
DRAW = """
import io
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

figure = Figure()
FigureCanvasAgg(figure)
axes = figure.subplots()
axes.semilogy([1, 10])
axes.set(title="a", xlabel="b")
figure.savefig(io.BytesIO(), format="png")
"""

# Run in a warm kernel when its job has come.
_ADOPT = """
import os
from pathlib import Path

os.chdir(cwd)
for name in unset:
    os.environ.pop(name, None)
os.environ.update(set)
shell.history_manager.dir_hist[:] = [Path.cwd()]
"""

_IMPORT = "__import__(module)"


def prepare():
    return _apart(PREPARE)


def settle():
    return _apart(_SETTLE)


def draw():
    return _apart(DRAW)


def adopt(cwd, environment):
    return _apart(_ADOPT, cwd=cwd, **environment)


def preload(module):
    return _apart(_IMPORT, module=module)


def _apart(source, **given):
    """Code for the kernel that runs ``source`` with these values, and binds no name."""
    values = f"__import__('json').loads({json.dumps(given)!r})"
    return f"exec({source!r}, {{**{values}, 'shell': get_ipython()}})"
