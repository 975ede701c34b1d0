"""Publish recorded runs over 0MQ as fast as it goes, each repetition under fresh uids.

    python publish.py ADDRESS VECTOR.frames --runs N

Binds ADDRESS, waits until somebody has subscribed, publishes, and prints one JSON line:
documents, began (seconds since the epoch).
Ends when stdin is closed, so that nothing that 0MQ still holds is thrown away.
"""

import argparse
import json
import re
import struct
import sys
import time
import uuid

import zmq

UUID = re.compile(rb"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")


def read_frames(path):
    """The frames of a recording."""
    with open(path, "rb") as file:
        while header := file.read(4):
            (size,) = struct.unpack("<I", header)
            yield file.read(size)


def as_another_run(frames):
    """The same frames with every uid replaced by a fresh one, which is as long."""
    fresh = {}

    def rename(match):
        return fresh.setdefault(match[0], str(uuid.uuid4()).encode())

    return [UUID.sub(rename, frame) for frame in frames]


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("address")
    parser.add_argument("vector")
    parser.add_argument("--runs", type=int, required=True)
    args = parser.parse_args()
    recorded = list(read_frames(args.vector))
    frames = [frame for _ in range(args.runs) for frame in as_another_run(recorded)]
    # XPUB is PUB, but says when somebody subscribes
    socket = zmq.Context().socket(zmq.XPUB)
    socket.setsockopt(zmq.SNDHWM, 0)
    socket.bind(f"tcp://{args.address}")
    print("bound", flush=True)
    socket.recv()
    began = time.time()
    for frame in frames:
        socket.send(frame)
    print(json.dumps({"documents": len(frames), "began": began}), flush=True)
    sys.stdin.read()
    socket.close(linger=0)


if __name__ == "__main__":
    main()
