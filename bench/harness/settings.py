"""What is measured, with what load, and against which targets. Plain data, no behaviour."""

from dataclasses import dataclass

BACKEND_NAME = "backend.bench.test"  # the name in the backend's certificate and the SNI every proxy sends
CIPHER = "TLS_AES_128_GCM_SHA256"  # the only TLS 1.3 suite the backend accepts
TLS12_CIPHERS = "ECDHE-ECDSA-AES128-GCM-SHA256"  # the only TLS 1.2 suite the backend accepts
AUDIT_HEADER = "X-Bench-Audit"  # a request that carries it is written to the backend's audit log

SMALL, MEDIUM, LARGE = 100, 16 * 1024, 1024 * 1024


@dataclass(frozen=True)
class Workload:
    id: str
    title: str
    path: str
    backend: str  # which of the backend's ports: plain, tls, or close (TLS, one request a connection)
    body: int  # bytes of the response body
    connections: int
    at_most: dict  # peer -> the highest CPU-per-request ratio that passes

    @property
    def tls(self):
        return self.backend != "plain"


WORKLOADS = {
    w.id: w
    for w in (
        Workload("W1", "100 B, plaintext backend", "/plain", "plain", SMALL, 64,
                 {"nginx": 1.00, "haproxy": 1.00}),
        Workload("W2", "100 B, TLS backend", "/tls", "tls", SMALL, 64,
                 {"nginx": 0.85, "haproxy": 0.80}),
        Workload("W3", "100 B, new TLS connection per request", "/close", "close", SMALL, 64,
                 {"nginx": 0.95, "haproxy": 0.70}),
        Workload("W5", "16 KiB, TLS backend", "/16k", "tls", MEDIUM, 64,
                 {"nginx": 0.95, "haproxy": 0.90}),
        Workload("W6", "1 MiB, TLS backend", "/1m", "tls", LARGE, 16,
                 {"nginx": 0.95, "haproxy": 0.85}),
    )
}

SUBJECT = "postern"
REFERENCES = ("nginx", "haproxy")
PEERS = (SUBJECT,) + REFERENCES
PEER_NAMES = {"postern": "Postern", "nginx": "nginx", "haproxy": "HAProxy"}

# Above this many cores of work by strangers (on the two cores of the measurement) a run counts as disturbed.
CLEAN_BELOW_CORES = 0.25

MEMORY_AT_MOST_MB = 160
START_AT_MOST_S = 0.7
SCALE_ROUTES = 10_000
SCALE_CPU_AT_MOST = 1.1
SCALE_LOAD_AT_MOST_S = 5.0
SCALE_CHANGE_P99_AT_MOST_MS = 200
