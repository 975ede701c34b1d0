"""papermill's hook: an engine that runs the cells with our client and saves with care."""

import time

from jupyter_core.utils import ensure_event_loop
from papermill.engines import Engine, NotebookExecutionManager
from papermill.iorw import write_ipynb
from papermill.log import logger

from .client import TruthfulClient
from .failure import Failure
from .redaction import redact_outputs

#: papermill saves twice for each cell, which for many cells with figures takes longer than they do.
SECONDS_BETWEEN_SAVES = 1.0


class SparingManager(NotebookExecutionManager):
    """papermill's bookkeeping for one notebook, saved at most each second and once at the end."""

    def __init__(self, nb, output_path, task):
        super().__init__(nb, output_path=output_path, progress_bar=False)
        self.client = None
        self._task = task
        self._next_save = 0.0
        self._scheduled = None
        self._saved = False

    def save(self, **_):
        if self._scheduled is not None:
            return
        wait = self._next_save - time.monotonic()
        if wait <= 0:
            self._save_now()
        else:
            # fires while the next cell runs, however long that one takes
            self._scheduled = ensure_event_loop().call_later(wait, self._save_now)

    def autosave_cell(self, **_):
        self.save()

    def notebook_complete(self, **_):
        """Finishes the metadata; papermill itself saves right after this, with its error markers."""
        if self._scheduled is not None:
            self._scheduled.cancel()
        self._scheduled = object()
        super().notebook_complete()
        redact_outputs(self.nb)
        self._task.files.durable = True

    def _save_now(self):
        self._scheduled = None
        began = time.monotonic()
        if self.client:
            self.client.tail.flush()
        redact_outputs(self.nb)
        try:
            write_ipynb(self.nb, self.output_path)
        except OSError as error:
            # that it can't be saved at all is better said before the cells run
            if not self._saved:
                raise
            logger.warning("could not save on the way: %s", error)
        self._saved = True
        ended = time.monotonic()
        self._next_save = ended + max(SECONDS_BETWEEN_SAVES, 4 * (ended - began))


class TruthfulEngine(Engine):
    """The engine ``prompt-papermill``; what went wrong is left in the task's ``failure``."""

    @classmethod
    def execute_notebook(cls, nb, kernel_name, output_path=None, task=None, start_timeout=60, **_):
        manager = SparingManager(nb, output_path, task)
        manager.notebook_start()
        task.notebook_started(nb)
        client = TruthfulClient(
            manager,
            task,
            kernel_name=kernel_name,
            startup_timeout=start_timeout,
            log=logger,
        )
        manager.client = task.client = client
        try:
            client.execute()
        except Exception as error:
            cls._stopped(task, client, error)
        task.failure, task.exited = client.failure, client.exited
        manager.notebook_complete()
        return manager.nb

    @staticmethod
    def _stopped(task, client, error):
        """What no cell was the cause of: the kernel did not start, or papermill itself failed."""
        logger.error("could not go on", exc_info=error)
        if client.failure or task.executed == task.total > 0:
            return
        if task.ending.cause:
            failure = Failure.ended(task.ending.cause)
        elif task.executed == 0:
            failure = Failure.not_started(f"the kernel did not start: {error}")
        else:
            failure = Failure.stopped(error)
        client.stopped(failure)
