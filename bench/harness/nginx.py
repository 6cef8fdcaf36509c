"""Starting nginx in the foreground with one worker, as a proxy and as a backend."""

import os
from pathlib import Path

from procs import Process


def start(name, folder: Path, connections, http, core) -> Process:
    """With the contents of its http block. The folder is made if need be."""
    folder.mkdir(parents=True, exist_ok=True)
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
    return Process(name, ["nginx", "-e", "stderr", "-p", folder, "-c", config], folder / "output.log", core)
