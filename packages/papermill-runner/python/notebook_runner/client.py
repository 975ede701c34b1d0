"""papermill's notebook client, telling the truth about every way in which a cell can end."""

import asyncio

from jupyter_core.utils import ensure_event_loop, run_sync
from nbclient.exceptions import CellExecutionError, DeadKernelError
from nbclient.util import ensure_async
from nbformat import from_dict

from . import ending as endings
from . import kernel_code
from .failure import Failure
from .kernels import (
    LAUNCH_OPTIONS,
    is_ipykernel,
    kernel_exit,
    kernel_manager,
    quiet_arguments,
)
from .marks import failing_cell, mark_failed
from .memory import MemoryLimit
from .output_client import OutputKeepingClient


class TruthfulClient(OutputKeepingClient):
    """Runs the cells of one notebook; ``failure`` says afterwards what went wrong, if anything did."""

    def __init__(self, manager, task, **traits):
        # the kernel sends all output before it is idle, so the wait only has to outlast a backlog
        super().__init__(manager, task, iopub_timeout=60, shell_timeout_interval=1, **traits)
        self.failure = None
        self.exited = False
        self.running_cell = None
        self._has_kernel = False
        self._asked_to_end = False
        self._interrupted_cell = None
        self._memory = MemoryLimit(task.limits["memory"], task.ending)

    def execute(self):
        self.reset_execution_trackers()
        self._task.ending.watch(self)
        warm = self._task.warm
        if warm and not warm.adopted():
            warm.end()
            warm = self._task.warm = None
        if warm:
            self.km, self.kc = warm.manager, warm.client
            self.km.shutdown_wait_time = self._task.grace
        options = {**LAUNCH_OPTIONS, "env": self._task.kernel_env(), "cleanup_kc": False}
        try:
            with self.setup_kernel(**options):
                self._has_kernel = True
                self.log.info("Executing notebook with kernel: %s", self.kernel_name)
                self._prepare_kernel()
                self._run_cells()
                self.set_widgets_metadata()
        finally:
            # it ends while the notebook is saved
            if self._has_kernel:
                self._ask_to_end()
        return self.nb

    def end_kernel(self):
        """Waits until the kernel has ended, and gives up what it needed."""
        try:
            if self._has_kernel:
                self._cleanup_kernel()
        finally:
            self._memory.stop()

    def create_kernel_manager(self):
        self.km = kernel_manager(self.kernel_name, self._task.scratch)
        self.km.shutdown_wait_time = self._task.grace
        self.extra_arguments = quiet_arguments(self._task.kernel_spec)
        return self.km

    async def _async_ask_to_end(self):
        if not self._asked_to_end and await ensure_async(self.km.is_alive()):
            self._asked_to_end = True
            await ensure_async(self.km.request_shutdown())

    _ask_to_end = run_sync(_async_ask_to_end)

    async def _async_cleanup_kernel(self):
        """Lets the kernel end by itself, and notices at once when it has."""
        await self._async_ask_to_end()
        if await ensure_async(self.km.is_alive()):
            try:
                await asyncio.wait_for(kernel_exit(self.km), self._task.grace / 2)
            except asyncio.TimeoutError:
                self.log.info("the kernel does not end by itself")
                self.km.shutdown_wait_time = self._task.grace / 2
        # what is this process's own goes with it, at once
        if await ensure_async(self.km.is_alive()):
            await super()._async_cleanup_kernel()

    _cleanup_kernel = run_sync(_async_cleanup_kernel)

    # What the ending needs -------------------------------------------------------------------

    async def interrupt(self):
        self._interrupted_cell = self.running_cell
        await self._to_kernel(self.km.interrupt_kernel)

    async def kill(self):
        if self.km is not None and self.km.has_kernel:
            await self._to_kernel(self.km.provisioner.kill)

    async def _to_kernel(self, action):
        try:
            await ensure_async(action())
        except (ProcessLookupError, RuntimeError) as error:
            self.log.info("the kernel had ended already: %s", error)

    # Before and between the cells -------------------------------------------------------------

    def _prepare_kernel(self):
        pid = getattr(self.km.provisioner, "pid", None)
        if pid is not None:
            self._memory.start(pid)
        if self._task.warm:
            self.nb.metadata["language_info"] = self._task.warm.language_info
            return
        if is_ipykernel(self._task.kernel_spec):
            request = self.kc.execute(kernel_code.prepare(), silent=True, store_history=False)
            reply = self.wait_for_reply(request)["content"]
            if reply["status"] != "ok":
                self.log.warning("a flood of output may lose some: %s", reply.get("evalue"))
        info = self.wait_for_reply(self.kc.kernel_info())
        self.nb.metadata["language_info"] = info["content"]["language_info"]

    def _run_cells(self):
        for index, cell in enumerate(self.nb.cells):
            runs = self._task.runs(cell)
            if runs and self._task.ending.cause:
                self._fail(cell, Failure.ended(self._task.ending.cause))
            else:
                self.nb_man.cell_start(cell, index)
                self._run_cell(cell, index, runs)
            stopped = self.failure or self.exited
            if stopped:
                self.nb_man.cell_exception(cell, cell_index=index)
            self.nb_man.cell_complete(cell, cell_index=index)
            if stopped:
                return

    def _run_cell(self, cell, index, runs):
        if not runs:
            self.execute_cell(cell, index)
            return
        self._task.cell_started()
        deadline = self._cell_deadline()
        self.running_cell = cell
        try:
            self.execute_cell(cell, index)
            if self._interrupted_cell is cell:
                # it swallowed the interrupt, and what it left undone nobody knows
                self._fail(cell, Failure.ended(self._task.ending.cause))
        except CellExecutionError as error:
            self._cell_error(cell, error)
        except DeadKernelError:
            self._kernel_died(cell)
        finally:
            self.running_cell = None
            self.tail.flush()
            if deadline:
                deadline.cancel()
        if not self.failure:
            self._task.cell_finished()

    def _cell_deadline(self):
        seconds = self._task.limits["cell"]
        if seconds is None:
            return None
        text = f"the cell ran longer than {seconds:g} s (limits.cell)"
        return self._task.ending.after(seconds, endings.timed_out(text, f"cell {seconds:g} s"))

    # How a cell can fail ----------------------------------------------------------------------

    def _fail(self, cell, failure, show=True):
        """Keeps the failure, and shows it in the cell unless the kernel has done so."""
        self.tail.flush()
        if show:
            cell.outputs.append(from_dict(failure.output()))
        self.failure = failure

    def stopped(self, failure):
        """Keeps and shows a failure that no cell caused."""
        cell = failing_cell(self.nb)
        self._fail(cell, failure, show=cell is not None)
        if cell is not None:
            mark_failed(self.nb, cell)

    def _cell_error(self, cell, error):
        shown = [each for each in cell.outputs if each.output_type == "error"]
        traceback = shown[-1].traceback if shown else [error.traceback]
        cause = self._task.ending.cause
        if cause and self._interrupted_cell is cell:
            self._fail(cell, Failure.ended(cause, traceback))
        elif error.ename == "SystemExit" and error.evalue in ("", "0"):
            # papermill's rule: the notebook ended itself, and well
            self.exited = True
        else:
            limited = self._task.limits["memory"] is not None
            failure = Failure.cell_error(error.ename, error.evalue, traceback, limited)
            self._fail(cell, failure, show=not shown)

    def _kernel_died(self, cell):
        cause = self._task.ending.cause
        if cause:
            self._fail(cell, Failure.ended(cause))
        else:
            process = getattr(self.km.provisioner, "process", None)
            self._fail(cell, Failure.kernel_died(process.returncode if process else None))

    async def _async_poll_kernel_alive(self):
        """Waits for the kernel's death and, before it is told, for what it said last."""
        await kernel_exit(self.km)
        loop = asyncio.get_running_loop()
        while loop.time() - self.last_message < 0.1:
            await asyncio.sleep(0.05)
        await ensure_async(self.kc.is_alive())  # fetches the exit code
        self.task_poll_for_reply.cancel()
