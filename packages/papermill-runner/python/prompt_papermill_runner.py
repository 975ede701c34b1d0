"""Runs one notebook with papermill for ``@prompt-papermill/papermill-runner``, then exits.

``prompt_papermill_runner.py run SCRATCH [WARMTH]`` says ``ready`` once papermill is imported, takes one job as
a JSON line on stdin, and reports JSON lines on stdout until the last one, ``finished`` or ``failed``.
Everything else that is printed goes to stderr. Further lines on stdin are orders (``{"order":
"end", ...}``); when stdin closes, the host is gone, and everything started here ends at once. With
WARMTH, ``{"kernel": "python3", "preload": ["numpy"]}``, a kernel is started before the job is known.

``prompt_papermill_runner.py mend`` marks a saved notebook whose program was killed (see ``mend.py``).
It needs nothing but the standard library.
"""

import json
import sys


def main(arguments):
    if len(arguments) in (2, 3) and arguments[0] == "run":
        from notebook_runner.program import run

        return run(arguments[1], *map(json.loads, arguments[2:]))
    if arguments == ["mend"]:
        from notebook_runner.mend import mend

        return mend(sys.stdin.buffer)
    sys.stderr.write("usage: prompt_papermill_runner.py run SCRATCH [WARMTH] | mend\n")
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
