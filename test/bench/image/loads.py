"""
An image in an event, and what Python takes to decode it.

    python loads.py SERIALIZER FILE

writes the payload to FILE and says so. For each line on stdin it decodes the payload, and prints as JSON the seconds that
took and the bytes that were allocated at most besides it.
"""

import json
import pickle
import sys
import time
import tracemalloc

import msgpack
import msgpack_numpy
import numpy

SERIALIZERS = {
    "pickle 4": (lambda doc: pickle.dumps(doc, 4), pickle.loads),
    "pickle 5": (lambda doc: pickle.dumps(doc, 5), pickle.loads),
    "msgpack": (
        lambda doc: msgpack.packb(doc, default=msgpack_numpy.encode),
        lambda body: msgpack.unpackb(body, object_hook=msgpack_numpy.decode, max_bin_len=2**31 - 1),
    ),
}

dumps, loads = SERIALIZERS[sys.argv[1]]
image = numpy.random.default_rng(1).integers(0, 2**16, (2000, 2000), dtype="u2")
body = dumps(
    {
        "uid": "0b9a3c35-0d20-4f2e-b2a7-1d1a5d8a7a01",
        "time": 1795444364.87,
        "seq_num": 1,
        "descriptor": "0b9a3c35-0d20-4f2e-b2a7-1d1a5d8a7a02",
        "data": {"image": image},
        "timestamps": {"image": 1795444364.87},
        "filled": {},
    }
)
with open(sys.argv[2], "wb") as file:
    file.write(body)
print("ready", flush=True)
for _ in sys.stdin:
    began = time.perf_counter()
    loads(body)
    seconds = time.perf_counter() - began
    # tracing takes time of its own
    tracemalloc.start()
    value = loads(body)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    del value
    print(json.dumps({"seconds": seconds, "allocated": peak}), flush=True)
