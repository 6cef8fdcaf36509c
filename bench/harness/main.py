"""The command line of bench/run."""

import argparse
import signal
import subprocess
import sys
import time
from pathlib import Path

import measure
import report
import routes
import scale
import start
from load import LoadFailed
from procs import ALL_CORES, StartFailed
from programs import BuildFailed
from rig import Record, describe, say
from settings import PEERS, SCALE_ROUTES, USUAL, WORKLOADS

RESULTS = Path(__file__).resolve().parents[1] / "results"


def main(arguments):
    options = _parse(arguments)
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # so that what was started is stopped
    if options.command == "report":
        say(report.write(options.folder))
        return 0
    if {options.proxy_core, options.load_core} - set(ALL_CORES):
        raise SystemExit(f"needs the cores {options.proxy_core} and {options.load_core}; there are {ALL_CORES}")
    record = Record(options.out or RESULTS / time.strftime("%Y-%m-%d-%H%M%S"))
    describe(record, options, options.command)
    status = 0
    try:
        for name, measurement in (("compare", measure.compare), ("start", start.measure), ("scale", scale.measure),
                                  ("routes", routes.measure)):
            if options.command in (name, "all"):
                measurement(options, record)
    except (BuildFailed, LoadFailed, StartFailed, subprocess.TimeoutExpired, KeyboardInterrupt) as why:
        reason = str(why) or "interrupted"
        record.add("broken", why=reason)
        print(f"bench: {reason}", file=sys.stderr)
        status = 1
    say("\n" + report.write(record.folder))
    say(f"written to {record.folder}")
    return status


def _parse(arguments):
    parser = argparse.ArgumentParser(prog="bench/run", description=(
        "Measures Postern beside nginx, HAProxy and nghttpx. Without a command: compare."))
    commands = {"compare": "CPU time per request, rate, latency and memory, side by side",
                "start": "time from the start to the first 200",
                "scale": "load time, CPU per request and changes with many routes",
                "routes": "CPU per request with 10, 1,000 and 100,000 routes on one listener",
                "all": "the four above into one report"}
    sub = parser.add_subparsers(dest="command", required=True)
    for command, help_text in commands.items():
        p = sub.add_parser(command, help=help_text, formatter_class=argparse.ArgumentDefaultsHelpFormatter)
        p.add_argument("--out", type=Path, help="folder for the results")
        p.add_argument("--keep", action="store_true", help="keep the scratch folder with configuration and logs")
        p.add_argument("--proxy-core", type=int, default=0)
        p.add_argument("--load-core", type=int, default=1, help="for the load generator and the backend")
        if command != "start":
            p.add_argument("--rounds", type=_at_least(1), default=4)
            p.add_argument("--seconds", type=_at_least(1), default=3, help="length of one measured run")
            p.add_argument("--settle", type=_at_least(1), default=1, help="unmeasured load before each run")
            p.add_argument("--warm-up", type=_at_least(1), default=10, help="CPU seconds per workload for the JVM")
        if command in ("compare", "all"):
            p.add_argument("--workloads", type=_choice(WORKLOADS),
                           default=",".join(USUAL if command == "compare" else WORKLOADS),
                           help=f"of {', '.join(WORKLOADS)}")
            p.add_argument("--latency", action=argparse.BooleanOptionalAction, default=True, help="fixed-rate runs")
            p.add_argument("--rates", type=_rates, default="", metavar="W1=5000,...",
                           help="requests a second of the fixed-rate runs; else a share of the slowest peer's best")
            p.add_argument("--wait-quiet", type=int, default=0, metavar="SECONDS",
                           help="wait up to so long before each rotation until the machine is idle")
        if command not in ("scale", "routes"):
            p.add_argument("--peers", type=_choice(PEERS), default=",".join(PEERS))
        if command in ("start", "all"):
            p.add_argument("--starts", type=_at_least(1), default=15)
        if command in ("scale", "all"):
            p.add_argument("--routes", type=_at_least(2), default=SCALE_ROUTES)
            p.add_argument("--per-file", type=_numbers, default="1,100",
                           help="routes in a file; several to load several layouts, the first is measured further")
            p.add_argument("--loads", type=_at_least(1), default=3, help="how often each layout is loaded")
            p.add_argument("--changes", type=_at_least(1), default=50)
        if command in ("routes", "all"):
            p.add_argument("--counts", type=_numbers, default="10,1000,100000",
                           help="routes on one listener; what a request costs is compared with the first")
    p = sub.add_parser("report", help="writes the report of a results folder again")
    p.add_argument("folder", type=Path)
    if not arguments or (arguments[0].startswith("-") and arguments[0] not in ("-h", "--help")):
        arguments = ["compare", *arguments]
    return parser.parse_args(arguments)


def _at_least(least):
    def parse(text):
        number = int(text)
        if number < least:
            raise argparse.ArgumentTypeError(f"must be at least {least}")
        return number
    return parse


def _choice(known):
    def parse(text):
        chosen = [part for part in text.split(",") if part]
        unknown = [part for part in chosen if part not in known]
        if unknown or not chosen:
            raise argparse.ArgumentTypeError(f"choose from {', '.join(known)}")
        return chosen
    return parse


def _numbers(text):
    return [int(part) for part in text.split(",")]


def _rates(text):
    pairs = [part.split("=") for part in text.split(",") if part]
    return {workload: int(rate) for workload, rate in pairs}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
