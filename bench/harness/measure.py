"""The side by side run: every peer, every workload, interleaved in rounds of shuffled order."""

import random
import resource
import time
from contextlib import ExitStack

from load import LoadFailed, Target, get
from procs import CoreTime, StartFailed, cpu_time, memory_mb
from rig import Rig, describe_peer, prepare_postern, rig, say, shout, skip
from servers import SERVERS
from settings import CIPHER, CLEAN_BELOW_CORES, HOPS, PEER_NAMES, REFERENCES, STRANGERS, SUBJECT, WORKLOADS

FIXED_RATE_SHARE = 0.4  # of what the slowest peer reaches in the closed loop
PEER_WARM_UP_SECONDS = 1  # for peers that are not compiled while they run
CHECK_WARM_UP_SECONDS = 2  # so that a check meets no proxy that is only just loading its code
WARM_UP_STEP_SECONDS = 2
WARM_UP_PATIENCE = 6  # on a busy machine a second of CPU time takes longer, but not for ever
SPOKEN = {  # what a backend calls the protocols of the hops
    "http1": "HTTP/1.1", "http2": "HTTP/2.0", "grpc": "gRPC", "websocket": "WebSocket",
    "fastcgi": "FastCGI"}


def compare(options, record):
    wanted = [p for p in options.peers if p != SUBJECT or prepare_postern(record)]
    with rig(options, record, [WORKLOADS[w] for w in options.workloads]) as bench, ExitStack() as running:
        peers = _start(bench, wanted, running)
        if not peers:
            raise StartFailed("nothing to measure: no peer could be started")
        able = [(workload, {name: peer for name, peer in peers.items()
                            if name in workload.peers and _answers(bench, peer, workload)})
                for workload in bench.workloads]
        able = [(workload, doing) for workload, doing in able if doing]
        # Checked first: a check takes paths through a compiled proxy that the load does not, and may cost it its code.
        for workload, doing in able:
            for name, peer in doing.items():
                if name == SUBJECT:
                    _spend(bench, peer, workload, CHECK_WARM_UP_SECONDS)
                _audit(bench, peer, workload)
        rates = {workload.id: _warm_up(bench, doing, workload) for workload, doing in able}
        for number in range(1, options.rounds + 1):
            for workload, doing in able:
                _rotation(bench, doing, workload, number, rates[workload.id])


def _start(bench: Rig, wanted, running: ExitStack):
    """Those of the wanted that take part in a workload, as far as they start."""
    peers = {}
    for name in wanted:
        if not any(name in workload.peers for workload in bench.workloads):
            continue
        try:
            peers[name] = SERVERS[name].ready(bench.scratch / name, bench.backend, bench.certificates,
                                              bench.options.proxy_core)
        except StartFailed as why:
            skip(bench.record, name, why)
            continue
        running.callback(peers[name].stop)
        describe_peer(bench.record, name)
        _prove_verification(bench, peers[name])
    return peers


def _prove_verification(bench: Rig, peer):
    """A backend whose certificate has another name must not be reached, over whatever protocol."""
    for port, path in STRANGERS.items():
        if port not in bench.backend.ports:
            continue
        if HOPS[port].protocol == "http1":
            status, _ = get(peer.port, Target(path))
        else:
            status, _ = bench.generators["h2load"].ask_path(peer, path)
        bench.record.add("refusal", peer=peer.name, protocol=HOPS[port].protocol, status=status)
        if status < 500:
            shout(f"{peer.name} answered {status} for a backend with the WRONG NAME: nothing shows that it verifies")


def _answers(bench: Rig, peer, workload):
    """Whether there is anything to measure. A peer that cannot do it at all must not cost the others their run."""
    try:
        status, body = bench.generators[workload.load].ask(peer, workload)
        problem = None if status in (101, 200) and body == workload.body else f"answered {status} with {body} bytes"
    except LoadFailed as why:
        problem = f"gave no answer: {str(why).splitlines()[0]}"
    if problem:
        bench.record.add("audit", peer=peer.name, workload=workload.id, problems=[f"{problem}, so it is not measured"],
                         requests=0, backend_connections=0, protocols=[], ciphers=[], resumed=0, at_once=0)
        shout(f"{workload.id} {peer.name}: {problem}, so it is not measured")
    return not problem


def _warm_up(bench: Rig, peers, workload):
    """Runs every peer until it is warm; returns the rate for the fixed-rate runs."""
    reached = []
    for name, peer in peers.items():
        row = _spend(bench, peer, workload, bench.options.warm_up if name == SUBJECT else PEER_WARM_UP_SECONDS)
        reached.append(row["rps"])
    rate = bench.options.rates.get(workload.id) or _round_down(FIXED_RATE_SHARE * min(reached))
    bench.record.add("rate", workload=workload.id, rate=rate)
    return rate


