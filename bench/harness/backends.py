"""The backends that every proxy has in common, one process per protocol, and what they saw."""

import http.client
import json
import os
from dataclasses import dataclass
from pathlib import Path

import nginx
from procs import CpuTime, Process, cpu_time, free_port
from settings import AUDIT_HEADER, CIPHER, LARGE, MEDIUM, SMALL, STREAMED, TLS12_CIPHERS

SLOW = "/slow"  # below the path of an HTTP/2 workload: an answer that takes two seconds
SLOW_BYTES, SLOW_RATE = 3072, 1024


@dataclass(frozen=True)
class Seen:
    """What a backend saw of one workload since it was last asked."""

    requests: int
    connections: int
    protocols: tuple = ()  # of HTTP
    ciphers: tuple = ()
    resumed: float = 0.0
    at_once: int = 0  # the most requests under way together on one connection; 0 where that cannot be seen


class Web:
    """One nginx worker. Its TLS accepts one suite and one group, so that every proxy pays for the same work."""

    def __init__(self, folder: Path, certificates, core, ports):
        folder.mkdir(parents=True)
        self.audit_log = folder / "audit.log"
        for path, size in (("16k", MEDIUM), ("1m", LARGE), ("slow", SLOW_BYTES)):
            (folder / path).write_bytes(b"x" * size)
        audit_format = json.dumps({
            "path": "$uri", "http": "$server_protocol", "protocol": "$ssl_protocol", "cipher": "$ssl_cipher",
            "resumed": "$ssl_session_reused", "connection": "$connection", "ended": "$msec", "took": "$request_time"})
        tls = f"""
            ssl_protocols TLSv1.2 TLSv1.3;
            ssl_ciphers {TLS12_CIPHERS};
            ssl_conf_command Ciphersuites {CIPHER};
            ssl_ecdh_curve X25519;
            ssl_session_cache shared:s:10m;
            ssl_session_tickets on;"""
        small_answer = f'location / {{ return 200 "{"x" * SMALL}"; }}'
        files = f"""
            location = /16k {{ root {folder}; }}
            location = /1m {{ root {folder}; }}"""
        seen = 'location /seen { return 200 "$http_x_generation"; }'
        # nginx answers so quickly that nothing shows how many streams were open together. This takes seconds.
        slow = f"location ~ {SLOW}$ {{ alias {folder}/slow; limit_rate {SLOW_RATE}; }}"

        def server(name, how, certificate, *locations):
            keys = f"ssl_certificate {certificate.cert}; ssl_certificate_key {certificate.key};" if certificate else ""
            return f"""
        server {{
            listen 127.0.0.1:{ports[name]} {how} backlog=4096;
            {keys} {tls if certificate else ""}
            {small_answer}
            {" ".join(locations)}
        }}"""

        own, other = certificates.backend, certificates.stranger
        servers = {
            "plain": ("", None, seen),
            "tls": ("ssl", own, seen, files),
            "close": ("ssl", own, "keepalive_timeout 0;"),
            "stranger": ("ssl", other),
            "h2c": ("http2", None, slow),
            "h2": ("ssl http2", own, slow),
            "h2-stranger": ("ssl http2", other),
        }
        self.process = nginx.start("backend", folder, 8192, f"""
        log_format audit escape=none '{audit_format}';
        map $http_{AUDIT_HEADER.lower().replace("-", "_")} $audited {{ default 1; "" 0; }}
        access_log {self.audit_log} audit if=$audited;
        default_type text/plain;
        open_file_cache max=16 inactive=1d;
        {"".join(server(name, *how) for name, how in servers.items() if name in ports)}""", core)
        for name in servers.keys() & ports.keys():
            self.process.wait_for_port(ports[name])

    def take(self, path) -> Seen:
        lines = [json.loads(line) for line in self.audit_log.read_text().splitlines()]
        os.truncate(self.audit_log, 0)
        lines = [line for line in lines if line["path"] == path]
        by_connection = {}
        for line in lines:
            by_connection.setdefault(line["connection"], []).append(
                (float(line["ended"]) - float(line["took"]), float(line["ended"])))
        return Seen(
            len(lines), len(by_connection), tuple(sorted({line["http"] for line in lines})),
            tuple(sorted({f"{line['protocol']} {line['cipher']}" for line in lines if line["cipher"]})),
            sum(line["resumed"] == "r" for line in lines) / max(1, len(lines)),
            max(map(_at_once, by_connection.values()), default=0))


