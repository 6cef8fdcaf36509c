"""The proxies under test: their configuration, start and stop."""

import os
import subprocess
from pathlib import Path

import manifests
import nginx
from backends import Backend
from procs import Process, StartFailed, free_port
from settings import BACKEND_NAME, GRPC_PREFIX, HOPS, STRANGERS

POSTERN_BUILD_SECONDS = 1200
POSTERN_READY_SECONDS = 60


class Server:
    """A proxy under test. Has a process and ports: one for HTTP/1.1, one for HTTP/2 without TLS."""

    name: str
    port: int
    http2_port: int
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

    def __init__(self, port, http2_port, process):
        self.port, self.http2_port, self.process = port, http2_port, process

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
        port, http2_port = free_port(), free_port()
        upstreams = "\n".join(f"""
        upstream {name} {{
            server 127.0.0.1:{backend_port};
            keepalive 256;
            keepalive_requests 1000000000;
            keepalive_time 1d;
            keepalive_timeout 1h;
        }}""" for name, backend_port in backend.ports.items())
        locations = "\n".join(f"            location {path} {{ {cls._passing(name)} }}"
                              for path, name in _destinations(backend))
        verified = "\n".join(f"""
            {module}_ssl_protocols TLSv1.2 TLSv1.3;
            {module}_ssl_server_name on;
            {module}_ssl_name {BACKEND_NAME};
            {module}_ssl_verify on;
            {module}_ssl_verify_depth 2;
            {module}_ssl_trusted_certificate {certificates.ca};
            {module}_ssl_session_reuse on;""" for module in ("proxy", "grpc"))
        process = nginx.start(cls.name, folder, 4096, f"""
        access_log off;
        {upstreams}
        server {{
            listen 127.0.0.1:{port} backlog=4096;
            {f"listen 127.0.0.1:{http2_port} http2 backlog=4096;" if _has_http2(backend) else ""}
            proxy_http_version 1.1;
            proxy_set_header Connection "";
            proxy_set_header Host $http_host;
            # A response never goes to a file, and a large one finds room. With its defaults nginx spends half as
            # much again on 16 KiB; nothing tried was cheaper than this.
            proxy_max_temp_file_size 0;
            proxy_buffer_size 16k;
            proxy_buffers 16 32k;
            proxy_busy_buffers_size 256k;
            {verified}
{locations}
        }}""", core)
        return cls(port, http2_port, process)

    @staticmethod
    def _passing(name):
        """Debian's nginx speaks HTTP/2 to a backend only as gRPC, which it does not mind if it is not."""
        hop = HOPS[name]
        if hop.http2:
            return f"grpc_pass {'grpcs' if hop.tls else 'grpc'}://{name};"
        if hop.protocol == "fastcgi":
            # One connection per request, which is also its default.
            return f"include /etc/nginx/fastcgi_params; fastcgi_pass {name};"
        passing = f"proxy_pass {'https' if hop.tls else 'http'}://{name};"
        if hop.protocol == "websocket":
            passing += (" proxy_set_header Host $http_host; proxy_set_header Upgrade $http_upgrade;"
                        " proxy_set_header Connection upgrade; proxy_read_timeout 1h;")
        return passing


