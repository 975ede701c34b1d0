"""Receive as bluesky does: RemoteDispatcher into event_model's RunRouter, or into a function alone.

    python receive.py ADDRESS [--no-router]

Counts distinct documents, and prints one JSON line when nothing has come for two seconds: documents, seconds
(from the first document to the last).
"""

import json
import sys
import threading
import time

import event_model
from bluesky.callbacks.zmq import RemoteDispatcher

seen = set()
times = [None, None]


def count(name, doc):
    """Note a document by its uid, and when it came."""
    seen.add(doc["uid"])
    times[1] = time.perf_counter()
    if times[0] is None:
        times[0] = times[1]


def finish_when_quiet():
    """Print what was seen once nothing comes any more, and end the process."""
    while times[1] is None or time.perf_counter() - times[1] < 2:
        time.sleep(0.1)
    print(json.dumps({"documents": len(seen), "seconds": times[1] - times[0]}), flush=True)
    import os

    os._exit(0)


dispatcher = RemoteDispatcher(sys.argv[1])
if "--no-router" in sys.argv:
    dispatcher.subscribe(count)
else:
    # after a loss RunRouter raises KeyError for an event whose descriptor was lost
    router = event_model.RunRouter([lambda name, doc: ([count], [])])

    def route(name, doc):
        try:
            router(name, doc)
        except KeyError:
            pass

    dispatcher.subscribe(route)
threading.Thread(target=finish_when_quiet, daemon=True).start()
print("ready", flush=True)
dispatcher.start()
