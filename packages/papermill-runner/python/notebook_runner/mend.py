"""Makes a saved notebook show how its program ended, when the program itself was killed.

The host hands one JSON object on stdin: ``output`` (the notebook's path), ``ename`` and ``evalue``.
Prints the failing cell's number, from 1, or nothing if there is no notebook yet.
"""

import json
import sys

from .marks import error_output, failing_cell, mark_failed
from .saving import write_by_rename


def mend(source):
    if hasattr(sys, "set_int_max_str_digits"):
        sys.set_int_max_str_digits(0)
    job = json.load(source)
    try:
        with open(job["output"], encoding="utf-8") as file:
            notebook = json.load(file)
    except FileNotFoundError:
        return 0
    cell = failing_cell(notebook)
    if cell is None:
        return 0
    cell["outputs"].append(error_output(job["ename"], job["evalue"]))
    mark_failed(notebook, cell)
    text = json.dumps(notebook, ensure_ascii=True, indent=1, sort_keys=True) + "\n"
    write_by_rename(job["output"], text.encode("ascii"), durable=True)
    number = next(i for i, each in enumerate(notebook["cells"], 1) if each is cell)
    sys.stdout.write(f"{number}\n")
    return 0
