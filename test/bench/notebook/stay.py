"""Runs each notebook that stdin names ([input, output], a line) with papermill, in this one process."""

import json
import os
import sys

import papermill

told = os.fdopen(os.dup(1), "w")
os.dup2(2, 1)
for line in sys.stdin:
    papermill.execute_notebook(*json.loads(line), progress_bar=False)
    print("done", file=told, flush=True)
