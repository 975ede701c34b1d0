"""The formats of the wire as sites configure them, and the arguments of the programs beside this."""

import json
import pickle
import sys
from pathlib import Path

import msgpack
import msgpack_numpy
import numpy
from bluesky.callbacks.zmq import ClientCurve


def as_plain(value):
    """Arrays as lists, for JSON."""
    if isinstance(value, (numpy.ndarray, numpy.generic)):
        return value.tolist()
    raise TypeError(type(value))


def json_bytes(doc):
    return json.dumps(doc, default=as_plain).encode()


# by prefix: each format has its own, so that all of them fit on one proxy
FORMATS = {
    "pickle": (pickle.dumps, pickle.loads),
    "msgpack": (
        lambda doc: msgpack.packb(doc, default=msgpack_numpy.encode),
        lambda data: msgpack.unpackb(data, object_hook=msgpack_numpy.decode),
    ),
    "json": (json_bytes, json.loads),
}


def arguments():
    """ADDRESS [SECRET SERVER]"""
    address, *files = sys.argv[1:]
    return address, ClientCurve(*map(Path, files)) if files else None
