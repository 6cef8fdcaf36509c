"""A throw-away CA and the backend's certificates, made with the openssl command."""

import subprocess
from dataclasses import dataclass
from pathlib import Path

from settings import BACKEND_NAME

STRANGER_NAME = "stranger.bench.test"


@dataclass(frozen=True)
class Certificate:
    cert: Path
    key: Path


@dataclass(frozen=True)
class Certificates:
    ca: Path
    backend: Certificate  # has the name the proxies verify
    stranger: Certificate  # signed by the same CA for another name: no proxy may accept it


def make(folder: Path) -> Certificates:
    folder.mkdir(parents=True)
    ca = Certificate(folder / "ca.crt", folder / "ca.key")
    _openssl("req", "-x509", *_new_key(ca.key), "-out", ca.cert, "-days", "30", "-subj", "/CN=Bench CA",
             "-addext", "keyUsage=critical,keyCertSign,cRLSign")
    return Certificates(ca.cert, _leaf(folder, ca, "backend", BACKEND_NAME),
                        _leaf(folder, ca, "stranger", STRANGER_NAME))


def _leaf(folder: Path, ca: Certificate, stem: str, name: str) -> Certificate:
    leaf = Certificate(folder / f"{stem}.crt", folder / f"{stem}.key")
    request, extensions = folder / f"{stem}.csr", folder / f"{stem}.ext"
    extensions.write_text(
        f"subjectAltName=DNS:{name}\nbasicConstraints=critical,CA:FALSE\n"
        "keyUsage=critical,digitalSignature\nextendedKeyUsage=serverAuth\n")
    _openssl("req", *_new_key(leaf.key), "-out", request, "-subj", f"/CN={name}")
    _openssl("x509", "-req", "-in", request, "-CA", ca.cert, "-CAkey", ca.key, "-CAcreateserial",
             "-days", "30", "-extfile", extensions, "-out", leaf.cert)
    return leaf


def _new_key(path: Path):
    return "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-noenc", "-keyout", path


def _openssl(*arguments):
    done = subprocess.run(["openssl", *map(str, arguments)], capture_output=True, text=True, timeout=60)
    if done.returncode != 0:
        raise RuntimeError(f"openssl {arguments[0]} failed: {done.stderr.strip()}")
