"""Postern with very many routes: how long it loads, what a request costs, and how fast one change is in effect."""

import os
import random
import socket
import threading
import time
from contextlib import ExitStack
from statistics import mean

import manifests
from load import Target, get
from measure import measured, say_run, warm_up
from procs import StartFailed, cpu_time, free_port, memory_mb
from rig import Rig, prepare_postern, rig, say, shout, skip
from servers import Postern
from settings import SUBJECT

READY_SECONDS = 300
HOSTS = 100  # the routes are spread over so many host names
SPREAD = 64  # routes that the "spread" load takes in turn
CONNECTIONS = 64
CHANGED_PATH = "/seen"  # the backend answers with the generation header it was sent
GENERATION_HEADER = "X-Generation"
CHANGE_EVERY_SECONDS = 0.4
CHANGE_GIVE_UP_SECONDS = 10
PROBE_EVERY_SECONDS = 0.002
BACKGROUND_RATE, BACKGROUND_CONNECTIONS = 1000, 16


def measure(options, record):
    if not prepare_postern(record):
        return
    with rig(options, record) as bench, ExitStack() as running:
        try:
            folders = {n: Folder(bench, options.routes, n) for n in options.per_file}
            for folder in folders.values():
                for number in range(1, options.loads + 1):
                    _load(bench, folder, number)
            many = _start(bench, running, next(iter(folders.values())), "many")
            one = _start(bench, running, Folder(bench, 1, 1), "one")
            _compare(bench, one, many)
            _change(bench, many)
        except StartFailed as why:
            skip(record, SUBJECT, why)


class Folder:
    """A folder of manifests with so many routes, each with a Service, an EndpointSlice and a BackendTLSPolicy."""

    def __init__(self, bench: Rig, routes, per_file):
        self.routes, self.per_file, self.port = routes, per_file, free_port()
        self.backend_port = bench.backend.ports["tls"]
        self.path = bench.scratch / f"routes-{routes}-by-{per_file}"
        self.path.mkdir()
        (self.path / "gateway.yaml").write_text(
            manifests.documents(manifests.gateway(self.port), manifests.trust(bench.certificates.ca)))
        for first in range(0, routes, per_file):
            (self.path / f"routes-{first:06d}.yaml").write_text(
                manifests.documents(*(self._objects(i) for i in range(first, min(first + per_file, routes)))))
        self.changed = routes // 2
        self.set_generation(0)
        self.files = sum(1 for _ in self.path.iterdir())

    def target(self, i):
        return Target(f"/route-{i}", f"host-{i % HOSTS}.bench.test")

    @property
    def last(self):
        return self.target(self.routes - 1)

    def spread(self):
        return [self.target(i) for i in random.Random(1).sample(range(self.routes), min(SPREAD, self.routes))
                if i != self.changed or self.routes == 1]

    @property
    def changed_target(self):
        return Target(CHANGED_PATH, self.target(self.changed).host)

    def set_generation(self, number):
        """Changes one route, and so one file; by turns through a rename and in place, as people's tools do."""
        if self.routes == 1:
            return
        first = self.changed // self.per_file * self.per_file
        text = manifests.documents(*(self._objects(i, number if i == self.changed else None)
                                     for i in range(first, min(first + self.per_file, self.routes))))
        file = self.path / f"routes-{first:06d}.yaml"
        if number % 2:
            fresh = self.path.with_suffix(".next")
            fresh.write_text(text)
            os.replace(fresh, file)
        else:
            file.write_text(text)

    def _objects(self, i, generation=None):
        name, target = f"app-{i}", self.target(i)
        header = None if generation is None else (GENERATION_HEADER, generation)
        return manifests.documents(
            manifests.route(name, CHANGED_PATH if header else target.path, name, target.host, header),
            manifests.service(name, self.backend_port), manifests.tls_policy(name))


def _load(bench: Rig, folder: Folder, number):
    """On all cores, from the start of the process until it says ready; then the last route must answer."""
    server = Postern.serving(bench.scratch / f"load-{folder.per_file}-{number}", folder.path, folder.port)
    try:
        seconds = server.wait_until_ready(READY_SECONDS)
        cpu = cpu_time(server.process).total
        status, _ = get(folder.port, folder.last)
        if status != 200:
            raise StartFailed(f"said ready, but the last route answers {status}")
        bench.record.add("load", routes=folder.routes, per_file=folder.per_file, files=folder.files,
                         seconds=round(seconds, 3), cpu_ms=round(cpu * 1000), **memory_mb(server.process))
        say(f"load {folder.routes} routes in {folder.files} files: {seconds:.2f} s, CPU {cpu:.2f} s")
    finally:
        server.stop()


class Served:
    """A folder and the Postern that serves it. Has the name that rows are recorded under."""

    def __init__(self, name, folder: Folder, server: Postern):
        self.name, self.folder, self.process, self.port = name, folder, server.process, folder.port


def _start(bench: Rig, running: ExitStack, folder: Folder, name):
    server = Postern.serving(bench.scratch / name, folder.path, folder.port, bench.options.proxy_core)
    running.callback(server.stop)
    server.wait_until_ready(READY_SECONDS)
    return Served(name, folder, server)


