"""Runs one notebook with papermill for ``@prompt-papermill/papermill-runner``, then exits.

``prompt_papermill_runner.py run SCRATCH [WARMTH]`` says ``ready`` once papermill is imported, takes one job as
a JSON line on stdin, and reports JSON lines on stdout until the last one, ``finished`` or ``failed``.
Everything else that is printed goes to stderr. Further lines on stdin are orders (``{"order":
"end", ...}``); when stdin closes, the host is gone, and everything started here ends at once. With
WARMTH, ``{"kernel": "python3", "preload": ["numpy"]}``, a kernel is started before the job is known.

``prompt_papermill_runner.py launched SCRATCH`` is the same behind a launcher such as ``srun``: it says ``alive``
at once, and takes a folder of its own if SCRATCH is not this user's, as on another machine.

``prompt_papermill_runner.py fork WARMTH`` imports papermill and the kernel's modules once, says ``ready``, and forks
a process for each order ``{"id": 1, "scratch": FOLDER}``: that one is as with ``run`` on the sockets
``line`` (stdin and stdout) and ``log`` (stderr) in its folder. It tells ``forked`` and ``ended`` (see
``parent.py``).

``prompt_papermill_runner.py mend`` marks a saved notebook whose program was killed (see ``mend.py``).
It needs nothing but the standard library.
"""

import json
import sys


def main(arguments):
    if len(arguments) in (2, 3) and arguments[0] == "run":
        from notebook_runner.program import run

        return run(arguments[1], *map(json.loads, arguments[2:]))
    if len(arguments) == 2 and arguments[0] == "launched":
        from notebook_runner.program import run

        return run(arguments[1], launched=True)
    if len(arguments) == 2 and arguments[0] == "fork":
        from notebook_runner.parent import run

        return run(json.loads(arguments[1]))
    if arguments == ["mend"]:
        from notebook_runner.mend import mend

        return mend(sys.stdin.buffer)
    sys.stderr.write(
        "usage: prompt_papermill_runner.py run SCRATCH [WARMTH] | launched SCRATCH | fork WARMTH | mend\n"
    )
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
