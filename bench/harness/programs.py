"""The harness's own programs and ghz, built from source. What cannot be built takes its workloads with it, loudly."""

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Optional

from settings import GHZ

HERE = Path(__file__).resolve().parent
GO_BUILD_SECONDS = 900  # the first time everything is downloaded and compiled


class BuildFailed(Exception):
    pass


@dataclass(frozen=True)
class Programs:
    paced: Path
    websocket: Path
    fastcgi: Path
    grpc: Optional[Path]  # the backend
    ghz: Optional[Path]
    no_grpc: str = ""  # why there is none


def build(folder: Path, workloads) -> Programs:
    paced, websocket, fastcgi = (_gcc(folder, stem) for stem in ("paced", "websocket", "fastcgi"))
    if not any(w.load == "ghz" for w in workloads):
        return Programs(paced, websocket, fastcgi, None, None)
    try:
        # The toolchain that is here, whatever go.mod would like to fetch.
        _run(["go", "build", "-o", folder / "grpc-backend", "."], GO_BUILD_SECONDS, cwd=HERE / "grpc")
        _run(["go", "install", GHZ], GO_BUILD_SECONDS, GOBIN=str(folder))
        return Programs(paced, websocket, fastcgi, folder / "grpc-backend", folder / "ghz")
    except BuildFailed as why:
        return Programs(paced, websocket, fastcgi, None, None, str(why))


def _gcc(folder: Path, stem):
    _run(["gcc", "-O2", "-o", folder / stem, HERE / f"{stem}.c"], 60)
    return folder / stem


def _run(command, seconds, cwd=None, **environment):
    try:
        done = subprocess.run([str(part) for part in command], cwd=cwd, capture_output=True, text=True, timeout=seconds,
                              env={**os.environ, "GOTOOLCHAIN": "local", **environment})
    except FileNotFoundError as missing:
        raise BuildFailed(f"there is no {command[0]} on this machine") from missing
    except subprocess.TimeoutExpired as slow:
        raise BuildFailed(f"{command[0]} {command[1]} took over {seconds} s") from slow
    if done.returncode != 0:
        last = (done.stderr.strip().splitlines() or ["no word why"])[-1]
        raise BuildFailed(f"{command[0]} {command[1]} ended with code {done.returncode}: {last}")
