"""What finding the route costs: CPU per request with few, many and very many routes on one listener."""

import random
from contextlib import ExitStack

import manifests
from load import Target, get
from measure import measured, say_run, warm_up
from procs import StartFailed, free_port, memory_mb
from rig import Rig, prepare_postern, rig, say, skip
from servers import Postern
from settings import SUBJECT

READY_SECONDS = 600
PER_FILE = 1000
SPREAD = 64  # routes that the load takes in turn
CONNECTIONS = 64


def measure(options, record):
    if not prepare_postern(record):
        return
    with rig(options, record) as bench, ExitStack() as running:
        try:
            served = [_start(bench, running, count) for count in options.counts]
            for one in served:
                warm_up(bench, one, options.warm_up, lambda seconds: _load(bench, one, seconds), f"{one.routes} routes")
            _compare(bench, served)
        except StartFailed as why:
            skip(record, SUBJECT, why)


class Served:
    """A Postern with so many HTTPRoutes of one path each, all for any host and to one plaintext Service."""

    def __init__(self, bench: Rig, routes):
        self.routes, self.name, self.port = routes, f"postern with {routes} routes", free_port()
        self.path = bench.scratch / f"listener-of-{routes}"
        self.path.mkdir()
        (self.path / "gateway.yaml").write_text(manifests.documents(
            manifests.gateway(self.port), manifests.service("app", bench.backend.ports["plain"])))
        for first in range(0, routes, PER_FILE):
            (self.path / f"routes-{first:06d}.yaml").write_text(manifests.documents(
                *(manifests.route(f"route-{i}", f"/route-{i}", "app")
                  for i in range(first, min(first + PER_FILE, routes)))))
        chosen = random.Random(1).sample(range(routes), min(SPREAD, routes))
        self.targets = [Target(f"/route-{i}", "bench.test") for i in chosen]


def _start(bench: Rig, running: ExitStack, routes):
    one = Served(bench, routes)
    server = Postern.serving(bench.scratch / f"with-{routes}", one.path, one.port, bench.options.proxy_core)
    running.callback(server.stop)
    seconds = server.wait_until_ready(READY_SECONDS)
    one.process = server.process
    status, _ = get(one.port, one.targets[-1])
    if status != 200:
        raise StartFailed(f"said ready, but a route of {routes} answers {status}")
    bench.record.add("routes-start", routes=routes, seconds=round(seconds, 3), **memory_mb(server.process))
    say(f"{routes} routes on one listener: ready in {seconds:.2f} s")
    return one


def _compare(bench: Rig, served):
    """All in each round, in shuffled order; the others are idle meanwhile."""
    for number in range(1, bench.options.rounds + 1):
        random.shuffle(served)
        for position, one in enumerate(served):
            _load(bench, one, bench.options.settle)
            row = measured(bench, one, lambda: _load(bench, one, bench.options.seconds))
            bench.record.add("routes", routes=one.routes, round=number, position=position, **row)
            say_run(f"{number:>2} {one.routes:>7}", row)


def _load(bench: Rig, one: Served, seconds):
    return bench.load.closed_loop(one.port, one.targets, CONNECTIONS, seconds)
