"""The backend and the proxies under test: their configuration, start and stop."""

import json
import os
import subprocess
from pathlib import Path

import manifests
from procs import Process, StartFailed, free_port
from settings import AUDIT_HEADER, BACKEND_NAME, CIPHER, LARGE, MEDIUM, SMALL, TLS12_CIPHERS, WORKLOADS

WRONG_NAME_PATH = "/wrong"  # leads to a backend with a certificate for another name: every proxy must refuse it
POSTERN_BUILD_SECONDS = 1200
POSTERN_READY_SECONDS = 60


class Backend:
    """One nginx worker. Its TLS accepts one suite and one group, so that every proxy pays for the same work."""

    def __init__(self, folder: Path, certificates, core):
        self.folder = _nginx_folder(folder)
        self.audit_log = folder / "audit.log"
        self.ports = {name: free_port() for name in ("plain", "tls", "close", "stranger")}
        for path, size in (("16k", MEDIUM), ("1m", LARGE)):
            (folder / path).write_bytes(b"x" * size)
        audit_format = json.dumps({
            "path": "$uri", "protocol": "$ssl_protocol", "cipher": "$ssl_cipher", 
            "resumed": "$ssl_session_reused", "sni": "$ssl_server_name", "connection": "$connection",
            "request": "$connection_requests"})
        tls = f"""
            ssl_protocols TLSv1.2 TLSv1.3;
            ssl_ciphers {TLS12_CIPHERS};
            ssl_conf_command Ciphersuites {CIPHER};
            ssl_ecdh_curve X25519;
            ssl_session_cache shared:s:10m;
            ssl_session_tickets on;"""
        own, other = certificates.backend, certificates.stranger
        config = _nginx_config(folder, connections=8192, http=f"""
        log_format audit escape=none '{audit_format}';
        map $http_{AUDIT_HEADER.lower().replace("-", "_")} $audited {{ default 1; "" 0; }}
        access_log {self.audit_log} audit if=$audited;
        default_type text/plain;
        open_file_cache max=16 inactive=1d;
        server {{
            listen 127.0.0.1:{self.ports["plain"]} backlog=4096;
            {_small_answer()}
            location /seen {{ return 200 "$http_x_generation"; }}
        }}
        server {{
            listen 127.0.0.1:{self.ports["tls"]} ssl backlog=4096;
            ssl_certificate {own.cert};
            ssl_certificate_key {own.key};
            {tls}
            {_small_answer()}
            location /seen {{ return 200 "$http_x_generation"; }}
            location = /16k {{ root {folder}; }}
            location = /1m {{ root {folder}; }}
        }}
        server {{
            listen 127.0.0.1:{self.ports["close"]} ssl backlog=4096;
            ssl_certificate {own.cert};
            ssl_certificate_key {own.key};
            {tls}
            keepalive_timeout 0;
            {_small_answer()}
        }}
        server {{
            listen 127.0.0.1:{self.ports["stranger"]} ssl backlog=4096;
            ssl_certificate {other.cert};
            ssl_certificate_key {other.key};
            {tls}
            {_small_answer()}
        }}""")
        self.process = _start_nginx("backend", folder, config, core)
        for port in self.ports.values():
            self.process.wait_for_port(port)

    def take_audit(self):
        """The requests audited since the last call."""
        lines = self.audit_log.read_text().splitlines()
        os.truncate(self.audit_log, 0)
        return [json.loads(line) for line in lines]

    def stop(self):
        self.process.stop()


class Server:
    """A proxy under test. Has a port and a process."""

    name: str
    port: int
    process: Process

    @classmethod
    def starting(cls, folder: Path, backend: Backend, certificates, core):
        """Starts it for the workloads, without waiting until it answers."""
        raise NotImplementedError

    @classmethod
    def ready(cls, folder: Path, backend: Backend, certificates, core):
        server = cls.starting(folder, backend, certificates, core)
        try:
            server.wait_until_ready()
        except StartFailed:
            server.stop()
            raise
        return server

    def __init__(self, port, process):
        self.port, self.process = port, process

    def wait_until_ready(self):
        self.process.wait_for_port(self.port)

    def stop(self):
        self.process.stop()


class Nginx(Server):
    name = "nginx"

    @staticmethod
    def version():
        return _first_line("nginx", "-v")

    @classmethod
    def starting(cls, folder: Path, backend: Backend, certificates, core):
        port = free_port()
        upstreams = "\n".join(f"""
        upstream {name} {{
            server 127.0.0.1:{backend_port};
            keepalive 256;
            keepalive_requests 1000000000;
            keepalive_time 1d;
            keepalive_timeout 1h;
        }}""" for name, backend_port in backend.ports.items())
        locations = "\n".join(
            f"            location {path} {{ proxy_pass {'http' if name == 'plain' else 'https'}://{name}; }}"
            for path, name in _destinations())
        config = _nginx_config(_nginx_folder(folder), connections=4096, http=f"""
        access_log off;
        {upstreams}
        server {{
            listen 127.0.0.1:{port} backlog=4096;
            proxy_http_version 1.1;
            proxy_set_header Connection "";
            proxy_set_header Host $http_host;
            # A response never goes to a file, and a large one finds room. With its defaults nginx spends half as
            # much again on 16 KiB; nothing tried was cheaper than this.
            proxy_max_temp_file_size 0;
            proxy_buffer_size 16k;
            proxy_buffers 16 32k;
            proxy_busy_buffers_size 256k;
            proxy_ssl_protocols TLSv1.2 TLSv1.3;
            proxy_ssl_server_name on;
            proxy_ssl_name {BACKEND_NAME};
            proxy_ssl_verify on;
            proxy_ssl_verify_depth 2;
            proxy_ssl_trusted_certificate {certificates.ca};
            proxy_ssl_session_reuse on;
{locations}
        }}""")
        return cls(port, _start_nginx(cls.name, folder, config, core))