class Haproxy(Server):
    name = "haproxy"

    @staticmethod
    def version():
        return _first_line("haproxy", "-v")

    @classmethod
    def starting(cls, folder: Path, backend: Backend, certificates, core):
        folder.mkdir(parents=True)
        port, http2_port = free_port(), free_port()
        verified = (f"ssl verify required ca-file {certificates.ca} verifyhost {BACKEND_NAME} "
                    f"sni str({BACKEND_NAME})")
        rules = "\n".join(f"    use_backend {name} if {{ path_beg {path} }}" for path, name in _destinations(backend))

        def how(hop):
            words = [verified] if hop.tls else []
            if hop.http2:
                words += ["alpn h2 proto h2" if hop.tls else "proto h2"]
            return " ".join(words)

        backends = "\n".join(f"backend {name}\n    server one 127.0.0.1:{backend_port} {how(HOPS[name])}"
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
    timeout tunnel 1h
    option http-keep-alive
    http-reuse always
frontend in
    bind 127.0.0.1:{port} backlog 4096
    {f"bind 127.0.0.1:{http2_port} proto h2 backlog 4096" if _has_http2(backend) else ""}
{rules}
{backends}
""")
        return cls(port, http2_port, Process(cls.name, ["haproxy", "-db", "-f", config], folder / "output.log", core))


class Nghttpx(Server):
    """Only measured where HTTP/2 is spoken to the backend, but it serves all paths like the others."""

    name = "nghttpx"

    @staticmethod
    def version():
        return _first_line("nghttpx", "--version")

    @classmethod
    def starting(cls, folder: Path, backend: Backend, certificates, core):
        folder.mkdir(parents=True)
        port = free_port()

        def line(patterns, name):
            hop = HOPS[name]
            words = ["proto=h2"] if hop.http2 else []
            words += ["tls", f"sni={BACKEND_NAME}"] if hop.tls else []
            return "backend=" + ";".join([f"127.0.0.1,{backend.ports[name]}", patterns, *words])

        # A path for itself and, with a slash, for what is below it.
        lines = [line(f"{path.rstrip('/')}:{path.rstrip('/')}/", name) for path, name in _destinations(backend)]
        config = folder / "nghttpx.conf"
        config.write_text("\n".join([
            f"frontend=127.0.0.1,{port};no-tls", "backlog=4096", "workers=1", "single-process=yes",
            *lines, line("/", "plain"), f"cacert={certificates.ca}", "no-ocsp=yes",
            "no-via=yes", "no-server-rewrite=yes", "no-location-rewrite=yes", "no-add-x-forwarded-proto=yes",
            "frontend-keep-alive-timeout=1h", "backend-keep-alive-timeout=1h"]) + "\n")
        return cls(port, port, Process(cls.name, ["nghttpx", f"--conf={config}"], folder / "output.log", core))


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
            manifests.documents(manifests.gateway(port, "grpc" in backend.ports), manifests.trust(certificates.ca)))
        for name, backend_port in backend.ports.items():
            hop = HOPS[name]
            protocol = "kubernetes.io/h2c" if hop.http2 else "fcgi" if hop.protocol == "fastcgi" else None
            policy = [manifests.tls_policy(name)] if hop.tls else []
            (config / f"backend-{name}.yaml").write_text(
                manifests.documents(manifests.service(name, backend_port, protocol), *policy))
        for path, name in _destinations(backend):
            (config / f"route-{path.strip('/')}.yaml").write_text(
                manifests.grpc_route(name, path.strip("/"), name) if path == GRPC_PREFIX
                else manifests.route(path.strip("/"), path, name))
        return cls.serving(folder, config, port, core)

    @classmethod
    def serving(cls, folder: Path, config: Path, port, core=None):
        """Starts it on a folder of manifests whose Gateway listens on the port."""
        folder.mkdir(parents=True, exist_ok=True)
        return cls(port, port, Process(cls.name, [
            cls.launcher(), "run", config, "--workers", 1, "--access-log", "off",
            "--admin", f"127.0.0.1:{free_port()}"], folder / "output.log", core))

    def wait_until_ready(self, seconds=POSTERN_READY_SECONDS):
        """Seconds from the start to the line that says ready."""
        return self.process.wait_for(self._said_ready, "a line that starts with 'ready'", seconds)

    def _said_ready(self):
        return any(line.startswith("ready") for line in self.process.log.read_text(errors="replace").splitlines())


SERVERS = {server.name: server for server in (Postern, Nginx, Haproxy, Nghttpx)}


def _destinations(backend: Backend):
    """Path and backend of every location that a proxy must know, each once."""
    wanted = {w.path: w.backend for w in backend.workloads}
    return [*wanted.items(), *((path, name) for name, path in STRANGERS.items() if name in backend.ports)]


def _has_http2(backend: Backend):
    return any(w.http2 for w in backend.workloads)


def _first_line(*command, seconds=30):
    done = subprocess.run([str(part) for part in command], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, timeout=seconds)
    return (done.stdout.strip().splitlines() or ["unknown"])[0]
