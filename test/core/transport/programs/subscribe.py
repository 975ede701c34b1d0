"""bluesky's own RemoteDispatchers, one for each format, print what they get: subscribe.py ADDRESS [SECRET SERVER]"""

import json
import threading

from bluesky.callbacks.zmq import RemoteDispatcher

from formats import FORMATS, arguments, as_plain

address, curve = arguments()
lock = threading.Lock()


def printer(prefix):
    def show(name, doc):
        kinds = sorted({type(value).__name__ for value in doc.get("data", {}).values()})
        line = json.dumps([prefix, name, doc, type(doc).__name__, kinds], default=as_plain)
        with lock:
            print(line, flush=True)

    return show


for prefix, (_, deserializer) in FORMATS.items():
    dispatcher = RemoteDispatcher(
        address, prefix=prefix.encode(), deserializer=deserializer, curve_config=curve
    )
    dispatcher.subscribe(printer(prefix))
    threading.Thread(target=dispatcher.start).start()