class Haproxy(Server):
    name = "haproxy"

    @staticmethod
    def version():
        return _first_line("haproxy", "-v")

    @classmethod
    def starting(cls, folder: Path, backend: Backend, certificates, core):
        folder.mkdir(parents=True)
        port = free_port()
        verified = (f"ssl verify required ca-file {certificates.ca} verifyhost {BACKEND_NAME} "
                    f"sni str({BACKEND_NAME})")
        rules = "\n".join(f"    use_backend {name} if {{ path_beg {path} }}" for path, name in _destinations())
        backends = "\n".join(
            f"backend {name}\n    server one 127.0.0.1:{backend_port} {'' if name == 'plain' else verified}"
            for name, backend_port in backend.ports.items())
        config = folder / "haproxy.cfg"
        config.write_text(f"""\
global
    nbthread 1
    maxconn 8192
    # Worth about a sixth of the CPU time of a large response, and nothing on small ones.
    tune.bufsize 65536
defaults
    mode http
    timeout connect 5s
    timeout client 1h
    timeout server 1h
    timeout http-keep-alive 1h
    option http-keep-alive
    http-reuse always
frontend in
    bind 127.0.0.1:{port} backlog 4096
{rules}
{backends}
""")
        return cls(port, Process(cls.name, ["haproxy", "-db", "-f", config], folder / "output.log", core))


class Postern(Server):
    """Postern on one event loop, serving a folder of manifests through the repository's launcher."""

    name = "postern"

    @staticmethod
    def launcher() -> Path:
        return Path(__file__).resolve().parents[2] / "postern"

    @classmethod
    def version(cls):
        return _first_line(cls.launcher(), "--version", seconds=POSTERN_BUILD_SECONDS)

    @classmethod
    def build(cls, log: Path):
        """The launcher builds on its first call. Fails with StartFailed where there is nothing to build."""
        if not os.access(cls.launcher(), os.X_OK):
            raise StartFailed("there is no ./postern in this repository")
        process = Process("./postern --help", [cls.launcher(), "--help"], log)
        try:
            process.popen.wait(POSTERN_BUILD_SECONDS)
        except subprocess.TimeoutExpired as slow:
            raise StartFailed(f"not built within {POSTERN_BUILD_SECONDS} s\n{process.tail()}") from slow
        finally:
            process.stop()
        if process.popen.returncode != 0:
            raise StartFailed(f"{process.name} ended with code {process.popen.returncode}\n{process.tail()}")

    @classmethod
    def starting(cls, folder: Path, backend: Backend, certificates, core):
        config = folder / "manifests"
        config.mkdir(parents=True)
        port = free_port()
        (config / "gateway.yaml").write_text(
            manifests.documents(manifests.gateway(port), manifests.trust(certificates.ca)))
        for name, backend_port in backend.ports.items():
            policy = [] if name == "plain" else [manifests.tls_policy(name)]
            (config / f"backend-{name}.yaml").write_text(
                manifests.documents(manifests.service(name, backend_port), *policy))
        for path, name in _destinations():
            (config / f"route{path.replace('/', '-')}.yaml").write_text(
                manifests.route(path.strip("/"), path, name))
        return cls.serving(folder, config, port, core)

    @classmethod
    def serving(cls, folder: Path, config: Path, port, core=None):
        """Starts it on a folder of manifests whose Gateway listens on the port."""
        folder.mkdir(parents=True, exist_ok=True)
        return cls(port, Process(cls.name, [
            cls.launcher(), "run", config, "--workers", 1, "--access-log", "off",
            "--admin", f"127.0.0.1:{free_port()}"], folder / "output.log", core))

    def wait_until_ready(self, seconds=POSTERN_READY_SECONDS):
        """Seconds from the start to the line that says ready."""
        return self.process.wait_for(self._said_ready, "a line that starts with 'ready'", seconds)

    def _said_ready(self):
        return any(line.startswith("ready") for line in self.process.log.read_text(errors="replace").splitlines())


SERVERS = {server.name: server for server in (Postern, Nginx, Haproxy)}


def _destinations():
    """Path and backend of every location that a proxy must know."""
    return [(w.path, w.backend) for w in WORKLOADS.values()] + [(WRONG_NAME_PATH, "stranger")]


def _small_answer():
    return f'location / {{ return 200 "{"x" * SMALL}"; }}'


def _nginx_folder(folder: Path) -> Path:
    folder.mkdir(parents=True)
    return folder


def _nginx_config(folder: Path, connections, http) -> Path:
    user = "user root root;" if os.geteuid() == 0 else ""
    temporary = "\n        ".join(
        f"{kind}_temp_path {folder}/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
    config = folder / "nginx.conf"
    config.write_text(f"""\
daemon off;
worker_processes 1;
pid {folder}/nginx.pid;
error_log stderr error;
{user}
worker_rlimit_nofile 16384;
events {{ worker_connections {connections}; }}
http {{
        {temporary}
        sendfile on;
        tcp_nodelay on;
        keepalive_requests 1000000000;
        keepalive_time 1d;
        keepalive_timeout 1h;
        {http}
}}
""")
    return config


def _start_nginx(name, folder: Path, config: Path, core):
    return Process(name, ["nginx", "-e", "stderr", "-p", folder, "-c", config], folder / "output.log", core)


def _first_line(*command, seconds=30):
    done = subprocess.run([str(part) for part in command], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, timeout=seconds)
    return (done.stdout.strip().splitlines() or ["unknown"])[0]
