"""Load generators, pinned to one core: wrk for the closed loop, paced (ours) for a fixed rate."""

import http.client
import json
import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

from procs import Process, pinned
from settings import AUDIT_HEADER

HERE = Path(__file__).resolve().parent


class LoadFailed(Exception):
    pass


@dataclass(frozen=True)
class Target:
    path: str
    host: str = "127.0.0.1"


class Load:
    def __init__(self, paced: Path, core):
        self.paced_program, self.core = paced, core

    def closed_loop(self, port, targets, connections, seconds, audit=False):
        """As many requests as the proxy answers; whole seconds only (wrk). Targets are taken in turn."""
        headers = ["-H", f"{AUDIT_HEADER}: 1"] if audit else []
        out = self.run(["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--timeout", "10s", *headers,
                         "-s", HERE / "wrk.lua", f"http://127.0.0.1:{port}/", "--",
                         *(part for target in targets for part in (target.host, target.path))], seconds)
        for line in out.splitlines():
            if line.startswith("JSON "):
                return json.loads(line[5:])
        raise LoadFailed(f"wrk said nothing of use:\n{out}")

    def fixed_rate(self, port, target, connections, rate, seconds):
        """So many requests a second whatever happens, latencies counted from when each was due (paced)."""
        return json.loads(self.run(self._paced(port, target, connections, rate, seconds), seconds))

    def fixed_rate_beside(self, port, target, connections, rate, seconds, log: Path):
        """The same in the background. Give the process to result() for its figures."""
        return Process("paced", self._paced(port, target, connections, rate, seconds), log, self.core)

    @staticmethod
    def result(process: Process, seconds):
        process.popen.wait(seconds)
        return json.loads(process.log.read_text())

    def _paced(self, port, target, connections, rate, seconds):
        return [self.paced_program, "127.0.0.1", port, target.path, rate, seconds, connections, target.host]

    def run(self, command, seconds, **environment):
        """What the command prints, on the load's core. With 30 seconds more than it should take."""
        done = subprocess.run(pinned(self.core, command), capture_output=True, text=True, timeout=seconds + 30,
                              env={**os.environ, **environment})
        if done.returncode != 0:
            raise LoadFailed(f"{Path(command[0]).name} ended with code {done.returncode}: {done.stdout}{done.stderr}")
        return done.stdout


def get(port, target, timeout=10):
    """One request by Python's own client: status and body."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=timeout)
    try:
        connection.request("GET", target.path, headers={"Host": target.host})
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()
