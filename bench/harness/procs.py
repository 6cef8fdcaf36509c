"""Processes pinned to a core, and what the kernel says about them: CPU time, memory, foreign load."""

import os
import random
import signal
import socket
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

TICK = os.sysconf("SC_CLK_TCK")
ALL_CORES = sorted(os.sched_getaffinity(0))  # before the harness pins itself


class StartFailed(Exception):
    pass


def free_port() -> int:
    """A port below the range that outgoing connections use, so that the load itself cannot take it."""
    lowest_ephemeral = int(Path("/proc/sys/net/ipv4/ip_local_port_range").read_text().split()[0])
    top = min(lowest_ephemeral, 32768)
    for _ in range(200):
        port = random.randrange(min(20000, top - 2000), top)
        with socket.socket() as s:
            try:
                s.bind(("127.0.0.1", port))
                return port
            except OSError:
                continue
    raise StartFailed("no free port found")


class Process:
    """A program in a session of its own, so that stopping it reaches its workers and nobody else.

    Without a core it may run on all of them."""

    def __init__(self, name, command, log: Path, core=None):
        self.name, self.log = name, log
        self.started = time.monotonic()
        with open(log, "ab") as out:
            self.popen = subprocess.Popen(pinned(core, command), stdin=subprocess.DEVNULL, stdout=out,
                                          stderr=subprocess.STDOUT, start_new_session=True)

    @property
    def pid(self):
        return self.popen.pid

    def alive(self):
        return self.popen.poll() is None

    def pids(self):
        """This process and everything below it."""
        found, queue = [], [self.pid]
        while queue:
            pid = queue.pop()
            found.append(pid)
            try:
                for task in os.listdir(f"/proc/{pid}/task"):
                    queue += map(int, Path(f"/proc/{pid}/task/{task}/children").read_text().split())
            except (FileNotFoundError, ProcessLookupError):
                continue
        return found

    def wait_for(self, condition, what, seconds):
        """Polls until the condition holds; fails when the process dies first or time is up."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if not self.alive():
                raise StartFailed(f"{self.name} ended with code {self.popen.returncode} before {what}\n{self.tail()}")
            if condition():
                return time.monotonic() - self.started
            time.sleep(0.002)
        raise StartFailed(f"{self.name}: no {what} within {seconds} s\n{self.tail()}")

    def wait_for_port(self, port, seconds=10):
        return self.wait_for(lambda: accepts(port), f"listening on port {port}", seconds)

    def tail(self, lines=15):
        text = self.log.read_text(errors="replace") if self.log.exists() else ""
        return "\n".join("    | " + line for line in text.splitlines()[-lines:])

    def stop(self, seconds=8):
        if self.alive():
            self._signal(signal.SIGTERM)
            try:
                self.popen.wait(seconds)
            except subprocess.TimeoutExpired:
                pass
        self._signal(signal.SIGKILL)  # whatever of this session is still there
        self.popen.wait(seconds)

    def _signal(self, number):
        try:
            os.killpg(self.pid, number)
        except ProcessLookupError:
            pass


def pinned(core, command):
    """The command, held to one core, or to none where core is None."""
    cores = ",".join(map(str, ALL_CORES if core is None else [core]))
    return ["taskset", "-c", cores, *map(str, command)]


def accepts(port):
    with socket.socket() as s:
        s.settimeout(1)
        return s.connect_ex(("127.0.0.1", port)) == 0


@dataclass(frozen=True)
class CpuTime:
    """Seconds of CPU, as utime and stime of /proc/PID/stat."""

    user: float
    system: float

    @property
    def total(self):
        return self.user + self.system

    def __sub__(self, earlier):
        return CpuTime(self.user - earlier.user, self.system - earlier.system)


def cpu_time(process: Process) -> CpuTime:
    """Of a process and all its workers, those that have ended included."""
    user = system = 0
    for pid in process.pids():
        try:
            # The command name may hold spaces; the fields start after its closing parenthesis.
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        except (FileNotFoundError, ProcessLookupError):
            continue
        user += int(fields[11]) + int(fields[13])
        system += int(fields[12]) + int(fields[14])
    return CpuTime(user / TICK, system / TICK)


def memory_mb(process: Process):
    """Resident and proportional set size in MB (10^6 bytes) over the process and its workers."""
    rss = pss = 0
    for pid in process.pids():
        try:
            lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
        except (FileNotFoundError, ProcessLookupError):
            continue
        sizes = {line.split(":")[0]: int(line.split()[1]) for line in lines[1:]}
        rss += sizes["Rss"]
        pss += sizes["Pss"]
    return {"rss_mb": round(rss * 1024 / 1e6, 1), "pss_mb": round(pss * 1024 / 1e6, 1)}


def maps(process: Process, suffix):
    """Whether a file whose name ends so is mapped into the process or a worker."""
    for pid in process.pids():
        try:
            if any(line.endswith(suffix) for line in Path(f"/proc/{pid}/maps").read_text().splitlines()):
                return True
        except (FileNotFoundError, ProcessLookupError):
            continue
    return False


@dataclass(frozen=True)
class CoreTime:
    """What a set of cores did, in seconds."""

    busy: float
    steal: float

    @staticmethod
    def read(cores):
        wanted = {f"cpu{core}" for core in cores}
        busy = steal = 0
        for line in Path("/proc/stat").read_text().splitlines():
            name, *fields = line.split()
            if name in wanted:
                user, nice, system, _idle, _iowait, irq, softirq, stolen = map(int, fields[:8])
                busy += user + nice + system + irq + softirq
                steal += stolen
        return CoreTime(busy / TICK, steal / TICK)

    def __sub__(self, earlier):
        return CoreTime(self.busy - earlier.busy, self.steal - earlier.steal)
