"""bluesky's own Publishers, one for each format, send each line of stdin, a JSON [name, doc]: publish.py ADDRESS [SECRET SERVER]

A list in an event's data goes out as a NumPy array.
"""

import json
import sys

import numpy
from bluesky.callbacks.zmq import Publisher

from formats import FORMATS, arguments

address, curve = arguments()
publishers = [
    Publisher(address, prefix=prefix.encode(), serializer=serializer, curve_config=curve)
    for prefix, (serializer, _) in FORMATS.items()
]
for line in sys.stdin:
    name, doc = json.loads(line)
    for key, value in doc.get("data", {}).items():
        doc["data"][key] = numpy.array(value) if isinstance(value, list) else value
    for publisher in publishers:
        publisher(name, doc)
