"""A real RunEngine that is paused after a checkpoint and goes on: prints what it emits, a document a line."""

import json

from bluesky import Msg, RunEngine
from bluesky.plan_stubs import checkpoint, close_run, create, open_run, read, save
from bluesky.utils import RunEngineInterrupted
from ophyd.sim import det


def points(count):
    for _ in range(count):
        yield from create("primary")
        yield from read(det)
        yield from save()


def plan():
    yield from open_run()
    yield from checkpoint()
    yield from points(2)
    yield from checkpoint()
    yield from points(3)
    yield Msg("pause")
    yield from points(1)
    yield from close_run()


def show(name, doc):
    print(json.dumps({"name": name, "doc": doc}, default=str), flush=True)


RE = RunEngine({})
RE.subscribe(show)
try:
    RE(plan())
except RunEngineInterrupted:
    RE.resume()
