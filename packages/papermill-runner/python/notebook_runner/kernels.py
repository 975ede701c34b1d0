"""Which kernel a notebook wants, and a manager that starts it, privately."""

import asyncio
import os
import sys

from jupyter_client import AsyncKernelManager
from jupyter_client.kernelspec import KernelSpecManager, NoSuchKernel
from nbclient.util import ensure_async

from .processes import die_with_parent

# sun_path holds 108 bytes on Linux and 104 on macOS; jupyter adds "/kernel-ipc-5"
LONGEST_SOCKET_FOLDER = 85

#: for a kernel manager's ``start_kernel``
LAUNCH_OPTIONS = {"preexec_fn": die_with_parent} if os.name == "posix" else {}


class NoKernel(Exception):
    """The notebook can't have a kernel; the message says why and what to do."""


def wanted_kernel(notebook, name):
    """The name and specification of a notebook's kernel, or of the one that is asked for instead."""
    name = name or notebook.metadata.get("kernelspec", {}).get("name")
    if not name:
        raise NoKernel("the notebook names no kernel: save it with one, or give `kernel`")
    return find_kernel(name)


def find_kernel(name):
    """The name and specification of the kernel that is called so."""
    specs = KernelSpecManager()
    try:
        spec = specs.get_kernel_spec(name)
    except NoSuchKernel:
        known = ", ".join(sorted(specs.find_kernel_specs())) or "none"
        raise NoKernel(
            f"{sys.executable} knows no kernel {name!r}; it knows: {known}. Install one "
            "(python -m ipykernel install), or give `kernel`"
        ) from None
    return name, spec


def is_ipykernel(spec):
    return any("ipykernel" in argument for argument in spec.argv)


def quiet_arguments(spec):
    """What a kernel is started with so that it leaves no history behind."""
    return ["--HistoryManager.hist_file=:memory:"] if is_ipykernel(spec) else []


async def kernel_exit(manager):
    """Waits until a kernel's process has ended. Its exit code is not fetched yet."""
    pid = getattr(manager.provisioner, "pid", None)
    try:
        descriptor = os.pidfd_open(pid)
    except (AttributeError, TypeError, OSError):
        # not Linux, not a local kernel, or reaped already: by looking
        while await ensure_async(manager.is_alive()):
            await asyncio.sleep(0.5)
        return
    loop, ended = asyncio.get_running_loop(), asyncio.Event()
    loop.add_reader(descriptor, ended.set)
    try:
        await ended.wait()
    finally:
        loop.remove_reader(descriptor)
        os.close(descriptor)


def kernel_manager(name, scratch):
    """A manager whose connection file and sockets are in this process's own folder.

    Sockets in a folder can't collide with another kernel's, as TCP ports sometimes do.
    """
    manager = AsyncKernelManager(kernel_name=name)
    manager.connection_file = os.path.join(scratch, "kernel.json")
    if len(os.fsencode(os.path.realpath(scratch))) <= LONGEST_SOCKET_FOLDER:
        manager.transport = "ipc"
        manager.ip = os.path.join(os.path.realpath(scratch), "kernel-ipc")
    return manager
