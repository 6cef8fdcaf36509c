"""What is measured, with what load, and against which targets. Plain data, no behaviour."""

from dataclasses import dataclass

BACKEND_NAME = "backend.bench.test"  # the name in the backend's certificate and the SNI every proxy sends
CIPHER = "TLS_AES_128_GCM_SHA256"  # the only TLS 1.3 suite the backend accepts
TLS12_CIPHERS = "ECDHE-ECDSA-AES128-GCM-SHA256"  # the only TLS 1.2 suite the backend accepts
AUDIT_HEADER = "X-Bench-Audit"  # a request that carries it is written to the backend's audit log

SMALL, MEDIUM, LARGE = 100, 16 * 1024, 1024 * 1024


@dataclass(frozen=True)
class Hop:
    protocol: str  # what the proxy must speak on it
    tls: bool

    @property
    def http2(self):
        return self.protocol in ("http2", "grpc")


# The backend's ports. A stranger has a certificate for another name, so every proxy must refuse it.
HOPS = {
    "plain": Hop("http1", False),
    "tls": Hop("http1", True),
    "close": Hop("http1", True),  # one request a connection
    "stranger": Hop("http1", True),
    "h2c": Hop("http2", False),
    "h2": Hop("http2", True),
    "h2-stranger": Hop("http2", True),
    "grpc": Hop("grpc", False),
    "websocket": Hop("websocket", False),
    "fastcgi": Hop("fastcgi", False),
}
STRANGERS = {"stranger": "/wrong", "h2-stranger": "/h2-wrong"}  # port -> the path that leads there


@dataclass(frozen=True)
class Workload:
    id: str
    title: str
    path: str  # of the request, and what the proxies route by; for gRPC a prefix of the methods
    backend: str  # which of the backend's ports
    body: int  # bytes of the response body, or of one message
    connections: int
    at_most: dict  # peer -> the highest CPU-per-request ratio that passes
    load: str = "http1"  # which generator; see generators.py
    streams: int = 1  # requests under way at once on each client connection
    peers: tuple = ("postern", "nginx", "haproxy")
    method: str = ""  # of a gRPC service
    messages: int = 1  # of one gRPC answer
    unit: str = "request"

    @property
    def tls(self):
        return HOPS[self.backend].tls

    @property
    def http2(self):
        return HOPS[self.backend].http2

    @property
    def request(self):
        """The path of its requests."""
        return self.path + self.method

    @property
    def concurrency(self):
        return self.connections * self.streams


HTTP2_PEERS = ("postern", "nginx", "haproxy", "nghttpx")
GRPC_PREFIX = "/bench.Bench/"
GRPC_HOST = "grpc.bench.test"  # a listener has no place for an HTTPRoute and a GRPCRoute of one host name
STREAMED = 100

HTTP1_WORKLOADS = (
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
# The backend speaks something else than HTTP/1.1. At 0.60 of nginx: it opens a connection for each stream.
PROTOCOL_WORKLOADS = (
    Workload("W4", "HTTP/2, 100 B, plaintext backend", "/h2-plain", "h2c", SMALL, 10,
             {"nginx": 0.60, "haproxy": 0.80}, load="h2load", streams=10, peers=HTTP2_PEERS),
    Workload("W4T", "HTTP/2, 100 B, TLS backend", "/h2-tls", "h2", SMALL, 10,
             {"nginx": 0.60, "haproxy": 0.80}, load="h2load", streams=10, peers=HTTP2_PEERS),
    Workload("G1", "gRPC, unary, 100 B", GRPC_PREFIX, "grpc", SMALL, 10,
             {"nginx": 0.60, "haproxy": 0.80}, load="ghz", streams=10, peers=HTTP2_PEERS, method="Unary", unit="call"),
    Workload("G2", f"gRPC, {STREAMED} × 100 B from the server", GRPC_PREFIX, "grpc", SMALL, 10,
             {"nginx": 0.60, "haproxy": 0.80}, load="ghz", streams=10, peers=HTTP2_PEERS, method="Stream",
             messages=STREAMED, unit="call"),
    Workload("S1", "WebSocket, 100 B there and back", "/ws", "websocket", SMALL, 64,
             {"nginx": 1.00}, load="websocket", unit="message"),
    Workload("F1", "FastCGI, 100 B, a connection per request", "/fcgi", "fastcgi", SMALL, 64,
             {"nginx": 1.00}, peers=("postern", "nginx")),
)
WORKLOADS = {w.id: w for w in HTTP1_WORKLOADS + PROTOCOL_WORKLOADS}
USUAL = tuple(w.id for w in HTTP1_WORKLOADS)  # what is compared when nothing else is said

SUBJECT = "postern"
REFERENCES = ("nginx", "haproxy", "nghttpx")
PEERS = (SUBJECT,) + REFERENCES
PEER_NAMES = {"postern": "Postern", "nginx": "nginx", "haproxy": "HAProxy", "nghttpx": "nghttpx"}

GHZ = "github.com/bojand/ghz/cmd/ghz@v0.121.0"

# Above this many cores of work by strangers (on the two cores of the measurement) a run counts as disturbed.
CLEAN_BELOW_CORES = 0.25

MEMORY_AT_MOST_MB = 160
START_AT_MOST_S = 0.7
SCALE_ROUTES = 10_000
SCALE_CPU_AT_MOST = 1.1
SCALE_LOAD_AT_MOST_S = 5.0
SCALE_CHANGE_P99_AT_MOST_MS = 200
