"""
Decodes payloads with what bluesky would: pickle.loads, msgpack.unpackb with msgpack_numpy, json.loads.

    python loads.py SERIALIZER FRAMES...

FRAMES are recordings. For each number on stdin it decodes all payloads so many times, and prints the
seconds of the processor that took.
"""

import json
import pickle
import struct
import sys
import time

import msgpack
import msgpack_numpy

LOADS = {
    "pickle": pickle.loads,
    "msgpack": lambda body: msgpack.unpackb(body, object_hook=msgpack_numpy.decode, strict_map_key=False),
    "json": json.loads,
}


def payloads(path):
    with open(path, "rb") as file:
        while head := file.read(4):
            (length,) = struct.unpack("<I", head)
            yield file.read(length).split(b" ", 2)[2]


loads = LOADS[sys.argv[1]]
bodies = [body for path in sys.argv[2:] for body in payloads(path)]
print(len(bodies), flush=True)
for line in sys.stdin:
    began = time.process_time()
    for _ in range(int(line)):
        for body in bodies:
            loads(body)
    print(time.process_time() - began, flush=True)
