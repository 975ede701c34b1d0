"""A kernel that is started before its notebook is known, for one notebook."""

import asyncio
import logging

from jupyter_core.utils import ensure_event_loop
from nbclient.util import ensure_async

from . import kernel_code
from .kernels import (
    LAUNCH_OPTIONS,
    NoKernel,
    is_ipykernel,
    kernel_exit,
    kernel_manager,
    quiet_arguments,
)

SECONDS_TO_START = 60
SECONDS_TO_IMPORT = 120
SECONDS_TO_ADOPT = 10


class WarmKernel:
    """A running kernel with modules imported, of which a notebook sees no trace.

    ``manager`` and ``client`` are what papermill's client would have made; ``missing`` has the modules
    that could not be imported, each with its error.
    """

    def __init__(self, name, spec, scratch):
        if not is_ipykernel(spec):
            raise NoKernel(f"only a kernel of ipykernel can be started ahead; {name!r} is none")
        self.name = name
        self.spec = spec
        self.missing = {}
        self.language_info = None
        self.client = None
        self.manager = kernel_manager(name, scratch)
        self._adopting = None
        self._scratch = scratch

    def launch(self):
        """Starts the process, which takes its time: do something else before ``warm_up``."""
        start = self.manager.start_kernel(
            # where no file can be taken for a module
            cwd=self._scratch,
            extra_arguments=quiet_arguments(self.spec),
            **LAUNCH_OPTIONS,
        )
        _run(ensure_async(start))

    def warm_up(self, modules=()):
        """Waits for the kernel, and has it import these modules."""
        _run(self._warm_up(modules))

    def fits(self, spec):
        """Whether a notebook that wants a kernel of this specification can have this one."""
        return (self.spec.argv, self.spec.env) == (spec.argv, spec.env)

    def wait(self, job):
        """Waits for the job, a future; returns it, or None if the kernel died before it came."""
        return _run(self._wait(job))

    def adopt(self, cwd, environment):
        """Gives the kernel its job's working directory and environment, while other things are done."""
        _run(self._adopt(kernel_code.adopt(cwd, environment)))

    def adopted(self):
        """Says whether the kernel took what ``adopt`` gave it."""
        try:
            _run(self._unless_it_dies(self._reply_to(self._adopting)))
        except Exception as error:
            logging.warning("the warm kernel can't be used: %s", error)
            return False
        return True

    def end(self):
        """Ends a kernel that is not used."""
        _run(self._end())

    async def _warm_up(self, modules):
        self.client = self.manager.client()
        self.client.start_channels()
        await self.client.wait_for_ready(timeout=SECONDS_TO_START)
        self.client.allow_stdin = False
        await self._tell(kernel_code.prepare(), SECONDS_TO_START)
        for module in modules:
            try:
                await self._tell(kernel_code.preload(module), SECONDS_TO_IMPORT)
            except _Refused as error:
                self.missing[module] = str(error)
                logging.warning("could not import %s into the warm kernel: %s", module, error)
        if {"matplotlib", "matplotlib.pyplot"} & (set(modules) - set(self.missing)):
            await self._draw()
        await self._tell(kernel_code.settle(), SECONDS_TO_START)
        self.language_info = await self._kernel_info()

    async def _draw(self):
        try:
            await self._tell(kernel_code.draw(), SECONDS_TO_IMPORT)
        except _Refused as error:
            logging.warning("could not draw a first figure: %s", error)

    async def _kernel_info(self):
        reply = await ensure_async(self.client.kernel_info(reply=True, timeout=SECONDS_TO_START))
        return reply["content"]["language_info"]

    async def _tell(self, code, seconds):
        """Has the kernel run code of ours, and waits for all that comes of it."""
        telling = self.client.execute_interactive(
            code,
            silent=True,
            store_history=False,
            allow_stdin=False,
            output_hook=lambda message: None,
            timeout=seconds,
        )
        _check(await self._unless_it_dies(ensure_async(telling)))

    async def _adopt(self, code):
        # what it puts out has no cell to go to, and nbclient passes it by
        self._adopting = self.client.execute(
            code, silent=True, store_history=False, allow_stdin=False
        )

    async def _reply_to(self, request):
        while True:
            getting = self.client.get_shell_msg(timeout=SECONDS_TO_ADOPT)
            reply = await ensure_async(getting)
            if reply["parent_header"].get("msg_id") == request:
                _check(reply)
                return

    async def _unless_it_dies(self, waiting):
        died = asyncio.ensure_future(kernel_exit(self.manager))
        done = asyncio.ensure_future(waiting)
        await asyncio.wait({done, died}, return_when=asyncio.FIRST_COMPLETED)
        died.cancel()
        if not done.done():
            done.cancel()
            raise RuntimeError("it died")
        return done.result()

    async def _wait(self, job):
        came = asyncio.wrap_future(job)
        died = asyncio.ensure_future(kernel_exit(self.manager))
        await asyncio.wait({came, died}, return_when=asyncio.FIRST_COMPLETED)
        died.cancel()
        return came.result() if came.done() else None

    async def _end(self):
        if self.manager.has_kernel:
            await ensure_async(self.manager.shutdown_kernel(now=True))
        if self.client is not None:
            self.client.stop_channels()


def _check(reply):
    content = reply["content"]
    if content["status"] != "ok":
        raise _Refused(f"{content.get('ename')}: {content.get('evalue')}")


class _Refused(Exception):
    """The kernel raised an exception of this name and message."""


def _run(coroutine):
    return ensure_event_loop().run_until_complete(coroutine)
