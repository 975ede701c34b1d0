"""One notebook from the job to the last word about it."""

import gc
import logging
import os
import platform
import shutil
import signal
import sys

from . import processes, saving, versions
from .channel import Channel
from .launched import scratch_folder

#: seconds that a save gets to be finished when the host is gone: a disk may hang
_LONGEST_SAVE = 5


def run(scratch, warmth=None, launched=False):
    """Runs the one job that the host sends; ``scratch`` is a folder for this process alone.

    ``warmth`` (``kernel``, ``preload``) asks for a kernel that is started before the job comes. If
    that fails, ``ready`` says so, and a job has a kernel started all the same. Where a launcher started
    this, maybe on another machine and after a wait, ``alive`` says that it is there. Does not return.
    """
    if launched:
        scratch = scratch_folder(scratch)
    channel = _begin(scratch)
    if launched:
        channel.send("alive", host=platform.node())
    os.makedirs(scratch, mode=0o700, exist_ok=True)
    try:
        from .prime import import_papermill

        import_papermill()
    except ImportError as error:
        channel.send("failed", reason="not-started", message=versions.no_papermill(error))
        _leave(scratch, 1)
    kernel, about = (None, {}) if warmth is None else _start_ahead(warmth, scratch)
    _serve(scratch, channel, kernel, about)


def run_warm(scratch, kernel):
    """As ``run``, in a process with papermill, and with a kernel that was launched already."""
    channel = _begin(scratch)
    try:
        kernel.warm_up()
        about = _about(kernel)
    except Exception as error:
        kernel, about = None, _no_kernel(kernel, error)
    _serve(scratch, channel, kernel, about)


def _begin(scratch):
    if hasattr(sys, "set_int_max_str_digits"):
        sys.set_int_max_str_digits(0)
    channel = Channel(on_closed=lambda: _host_is_gone(scratch))
    processes.adopt_orphans()
    logging.basicConfig(
        stream=sys.stderr, level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s"
    )
    return channel


def _serve(scratch, channel, kernel, about):
    """Runs the one job, and leaves."""
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
    processes.end_descendants()
    # nobody is left who would remove what is half written, and nothing more is written after it
    saving.writing.acquire(timeout=_LONGEST_SAVE)
    _leave(scratch, 0)


def _start_ahead(warmth, scratch):
    """A kernel that has imported its modules, or None if there can't be one; and what to say of it."""
    from .kernels import find_kernel
    from .prime import prime_papermill
    from .warm import WarmKernel

    kernel = None
    try:
        kernel = WarmKernel(*find_kernel(warmth["kernel"]), scratch)
        kernel.launch()
        prime_papermill()
        kernel.warm_up(warmth["preload"])
    except Exception as error:
        return None, _no_kernel(kernel, error)
    gc.collect()
    return kernel, _about(kernel)


def _about(kernel):
    gc.freeze()  # what there is now will stay: nothing to look through while the notebook runs
    return {"warm": {"kernel": kernel.name, "missing": kernel.missing}}


def _no_kernel(kernel, error):
    logging.error("no warm kernel", exc_info=error)
    if kernel is not None:
        kernel.end()
    return {"warm": {"problem": f"{type(error).__name__}: {error}"}}


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
    exports = bool(job["html"]) and task.started and not task.hurried
    if not exports:
        _end_log()
    channel.send(last.pop("event"), exports=exports, **last)
    if exports:
        from .html_export import problem_of_export

        problem = problem_of_export(job["output"], job["html"])
        processes.end_descendants()
        _end_log()
        channel.send("exported", problem=problem)


def _end_log():
    """Before the last word, so that the host has the whole log by then and need not wait for this process."""
    logging.shutdown()
    sys.stderr.flush()
    nothing = os.open(os.devnull, os.O_WRONLY)
    for descriptor in (1, 2):
        os.dup2(nothing, descriptor)
    os.close(nothing)


def _follow_orders(task, channel):
    from .ending import cancelled, interrupted, timed_out

    causes = {"cancelled": cancelled, "interrupted": interrupted}

    def order(line):
        task.hurried = True
        if line["why"] == "timed-out":
            task.ending.begin(timed_out(line["message"], line.get("limit")))
        else:
            task.ending.begin(causes[line["why"]](line["message"]))

    def signalled(number, _):
        task.hurried = True
        name = signal.Signals(number).name
        text = f"the program that runs the notebook got {name}"
        task.ending.begin(interrupted(text, signal=name))

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
        if kernel is not None:
            # it takes some milliseconds, in which the notebook is looked at
            kernel.adopt(task.job["cwd"], task.kernel_changes())
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
    finally:
        _end_kernel(task)
    return _last_event(task.failure, task.exited)


def _give_kernel(task, kernel):
    if kernel is None:
        return
    if kernel.fits(task.kernel_spec):
        task.warm = kernel
    else:
        logging.info("the warm kernel is %s: starting %s", kernel.name, task.kernel_name)
        kernel.end()


def _end_kernel(task):
    """Waits for the end of the kernel, which was asked for before the notebook was saved."""
    try:
        if task.client is not None:
            task.client.end_kernel()
    except Exception:
        logging.exception("could not end the kernel in order")


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

    text = task.files.why_not_saved(task.job["output"], error)
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
