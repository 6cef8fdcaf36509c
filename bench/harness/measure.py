"""The side by side run: every peer, every workload, interleaved in rounds of shuffled order."""

import random
import resource
import time
from contextlib import ExitStack

from load import LoadFailed, Target, get
from procs import CoreTime, StartFailed, cpu_time, memory_mb
from rig import Rig, describe_peer, prepare_postern, rig, say, shout, skip
from servers import SERVERS, WRONG_NAME_PATH
from settings import CIPHER, CLEAN_BELOW_CORES, PEER_NAMES, REFERENCES, SUBJECT, WORKLOADS

FIXED_RATE_SHARE = 0.4  # of what the slowest peer reaches in the closed loop
PEER_WARM_UP_SECONDS = 1  # for peers that are not compiled while they run
WARM_UP_STEP_SECONDS = 2
WARM_UP_PATIENCE = 6  # on a busy machine a second of CPU time takes longer, but not for ever


def compare(options, record):
    wanted = [p for p in options.peers if p != SUBJECT or prepare_postern(record)]
    workloads = [WORKLOADS[w] for w in options.workloads]
    with rig(options, record) as bench, ExitStack() as running:
        peers = {}
        for name in wanted:
            try:
                peers[name] = SERVERS[name].ready(bench.scratch / name, bench.backend, bench.certificates, options.proxy_core)
            except StartFailed as why:
                skip(record, name, why)
                continue
            running.callback(peers[name].stop)
            describe_peer(record, name)
            _prove_verification(bench, peers[name])
        if not peers:
            raise StartFailed("nothing to measure: no peer could be started")
        rates = {w.id: _warm_up(bench, peers, w) for w in workloads}
        for name, peer in peers.items():
            for workload in workloads:
                _audit(bench, peer, workload)
        for number in range(1, options.rounds + 1):
            for workload in workloads:
                _rotation(bench, peers, workload, number, rates[workload.id])


def _prove_verification(bench: Rig, peer):
    """A backend whose certificate has another name must not be reached."""
    status, _ = get(peer.port, Target(WRONG_NAME_PATH))
    bench.record.add("refusal", peer=peer.name, status=status)
    if status < 500:
        shout(f"{peer.name} answered {status} from a backend with the WRONG NAME: it does not verify")


def _warm_up(bench: Rig, peers, workload):
    """Runs every peer until it is warm; returns the rate for the fixed-rate runs."""
    reached = []
    for peer in peers.values():
        row = warm_up(bench, peer, bench.options.warm_up if peer.name == SUBJECT else PEER_WARM_UP_SECONDS,
                      lambda seconds: _closed_loop(bench, peer, workload, seconds), workload.id)
        reached.append(row["rps"])
    rate = bench.options.rates.get(workload.id) or _round_down(FIXED_RATE_SHARE * min(reached))
    bench.record.add("rate", workload=workload.id, rate=rate)
    return rate


def warm_up(bench: Rig, peer, cpu_seconds, load, what):
    """Runs a load until the peer has spent so much CPU time on it; returns the figures of the last step."""
    before, started = cpu_time(peer.process), time.monotonic()
    spent = 0
    while True:
        last_step = spent >= cpu_seconds or time.monotonic() - started >= WARM_UP_PATIENCE * cpu_seconds
        try:
            row = measured(bench, peer, lambda: load(WARM_UP_STEP_SECONDS))
        except LoadFailed:
            if last_step:
                raise
            continue  # a cold proxy on a busy machine may not get as far as an answer
        spent = (cpu_time(peer.process) - before).total
        bench.record.add("warm-up", peer=peer.name, load=what, spent=round(spent, 2), cpu_us=row["cpu_us"])
        if last_step:
            say_run(f"warm  {what} {peer.name:8} after {spent:4.1f} s of CPU:", row)
            return row


def _audit(bench: Rig, peer, workload):
    """Under load, and seen by the backend: right answers, right cipher, connections used as the workload says."""
    problems = []
    status, body = get(peer.port, Target(workload.path))
    if status != 200 or len(body) != workload.body:
        problems.append(f"answered {status} with {len(body)} bytes")
    bench.backend.take_audit()
    result = _closed_loop(bench, peer, workload, 1, audit=True)
    seen = [line for line in bench.backend.take_audit() if line["path"] == workload.path]
    connections = len({line["connection"] for line in seen})
    ciphers = sorted({f"{line['protocol']} {line['cipher']}" for line in seen}) if workload.tls else []
    if result["failed"] or result["not_2xx"]:
        problems.append(f"{result['failed']} failed, {result['not_2xx']} not 2xx")
    if not seen:
        problems.append("no request was seen at the backend")
    elif workload.tls and ciphers != [f"TLSv1.3 {CIPHER}"]:
        problems.append(f"negotiated {', '.join(ciphers)}")
    if workload.backend == "close" and connections != len(seen):
        problems.append(f"{len(seen)} requests shared {connections} connections")
    if workload.backend != "close" and connections > 4 * workload.connections:
        problems.append(f"{connections} backend connections in one second: keep-alive does not hold")
    resumed = sum(line["resumed"] == "r" for line in seen) / max(1, len(seen))
    bench.record.add("audit", peer=peer.name, workload=workload.id, problems=problems, requests=len(seen),
                     backend_connections=connections, ciphers=ciphers, resumed=round(resumed, 4))
    say(f"audit {workload.id} {peer.name:8} {connections:5} connections, {' '.join(ciphers) or 'plaintext'}"
        + (f", {resumed:.1%} resumed" if workload.backend == "close" else ""))
    for problem in problems:
        shout(f"{workload.id} {peer.name}: {problem}")


