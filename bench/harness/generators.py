"""One load generator per protocol of the client, all with the same four questions.

closed_loop   as many requests as the proxy answers
fixed_rate    so many a second, each latency counted from when the request was due
ask           one request: its status, and the size of the body
together      as many requests at once as the workload has streams, to a path that takes its time

An audited request may be told apart by the backend."""

import calendar
import json
import re
import tempfile
import time
from pathlib import Path

from backends import SLOW
from load import Load, LoadFailed, Target, get
from settings import AUDIT_HEADER, GRPC_HOST, GRPC_PREFIX

PROTO = Path(__file__).resolve().parent / "grpc" / "bench.proto"
UNITS = {"us": 1e-6, "ms": 1e-3, "s": 1.0, "m": 60.0}


class Http1:
    """wrk and paced."""

    def __init__(self, load: Load):
        self.load = load

    def closed_loop(self, peer, workload, seconds, audit=False):
        return self.load.closed_loop(peer.port, [Target(workload.path)], workload.connections, seconds, audit)

    def fixed_rate(self, peer, workload, rate, seconds):
        return self.load.fixed_rate(peer.port, Target(workload.path), workload.connections, rate, seconds)

    def ask(self, peer, workload):
        status, body = get(peer.port, Target(workload.path))
        return status, len(body)

    def together(self, _peer, _workload):
        return None


class Http2:
    """h2load, with prior knowledge and without TLS."""

    def __init__(self, load: Load, scratch: Path):
        self.load, self.scratch = load, scratch

    def closed_loop(self, peer, workload, seconds, audit=False):
        header = ["-H", f"{AUDIT_HEADER}: 1"] if audit else []
        out = self._run(peer, workload, workload.path, seconds, "-D", seconds, *header)
        return {**_h2load_figures(out), "p50_us": None, "p99_us": None}  # it prints no quantiles

    def fixed_rate(self, peer, workload, rate, seconds):
        each = max(1, round(rate / workload.connections))  # it counts in whole requests per connection
        with tempfile.NamedTemporaryFile(dir=self.scratch) as log:
            out = self._run(peer, workload, workload.path, seconds, "-D", seconds, "--rps", each,
                            f"--log-file={log.name}")
            lines = [line.split() for line in Path(log.name).read_text().splitlines()]
        figures = _h2load_figures(out)
        calls = [(int(start) / 1e6, int(took) / 1e6) for start, _, took in lines]
        return _paced_figures(calls, each * workload.connections, seconds, figures["failed"], figures["not_2xx"])

    def ask(self, peer, workload):
        return self.ask_path(peer, workload.path)

    def ask_path(self, peer, path):
        with tempfile.NamedTemporaryFile(dir=self.scratch) as log:
            out = self.load.run(["h2load", "-t1", "-c1", "-n1", "-T10", f"--log-file={log.name}",
                                 self._url(peer, path)], 20)
            lines = Path(log.name).read_text().splitlines()
        body = re.search(r"\((\d+)\) data", out)
        return (int(lines[0].split()[1]) if lines else 0), int(body.group(1)) if body else 0

    def together(self, peer, workload):
        path = workload.path + SLOW
        self._run(peer, workload, path, 10, "-n", workload.concurrency, "-H", f"{AUDIT_HEADER}: 1")
        return path

    def _run(self, peer, workload, path, seconds, *arguments):
        return self.load.run(["h2load", "-t1", f"-c{workload.connections}", f"-m{workload.streams}", *arguments,
                              self._url(peer, path)], seconds)

    @staticmethod
    def _url(peer, path):
        return f"http://127.0.0.1:{peer.http2_port}{path}"


