"""
Runs through event_model's RunRouter, and what stays in memory of them.

    python runs.py FRAMES RUNS...

prints, for each number of RUNS, the process's memory in bytes when so many runs have passed.
"""

import gc
import pickle
import struct
import sys
import uuid

from event_model import RunRouter


def documents(path):
    with open(path, "rb") as file:
        while head := file.read(4):
            (length,) = struct.unpack("<I", head)
            _, name, body = file.read(length).split(b" ", 2)
            yield name.decode(), body


def resident():
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * 4096


recorded = list(documents(sys.argv[1]))
uids = {pickle.loads(body)["uid"] for _, body in recorded}
marks = {int(number) for number in sys.argv[2:]}
router = RunRouter([lambda name, doc: ([lambda name, doc: None], [])])
for run in range(1, max(marks) + 1):
    fresh = {uid.encode(): str(uuid.uuid4()).encode() for uid in uids}
    for name, body in recorded:
        for old, new in fresh.items():
            body = body.replace(old, new)
        router(name, pickle.loads(body))
    if run in marks:
        gc.collect()
        print(resident(), flush=True)
