"""One notebook from the job to the last word about it."""

import gc
import logging
import os
import shutil
import signal
import sys

from . import processes, versions
from .channel import Channel


def run(scratch, warmth=None):
    """Runs the one job that the host sends; ``scratch`` is a folder for this process alone.

    ``warmth`` (``kernel``, ``preload``) asks for a kernel that is started before the job comes. If
    that fails, ``ready`` says so, and a job has a kernel started all the same. Does not return.
    """
    if hasattr(sys, "set_int_max_str_digits"):
        sys.set_int_max_str_digits(0)
    channel = Channel(on_closed=lambda: _host_is_gone(scratch))
    os.makedirs(scratch, mode=0o700, exist_ok=True)
    processes.adopt_orphans()
    logging.basicConfig(
        stream=sys.stderr, level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s"
    )
    try:
        _import_papermill()
    except ImportError as error:
        channel.send(
            "failed",
            reason="not-started",
            message=f"{sys.executable} can't import papermill ({error}): install it there "
            "(python -m pip install papermill ipykernel), or set `python` to one that has it",
        )
        _leave(scratch, 1)
    kernel, about = (None, {}) if warmth is None else _warm_up(warmth, scratch)
    channel.send("ready", python=versions.python(), packages=versions.packages(), **about)
    job = channel.job.result() if kernel is None else kernel.wait(channel.job)
    if job is None:
        logging.error("the warm kernel died")
        _leave(scratch, 1)
    _run_job(job, scratch, channel, kernel)
    _leave(scratch, 0)


def _leave(scratch, code):
    """Ends this process without taking it apart, which takes as long as an empty notebook."""
    processes.end_descendants()
    shutil.rmtree(scratch, ignore_errors=True)
    logging.shutdown()
    os._exit(code)


def _host_is_gone(scratch):
    _leave(scratch, 0)


def _warm_up(warmth, scratch):
    """The warm kernel, or None if there can't be one; and what ``ready`` says of it."""
    from .prime import prime_papermill
    from .warm import WarmKernel

    kernel = None
    try:
        kernel = WarmKernel(warmth["kernel"], scratch)
        kernel.launch()
        prime_papermill()
        kernel.warm_up(warmth["preload"])
    except Exception as error:
        logging.exception("no warm kernel")
        if kernel is not None:
            kernel.end()
        return None, {"warm": {"problem": f"{type(error).__name__}: {error}"}}
    gc.collect()
    gc.freeze()  # what there is now will stay: nothing to look through while the notebook runs
    return kernel, {"warm": {"kernel": kernel.name, "missing": kernel.missing}}


def _import_papermill():
    # papermill tries pyarrow for paths on HDFS, which takes long and 45 MB
    sys.modules["pyarrow"] = None
    from . import engine, task  # noqa: F401


def _run_job(job, scratch, channel, kernel):
    from .task import Task

    task = Task(job, scratch, channel)
    _follow_orders(task, channel)
    for name in job["environment"]["unset"]:
        os.environ.pop(name, None)
    os.environ.update(job["environment"]["set"])
    last = _execute(task, kernel)
    ended = processes.end_descendants()
    if ended:
        logging.info("ended %d processes that the notebook had left behind", ended)
    channel.send(last.pop("event"), **last)


def _follow_orders(task, channel):
    from .ending import cancelled, interrupted, timed_out

    causes = {"cancelled": cancelled, "interrupted": interrupted}

    def order(line):
        if line["why"] == "timed-out":
            task.ending.begin(timed_out(line["message"], line.get("limit")))
        else:
            task.ending.begin(causes[line["why"]](line["message"]))

    def signalled(number, _):
        name = signal.Signals(number).name
        task.ending.begin(interrupted(f"the program that runs the notebook got {name}"))

    channel.on_order(order)
    signal.signal(signal.SIGTERM, signalled)
    signal.signal(signal.SIGINT, signalled)


def _execute(task, kernel):
    """Runs the notebook, with this kernel if it can have it; returns the last event."""
    from .failure import Failure
    from .kernels import NoKernel
    from .parameters import BadParameters
    from .task import BadTemplate

    try:
        task.prepare()
        _give_kernel(task, kernel)
        _papermill(task)
    except (BadTemplate, BadParameters, NoKernel) as error:
        task.failure = Failure.not_started(str(error))
    except OSError as error:
        _not_saved(task, error)
    except Exception as error:
        logging.exception("papermill failed")
        task.failure = task.failure or Failure.not_started(f"papermill failed: {error}")
    return _last_event(task.failure, task.exited)


def _give_kernel(task, kernel):
    if kernel is None:
        return
    fits = kernel.fits(task.kernel_spec)
    if not fits:
        logging.info("the warm kernel is %s: starting %s", kernel.name, task.kernel_name)
    if fits and kernel.adopt(task.job["cwd"], task.job["environment"]):
        task.warm = kernel
    else:
        kernel.end()


def _papermill(task):
    from papermill import execute_notebook
    from papermill.engines import papermill_engines
    from papermill.exceptions import PapermillExecutionError
    from papermill.iorw import papermill_io

    from .engine import TruthfulEngine

    papermill_io.register("/", task.files)
    papermill_engines.register("prompt-papermill", TruthfulEngine)
    try:
        execute_notebook(
            _literally(task.job["input"]["path"]),
            _literally(task.job["output"]),
            task.job["parameters"],
            engine_name="prompt-papermill",
            kernel_name=task.kernel_name,
            language=task.language,
            progress_bar=False,
            cwd=task.job["cwd"],
            task=task,
        )
    except PapermillExecutionError as error:
        _papermills_failure(task, error)


def _literally(path):
    """papermill formats paths with the parameters; this one means what it says."""
    return path.replace("{", "{{").replace("}", "}}")


def _papermills_failure(task, error):
    from .failure import Failure

    if task.failure is None:
        # papermill counts an allowed exception (the tag raises-exception) as one, at the end
        task.failure = Failure.cell_error(error.ename, error.evalue, error.traceback, False)
    # two cells of papermill's are before it now: a note at the top, and an anchor
    task.failure.place(error.cell_index + 3, error.exec_count)


def _not_saved(task, error):
    from .failure import Failure

    text = f"the executed notebook can't be saved at {task.job['output']}: {error.strerror or error}"
    if task.failure is None:
        task.failure = Failure.not_started(text)
    else:
        task.failure.message += f" ({text})"


def _last_event(failure, exited):
    if failure is None:
        message = "the notebook ended itself with SystemExit" if exited else None
        return {"event": "finished", "state": "succeeded", "message": message}
    if failure.state == "failed":
        return {
            "event": "failed",
            "reason": failure.reason,
            "message": failure.message,
            "evidence": failure.evidence,
        }
    return {
        "event": "finished",
        "state": failure.state,
        "message": failure.message,
        "evidence": failure.evidence,
    }