class Grpc:
    """ghz. What is counted is calls; the answer of a streaming one has many messages."""

    def __init__(self, load: Load, scratch: Path, program: Path):
        self.load, self.program = load, program
        self.request = scratch / "grpc-request"  # a Payload with 100 bytes
        self.request.write_bytes(b"\x0a\x64" + b"x" * 100)

    def closed_loop(self, peer, workload, seconds, audit=False):
        calls, took, failed = self._run(peer, workload, workload.method, seconds, f"--duration={seconds}s",
                                        "--duration-stop=ignore")
        latencies = sorted(latency for _, latency in calls)
        return {"requests": len(calls), "seconds": took, "failed": failed, "not_2xx": 0,
                "p50_us": _quantile(latencies, 0.5), "p99_us": _quantile(latencies, 0.99)}

    def fixed_rate(self, peer, workload, rate, seconds):
        calls, _, failed = self._run(peer, workload, workload.method, seconds + 10, f"--total={rate * seconds}",
                                     f"--rps={rate}", "--async")
        return _paced_figures(calls, rate, seconds, failed, 0)

    def ask(self, peer, workload):
        """ghz understands framing, status and message, but does not tell the size of what came: that is the asked."""
        calls, _, _ = self._run(peer, workload, workload.method, 10, "--total=1", concurrency=1, connections=1)
        return (200 if calls else 0), workload.body

    def together(self, peer, workload):
        self._run(peer, workload, "Slow", 20, f"--total={workload.concurrency}")
        return GRPC_PREFIX + "Slow"

    def _run(self, peer, workload, method, seconds, *arguments, concurrency=None, connections=None):
        """Start (seconds) and latency (seconds) of the calls that went well, the seconds it took, and the failed."""
        out = self.load.run([
            self.program, "--insecure", f"--authority={GRPC_HOST}", f"--proto={PROTO}", f"--call=bench.Bench/{method}",
            f"--binary-file={self.request}", f"--connections={connections or workload.connections}",
            f"--concurrency={concurrency or workload.concurrency}", "--cpus=1", "--timeout=10s",
            "--disable-template-functions", "--disable-template-data", "--format=json", *arguments,
            f"127.0.0.1:{peer.http2_port}"], seconds, GOGC="400")
        report = json.loads(out)
        details = report.get("details") or []
        good = [call for call in details if call["status"] == "OK"]
        if details and not good:
            raise LoadFailed(f"no call went well: {'; '.join(report['errorDistribution'])}")
        calls = [(_epoch(call["timestamp"]) - call["latency"] / 1e9, call["latency"] / 1e9) for call in good]
        return calls, report["total"] / 1e9, len(details) - len(good)


class WebSocket:
    """websocket.c. What is counted is messages that came back."""

    def __init__(self, load: Load, program: Path):
        self.load, self.program = load, program

    def closed_loop(self, peer, workload, seconds, audit=False):
        return self._run(peer, workload, seconds)

    def fixed_rate(self, peer, workload, rate, seconds):
        return self._run(peer, workload, seconds, rate)

    def ask(self, peer, workload):
        """101 if a connection was upgraded, the first message came back, and so did every other of a second."""
        figures = self._run(peer, workload, 1, connections=1)
        return (101, workload.body) if figures["done"] and not figures["failed"] else (0, 0)

    def together(self, _peer, _workload):
        return None

    def _run(self, peer, workload, seconds, rate=None, connections=None):
        return json.loads(self.load.run([
            self.program, "load", "127.0.0.1", peer.port, workload.path, seconds,
            connections or workload.connections, workload.body, *([rate] if rate else [])], seconds))


def all_of(load: Load, scratch: Path, programs):
    return {"http1": Http1(load), "h2load": Http2(load, scratch), "websocket": WebSocket(load, programs.websocket),
            **({"ghz": Grpc(load, scratch, programs.ghz)} if programs.ghz else {})}


def _h2load_figures(out):
    took = re.search(r"finished in ([\d.]+)(us|ms|s|m)\b", out)
    counts = re.search(r"requests: .*?(\d+) done, .*?(\d+) errored, (\d+) timeout", out)
    statuses = re.search(r"status codes: (\d+) 2xx, (\d+) 3xx, (\d+) 4xx, (\d+) 5xx", out)
    if not took or not counts or not statuses:
        raise LoadFailed(f"h2load said nothing of use:\n{out}")
    good, *others = map(int, statuses.groups())
    return {"requests": good + sum(others), "seconds": float(took.group(1)) * UNITS[took.group(2)],
            "failed": int(counts.group(2)) + int(counts.group(3)), "not_2xx": sum(others)}


def _paced_figures(calls, rate, seconds, failed, not_2xx):
    """Of starts and latencies. The first request was due when it was sent, and one more each 1 / rate after it."""
    calls = sorted(calls)
    latencies, late = [], []
    for i, (start, took) in enumerate(calls):
        due = min(start, calls[0][0] + i / rate)
        late.append(start - due)
        latencies.append(start + took - due)
    latencies.sort()
    late.sort()
    return {"rate": rate, "seconds": seconds, "due": rate * seconds, "done": len(calls), "failed": failed,
            "not_2xx": not_2xx, "p50_us": _quantile(latencies, 0.5), "p99_us": _quantile(latencies, 0.99),
            "p999_us": _quantile(latencies, 0.999), "max_us": _quantile(latencies, 1.0),
            "generator_p99_us": _quantile(late, 0.99)}


def _quantile(ordered_seconds, q):
    if not ordered_seconds:
        return 0.0
    return round(ordered_seconds[min(len(ordered_seconds) - 1, int(q * len(ordered_seconds)))] * 1e6, 1)


def _epoch(text):
    """Seconds of a time like 2026-01-31T12:00:00.123456789Z, or with an offset instead of the Z."""
    whole, fraction, zone = re.fullmatch(r"(.{19})(?:(\.\d+))?(Z|[+-]\d\d:\d\d)", text).groups()
    offset = 0 if zone == "Z" else int(zone[0] + "1") * (int(zone[1:3]) * 3600 + int(zone[4:]) * 60)
    return calendar.timegm(time.strptime(whole, "%Y-%m-%dT%H:%M:%S")) + float(fraction or 0) - offset
