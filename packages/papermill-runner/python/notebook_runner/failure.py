"""What went wrong with a notebook, as the host is told."""

import re
import signal

from .marks import error_output
from .redaction import redacted

#: An exception class of this name, raised in a cell, means that there was nothing to analyse.
NO_DATA = "NoData"

_LONGEST_TEXT = 4_000
_LONGEST_TRACEBACK = 32_000
_ANSI = re.compile(r"\x1b\[[0-9;?]*[ -/]*[@-~]|\x1b\][^\x07]*\x07")


class Failure:
    """The last word about a notebook that did not run to its end: state, reason and evidence."""

    def __init__(self, state, reason, message, ename, **evidence):
        self.state = state
        self.reason = reason
        self.message = shorten(message)
        self.ename = ename
        evidence["ename"] = ename
        self.evidence = {key: value for key, value in evidence.items() if value is not None}

    def place(self, number, execution_count):
        """Says which cell of the saved notebook it was, from 1."""
        self.evidence["cell"] = number
        if self.state == "failed" and execution_count is not None:
            self.message = f"cell {number} (In [{execution_count}]): {self.message}"

    @classmethod
    def not_started(cls, message):
        return cls("failed", "not-started", message, ename="NotStarted")

    @classmethod
    def cell_error(cls, ename, evalue, traceback, memory_limited):
        about = {"evalue": shorten(evalue), "traceback": plain(traceback)}
        if ename == NO_DATA:
            return cls("no-data", None, evalue or "the notebook found no data", ename, **about)
        # NumPy's is called _ArrayMemoryError
        reason = "cell-error"
        if memory_limited and ename.endswith("MemoryError"):
            reason = "out-of-memory"
        return cls("failed", reason, f"{ename}: {evalue}" if evalue else ename, ename, **about)

    @classmethod
    def kernel_died(cls, returncode):
        if returncode is None:
            return cls("failed", "kernel-died", "the kernel died", ename="DeadKernelError")
        if returncode < 0:
            name = signal_name(-returncode)
            text = f"the kernel was ended by {name}"
            return cls("failed", "kernel-died", text, ename="DeadKernelError", signal=name)
        text = f"the kernel exited with code {returncode}"
        return cls("failed", "kernel-died", text, ename="DeadKernelError", exitCode=returncode)

    @classmethod
    def stopped(cls, error):
        text = f"papermill could not go on: {error}"
        return cls("failed", "kernel-died", text, ename=type(error).__name__)

    @classmethod
    def ended(cls, cause, traceback=()):
        shown = plain(traceback) if traceback else None
        about = {"limit": cause.limit, "signal": cause.signal, "traceback": shown}
        return cls(cause.state, cause.reason, cause.message, ename=cause.ename, **about)

    def output(self):
        return error_output(self.ename, self.message)


def in_short(error):
    """The message and traceback of an error output, when they are too long to be kept."""
    return {
        "evalue": shorten(error["evalue"]),
        "traceback": plain(error["traceback"]).splitlines(),
    }


def plain(traceback):
    """A traceback's lines as text without terminal colours; of a long one the end."""
    text = redacted(_ANSI.sub("", "\n".join(traceback)))
    return text if len(text) <= _LONGEST_TRACEBACK else f"…{text[-_LONGEST_TRACEBACK:]}"


def shorten(text):
    # before it is cut: half a secret would not be recognized
    text = redacted(text)
    return text if len(text) <= _LONGEST_TEXT else f"{text[:_LONGEST_TEXT]}…"


def signal_name(number):
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"