class Grpc:
    """A server of grpc-go, which does not answer anything that is not gRPC."""

    def __init__(self, folder: Path, program: Path, core, port):
        folder.mkdir(parents=True)
        self.audit_port = free_port()
        self.process = Process("gRPC backend", [
            program, "-port", port, "-audit", self.audit_port, "-bytes", SMALL, "-messages", STREAMED],
            folder / "output.log", core)
        for listening in (port, self.audit_port):
            self.process.wait_for_port(listening)

    def take(self, path) -> Seen:
        seen = _ask(self.audit_port).get(path)
        return Seen(0, 0) if seen is None else Seen(seen["requests"], seen["connections"], ("gRPC",), at_once=seen["at_once"])


class Echo:
    """websocket.c."""

    def __init__(self, folder: Path, program: Path, core, port):
        folder.mkdir(parents=True)
        self.port = port
        self.process = Process("WebSocket echo", [program, "echo", port], folder / "output.log", core)
        self.process.wait_for_port(port)

    def take(self, _path) -> Seen:
        seen = _ask(self.port)
        return Seen(seen["requests"], seen["connections"], ("WebSocket",))


class Application:
    """fastcgi.c."""

    def __init__(self, folder: Path, program: Path, core, port):
        folder.mkdir(parents=True)
        self.audit_port = free_port()
        self.process = Process("FastCGI application", [program, port, self.audit_port, SMALL], folder / "output.log",
                               core)
        for listening in (port, self.audit_port):
            self.process.wait_for_port(listening)

    def take(self, _path) -> Seen:
        seen = _ask(self.audit_port)
        return Seen(seen["requests"], seen["connections"], ("FastCGI",))


class Backend:
    """All of those that some workloads need."""

    def __init__(self, folder: Path, certificates, core, workloads, programs):
        names = {"plain", "tls", "close", "stranger"} | {w.backend for w in workloads}
        if "h2" in names:
            names.add("h2-stranger")
        self.workloads = workloads
        self.ports = {name: free_port() for name in sorted(names)}
        self.parts = {}
        try:
            self.parts["web"] = Web(folder / "web", certificates, core, self.ports)
            if "grpc" in names:
                self.parts["grpc"] = Grpc(folder / "grpc", programs.grpc, core, self.ports["grpc"])
            if "websocket" in names:
                self.parts["websocket"] = Echo(folder / "websocket", programs.websocket, core, self.ports["websocket"])
            if "fastcgi" in names:
                self.parts["fastcgi"] = Application(folder / "fastcgi", programs.fastcgi, core, self.ports["fastcgi"])
        except Exception:
            self.stop()
            raise

    def take_audit(self, workload, path) -> Seen:
        return self.parts.get(workload.backend, self.parts["web"]).take(path)

    def cpu_time(self) -> CpuTime:
        times = [cpu_time(part.process) for part in self.parts.values()]
        return CpuTime(sum(t.user for t in times), sum(t.system for t in times))

    def stop(self):
        for part in self.parts.values():
            part.process.stop()


def _at_once(intervals):
    """The most of these (start, end) that overlap. To the millisecond: what only touches does not."""
    steps = sorted([(start, 1) for start, _ in intervals] + [(end, -1) for _, end in intervals])
    most = now = 0
    for _, step in steps:
        now += step
        most = max(most, now)
    return most


def _ask(port):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request("GET", "/audit")
        return json.loads(connection.getresponse().read())
    finally:
        connection.close()
