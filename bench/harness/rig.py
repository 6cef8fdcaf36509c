"""What every measurement stands on: a scratch folder, certificates, the backend, the load, the raw record."""

import json
import os
import platform
import shutil
import subprocess
import tempfile
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import certs
import generators
import programs
from backends import Backend
from load import Load
from procs import ALL_CORES, StartFailed
from servers import SERVERS, Postern
from settings import HTTP1_WORKLOADS

REPOSITORY = Path(__file__).resolve().parents[2]


class Record:
    """raw.jsonl: one line per thing observed, written at once, so that a broken run leaves what it had."""

    def __init__(self, folder: Path):
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self.path = folder / "raw.jsonl"

    def add(self, kind, **fields):
        with open(self.path, "a") as out:
            out.write(json.dumps({"kind": kind, "at": round(time.time(), 3), **fields}, default=str) + "\n")


@dataclass(frozen=True)
class Rig:
    options: object
    scratch: Path
    certificates: certs.Certificates
    backend: Backend
    load: Load
    generators: dict  # what a workload calls its load -> the generator
    workloads: list  # those that can be run here
    record: Record


@contextmanager
def rig(options, record: Record, workloads=HTTP1_WORKLOADS):
    """Sets everything up, holds the harness itself to the load core, and leaves nothing behind."""
    scratch = Path(tempfile.mkdtemp(prefix="postern-bench-"))
    scratch.chmod(0o755)
    backend = None
    try:
        built = programs.build(scratch, workloads)
        os.sched_setaffinity(0, {options.load_core})
        certificates = certs.make(scratch / "certs")
        load = Load(built.paced, options.load_core)
        loads = generators.all_of(load, scratch, built)
        for workload in workloads:
            if workload.load not in loads:
                skip(record, workload.id, f"{workload.title}: {built.no_grpc}")
        workloads = [w for w in workloads if w.load in loads]
        backend = Backend(scratch / "backend", certificates, options.load_core, workloads, built)
        yield Rig(options, scratch, certificates, backend, load, loads, workloads, record)
    finally:
        if backend:
            backend.stop()
        os.sched_setaffinity(0, ALL_CORES)
        if options.keep:
            say(f"kept {scratch}")
        else:
            shutil.rmtree(scratch, ignore_errors=True)


def say(text=""):
    print(text, flush=True)


def shout(text):
    bar = "!" * 78
    say(f"{bar}\n!! {text}\n{bar}")


def describe(record: Record, options, command):
    """The surroundings, so that a figure can be read without asking where it came from."""
    model = next((line.split(":")[1].strip() for line in Path("/proc/cpuinfo").read_text().splitlines()
                  if line.startswith("model name")), platform.machine())
    record.add("env", command=command, cpu=model, cores=len(ALL_CORES), kernel=platform.release(),
               load_average=os.getloadavg()[0], commit=_commit(), options=vars(options))


def prepare_postern(record: Record) -> bool:
    """Builds Postern. Where that cannot be, says so loudly and records it."""
    try:
        say("building Postern through ./postern ...")
        Postern.build(record.folder / "build.log")
        return True
    except StartFailed as why:
        skip(record, Postern.name, why)
        return False


def skip(record: Record, peer, why):
    shout(f"{peer} is SKIPPED: {why}")
    record.add("skipped", peer=peer, why=str(why).splitlines()[0])


def describe_peer(record: Record, peer):
    record.add("peer", peer=peer, version=SERVERS[peer].version())


def _commit():
    done = subprocess.run(["git", "-C", REPOSITORY, "describe", "--always", "--dirty"],
                          capture_output=True, text=True)
    return done.stdout.strip() or "unknown"
