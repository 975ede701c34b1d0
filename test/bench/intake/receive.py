"""Receive as bluesky does: RemoteDispatcher into event_model's RunRouter, or into a function alone.

    python receive.py ADDRESS RUNS [--no-router]

Counts distinct documents, and prints one JSON line when so many runs have stopped, or when nothing has come for
15 seconds: documents, last (when the last one was handled, in seconds since the epoch).
"""

import json
import os
import sys
import threading
import time

import event_model
from bluesky.callbacks.zmq import RemoteDispatcher

QUIET = 15
seen = set()
stops = 0
last = time.time()


def count(name, doc):
    """Note a document by its uid, and when it came; RunRouter hands events on as pages."""
    global last, stops
    uid = doc["uid"]
    if isinstance(uid, list):
        seen.update(uid)
    else:
        seen.add(uid)
    stops += name == "stop"
    last = time.time()


def finish(runs):
    """Print what was seen once all has come, or nothing comes any more, and end the process."""
    while stops < runs and time.time() - last < QUIET:
        time.sleep(0.05)
    print(json.dumps({"documents": len(seen), "last": last}), flush=True)
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
threading.Thread(target=finish, args=[int(sys.argv[2])], daemon=True).start()
print("ready", flush=True)
dispatcher.start()