def _rotation(bench: Rig, peers, workload, number, rate):
    """Each peer once, and the first reference twice: how far it is from itself is the resolution of the run."""
    order = list(peers)
    if REFERENCES[0] in peers and len(peers) > 1:
        order.append(REFERENCES[0])
    random.shuffle(order)
    _wait_until_quiet(bench)
    for position, name in enumerate(order):
        _closed_loop(bench, peers[name], workload, bench.options.settle)
        row = measured(bench, peers[name], lambda: _closed_loop(
            bench, peers[name], workload, bench.options.seconds))
        _note(bench, "closed", row, peers[name], workload, number, position)
    if bench.options.latency:
        order = list(peers)
        random.shuffle(order)
        for position, name in enumerate(order):
            row = measured(bench, peers[name], lambda: bench.load.fixed_rate(
                peers[name].port, Target(workload.path), workload.connections, rate, bench.options.seconds))
            _note(bench, "fixed", row, peers[name], workload, number, position)


def _closed_loop(bench: Rig, peer, workload, seconds, audit=False):
    return bench.load.closed_loop(peer.port, [Target(workload.path)], workload.connections, seconds, audit)


def measured(bench: Rig, peer, run):
    """Runs a load and returns its figures with the CPU time that each side spent on it."""
    cores = (bench.options.proxy_core, bench.options.load_core)
    generator = _children_cpu()
    cores_before, backend_before = CoreTime.read(cores), cpu_time(bench.backend.process)
    cpu_before, started = cpu_time(peer.process), time.monotonic()
    result = run()
    cpu, elapsed = cpu_time(peer.process) - cpu_before, time.monotonic() - started
    backend = cpu_time(bench.backend.process) - backend_before
    cores_spent = CoreTime.read(cores) - cores_before
    ours = cpu.total + backend.total + _children_cpu() - generator
    count = result.get("requests", result.get("done", 0))
    if count == 0:
        raise LoadFailed(f"{peer.name} answered nothing: {result}\n{peer.process.tail()}")
    figures = {
        **result,
        "cpu_us": cpu.total / count * 1e6, "user_us": cpu.user / count * 1e6, "system_us": cpu.system / count * 1e6,
        "backend_us": backend.total / count * 1e6, "rps": count / result["seconds"], "count": count,
        "proxy_cores": cpu.total / elapsed,
        "foreign_cores": max(0.0, (cores_spent.busy - ours) / elapsed), "steal_cores": cores_spent.steal / elapsed,
    }
    rounded = {key: round(value, 3) if isinstance(value, float) else value for key, value in figures.items()}
    return {**rounded, "clean": figures["foreign_cores"] + figures["steal_cores"] < CLEAN_BELOW_CORES,
            "valid": result["failed"] + result["not_2xx"] <= count / 1000}


def say_run(what, row):
    say(f"{what} {row['rps']:9.0f} rps {row['cpu_us']:8.1f} us/req  p99 {row['p99_us'] / 1000:8.2f} ms"
        + ("" if row["clean"] else "   (disturbed)"))
    if row["failed"] + row["not_2xx"]:
        shout(f"{what}: {row['failed']} failed, {row['not_2xx']} not 2xx")


def _note(bench: Rig, mode, row, peer, workload, number, position):
    bench.record.add("run", mode=mode, round=number, workload=workload.id, peer=peer.name, position=position, **row)
    bench.record.add("memory", round=number, workload=workload.id, peer=peer.name, mode=mode,
                     **memory_mb(peer.process))
    say_run(f"{number:>2} {workload.id} {mode:6} {PEER_NAMES[peer.name]:8}", row)


def _wait_until_quiet(bench: Rig):
    """At most options.wait_quiet seconds, until nobody else uses the two cores."""
    cores = (bench.options.proxy_core, bench.options.load_core)
    deadline = time.monotonic() + bench.options.wait_quiet
    while time.monotonic() < deadline:
        before = CoreTime.read(cores)
        time.sleep(1)
        spent = CoreTime.read(cores) - before
        if spent.busy + spent.steal < CLEAN_BELOW_CORES:
            return


def _children_cpu():
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _round_down(rate):
    step = 10 ** max(0, len(str(int(rate))) - 2)
    return max(1, int(rate) // step * step)
