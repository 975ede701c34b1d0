"""Publishes a run of the plan `count` to a proxy five times a second, until stdin is closed.

Usage: publish_counts.py ADDRESS
"""

import sys
import threading

from bluesky.callbacks.zmq import Publisher
from event_model import compose_run


def publish_run(publisher, scan_id):
    start, compose_descriptor, _, compose_stop, *_ = compose_run(
        metadata={"plan_name": "count", "scan_id": scan_id, "sample": {"name": "Ni on Si"}}
    )
    publisher("start", start)
    descriptor, compose_event, _ = compose_descriptor(
        name="primary", data_keys={"det": {"source": "SIM:det", "dtype": "number", "shape": []}}
    )
    publisher("descriptor", descriptor)
    for _ in range(3):
        publisher("event", compose_event(data={"det": 1.5}, timestamps={"det": 0.0}))
    publisher("stop", compose_stop())


def main():
    publisher = Publisher(sys.argv[1])
    over = threading.Event()
    threading.Thread(target=lambda: (sys.stdin.read(), over.set()), daemon=True).start()
    scan_id = 0
    while not over.wait(0.2):
        scan_id += 1
        publish_run(publisher, scan_id)
    publisher.close()


if __name__ == "__main__":
    main()
