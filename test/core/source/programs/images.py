"""Write frames of an event with a large image, one per serializer: u32 little-endian length, bytes.

    python images.py ROWS COLUMNS

Pixel i of the image, in C order, is i modulo 65536.
"""

import pickle
import struct
import sys

import msgpack
import msgpack_numpy
import numpy as np

rows, columns = int(sys.argv[1]), int(sys.argv[2])
image = (np.arange(rows * columns) % 65536).astype("u2").reshape(rows, columns)
event = {
    "uid": "e",
    "time": 1.5,
    "data": {"motor": np.float64(1.25), "image": image},
    "timestamps": {"motor": 1.5, "image": 1.5},
    "seq_num": 1,
    "filled": {},
    "descriptor": "d",
}
payloads = [
    pickle.dumps(event, protocol=4),
    pickle.dumps(event, protocol=5),
    msgpack.packb(event, default=msgpack_numpy.encode),
]
for payload in payloads:
    frame = b" event " + payload
    sys.stdout.buffer.write(struct.pack("<I", len(frame)) + frame)
