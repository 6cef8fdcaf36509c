"""From the start of the process to its first 200, through a gateway with a few routes."""

import http.client
import random

from load import Target, get
from procs import StartFailed, cpu_time, maps
from rig import Rig, describe_peer, prepare_postern, rig, say, skip
from servers import SERVERS
from settings import SUBJECT, WORKLOADS

PATH, MEASURED = WORKLOADS["W1"].path, WORKLOADS["W1"].peers
GIVE_UP_SECONDS = 60


def measure(options, record):
    wanted = [p for p in options.peers if p in MEASURED and (p != SUBJECT or prepare_postern(record))]
    with rig(options, record) as bench:
        for name in list(wanted):
            try:
                _start(bench, name, "first")  # fills the page cache, and whatever a launcher prepares once
                describe_peer(record, name)
            except StartFailed as why:
                skip(record, name, why)
                wanted.remove(name)
        for number in range(1, options.starts + 1):
            random.shuffle(wanted)
            for name in wanted:
                figures = _start(bench, name, number)
                record.add("start", peer=name, round=number, **figures)
                say(f"start {number:>2} {name:8} {figures['seconds']:6.3f} s, CPU {figures['cpu_ms']:5} ms")


def _start(bench: Rig, name, number):
    """On all cores. Returns the seconds until the first 200 and the CPU time spent by then."""
    folder = bench.scratch / f"{name}-start-{number}"
    server = SERVERS[name].starting(folder, bench.backend, bench.certificates, None)
    try:
        seconds = server.process.wait_for(lambda: _answers(server.port), "a first 200", GIVE_UP_SECONDS)
        cpu = cpu_time(server.process).total
        return {"seconds": round(seconds, 4), "cpu_ms": round(cpu * 1000), "aot_cache": maps(server.process, ".aot")}
    finally:
        server.stop()


def _answers(port):
    try:
        return get(port, Target(PATH), timeout=2)[0] == 200
    except (OSError, http.client.HTTPException):
        return False
