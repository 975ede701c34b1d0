"""A kernel that is forked from this process instead of started: ready in a tenth of a second."""

import asyncio
import os
import signal
import uuid

from jupyter_client.provisioning import LocalProvisioner

from .warm import SECONDS_TO_START, WarmKernel


class ForkedKernel(WarmKernel):
    """A kernel whose modules this process has imported before (``preload``)."""

    def __init__(self, name, spec, scratch, preload):
        super().__init__(name, spec, scratch)
        self.missing = preload.missing
        self._preload = preload
        self._ready = None

    def launch(self):
        """Forks the kernel. To be called before this process has a thread."""
        self.manager.write_connection_file()
        self._ready, told = os.pipe()
        runner = os.getpid()
        pid = os.fork()
        if pid == 0:
            from .kernel_child import become_kernel

            os.close(self._ready)
            become_kernel(runner, self.manager.connection_file, told, self._preload)
        os.close(told)
        self.manager.kernel_id = str(uuid.uuid4())
        self.manager.provisioner = self._provisioner(ForkedProcess(pid))

    def _provisioner(self, process):
        """jupyter_client's own, as it is after it has started a process."""
        provisioner = LocalProvisioner(
            kernel_id=self.manager.kernel_id, kernel_spec=self.spec, parent=self.manager
        )
        provisioner.connection_info = self.manager.get_connection_info()
        provisioner.process = process
        # the kernel leads a group of its own
        provisioner.pid = provisioner.pgid = process.pid
        provisioner.cwd = self._scratch
        return provisioner

    async def _warm_up(self, modules):
        await asyncio.wait_for(self._listens(), SECONDS_TO_START)
        self.client = self.manager.client()
        self.client.start_channels()
        self.client.allow_stdin = False
        self.language_info = await self._kernel_info()

    async def _listens(self):
        """Waits until the kernel has its sockets: who connects before tries again only after a while."""
        loop, there = asyncio.get_running_loop(), asyncio.Event()
        loop.add_reader(self._ready, there.set)
        try:
            await there.wait()
            if not os.read(self._ready, 1):
                raise RuntimeError("the forked kernel died before it was ready")
        finally:
            loop.remove_reader(self._ready)
            os.close(self._ready)


class ForkedProcess:
    """A forked child with the part of ``subprocess.Popen`` that jupyter_client uses."""

    stdin = stdout = stderr = None

    def __init__(self, pid):
        self.pid = pid
        self.returncode = None

    def poll(self):
        return self._fetch(os.WNOHANG)

    def wait(self):
        return self._fetch(0)

    def send_signal(self, number):
        if self.poll() is None:
            os.kill(self.pid, number)

    def terminate(self):
        self.send_signal(signal.SIGTERM)

    def kill(self):
        self.send_signal(signal.SIGKILL)

    def _fetch(self, options):
        if self.returncode is None:
            try:
                pid, status = os.waitpid(self.pid, options)
            except ChildProcessError:
                # somebody else has fetched it, as with Popen
                self.returncode = 0
            else:
                if pid:
                    self.returncode = os.waitstatus_to_exitcode(status)
        return self.returncode
