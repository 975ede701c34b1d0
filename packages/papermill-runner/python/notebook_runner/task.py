"""One job: the template it runs, the limits it has, and what is reported of it."""

import logging
import os
import time

import nbformat

from . import parameters, redaction
from .ending import Ending, timed_out
from .kernels import wanted_kernel
from .saving import NotebookFiles


class BadTemplate(Exception):
    """The template is no notebook; the message says what is wrong with it."""


class Task:
    """A job as the host hands it, with what its parts share while it runs.

    ``job`` has ``input`` (``path``, ``text``), ``output``, ``cwd``, ``parameters``, ``kernel`` (or
    None), ``limits`` (``notebook`` and ``cell`` in seconds, ``memory`` and ``output`` in bytes, each or
    None), ``grace`` in seconds, ``environment`` (``set``, ``unset``): what is to change in it,
    ``secrets``: variables for the kernel alone, ``implicit``: names of parameters that need no
    declaration, and ``html``: the path of a page to export, or None.
    """

    def __init__(self, job, scratch, channel):
        self.job = job
        self.scratch = scratch
        self.limits = job["limits"]
        self.grace = job["grace"]
        self.ending = Ending(self.grace)
        redaction.keep_secret(job["secrets"].values())
        self.files = NotebookFiles(job["input"]["path"], job["input"]["text"])
        #: the kernel that was started ahead, where this notebook can have it
        self.warm = None
        #: what runs the cells, from when papermill has begun
        self.client = None
        self.failure = None
        self.exited = False
        self.started = False
        #: whether somebody waits for the end
        self.hurried = False
        self.total = 0
        self.executed = 0
        self._channel = channel
        self._cell_began = 0.0

    def prepare(self):
        """Checks all that can be checked before a kernel starts; raises what ``program`` knows."""
        notebook = self._read_template()
        given = self.job["parameters"]
        parameters.check_names(given)
        self.kernel_name, self.kernel_spec = wanted_kernel(notebook, self.job["kernel"])
        self.language = self.kernel_spec.language
        names = parameters.undeclared(notebook, given, self.kernel_name, self.language)
        logging.getLogger("papermill").addFilter(
            parameters.ExpectedUndeclared(self.job["implicit"])
        )
        unexpected = [name for name in names if name not in self.job["implicit"]]
        if unexpected:
            self._channel.send("undeclared", names=unexpected)

    def kernel_env(self):
        """The whole environment for a kernel that is started for this job."""
        return {**os.environ, **self.job["secrets"]}

    def kernel_changes(self):
        """What is to change in the environment of a kernel that was started ahead."""
        changes = self.job["environment"]
        return {**changes, "set": {**changes["set"], **self.job["secrets"]}}

    def runs(self, cell):
        """Whether this cell is given to the kernel."""
        return (
            cell.cell_type == "code"
            and bool(cell.source.strip())
            and "skip-execution" not in cell.metadata.get("tags", [])
        )

    def notebook_started(self, notebook):
        self.started = True
        self.total = sum(self.runs(cell) for cell in notebook.cells)
        kernel = {"name": self.kernel_name, "language": self.language}
        self._channel.send("started", kernel=kernel, cells=self.total)
        seconds = self.limits["notebook"]
        if seconds is not None:
            text = f"the notebook ran longer than {seconds:g} s (limits.notebook)"
            self.ending.after(seconds, timed_out(text, f"notebook {seconds:g} s"))

    def cell_started(self):
        self._cell_began = time.monotonic()
        self._channel.send("cell-started", step=self.executed + 1, of=self.total)

    def cell_finished(self):
        self.executed += 1
        seconds = round(time.monotonic() - self._cell_began, 3)
        self._channel.send("cell-finished", step=self.executed, of=self.total, seconds=seconds)

    def output_cut(self):
        self._channel.send("output-cut", limit=self.limits["output"])

    def _read_template(self):
        text = self.job["input"]["text"]
        try:
            notebook = nbformat.reads(text, as_version=4)
            notebook.cells, notebook.metadata  # noqa: B018  (a notebook has both)
        except Exception as error:
            reason = (str(error) or type(error).__name__).splitlines()[0][:200]
            raise BadTemplate(f"the template is not a notebook: {reason}") from error
        return notebook