def _compare(bench: Rig, one: Served, many: Served):
    """CPU per request with one route, with many (the last of them), and over many of them in turn."""
    loads = [("one", one, [one.folder.last]), ("many", many, [many.folder.last]),
             ("spread", many, many.folder.spread())]
    for name, served, targets in [loads[0], *loads]:  # the one twice, as the many has two loads to warm up with
        warm_up(bench, served, bench.options.warm_up,
                lambda seconds: _closed_loop(bench, served, targets, seconds), name)
    for number in range(1, bench.options.rounds + 1):
        random.shuffle(loads)
        for position, (name, served, targets) in enumerate(loads):
            _closed_loop(bench, served, targets, bench.options.settle)
            row = measured(bench, served, lambda: _closed_loop(bench, served, targets, bench.options.seconds))
            bench.record.add("scale", load=name, round=number, position=position, **row)
            say_run(f"{number:>2} {name:7}", row)
    bench.record.add("scale-memory", routes=many.folder.routes, **memory_mb(many.process))


def _closed_loop(bench: Rig, served: Served, targets, seconds):
    return bench.load.closed_loop(served.port, targets, CONNECTIONS, seconds)


def _change(bench: Rig, many: Served):
    """The same stretch of steady traffic without, with and again without changes; the difference is their cost.

    Without on both sides, as the JVM may still be getting faster."""
    changes = bench.options.changes
    seconds = changes * CHANGE_EVERY_SECONDS
    before = _traffic(bench, many, seconds, lambda probe: time.sleep(seconds))
    busy = _traffic(bench, many, seconds, lambda probe: _make_changes(bench, many, probe, changes))
    after = _traffic(bench, many, seconds, lambda probe: time.sleep(seconds))
    usual = mean(quiet["cpu_s"] / quiet["seconds"] for quiet in (before, after))
    cost = (busy["cpu_s"] - usual * busy["seconds"]) / changes
    bench.record.add("changes", changes=changes, cpu_ms_each=round(cost * 1000, 1),
                     before=before, with_changes=busy, after=after)
    say(f"a change costs {cost * 1000:.1f} ms of CPU; requests lost: {busy['load']['failed']}, "
        f"not 2xx: {busy['load']['not_2xx']}, probes lost: {busy['probe_failures']}")


def _traffic(bench: Rig, many: Served, seconds, work):
    """Runs the work under steady traffic and a probe; returns the proxy's CPU time over the work."""
    log = bench.scratch / f"paced-{time.monotonic_ns()}.log"
    length = seconds + 2
    paced = bench.load.fixed_rate_beside(
        many.port, many.folder.last, BACKGROUND_CONNECTIONS, BACKGROUND_RATE, length, log)
    probe = Probe(many.port, many.folder.changed_target)
    try:
        time.sleep(0.5)
        before, started = cpu_time(many.process), time.monotonic()
        work(probe)
        elapsed, spent = time.monotonic() - started, cpu_time(many.process) - before
        load = bench.load.result(paced, length + 30)
        return {"cpu_s": round(spent.total, 3), "seconds": round(elapsed, 3), "load": load,
                "probe_failures": probe.failures}
    finally:
        probe.stop()
        paced.stop()


def _make_changes(bench: Rig, many: Served, probe, changes):
    due = time.monotonic()
    for generation in range(1, changes + 1):
        due += CHANGE_EVERY_SECONDS
        # A little jitter, so that the changes do not march in step with somebody's timer.
        time.sleep(max(0.0, due - time.monotonic() - random.uniform(0, CHANGE_EVERY_SECONDS / 4)))
        written = time.monotonic()
        many.folder.set_generation(generation)
        seen = probe.wait_for(generation, CHANGE_GIVE_UP_SECONDS)
        took = None if seen is None else round((seen - written) * 1000, 1)
        bench.record.add("change", number=generation, ms=took, how="rename" if generation % 2 else "in place")
        if took is None:
            shout(f"change {generation} was not in effect after {CHANGE_GIVE_UP_SECONDS} s")
    time.sleep(CHANGE_EVERY_SECONDS)  # the aftermath of the last one counts too


class Probe:
    """Asks the changing route all the time and remembers when each generation was first answered."""

    def __init__(self, port, target):
        self.failures, self._first_seen, self._ends = 0, {}, False
        self._news = threading.Condition()
        self._port = port
        self._request = f"GET {target.path} HTTP/1.1\r\nHost: {target.host}\r\n\r\n".encode()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def wait_for(self, generation, seconds):
        """When the generation, or a later one, was first seen, or None."""
        with self._news:
            self._news.wait_for(lambda: self._when(generation) is not None, seconds)
            return self._when(generation)

    def _when(self, generation):
        return min((at for seen, at in self._first_seen.items() if seen >= generation), default=None)

    def stop(self):
        self._ends = True
        self._thread.join(5)

    def _run(self):
        connection = None
        while not self._ends:
            try:
                connection = connection or socket.create_connection(("127.0.0.1", self._port), timeout=5)
                connection.sendall(self._request)
                generation = self._read(connection)
                with self._news:
                    if generation not in self._first_seen:
                        self._first_seen[generation] = time.monotonic()
                        self._news.notify_all()
            except (OSError, ValueError):
                self.failures += 1
                if connection:
                    connection.close()
                connection = None
            time.sleep(PROBE_EVERY_SECONDS)
        if connection:
            connection.close()

    @staticmethod
    def _read(connection):
        """The number in the body of a 200; ValueError for anything else."""
        answer = b""
        while True:
            head, end, body = answer.partition(b"\r\n\r\n")
            if end:
                lines = head.decode("latin-1").split("\r\n")
                lengths = [line.split(":")[1] for line in lines if line.lower().startswith("content-length:")]
                if lines[0].split()[1] != "200" or not lengths:
                    raise ValueError(lines[0])
                if len(body) >= int(lengths[0]):
                    return int(body)
            more = connection.recv(65536)
            if not more:
                raise OSError("closed")
            answer += more