def _spend(bench: Rig, peer, workload, cpu_seconds):
    return warm_up(bench, peer, cpu_seconds, lambda seconds: _closed_loop(bench, peer, workload, seconds), workload.id)


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
    """Under load, and seen by the backend: right protocol, right cipher, connections used as the workload says."""
    problems = []
    generator = bench.generators[workload.load]
    bench.backend.take_audit(workload, workload.request)
    result = _closed_loop(bench, peer, workload, 1, audit=True)
    seen = bench.backend.take_audit(workload, workload.request)
    if result["failed"] or result["not_2xx"]:
        problems.append(f"{result['failed']} failed, {result['not_2xx']} not 2xx")
    if not seen.requests:
        problems.append("no request was seen at the backend")
    else:
        if seen.protocols != (SPOKEN[HOPS[workload.backend].protocol],):
            problems.append(f"spoke {', '.join(seen.protocols)} to the backend")
        if seen.ciphers != ((f"TLSv1.3 {CIPHER}",) if workload.tls else ()):
            problems.append(f"negotiated {', '.join(seen.ciphers) or 'no TLS'}")
    one_each = workload.backend in ("close", "fastcgi")
    # The application counts as it goes: what is under way when it is asked counts as a connection, and as a request
    # only the next time.
    under_way = workload.concurrency if workload.backend == "fastcgi" else 0
    if one_each and abs(seen.connections - seen.requests) > under_way:
        problems.append(f"{seen.requests} requests shared {seen.connections} connections")
    if not one_each and seen.connections > 4 * workload.concurrency:
        problems.append(f"{seen.connections} backend connections in one second: keep-alive does not hold")
    if workload.load == "websocket" and seen.connections != workload.connections:
        problems.append(f"{workload.connections} WebSockets came to {seen.connections} backend connections")
    at_once = _at_once(bench, peer, workload, generator, problems)
    bench.record.add("audit", peer=peer.name, workload=workload.id, problems=problems, requests=seen.requests,
                     backend_connections=seen.connections, protocols=seen.protocols, ciphers=seen.ciphers,
                     resumed=round(seen.resumed, 4), at_once=at_once)
    say(f"audit {workload.id} {peer.name:8} {seen.connections:5} connections, {' '.join(seen.protocols)}, "
        f"{' '.join(seen.ciphers) or 'plaintext'}"
        + (f", up to {at_once} streams at once on one" if workload.http2 else "")
        + (f", {seen.resumed:.1%} resumed" if workload.backend == "close" else ""))
    for problem in problems:
        shout(f"{workload.id} {peer.name}: {problem}")


def _at_once(bench: Rig, peer, workload, generator, problems):
    """How many of the streams that a client opens together share a backend connection; 0 where there are none.

    All requests reach a backend that takes its time, so they are open together. To serve them one after the
    other, or to open a connection for each, is allowed only to nginx, which knows no other way."""
    bench.backend.take_audit(workload, workload.request)
    path = generator.together(peer, workload)
    if path is None:
        return 0
    seen = bench.backend.take_audit(workload, path)
    if seen.requests != workload.concurrency:
        problems.append(f"of {workload.concurrency} slow requests at once {seen.requests} reached the backend")
    elif seen.at_once < 2 and peer.name != "nginx":
        problems.append(f"no two of {seen.requests} slow requests shared one of {seen.connections} connections")
    return seen.at_once


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
            row = measured(bench, peers[name], lambda: bench.generators[workload.load].fixed_rate(
                peers[name], workload, rate, bench.options.seconds))
            _note(bench, "fixed", row, peers[name], workload, number, position)


def _closed_loop(bench: Rig, peer, workload, seconds, audit=False):
    return bench.generators[workload.load].closed_loop(peer, workload, seconds, audit)


def measured(bench: Rig, peer, run):
    """Runs a load and returns its figures with the CPU time that each side spent on it."""
    cores = (bench.options.proxy_core, bench.options.load_core)
    generator = _children_cpu()
    cores_before, backend_before = CoreTime.read(cores), bench.backend.cpu_time()
    cpu_before, started = cpu_time(peer.process), time.monotonic()
    result = run()
    cpu, elapsed = cpu_time(peer.process) - cpu_before, time.monotonic() - started
    backend = bench.backend.cpu_time() - backend_before
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
    p99 = "" if row["p99_us"] is None else f"  p99 {row['p99_us'] / 1000:8.2f} ms"
    say(f"{what} {row['rps']:9.0f} rps {row['cpu_us']:8.1f} us/req{p99}"
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
