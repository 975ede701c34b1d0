"""The demo's beamline: a real RunEngine with ophyd's simulated devices, publishing to a 0MQ proxy.

    python run_engine.py ADDRESS

Runs `reflection_scan` twice, a plan that no notebook is made for, a plan that fails, and two interleaved
runs.  Prints one JSON object a line for each run: uid, plan_name, exit_status, events.
"""

import json
import sys
import time

import bluesky.plan_stubs as bps
import bluesky.plans as bp
import bluesky.preprocessors as bpp
from bluesky import RunEngine
from bluesky.callbacks.zmq import Publisher
from ophyd.sim import SynAxis, SynGauss

motor = SynAxis(name="motor", labels={"motors"})
det = SynGauss("det", motor, "motor", center=0, Imax=1000, sigma=0.4)


def reflection_scan(num, sample_name):
    """A scan of the sample through the beam."""
    md = {"plan_name": "reflection_scan", "sample_name": sample_name}
    yield from bp.scan([det], motor, -1, 1, num, md=md)


def failing_scan():
    """A reflection_scan whose motor gives up in the middle."""

    def per_step(detectors, step, pos_cache):
        if step[motor] > 0:
            raise RuntimeError("the motor did not arrive")
        yield from bps.one_nd_step(detectors, step, pos_cache)

    md = {"plan_name": "reflection_scan", "sample_name": "lost sample"}
    yield from bp.scan([det], motor, -1, 1, 11, md=md, per_step=per_step)


def interleaved_scans():
    """Two runs that are open at once, their events in turn."""
    keys = ["first", "second"]
    hints = {"dimensions": [[["motor"], "primary"]]}
    for key in keys:
        md = {"plan_name": "reflection_scan", "sample_name": f"{key} of two", "detectors": ["det"], "hints": hints}
        yield from bpp.set_run_key_wrapper(bps.open_run(md), key)
    for point in range(14):
        yield from bps.mv(motor, -1 + point / 7)
        # the second run gets every other point, so that the two can't be mistaken for one another
        for key in keys if point % 2 == 0 else keys[:1]:
            yield from bpp.set_run_key_wrapper(bps.trigger_and_read([det, motor]), key)
    for key in keys:
        yield from bpp.set_run_key_wrapper(bps.close_run(), key)


def main(address):
    engine = RunEngine({})
    engine.subscribe(Publisher(address))
    open_runs = {}

    def tell(name, doc):
        if name == "start":
            open_runs[doc["uid"]] = doc
        elif name == "stop":
            start = open_runs.pop(doc["run_start"])
            run = {
                "uid": start["uid"],
                "plan_name": start.get("plan_name"),
                "exit_status": doc["exit_status"],
                "events": doc["num_events"].get("primary", 0),
            }
            print(json.dumps(run), flush=True)

    engine.subscribe(tell)
    # PUB drops what it sends before the proxy has joined
    time.sleep(1)
    engine(reflection_scan(21, "water/air"))
    engine(reflection_scan(11, "silicon"))
    engine(bp.count([det], num=3))
    try:
        engine(failing_scan())
    except RuntimeError as error:
        print(f"as meant: {error}", file=sys.stderr)
    engine(interleaved_scans())
    # and it drops what it still holds when the program ends at once
    time.sleep(1)


if __name__ == "__main__":
    main(sys.argv[1])
